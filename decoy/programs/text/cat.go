package text

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"gait/decoy/proc"
	"gait/decoy/programs/gnu"
)

func catFlags() proc.Flags {
	return proc.Flags{Short: "benstuvAET", Long: map[string]proc.Long{
		"number-nonblank": {As: "b"}, "number": {As: "n"}, "squeeze-blank": {As: "s"}, "show-nonprinting": {As: "v"},
		"show-ends": {As: "E"}, "show-tabs": {As: "T"}, "show-all": {As: "A"}}}
}

func runCat(p *proc.Process) int {
	return catWith(p, func(name string, err error) { p.Complain("%s: %s", gnu.Name(p, name), gnu.Why(err)) })
}

func busyCat(p *proc.Process) int { return catWith(p, cannotOpen(p)) }

// cannotOpen is how applets of busybox complain of a file.
func cannotOpen(p *proc.Process) func(string, error) {
	return func(name string, err error) { p.Complain("can't open '%s': %s", name, gnu.Why(err)) }
}

func catWith(p *proc.Process, complain func(string, error)) int {
	o, code := gnu.Parse(p, catFlags(), gnu.About{Usage: "[OPTION]... [FILE]...", Does: "Concatenate FILE(s) to standard output.", By: "Torbjorn Granlund and Richard M. Stallman"})
	if o == nil {
		return code
	}
	out := gnu.Output(p)
	defer out.Flush()
	c := &catter{
		out: out, blanks: o.Has("b"), numbers: o.Has("n", "b"), squeeze: o.Has("s"),
		ends: o.Has("E", "A", "e"), tabs: o.Has("T", "A", "t"), shown: o.Has("v", "A", "e", "t"), fresh: true}
	bad := 0
	code = gnu.Each(p, o.Operands, complain, func(name string, r io.Reader) bool {
		err := c.copy(gnu.Tie(r, out))
		if err != nil && !gnu.Stop(p) {
			out.Flush()
			complainRead(p, name, err)
			bad = 1
		}
		return true
	})
	return max(code, bad)
}

// complainRead tells of a file that was opened and cannot be read.
func complainRead(p *proc.Process, name string, err error) {
	p.Complain("%s: %s", gnu.Name(p, name), gnu.Why(err))
}

// catter writes files as the options of cat say.
type catter struct {
	out                                         *bufio.Writer
	blanks, numbers, squeeze, ends, tabs, shown bool

	line  int
	empty int
	fresh bool // at the beginning of a line
}

func (c *catter) copy(r io.Reader) error {
	buf := make([]byte, 16<<10)
	for {
		n, err := r.Read(buf)
		if !c.numbers && !c.squeeze && !c.ends && !c.tabs && !c.shown {
			if _, err := c.out.Write(buf[:n]); err != nil {
				return nil
			}
		} else {
			for _, b := range buf[:n] {
				c.put(b)
			}
		}
		switch {
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		}
	}
}

func (c *catter) put(b byte) {
	if c.fresh {
		if b == '\n' {
			if c.empty++; c.squeeze && c.empty > 1 {
				return
			}
		} else {
			c.empty = 0
		}
		if c.numbers && !(c.blanks && b == '\n') {
			c.line++
			fmt.Fprintf(c.out, "%6d\t", c.line)
		}
	}
	c.fresh = b == '\n'
	switch {
	case b == '\n':
		if c.ends {
			c.out.WriteByte('$')
		}
		c.out.WriteByte('\n')
	case b == '\t' && !c.tabs:
		c.out.WriteByte('\t')
	case b == '\t':
		c.out.WriteString("^I")
	case c.shown:
		c.out.WriteString(caret(b))
	default:
		c.out.WriteByte(b)
	}
}

// caret writes a byte as cat -v does.
func caret(b byte) string {
	var s strings.Builder
	if b >= 0x80 {
		s.WriteString("M-")
		b &= 0x7f
	}
	switch {
	case b < ' ':
		s.WriteString("^" + string(rune(b+'@')))
	case b == 0x7f:
		s.WriteString("^?")
	default:
		s.WriteByte(b)
	}
	return s.String()
}

func runTac(p *proc.Process) int {
	o, code := gnu.Parse(p, proc.Flags{Short: "brs:", Long: map[string]proc.Long{"before": {As: "b"}, "regex": {As: "r"}, "separator": {As: "s", Value: 1}}},
		gnu.About{Usage: "[OPTION]... [FILE]...", Does: "Write each FILE to standard output, last line first.", By: "Jay Lepreau and David MacKenzie"})
	if o == nil {
		return code
	}
	sep, ok := o.Last("s")
	if !ok || sep == "" {
		sep = "\n"
	}
	out := gnu.Output(p)
	defer out.Flush()
	bad := 0
	code = gnu.Each(p, o.Operands, func(name string, err error) {
		p.Complain("failed to open %s for reading: %s", gnu.Always(p, name), gnu.Why(err))
	}, func(name string, r io.Reader) bool {
		held := gnu.Hold(p)
		defer held.Free()
		data, err := gnu.ReadAll(r, held)
		if err != nil {
			if !gnu.Stop(p) {
				p.Complain("%s: read error: %s", gnu.Name(p, name), gnu.Why(err))
			}
			bad = 1
			return true
		}
		backwards(out, string(data), sep, o.Has("b"))
		return true
	})
	return max(code, bad)
}

// backwards writes records from the last to the first.
func backwards(out *bufio.Writer, text, sep string, before bool) {
	for text != "" {
		if before {
			at := max(strings.LastIndex(text, sep), 0)
			out.WriteString(text[at:])
			text = text[:at]
			continue
		}
		at := strings.LastIndex(strings.TrimSuffix(text, sep), sep)
		if at >= 0 {
			at += len(sep)
		} else {
			at = 0
		}
		out.WriteString(text[at:])
		text = text[:at]
	}
}

func runRev(p *proc.Process) int {
	o := proc.Flags{}.Parse(p)
	if o == nil {
		return 1
	}
	out := gnu.Output(p)
	defer out.Flush()
	return gnu.Each(p, o.Operands, func(name string, err error) { p.Complain("cannot open %s: %s", name, gnu.Why(err)) }, func(name string, r io.Reader) bool {
		lines := gnu.NewLines(p, gnu.Tie(r, out), '\n')
		defer lines.Close()
		for line, ok := lines.Next(); ok; line, ok = lines.Next() {
			runes := []rune(string(line))
			for i, j := 0, len(runes)-1; i < j; i, j = i+1, j-1 {
				runes[i], runes[j] = runes[j], runes[i]
			}
			out.WriteString(string(runes))
			if lines.Ended {
				out.WriteByte('\n')
			}
		}
		return true
	})
}
