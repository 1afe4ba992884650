package system

import (
	"errors"
	"io/fs"
	"strings"
	"unicode/utf8"

	"gait/decoy/proc"
)

// mostText bounds the text that an editor holds, in bytes.
const mostText = 512 << 10

// sheet is a text that is edited: at least one line, and where the cursor is.
type sheet struct {
	rows    [][]rune
	x, y    int
	bytes   int // of the text in bytes, about
	changed bool
}

// load gives the text of a file, and whether the file is there.
func load(p *proc.Process, name string) (s *sheet, there bool, err error) {
	s = &sheet{rows: [][]rune{nil}}
	if name == "" {
		return s, false, nil
	}
	data, err := p.FS.ReadFile(name, mostText)
	if errors.Is(err, fs.ErrNotExist) {
		return s, false, nil
	}
	if err != nil {
		return s, true, err
	}
	s.bytes = len(data)
	if len(data) > 0 {
		s.rows = nil
		for _, line := range strings.Split(strings.TrimSuffix(string(data), "\n"), "\n") {
			s.rows = append(s.rows, runes(line))
		}
	}
	return s, true, nil
}

// runes gives a line as runes; bytes that are none stand for themselves.
func runes(line string) (out []rune) {
	for i := 0; i < len(line); {
		r, n := utf8.DecodeRuneInString(line[i:])
		if r == utf8.RuneError && n == 1 {
			r = 0xdc00 + rune(line[i])
		}
		out = append(out, r)
		i += n
	}
	return out
}

// raw gives runes as the bytes that they were.
func raw(line []rune) string {
	var b strings.Builder
	for _, r := range line {
		if r >= 0xdc80 && r <= 0xdcff {
			b.WriteByte(byte(r - 0xdc00))
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// store writes the text to a file, and gives its length.
func (s *sheet) store(p *proc.Process, name string) (bytes int, err error) {
	var b strings.Builder
	if len(s.rows) > 1 || len(s.rows[0]) > 0 {
		for _, r := range s.rows {
			b.WriteString(raw(r) + "\n")
		}
	}
	if err := p.FS.WriteFile(name, []byte(b.String()), 0o666); err != nil {
		return 0, err
	}
	s.changed = false
	return b.Len(), nil
}

// line is the line that the cursor is in.
func (s *sheet) line() []rune { return s.rows[s.y] }

// set replaces the line that the cursor is in.
func (s *sheet) set(line []rune) {
	s.bytes += len(line) - len(s.rows[s.y])
	s.rows[s.y], s.changed = line, true
}

// clamp brings the cursor back into the text; a line may be left by as much as
// beyond says.
func (s *sheet) clamp(beyond int) {
	s.y = min(max(s.y, 0), len(s.rows)-1)
	s.x = min(max(s.x, 0), max(len(s.line())-1+beyond, 0))
}

// insert puts text at the cursor, and the cursor behind it.
func (s *sheet) insert(text []rune) {
	for _, r := range text {
		if s.bytes > mostText {
			return
		}
		l := s.line()
		if r == '\n' {
			rest := append([]rune(nil), l[s.x:]...)
			s.set(l[:s.x:s.x])
			s.y++
			s.add(s.y, rest)
			s.x = 0
			continue
		}
		out := make([]rune, 0, len(l)+8)
		s.set(append(append(append(out, l[:s.x]...), r), l[s.x:]...))
		s.x++
	}
}

// add adds a line above the one of a number.
func (s *sheet) add(y int, line []rune) {
	s.rows = append(s.rows, nil)
	copy(s.rows[y+1:], s.rows[y:])
	s.rows[y], s.changed = line, true
	s.bytes += len(line) + 1
}

// drop takes lines away, and gives them.
func (s *sheet) drop(y, n int) (gone [][]rune) {
	n = min(n, len(s.rows)-y)
	gone = append(gone, s.rows[y:y+n]...)
	s.rows = append(s.rows[:y:y], s.rows[y+n:]...)
	if len(s.rows) == 0 {
		s.rows = [][]rune{nil}
	}
	for _, l := range gone {
		s.bytes -= len(l) + 1
	}
	s.changed = true
	s.clamp(1)
	return gone
}

// erase takes characters of the line away, from one on, and gives them.
func (s *sheet) erase(from, to int) []rune {
	l := s.line()
	from, to = max(from, 0), min(to, len(l))
	if from >= to {
		return nil
	}
	gone := append([]rune(nil), l[from:to]...)
	s.set(append(append(make([]rune, 0, len(l)), l[:from]...), l[to:]...))
	s.x = from
	return gone
}

// join puts the next line at the end of this one.
func (s *sheet) join(between string) {
	if s.y+1 >= len(s.rows) {
		return
	}
	next := s.rows[s.y+1]
	l := append(append(append([]rune(nil), s.line()...), []rune(between)...), next...)
	y := s.y
	s.rows = append(s.rows[:y+1:y+1], s.rows[y+2:]...)
	s.set(l)
}

// find goes to the next place of a text behind the cursor, or before it; it
// begins anew at the other end. False where there is none.
func (s *sheet) find(what string, back bool) bool {
	if what == "" {
		return false
	}
	n := len(s.rows)
	for i := 0; i <= n; i++ {
		y := (s.y + i) % n
		if back {
			y = (s.y - i + 2*n) % n
		}
		text := string(s.rows[y])
		at := -1
		switch {
		case back && i == 0:
			at = strings.LastIndex(string(s.rows[y][:min(s.x, len(s.rows[y]))]), what)
		case back:
			at = strings.LastIndex(text, what)
		case i == 0:
			head := len(string(s.rows[y][:min(s.x+1, len(s.rows[y]))]))
			if at = strings.Index(text[head:], what); at >= 0 {
				at += head
			}
		default:
			at = strings.Index(text, what)
		}
		if at >= 0 {
			s.y, s.x = y, utf8.RuneCountInString(text[:at])
			return true
		}
	}
	return false
}

// column gives where on the screen a place of a line is.
func column(line []rune, x int) (col int) {
	for _, r := range line[:min(x, len(line))] {
		col += len(cell(r, col))
	}
	return col
}

// cell gives what is shown for a character, one rune a column.
func cell(r rune, col int) []rune {
	switch {
	case r == '\t':
		return []rune("        ")[:8-col%8]
	case r < ' ':
		return []rune{'^', r + '@'}
	case r == 0x7f:
		return []rune("^?")
	case r >= 0xdc80 && r <= 0xdcff, r >= 0x80 && r < 0xa0:
		return []rune{'?'}
	}
	return []rune{r}
}

// window gives the part of a line that a window of columns shows.
func window(line []rune, from, width int) string {
	var out []rune
	col := 0
	for _, r := range line {
		if col >= from+width {
			break
		}
		for _, c := range cell(r, col) {
			if col >= from && col < from+width {
				out = append(out, c)
			}
			col++
		}
	}
	return string(out)
}
