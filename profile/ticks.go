package profile

import "math"

// A client that hides key times sends what was typed at ticks: OpenSSH from
// 9.5 on at about every 20 ms, its period drawn anew, from 18 to 22 ms, for
// each spell of typing. Gaps of such a session lie near multiples of one period
// within a spell. tickSearch weighs that against gaps that lie anywhere, spell
// by spell, and stops as soon as the weight decides.
type tickSearch struct {
	rates    []float64 // ticks per second that are tried
	longest  float64   // gaps above, in seconds, blur too much to count
	sums     [maxRates]float32
	spell    int        // gaps in the spell so far
	done     float64    // nats, of the spells before
	multiple [64]uint16 // gaps by the multiple of the period that they are next to
	cells    [256]uint8 // gaps of the spell by their length
	periods  float64    // of the spells before, each times its gaps
	gaps     int        // in those
}

// The weight of one gap is that of von Mises' distribution of its place between
// ticks against an even one: tickSharp is its concentration, which allows for
// some 3 ms of noise on a period of 20 ms, and tickFlat the logarithm of its
// Bessel function of order 0.
const (
	tickSharp = 2.0
	tickFlat  = 0.823993
	maxRates  = 16
)

// tickGap is the gap in seconds up to which keys share a tick, tickDead the
// gap below which two ticks of 18 ms or more cannot lie, and tickDeadCost what
// a gap between them weighs against ticks, in nats.
const (
	tickGap      = 0.001
	tickDead     = 0.0165
	tickDeadCost = 4
)

// sameGaps is how many gaps of the same quarter of a millisecond count in a
// spell: a machine that repeats a few delays would fit some grid all too well.
const (
	sameGaps       = 2
	cellsPerSecond = 4000
)

// tickEnough and tickNever are the weights in nats at which the search stops.
const (
	tickEnough = 14
	tickNever  = -14
)

// tickPlaces holds the weight of a gap by its place between two ticks.
var tickPlaces = func() (t [256]float32) {
	for i := range t {
		t[i] = float32(tickSharp*math.Cos(2*math.Pi*(float64(i)+0.5)/256) - tickFlat)
	}
	return t
}()

// opensshRates are the ticks per second of OpenSSH's 18 to 22 ms.
var opensshRates = ratesBetween(0.0182, 0.0219)

// ratesBetween spreads rates evenly between those of two periods in seconds.
func ratesBetween(shortest, longest float64) []float64 {
	r := make([]float64, maxRates)
	spread(r, shortest, longest)
	return r
}

func spread(rates []float64, shortest, longest float64) {
	for i := range rates {
		rates[i] = 1/longest + (1/shortest-1/longest)*float64(i)/float64(len(rates)-1)
	}
}

// add weighs one gap of at least tickGap. It says whether to go on.
func (t *tickSearch) add(gap float64) bool {
	if gap > t.longest {
		return true
	}
	cell := &t.cells[uint8(int(gap*cellsPerSecond))]
	if *cell == sameGaps {
		return true
	}
	*cell++
	t.spell++
	for i, rate := range t.rates {
		t.sums[i] += tickPlaces[uint8(int(gap*rate*256))]
	}
	t.multiple[int(gap*t.rates[len(t.rates)/2]+0.5)&63]++
	return t.spell%16 != 0 || t.undecided()
}

// undecided says whether more gaps could change the answer.
func (t *tickSearch) undecided() bool {
	w := t.weight()
	return w > tickNever && w < tickEnough
}

// weight gives the logarithm of the likelihood ratio so far.
func (t *tickSearch) weight() float64 { return t.done + t.open() }

// open gives that of the spell that is not closed.
func (t *tickSearch) open() float64 {
	if t.spell == 0 {
		return 0
	}
	best := t.sums[0]
	for _, s := range t.sums[1:len(t.rates)] {
		best = max(best, s)
	}
	sum := 0.0
	for _, s := range t.sums[:len(t.rates)] {
		if s > best-6 {
			sum += math.Exp(float64(s - best))
		}
	}
	return float64(best) + math.Log(sum/float64(len(t.rates)))
}

// close ends the spell. It says whether to go on.
func (t *tickSearch) close() bool {
	if t.spell == 0 {
		return true
	}
	t.done += t.open()
	t.periods += t.best() * float64(t.spell)
	t.gaps += t.spell
	t.sums, t.cells, t.spell = [maxRates]float32{}, [256]uint8{}, 0
	return t.done > tickNever && t.done < tickEnough
}

// varied says whether the gaps lie at enough different multiples of the period:
// keys at one even pace lie on any grid that divides it.
func (t *tickSearch) varied() bool {
	all, most := 0, uint16(0)
	for _, n := range t.multiple {
		all += int(n)
		most = max(most, n)
	}
	return t.kinds() >= 5 && int(most)*2 < all
}

// kinds is the number of different multiples that gaps lie at.
func (t *tickSearch) kinds() (n int) {
	for _, c := range t.multiple {
		if c > 0 {
			n++
		}
	}
	return n
}

// best gives the period in seconds that fits the open spell best.
func (t *tickSearch) best() float64 {
	b := 0
	for i, s := range t.sums[:len(t.rates)] {
		if s > t.sums[b] {
			b = i
		}
	}
	return 1 / t.rates[b]
}

// period gives the mean of the periods that fit each spell best, in seconds.
func (t *tickSearch) period() float64 {
	n := t.gaps + t.spell
	return (t.periods + t.best()*float64(t.spell)) / float64(n)
}
