package awk

// primary reads an operand.
func (p *parser) primary() (eval, *place) {
	switch tok := p.tok; tok.kind {
	case tNumber:
		p.advance()
		v := num(tok.num)
		return func(*runner) value { return v }, nil
	case tString:
		p.advance()
		v := str(tok.text)
		return func(*runner) value { return v }, nil
	case tFunc:
		return p.call(), nil
	case tBuiltin:
		return p.builtin(), nil
	case tName:
		return p.variable()
	case tWord:
		if tok.text == "getline" {
			p.advance()
			return p.getline("", nil), nil
		}
	case tOp:
		return p.operator()
	}
	p.syntax()
	return nil, nil
}

// operator reads an operand that begins with an operator.
func (p *parser) operator() (eval, *place) {
	switch p.tok.text {
	case "/", "/=":
		re := p.pattern(nil)
		return func(r *runner) value { return truth(re(r).Match([]byte(r.record()))) }, nil
	case "$":
		return p.field()
	case "(":
		return p.parentheses(), nil
	case "-", "+", "!":
		a, _ := p.unary()
		return a, nil
	}
	p.syntax()
	return nil, nil
}

// field reads $n.
func (p *parser) field() (eval, *place) {
	p.advance()
	var n eval
	if p.is("++") || p.is("--") || p.is("-") || p.is("+") || p.is("!") {
		n, _ = p.unary()
	} else {
		n, _ = p.primary()
	}
	t := place{local: -1, get: func(r *runner) value { return r.field(int(n(r).float())) },
		set: func(r *runner, v value) { r.setField(int(n(r).float()), v) }}
	return t.get, &t
}

// parentheses reads a group, or the subscripts of "(i, j) in a".
func (p *parser) parentheses() eval {
	noGT, noIn := p.noGT, p.noIn
	p.noGT, p.noIn = 0, 0
	p.advance()
	p.newlines()
	list := p.list()
	p.newlines()
	p.expect(")")
	p.noGT, p.noIn = noGT, noIn
	if len(list) == 1 {
		return list[0]
	}
	if !p.is("in") {
		p.syntax()
	}
	p.advance()
	if p.tok.kind != tName {
		p.syntax()
	}
	array, key := p.array(p.advance().text), joined(list)
	return func(r *runner) value { return truth(array(r).has(key(r))) }
}

// variable reads a variable, or an element of an array.
func (p *parser) variable() (eval, *place) {
	name := p.advance().text
	if !p.is("[") {
		t := p.name(name)
		return t.get, &t
	}
	p.advance()
	array, key := p.array(name), p.subscript("]")
	t := place{local: -1, get: func(r *runner) value { return array(r).get(r, key(r)) },
		set: func(r *runner, v value) { array(r).put(r, key(r), v) }}
	return t.get, &t
}

// call reads a call of a function of the program.
func (p *parser) call() eval {
	name := p.advance().text
	p.calls = append(p.calls, name)
	p.advance()
	type argument struct {
		value eval
		cell  func(r *runner) *cell // of a plain name
	}
	var list []argument
	noGT, noIn := p.noGT, p.noIn
	p.noGT, p.noIn = 0, 0
	for p.newlines(); !p.is(")"); p.newlines() {
		a := argument{}
		if p.tok.kind == tName {
			at, tok, line := p.at, p.tok, p.line
			t := p.name(p.advance().text)
			if _, special := specialOf(t.name); !special && (p.is(",") || p.is(")")) {
				a.cell = func(r *runner) *cell {
					if t.local >= 0 {
						return r.frame[t.local]
					}
					return r.global(t.name)
				}
			} else {
				p.at, p.tok, p.line = at, tok, line
			}
		}
		if a.cell == nil {
			a.value = p.expr()
		}
		if list = append(list, a); !p.is(",") {
			break
		}
		p.advance()
	}
	p.newlines()
	p.expect(")")
	p.noGT, p.noIn = noGT, noIn
	funcs := p.funcs
	return func(r *runner) value {
		f := funcs[name]
		frame := make([]*cell, max(len(f.params), len(list)))
		for i, a := range list {
			if a.value != nil {
				frame[i] = &cell{v: a.value(r)}
				continue
			}
			frame[i] = a.cell(r).passed()
		}
		for i := len(list); i < len(frame); i++ {
			frame[i] = &cell{}
		}
		return r.call(f, frame)
	}
}

// getline reads what follows getline: a place, and a file.
func (p *parser) getline(how string, from eval) eval {
	var t *place
	if p.tok.kind == tName || p.is("$") {
		_, t = p.primary()
	}
	if how == "" && p.is("<") {
		p.advance()
		how = "<"
		from, _ = p.postfix()
	}
	return func(r *runner) value {
		name := ""
		if from != nil {
			name = r.text(from(r))
		}
		return num(r.getline(how, name, t))
	}
}
