package term

import "unicode/utf8"

// Bounds on what the parser keeps of one sequence. A longer parameter list
// makes the sequence Broken; a longer string is cut in Token.Data. The longest
// colour settings in use stay below 100 bytes of parameters.
const (
	maxParams = 256
	maxInter  = 4
	maxString = 256
)

type state uint8

const (
	ground     state = iota
	escaped          // after ESC
	control          // in a CSI
	text             // in a string
	terminator       // after ESC in a string
)

// Parser splits terminal output into tokens, as the state machine of the DEC
// VT500 series does, with UTF-8 instead of 8-bit controls. The zero Parser is
// ready. Output may be fed in any pieces; only runs of text are split where
// the pieces are.
type Parser struct {
	state  state
	kind   Kind // of the string that is read
	tok    Token
	bad    bool
	size   int64
	data   []byte
	params []byte
	inter  []byte
	held   [utf8.UTFMax]byte // the start of a character that is not whole yet
	nheld  int
}

// Feed parses b and calls emit for every token that ends in it.
func (p *Parser) Feed(b []byte, emit func(Token)) {
	for len(b) > 0 {
		switch p.state {
		case ground:
			b = b[p.ground(b, emit):]
		case text:
			b = b[p.inString(b, emit):]
		default:
			if p.step(b[0], emit) {
				b = b[1:]
			}
		}
	}
}

// Flush ends the input: what is unfinished is emitted as Invalid, Broken or as
// a cut string, and the parser is ready for other input.
func (p *Parser) Flush(emit func(Token)) {
	p.release(emit)
	switch p.state {
	case escaped, control:
		p.broken(emit)
	case text, terminator:
		p.endString(true, emit)
	}
}

// ground takes one run of text or one other byte and gives how many bytes it
// took.
func (p *Parser) ground(b []byte, emit func(Token)) int {
	if p.nheld > 0 {
		return p.resume(b, emit)
	}
	i := 0
	for i < len(b) {
		c := b[i]
		if c >= 0x20 && c < del {
			i++
			continue
		}
		if c < utf8.RuneSelf {
			break
		}
		r, n := utf8.DecodeRune(b[i:])
		if r == utf8.RuneError && n == 1 || r < 0xa0 {
			break
		}
		i += n
	}
	if i > 0 {
		emit(Token{Kind: Text, Data: b[:i]})
		return i
	}
	return p.special(b, emit)
}

// special takes the byte or character at the start of b, which is no text.
func (p *Parser) special(b []byte, emit func(Token)) int {
	switch c := b[0]; {
	case c == esc:
		p.begin(escaped)
		return 1
	case c < utf8.RuneSelf:
		emit(Token{Kind: Control, Data: b[:1]})
		return 1
	case c == 0xc2 && len(b) > 1 && b[1] >= 0x80 && b[1] < 0xa0:
		emit(Token{Kind: C1, Data: b[:2]})
		return 2
	case !utf8.FullRune(b):
		p.nheld = copy(p.held[:], b)
		return len(b)
	}
	emitByte(b[:1], emit)
	return 1
}

func emitByte(b []byte, emit func(Token)) {
	if b[0] < 0xa0 {
		emit(Token{Kind: C1, Data: b})
	} else {
		emit(Token{Kind: Invalid, Data: b})
	}
}

// resume goes on with a held character. It gives the number of bytes taken.
func (p *Parser) resume(b []byte, emit func(Token)) int {
	n := 0
	for n < len(b) && b[n]&0xc0 == 0x80 {
		p.held[p.nheld] = b[n]
		p.nheld++
		n++
		held := p.held[:p.nheld]
		if !utf8.FullRune(held) {
			continue
		}
		if r, size := utf8.DecodeRune(held); size == p.nheld {
			p.nheld = 0
			if r < 0xa0 {
				emit(Token{Kind: C1, Data: held})
			} else {
				emit(Token{Kind: Text, Data: held})
			}
			return n
		}
		break
	}
	if n < len(b) || utf8.FullRune(p.held[:p.nheld]) {
		p.release(emit)
	}
	return n
}

// release gives up on a held character: each of its bytes is one token.
func (p *Parser) release(emit func(Token)) {
	for i := range p.nheld {
		emitByte(p.held[i:i+1], emit)
	}
	p.nheld = 0
}

func (p *Parser) begin(s state) {
	p.state, p.bad, p.size, p.tok = s, false, 0, Token{}
	p.params, p.inter, p.data = p.params[:0], p.inter[:0], p.data[:0]
}

func (p *Parser) broken(emit func(Token)) {
	p.state = ground
	emit(Token{Kind: Broken})
}
