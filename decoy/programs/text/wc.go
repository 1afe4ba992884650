package text

import (
	"bufio"
	"fmt"
	"io"
	"unicode"
	"unicode/utf8"

	"gait/decoy/proc"
	"gait/decoy/programs/gnu"
	"gait/decoy/vfs"
)

// counts are what wc counts, in the order in which it prints.
type counts struct{ lines, words, chars, bytes, longest int64 }

func runWc(p *proc.Process) int {
	o, code := gnu.Parse(p, proc.Flags{Short: "clmwL", Long: map[string]proc.Long{"bytes": {As: "c"}, "chars": {As: "m"}, "lines": {As: "l"}, "words": {As: "w"}, "max-line-length": {As: "L"}, "files0-from": {Value: 1}}},
		gnu.About{Usage: "[OPTION]... [FILE]...", Does: "Print newline, word, and byte counts for each FILE, and a total line if\nmore than one FILE is specified.", By: "Paul Rubin and David MacKenzie"})
	if o == nil {
		return code
	}
	show := wanted(o)
	names := o.Operands
	implicit := len(names) == 0
	if implicit {
		names = []string{"-"}
	}
	out := gnu.Output(p)
	defer out.Flush()
	width := wcWidth(p, names, show)
	var total counts
	bad := 0
	code = gnu.Each(p, names, func(name string, err error) { out.Flush(); gnu.Plain(p)(name, err) }, func(name string, r io.Reader) bool {
		c, err := count(r, gnu.UTF8(p))
		if err != nil {
			if gnu.Stop(p) {
				return false
			}
			out.Flush()
			p.Complain("%s: %s", gnu.Name(p, name), gnu.Why(err))
			bad = 1
		}
		if implicit {
			name = ""
		}
		c.write(out, show, width, name)
		total.add(c)
		return true
	})
	if len(names) > 1 {
		total.write(out, show, width, "total")
	}
	return max(code, bad)
}

// wanted gives which counts are shown.
func wanted(o *proc.Options) [5]bool {
	show := [5]bool{o.Has("l"), o.Has("w"), o.Has("m"), o.Has("c"), o.Has("L")}
	if show == [5]bool{} {
		return [5]bool{true, true, false, true, false}
	}
	return show
}

// wcWidth is as wide as the number of all bytes; a stream that is no file takes seven.
func wcWidth(p *proc.Process, names []string, show [5]bool) int {
	n := 0
	for _, s := range show {
		if s {
			n++
		}
	}
	if n == 1 && len(names) == 1 {
		return 1
	}
	var sum int64
	least := 1
	for _, name := range names {
		i, err := p.FS.Stat(name)
		if name == "-" || err == nil && i.Kind() != vfs.Regular {
			least = 7
		} else if err == nil {
			sum += i.Size()
		}
	}
	return max(least, len(fmt.Sprint(sum)))
}

func (c *counts) add(d counts) {
	c.lines, c.words, c.chars, c.bytes = c.lines+d.lines, c.words+d.words, c.chars+d.chars, c.bytes+d.bytes
	c.longest = max(c.longest, d.longest)
}

func (c *counts) write(out *bufio.Writer, show [5]bool, width int, name string) {
	sep := ""
	for i, n := range []int64{c.lines, c.words, c.chars, c.bytes, c.longest} {
		if show[i] {
			fmt.Fprintf(out, "%s%*d", sep, width, n)
			sep = " "
		}
	}
	if name != "" {
		out.WriteString(" " + name)
	}
	out.WriteByte('\n')
}

// count reads a file to its end.
func count(r io.Reader, wide bool) (c counts, err error) {
	br := bufio.NewReaderSize(r, 16<<10)
	in, column := false, int64(0)
	for {
		ch, n, err := readRune(br, wide)
		if err == io.EOF {
			break
		}
		if err != nil {
			return c, err
		}
		c.bytes += int64(n)
		if n == 1 && ch >= 0x80 && wide {
			in = true
			continue // a byte that is no character
		}
		c.chars++
		switch {
		case ch == '\n' || ch == '\r' || ch == '\f':
			if ch == '\n' {
				c.lines++
			}
			c.longest, column = max(c.longest, column), 0
		case ch == '\t':
			column += 8 - column%8
		case ch >= ' ' && ch != 0x7f:
			column++
		}
		if ch == ' ' || ch >= '\t' && ch <= '\r' || ch > 0x7f && wide && unicode.IsSpace(ch) {
			in = false
		} else if !in && (ch > ' ' && ch != 0x7f) {
			in = true
			c.words++
		}
	}
	c.longest = max(c.longest, column)
	return c, nil
}

// readRune reads a character, or a byte that is none.
func readRune(br *bufio.Reader, wide bool) (rune, int, error) {
	if !wide {
		b, err := br.ReadByte()
		return rune(b), 1, err
	}
	r, n, err := br.ReadRune()
	if r == utf8.RuneError && n == 1 {
		r = 0xff
	}
	return r, n, err
}

func runTee(p *proc.Process) int {
	o, code := gnu.Parse(p, proc.Flags{Short: "aip", Long: map[string]proc.Long{"append": {As: "a"}, "ignore-interrupts": {As: "i"}, "output-error": {As: "p", Value: 2}}},
		gnu.About{Usage: "[OPTION]... [FILE]...", Does: "Copy standard input to each FILE, and also to standard output.", By: "Mike Parker, Richard M. Stallman, and David MacKenzie"})
	if o == nil {
		return code
	}
	flag := vfs.WriteOnly | vfs.Create | vfs.Truncate
	if o.Has("a") {
		flag = vfs.WriteOnly | vfs.Create | vfs.Append
	}
	type target struct {
		name string
		w    io.Writer
	}
	list := []target{{"standard output", p.Out}}
	for _, name := range o.Operands {
		f, err := create(p, name, flag)
		if err != nil {
			code = p.Complain("%s: %s", gnu.Name(p, name), gnu.Why(err))
			continue
		}
		defer f.Close()
		list = append(list, target{name, f})
	}
	buf := make([]byte, 8<<10)
	for len(list) > 0 {
		n, err := p.In.Read(buf)
		var left []target
		for _, t := range list {
			if _, werr := t.w.Write(buf[:n]); werr == nil {
				left = append(left, t)
			} else if t.w != p.Out {
				code = p.Complain("%s: %s", gnu.Name(p, t.name), gnu.Why(werr))
			} else {
				code = 1
			}
		}
		list = left
		if err != nil {
			break
		}
	}
	return code
}

// create opens a file to write, or one of the streams by its name.
func create(p *proc.Process, name string, flag int) (io.WriteCloser, error) {
	return gnu.Create(p, name, flag, 0o666)
}
