package shell

import (
	"regexp"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"gait/decoy/programs/regex"
)

// test runs [[ ]].
func (in *interp) test(c *syntax.TestClause) {
	in.badTest = false
	ok := in.testExpr(c.X)
	if in.flow != flowNone {
		return
	}
	in.status = int(truth(!ok))
	if in.badTest {
		in.status = 2
	}
}

func (in *interp) testExpr(x syntax.TestExpr) bool {
	if !in.enter() {
		return false
	}
	defer in.leave()
	switch x := x.(type) {
	case *syntax.Word:
		return in.text(x) != ""
	case *syntax.ParenTest:
		return in.testExpr(x.X)
	case *syntax.UnaryTest:
		if x.Op == syntax.TsNot {
			return !in.testExpr(x.X)
		}
		w, _ := x.X.(*syntax.Word)
		return in.unaryTest(x.Op.String(), in.text(w))
	case *syntax.BinaryTest:
		return in.binaryTest(x)
	}
	return false
}

func (in *interp) binaryTest(x *syntax.BinaryTest) bool {
	switch x.Op {
	case syntax.AndTest:
		return in.testExpr(x.X) && in.testExpr(x.Y)
	case syntax.OrTest:
		return in.testExpr(x.X) || in.testExpr(x.Y)
	}
	lw, _ := x.X.(*syntax.Word)
	rw, _ := x.Y.(*syntax.Word)
	if lw == nil || rw == nil {
		return false
	}
	left := in.text(lw)
	switch x.Op {
	case syntax.TsMatchShort, syntax.TsMatch, syntax.TsNoMatch:
		p := compile(in.pattern(rw))
		p.fold = in.opt["nocasematch"]
		matched := p.match(left)
		in.s.work(in.task.ctx, p.steps)
		return matched == (x.Op != syntax.TsNoMatch)
	case syntax.TsReMatch:
		return in.regexp(left, rw)
	case syntax.TsEql, syntax.TsNeq, syntax.TsLeq, syntax.TsGeq, syntax.TsLss, syntax.TsGtr:
		a, ok := in.testNumber(left)
		b, ok2 := in.testNumber(in.text(rw))
		return ok && ok2 && compareNumbers(x.Op.String(), a, b)
	}
	return in.twoWords(left, x.Op.String(), in.text(rw))
}

// testNumber evaluates an operand of [[ a -eq b ]].
func (in *interp) testNumber(s string) (int64, bool) {
	in.lets = "[[: "
	defer func() { in.lets = "" }()
	n, ok := in.arithText(s)
	if !ok {
		in.badTest = false
		in.status = 1
	}
	return n, ok
}

func compareNumbers(op string, a, b int64) bool {
	switch op {
	case "-eq":
		return a == b
	case "-ne":
		return a != b
	case "-lt":
		return a < b
	case "-le":
		return a <= b
	case "-gt":
		return a > b
	}
	return a >= b
}

// regexp does [[ text =~ expression ]].
func (in *interp) regexp(text string, w *syntax.Word) bool {
	expr := in.regexpText(w)
	if in.flow != flowNone {
		return false
	}
	if in.opt["nocasematch"] {
		expr = "(?i)" + expr
	}
	re, err := regex.Plain("(?s)" + expr)
	if err != nil {
		in.badTest = true
		return false
	}
	m := re.Find([]byte(text))
	in.s.work(in.task.ctx, re.Work(len(text)))
	delete(in.vars, "BASH_REMATCH")
	v := in.change("BASH_REMATCH")
	if v == nil {
		return false
	}
	v.kind = indexed
	for i := 0; i+1 < len(m); i += 2 {
		group := ""
		if m[i] >= 0 {
			group = text[m[i]:m[i+1]]
		}
		v.put(i/2, group)
	}
	v.set = true
	return m != nil
}

// regexpText expands the right side of =~: what is quoted stands for itself.
func (in *interp) regexpText(w *syntax.Word) string {
	e := in.newWords(false)
	var b strings.Builder
	for _, p := range w.Parts {
		if l, ok := p.(*syntax.Lit); ok {
			b.WriteString(bracketFix(plain(l.Value)))
			continue
		}
		e.cur = field{}
		e.parts([]syntax.WordPart{p}, false)
		s := string(e.join())
		switch p.(type) {
		case *syntax.SglQuoted, *syntax.DblQuoted:
			s = regexp.QuoteMeta(s)
		default:
			s = bracketFix(s)
		}
		b.WriteString(s)
		e = in.newWords(false)
	}
	return b.String()
}

// bracketFix escapes what Go's expressions take for something else inside of
// brackets.
func bracketFix(s string) string {
	if !strings.Contains(s, "[") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			b.WriteString(s[i : i+2])
			i++
			continue
		}
		b.WriteByte(s[i])
		if s[i] != '[' {
			continue
		}
		if i+1 < len(s) && s[i+1] == '^' {
			i++
			b.WriteByte('^')
		}
		if i+1 < len(s) && s[i+1] == ']' {
			i++
			b.WriteString(`\]`)
		}
		for i++; i < len(s) && s[i] != ']'; i++ {
			if s[i] == '[' && i+1 < len(s) && s[i+1] == ':' {
				if n := strings.Index(s[i:], ":]"); n > 0 {
					b.WriteString(s[i : i+n+2])
					i += n + 1
					continue
				}
			}
			if s[i] == '[' || s[i] == '\\' {
				b.WriteByte('\\')
			}
			b.WriteByte(s[i])
		}
		if i < len(s) {
			b.WriteByte(']')
		}
	}
	return b.String()
}

// unaryTest does -f name and its like.
func (in *interp) unaryTest(op, s string) bool {
	switch op {
	case "-z":
		return s == ""
	case "-n":
		return s != ""
	case "-o":
		return in.opt[s]
	case "-v":
		return in.isSet(s)
	case "-R":
		v := in.vars[s]
		return v != nil && v.ref
	case "-t":
		fd, err := strconv.Atoi(s)
		st := in.fds.get(fd)
		return err == nil && st != nil && st.tty != nil
	}
	if op == "-e" && strings.HasPrefix(s, "/dev/") {
		if st, err := in.open(s, 0); err == nil {
			st.close()
			return true
		}
	}
	return in.fs.Ask(op, s)
}

// isSet does -v name.
func (in *interp) isSet(s string) bool {
	if at := strings.IndexByte(s, '['); at > 0 && strings.HasSuffix(s, "]") {
		key := s[at+1 : len(s)-1]
		if key == "@" || key == "*" {
			return len(in.find(s[:at]).list()) > 0
		}
		_, ok := in.element(s[:at], key)
		return ok
	}
	_, ok := in.lookup(s)
	return ok
}

// twoWords does what test does with two operands.
func (in *interp) twoWords(a, op, b string) bool {
	switch op {
	case "=", "==":
		return a == b
	case "!=":
		return a != b
	case "<":
		return a < b
	case ">":
		return a > b
	}
	return in.fs.Compare(a, op, b)
}
