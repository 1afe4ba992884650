package system

import "unicode"

// motion moves the cursor by a key; false where the key does not move it.
// While text is inserted only arrows and their like do.
func (v *vi) motion(k string, n int) bool {
	if v.typing && len(k) < 3 {
		return false
	}
	page := v.screen.Rows - 3
	switch k {
	case "<left>", "h", "<back>", "^H":
		v.x = max(v.x-n, 0)
	case "<right>", "l", " ":
		v.x += n
	case "<up>", "k", "^P", "-":
		v.y -= n
	case "<down>", "j", "^N", "+", "<enter>", "^J":
		v.y += n
	case "<home>", "0":
		v.x = 0
	case "<end>", "$":
		v.y = min(v.y+n-1, len(v.rows)-1)
		v.x = len(v.line())
		if !v.typing {
			v.x = max(v.x-1, 0)
		}
	case "^", "_":
		l := v.line()
		for v.x = 0; v.x < len(l)-1 && unicode.IsSpace(l[v.x]); v.x++ {
		}
	case "<pgup>", "^B":
		v.y -= page * n
	case "<pgdn>", "^F":
		v.y += page * n
	case "^U":
		v.y -= page / 2 * n
	case "^D":
		v.y += page / 2 * n
	case "w", "W":
		v.repeat(n, v.word)
	case "b", "B":
		v.repeat(n, v.wordBack)
	case "e", "E":
		v.repeat(n, v.wordEnd)
	case "g":
		if v.key() == "g" {
			v.y, v.x = 0, 0
		}
	case "H":
		v.y = v.top
	case "L":
		v.y = v.top + v.screen.Rows - 2
	case "M":
		v.y = v.top + (min(v.screen.Rows-1, len(v.rows)-v.top)-1)/2
	default:
		return false
	}
	v.y = min(max(v.y, 0), len(v.rows)-1)
	return true
}

func (v *vi) repeat(n int, step func()) {
	for range n {
		step()
	}
}

// kind tells words, signs and white space apart.
func kind(r rune) int {
	switch {
	case unicode.IsSpace(r):
		return 0
	case unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_':
		return 1
	}
	return 2
}

// word goes to the beginning of the next word.
func (v *vi) word() {
	l := v.line()
	if v.x < len(l) {
		for k := kind(l[v.x]); v.x < len(l) && kind(l[v.x]) == k && k != 0; v.x++ {
		}
	}
	for v.x < len(l) && kind(l[v.x]) == 0 {
		v.x++
	}
	if v.x >= len(l) && v.y+1 < len(v.rows) {
		v.y, v.x = v.y+1, 0
		for l = v.line(); v.x < len(l)-1 && kind(l[v.x]) == 0; v.x++ {
		}
	}
}

// wordBack goes to the beginning of the word, or of the one before it.
func (v *vi) wordBack() {
	if v.x == 0 {
		if v.y > 0 {
			v.y--
			v.x = len(v.line())
		}
	}
	l := v.line()
	v.x = min(v.x, len(l))
	for v.x > 0 && kind(l[v.x-1]) == 0 {
		v.x--
	}
	if v.x > 0 {
		for k := kind(l[v.x-1]); v.x > 0 && kind(l[v.x-1]) == k; v.x-- {
		}
	}
}

// wordEnd goes to the end of the word, or of the next one.
func (v *vi) wordEnd() {
	l := v.line()
	v.x++
	for v.x < len(l) && kind(l[v.x]) == 0 {
		v.x++
	}
	if v.x >= len(l) {
		if v.y+1 >= len(v.rows) {
			v.x = max(len(l)-1, 0)
			return
		}
		v.y, v.x = v.y+1, 0
		l = v.line()
		for v.x < len(l)-1 && kind(l[v.x]) == 0 {
			v.x++
		}
	}
	if v.x < len(l) {
		for k := kind(l[v.x]); v.x+1 < len(l) && kind(l[v.x+1]) == k; v.x++ {
		}
	}
}
