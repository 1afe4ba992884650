package text

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"path"
	"strings"

	"gait/decoy/proc"
	"gait/decoy/programs/gnu"
	"gait/decoy/vfs"
)

// differ is a diff that runs.
type differ struct {
	p       *proc.Process
	o       *proc.Options
	out     *bufio.Writer
	context int
	unified bool
	called  string // the options, for the line "diff -r a b"
}

func runDiff(p *proc.Process) int {
	o, code := gnu.Parse(p, proc.Flags{Short: "aBbcC:dEeiIlNnpqrstTuU:wyx:0123456789", Long: map[string]proc.Long{"brief": {As: "q"}, "unified": {As: "U", Value: 2}, "recursive": {As: "r"}, "new-file": {As: "N"}, "ignore-case": {As: "i"}, "ignore-all-space": {As: "w"}, "ignore-space-change": {As: "b"}, "ignore-blank-lines": {As: "B"}, "report-identical-files": {As: "s"}, "text": {As: "a"}, "color": {Value: 2}, "exclude": {As: "x", Value: 1}, "normal": {}, "minimal": {As: "d"}}},
		gnu.About{Pack: "GNU diffutils", Version: "3.8", Usage: "[OPTION]... FILES", Does: "Compare FILES line by line.", By: "Paul Eggert, Mike Haertel, David Hayes,\nRichard Stallman, and Len Tower"})
	if o == nil {
		return 2 * code
	}
	d := &differ{p: p, o: o, out: gnu.Output(p), context: 3, unified: o.Has("u", "U")}
	defer d.out.Flush()
	if v, ok := o.Last("U"); ok && v != "" {
		n, ok := gnu.Size(v, "")
		if !ok {
			return tryDiff(p, "invalid context length %s", gnu.Always(p, v))
		}
		d.context = int(min(n, 1<<20))
	}
	for _, a := range p.Args[1:] {
		if strings.HasPrefix(a, "-") && a != "-" {
			d.called += " " + a
		}
	}
	switch a := o.Operands; {
	case len(a) < 2:
		last := p.Args[len(p.Args)-1]
		return tryDiff(p, "missing operand after %s", gnu.Always(p, last))
	case len(a) > 2:
		return tryDiff(p, "extra operand %s", gnu.Always(p, a[2]))
	default:
		return d.pair(a[0], a[1])
	}
}

// tryDiff complains of a wrong call as diffutils do, and gives 2.
func tryDiff(p *proc.Process, format string, args ...any) int {
	p.Complain(format, args...)
	p.Complain("Try '%s --help' for more information.", p.Name())
	return 2
}

// pair compares two operands; a directory beside a file stands for the file of
// that name in it.
func (d *differ) pair(a, b string) int {
	x, xerr := d.stat(a)
	y, yerr := d.stat(b)
	switch {
	case xerr == nil && yerr == nil && x.IsDir() && y.IsDir():
		return d.folders(a, b)
	case xerr == nil && yerr == nil && x.IsDir():
		a = strings.TrimSuffix(a, "/") + "/" + path.Base(b)
	case xerr == nil && yerr == nil && y.IsDir():
		b = strings.TrimSuffix(b, "/") + "/" + path.Base(a)
	}
	code := 0
	for _, f := range []struct {
		name string
		err  error
	}{{a, xerr}, {b, yerr}} {
		if f.err != nil && !d.o.Has("N") {
			d.out.Flush()
			d.p.Complain("%s: %s", f.name, gnu.Why(f.err))
			code = 2
		}
	}
	if code != 0 {
		return code
	}
	return d.files(a, b)
}

func (d *differ) stat(name string) (vfs.Info, error) {
	if name == "-" || d.p.Files[name] != nil {
		return vfs.Info{Node: &vfs.Node{Mode: vfs.Pipe}}, nil
	}
	return d.p.FS.Stat(name)
}

// folders compares what is in two directories.
func (d *differ) folders(a, b string) int {
	left, lerr := d.p.FS.ReadDir(a)
	right, rerr := d.p.FS.ReadDir(b)
	if lerr != nil || rerr != nil || gnu.Step(d.p) != nil || strings.Count(a, "/") > 500 {
		return 2
	}
	code := 0
	for len(left) > 0 || len(right) > 0 {
		switch {
		case len(right) == 0 || len(left) > 0 && left[0].Name < right[0].Name:
			fmt.Fprintf(d.out, "Only in %s: %s\n", a, left[0].Name)
			left, code = left[1:], max(code, 1)
		case len(left) == 0 || right[0].Name < left[0].Name:
			fmt.Fprintf(d.out, "Only in %s: %s\n", b, right[0].Name)
			right, code = right[1:], max(code, 1)
		default:
			x, y := left[0], right[0]
			left, right = left[1:], right[1:]
			code = max(code, d.both(strings.TrimSuffix(a, "/")+"/"+x.Name, strings.TrimSuffix(b, "/")+"/"+y.Name, x, y))
		}
	}
	return code
}

// both compares two of one name.
func (d *differ) both(a, b string, x, y vfs.Info) int {
	switch {
	case x.IsDir() && y.IsDir() && d.o.Has("r"):
		return d.folders(a, b)
	case x.IsDir() && y.IsDir():
		fmt.Fprintf(d.out, "Common subdirectories: %s and %s\n", a, b)
		return 0
	case x.IsDir() != y.IsDir():
		kind := map[bool]string{true: "directory", false: "regular file"}
		fmt.Fprintf(d.out, "File %s is a %s while file %s is a %s\n", a, kind[x.IsDir()], b, kind[y.IsDir()])
		return 1
	}
	head := fmt.Sprintf("diff%s %s %s\n", d.called, a, b)
	return d.titled(a, b, head)
}

func (d *differ) files(a, b string) int { return d.titled(a, b, "") }

// titled compares two files, and writes the head before what differs.
func (d *differ) titled(a, b, head string) int {
	held := gnu.Hold(d.p)
	defer held.Free()
	x, ok := d.read(a, held)
	y, ok2 := d.read(b, held)
	if !ok || !ok2 {
		return 2
	}
	if bytes.Equal(x, y) {
		if d.o.Has("s") {
			fmt.Fprintf(d.out, "Files %s and %s are identical\n", a, b)
		}
		return 0
	}
	if d.o.Has("q") {
		fmt.Fprintf(d.out, "Files %s and %s differ\n", a, b)
		return 1
	}
	if !d.o.Has("a") && (bytes.IndexByte(x[:min(len(x), 4096)], 0) >= 0 || bytes.IndexByte(y[:min(len(y), 4096)], 0) >= 0) {
		fmt.Fprintf(d.out, "Binary files %s and %s differ\n", a, b)
		return 2
	}
	if !held.Add(20 * (len(x) + len(y))) {
		d.out.Flush()
		d.p.Complain("memory exhausted")
		return 2
	}
	left, right := diffLines(x), diffLines(y)
	hunks := d.changes(left, right)
	if len(hunks) == 0 {
		return 0
	}
	d.out.WriteString(head)
	if d.unified {
		d.heads(a, b)
		d.writeUnified(left, right, hunks)
	} else {
		d.writeNormal(left, right, hunks)
	}
	return 1
}

func (d *differ) read(name string, held *gnu.Held) ([]byte, bool) {
	f, err := gnu.Open(d.p, name)
	if err != nil && d.o.Has("N") {
		return nil, true
	}
	var data []byte
	if err == nil {
		data, err = gnu.ReadAll(f, held)
		f.Close()
	}
	if err != nil {
		if !gnu.Stop(d.p) {
			d.out.Flush()
			d.p.Complain("%s: %s", name, gnu.Why(err))
		}
		return nil, false
	}
	return data, true
}

// diffLines takes a text apart; lines keep their ends.
func diffLines(b []byte) []string {
	list := strings.SplitAfter(string(b), "\n")
	if list[len(list)-1] == "" {
		list = list[:len(list)-1]
	}
	return list
}

// heads writes the two lines that name the files.
func (d *differ) heads(a, b string) {
	for i, name := range []string{a, b} {
		at := d.p.Now()
		if s, err := d.p.FS.Stat(name); err == nil {
			at = s.Modified
		}
		fmt.Fprintf(d.out, "%s %s\t%s\n", []string{"---", "+++"}[i], name, gnu.Strftime("%Y-%m-%d %H:%M:%S.%N %z", at))
	}
}

func runCmp(p *proc.Process) int {
	o, code := gnu.Parse(p, proc.Flags{Short: "bi:ln:sv", Long: map[string]proc.Long{"print-bytes": {As: "b"}, "ignore-initial": {As: "i", Value: 1}, "verbose": {As: "l"}, "bytes": {As: "n", Value: 1}, "quiet": {As: "s"}, "silent": {As: "s"}}},
		gnu.About{Pack: "GNU diffutils", Version: "3.8", Usage: "[OPTION]... FILE1 [FILE2 [SKIP1 [SKIP2]]]", Does: "Compare two files byte by byte.", By: "Torbjorn Granlund and David MacKenzie"})
	if o == nil {
		return 2 * code
	}
	if len(o.Operands) == 0 {
		return tryDiff(p, "missing operand after %s", gnu.Always(p, p.Args[len(p.Args)-1]))
	}
	names := []string{o.Operands[0], "-"}
	if len(o.Operands) > 1 {
		names[1] = o.Operands[1]
	}
	var r [2]*bufio.Reader
	for i, name := range names {
		f, err := gnu.Open(p, name)
		if err != nil {
			if !o.Has("s") {
				p.Complain("%s: %s", name, gnu.Why(err))
			}
			return 2
		}
		defer f.Close()
		r[i] = bufio.NewReader(f)
		if v, ok := o.Last("i"); ok {
			n, _ := gnu.Size(v, "kKMG")
			_, _ = io.CopyN(io.Discard, r[i], n)
		}
	}
	limit := int64(1) << 62
	if v, ok := o.Last("n"); ok {
		limit, _ = gnu.Size(v, "kKMG")
	}
	return comparison{p, o, names, r}.run(limit)
}

// comparison is a cmp that runs.
type comparison struct {
	p     *proc.Process
	o     *proc.Options
	names []string
	r     [2]*bufio.Reader
}

// run compares so many bytes.
func (c comparison) run(limit int64) int {
	p, o, names, r := c.p, c.o, c.names, c.r
	out := gnu.Output(p)
	defer out.Flush()
	line, code := int64(1), 0
	for at := int64(1); at <= limit; at++ {
		a, aerr := r[0].ReadByte()
		b, berr := r[1].ReadByte()
		if aerr != nil && berr != nil {
			return code
		}
		if aerr != nil || berr != nil {
			short := names[0]
			if aerr == nil {
				short = names[1]
			}
			if !o.Has("s") {
				out.Flush()
				switch {
				case at == 1:
					p.Complain("EOF on %s which is empty", short)
				case o.Has("l"):
					p.Complain("EOF on %s after byte %d", short, at-1)
				default:
					p.Complain("EOF on %s after byte %d, in line %d", short, at-1, line)
				}
			}
			return 1
		}
		if a != b {
			code = 1
			switch {
			case o.Has("s"):
				return 1
			case o.Has("l"):
				fmt.Fprintf(out, "%d %3o %3o\n", at, a, b)
			case o.Has("b"):
				fmt.Fprintf(out, "%s %s differ: byte %d, line %d is %3o %s %3o %s\n", names[0], names[1], at, line, a, caret(a), b, caret(b))
				return 1
			default:
				word := "char"
				if p.Env.Get("LC_ALL") == "" && gnu.UTF8(p) {
					word = "byte"
				}
				fmt.Fprintf(out, "%s %s differ: %s %d, line %d\n", names[0], names[1], word, at, line)
				return 1
			}
		}
		if a == '\n' {
			line++
		}
	}
	return code
}
