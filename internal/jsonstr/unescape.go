// Package jsonstr turns the contents of JSON strings into bytes and back
// without losing one. What encoding/json replaces by U+FFFD is kept here: raw
// bytes that are not valid UTF-8 pass through as they are, and a byte that is
// no part of a character is written as the lone surrogate \udcXX.
package jsonstr

import (
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

// Unescape appends to dst what the bytes between the quotes of a JSON string
// stand for. An escaped lone surrogate \udc80 to \udcff is the byte 80 to ff;
// any other lone surrogate becomes its three bytes as UTF-8 would write it
// (WTF-8) and is counted in lone. Raw bytes from 80 on are copied as they are.
//
// It is false for a raw control byte below 0x20, a raw quote, and an escape
// that JSON does not have; out then holds what came before it. Nothing is
// allocated while dst has room, and out is never longer than dst and src
// together.
func Unescape(dst, src []byte) (out []byte, lone int, ok bool) {
	for {
		n := plain(src)
		dst = append(dst, src[:n]...)
		src = src[n:]
		if len(src) == 0 {
			return dst, lone, true
		}
		if src[0] != '\\' || len(src) < 2 {
			return dst, lone, false
		}
		if c := short[src[1]]; c != 0 {
			dst = append(dst, c)
			src = src[2:]
			continue
		}
		if len(src) >= 6 && string(src[1:6]) == "u001b" { // ESC, by far the most frequent
			dst = append(dst, 0x1b)
			src = src[6:]
			continue
		}
		u := unit(src)
		if u < 0 {
			return dst, lone, false
		}
		src = src[6:]
		switch {
		case u < 0xd800 || u > 0xdfff:
			dst = utf8.AppendRune(dst, u)
			continue
		case u < 0xdc00:
			if v := unit(src); v >= 0xdc00 && v <= 0xdfff {
				dst = utf8.AppendRune(dst, (u-0xd800)<<10+(v-0xdc00)+0x10000)
				src = src[6:]
				continue
			}
		case u >= 0xdc80 && u <= 0xdcff:
			dst = append(dst, byte(u))
			continue
		}
		dst = append(dst, 0xe0|byte(u>>12), 0x80|byte(u>>6)&0x3f, 0x80|byte(u)&0x3f)
		lone++
	}
}

// short maps the letter of a two-byte escape to its byte; none of them is 0.
var short = [256]byte{
	'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t',
}

// Each byte of these words holds the same value.
const (
	ones  = 0x0101010101010101
	highs = 0x8080808080808080
)

// plain counts the bytes at the start of b that stand for themselves: no
// quote, no backslash, no control byte. It looks at eight at a time. In each of
// the three tests a byte can be taken for a hit only above a true one, so that
// the lowest hit is right.
func plain(b []byte) int {
	i := 0
	for ; i+8 <= len(b); i += 8 {
		w := binary.LittleEndian.Uint64(b[i:])
		quote, slash := w^ones*'"', w^ones*'\\'
		hit := ((w - ones*0x20) & ^w) | ((quote - ones) & ^quote) | ((slash - ones) & ^slash)
		if hit &= highs; hit != 0 {
			return i + bits.TrailingZeros64(hit)/8
		}
	}
	for ; i < len(b); i++ {
		if c := b[i]; c < 0x20 || c == '"' || c == '\\' {
			break
		}
	}
	return i
}

// unit gives the number of the escape \uXXXX that b begins with, or -1.
func unit(b []byte) rune {
	if len(b) < 6 || b[0] != '\\' || b[1] != 'u' {
		return -1
	}
	var u rune
	for _, c := range b[2:6] {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		case c >= 'A' && c <= 'F':
			c -= 'A' - 10
		default:
			return -1
		}
		u = u<<4 | rune(c)
	}
	return u
}
