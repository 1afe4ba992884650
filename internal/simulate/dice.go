package simulate

import (
	"math/rand/v2"
	"strconv"
)

// dice is the only source of chance. It computes with whole numbers alone,
// since the last bit of a float depends on the machine.
type dice struct{ src *rand.PCG }

// below draws a number from 0 to n - 1.
func (d dice) below(n int64) int64 { return int64(d.src.Uint64() % uint64(n)) }

// between draws a number from lo to hi.
func (d dice) between(lo, hi int64) int64 { return lo + d.below(hi-lo+1) }

// chance is true in so many of a thousand draws.
func (d dice) chance(perMille int64) bool { return d.below(1000) < perMille }

// pick draws one of a list.
func pick[T any](d dice, list []T) T { return list[d.below(int64(len(list)))] }

// some gives a random choice of at least so many of a list, in its order.
func some[T any](d dice, list []T, least int) []T {
	drop := d.below(int64(len(list)-least) + 1)
	kept := append([]T(nil), list...)
	for ; drop > 0; drop-- {
		i := d.below(int64(len(kept)))
		kept = append(kept[:i], kept[i+1:]...)
	}
	return kept
}

// quantile says that a share of all draws, in thousandths, lies below a value.
type quantile struct{ perMille, value int64 }

// draw takes from a distribution that is given by its quantiles, the first at
// 0 and the last at 1000, with straight lines between them.
func (d dice) draw(q []quantile) int64 {
	const fine = 1000
	u := d.below(1000 * fine)
	i := 1
	for i < len(q)-1 && u >= q[i].perMille*fine {
		i++
	}
	a, b := q[i-1], q[i]
	return a.value + (b.value-a.value)*(u-a.perMille*fine)/((b.perMille-a.perMille)*fine)
}

// address draws one of the addresses set aside for documentation.
func (d dice) address() string {
	return pick(d, []string{"198.51.100.", "203.0.113."}) + strconv.FormatInt(d.between(2, 250), 10)
}
