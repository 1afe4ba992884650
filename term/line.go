package term

import (
	"unicode"
	"unicode/utf8"
)

// maxLine is the longest line, in chars, that an editor holds; what is typed
// beyond it is dropped.
const maxLine = 1 << 20

// Line edits one line as readline's default keys would. A char is a code point
// where the bytes of the line are valid UTF-8, else one byte.
//
// Backspace (0x7f, 0x08) removes the char before the cursor, ^U all before it,
// ^W the word before it, ^K all after it; Delete removes the char under it.
// ^A, ^E, ^B, ^F, the left and right arrows, Home and End move it. TAB is kept
// as a char. All other control bytes and sequences are dropped.
//
// The zero value is an empty line. Every key takes a bounded number of steps
// beside the chars that it removes, wherever the cursor is.
type Line struct {
	chars   []node // chars[0] closes the ring
	cursor  int32  // the char before the cursor, 0 at the start
	history bool
	text    []byte
	held    []byte // a char or sequence that is not whole yet
}

// node is one char in a ring of chars in the order of the line.
type node struct {
	prev, next int32
	char       rune // invalidByte plus the byte where it is no char of UTF-8
}

const invalidByte = utf8.MaxRune + 1

// Reset empties the line and keeps its memory.
func (l *Line) Reset() {
	l.chars = append(l.chars[:0], node{})
	l.cursor, l.history, l.held = 0, false, l.held[:0]
}

// History says whether a key that recalls an earlier line was pressed: up,
// down, ^P, ^N or ^R.
func (l *Line) History() bool { return l.history }

// Text gives the line as it stands, valid until the next call of a method. A
// char or sequence that Feed left unfinished ends here.
func (l *Line) Text() []byte {
	l.text = l.text[:0]
	if len(l.chars) == 0 {
		return l.text
	}
	if len(l.held) > 0 {
		l.text = append(l.text, l.held...)
		l.held = l.held[:0]
		l.feed(l.text, true)
		l.text = l.text[:0]
	}
	for i := l.chars[0].next; i != 0; i = l.chars[i].next {
		if c := l.chars[i].char; c >= invalidByte {
			l.text = append(l.text, byte(c-invalidByte))
		} else {
			l.text = utf8.AppendRune(l.text, c)
		}
	}
	return l.text
}

// Feed types bytes into the line. They may come in any pieces.
func (l *Line) Feed(b []byte) {
	if len(l.chars) == 0 {
		l.Reset()
	}
	for len(l.held) > 0 && len(b) > 0 {
		l.held = append(l.held, b[0])
		b = b[1:]
		rest := l.feed(l.held, false)
		l.held = l.held[:copy(l.held, rest)]
	}
	l.held = append(l.held, l.feed(b, false)...)
}

// feed types bytes into the line and gives those at the end that may be the
// start of a char or sequence; none where last is set.
func (l *Line) feed(b []byte, last bool) []byte {
	for len(b) > 0 {
		if !last && (b[0] == esc || b[0] >= utf8.RuneSelf) && cutKey(b) {
			return b
		}
		switch c := b[0]; {
		case c == esc:
			b = b[l.sequence(b):]
			continue
		case c == 0x7f || c < 0x20 && c != '\t':
			l.control(c)
			b = b[1:]
		default:
			r, n := utf8.DecodeRune(b)
			if r == utf8.RuneError && n == 1 {
				r = invalidByte + rune(c)
			}
			l.insert(r)
			b = b[n:]
		}
	}
	return nil
}

func (l *Line) insert(r rune) {
	if len(l.chars) > maxLine {
		return
	}
	n := int32(len(l.chars))
	next := l.chars[l.cursor].next
	l.chars = append(l.chars, node{l.cursor, next, r})
	l.chars[l.cursor].next, l.chars[next].prev = n, n
	l.cursor = n
}

// join makes b follow a; what lay between is out of the line.
func (l *Line) join(a, b int32) { l.chars[a].next, l.chars[b].prev = b, a }

func (l *Line) control(c byte) {
	at := l.cursor
	switch c {
	case 0x7f, 0x08:
		if at != 0 {
			l.cursor = l.chars[at].prev
			l.join(l.cursor, l.chars[at].next)
		}
	case 0x15: // ^U
		l.join(0, l.chars[at].next)
		l.cursor = 0
	case 0x17: // ^W
		for at != 0 && l.space(at) {
			at = l.chars[at].prev
		}
		for at != 0 && !l.space(at) {
			at = l.chars[at].prev
		}
		l.join(at, l.chars[l.cursor].next)
		l.cursor = at
	case 0x0b: // ^K
		l.join(at, 0)
	case 0x01:
		l.cursor = 0
	case 0x05:
		l.cursor = l.chars[0].prev
	case 0x02:
		l.left()
	case 0x06:
		l.right()
	case 0x10, 0x0e, 0x12: // ^P ^N ^R
		l.history = true
	}
}

func (l *Line) space(i int32) bool { return unicode.IsSpace(l.chars[i].char) }

func (l *Line) left() {
	if l.cursor != 0 {
		l.cursor = l.chars[l.cursor].prev
	}
}

func (l *Line) right() {
	if next := l.chars[l.cursor].next; next != 0 {
		l.cursor = next
	}
}

// sequence obeys the key that begins with the ESC at the start of b and gives
// its length. What is no control sequence is ESC with a char of its own, and
// both are dropped; an ESC before another is dropped alone.
func (l *Line) sequence(b []byte) int {
	k := NextKey(b)
	if k.Mod != 0 {
		return len(k.Data)
	}
	switch k.Code {
	case KeyUp, KeyDown:
		l.history = true
	case KeyRight:
		l.right()
	case KeyLeft:
		l.left()
	case KeyHome:
		l.cursor = 0
	case KeyEnd:
		l.cursor = l.chars[0].prev
	case KeyDelete:
		if next := l.chars[l.cursor].next; next != 0 {
			l.join(l.cursor, l.chars[next].next)
		}
	}
	return len(k.Data)
}
