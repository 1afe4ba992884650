package operator

import (
	"math"

	"gait/assess/population"
)

// A key is held where it comes at least heldTimes in a row at gaps that differ
// by no more than heldSpread seconds: the keyboard repeats it, not the hand.
const (
	heldTimes  = 4
	heldSpread = 0.025
)

// together is the gap in seconds below which keys were sent in one go: they
// share a packet or a tick of the client, and tell no rhythm.
const together = 0.001

// keyChain turns input into gaps between single keys. A gap is given out only
// when it is known not to be of a held key, so it lags behind by up to
// heldTimes keys.
type keyChain struct {
	last    rune
	at      float64
	has     bool
	again   rune               // the key that comes again
	run     [heldTimes]float64 // its gaps, while it may be held
	runs    int
	held    bool
	ready   [heldTimes + 1]gapOf
	n, next int
}

type gapOf struct {
	seconds       float64
	first, second rune
}

// stop takes an event of input of more than one byte: no gap leads over it.
func (c *keyChain) stop() {
	c.flush()
	c.has = false
}

// feed takes one byte of input: its key, and its time in seconds.
func (c *keyChain) feed(key rune, at float64) {
	if !c.has {
		c.last, c.at, c.has = key, at, true
		return
	}
	gap := at - c.at
	g := gapOf{gap, c.last, key}
	same := key == c.last && key != 0
	c.last, c.at = key, at
	if gap < together {
		return
	}
	if !same || c.runs > 0 && math.Abs(gap-c.run[c.runs-1]) > heldSpread && !c.held {
		c.flush()
	}
	if !same {
		c.held = false
		c.put(g)
		return
	}
	if c.held {
		return
	}
	if c.runs < heldTimes {
		c.again, c.run[c.runs] = key, gap
		c.runs++
	}
	if c.runs >= heldTimes-1 {
		c.held, c.runs = true, 0
	}
}

// flush gives out the gaps of a run that turned out not to be a held key.
func (c *keyChain) flush() {
	for i := range c.runs {
		c.put(gapOf{c.run[i], c.again, c.again})
	}
	c.runs = 0
}

func (c *keyChain) put(g gapOf) {
	if c.next == c.n {
		c.n, c.next = 0, 0
	}
	if c.n < len(c.ready) {
		c.ready[c.n] = g
		c.n++
	}
}

// gap takes the next gap that is known to be of the hands.
func (c *keyChain) gap() (g gapOf, ok bool) {
	if c.next >= c.n {
		return g, false
	}
	c.next++
	return c.ready[c.next-1], true
}

// keyOf gives the key of one char that digraphs are made of, 0 for any other
// input.
func keyOf(b []byte) rune {
	if len(b) != 1 {
		return 0
	}
	return rune(codeOf[b[0]])
}

// codeOf gives the keys of single bytes, 0 of those that are no char of ASCII.
var codeOf = func() (list [256]uint8) {
	for i := range codes {
		if i >= ' ' || i == '\b' {
			list[i] = uint8(population.Key(rune(i)))
		}
	}
	return list
}()
