package text

import (
	"math/big"
	"strings"

	"gait/decoy/proc"
	"gait/decoy/programs/gnu"
)

// tester evaluates the expression of test.
type tester struct {
	p    *proc.Process
	args []string
	err  string
	last string // what was taken last
	deep int
}

func runTest(p *proc.Process) int {
	args := p.Args[1:]
	if name := p.Args[0]; strings.HasSuffix(name, "[") {
		if len(args) == 0 || args[len(args)-1] != "]" {
			p.Complain("missing %s", gnu.Quote(p, "]"))
			return 2
		}
		args = args[:len(args)-1]
	}
	if len(args) == 0 {
		return 1
	}
	t := &tester{p: p, args: args}
	v := t.all()
	if t.err == "" && len(t.args) > 0 {
		t.err = "extra argument " + gnu.Quote(p, t.args[0])
	}
	switch {
	case t.err != "":
		p.Complain("%s", t.err)
		return 2
	case v:
		return 0
	}
	return 1
}

// all decides by the number of arguments first, as POSIX asks.
func (t *tester) all() bool {
	a := t.args
	switch {
	case len(a) == 1:
		t.args = nil
		return a[0] != ""
	case len(a) == 2 && a[0] == "!":
		t.args = nil
		return a[1] == ""
	case len(a) == 2 && !isUnary(a[0]):
		t.fail("missing argument after " + gnu.Quote(t.p, a[1]))
		return false
	case len(a) == 3 && isBinary(a[1]):
		t.args = nil
		return t.compare(a[0], a[1], a[2])
	case len(a) == 3 && !isBinary(a[1]) && a[0] != "!" && a[0] != "(" && a[1] != "-a" && a[1] != "-o":
		t.fail(gnu.Quote(t.p, a[1]) + ": binary operator expected")
		return false
	case len(a) == 4 && a[0] == "!" && isBinary(a[2]):
		t.args = nil
		return !t.compare(a[1], a[2], a[3])
	}
	return t.or()
}

func (t *tester) fail(text string) {
	if t.err == "" {
		t.err = text
	}
	t.args = nil
}

func (t *tester) take() (string, bool) {
	if len(t.args) == 0 {
		t.fail("missing argument after " + gnu.Quote(t.p, t.last))
		return "", false
	}
	s := t.args[0]
	t.last = s
	t.args = t.args[1:]
	return s, true
}

func (t *tester) or() bool {
	v := t.and()
	for len(t.args) > 0 && t.args[0] == "-o" {
		_, _ = t.take()
		w := t.and()
		v = v || w
	}
	return v
}

func (t *tester) and() bool {
	v := t.term()
	for len(t.args) > 0 && t.args[0] == "-a" {
		_, _ = t.take()
		w := t.term()
		v = v && w
	}
	return v
}

func (t *tester) term() bool {
	if t.deep++; t.deep > 1000 {
		t.fail("argument list too long")
		return false
	}
	defer func() { t.deep-- }()
	s, ok := t.take()
	switch {
	case !ok:
		return false
	case s == "!":
		return !t.term()
	case s == "(":
		v := t.or()
		if e, ok := t.take(); ok && e != ")" {
			t.fail(gnu.Quote(t.p, ")") + " expected")
		}
		return v
	case len(t.args) >= 2 && isBinary(t.args[0]):
		op, right := t.args[0], t.args[1]
		t.args = t.args[2:]
		return t.compare(s, op, right)
	case isUnary(s) && len(t.args) > 0:
		arg, _ := t.take()
		return t.single(s, arg)
	}
	return s != ""
}

func isUnary(s string) bool {
	return len(s) == 2 && s[0] == '-' && strings.IndexByte("bcdefgGhkLnNOprsStuwxz", s[1]) >= 0
}

func isBinary(s string) bool {
	switch s {
	case "=", "==", "!=", "<", ">", "-eq", "-ne", "-lt", "-le", "-gt", "-ge", "-nt", "-ot", "-ef":
		return true
	}
	return false
}

func (t *tester) compare(a, op, b string) bool {
	switch op {
	case "=", "==":
		return a == b
	case "!=":
		return a != b
	case "<":
		return a < b
	case ">":
		return a > b
	case "-nt", "-ot", "-ef":
		return t.p.FS.Compare(a, op, b)
	}
	x, ok := t.number(a)
	if !ok {
		return false
	}
	y, ok := t.number(b)
	if !ok {
		return false
	}
	c := x.Cmp(y)
	return map[string]bool{"-eq": c == 0, "-ne": c != 0, "-lt": c < 0, "-le": c <= 0, "-gt": c > 0, "-ge": c >= 0}[op]
}

func (t *tester) number(s string) (*big.Int, bool) {
	text := strings.TrimPrefix(strings.TrimSpace(s), "+")
	v, ok := new(big.Int), false
	if len(text) < 4096 && strings.Trim(strings.TrimPrefix(text, "-"), "0123456789") == "" {
		v, ok = v.SetString(text, 10)
	}
	if !ok {
		t.fail("invalid integer " + gnu.Quote(t.p, s))
	}
	return v, ok
}

// single answers a question about one word.
func (t *tester) single(op, arg string) bool {
	switch op {
	case "-n":
		return arg != ""
	case "-z":
		return arg == ""
	case "-t":
		return arg == "0" && t.p.InTTY || arg == "1" && t.p.OutTTY || arg == "2" && t.p.ErrTTY
	case "-N":
		op = "-e"
	}
	return t.p.FS.Ask(op, arg)
}
