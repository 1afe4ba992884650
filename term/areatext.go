package term

import "unicode/utf8"

// Last gives the place where the last row begins that follows a line end; 0
// where none does.
func (a *Area) Last() int {
	if n := len(a.breaks); n > 0 {
		return int(a.breaks[n-1])
	}
	return 0
}

// Above gives the place where the row before the one at a place begins, of those
// that follow a line end; false where there is none.
func (a *Area) Above(place int) (int, bool) {
	for i := len(a.breaks) - 1; i >= 0; i-- {
		if int(a.breaks[i]) == place {
			if i == 0 {
				return 0, true
			}
			return int(a.breaks[i-1]), true
		}
	}
	return 0, false
}

// Breaks is the number of rows that follow a line end.
func (a *Area) Breaks() int { return len(a.breaks) }

// Len is the place after the last char.
func (a *Area) Len() int { return len(a.cells) }

// Cursor is the place where the next char is written.
func (a *Area) Cursor() int { return a.cur }

// AppendText appends what stands from one place on and before another. Where
// nothing stands a row ends, and what lies to the right of that is left out; a
// row that follows a line end begins with one.
func (a *Area) AppendText(dst []byte, from, to int) []byte {
	to = min(to, len(a.cells))
	next := 0
	for next < len(a.breaks) && int(a.breaks[next]) <= from {
		next++
	}
	for i := from; i < to; i++ {
		if next < len(a.breaks) && i >= int(a.breaks[next]) {
			dst = append(dst, '\n')
			next++
		}
		switch c := a.cells[i]; {
		case c == filler:
		case c == 0:
			if next == len(a.breaks) {
				return dst
			}
			i = int(a.breaks[next]) - 1
		case c >= invalidByte:
			dst = append(dst, byte(c-invalidByte))
		case c < utf8.RuneSelf:
			dst = append(dst, byte(c))
		default:
			dst = utf8.AppendRune(dst, c)
		}
	}
	return dst
}

// Holds says whether a text stands at a place, and gives the place after it.
func (a *Area) Holds(place int, text []byte) (int, bool) {
	for len(text) > 0 {
		if place >= len(a.cells) {
			return 0, false
		}
		if a.cells[place] == filler {
			place++
			continue
		}
		r, n := rune(text[0]), 1
		if r >= utf8.RuneSelf {
			if r, n = utf8.DecodeRune(text); r == utf8.RuneError && n == 1 {
				r = invalidByte + rune(text[0])
			}
		}
		if a.cells[place] != r {
			return 0, false
		}
		place, text = place+1, text[n:]
	}
	for place < len(a.cells) && a.cells[place] == filler {
		place++
	}
	return place, true
}

// Blank says whether nothing but spaces stands from a place on.
func (a *Area) Blank(from int) bool {
	for _, c := range a.cells[min(from, len(a.cells)):] {
		if c != 0 && c != ' ' && c != filler && c != '\t' {
			return false
		}
	}
	return true
}
