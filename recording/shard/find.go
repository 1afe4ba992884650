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

// find looks at a line of the file; false where it is no session's. Where it
// is one's but entry is -1, the index does not know the session.
func (f *finder) find(l *rawLine) bool {
	const from = len(`{"sid":"`)
	d := l.data
	if len(d) > from+uuidLen && d[from+uuidLen] == '"' && string(d[:from]) == `{"sid":"` && !l.long {
		id := (*[uuidLen]byte)(d[from:])
		r := &f.recent[(binary.LittleEndian.Uint32(id[:])*0x9e3779b1)>>24]
		if r.id == *id && !glued(d[from+uuidLen:]) {
			f.line, f.idAt, f.off, f.odd, f.entry = d, uuidLen, 0, "", int(r.entry)
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
		r := &f.recent[(binary.LittleEndian.Uint32(f.id)*0x9e3779b1)>>24]
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
