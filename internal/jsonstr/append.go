package jsonstr

import "unicode/utf8"

// Append appends data as the contents of a JSON string in pure ASCII, without
// the quotes. Control bytes and DEL are escaped, a character beyond ASCII is
// \uXXXX (a pair of surrogates beyond the basic plane), and a byte that is no
// part of valid UTF-8 is \udcXX. A surrogate that is encoded as UTF-8 would be
// is not valid, so its bytes are written one by one. [Unescape] gives back
// every byte.
func Append(dst, data []byte) []byte {
	for len(data) > 0 {
		n := printable(data)
		dst = append(dst, data[:n]...)
		if data = data[n:]; len(data) == 0 {
			break
		}
		c := data[0]
		if c < utf8.RuneSelf {
			dst = appendControl(dst, c)
			data = data[1:]
			continue
		}
		r, size := utf8.DecodeRune(data)
		switch {
		case r == utf8.RuneError && size == 1:
			dst = appendUnit(dst, 0xdc00|rune(c))
		case r >= 0x10000:
			r -= 0x10000
			dst = appendUnit(appendUnit(dst, 0xd800|r>>10), 0xdc00|r&0x3ff)
		default:
			dst = appendUnit(dst, r)
		}
		data = data[size:]
	}
	return dst
}

// printable counts the bytes at the start of b that are printable ASCII and
// need no escape.
func printable(b []byte) int {
	for i, c := range b {
		if c < 0x20 || c >= 0x7f || c == '"' || c == '\\' {
			return i
		}
	}
	return len(b)
}

// letter maps a byte to the letter of its two-byte escape, 0 where it has none.
// The slash stands for itself.
var letter = [0x80]byte{'"': '"', '\\': '\\', '\b': 'b', '\f': 'f', '\n': 'n', '\r': 'r', '\t': 't'}

func appendControl(dst []byte, c byte) []byte {
	if l := letter[c]; l != 0 {
		return append(dst, '\\', l)
	}
	return appendUnit(dst, rune(c))
}

const hexDigits = "0123456789abcdef"

func appendUnit(dst []byte, u rune) []byte {
	return append(dst, '\\', 'u', hexDigits[u>>12&15], hexDigits[u>>8&15], hexDigits[u>>4&15], hexDigits[u&15])
}
