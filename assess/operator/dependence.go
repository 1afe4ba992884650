package operator

import (
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

// pairs reads how gaps depend on the keys that they lie between.
type pairs struct {
	gaps   []gap // at first as they came, then in order
	other  []gap
	groups []group
	group  []uint16 // of each pair of keys, its group's number from 1 on; all 0 between uses
}

// read gives the numbers of the dependence in the gaps of a session; median is
// theirs, in microseconds.
func (p *pairs) read(f *Features, gaps []gap, median float64) {
	if len(gaps) < minPairs {
		return
	}
	l := limitsOf(median)
	if !p.sort(gaps, &l) {
		return
	}
	f.Pairs = int32(len(p.gaps))
	p.sum(&l)
	p.slope(f)
	p.repeats(f)
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

// families of pairs of keys: one for each two kinds, and one for a letter that is
// struck twice. They are the same on every layout.
const families = int(kinds*kinds) + 1

func family(first, second rune) uint8 {
	a, b := kindOf(first), kindOf(second)
	if a == letter && first == second {
		return uint8(families - 1)
	}
	return uint8(a*kinds + b)
}

func kindOf(key rune) kind {
	switch {
	case key >= 'a' && key <= 'z':
		return letter
	case key == ' ':
		return space
	case key == population.Backspace:
		return backspace
	}
	return sign
}

// familyOf gives the families of pairs of keys by their places.
var familyOf = func() (list [codes * codes]uint8) {
	for at := range list {
		list[at] = family(keyOf[at/codes], keyOf[at%codes])
	}
	return list
}()

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

// limits are how far from the median a gap counts in microseconds, and the
// logarithms of that. What lies at or beyond a limit is equal.
type limits struct {
	short, long       uint32
	shortLog, longLog float64
}

func limitsOf(median float64) limits {
	return limits{
		short: uint32(median / outlying), shortLog: math.Log(median / outlying),
		long: uint32(math.Ceil(median * outlying)), longLog: math.Log(median * outlying),
	}
}

// digit is how many bits gaps are put in order by at once. A gap of a second has no
// more than two digits of them; where the lower limit has more, all gaps are equal.
const digit = 10

// sort takes the gaps that tell something, limits them and puts them in order, by
// their lower digit and then by their upper one; false where they are too few. Gaps
// above a second say nothing of the keys.
func (p *pairs) sort(list []gap, l *limits) bool {
	var lower, upper [1 << digit]uint16
	gaps := slices.Grow(p.gaps[:0], maxPairs)
	for _, g := range list {
		if g.place == 0 || g.time > population.Longest*1000 {
			continue
		}
		if len(gaps) == maxPairs {
			break
		}
		g.time = min(max(g.time, l.short), l.long)
		lower[g.time%(1<<digit)]++
		upper[g.time>>digit%(1<<digit)]++
		gaps = append(gaps, g)
	}
	p.gaps = gaps
	if len(gaps) < minPairs {
		return false
	}
	other := slices.Grow(p.other[:0], len(gaps))[:len(gaps)]
	p.other = other
	places(&lower)
	for _, g := range gaps {
		at := &lower[g.time%(1<<digit)]
		other[*at] = g
		*at++
	}
	places(&upper)
	for _, g := range other {
		at := &upper[g.time>>digit%(1<<digit)]
		gaps[*at] = g
		*at++
	}
	return true
}

// places turns counts into the places where what was counted begins.
func places(count *[1 << digit]uint16) {
	sum := uint16(0)
	for i, n := range count {
		count[i] = sum
		sum += n
	}
}

// group sums up one pair of keys: its gaps' ranks, twice each and less the mean,
// and their logarithms.
type group struct {
	n, total, squares int32
	place             uint16
	logs, logSquares  float64
}

// sum makes the groups of gaps that are in order. Equal gaps share their rank.
func (p *pairs) sum(l *limits) {
	if p.group == nil {
		p.group = make([]uint16, codes*codes)
	}
	gaps, groups := p.gaps, p.groups[:0]
	n := len(gaps)
	for i := 0; i < n; {
		time := gaps[i].time
		j := i + 1
		for j < n && gaps[j].time == time {
			j++
		}
		rank, log := int32(i+j-n), 0.0
		if time == l.short {
			log = l.shortLog
		} else if time == l.long {
			log = l.longLog
		} else {
			log = math.Log(float64(time))
		}
		for ; i < j; i++ {
			at := &p.group[gaps[i].place]
			if *at == 0 {
				groups = append(groups, group{place: gaps[i].place})
				*at = uint16(len(groups))
			}
			g := &groups[*at-1]
			g.n++
			g.total += rank
			g.squares += rank * rank
			g.logs += log
			g.logSquares += log * log
		}
	}
	for i := range groups {
		p.group[groups[i].place] = 0
	}
	p.groups = groups
}

// slope fits log gaps by a straight line on the means of their families.
func (p *pairs) slope(f *Features) {
	table := known()
	var of [families]struct{ n, logs, squares float64 }
	for i := range p.groups {
		g := &p.groups[i]
		s := &of[familyOf[g.place]]
		s.n, s.logs, s.squares = s.n+float64(g.n), s.logs+g.logs, s.squares+g.logSquares
	}
	var n, sx, sy, sxx, sxy, syy float64
	for i := range of {
		if s, x := &of[i], table[i].mean; table[i].n > 0 {
			n, sx, sy, sxx, sxy, syy = n+s.n, sx+s.n*x, sy+s.logs, sxx+s.n*x*x, sxy+x*s.logs, syy+s.squares
		}
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
	for i := range of {
		if table[i].n > 0 {
			d := of[i].n / n * (table[i].mean - mx)
			spread += d * d * table[i].between
		}
	}
	f.Slope = c / vx
	f.SlopeError = math.Sqrt(max(vy-c*c/vx, 1e-4) / (n * vx))
	f.SlopeSpread = math.Sqrt(spread) / vx
}

// repeats compares gaps by their ranks, of mean 0 and variance 1. The statistic is
// the sum over pairs of keys of the products of each two ranks of one pair, by its
// standard deviation where ranks and keys have nothing to do with each other.
func (p *pairs) repeats(f *Features) {
	var sum, variance, repeated float64
	for i := range p.groups {
		if g := &p.groups[i]; g.n > 1 {
			n, total := float64(g.n), float64(g.total)
			sum += (total*total - float64(g.squares)) / (n - 1)
			variance += 2 * n / (n - 1)
			repeated += n
		}
	}
	if variance > 0 {
		n := float64(len(p.gaps))
		unit := 3 / (n*n - 1) // squared, of half a rank
		f.Repeat, f.RepeatUnit = sum*unit/math.Sqrt(variance), repeated/math.Sqrt(variance)
	}
}
