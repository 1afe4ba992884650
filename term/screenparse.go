package term

// screenParser is where a [Screen] is in an escape sequence. It is a machine of
// its own beside [Parser]: the player's terminal works on characters, not on
// bytes, takes U+0080 to U+009F for controls, and is laxer in what it takes for
// a sequence. Everything of it is bounded, and can be written as text again.
type screenParser struct {
	state screenState
	inter byte // the last intermediate or private byte; 0 where none
	last  int  // index of the parameter that is read
	parts [maxParts]int
	param [maxParts][maxSubs]uint16
}

type screenState uint8

const (
	screenGround screenState = iota
	screenEscape             // after ESC, or intermediates
	screenEscapeInter
	screenEntry // after CSI
	screenParam
	screenInter
	screenIgnore
	screenOSC
	screenString // any other string
)

// How many parameters a sequence has, and parts of one; more are left out.
const (
	maxParts = 32
	maxSubs  = 6
)

// first gives the n-th parameter, and otherwise where it is 0 or missing.
func (p *screenParser) first(n, otherwise int) int {
	if n > p.last || p.param[n][0] == 0 {
		return otherwise
	}
	return int(p.param[n][0])
}

// clear begins a sequence.
func (p *screenParser) clear(s screenState) {
	for i := 0; i <= p.last && i < maxParts; i++ {
		p.parts[i], p.param[i] = 0, [maxSubs]uint16{}
	}
	p.state, p.inter, p.last = s, 0, 0
}

// digit adds a character to the parameters.
func (p *screenParser) digit(c byte) {
	switch {
	case c == ';':
		p.last = min(p.last+1, maxParts)
	case p.last == maxParts:
	case c == ':':
		p.parts[p.last] = min(p.parts[p.last]+1, maxSubs)
	case p.parts[p.last] < maxSubs:
		at := &p.param[p.last][p.parts[p.last]]
		*at = *at*10 + uint16(c-'0')
	}
}

// rune takes one character.
func (s *Screen) rune(r rune) {
	p := &s.parser
	switch {
	case r == esc:
		p.clear(screenEscape)
	case r == can || r == sub:
		p.state = screenGround
	case r >= 0x80 && r < 0xa0:
		s.c1(r)
	case p.state == screenGround:
		if r >= 0x20 && r != del {
			s.print(r)
		} else {
			s.control(byte(r))
		}
	case p.state == screenOSC:
		if r == bel {
			p.state = screenGround
		}
	case p.state == screenString:
	case r < 0x20:
		s.control(byte(r))
	case r == del:
	case p.state <= screenEscapeInter:
		s.escape(r)
	default:
		s.csi(r)
	}
}

// c1 takes one of the controls that are also written as ESC and a letter.
func (s *Screen) c1(r rune) {
	p := &s.parser
	p.state = screenGround
	switch r {
	case 0x84:
		s.lineFeed()
	case 0x85:
		s.nextLine()
	case 0x88:
		s.setTab()
	case 0x8d:
		s.reverse()
	case 0x90, 0x98, 0x9e, 0x9f:
		p.clear(screenString)
	case 0x9b:
		p.clear(screenEntry)
	case 0x9d:
		p.clear(screenOSC)
	}
}

// escape takes a character after ESC.
func (s *Screen) escape(r rune) {
	p := &s.parser
	if r < 0x30 {
		p.inter, p.state = byte(r), screenEscapeInter
		return
	}
	if p.state == screenEscapeInter {
		p.state = screenGround
		s.charset(p.inter, r)
		return
	}
	p.state = screenGround
	switch r {
	case '[':
		p.clear(screenEntry)
	case ']':
		p.clear(screenOSC)
	case 'P', 'X', '^', '_':
		p.clear(screenString)
	case '7':
		s.save()
	case '8':
		s.back()
	case 'D':
		s.lineFeed()
	case 'E':
		s.nextLine()
	case 'H':
		s.setTab()
	case 'M':
		s.reverse()
	case 'c':
		s.reset(s.cols, s.rows)
		s.work += int64(s.cols * s.rows)
	}
}

// charset takes a character after ESC and an intermediate.
func (s *Screen) charset(inter byte, r rune) {
	switch {
	case inter == '(' && (r == '0' || r == 'B'):
		s.drawing[0] = r == '0'
	case inter == ')' && (r == '0' || r == 'B'):
		s.drawing[1] = r == '0'
	case inter == '#' && r == '8':
		for i := range s.now.lines {
			l := &s.now.lines[i]
			l.blank(pen{})
			for range s.cols {
				l.cells = append(l.cells, cell{'E', pen{}})
			}
		}
		s.work += int64(s.cols * s.rows)
	}
}

// csi takes a character of a control sequence.
func (s *Screen) csi(r rune) {
	p := &s.parser
	switch {
	case r >= 0x40:
		ignored := p.state == screenIgnore
		p.state = screenGround
		if !ignored && r < del {
			s.dispatch(byte(r))
		}
	case p.state == screenIgnore:
	case r < 0x30:
		p.inter, p.state = byte(r), screenInter
	case p.state == screenInter:
		p.state = screenIgnore
	case r < 0x3c:
		p.digit(byte(r))
		p.state = screenParam
	case p.state == screenEntry:
		p.inter, p.state = byte(r), screenParam
	default:
		p.state = screenIgnore
	}
}

// control does one of the controls below a space.
func (s *Screen) control(c byte) {
	s.work++
	switch c {
	case '\b':
		s.moveTo(min(s.col, s.cols-1)-btoi(s.col > 0), s.row)
	case '\t':
		s.tab(1)
	case '\n', '\v', '\f':
		s.lineFeed()
	case '\r':
		s.col = 0
	case 0x0e:
		s.shift = 1
	case 0x0f:
		s.shift = 0
	}
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

func (s *Screen) lineFeed() {
	s.index()
	if s.newline {
		s.col = 0
	}
}

func (s *Screen) nextLine() {
	s.index()
	s.col = 0
}

func (s *Screen) setTab() {
	if s.col > 0 && s.col < s.cols {
		s.tabs[s.col] = true
	}
}
