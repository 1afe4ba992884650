package evaluate

import "math/bits"

// seed is where all chance of a measurement begins: the same recordings give
// the same figures.
const seed = 20210312

// chance draws numbers that look random and are the same in each run. It is
// the generator SplitMix64.
type chance uint64

// draw gives the next 64 bits.
func (c *chance) draw() uint64 {
	*c += 0x9e3779b97f4a7c15
	z := uint64(*c)
	z = (z ^ z>>30) * 0xbf58476d1ce4e5b9
	z = (z ^ z>>27) * 0x94d049bb133111eb
	return z ^ z>>31
}

// share gives a number from 0 to below 1.
func (c *chance) share() float64 { return float64(c.draw()>>11) / (1 << 53) }

// below gives a whole number from 0 to below n, which must be above 0.
func (c *chance) below(n int) int {
	high, _ := bits.Mul64(c.draw(), uint64(n))
	return int(high)
}

// shuffle puts n things in a random order by swapping two at a time.
func (c *chance) shuffle(n int, swap func(i, j int)) {
	for i := n - 1; i > 0; i-- {
		swap(i, c.below(i+1))
	}
}

// pick draws an index by weights; they must not all be 0.
func (c *chance) pick(weights []float64) int {
	sum := 0.0
	for _, w := range weights {
		sum += w
	}
	at := c.share() * sum
	last := 0
	for i, w := range weights {
		if w <= 0 {
			continue
		}
		if at < w {
			return i
		}
		at -= w
		last = i
	}
	return last
}
