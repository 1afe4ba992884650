package term

// dispatch does what a control sequence says.
func (s *Screen) dispatch(final byte) {
	p := &s.parser
	s.work++
	switch p.inter {
	case 0:
		if !s.move(final) && !s.edit(final) {
			s.set(final)
		}
	case '?':
		if final == 'h' || final == 'l' {
			for i := 0; i <= p.last && i < maxParts; i++ {
				s.privateMode(int(p.param[i][0]), final == 'h')
			}
		}
	case '!':
		if final == 'p' {
			s.softReset()
		}
	}
}

// move does what moves the cursor; it is false where the sequence does not.
func (s *Screen) move(final byte) bool {
	n := s.parser.first(0, 1)
	switch final {
	case 'A':
		s.up(n)
	case 'B', 'e':
		s.down(n)
	case 'C', 'a':
		s.moveTo(s.col+n, s.row)
	case 'D':
		s.moveTo(min(s.col, s.cols-1)-n, s.row)
	case 'E':
		s.down(n)
		s.col = 0
	case 'F':
		s.up(n)
		s.col = 0
	case 'G', '`':
		s.moveTo(n-1, s.row)
	case 'H', 'f':
		s.moveTo(s.parser.first(1, 1)-1, s.row)
		s.moveToRow(n - 1)
	case 'd':
		s.moveToRow(n - 1)
	case 'I':
		s.tab(n)
	case 'Z':
		s.backTab(n)
	case 's':
		s.save()
	case 'u':
		s.back()
	default:
		return false
	}
	return true
}

// edit does what changes cells; it is false where the sequence does not.
func (s *Screen) edit(final byte) bool {
	n := s.parser.first(0, 1)
	switch final {
	case '@':
		s.col = min(s.col, s.cols-1)
		s.line().insert(s.col, n, s.cols, s.pen)
		s.line().wrapped = false
	case 'P':
		s.col = min(s.col, s.cols-1)
		s.line().remove(s.col, n, s.cols, s.pen)
	case 'X':
		s.line().erase(s.col, min(s.col+n, s.cols), s.cols, s.pen)
	case 'J':
		s.eraseScreen(s.parser.first(0, 0))
		return true
	case 'K':
		s.eraseLine(s.parser.first(0, 0))
	case 'L':
		s.scrollDown(s.row, s.lastOfLines(), n)
	case 'M':
		s.scrollUp(s.row, s.lastOfLines(), n)
	case 'S':
		s.scrollUp(s.top, s.low, n)
	case 'T':
		s.scrollDown(s.top, s.low, n)
	case 'b':
		s.repeat(n)
	default:
		return false
	}
	s.work += int64(s.cols)
	return true
}

func (s *Screen) eraseLine(how int) {
	switch how {
	case 0:
		s.line().erase(s.col, s.cols, s.cols, s.pen)
		s.line().wrapped = false
	case 1:
		s.line().erase(0, min(s.col+1, s.cols), s.cols, s.pen)
	case 2:
		s.line().blank(s.pen)
	}
}

func (s *Screen) eraseScreen(how int) {
	s.work += int64(s.cols * s.rows)
	switch how {
	case 0:
		s.eraseLine(0)
		for i := s.row + 1; i < s.rows; i++ {
			s.now.lines[i].blank(s.pen)
		}
	case 1:
		s.eraseLine(1)
		for i := range s.row {
			s.now.lines[i].blank(s.pen)
		}
	case 2:
		if s.now == &s.grids[0] {
			s.scrollUp(0, s.rows-1, s.rows)
			return
		}
		for i := range s.now.lines {
			s.now.lines[i].blank(s.pen)
		}
	}
}

// set does what changes modes and the like.
func (s *Screen) set(final byte) {
	p := &s.parser
	switch final {
	case 'm':
		s.setPen()
	case 'r':
		s.margins(p.first(0, 1)-1, p.first(1, s.rows)-1)
	case 'h', 'l':
		for i := 0; i <= p.last && i < maxParts; i++ {
			switch p.param[i][0] {
			case 4:
				s.insert = final == 'h'
			case 20:
				s.newline = final == 'h'
			}
		}
	case 'g':
		s.clearTabs(p.first(0, 0))
	case 'W':
		switch p.first(0, 0) {
		case 0:
			s.setTab()
		case 2:
			s.clearTabs(0)
		case 5:
			s.clearTabs(3)
		}
	}
}

func (s *Screen) clearTabs(how int) {
	switch how {
	case 0:
		if s.col < s.cols {
			s.tabs[s.col] = false
		}
	case 3:
		clear(s.tabs[:s.cols])
	}
}

// margins sets the scroll region, where it is one.
func (s *Screen) margins(top, low int) {
	if top < low && low < s.rows {
		s.top, s.low = top, low
	}
	s.home()
}

// home puts the cursor where it begins.
func (s *Screen) home() {
	s.col, s.row = 0, 0
	if s.origin {
		s.row = s.top
	}
}

func (s *Screen) privateMode(mode int, on bool) {
	switch mode {
	case 6:
		s.origin = on
		s.home()
	case 7:
		s.wrap = on
	case 25:
		s.hidden = !on
	case 47, 1047:
		s.alternate(on)
	case 1048:
		if on {
			s.save()
		} else {
			s.back()
		}
	case 1049:
		if on {
			s.save()
			s.alternate(true)
		} else {
			s.alternate(false)
			s.back()
		}
	}
}

// softReset resets modes and pen, and leaves the text and the cursor.
func (s *Screen) softReset() {
	s.hidden, s.insert, s.origin, s.wrap = false, false, false, true
	s.top, s.low = 0, s.rows-1
	s.pen = pen{}
	s.drawing, s.shift = [2]bool{}, 0
	s.now.saved = fresh
}

// setPen does what SGR says.
func (s *Screen) setPen() {
	p := &s.parser
	for i := 0; i <= p.last && i < maxParts; i++ {
		n := p.param[i][0]
		if n == 38 || n == 48 {
			colour, used := p.colour(i)
			switch {
			case colour == 0:
			case n == 38:
				s.pen.fg = colour
			default:
				s.pen.bg = colour
			}
			i += used - 1
			continue
		}
		if p.parts[i] == 0 {
			s.pen.sgr(int(n))
		}
	}
}

// colour reads a colour from the i-th parameter on, and says how many
// parameters it took; 0 stands for no colour.
func (p *screenParser) colour(i int) (colour uint32, used int) {
	sub := p.param[i]
	switch {
	case p.parts[i] == 2 && sub[1] == 5:
		return indexed | uint32(uint8(sub[2])), 1
	case p.parts[i] == 4 && sub[1] == 2:
		return rgb(sub[2], sub[3], sub[4]), 1
	case p.parts[i] == 5 && sub[1] == 2:
		return rgb(sub[3], sub[4], sub[5]), 1
	case p.parts[i] > 0:
		return 0, 1
	}
	have := min(p.last, maxParts-1) - i
	switch {
	case have >= 2 && p.param[i+1][0] == 5:
		return indexed | uint32(uint8(p.param[i+2][0])), 3
	case have >= 4 && p.param[i+1][0] == 2:
		return rgb(p.param[i+2][0], p.param[i+3][0], p.param[i+4][0]), 5
	case have >= 1 && (p.param[i+1][0] == 5 || p.param[i+1][0] == 2):
		return 0, 2
	}
	return 0, 1
}

func rgb(r, g, b uint16) uint32 {
	return direct | uint32(uint8(r))<<16 | uint32(uint8(g))<<8 | uint32(uint8(b))
}

// sgr takes one number of SGR.
func (p *pen) sgr(n int) {
	switch {
	case n == 0:
		*p = pen{}
	case n == 1:
		p.attrs = p.attrs&^faint | bold
	case n == 2:
		p.attrs = p.attrs&^bold | faint
	case n == 22:
		p.attrs &^= bold | faint
	case n < len(attributes) && attributes[n] != 0:
		p.attrs |= attributes[n]
	case n >= 20 && n-20 < len(attributes) && attributes[n-20] != 0:
		p.attrs &^= attributes[n-20]
	case n >= 30 && n < 38:
		p.fg = indexed | uint32(n-30)
	case n == 39:
		p.fg = 0
	case n >= 40 && n < 48:
		p.bg = indexed | uint32(n-40)
	case n == 49:
		p.bg = 0
	case n >= 90 && n < 98:
		p.fg = indexed | uint32(n-90+8)
	case n >= 100 && n < 108:
		p.bg = indexed | uint32(n-100+8)
	}
}

// attributes are those with a number below 10; 20 more takes them away.
var attributes = [...]uint16{3: italic, 4: underline, 5: blink, 7: inverse, 9: strike}
