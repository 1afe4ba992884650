package text

import (
	"bufio"
	"io"
	"strconv"
	"strings"

	"gait/decoy/proc"
	"gait/decoy/programs/gnu"
)

// twoFiles opens the two files of comm, join and cmp.
func twoFiles(p *proc.Process, names []string, out *bufio.Writer) (a, b *gnu.Lines, shut func(), code int) {
	switch {
	case len(names) == 0:
		return nil, nil, nil, gnu.Missing(p)
	case len(names) == 1:
		return nil, nil, nil, gnu.Try(p, "missing operand after %s", gnu.Quote(p, names[0]))
	case len(names) > 2:
		return nil, nil, nil, gnu.Extra(p, names[2])
	}
	var files [2]io.ReadCloser
	for i, name := range names {
		f, err := gnu.Open(p, name)
		if err != nil {
			return nil, nil, nil, p.Complain("%s: %s", gnu.Name(p, name), gnu.Why(err))
		}
		files[i] = f
	}
	a, b = gnu.NewLines(p, gnu.Tie(files[0], out), '\n'), gnu.NewLines(p, gnu.Tie(files[1], out), '\n')
	return a, b, func() {
		a.Close()
		b.Close()
		files[0].Close()
		files[1].Close()
	}, 0
}

func runComm(p *proc.Process) int {
	o, code := gnu.Parse(p, proc.Flags{Short: "123z", Long: map[string]proc.Long{"check-order": {}, "nocheck-order": {}, "output-delimiter": {Value: 1}, "total": {}}},
		gnu.About{Usage: "[OPTION]... FILE1 FILE2", Does: "Compare sorted files FILE1 and FILE2 line by line.", By: "Richard M. Stallman and David MacKenzie"})
	if o == nil {
		return code
	}
	out := gnu.Output(p)
	defer out.Flush()
	a, b, shut, code := twoFiles(p, o.Operands, out)
	if code != 0 {
		return code
	}
	defer shut()
	sep, ok := o.Last("output-delimiter")
	if !ok {
		sep = "\t"
	}
	write := func(column int, line string) {
		if o.Has(strconv.Itoa(column)) {
			return
		}
		for c := 1; c < column; c++ {
			if !o.Has(strconv.Itoa(c)) {
				out.WriteString(sep)
			}
		}
		out.WriteString(line + "\n")
	}
	order := gnu.Collate(p)
	x, xok := nextLine(a)
	y, yok := nextLine(b)
	for (xok || yok) && p.Ctx.Err() == nil {
		c := 0
		switch {
		case !xok:
			c = 1
		case !yok:
			c = -1
		default:
			c = order(x, y)
		}
		switch {
		case c < 0:
			write(1, x)
			x, xok = nextLine(a)
		case c > 0:
			write(2, y)
			y, yok = nextLine(b)
		default:
			write(3, x)
			x, xok = nextLine(a)
			y, yok = nextLine(b)
		}
	}
	return 0
}

func nextLine(l *gnu.Lines) (string, bool) {
	b, ok := l.Next()
	return string(b), ok
}

// joiner is a join that runs.
type joiner struct {
	p          *proc.Process
	o          *proc.Options
	out        *bufio.Writer
	sep        string
	key        [2]int
	format     []string
	empty      string
	pairs      bool
	alone      [2]bool
	order      func(a, b string) int
	held       *gnu.Held
	a, b       *gnu.Lines
	lineA      []string
	okA        bool
	lineB      []string
	okB        bool
	foldedCase bool
}

func runJoin(p *proc.Process) int {
	o, code := gnu.Parse(p, proc.Flags{Short: "1:2:a:e:ij:o:t:v:z", Long: map[string]proc.Long{"ignore-case": {As: "i"}, "check-order": {}, "nocheck-order": {}, "header": {}}},
		gnu.About{Usage: "[OPTION]... FILE1 FILE2", Does: "For each pair of input lines with identical join fields, write a line to\nstandard output.", By: "Mike Haertel"})
	if o == nil {
		return code
	}
	j := &joiner{p: p, o: o, out: gnu.Output(p), key: [2]int{1, 1}, pairs: true, order: gnu.Collate(p), held: gnu.Hold(p), foldedCase: o.Has("i")}
	defer j.held.Free()
	defer j.out.Flush()
	for _, g := range o.Given {
		n, err := strconv.Atoi(g.Value)
		switch g.Name {
		case "1", "2", "j":
			if err != nil || n < 1 {
				return p.Complain("invalid field number: %s", gnu.Quote(p, g.Value))
			}
			if g.Name != "2" {
				j.key[0] = n
			}
			if g.Name != "1" {
				j.key[1] = n
			}
		case "a", "v":
			if n != 1 && n != 2 {
				return p.Complain("invalid field number: %s", gnu.Quote(p, g.Value))
			}
			j.alone[n-1] = true
			j.pairs = j.pairs && g.Name == "a"
		case "t":
			j.sep = g.Value
		case "e":
			j.empty = g.Value
		case "o":
			if g.Value != "auto" {
				j.format = append(j.format, strings.FieldsFunc(g.Value, func(r rune) bool { return r == ',' || r == ' ' })...)
			}
		}
	}
	var shut func()
	if j.a, j.b, shut, code = twoFiles(p, o.Operands, j.out); code != 0 {
		return code
	}
	defer shut()
	j.run()
	return 0
}

func (j *joiner) fields(l *gnu.Lines) ([]string, bool) {
	b, ok := l.Next()
	if !ok {
		return nil, false
	}
	if j.sep != "" {
		return strings.Split(string(b), j.sep), true
	}
	return strings.Fields(string(b)), true
}

func (j *joiner) keyOf(line []string, file int) string {
	if n := j.key[file]; n <= len(line) {
		if j.foldedCase {
			return strings.ToLower(line[n-1])
		}
		return line[n-1]
	}
	return ""
}

// run goes through both files; lines of the second with the same key are kept.
func (j *joiner) run() {
	var group [][]string
	key := ""
	j.lineB, j.okB = j.fields(j.b)
	for j.lineA, j.okA = j.fields(j.a); j.okA && j.p.Ctx.Err() == nil; j.lineA, j.okA = j.fields(j.a) {
		k := j.keyOf(j.lineA, 0)
		if group == nil || k != key {
			group = nil
			for j.okB && j.order(j.keyOf(j.lineB, 1), k) < 0 {
				j.single(1, j.lineB)
				j.lineB, j.okB = j.fields(j.b)
			}
			for j.okB && j.keyOf(j.lineB, 1) == k {
				if !j.held.Add(64 * (1 + len(j.lineB))) {
					return
				}
				group = append(group, j.lineB)
				j.lineB, j.okB = j.fields(j.b)
			}
			key = k
		}
		if len(group) == 0 {
			j.single(0, j.lineA)
			continue
		}
		for _, line := range group {
			if j.pairs {
				j.write(j.lineA, line)
			}
		}
	}
	for ; j.okB; j.lineB, j.okB = j.fields(j.b) {
		j.single(1, j.lineB)
	}
}

// single writes a line without a partner.
func (j *joiner) single(file int, line []string) {
	if !j.alone[file] {
		return
	}
	if file == 0 {
		j.write(line, nil)
	} else {
		j.write(nil, line)
	}
}

func (j *joiner) write(a, b []string) {
	sep := j.sep
	if sep == "" {
		sep = " "
	}
	key := j.keyOf(a, 0)
	if a == nil {
		key = j.keyOf(b, 1)
	}
	parts := []string{key}
	rest := func(line []string, file int) {
		for i, f := range line {
			if i+1 != j.key[file] {
				parts = append(parts, f)
			}
		}
	}
	if j.format == nil {
		rest(a, 0)
		rest(b, 1)
	} else {
		parts = nil
		for _, f := range j.format {
			v := key
			if file, n, ok := strings.Cut(f, "."); ok {
				line := a
				if file == "2" {
					line = b
				}
				at, _ := strconv.Atoi(n)
				v = j.empty
				if at >= 1 && at <= len(line) && line[at-1] != "" {
					v = line[at-1]
				}
			}
			parts = append(parts, v)
		}
	}
	j.out.WriteString(strings.Join(parts, sep) + "\n")
}
