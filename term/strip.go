package term

import "bytes"

// StripAppend appends src to dst without its ANSI escape sequences, which are
// removed in one pass from left to right:
//
//   - CSI: ESC [, parameters 0x30-0x3f, intermediates 0x20-0x2f, final
//     0x40-0x7e;
//   - OSC: ESC ], all up to the next BEL, ESC or the end of src, and that BEL
//     or ESC \ with it; any other ESC begins what comes next;
//   - two-byte escapes: ESC 0x40-0x5a and 0x5c-0x5f.
//
// A malformed or cut sequence stays, its ESC included. dst may be src[:0];
// otherwise the two must not overlap. No memory is allocated where dst has
// room for src.
func StripAppend(dst, src []byte) []byte {
	for {
		i := bytes.IndexByte(src, esc)
		if i < 0 {
			return append(dst, src...)
		}
		if n := escapeLen(src[i:]); n > 0 {
			dst = append(dst, src[:i]...)
			src = src[i+n:]
		} else {
			dst = append(dst, src[:i+1]...)
			src = src[i+1:]
		}
	}
}

// escapeLen gives the length of the sequence that the ESC at the start of b
// begins, 0 where it begins none. It looks no further than the next ESC, so
// that a scan over many of them stays linear.
func escapeLen(b []byte) int {
	if len(b) < 2 {
		return 0
	}
	switch c := b[1]; {
	case c == '[':
		return csiLen(b)
	case c == ']':
		return oscLen(b)
	case c >= 0x40 && c <= 0x5f:
		return 2
	}
	return 0
}

// csiLen gives the length of a CSI sequence whose introducer is b[:2], 0 where
// it is malformed or cut.
func csiLen(b []byte) int {
	i := paramsLen(b)
	if i < len(b) && b[i] >= 0x40 && b[i] <= 0x7e {
		return i + 1
	}
	return 0
}

// paramsLen gives the length of a CSI sequence up to its final byte, or to
// whatever stands in its place.
func paramsLen(b []byte) int {
	i := 2
	for i < len(b) && b[i] >= 0x30 && b[i] <= 0x3f {
		i++
	}
	for i < len(b) && b[i] >= 0x20 && b[i] <= 0x2f {
		i++
	}
	return i
}

func oscLen(b []byte) int {
	end := bytes.IndexByte(b[2:], esc) + 2
	if end < 2 {
		end = len(b)
	}
	if i := bytes.IndexByte(b[2:end], bel); i >= 0 {
		return i + 3
	}
	if end+1 < len(b) && b[end+1] == '\\' {
		end += 2
	}
	return end
}
