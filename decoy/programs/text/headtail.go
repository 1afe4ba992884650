package text

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"time"

	"gait/decoy/proc"
	"gait/decoy/programs/gnu"
)

// amounts are the suffixes of head and tail.
const amounts = "bkKmMGTPEZY"

// portion is what head and tail show of a file.
type portion struct {
	bytes bool
	n     int64
	other bool // head: all but the last n; tail: from the nth on
	delim byte
}

// obsolete turns "-5" and "-5c" into options. It gives a letter after the digits
// that is none.
func obsolete(p *proc.Process) (bad string) {
	if len(p.Args) < 2 || len(p.Args[1]) < 2 || p.Args[1][0] != '-' || p.Args[1][1] < '0' || p.Args[1][1] > '9' {
		return ""
	}
	text := p.Args[1][1:]
	digits := text[:len(text)-len(strings.TrimLeft(text, "0123456789"))]
	if rest := strings.TrimLeft(text[len(digits):], "bkmclqvfz"); rest != "" {
		return rest[:1]
	}
	flags := []string{"-n", digits}
	for _, c := range text[len(digits):] {
		switch c {
		case 'c':
			flags[0] = "-c"
		case 'q', 'v', 'f':
			flags = append(flags, "-"+string(c))
		}
	}
	p.Args = append(append([]string{p.Args[0]}, flags...), p.Args[2:]...)
	return ""
}

// parse reads the value of -n or -c; sign is what the other way begins with.
func (q *portion) parse(p *proc.Process, o *proc.Options, sign byte) bool {
	*q = portion{n: 10, delim: '\n'}
	if o.Has("z") {
		q.delim = 0
	}
	for _, g := range o.Given {
		if g.Name != "n" && g.Name != "c" {
			continue
		}
		text := g.Value
		q.bytes, q.other = g.Name == "c", false
		if text != "" && text[0] == sign {
			q.other, text = true, text[1:]
		} else if text != "" && sign == '+' && text[0] == '-' {
			text = text[1:]
		}
		var ok bool
		if q.n, ok = gnu.Size(text, amounts); !ok || text != "" && (text[0] < '0' || text[0] > '9') {
			what := "lines"
			if q.bytes {
				what = "bytes"
			}
			shown := g.Value
			if sign == '-' {
				shown = text
			}
			p.Complain("invalid number of %s: %s", what, gnu.Quote(p, shown))
			return false
		}
	}
	return true
}

// titles writes "==> name <==" between files.
type titles struct {
	on    bool
	first bool
}

// newTitles shows titles where they are asked for or there are several files.
func newTitles(o *proc.Options) *titles {
	return &titles{on: o.Has("v") || len(o.Operands) > 1 && !o.Has("q")}
}

func (t *titles) show(out *bufio.Writer, name string) {
	if !t.on {
		return
	}
	if name == "-" {
		name = "standard input"
	}
	if t.first {
		out.WriteByte('\n')
	}
	t.first = true
	fmt.Fprintf(out, "==> %s <==\n", name)
}

// files shows files by what write writes of each, and gives the exit code.
func (t *titles) files(p *proc.Process, out *bufio.Writer, names []string, write func(r io.Reader) error) int {
	bad := 0
	code := gnu.Each(p, names, func(name string, err error) {
		out.Flush()
		p.Complain("cannot open %s for reading: %s", gnu.Always(p, name), gnu.Why(err))
	}, func(name string, r io.Reader) bool {
		t.show(out, name)
		if err := write(r); err != nil && !gnu.Stop(p) {
			out.Flush()
			p.Complain("error reading %s: %s", gnu.Always(p, name), gnu.Why(err))
			bad = 1
		}
		return true
	})
	return max(code, bad)
}

func runHead(p *proc.Process) int {
	if bad := obsolete(p); bad != "" {
		return gnu.Try(p, "invalid trailing option -- %s", bad)
	}
	o, code := gnu.Parse(p, proc.Flags{Short: "c:n:qvz", Long: map[string]proc.Long{"bytes": {As: "c", Value: 1}, "lines": {As: "n", Value: 1}, "quiet": {As: "q"}, "silent": {As: "q"}, "verbose": {As: "v"}, "zero-terminated": {As: "z"}}},
		gnu.About{Usage: "[OPTION]... [FILE]...", Does: "Print the first 10 lines of each FILE to standard output.", By: "David MacKenzie and Jim Meyering"})
	if o == nil {
		return code
	}
	var q portion
	if !q.parse(p, o, '-') {
		return 1
	}
	out := gnu.Output(p)
	defer out.Flush()
	t := newTitles(o)
	return t.files(p, out, o.Operands, func(r io.Reader) error { return q.head(p, out, gnu.Tie(r, out)) })
}

// head writes the beginning.
func (q portion) head(p *proc.Process, out *bufio.Writer, r io.Reader) error {
	if q.other {
		return q.allBut(p, out, r)
	}
	if q.n == 0 {
		return nil
	}
	if q.bytes {
		return gnu.Copy(out, io.LimitReader(r, q.n))
	}
	buf := make([]byte, 8<<10)
	for left := q.n; ; {
		n, err := r.Read(buf)
		for i, c := range buf[:n] {
			if c == q.delim {
				if left--; left == 0 {
					out.Write(buf[:i+1])
					unread(r, buf[i+1:n])
					return nil
				}
			}
		}
		if _, werr := out.Write(buf[:n]); werr != nil {
			return nil
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// unread goes back in a file to what was not needed.
func unread(r io.Reader, rest []byte) {
	if s, ok := r.(io.Seeker); ok {
		_, _ = s.Seek(-int64(len(rest)), io.SeekCurrent)
	}
}

// allBut writes all but the last.
func (q portion) allBut(p *proc.Process, out *bufio.Writer, r io.Reader) error {
	ring := newRing(p, q)
	defer ring.held.Free()
	return ring.fill(r, func(b []byte) bool {
		_, err := out.Write(b)
		return err == nil
	})
}

// ring keeps the last pieces of a stream: lines, or bytes.
type ring struct {
	q    portion
	p    *proc.Process
	held *gnu.Held
	kept [][]byte
	size int64 // of what is kept: lines or bytes
}

func newRing(p *proc.Process, q portion) *ring { return &ring{q: q, p: p, held: gnu.Hold(p)} }

// fill reads everything and gives what falls out of it.
func (g *ring) fill(r io.Reader, out func([]byte) bool) error {
	if g.q.bytes {
		return g.fillBytes(r, out)
	}
	lines := gnu.NewLines(g.p, r, g.q.delim)
	defer lines.Close()
	for line, ok := lines.Next(); ok; line, ok = lines.Next() {
		c := append(make([]byte, 0, len(line)+1), line...)
		if lines.Ended {
			c = append(c, g.q.delim)
		}
		if !g.held.Add(len(c) + 24) {
			return gnu.ErrMemory
		}
		g.kept = append(g.kept, c)
		if int64(len(g.kept)) > g.q.n {
			g.held.Drop(len(g.kept[0]) + 24)
			if out != nil && !out(g.kept[0]) {
				return nil
			}
			g.kept[0] = nil
			g.kept = g.kept[1:]
		}
	}
	return lines.Err
}

func (g *ring) fillBytes(r io.Reader, out func([]byte) bool) error {
	buf := make([]byte, 8<<10)
	for {
		n, err := r.Read(buf)
		if n > 0 {
			if !g.held.Add(n + 24) {
				return gnu.ErrMemory
			}
			g.kept = append(g.kept, append([]byte(nil), buf[:n]...))
			g.size += int64(n)
		}
		for g.size > g.q.n && len(g.kept) > 0 {
			cut := min(g.size-g.q.n, int64(len(g.kept[0])))
			if out != nil && !out(g.kept[0][:cut]) {
				return nil
			}
			g.size -= cut
			if g.kept[0] = g.kept[0][cut:]; len(g.kept[0]) == 0 {
				g.kept = g.kept[1:]
			}
			g.held.Drop(int(cut))
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func runTail(p *proc.Process) int {
	if bad := obsolete(p); bad != "" {
		return p.Complain("option used in invalid context -- %s", p.Args[1][1:2])
	}
	if len(p.Args) > 1 && len(p.Args[1]) > 1 && p.Args[1][0] == '+' && strings.Trim(p.Args[1][1:], "0123456789") == "" {
		p.Args = append([]string{p.Args[0], "-n", p.Args[1]}, p.Args[2:]...)
	}
	o, code := gnu.Parse(p, proc.Flags{Short: "c:n:fFqs:vz", Long: map[string]proc.Long{"bytes": {As: "c", Value: 1}, "lines": {As: "n", Value: 1}, "follow": {As: "f", Value: 2}, "retry": {}, "pid": {Value: 1}, "sleep-interval": {As: "s", Value: 1}, "quiet": {As: "q"}, "silent": {As: "q"}, "verbose": {As: "v"}, "zero-terminated": {As: "z"}}},
		gnu.About{Usage: "[OPTION]... [FILE]...", Does: "Print the last 10 lines of each FILE to standard output.", By: "Paul Rubin, David MacKenzie, Ian Lance Taylor,\nand Jim Meyering"})
	if o == nil {
		return code
	}
	var q portion
	if !q.parse(p, o, '+') {
		return 1
	}
	out := gnu.Output(p)
	defer out.Flush()
	t := newTitles(o)
	code = t.files(p, out, o.Operands, func(r io.Reader) error { return q.tail(p, out, r) })
	if o.Has("f", "F") && len(o.Operands) > 0 {
		out.Flush()
		return max(code, follow(p, out, o, t))
	}
	return code
}

// tail writes the end.
func (q portion) tail(p *proc.Process, out *bufio.Writer, r io.Reader) error {
	if q.other {
		return q.from(out, gnu.Tie(r, out))
	}
	ring := newRing(p, q)
	defer ring.held.Free()
	err := ring.fill(r, nil)
	for _, b := range ring.kept {
		out.Write(b)
	}
	return err
}

// from writes from the nth byte or line on.
func (q portion) from(out *bufio.Writer, r io.Reader) error {
	skip := q.n - 1
	buf := make([]byte, 8<<10)
	for {
		n, err := r.Read(buf)
		b := buf[:n]
		for len(b) > 0 && skip > 0 {
			if q.bytes {
				cut := min(skip, int64(len(b)))
				b, skip = b[cut:], skip-cut
				continue
			}
			if b[0] == q.delim {
				skip--
			}
			b = b[1:]
		}
		if _, werr := out.Write(b); werr != nil || err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// follow looks for what is added to files, once a second.
func follow(p *proc.Process, out *bufio.Writer, o *proc.Options, t *titles) int {
	sizes := map[string]int64{}
	for _, name := range o.Operands {
		if i, err := p.FS.Stat(name); err == nil {
			sizes[name] = i.Size()
		}
	}
	if len(sizes) == 0 && !o.Has("F", "retry") {
		p.Complain("no files remaining")
		return 1
	}
	last := o.Operands[len(o.Operands)-1]
	for p.Sleep(time.Second) {
		for _, name := range o.Operands {
			i, err := p.FS.Stat(name)
			if err != nil || i.Size() == sizes[name] {
				continue
			}
			at := sizes[name]
			if i.Size() < at {
				p.Complain("%s: file truncated", gnu.Name(p, name))
				at = 0
			}
			sizes[name] = i.Size()
			f, err := p.FS.Open(name, 0, 0)
			if err != nil {
				continue
			}
			if name != last {
				t.show(out, name)
				last = name
			}
			_, _ = f.Seek(at, io.SeekStart)
			_ = gnu.Copy(out, io.LimitReader(f, i.Size()-at))
			f.Close()
			if out.Flush() != nil {
				return 1
			}
		}
	}
	return 1
}
