package awk

import (
	"math"
	"strings"

	"gait/decoy/programs/regex"
)

// expr reads an expression.
func (p *parser) expr() eval {
	defer p.deeper()()
	return p.ternary()
}

// ternary reads conditions and assignments, which associate to the right.
func (p *parser) ternary() eval {
	test, target := p.or()
	if target != nil && p.isAssignment() {
		op := p.advance().text
		p.newlines()
		return assignment(*target, op, p.expr())
	}
	if !p.is("?") {
		return test
	}
	p.advance()
	p.newlines()
	yes := p.expr()
	p.newlines()
	p.expect(":")
	p.newlines()
	no := p.expr()
	return func(r *runner) value {
		if test(r).true() {
			return yes(r)
		}
		return no(r)
	}
}

// assignment makes an assignment.
func assignment(t place, op string, v eval) eval {
	if op == "=" {
		return func(r *runner) value {
			x := v(r)
			t.set(r, x)
			return x
		}
	}
	do := arithmetic(op[:1])
	return func(r *runner) value {
		x := v(r)
		n := num(do(t.get(r).float(), x.float()))
		t.set(r, n)
		return n
	}
}

func arithmetic(op string) func(a, b float64) float64 {
	switch op {
	case "+":
		return func(a, b float64) float64 { return a + b }
	case "-":
		return func(a, b float64) float64 { return a - b }
	case "*":
		return func(a, b float64) float64 { return a * b }
	case "/":
		return func(a, b float64) float64 { return a / b }
	case "%":
		return func(a, b float64) float64 {
			if b == 0 {
				return math.Copysign(math.NaN(), -1)
			}
			return math.Mod(a, b)
		}
	}
	return math.Pow
}

func (p *parser) or() (eval, *place) {
	a, t := p.and()
	for p.is("||") {
		p.advance()
		p.newlines()
		left := a
		right := p.assigned(p.and())
		a, t = func(r *runner) value { return truth(left(r).true() || right(r).true()) }, nil
	}
	return a, t
}

// assigned reads an assignment that follows an operator without parentheses, as
// in "a && b = 1".
func (p *parser) assigned(e eval, t *place) eval {
	if t == nil || !p.isAssignment() {
		return e
	}
	op := p.advance().text
	p.newlines()
	return assignment(*t, op, p.expr())
}

func (p *parser) isAssignment() bool {
	return p.tok.kind == tOp && strings.Contains(" = += -= *= /= %= ^= ", " "+p.tok.text+" ")
}

func (p *parser) and() (eval, *place) {
	a, t := p.membership()
	for p.is("&&") {
		p.advance()
		p.newlines()
		left := a
		right := p.assigned(p.membership())
		a, t = func(r *runner) value { return truth(left(r).true() && right(r).true()) }, nil
	}
	return a, t
}

func (p *parser) membership() (eval, *place) {
	a, t := p.match()
	for p.noIn == 0 && p.is("in") {
		p.advance()
		if p.tok.kind != tName {
			p.syntax()
		}
		array, left := p.array(p.advance().text), a
		a, t = func(r *runner) value { return truth(array(r).has(r.text(left(r)))) }, nil
	}
	return a, t
}

func (p *parser) match() (eval, *place) {
	a, t := p.comparison()
	for p.is("~") || p.is("!~") {
		not := p.advance().text == "!~"
		left, re := a, p.pattern(func() eval { e, _ := p.comparison(); return e })
		a, t = func(r *runner) value { return truth(re(r).Match([]byte(r.text(left(r)))) != not) }, nil
	}
	return a, t
}

// pattern reads a regular expression: a constant, or the text of an expression.
func (p *parser) pattern(read func() eval) func(r *runner) *regex.Regexp {
	if p.is("/") || p.is("/=") {
		p.at -= len(p.tok.text) - 1
		re := p.compile(p.regex().text)
		p.advance()
		return func(*runner) *regex.Regexp { return re }
	}
	e := read()
	return func(r *runner) *regex.Regexp { return r.dynamic(r.text(e(r))) }
}

func (p *parser) comparison() (eval, *place) {
	a, t := p.concatenated()
	for p.tok.kind == tOp && strings.Contains(" < <= != == >= > | ", " "+p.tok.text+" ") {
		op := p.tok.text
		if op == "|" {
			at, tok, line := p.at, p.tok, p.line
			if p.advance(); !p.is("getline") {
				p.at, p.tok, p.line = at, tok, line
				return a, t
			}
			p.advance()
			a, t = p.getline("|", a), nil
			continue
		}
		if op == ">" && p.noGT > 0 {
			break
		}
		p.advance()
		left := a
		right, _ := p.concatenated()
		a, t = func(r *runner) value { return truth(compared(op, r.compare(left(r), right(r)))) }, nil
	}
	return a, t
}

func compared(op string, c int) bool {
	switch op {
	case "<":
		return c < 0
	case "<=":
		return c <= 0
	case "==":
		return c == 0
	case "!=":
		return c != 0
	case ">":
		return c > 0
	}
	return c >= 0
}

// begins says whether the token begins an operand that can be joined to the one
// before.
func (p *parser) begins() bool {
	switch p.tok.kind {
	case tNumber, tString, tName, tFunc, tBuiltin:
		return true
	case tOp:
		return strings.Contains(" $ ! ( - + ++ -- ", " "+p.tok.text+" ") && p.tok.text != "!"
	}
	return false
}

func (p *parser) concatenated() (eval, *place) {
	a, t := p.sum()
	for p.begins() && !p.is("+") && !p.is("-") {
		left := a
		right, _ := p.sum()
		a, t = func(r *runner) value {
			x := r.text(left(r))
			return str(r.bounded(x + r.text(right(r))))
		}, nil
	}
	return a, t
}

func (p *parser) sum() (eval, *place) {
	a, t := p.product()
	for p.is("+") || p.is("-") {
		do, left := arithmetic(p.advance().text), a
		right, _ := p.product()
		a, t = func(r *runner) value { x := left(r).float(); return num(do(x, right(r).float())) }, nil
	}
	return a, t
}

func (p *parser) product() (eval, *place) {
	a, t := p.unary()
	for p.is("*") || p.is("/") || p.is("%") {
		do, left := arithmetic(p.advance().text), a
		right, _ := p.unary()
		a, t = func(r *runner) value { x := left(r).float(); return num(do(x, right(r).float())) }, nil
	}
	return a, t
}

func (p *parser) unary() (eval, *place) {
	defer p.deeper()()
	switch {
	case p.is("!"):
		p.advance()
		a, _ := p.unary()
		return func(r *runner) value { return truth(!a(r).true()) }, nil
	case p.is("-"):
		p.advance()
		a, _ := p.unary()
		return func(r *runner) value { return num(-a(r).float()) }, nil
	case p.is("+"):
		p.advance()
		a, _ := p.unary()
		return func(r *runner) value { return num(a(r).float()) }, nil
	}
	return p.power()
}

func (p *parser) power() (eval, *place) {
	a, t := p.postfix()
	if !p.is("^") {
		return a, t
	}
	p.advance()
	b, _ := p.unary()
	return func(r *runner) value { x := a(r).float(); return num(math.Pow(x, b(r).float())) }, nil
}

func (p *parser) postfix() (eval, *place) {
	if p.is("++") || p.is("--") {
		d := map[string]float64{"++": 1, "--": -1}[p.advance().text]
		_, t := p.primary()
		if t == nil {
			p.syntax()
		}
		return func(r *runner) value {
			v := num(t.get(r).float() + d)
			t.set(r, v)
			return v
		}, nil
	}
	a, t := p.primary()
	if t != nil && (p.is("++") || p.is("--")) {
		d := map[string]float64{"++": 1, "--": -1}[p.advance().text]
		return func(r *runner) value {
			v := num(t.get(r).float())
			t.set(r, num(v.n+d))
			return v
		}, nil
	}
	return a, t
}
