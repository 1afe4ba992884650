package term

import "unicode/utf8"

// KeyCode says which key was pressed.
type KeyCode uint8

// The keys. KeyChar is a printable character or a byte that belongs to no
// valid UTF-8, KeyControl a control byte other than a lone ESC. KeyPasteStart
// and KeyPasteEnd are the markers of bracketed paste. KeyOther is a control
// sequence of no known key, such as a mouse or terminal report.
const (
	KeyChar KeyCode = iota + 1
	KeyControl
	KeyEscape
	KeyUp
	KeyDown
	KeyRight
	KeyLeft
	KeyHome
	KeyEnd
	KeyInsert
	KeyDelete
	KeyPageUp
	KeyPageDown
	KeyFunction
	KeyPasteStart
	KeyPasteEnd
	KeyOther
)

// Mod is a set of modifier keys, as in the second parameter of a key's
// sequence less one.
type Mod uint8

// The modifier keys.
const (
	ModShift Mod = 1 << iota
	ModAlt
	ModControl
)

// Key is one key, or what stands for one on the line.
type Key struct {
	Code KeyCode
	Mod  Mod
	// Number is the function key's: 1 for F1.
	Number int
	// Data is the key's bytes, a part of what was decoded.
	Data []byte
}

// NextKey decodes the key at the start of b, which must not be empty. Its
// length is len(Key.Data). A char after an ESC is that char with ModAlt; b is
// taken to be all there is, so that an ESC at its end is the Escape key and the
// ESC [ of a cut sequence is a [ with ModAlt.
func NextKey(b []byte) Key {
	if b[0] != esc {
		return plainKey(b)
	}
	if len(b) == 1 || b[1] == esc {
		return Key{Code: KeyEscape, Data: b[:1]}
	}
	if n := SequenceLen(b[:min(len(b), maxKey)]); n > 0 {
		return sequenceKey(b[:n])
	}
	k := plainKey(b[1:])
	k.Mod |= ModAlt
	k.Data = b[:len(k.Data)+1]
	return k
}

func plainKey(b []byte) Key {
	if b[0] < 0x20 || b[0] == del {
		return Key{Code: KeyControl, Data: b[:1]}
	}
	_, n := utf8.DecodeRune(b)
	return Key{Code: KeyChar, Data: b[:n]}
}

// SequenceLen gives the length of the control sequence that b begins with: CSI
// or SS3, or the function keys of the Linux console; 0 where b begins with
// none or it is cut.
func SequenceLen(b []byte) int {
	if len(b) < 3 || b[0] != esc {
		return 0
	}
	switch b[1] {
	case '[':
		if b[2] == '[' {
			if len(b) > 3 && b[3] >= 'A' && b[3] <= 'E' {
				return 4
			}
			return 3
		}
		return csiLen(b)
	case 'O':
		if b[2] >= 0x40 && b[2] <= 0x7e {
			return 3
		}
	}
	return 0
}

// maxKey is the longest sequence that is taken for a key. What is longer was
// not made by a keyboard: it is decoded as ESC with a char, and chars.
const maxKey = 64

// cutKey says whether b, which begins with ESC or a byte of a longer char, can
// be the start of a key that is not whole yet.
func cutKey(b []byte) bool {
	if b[0] != esc {
		return !utf8.FullRune(b)
	}
	switch {
	case len(b) == 1:
		return true
	case len(b) >= maxKey || SequenceLen(b) > 0 && string(b) != "\x1b[[":
		return false
	case b[1] == '[':
		return paramsLen(b) == len(b) || len(b) == 3 && b[2] == '['
	case b[1] == 'O':
		return len(b) == 2
	}
	return b[1] >= utf8.RuneSelf && !utf8.FullRune(b[1:])
}

// sequenceKey tells the key of a whole sequence.
func sequenceKey(b []byte) Key {
	k := Key{Code: KeyOther, Data: b}
	final := b[len(b)-1]
	if b[1] == '[' && b[2] == '[' {
		if len(b) == 4 {
			k.Code, k.Number = KeyFunction, int(final-'A')+1
		}
		return k
	}
	number, mod, ok := keyParams(b[2 : len(b)-1])
	if !ok {
		return k
	}
	k.Mod = mod
	switch {
	case final == '~':
		k.Code, k.Number = tildeKey(number)
	case number > 1 || number == 1 && mod == 0: // ESC [ 5 A moves a cursor; no key sends it
	case final == 'Z' && b[1] == '[':
		k.Code, k.Mod = KeyControl, k.Mod|ModShift // Shift+Tab
	case final >= 'A' && final <= 'H':
		k.Code = [...]KeyCode{KeyUp, KeyDown, KeyRight, KeyLeft, KeyOther, KeyEnd, KeyOther, KeyHome}[final-'A']
	case final >= 'P' && final <= 'S' && (b[1] == 'O' || mod > 0):
		k.Code, k.Number = KeyFunction, int(final-'P')+1
	}
	return k
}

// keyParams reads "number;modifiers".
func keyParams(b []byte) (number int, mod Mod, ok bool) {
	parts := [2]int{}
	n := 0
	for _, c := range b {
		switch {
		case c == ';' && n == 0:
			n = 1
		case c >= '0' && c <= '9':
			parts[n] = min(parts[n]*10+int(c-'0'), maxParam)
		default:
			return 0, 0, false
		}
	}
	if parts[1] > 16 {
		return 0, 0, false
	}
	return parts[0], Mod(max(parts[1]-1, 0)), true
}

// tildeKey tells the key that a VT220 names by number; those of the rxvt and
// putty families are among them.
func tildeKey(n int) (KeyCode, int) {
	switch n {
	case 1, 7:
		return KeyHome, 0
	case 2:
		return KeyInsert, 0
	case 3:
		return KeyDelete, 0
	case 4, 8:
		return KeyEnd, 0
	case 5:
		return KeyPageUp, 0
	case 6:
		return KeyPageDown, 0
	case 200:
		return KeyPasteStart, 0
	case 201:
		return KeyPasteEnd, 0
	}
	for _, r := range [...][3]int{{11, 15, 1}, {17, 21, 6}, {23, 26, 11}, {28, 29, 15}, {31, 34, 17}} {
		if n >= r[0] && n <= r[1] {
			return KeyFunction, n - r[0] + r[2]
		}
	}
	return KeyOther, 0
}
