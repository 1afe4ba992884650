package ttylog

import (
	"encoding/binary"
	"math"
)

// The operations of a record. The last one was never written by the honeypots.
const (
	opOpen  = 1
	opClose = 2
	opWrite = 3
	opExec  = 4
)

// The directions of a written record, as their numbers say; which of them is
// the operator's is decided for each session.
const (
	dirNone     = 0
	dirInput    = 1
	dirOutput   = 2
	dirInteract = 3
)

// layout is the size of a record's header: every layout has another one.
type layout int

// The layouts. The packed one is written by Kippo, Cowrie and HonSSH; the
// native one is the C structure of User-Mode Linux on 64-bit machines, with
// its padding: int op, unsigned long tty, int length, int direction, unsigned
// long seconds, unsigned long microseconds.
const (
	packed layout = 24
	native layout = 40
)

// The years in which a log can have begun: 2009, when Kippo appeared, to the
// end of 2038. In seconds since 1970.
const (
	firstSecond = 1230768000
	lastSecond  = 2177452799
)

// record is the header of one record.
type record struct {
	op   int32
	dir  int32
	tty  uint64
	size int64 // bytes of payload as the header states
	kept int64 // bytes of payload that the file holds
	time int64 // microseconds since 1970
	at   int64 // byte offset of the header
}

// decode reads a header. It is false where the fields contradict each other,
// so that no recorder can have written them.
func (l layout) decode(b []byte) (record, bool) {
	le := binary.LittleEndian
	r := record{op: int32(le.Uint32(b))}
	var sec, usec uint64
	if l == packed {
		r.tty, r.size, r.dir = uint64(le.Uint32(b[4:])), int64(int32(le.Uint32(b[8:]))), int32(le.Uint32(b[12:]))
		sec, usec = uint64(le.Uint32(b[16:])), uint64(le.Uint32(b[20:]))
	} else {
		r.tty, r.size, r.dir = le.Uint64(b[8:]), int64(int32(le.Uint32(b[16:]))), int32(le.Uint32(b[20:]))
		sec, usec = le.Uint64(b[24:]), le.Uint64(b[32:])
	}
	if sec > math.MaxUint32 || usec >= 1e6 || r.size < 0 {
		return r, false
	}
	r.time = int64(sec)*1e6 + int64(usec)
	switch r.op {
	case opOpen, opClose:
		return r, r.size == 0 && r.dir == dirNone
	case opWrite:
		return r, r.dir >= dirInput && r.dir <= dirInteract
	case opExec:
		return r, r.dir >= dirNone && r.dir <= dirInteract
	}
	return r, false
}

// header reads a header strictly: the recorders know one terminal only, and
// have existed for some years only. It tells a header from other bytes.
func (l layout) header(b []byte) (record, bool) {
	r, ok := l.decode(b)
	return r, ok && r.tty == 0 && r.time >= firstSecond*1e6 && r.time <= lastSecond*1e6
}

// detect finds the layout of a log by its first record, which opens it.
func detect(head []byte) (layout, bool) {
	for _, l := range [...]layout{packed, native} {
		if len(head) < int(l) {
			continue
		}
		if r, ok := l.header(head); ok && r.op == opOpen {
			return l, true
		}
	}
	return 0, false
}
