package shard

import (
	"encoding/binary"
	"time"
)

// Pieces of an event line as little-endian numbers.
const (
	wordTime = uint64('"') | ','<<8 | '"'<<16 | 't'<<24 | '"'<<32 | ':'<<40           // ","t":
	wordCh   = uint64('"') | 'c'<<8 | 'h'<<16 | '"'<<24 | ':'<<32 | '"'<<40 | '"'<<56 // "ch":"?"
	wordData = uint64(',') | '"'<<8 | 'd'<<16 | '"'<<24 | ':'<<32 | '"'<<40           // ,"d":"
	sixBytes = 1<<48 - 1
	noLetter = ^uint64(0xff << 48)
)

// fast reads an event line in the very shape that recorders write: a UUID, a
// time with six decimals, no space anywhere. It is false for any other line,
// of which nothing was taken then.
func (a *assembler) fast(line []byte, at int64) bool {
	const head = len(`{"sid":"`) + uuidLen
	if len(line) < head+len(`","t":0.000000,"ch":"i","d":""}`) {
		return false
	}
	b := line[head:]
	if binary.LittleEndian.Uint64(b)&sixBytes != wordTime {
		return false
	}
	b = b[6:]
	sec, n := int64(0), 0
	for n < 9 && b[n]-'0' <= 9 {
		sec = sec*10 + int64(b[n]-'0')
		n++
	}
	if n == 0 || n > 1 && b[0] == '0' || b[n] != '.' || len(b) < n+8+16 {
		return false
	}
	micros, ok := sixDigits(binary.LittleEndian.Uint64(b[n+1:]))
	b = b[n+8:]
	if !ok || binary.LittleEndian.Uint64(b)&noLetter != wordCh || binary.LittleEndian.Uint64(b[8:])&sixBytes != wordData {
		return false
	}
	end := len(b) - 2
	if b[end] != '"' || b[end+1] != '}' || kindOf[b[6]] == 0 {
		return false
	}
	return a.put(time.Duration(sec)*time.Second+time.Duration(micros)*time.Microsecond, b[6], b[14:end], at)
}

// sixDigits reads six digits and the comma after them, first byte lowest.
func sixDigits(w uint64) (n int64, ok bool) {
	const (
		tens  = 0xf0f0f0f0f0f0
		zeros = 0x303030303030
		six   = 0x060606060606
	)
	if w>>48&0xff != ',' || w&tens != zeros || (w&sixBytes+six)&tens != zeros {
		return 0, false
	}
	w = w&sixBytes - zeros
	w = (w*10 + w>>8) & 0xff00ff00ff // pairs
	return int64(w&0xff*10000 + w>>16&0xff*100 + w>>32&0xff), true
}
