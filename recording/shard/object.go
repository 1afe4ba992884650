package shard

import "bytes"

// object calls f with each key and value of a JSON object as it is written;
// keys come without their quotes and not unescaped, values with theirs. It is
// false where b is no whole object; f may have been called by then. Values
// within values are passed over by their brackets alone.
func object(b []byte, f func(key, value []byte)) bool {
	b = space(b)
	if len(b) < 2 || b[0] != '{' {
		return false
	}
	if b = space(b[1:]); len(b) > 0 && b[0] == '}' {
		return len(space(b[1:])) == 0
	}
	for {
		n := stringLen(b)
		if n == 0 {
			return false
		}
		key := b[1 : n-1]
		if b = space(b[n:]); len(b) == 0 || b[0] != ':' {
			return false
		}
		b = space(b[1:])
		if n = valueLen(b); n == 0 {
			return false
		}
		if f != nil {
			f(key, b[:n])
		}
		if b = space(b[n:]); len(b) == 0 {
			return false
		}
		if b[0] == '}' {
			return len(space(b[1:])) == 0
		}
		if b[0] != ',' {
			return false
		}
		b = space(b[1:])
	}
}

// space passes over white space.
func space(b []byte) []byte {
	for len(b) > 0 && (b[0] == ' ' || b[0] == '\t' || b[0] == '\r' || b[0] == '\n') {
		b = b[1:]
	}
	return b
}

// stringLen gives the length of the string at the start of b with its quotes;
// 0 where none is whole.
func stringLen(b []byte) int {
	if len(b) == 0 || b[0] != '"' {
		return 0
	}
	for i := 1; i < len(b); i++ {
		switch b[i] {
		case '"':
			return i + 1
		case '\\':
			i++
		}
	}
	return 0
}

// valueLen gives the length of the value at the start of b; 0 where none is
// whole.
func valueLen(b []byte) int {
	if len(b) == 0 {
		return 0
	}
	if b[0] == '"' {
		return stringLen(b)
	}
	depth := 0
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case c == '"':
			n := stringLen(b[i:])
			if n == 0 {
				return 0
			}
			i += n - 1
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			if depth--; depth < 0 {
				return i
			}
			if depth == 0 {
				return i + 1
			}
		case depth == 0 && bytes.IndexByte([]byte(", \t\r\n"), c) >= 0:
			return i
		}
	}
	return 0
}
