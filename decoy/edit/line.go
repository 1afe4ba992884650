package edit

import (
	"unicode"
	"unicode/utf8"
)

// change is what undo takes back: at a place, text was taken and n bytes were
// put there. Changes that belong to one command are chained.
type change struct {
	at      int
	taken   string
	put     int
	chained bool // to the one before
}

// replace puts text in place of the bytes between from and to. It gives false,
// and rings, where the line would get too long. The point moves behind text.
func (r *reading) replace(from, to int, text []byte) bool {
	if len(r.line)-(to-from)+len(text) > maxLine {
		r.bell()
		return false
	}
	if !r.undoing {
		r.remember(change{at: from, taken: string(r.line[from:to]), put: len(text)})
	}
	rest := len(r.line) - to
	if grow := len(text) - (to - from); grow > 0 {
		r.line = append(r.line, make([]byte, grow)...)
	}
	copy(r.line[from+len(text):], r.line[to:to+rest])
	copy(r.line[from:], text)
	r.line = r.line[:from+len(text)+rest]
	r.point = from + len(text)
	return true
}

// remember keeps a change for undo. Characters that are typed one after the
// other are one change, up to twenty.
func (r *reading) remember(c change) {
	if n := len(r.undos); n > 0 && c.taken == "" && c.put > 0 {
		l := &r.undos[n-1]
		if l.taken == "" && l.at+l.put == c.at && l.put < 20 && !l.chained {
			l.put += c.put
			return
		}
	}
	r.undos = append(r.undos, c)
	r.undone += len(c.taken)
	for len(r.undos) > maxUndo || r.undone > maxKept {
		r.undone -= len(r.undos[0].taken)
		r.undos = append(r.undos[:0], r.undos[1:]...)
	}
}

// undo takes the last change back.
func (r *reading) undo() {
	if len(r.undos) == 0 {
		r.bell()
		return
	}
	r.undoing = true
	for more := true; more && len(r.undos) > 0; {
		c := r.undos[len(r.undos)-1]
		r.undos = r.undos[:len(r.undos)-1]
		r.undone -= len(c.taken)
		r.replace(c.at, min(c.at+c.put, len(r.line)), []byte(c.taken))
		more = c.chained
	}
	r.undoing = false
}

// set replaces the whole line, which cannot be undone.
func (r *reading) set(line string) {
	r.line = append(r.line[:0], line...)
	r.point = len(r.line)
	r.undos, r.undone = nil, 0
}

// after gives where the character at i ends, with the marks that belong to it.
func (r *reading) after(i int) int {
	if i >= len(r.line) {
		return len(r.line)
	}
	_, n := utf8.DecodeRune(r.line[i:])
	for i += n; i < len(r.line); i += n {
		var c rune
		if c, n = utf8.DecodeRune(r.line[i:]); !unicode.Is(unicode.Mn, c) {
			break
		}
	}
	return i
}

// starts gives where the character begins that the byte at i is in: a search
// for a few bytes can find them inside of one.
func (r *reading) starts(i int) int {
	for from := i - 1; from >= 0 && from > i-utf8.UTFMax && i < len(r.line); from-- {
		if _, n := utf8.DecodeRune(r.line[from:]); n > i-from {
			return from
		}
	}
	return i
}

// before gives where the character that ends at i begins.
func (r *reading) before(i int) int {
	for i > 0 {
		c, n := utf8.DecodeLastRune(r.line[:i])
		i -= n
		if !unicode.Is(unicode.Mn, c) {
			break
		}
	}
	return i
}

// letter says whether the character at i is a part of a word.
func (r *reading) letter(i int) bool {
	c, _ := utf8.DecodeRune(r.line[i:])
	return unicode.IsLetter(c) || unicode.IsDigit(c)
}

// wordEnd gives where the word at or after i ends.
func (r *reading) wordEnd(i int) int {
	for i < len(r.line) && !r.letter(i) {
		i = r.after(i)
	}
	for i < len(r.line) && r.letter(i) {
		i = r.after(i)
	}
	return i
}

// wordStart gives where the word before i begins.
func (r *reading) wordStart(i int) int {
	for i > 0 && !r.letter(r.before(i)) {
		i = r.before(i)
	}
	for i > 0 && r.letter(r.before(i)) {
		i = r.before(i)
	}
	return i
}

// blankStart gives where the word before i begins, words being what stands
// between blanks.
func (r *reading) blankStart(i int) int {
	blank := func(i int) bool { return r.line[i] == ' ' || r.line[i] == '\t' }
	for i > 0 && blank(i-1) {
		i--
	}
	for i > 0 && !blank(i-1) {
		i--
	}
	return i
}

// takeMark switches standout off.
func (r *reading) takeMark() { r.markFrom, r.markTo = 0, 0 }
