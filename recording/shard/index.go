package shard

import (
	"crypto/sha256"
	"hash/maphash"
)

// nearby is the distance in bytes up to which two extents are read as one.
const nearby = 64 << 10

// Extents beyond the first one of each session are kept while there are not
// too many of them in all; from then on a session's last extent just grows
// over what lies between, and reading filters by id.
const freeExtents = 1 << 16

// index tells where each session's lines are, in order of first appearance. It
// takes less than 100 bytes a session: 56 for the entry, 8 to 16 for its slot,
// 24 for one more extent.
type index struct {
	seed    maphash.Seed
	slots   []uint32 // number of an entry plus 1, by the hash of its key
	entries chunks[entry]
	extents chunks[extent] // all but the first of each session
	max     int            // sessions
	covered int64          // bytes of the file that are indexed
	mark    [sha256.Size]byte
}

// entry is one session.
type entry struct {
	key        key
	from, to   int64 // first extent
	own        int64 // bytes of its lines
	head, tail int32 // its further extents, -1 where there is none
}

// extent is a further range of the file.
type extent struct {
	from, to int64
	next     int32
}

// key is a session id: 1 and the 16 bytes of a UUID, or 0 and half the SHA-256
// of any other id.
type key [17]byte

// keyOf makes the key of an id as it stands in a line.
func keyOf(id []byte) (k key) {
	if uuid(k[1:], id) {
		k[0] = 1
		return k
	}
	sum := sha256.Sum256(id)
	k[0] = 0
	copy(k[1:], sum[:])
	return k
}

// uuid reads a UUID in its canonical form: lower case, with dashes.
func uuid(dst, id []byte) bool {
	if len(id) != 36 || id[8] != '-' || id[13] != '-' || id[18] != '-' || id[23] != '-' {
		return false
	}
	for n, i := range uuidDigits {
		hi, lo := hexValue[id[i]], hexValue[id[i+1]]
		if hi|lo > 15 {
			return false
		}
		dst[n] = hi<<4 | lo
	}
	return true
}

// uuidDigits is where the two digits of each byte of a UUID stand.
var uuidDigits = [16]uint8{0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34}

// hexValue gives the value of a lower-case hex digit, 255 for other bytes.
var hexValue = func() (v [256]byte) {
	for i := range v {
		v[i] = 255
	}
	for i := byte(0); i < 10; i++ {
		v['0'+i] = i
	}
	for i := byte(0); i < 6; i++ {
		v['a'+i] = 10 + i
	}
	return v
}()

func newIndex(sessions int) *index {
	return &index{seed: maphash.MakeSeed(), slots: make([]uint32, 1<<8), max: sessions}
}

// find gives the number of the entry with a key, or -1 and its free slot.
func (x *index) find(k *key) (n, slot int) {
	mask := len(x.slots) - 1
	for slot = int(maphash.Bytes(x.seed, k[:])) & mask; x.slots[slot] != 0; slot = (slot + 1) & mask {
		if n = int(x.slots[slot] - 1); x.entries.at(n).key == *k {
			return n, slot
		}
	}
	return -1, slot
}

// add gives the number of the entry with a key, made where there was none; -1
// where there are too many.
func (x *index) add(k *key) int {
	n, slot := x.find(k)
	if n >= 0 {
		return n
	}
	if x.entries.n >= x.max {
		return -1
	}
	if n = x.entries.add(entry{key: *k, from: -1, head: -1, tail: -1}); 2*n > len(x.slots) {
		x.rehash()
		return n
	}
	x.slots[slot] = uint32(n + 1)
	return n
}

func (x *index) rehash() {
	x.slots = make([]uint32, 2*len(x.slots))
	for n := range x.entries.n {
		_, slot := x.find(&x.entries.at(n).key)
		x.slots[slot] = uint32(n + 1)
	}
}

// note adds a line of a session; lines come in order of their place.
func (x *index) note(n int, from, to int64) {
	e := x.entries.at(n)
	e.own += to - from
	if e.from < 0 {
		e.from, e.to = from, to
		return
	}
	end := &e.to
	if e.tail >= 0 {
		end = &x.extents.at(int(e.tail)).to
	}
	if from-*end < nearby || x.extents.n >= freeExtents+x.entries.n {
		*end = to
		return
	}
	added := int32(x.extents.add(extent{from, to, -1}))
	if e.tail >= 0 {
		x.extents.at(int(e.tail)).next = added
	} else {
		e.head = added
	}
	e.tail = added
}

// ranges appends the extents of a session.
func (x *index) ranges(dst []extent, n int) []extent {
	e := x.entries.at(n)
	dst = append(dst, extent{e.from, e.to, -1})
	for i := e.head; i >= 0; i = x.extents.at(int(i)).next {
		dst = append(dst, *x.extents.at(int(i)))
	}
	return dst
}

// chunks is a list that grows without copying what is in it.
type chunks[T any] struct {
	list [][]T
	n    int
}

const chunkSize = 1 << 10

func (c *chunks[T]) at(i int) *T { return &c.list[i/chunkSize][i%chunkSize] }

func (c *chunks[T]) add(x T) int {
	if c.n/chunkSize == len(c.list) {
		c.list = append(c.list, make([]T, chunkSize))
	}
	*c.at(c.n) = x
	c.n++
	return c.n - 1
}
