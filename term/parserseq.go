package term

// step takes one byte after an ESC. It is false where the byte ended the
// sequence without being part of it: then it is to be looked at again.
func (p *Parser) step(c byte, emit func(Token)) bool {
	if p.state == terminator {
		p.endString(c != '\\', emit)
		if c != '\\' {
			p.begin(escaped)
			return false
		}
		return true
	}
	switch {
	case c == esc:
		p.broken(emit)
		p.begin(escaped)
	case c == can || c == sub:
		p.broken(emit)
	case c < 0x20:
		emit(Token{Kind: Control, Data: controls[c : c+1]})
	case c == del:
	case c > del:
		p.broken(emit)
		return false
	case p.state == escaped:
		p.stepEscape(c, emit)
	default:
		p.stepCSI(c, emit)
	}
	return true
}

// controls holds the control bytes, so that a token can show one without
// pointing into the input.
var controls = []byte("\x00\x01\x02\x03\x04\x05\x06\x07\x08\t\n\v\f\r\x0e\x0f" +
	"\x10\x11\x12\x13\x14\x15\x16\x17\x18\x19\x1a\x1b\x1c\x1d\x1e\x1f")

func (p *Parser) stepEscape(c byte, emit func(Token)) {
	if c < 0x30 {
		p.intermediate(c)
		return
	}
	if len(p.inter) == 0 {
		switch c {
		case '[':
			p.state = control
			return
		case ']', 'P', 'X', '^', '_':
			p.state, p.kind = text, stringKind(c)
			return
		}
	}
	p.end(Escape, c, emit)
}

func stringKind(c byte) Kind {
	switch c {
	case ']':
		return OSC
	case 'P':
		return DCS
	case 'X':
		return SOS
	case '^':
		return PM
	}
	return APC
}

func (p *Parser) stepCSI(c byte, emit func(Token)) {
	switch {
	case c >= 0x40:
		p.end(CSI, c, emit)
	case c < 0x30:
		p.intermediate(c)
	case len(p.inter) > 0 || len(p.params) >= maxParams:
		p.bad = true
	case c < 0x3c:
		p.params = append(p.params, c)
	case len(p.params) == 0 && p.tok.Private == 0:
		p.tok.Private = c
	default:
		p.bad = true
	}
}

func (p *Parser) intermediate(c byte) {
	if len(p.inter) == maxInter {
		p.bad = true
		return
	}
	p.inter = append(p.inter, c)
}

func (p *Parser) end(k Kind, final byte, emit func(Token)) {
	if p.bad {
		p.broken(emit)
		return
	}
	p.state = ground
	p.tok.Kind, p.tok.Final = k, final
	p.tok.Params, p.tok.Inter = p.params, p.inter
	emit(p.tok)
}

// inString takes bytes of a string up to its end and gives how many. An OSC
// also ends with BEL; CAN and SUB end any.
func (p *Parser) inString(b []byte, emit func(Token)) int {
	i := 0
	for i < len(b) {
		c := b[i]
		if c == esc || c == can || c == sub || c == bel && p.kind == OSC {
			break
		}
		i++
	}
	p.size += int64(i)
	p.data = append(p.data, b[:min(i, maxString-len(p.data))]...)
	if i == len(b) {
		return i
	}
	if b[i] == esc {
		p.state = terminator
	} else {
		p.endString(b[i] != bel, emit)
	}
	return i + 1
}

func (p *Parser) endString(cut bool, emit func(Token)) {
	p.state = ground
	emit(Token{Kind: p.kind, Data: p.data, Size: p.size, Cut: cut})
}
