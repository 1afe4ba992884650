package text

import (
	"io"
	"math"
	"strconv"
	"strings"

	"gait/decoy/proc"
	"gait/decoy/programs/gnu"
)

// parseGrep reads the options of grep, whose complaint has a usage of its own.
func parseGrep(p *proc.Process) *proc.Options {
	var b strings.Builder
	c := *p
	c.Err = &b
	o := grepFlags().Parse(&c)
	if o == nil {
		text, _, _ := strings.Cut(b.String(), "\n")
		_, _ = p.Err.Write([]byte(text + "\nUsage: " + p.Name() + " [OPTION]... PATTERNS [FILE]...\nTry '" + p.Name() + " --help' for more information.\n"))
	}
	return o
}

// searched is a file that is searched.
type searched struct {
	g      *grepper
	name   string
	delim  byte
	binary bool

	line     int64 // its number
	offset   int64
	selected int64
	pending  []kept // lines before that may be shown as context
	trailing int64  // lines after that are still to be shown
	shown    int64  // the last line that was shown
	held     *gnu.Held
}

// kept is a line that may be context.
type kept struct {
	text         string
	line, offset int64
}

func (s *searched) run(r io.Reader) {
	g := s.g
	s.held = gnu.Hold(g.p)
	defer s.held.Free()
	lines := gnu.NewLines(g.p, r, s.delim)
	defer lines.Close()
	stop := g.most <= 0
	for !stop && g.p.Ctx.Err() == nil {
		line, ok := lines.Next()
		if !ok {
			break
		}
		s.line++
		stop = s.one(line)
		s.offset += int64(len(line)) + 1
	}
	if lines.Err != nil && !gnu.Stop(g.p) {
		if lines.Err == gnu.ErrMemory {
			g.failed = true
			g.p.Complain("memory exhausted")
		} else {
			g.complain(s.name, lines.Err)
		}
	}
	s.total()
}

// total writes what is said of the whole file.
func (s *searched) total() {
	g := s.g
	hit := s.selected > 0
	if g.list == "L" {
		g.found = g.found || !hit
	} else {
		g.found = g.found || hit
	}
	switch {
	case g.quiet:
	case g.list == "l" && hit, g.list == "L" && !hit:
		g.out.WriteString(g.paint("35", s.name) + map[bool]string{true: "\x00", false: "\n"}[g.o.Has("Z")])
	case g.list != "":
	case g.count:
		if g.names {
			s.title(':')
		}
		g.out.WriteString(strconv.FormatInt(s.selected, 10) + "\n")
	case s.binary && hit:
		g.out.Flush()
		g.p.Complain("%s: binary file matches", s.name)
	}
}

// one looks at one line; it says whether to stop.
func (s *searched) one(line []byte) (stop bool) {
	g := s.g
	hit := false
	for _, re := range g.patterns {
		if re.Match(line) {
			hit = true
			break
		}
	}
	if hit == g.invert {
		s.context(line)
		return s.selected >= g.most && s.trailing <= 0
	}
	if s.selected >= g.most {
		return true
	}
	s.selected++
	if g.quiet || g.list != "" || s.binary && !g.count {
		return true
	}
	if g.count {
		return s.selected >= g.most
	}
	s.before()
	if g.only {
		if !g.invert {
			s.parts(line)
		}
	} else {
		s.print(line, s.line, s.offset, ':')
	}
	s.trailing = g.after
	return s.selected >= g.most && g.after == 0
}

// before writes the lines that are context of the one at hand.
func (s *searched) before() {
	g := s.g
	first := s.line - int64(len(s.pending))
	if g.before+g.after > 0 && g.separated && first > s.shown+1 && !g.o.Has("no-group-separator") {
		sep, ok := g.o.Last("group-separator")
		if !ok {
			sep = "--"
		}
		g.out.WriteString(g.paint("36", sep) + "\n")
	}
	for _, k := range s.pending {
		if !g.only {
			s.print([]byte(k.text), k.line, k.offset, '-')
		}
		s.held.Drop(len(k.text) + 32)
	}
	s.pending = s.pending[:0]
	g.separated = true
}

// context takes a line that is not selected.
func (s *searched) context(line []byte) {
	g := s.g
	if s.trailing > 0 {
		s.trailing--
		if !g.only {
			s.print(line, s.line, s.offset, '-')
		}
		return
	}
	if g.before <= 0 || g.count || g.quiet || g.list != "" || !s.held.Add(len(line)+32) {
		return
	}
	s.pending = append(s.pending, kept{string(line), s.line, s.offset})
	if int64(len(s.pending)) > g.before {
		s.held.Drop(len(s.pending[0].text) + 32)
		s.pending = append(s.pending[:0], s.pending[1:]...)
	}
}

// paint colours a text.
func (g *grepper) paint(code, text string) string {
	if !g.color || text == "" {
		return text
	}
	return "\x1b[" + code + "m\x1b[K" + text + "\x1b[m\x1b[K"
}

// title writes the name of the file.
func (s *searched) title(sep byte) {
	g := s.g
	g.out.WriteString(g.paint("35", s.name))
	if g.o.Has("Z") {
		g.out.WriteByte(0)
		return
	}
	g.out.WriteString(g.paint("36", string(sep)))
}

// head writes what stands before a line.
func (s *searched) head(line, offset int64, sep byte) {
	g := s.g
	if g.names {
		s.title(sep)
	}
	if g.o.Has("n") {
		g.out.WriteString(g.paint("32", strconv.FormatInt(line, 10)) + g.paint("36", string(sep)))
	}
	if g.o.Has("b") {
		g.out.WriteString(g.paint("32", strconv.FormatInt(offset, 10)) + g.paint("36", string(sep)))
	}
	if g.o.Has("T") {
		g.out.WriteByte('\t')
	}
}

func (s *searched) print(line []byte, number, offset int64, sep byte) {
	s.head(number, offset, sep)
	s.shown = number
	if s.g.color && sep == ':' && !s.g.invert {
		s.highlight(line)
	} else {
		s.g.out.Write(line)
	}
	s.g.out.WriteByte(s.delim)
}

// spans gives the matches of a line from left to right, the longest of those
// that begin at one place.
func (s *searched) spans(line []byte) (list [][2]int) {
	if len(s.g.patterns) == 1 {
		for _, m := range s.g.patterns[0].All(line, -1) {
			if m[1] > m[0] {
				list = append(list, [2]int{m[0], m[1]})
			}
		}
		return list
	}
	all := make([][][]int, len(s.g.patterns))
	for i, re := range s.g.patterns {
		all[i] = re.All(line, -1)
	}
	for at := 0; ; {
		best := [2]int{math.MaxInt, 0}
		for _, found := range all {
			for _, m := range found {
				if m[0] >= at && m[1] > m[0] && (m[0] < best[0] || m[0] == best[0] && m[1] > best[1]) {
					best = [2]int{m[0], m[1]}
				}
			}
		}
		if best[0] == math.MaxInt {
			return list
		}
		list = append(list, best)
		at = best[1]
	}
}

func (s *searched) highlight(line []byte) {
	at := 0
	for _, m := range s.spans(line) {
		s.g.out.Write(line[at:m[0]])
		s.g.out.WriteString(s.g.paint("01;31", string(line[m[0]:m[1]])))
		at = m[1]
	}
	s.g.out.Write(line[at:])
}

// parts writes the matches alone.
func (s *searched) parts(line []byte) {
	for _, m := range s.spans(line) {
		s.head(s.line, s.offset+int64(m[0]), ':')
		s.g.out.WriteString(s.g.paint("01;31", string(line[m[0]:m[1]])))
		s.g.out.WriteByte(s.delim)
	}
	s.shown = s.line
}
