package operator

import (
	"math"

	"gait"
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
	run     [heldTimes]float64 // gaps of a run of one key that may be held
	runs    int
	held    bool
	ready   [heldTimes + 1]gapOf
	n, next int
}

type gapOf struct {
	seconds       float64
	first, second rune
}

// feed takes an event of input.
func (c *keyChain) feed(e gait.Event) {
	key := keyOf(e.Data)
	at := rounded(e.Time)
	if len(e.Data) != 1 && key == 0 {
		c.flush()
		c.has = false
		return
	}
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
		c.run[c.runs] = gap
		c.runs++
	}
	if c.runs >= heldTimes-1 {
		c.held, c.runs = true, 0
	}
}

// flush gives out the gaps of a run that turned out not to be a held key.
func (c *keyChain) flush() {
	for i := range c.runs {
		c.put(gapOf{c.run[i], c.last, c.last})
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
func (c *keyChain) gap() (seconds float64, first, second rune, ok bool) {
	if c.next >= c.n {
		return 0, 0, 0, false
	}
	g := c.ready[c.next]
	c.next++
	return g.seconds, g.first, g.second, true
}

// keyOf gives the key of one char that digraphs are made of, 0 for any other
// input.
func keyOf(b []byte) rune {
	if len(b) != 1 || b[0] < ' ' && b[0] != '\b' || b[0] > 0x7f {
		return 0
	}
	return population.Key(rune(b[0]))
}

// digraphs sums up how well the gaps agree with what the population needs for
// the same two keys.
type digraphs struct {
	gaps    int32 // of all keys
	pairs   int32 // of two keys that are chars
	known   int32 // of them, those in the table
	x, xx   float64
	m, mm   float64
	product float64
}

// add takes the gap between two keys as the logarithm of milliseconds.
func (d *digraphs) add(first, second rune, x float64) {
	if first == 0 || second == 0 {
		return
	}
	d.pairs++
	n, ok := population.Number(first, second)
	if !ok {
		return
	}
	m := population.Digraphs()[n].Mean
	d.known++
	d.x, d.xx, d.m, d.mm, d.product = d.x+x, d.xx+x*x, d.m+m, d.mm+m*m, d.product+x*m
}

// share is the share of the pairs of chars that the table knows.
func (d *digraphs) share() float64 {
	if d.pairs == 0 {
		return 0
	}
	return float64(d.known) / float64(d.pairs)
}

// fit is the logarithm of the variance of the log gaps by the variance of what
// is left when the population's means are taken off: above 0 where the gaps
// depend on the keys as people's do, below where they do not.
func (d *digraphs) fit() float64 {
	n := float64(d.known)
	if n < 2 {
		return 0
	}
	own := d.xx/n - d.x*d.x/n/n
	left := own + d.mm/n - d.m*d.m/n/n - 2*(d.product/n-d.x*d.m/n/n)
	if own < 1e-12 || left < 1e-12 {
		return 0
	}
	return math.Log(own / left)
}

// Gap is the time between two successive keys, where a sample has nothing but
// these.
type Gap struct {
	First, Second rune // as keys; 0 of a key that is no char
	Seconds       float64
}

// repeat is the time in seconds below which a gap between two presses of one key
// is a held key where the order of keys is not known: keyboards repeat 20 to 40
// times a second, and hands press one key again in 60 ms at the least.
const repeat = 0.060

// ReadGaps gives the features of typing that is known gap by gap, in any
// order.
func ReadGaps(gaps []Gap) Features {
	r := Reader{}
	for _, g := range gaps {
		r.f.Typed++
		r.f.Acts++
		if g.First == g.Second && g.Seconds < repeat {
			continue
		}
		r.keys.put(gapOf{g.Seconds, population.Key(g.First), population.Key(g.Second)})
		r.rhythm()
	}
	return r.Features(false)
}
