package text

import (
	"io"
	"strings"

	"gait/decoy/proc"
	"gait/decoy/programs/gnu"
	"gait/decoy/vfs"
)

// splitter is a split that runs.
type splitter struct {
	p       *proc.Process
	prefix  string
	extra   string
	length  int
	numeric bool
	verbose bool
	n       int
	out     io.WriteCloser
}

func runSplit(p *proc.Process) int {
	o, code := gnu.Parse(p, proc.Flags{Short: "a:b:C:dl:n:et:ux", Long: map[string]proc.Long{"suffix-length": {As: "a", Value: 1}, "additional-suffix": {Value: 1}, "bytes": {As: "b", Value: 1}, "line-bytes": {As: "C", Value: 1}, "numeric-suffixes": {As: "d", Value: 2}, "lines": {As: "l", Value: 1}, "number": {As: "n", Value: 1}, "verbose": {}}},
		gnu.About{Usage: "[OPTION]... [FILE [PREFIX]]", Does: "Output pieces of FILE to PREFIXaa, PREFIXab, ...;", By: "Torbjorn Granlund and Richard M. Stallman"})
	if o == nil {
		return code
	}
	s := &splitter{p: p, prefix: "x", length: 2, numeric: o.Has("d"), verbose: o.Has("verbose")}
	s.extra, _ = o.Last("additional-suffix")
	size, bytes := int64(1000), false
	for _, g := range o.Given {
		switch g.Name {
		case "b", "C", "l":
			n, ok := gnu.Size(g.Value, "bkKmMG")
			what := map[string]string{"l": "lines"}[g.Name]
			if what == "" {
				what = "bytes"
			}
			if !ok {
				return p.Complain("invalid number of %s: %s", what, gnu.Quote(p, g.Value))
			}
			if n == 0 {
				return p.Complain("invalid number of %s: %s: Numerical result out of range", what, gnu.Quote(p, g.Value))
			}
			size, bytes = n, g.Name != "l"
		case "a":
			n, ok := gnu.Size(g.Value, "")
			if !ok || n == 0 || n > 16 {
				return p.Complain("invalid suffix length: %s", gnu.Quote(p, g.Value))
			}
			s.length = int(n)
		}
	}
	name := "-"
	if len(o.Operands) > 0 {
		name = o.Operands[0]
	}
	if len(o.Operands) > 1 {
		s.prefix = o.Operands[1]
	}
	if len(o.Operands) > 2 {
		return gnu.Extra(p, o.Operands[2])
	}
	f, err := gnu.Open(p, name)
	if err != nil {
		return p.Complain("cannot open %s for reading: %s", gnu.Always(p, name), gnu.Why(err))
	}
	defer f.Close()
	return s.run(f, size, bytes)
}

// run writes the pieces.
func (s *splitter) run(r io.Reader, size int64, bytes bool) int {
	defer func() {
		if s.out != nil {
			s.out.Close()
		}
	}()
	left := int64(0)
	buf := make([]byte, 16<<10)
	for {
		n, err := r.Read(buf)
		for b := buf[:n]; len(b) > 0; {
			if left == 0 {
				if !s.next() {
					return 1
				}
				left = size
			}
			cut := piece(b, &left, bytes)
			if _, werr := s.out.Write(b[:cut]); werr != nil {
				return s.p.Complain("%s: %s", gnu.Name(s.p, s.name(s.n-1)), gnu.Why(werr))
			}
			b = b[cut:]
		}
		if err == io.EOF {
			return 0
		}
		if err != nil {
			return s.p.Complain("read error: %s", gnu.Why(err))
		}
	}
}

// piece gives how much goes to the file at hand, and counts it.
func piece(b []byte, left *int64, bytes bool) int {
	if bytes {
		n := min(int64(len(b)), *left)
		*left -= n
		return int(n)
	}
	for i, c := range b {
		if c == '\n' {
			if *left--; *left == 0 {
				return i + 1
			}
		}
	}
	return len(b)
}

func (s *splitter) name(n int) string {
	letters := "abcdefghijklmnopqrstuvwxyz"
	if s.numeric {
		letters = "0123456789"
	}
	b := make([]byte, s.length)
	for i := s.length - 1; i >= 0; i-- {
		b[i] = letters[n%len(letters)]
		n /= len(letters)
	}
	if n > 0 {
		return ""
	}
	return s.prefix + string(b) + s.extra
}

// next opens the next file.
func (s *splitter) next() bool {
	if s.out != nil {
		s.out.Close()
		s.out = nil
	}
	name := s.name(s.n)
	if name == "" {
		s.p.Complain("output file suffixes exhausted")
		return false
	}
	s.n++
	if s.verbose {
		s.p.Printf("creating file %s\n", gnu.Quote(s.p, name))
	}
	var err error
	if s.out, err = gnu.Create(s.p, name, vfs.WriteOnly|vfs.Create|vfs.Truncate, 0o666); err != nil {
		s.p.Complain("%s: %s", gnu.Name(s.p, name), gnu.Why(err))
		return false
	}
	return gnu.Step(s.p) == nil
}

// pager is a less or more that runs on a terminal.
type pager struct {
	p     *proc.Process
	less  bool
	lines []string
	top   int
}

// runPager shows text page by page on a terminal, and copies it elsewhere.
func runPager(p *proc.Process) int {
	less := strings.HasSuffix(p.Name(), "less")
	var names []string
	for _, a := range p.Args[1:] {
		switch {
		case a == "--version" && less:
			p.Println("less 590 (GNU regular expressions)\nCopyright (C) 1984-2021  Mark Nudelman")
			return 0
		case a == "-" || a == "" || a[0] != '-' && a[0] != '+':
			names = append(names, a)
		}
	}
	if len(names) == 0 && p.InTTY {
		if less {
			p.Println("Missing filename (\"less --help\" for help)")
		} else {
			_, _ = p.Err.Write([]byte("more: bad usage\nTry 'more --help' for more information.\n"))
		}
		return 1
	}
	complain := func(name string, err error) {
		if less {
			p.Println(name + ": " + gnu.Why(err))
		} else {
			p.Complain("cannot open %s: %s", name, gnu.Why(err))
		}
	}
	if !p.OutTTY || p.Terminal == nil {
		return gnu.Each(p, names, complain, func(_ string, r io.Reader) bool { return gnu.Copy(p.Out, r) == nil })
	}
	held := gnu.Hold(p)
	defer held.Free()
	g := &pager{p: p, less: less}
	code := gnu.Each(p, names, complain, func(name string, r io.Reader) bool {
		if i, err := p.FS.Stat(name); err == nil && i.IsDir() {
			if less {
				p.Println(name + " is a directory")
			} else {
				_, _ = p.Err.Write([]byte("\n*** " + name + ": directory ***\n\n"))
			}
			return true
		}
		l := gnu.NewLines(p, r, '\n')
		defer l.Close()
		for line, ok := l.Next(); ok && held.Add(len(line)+32); line, ok = l.Next() {
			g.lines = append(g.lines, string(line))
		}
		return true
	})
	if len(g.lines) > 0 {
		g.run(names)
	}
	return code
}
