package operator

import (
	"time"

	"gait/assess/population"
)

// A key is held where it comes at least heldTimes in a row at gaps that differ
// by no more than heldSpread microseconds: the keyboard repeats it, not the hand.
const (
	heldTimes  = 4
	heldSpread = 25_000
)

// together is the gap in microseconds below which keys were sent in one go: they
// share a packet or a tick of the client, and tell no rhythm.
const together = 1000

// keyChain is what was read of the latest keys. A gap between two of one key counts
// only when it is known that the key was not held, so gaps may lag behind by
// heldTimes keys.
type keyChain struct {
	at   int64            // of the latest key, in microseconds
	run  [heldTimes]int64 // gaps of a key that comes again, while it may be held
	runs int
	last code // the latest key
	one  code // the key that comes again
	has  bool
	held bool
}

// feed takes an event of input. Over one of more than one byte no gap leads.
func (r *Reader) feed(time time.Duration, data []byte) {
	if len(data) == 1 {
		r.key(codeOf[data[0]], micros(time))
		return
	}
	r.again()
	r.keys.has = false
}

// key takes one byte of input: its key, and its time in microseconds.
func (r *Reader) key(key code, at int64) {
	c := &r.keys
	if !c.has {
		c.last, c.at, c.has = key, at, true
		return
	}
	gap, before := at-c.at, c.last
	c.last, c.at = key, at
	if gap < together {
		return
	}
	if key != before || key == 0 {
		r.again()
		c.held = false
		r.gap(gap, placeOf(before, key))
		return
	}
	if c.held {
		return
	}
	if c.runs > 0 && !alike(gap, c.run[c.runs-1]) {
		r.again()
	}
	c.one, c.run[c.runs] = key, gap
	c.runs++
	if c.runs >= heldTimes-1 {
		c.held, c.runs = true, 0
	}
}

// alike says whether a keyboard that repeats a key could have made both gaps.
func alike(a, b int64) bool { return a-b <= heldSpread && b-a <= heldSpread }

// again takes the gaps of a key that came again and was not held.
func (r *Reader) again() {
	c := &r.keys
	for _, gap := range c.run[:c.runs] {
		r.gap(gap, placeOf(c.one, c.one))
	}
	c.runs = 0
}

// code is a key that digraphs are made of, by a number of its own; 0 is any other
// byte.
type code uint8

// codes is how many there are: the printable chars of ASCII without capitals,
// backspace, and 0.
const codes = 71

// codeOf gives the codes of bytes, keyOf the keys of codes.
var codeOf, keyOf = func() (of [256]code, keys [codes]rune) {
	n := code(0)
	known := map[rune]code{}
	for b := range rune(0x80) {
		if b < ' ' && b != '\b' {
			continue
		}
		key := population.Key(b)
		if known[key] == 0 {
			n++
			known[key], keys[n] = n, key
		}
		of[b] = known[key]
	}
	return of, keys
}()

// placeOf is the number of a pair of keys among all pairs, 0 where one of them is
// no key.
func placeOf(from, to code) uint16 {
	if from == 0 || to == 0 {
		return 0
	}
	return uint16(from)*codes + uint16(to)
}
