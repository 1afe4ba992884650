package shard

import (
	"bytes"
	"encoding/binary"
)

// uuidLen is the length of a UUID in its canonical form.
const uuidLen = 36

// finder tells whose line it is that was read. It remembers the ids of the
// last lines: most lines follow one of their own session.
type finder struct {
	x      *index
	add    bool // sessions that are not in the index yet are added
	recent [256]struct {
		id    [uuidLen]byte
		entry int32
	}

	found     // the session's line in the line of the file
	entry int // the session's number; -1 where it has none
	key   key // scratch
}

func (f *finder) reset(x *index, add bool) { *f = finder{x: x, add: add} }

// quick gives the number of the session whose line d is, where d has the usual
// shape and the session's last line is not long ago; -1 else.
func (f *finder) quick(d []byte) int {
	const from = len(`{"sid":"`)
	if len(d) <= from+uuidLen || d[from+uuidLen] != '"' || binary.LittleEndian.Uint64(d) != wordSid {
		return -1
	}
	id := (*[uuidLen]byte)(d[from:])
	r := &f.recent[slot(id)]
	if !sameID(&r.id, id) || glued(d[from+uuidLen:]) {
		return -1
	}
	return int(r.entry)
}

// wordSid is how lines begin, as a little-endian number.
const wordSid = '{' | '"'<<8 | 's'<<16 | 'i'<<24 | 'd'<<32 | '"'<<40 | ':'<<48 | '"'<<56

// slot is the place of an id among the recent ones.
func slot(id *[uuidLen]byte) uint32 { return binary.LittleEndian.Uint32(id[:]) * 0x9e3779b1 >> 24 }

// sameID compares two ids in words.
func sameID(a, b *[uuidLen]byte) bool {
	le := binary.LittleEndian
	return le.Uint64(a[:]) == le.Uint64(b[:]) && le.Uint64(a[8:]) == le.Uint64(b[8:]) && le.Uint64(a[16:]) == le.Uint64(b[16:]) &&
		le.Uint64(a[24:]) == le.Uint64(b[24:]) && le.Uint32(a[32:]) == le.Uint32(b[32:])
}

// find looks at a line of the file; false where it is no session's. Where it
// is one's but entry is -1, the index does not know the session.
func (f *finder) find(l *rawLine) bool {
	if !l.long {
		if f.entry = f.quick(l.data); f.entry >= 0 {
			f.line, f.idAt, f.off = l.data, uuidLen, 0
			if f.odd != "" {
				f.odd = ""
			}
			return true
		}
	}
	return f.search(l)
}

// search does the same for lines of any shape and sessions of long ago.
func (f *finder) search(l *rawLine) bool {
	if l.long { // of a line over the limit, only how it begins is known
		f.found = found{id: lineID(l.data)}
		f.idAt = len(f.id)
		f.line = l.data[:min(len(l.data), len(sidMark)+f.idAt)]
	} else {
		f.found = locate(l.data)
	}
	if f.id == nil {
		return false
	}
	f.key = keyOf(f.id)
	if f.add {
		f.entry = f.x.add(&f.key)
	} else {
		f.entry, _ = f.x.find(&f.key)
	}
	if f.entry >= 0 && len(f.id) == uuidLen {
		r := &f.recent[slot((*[uuidLen]byte)(f.id))]
		copy(r.id[:], f.id)
		r.entry = int32(f.entry)
	}
	return true
}

// glued says whether another line begins in what follows the id of a line.
func glued(rest []byte) bool {
	i := bytes.IndexByte(rest, '{')
	return i >= 0 && bytes.Contains(rest[i:], sidMark)
}
