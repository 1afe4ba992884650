package operator

import (
	"math"
	"slices"

	"gait/internal/stats"
)

// gap is a gap of the hands in microseconds, and the place of the pair of keys that
// it lies between.
type gap struct {
	time  uint32
	place uint16
}

// gap takes a gap of the hands.
func (r *Reader) gap(time int64, place uint16) {
	if time > LongestPause*perSecond {
		return
	}
	if len(r.gaps) == maxGaps {
		r.more.add(uint32(time))
		return
	}
	r.gaps = append(r.gaps, gap{uint32(time), place})
}

// sums are the number of gaps, their sum, and that of their squares.
type sums struct {
	n, total uint64
	squares  float64
}

func (s *sums) add(gap uint32) {
	s.n++
	s.total += uint64(gap)
	s.squares += float64(gap) * float64(gap)
}

// spread is the coefficient of variation of the gaps.
func (s *sums) spread() float64 {
	n := float64(s.n)
	if n < 2 || s.total == 0 {
		return 0
	}
	mean := float64(s.total) / n
	return math.Sqrt(max(0, s.squares/n-mean*mean)) / mean
}

// stepBits is the binary logarithm of the microseconds in one step where gaps are
// counted by steps.
const stepBits = 11

// rhythm gives the sums of all gaps and the median of the first maxGaps; 0 of none.
func (r *Reader) rhythm() (all sums, median float64) {
	n := len(r.gaps)
	if n == 0 {
		return r.more, 0
	}
	var count [LongestPause*perSecond>>stepBits + 1]uint16
	var total, squares uint64 // at most maxGaps times 25e12
	for i := range r.gaps {
		time := r.gaps[i].time
		count[time>>stepBits]++
		total += uint64(time)
		squares += uint64(time) * uint64(time)
	}
	all = sums{r.more.n + uint64(n), r.more.total + total, r.more.squares + float64(squares)}

	// Of the sorted list, places k and k + 1 are looked for: they are among the
	// gaps of some steps, which are few.
	k, below := (n-1)/2, 0
	first := uint32(0)
	for ; below+int(count[first]) <= k; first++ {
		below += int(count[first])
	}
	last := first
	for to := below + int(count[first]); to <= min(k+1, n-1); to += int(count[last]) {
		last++
	}
	near := r.tmp[:0]
	for i := range r.gaps {
		if time := r.gaps[i].time; time>>stepBits-first <= last-first { // for each end a comparison would be a coin toss
			near = append(near, float64(time))
		}
	}
	r.tmp = near
	k -= below
	median = stats.Select(near, k)
	if n%2 == 0 {
		median = (median + slices.Min(near[k+1:])) / 2
	}
	return all, median
}
