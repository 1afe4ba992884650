package operator

import (
	"cmp"
	"math"
	"slices"
	"sync"

	"gait/assess/population"
)

// maxPairs is the number of gaps between chars that the dependence on keys is
// read from, the first of a session; minPairs is the fewest.
const (
	maxPairs = 512
	minPairs = 40
)

// outlying limits how much a gap counts: at most so many times the median, and
// at least the median by so much. Pauses would hide the rest.
const outlying = 2.5

// pair is two successive keys and the gap between them in milliseconds, or the
// gap's logarithm.
type pair struct {
	first, second rune
	gap           float64
}

// pairs reads how gaps depend on the keys that they lie between.
type pairs struct {
	list   []pair
	kept   []pair // with the logarithms of the gaps, limited
	rank   []float64
	order  []ranked
	groups []group
	place  []uint16 // of each pair of keys, its group's number from 1 on; all 0 between uses
}

// ranked is a gap and its number.
type ranked struct {
	log float64
	of  int32
}

// place is the number of the pair among all pairs of keys.
func (p *pair) place() int { return int(p.first)*codes + int(p.second) }

// add takes a gap in milliseconds; the caller knows that there is room. One above
// a second says nothing of the keys.
func (p *pairs) add(first, second rune, gap float64) {
	if first != 0 && second != 0 && gap <= population.Longest {
		p.list = append(p.list, pair{first, second, gap})
	}
}

// read gives the numbers of the dependence; median is that of the gaps, in
// seconds.
func (p *pairs) read(f *Features, median float64) {
	if len(p.list) < minPairs || median <= 0 {
		return
	}
	f.Pairs = int32(len(p.list))
	p.limit(1000 * median)
	slope(f, p.kept)
	p.repeats(f)
}

// limit takes the logarithms of the gaps, at most so far from that of the
// median. Gaps that are surely farther off need none of their own.
func (p *pairs) limit(median float64) {
	const surely = 1 + 1e-9
	mid, far := math.Log(median), math.Log(outlying)
	least, most := mid-far, mid+far
	short, long := median/outlying/surely, median*outlying*surely
	kept := append(p.kept[:0], p.list...)
	p.kept = kept
	for i := range kept {
		k := &kept[i]
		switch gap := k.gap; {
		case gap < short:
			k.gap = least
		case gap > long:
			k.gap = most
		default:
			k.gap = within(math.Log(gap), least, most)
		}
	}
}

// within is x or the bound beyond which it lies: quicker than max and min, which
// also ask for NaN.
func within(x, least, most float64) float64 {
	if x < least {
		return least
	}
	if x > most {
		return most
	}
	return x
}

// kind of a key, as far as layouts agree.
type kind uint8

const (
	letter kind = iota
	sign
	space
	backspace
	kinds
)

// kindOf gives the kinds of the keys.
var kindOf = func() (list [codes]kind) {
	for key := range list {
		switch {
		case key >= 'a' && key <= 'z':
			list[key] = letter
		case key == ' ':
			list[key] = space
		case key == population.Backspace:
			list[key] = backspace
		default:
			list[key] = sign
		}
	}
	return list
}()

// families of pairs of keys: one for each two kinds, and one for a letter that is
// struck twice. They are the same on every layout.
const families = int(kinds*kinds) + 1

func family(first, second rune) int {
	a, b := kindOf[first], kindOf[second]
	if a == letter && first == second {
		return families - 1
	}
	return int(a*kinds + b)
}

// familyFigures are of one family: the mean of its log gaps and its variance
// between persons.
type familyFigures struct{ n, mean, between float64 }

// known are the figures of the families, means over the pairs of the
// population's table.
var known = sync.OnceValue(func() (t [families]familyFigures) {
	for _, d := range population.Digraphs() {
		f := &t[family(d.First, d.Second)]
		f.n, f.mean, f.between = f.n+1, f.mean+d.Mean, f.between+d.Between
	}
	for i := range t {
		if t[i].n > 0 {
			t[i].mean, t[i].between = t[i].mean/t[i].n, t[i].between/t[i].n
		}
	}
	return t
})

// slope fits log gaps by a straight line on the means of their families.
func slope(f *Features, list []pair) {
	table := known()
	var n, sx, sy, sxx, sxy, syy float64
	var count [families]float64
	for _, p := range list {
		at := family(p.first, p.second)
		if table[at].n == 0 {
			continue
		}
		count[at]++
		x, y := table[at].mean, p.gap
		n, sx, sy, sxx, sxy, syy = n+1, sx+x, sy+y, sxx+x*x, sxy+x*y, syy+y*y
	}
	if n < minPairs {
		return
	}
	mx, my := sx/n, sy/n
	vx, vy, c := sxx/n-mx*mx, syy/n-my*my, sxy/n-mx*my
	if vx < 1e-3 {
		return // all pairs are of one family
	}
	spread := 0.0
	for i, k := range count {
		d := k / n * (table[i].mean - mx)
		spread += d * d * table[i].between
	}
	f.Slope = c / vx
	f.SlopeError = math.Sqrt(max(vy-c*c/vx, 1e-4) / (n * vx))
	f.SlopeSpread = math.Sqrt(spread) / vx
}

// codes is how many codes a key can have: keys are ASCII.
const codes = 128

// group sums up the ranks of one pair of keys.
type group struct {
	place             int
	n, total, squares float64
}

// repeats compares gaps by their ranks. The statistic is the sum over pairs of
// keys of the products of each two ranks of one pair, by its standard deviation
// where ranks and keys have nothing to do with each other.
func (p *pairs) repeats(f *Features) {
	p.ranks()
	if p.place == nil {
		p.place = make([]uint16, codes*codes)
	}
	places, groups, rank := p.place, p.groups[:0], p.rank[:len(p.kept)]
	for i := range p.kept {
		place := p.kept[i].place()
		at := &places[place]
		if *at == 0 {
			groups = append(groups, group{place: place})
			*at = uint16(len(groups))
		}
		g, r := &groups[*at-1], rank[i]
		g.n, g.total, g.squares = g.n+1, g.total+r, g.squares+r*r
	}
	p.groups = groups
	var sum, variance, repeated float64
	for i := range groups {
		g := &groups[i]
		places[g.place] = 0
		if g.n > 1 {
			sum += (g.total*g.total - g.squares) / (g.n - 1)
			variance += 2 * g.n / (g.n - 1)
			repeated += g.n
		}
	}
	if variance > 0 {
		f.Repeat, f.RepeatUnit = sum/math.Sqrt(variance), repeated/math.Sqrt(variance)
	}
}

// ranks gives each gap its rank, with mean 0 and variance 1; equal gaps share
// theirs.
func (p *pairs) ranks() {
	n := len(p.kept)
	p.sort()
	p.rank = slices.Grow(p.rank[:0], n)[:n]
	order, rank := p.order, p.rank
	unit := math.Sqrt(12 / (1 - 1/float64(n*n)))
	for i := 0; i < n; {
		j := i + 1
		for j < n && order[j].log == order[i].log {
			j++
		}
		mid := (float64(i+j)/2/float64(n) - 0.5) * unit
		for ; i < j; i++ {
			rank[order[i].of] = mid
		}
	}
}

// sort puts the gaps in order: it deals them out to as many even steps as there
// are gaps at most, then moves each to its place, which is near.
func (p *pairs) sort() {
	kept, n := p.kept, len(p.kept)
	least, most := kept[0].gap, kept[0].gap
	for i := range kept {
		if gap := kept[i].gap; gap < least {
			least = gap
		} else if gap > most {
			most = gap
		}
	}
	scale := 0.0
	if most > least {
		scale = float64(maxPairs-1) / (most - least)
	}
	var from [maxPairs + 1]uint16
	var step [maxPairs]uint16
	for i := range kept {
		at := uint16((kept[i].gap-least)*scale) % maxPairs
		step[i] = at
		from[at+1]++
	}
	sum := uint16(0)
	for i := range from {
		sum += from[i]
		from[i] = sum
	}
	order := slices.Grow(p.order[:0], n)[:n]
	p.order = order
	for i := range kept {
		at := &from[step[i]]
		order[*at] = ranked{kept[i].gap, int32(i)}
		*at++
	}
	sortNear(order)
}

// near is how many places gaps may have to be moved by, on average, before they
// are sorted in another way: in a session that is made so, most lie in one step.
const near = 16

func sortNear(x []ranked) {
	left := near * len(x)
	for i := 1; i < len(x); i++ {
		a, j := x[i], i
		for ; j > 0 && a.log < x[j-1].log; j-- {
			x[j] = x[j-1]
		}
		x[j] = a
		if left -= i - j; left < 0 {
			slices.SortFunc(x, func(a, b ranked) int { return cmp.Compare(a.log, b.log) })
			return
		}
	}
}
