package attribution

import (
	"cmp"
	"math"
	"slices"
	"strings"
)

// counts says whether a point says anything.
func (k Kind) counts(p *Point) bool {
	if k == Numbers {
		return !math.IsNaN(p.Number) && !math.IsInf(p.Number, 0)
	}
	return p.Value != "" && p.Value != string(Unknown)
}

// compare orders points: by the number of the rule, by the session's start, by
// its id, and by its reference where two files hold sessions of one id. So the
// points that count are the last ones of a sorted list.
func compare(a, b *Point) int {
	return cmp.Or(
		cmp.Compare(a.Rules, b.Rules),
		a.Start.Compare(b.Start),
		strings.Compare(a.Session, b.Session),
		strings.Compare(a.ref(), b.ref()),
	)
}

// order gives the points that count, in order: one of each session, without
// those that say nothing, and of those that are left the ones by the rule of
// the highest number.
func (k Kind) order(points []Point) []Point {
	at := make(map[string]int, len(points))
	for i := range points {
		at[points[i].ref()] = i
	}
	kept := make([]Point, 0, len(at))
	for i := range points {
		if at[points[i].ref()] == i && k.counts(&points[i]) {
			kept = append(kept, points[i])
		}
	}
	slices.SortFunc(kept, func(a, b Point) int { return compare(&a, &b) })
	return newest(kept)
}

// newest gives the points by the newest rule of a sorted list.
func newest(points []Point) []Point {
	if len(points) == 0 {
		return points
	}
	rules := points[len(points)-1].Rules
	from, _ := slices.BinarySearchFunc(points, rules, func(p Point, rules int) int { return cmp.Compare(p.Rules, rules) })
	return points[from:]
}
