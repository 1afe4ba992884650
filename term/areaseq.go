package term

import "bytes"

// escape obeys the sequence at the start of b and gives its length, 0 where
// more of it must come, and what it ended.
func (a *Area) escape(b []byte) (n int, end End) {
	if len(b) < 2 {
		return 0, NoEnd
	}
	switch c := b[1]; c {
	case '[':
		before := a.paste
		if n = a.csi(b); before && !a.paste {
			end = EditorEnd
		}
		return n, end
	case ']', 'P', '_', '^', 'X':
		a.text = true
		return 2, NoEnd
	case 'E', 'D':
		if a.down() {
			end = LineEnd
		}
		return 2, end
	case 'M':
		a.up(1)
	case '7':
		a.saved = a.cur
	case '8':
		a.cur, a.late = a.saved, false
	case '(', ')', '*', '+', '#', '%', ' ':
		if len(b) < 3 {
			return 0, NoEnd
		}
		return 3, NoEnd
	case esc:
		return 1, NoEnd
	}
	return 2, NoEnd
}

// skip passes the string that a terminal does not show, up to BEL or to an ESC,
// which ends it whatever follows.
func (a *Area) skip(b []byte) int {
	for i, c := range b {
		switch c {
		case 0x07, 0x18, 0x1a:
			a.text = false
			return i + 1
		case esc:
			a.text = false
			if i+1 < len(b) && b[i+1] == '\\' {
				return i + 2
			}
			return i
		}
	}
	return len(b)
}

// csi obeys a control sequence; one that is too long is none.
func (a *Area) csi(b []byte) int {
	i, private := 2, byte(0)
	if i < len(b) && b[i] >= '<' && b[i] <= '?' {
		private = b[i]
		i++
	}
	var params [2]int
	n, any := 0, false
	for ; i < len(b) && i < maxSequence; i++ {
		switch c := b[i]; {
		case c >= '0' && c <= '9':
			if n < len(params) && params[n] < 1<<16 {
				params[n] = params[n]*10 + int(c-'0')
			}
			any = true
		case c == ';' || c == ':':
			if private == '?' {
				a.mode(params[0], b)
				params[0] = 0
				continue
			}
			n++
		case c >= 0x40 && c <= 0x7e:
			if private == '?' {
				if c == 'h' || c == 'l' {
					a.private(params[0], c == 'h')
				}
			} else if private == 0 {
				a.obey(c, params, any)
			}
			return i + 1
		case c < 0x20 || c > 0x7e:
			return i // what is no part of it ends it
		}
	}
	if i >= maxSequence {
		return i
	}
	return 0
}

// mode obeys one of several private modes that a sequence sets together.
func (a *Area) mode(number int, sequence []byte) {
	if i := bytes.IndexAny(sequence[1:min(len(sequence), maxSequence)], "hl"); i >= 0 {
		a.private(number, sequence[1+i] == 'h')
	}
}

func (a *Area) private(number int, on bool) {
	switch number {
	case 47, 1047, 1049:
		a.alt = on
	case 2004:
		a.paste = on
	}
}

// Skip obeys the modes that are set in bytes which are not written. The last of
// them must be a line end.
func (a *Area) Skip(b []byte) {
	a.text = false
	for {
		i := bytes.IndexByte(b, esc)
		if i < 0 || i+4 >= len(b) {
			return
		}
		b = b[i+1:]
		if b[0] == '[' && (b[1] == '?' || b[1] == '4' && b[2] != 'm' && b[2] != ';') {
			a.modes(b)
		}
	}
}

// modes obeys the sequence whose "[" b begins with, if it sets modes.
func (a *Area) modes(b []byte) {
	number, private := 0, b[1] == '?'
	for _, c := range b[1:min(len(b), maxSequence)] {
		switch {
		case c >= '0' && c <= '9' && number < 1<<16:
			number = number*10 + int(c-'0')
		case c == ';' && private:
			a.mode(number, b)
			number = 0
		case (c == 'h' || c == 'l') && private:
			a.private(number, c == 'h')
			return
		case c == 'h' || c == 'l':
			a.insert = number == 4 && c == 'h' || number != 4 && a.insert
			return
		case c != '?':
			return
		}
	}
}

// obey does what a sequence with up to two numbers says.
func (a *Area) obey(final byte, params [2]int, any bool) {
	n := max(params[0], 1)
	a.settle()
	column := a.cur % a.width
	switch final {
	case 'A', 'F':
		a.up(n)
	case 'B', 'E':
		a.cur += min(n, max(a.rows()-1-a.row(), 0)) * a.width
	case 'C':
		a.cur += min(n, a.width-1-column)
	case 'D':
		a.cur -= min(n, column)
	case 'G', '`':
		a.cur += min(n, a.width) - 1 - column
	case 'H', 'f', 'd':
		a.Reset(a.width)
		if final != 'd' {
			a.cur = min(max(params[1], 1), a.width) - 1
		}
	case 'J', 'K':
		a.erase(final, params[0])
	case 'P':
		a.remove(n)
	case '@':
		a.open(min(n, a.width))
	case 'X':
		a.clear(a.cur, min(a.cur+n, a.rowEnd()))
	case 'b':
		for range min(n, a.width) {
			a.put(a.last)
		}
	case 's':
		a.saved = a.cur
	case 'u':
		a.cur = a.saved
	case 'h', 'l':
		if any && params[0] == 4 {
			a.insert = final == 'h'
		}
	}
	if final == 'E' || final == 'F' {
		a.cur -= a.cur % a.width
	}
}

func (a *Area) up(n int) {
	a.settle()
	a.cur -= min(n, a.row()) * a.width
}

// erase obeys the sequences that clear a part of the screen or of the row. What
// is above the row stays, since nobody who edits a line clears that.
func (a *Area) erase(final byte, which int) {
	start, end := a.row()*a.width, a.rowEnd()
	switch {
	case which == 0 && final == 'J':
		a.clear(a.cur, len(a.cells))
	case which == 0:
		a.clear(a.cur, end)
	case final == 'J' && which != 1:
		a.clear(0, len(a.cells))
	case which == 1:
		a.clear(start, min(a.cur+1, end))
	default:
		a.clear(start, end)
	}
}
