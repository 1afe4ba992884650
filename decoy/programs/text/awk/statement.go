package awk

import "strings"

// statement reads one statement.
func (p *parser) statement() exec {
	defer p.deeper()()
	if p.is("{") {
		return p.block()
	}
	if p.tok.kind != tWord {
		return p.simpleEnded()
	}
	switch p.tok.text {
	case "if":
		return p.condition()
	case "while":
		p.advance()
		p.expect("(")
		test := p.expr()
		p.expect(")")
		return loop(nil, test, nil, p.body())
	case "do":
		return p.doWhile()
	case "for":
		return p.forLoop()
	case "break", "continue", "next", "nextfile":
		g := map[string]signal{"break": broke, "continue": continued, "next": nexted, "nextfile": nextFile}[p.advance().text]
		p.ended()
		return func(*runner) signal { return g }
	case "exit", "return":
		word := p.advance().text
		var v eval
		if p.tok.kind != tNewline && p.tok.kind != tEnd && !p.is(";") && !p.is("}") {
			v = p.expr()
		}
		p.ended()
		return leave(word, v)
	}
	return p.simpleEnded()
}

// leave makes exit and return.
func leave(word string, v eval) exec {
	return func(r *runner) signal {
		if word == "exit" {
			if v != nil {
				r.code = int(v(r).float())
			}
			return exited
		}
		r.result = value{}
		if v != nil {
			r.result = v(r)
		}
		return returned
	}
}

func (p *parser) simpleEnded() exec {
	s := p.simple()
	p.ended()
	return s
}

// simple reads a statement without its end.
func (p *parser) simple() exec {
	switch {
	case p.is("print") || p.is("printf"):
		return p.print()
	case p.is("delete"):
		return p.delete()
	}
	e := p.expr()
	return func(r *runner) signal {
		e(r)
		return done
	}
}

func (p *parser) condition() exec {
	p.advance()
	p.expect("(")
	test := p.expr()
	p.expect(")")
	yes := p.body()
	at, tok, line := p.at, p.tok, p.line
	p.ends()
	if !p.is("else") {
		p.at, p.tok, p.line = at, tok, line
		return func(r *runner) signal {
			if test(r).true() {
				return yes(r)
			}
			return done
		}
	}
	p.advance()
	no := p.body()
	return func(r *runner) signal {
		if test(r).true() {
			return yes(r)
		}
		return no(r)
	}
}

func (p *parser) doWhile() exec {
	p.advance()
	body := p.body()
	p.ends()
	p.expect("while")
	p.expect("(")
	test := p.expr()
	p.expect(")")
	p.ended()
	return func(r *runner) signal {
		for {
			if g := body(r); g == broke {
				return done
			} else if g != done && g != continued {
				return g
			}
			if r.step() || !test(r).true() {
				return r.stopped()
			}
		}
	}
}

// loop makes a loop.
func loop(first exec, test eval, step, body exec) exec {
	return func(r *runner) signal {
		if first != nil {
			first(r)
		}
		for test == nil || test(r).true() {
			if g := body(r); g == broke {
				return done
			} else if g != done && g != continued {
				return g
			}
			if r.step() {
				return r.stopped()
			}
			if step != nil {
				step(r)
			}
		}
		return done
	}
}

func (p *parser) forLoop() exec {
	p.advance()
	p.expect("(")
	if p.tok.kind == tName {
		at, tok, line := p.at, p.tok, p.line
		name := p.advance().text
		if p.is("in") {
			p.advance()
			if p.tok.kind == tName {
				over := p.advance().text
				if p.is(")") {
					p.advance()
					return p.forIn(name, over)
				}
			}
		}
		p.at, p.tok, p.line = at, tok, line
	}
	var first, step exec
	var test eval
	if !p.is(";") {
		first = p.simple()
	}
	p.expect(";")
	p.newlines()
	if !p.is(";") {
		test = p.expr()
	}
	p.expect(";")
	p.newlines()
	if !p.is(")") {
		step = p.simple()
	}
	p.expect(")")
	return loop(first, test, step, p.body())
}

func (p *parser) forIn(name, over string) exec {
	v, array := p.name(name), p.array(over)
	body := p.body()
	return func(r *runner) signal {
		for _, k := range array(r).keys() {
			v.set(r, outside(k))
			if g := body(r); g == broke {
				return done
			} else if g != done && g != continued {
				return g
			}
			if r.step() {
				return r.stopped()
			}
		}
		return done
	}
}

func (p *parser) delete() exec {
	p.advance()
	if p.tok.kind != tName {
		p.syntax()
	}
	array := p.array(p.advance().text)
	if !p.is("[") {
		return func(r *runner) signal {
			array(r).clear(r)
			return done
		}
	}
	p.advance()
	key := p.subscript("]")
	return func(r *runner) signal {
		array(r).delete(r, key(r))
		return done
	}
}

// subscript reads one or several subscripts up to the bracket.
func (p *parser) subscript(end string) func(r *runner) string {
	noGT, noIn := p.noGT, p.noIn
	p.noGT, p.noIn = 0, 0
	list := []eval{p.expr()}
	for p.is(",") {
		p.advance()
		p.newlines()
		list = append(list, p.expr())
	}
	p.expect(end)
	p.noGT, p.noIn = noGT, noIn
	return joined(list)
}

// joined gives subscripts as one text.
func joined(list []eval) func(r *runner) string {
	if len(list) == 1 {
		return func(r *runner) string { return r.text(list[0](r)) }
	}
	return func(r *runner) string {
		parts := make([]string, len(list))
		for i, e := range list {
			parts[i] = r.text(e(r))
		}
		return strings.Join(parts, r.subsep)
	}
}

// print reads print and printf with a redirection.
func (p *parser) print() exec {
	formatted := p.advance().text == "printf"
	var list []eval
	if !p.is(";") && !p.is("}") && !p.is(">") && !p.is(">>") && !p.is("|") && p.tok.kind != tNewline && p.tok.kind != tEnd {
		list = p.printed()
	}
	if formatted && len(list) == 0 {
		p.syntax()
	}
	how, to := "", eval(nil)
	if p.is(">") || p.is(">>") || p.is("|") {
		how = p.advance().text
		p.noGT++
		to = p.expr()
		p.noGT--
	}
	return func(r *runner) signal {
		w := r.out
		text := r.printed(list, formatted)
		if to != nil {
			r.redirect(how, r.text(to(r)), text)
			return r.stopped()
		}
		if _, err := w.WriteString(text); err != nil {
			r.stop = true
		}
		return r.stopped()
	}
}

// printed reads the list of print, which may stand in parentheses.
func (p *parser) printed() []eval {
	if p.is("(") {
		at, tok, line := p.at, p.tok, p.line
		if list, ok := p.grouped(); ok {
			return list
		}
		p.at, p.tok, p.line = at, tok, line
	}
	p.noGT++
	defer func() { p.noGT-- }()
	return p.list()
}

// grouped reads a list in parentheses that is all that is printed.
func (p *parser) grouped() ([]eval, bool) {
	noGT := p.noGT
	p.noGT = 0
	p.advance()
	list := p.list()
	p.noGT = noGT
	if !p.is(")") {
		return nil, false
	}
	p.advance()
	switch {
	case p.tok.kind == tNewline || p.tok.kind == tEnd, p.is(";"), p.is("}"), p.is(">"), p.is(">>"), p.is("|"):
		return list, true
	}
	return nil, false
}

// list reads expressions with commas.
func (p *parser) list() []eval {
	list := []eval{p.expr()}
	for p.is(",") {
		p.advance()
		p.newlines()
		list = append(list, p.expr())
	}
	return list
}
