package text

import (
	"math/big"
	"strings"

	"gait/decoy/proc"
	"gait/decoy/programs/gnu"
	"gait/decoy/programs/regex"
)

// expression is an expr that runs.
type expression struct {
	p     *proc.Process
	args  []string
	last  string // the argument before, for messages
	depth int
}

// exprFault is an error of expr.
type exprFault struct {
	code int
	text string
}

func runExpr(p *proc.Process) (code int) {
	e := &expression{p: p, args: p.Args[1:]}
	if len(e.args) == 1 && (e.args[0] == "--help" || e.args[0] == "--version") {
		gnu.About{Usage: "EXPRESSION", Does: "Print the value of EXPRESSION to standard output.", By: "Mike Parker, James Youngman, and Paul Eggert"}.Told(p, &proc.Options{Given: []proc.Option{{Name: e.args[0][2:]}}})
		return 0
	}
	if len(e.args) > 0 && e.args[0] == "--" {
		e.args = e.args[1:]
	}
	if len(e.args) == 0 {
		gnu.Missing(p)
		return 2
	}
	defer func() {
		if r := recover(); r != nil {
			f, ok := r.(exprFault)
			if !ok {
				panic(r)
			}
			p.Complain("%s", f.text)
			code = f.code
		}
	}()
	v := e.or()
	if len(e.args) > 0 {
		e.fail(2, "syntax error: unexpected argument "+gnu.Quote(p, e.args[0]))
	}
	p.Println(v)
	if null(v) {
		return 1
	}
	return 0
}

func (e *expression) fail(code int, text string) { panic(exprFault{code, text}) }

// null says whether a value counts as false: nothing, or zero.
func null(v string) bool { return strings.Trim(strings.TrimPrefix(v, "-"), "0") == "" && v != "-" }

func (e *expression) is(words ...string) bool {
	for _, w := range words {
		if len(e.args) > 0 && e.args[0] == w {
			return true
		}
	}
	return false
}

func (e *expression) take() string {
	if len(e.args) == 0 {
		if e.last == "" {
			e.fail(2, "syntax error")
		}
		e.fail(2, "syntax error: missing argument after "+gnu.Quote(e.p, e.last))
	}
	e.last = e.args[0]
	e.args = e.args[1:]
	return e.last
}

func (e *expression) or() string {
	if e.depth++; e.depth > 500 {
		e.fail(2, "syntax error")
	}
	defer func() { e.depth-- }()
	v := e.and()
	for e.is("|") {
		e.take()
		if w := e.and(); null(v) {
			if v = w; null(w) {
				v = "0"
			}
		}
	}
	return v
}

func (e *expression) and() string {
	v := e.compare()
	for e.is("&") {
		e.take()
		if w := e.compare(); null(v) || null(w) {
			v = "0"
		}
	}
	return v
}

func (e *expression) compare() string {
	v := e.sum()
	for e.is("<", "<=", "=", "==", "!=", ">=", ">") {
		op := e.take()
		w := e.sum()
		c := strings.Compare(v, w)
		a, aok := whole(v)
		b, bok := whole(w)
		if aok && bok {
			c = a.Cmp(b)
		}
		v = "0"
		if map[string]bool{"<": c < 0, "<=": c <= 0, "=": c == 0, "==": c == 0, "!=": c != 0, ">=": c >= 0, ">": c > 0}[op] {
			v = "1"
		}
	}
	return v
}

// whole reads a whole number.
func whole(s string) (*big.Int, bool) {
	d := strings.TrimPrefix(s, "-")
	if d == "" || len(d) > 10_000 || strings.Trim(d, "0123456789") != "" {
		return nil, false
	}
	return new(big.Int).SetString(s, 10)
}

func (e *expression) numbers(a, b string) (*big.Int, *big.Int) {
	x, ok := whole(a)
	y, ok2 := whole(b)
	if !ok || !ok2 {
		e.fail(2, "non-integer argument")
	}
	return x, y
}

func (e *expression) sum() string {
	v := e.product()
	for e.is("+", "-") {
		op := e.take()
		x, y := e.numbers(v, e.product())
		if op == "+" {
			v = x.Add(x, y).String()
		} else {
			v = x.Sub(x, y).String()
		}
	}
	return v
}

func (e *expression) product() string {
	v := e.match()
	for e.is("*", "/", "%") {
		op := e.take()
		x, y := e.numbers(v, e.match())
		switch {
		case op == "*":
			v = x.Mul(x, y).String()
		case y.Sign() == 0:
			e.fail(2, "division by zero")
		case op == "/":
			v = x.Quo(x, y).String()
		default:
			v = x.Rem(x, y).String()
		}
		if len(v) > 20_000 {
			e.fail(3, "memory exhausted")
		}
	}
	return v
}

func (e *expression) match() string {
	v := e.word()
	for e.is(":") {
		e.take()
		v = e.matched(v, e.word())
	}
	return v
}

// matched gives the part that a pattern matches at the beginning, or how long
// that is.
func (e *expression) matched(s, pattern string) string {
	re, err := regex.Compile(`\(`+pattern+`\)`, regex.Options{})
	if err != nil {
		e.fail(2, err.Error())
	}
	m := re.Find([]byte(s))
	switch {
	case m != nil && m[0] == 0 && len(m) > 4 && m[4] >= 0:
		return s[m[4]:m[5]]
	case re.Groups() > 1:
		return ""
	case m != nil && m[0] == 0:
		return big.NewInt(int64(len([]rune(s[:m[1]])))).String()
	}
	return "0"
}

func (e *expression) word() string {
	switch {
	case e.is("("):
		e.take()
		v := e.or()
		if len(e.args) == 0 {
			e.fail(2, "syntax error: expecting ')' after "+gnu.Quote(e.p, e.last))
		}
		if !e.is(")") {
			e.fail(2, "syntax error: expecting ')' instead of "+gnu.Quote(e.p, e.args[0]))
		}
		e.take()
		return v
	case e.is(")"):
		e.fail(2, "syntax error: unexpected ')'")
	case len(e.args) > 1 && e.is("+"):
		e.take()
		return e.take()
	case len(e.args) > 1 && e.is("length"):
		e.take()
		return big.NewInt(int64(len([]rune(e.word())))).String()
	case len(e.args) > 2 && e.is("match"):
		e.take()
		s := e.word()
		return e.matched(s, e.word())
	case len(e.args) > 2 && e.is("index"):
		e.take()
		s := e.word()
		return big.NewInt(int64(strings.IndexAny(s, e.word()) + 1)).String()
	case len(e.args) > 3 && e.is("substr"):
		e.take()
		s := []rune(e.word())
		from, ok := whole(e.word())
		n, ok2 := whole(e.word())
		if !ok || !ok2 || from.Sign() <= 0 || n.Sign() <= 0 || from.Cmp(big.NewInt(int64(len(s)))) > 0 {
			return ""
		}
		at := from.Int64() - 1
		end := int64(len(s))
		if n.IsInt64() && n.Int64() < end-at {
			end = at + n.Int64()
		}
		return string(s[at:end])
	}
	return e.take()
}
