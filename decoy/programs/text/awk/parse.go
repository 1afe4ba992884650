package awk

import (
	"strings"

	"gait/decoy/programs/regex"
)

// eval gives the value of an expression.
type eval func(r *runner) value

// exec runs a statement.
type exec func(r *runner) signal

// signal says how a statement ended.
type signal int

const (
	done signal = iota
	broke
	continued
	nexted
	nextFile
	exited
	returned
)

// place is something that can be assigned to.
type place struct {
	get   eval
	set   func(r *runner, v value)
	name  string // of a plain variable, empty for others
	local int    // its number among the parameters, -1 for a global
}

// function is a function of the program.
type function struct {
	name   string
	params []string
	body   exec
}

// rule is a pattern and an action.
type rule struct {
	from, to eval // nil for none
	do       exec // nil for print
	active   bool
}

// parser makes a program out of a text.
type parser struct {
	lexer
	tok    token
	funcs  map[string]*function
	calls  []string
	begin  []exec
	end    []exec
	rules  []*rule
	params []string // of the function at hand
	noGT   int      // > is a redirection, not a comparison
	noIn   int      // "in" belongs to a for loop
	depth  int
	braces int
}

func (p *parser) advance() token {
	old := p.tok
	p.tok = p.next()
	return old
}

func (p *parser) is(text string) bool {
	return (p.tok.kind == tOp || p.tok.kind == tWord || p.tok.kind == tNewline) && p.tok.text == text
}

func (p *parser) syntax() {
	switch {
	case p.tok.kind == tEnd && p.braces > 0:
		p.fail("line %d: missing } near end of file", p.line+1)
	case p.tok.kind == tEnd:
		p.fail("line %d: syntax error at or near end of file", p.line+1)
	case p.tok.kind == tNewline:
		p.fail("line %d: syntax error at or near end of line", max(p.line-1, 1))
	}
	p.fail("line %d: syntax error at or near %s", p.line, p.tok.text)
}

func (p *parser) expect(text string) {
	if !p.is(text) {
		p.syntax()
	}
	p.advance()
}

func (p *parser) newlines() {
	for p.tok.kind == tNewline {
		p.advance()
	}
}

// ends reads newlines and semicolons.
func (p *parser) ends() {
	for p.tok.kind == tNewline || p.is(";") {
		p.advance()
	}
}

// program reads everything.
func (p *parser) program() {
	p.advance()
	for p.ends(); p.tok.kind != tEnd; p.ends() {
		p.item()
	}
	for _, name := range p.calls {
		if p.funcs[name] == nil {
			p.fail("line %d: function %s never defined", p.line+1, name)
		}
	}
}

// item reads a function or a rule.
func (p *parser) item() {
	switch {
	case p.is("function") || p.is("func"):
		p.function()
	case p.is("BEGIN"):
		p.advance()
		p.begin = append(p.begin, p.action())
	case p.is("END"):
		p.advance()
		p.end = append(p.end, p.action())
	default:
		r := &rule{}
		if !p.is("{") {
			r.from = p.expr()
			if p.is(",") {
				p.advance()
				p.newlines()
				r.to = p.expr()
			}
		}
		if p.is("{") {
			r.do = p.action()
		} else if p.tok.kind != tEnd && p.tok.kind != tNewline && !p.is(";") {
			p.syntax()
		}
		p.rules = append(p.rules, r)
	}
}

func (p *parser) action() exec {
	if !p.is("{") {
		p.syntax()
	}
	return p.block()
}

func (p *parser) function() {
	p.advance()
	name := p.tok.text
	if p.tok.kind != tName && p.tok.kind != tFunc {
		p.syntax()
	}
	p.advance()
	p.expect("(")
	f := &function{name: name}
	for !p.is(")") {
		if p.tok.kind != tName {
			p.syntax()
		}
		f.params = append(f.params, p.advance().text)
		if p.is(",") {
			p.advance()
			p.newlines()
		}
	}
	p.advance()
	p.newlines()
	p.funcs[name] = f
	p.params = f.params
	f.body = p.action()
	p.params = nil
}

// block reads { statements }.
func (p *parser) block() exec {
	p.braces++
	p.expect("{")
	var list []exec
	for p.ends(); !p.is("}"); p.ends() {
		if p.tok.kind == tEnd {
			p.syntax()
		}
		list = append(list, p.statement())
	}
	p.braces--
	p.advance()
	return sequence(list)
}

func sequence(list []exec) exec {
	return func(r *runner) signal {
		for _, s := range list {
			if g := s(r); g != done {
				return g
			}
		}
		return done
	}
}

// body reads the statement of a loop or a condition.
func (p *parser) body() exec {
	p.newlines()
	if p.is(";") {
		p.advance()
		return func(*runner) signal { return done }
	}
	return p.statement()
}

// ended reads the end of a simple statement.
func (p *parser) ended() {
	switch {
	case p.is(";") || p.tok.kind == tNewline:
		p.advance()
	case p.is("}") || p.tok.kind == tEnd:
	default:
		p.syntax()
	}
}

// deeper bounds how deep a program nests.
func (p *parser) deeper() func() {
	if p.depth++; p.depth > 200 {
		p.fail("line %d: parser stack overflow", p.line)
	}
	return func() { p.depth-- }
}

// name gives the place of a variable.
func (p *parser) name(name string) place {
	for i, param := range p.params {
		if param == name {
			return place{name: name, local: i,
				get: func(r *runner) value { return r.frame[i].scalar(r) },
				set: func(r *runner, v value) { r.frame[i].assign(r, v) }}
		}
	}
	if s, ok := specialOf(name); ok {
		return place{name: name, local: -1, get: s.get, set: s.set}
	}
	return place{name: name, local: -1,
		get: func(r *runner) value { return r.global(name).scalar(r) },
		set: func(r *runner, v value) { r.global(name).assign(r, v) }}
}

// array gives the cell of an array.
func (p *parser) array(name string) func(r *runner) *cell {
	for i, param := range p.params {
		if param == name {
			return func(r *runner) *cell { return r.frame[i].array(r, name) }
		}
	}
	return func(r *runner) *cell { return r.global(name).array(r, name) }
}

// compile compiles a regular expression of the program.
func (p *parser) compile(text string) *regex.Regexp {
	re, err := regex.Compile(text, regex.Options{Extended: true, Escapes: true})
	if err != nil {
		p.fail("line %d: regular expression compile failed (%s)\n%s", p.line, regexWords(err), text)
	}
	return re
}

// regexWords words an error as mawk does.
func regexWords(err error) string {
	switch s := err.Error(); {
	case strings.Contains(s, "( or"):
		return "missing ')'"
	case strings.Contains(s, "["):
		return "bad class -- [], [^] or ["
	case strings.Contains(s, "backslash"):
		return "missing operand"
	}
	return "syntax error ^* or ^+"
}
