package evaluate

import (
	"math"
	"slices"
)

// resamples are how often groups are drawn anew for an interval.
const resamples = 1000

// bootstrap gives the ranges that hold 95 % of macro-F1 and of Cllr when the
// groups of each class are drawn anew, with replacement: what could have come
// out with other persons, models and scripts of the same kind. A class with one
// group cannot vary; the range is then too narrow.
func bootstrap(list []verdict, classes int) (macroF1, cost *Interval) {
	if len(list) == 0 {
		return nil, nil
	}
	type group struct{ members []int }
	byClass := make([][]*group, classes)
	found := map[[2]string]*group{}
	for i, v := range list {
		key := [2]string{string(rune('0' + v.truth)), v.group}
		g := found[key]
		if g == nil {
			g = &group{}
			found[key] = g
			byClass[v.truth] = append(byClass[v.truth], g)
		}
		g.members = append(g.members, i)
	}
	c := chance(seed)
	var f1s, costs []float64
	drawn := make([]verdict, 0, len(list))
	for range resamples {
		drawn = drawn[:0]
		for _, groups := range byClass {
			for range groups {
				for _, i := range groups[c.below(len(groups))].members {
					drawn = append(drawn, list[i])
				}
			}
		}
		s := score(drawn, classes)
		f1s, costs = append(f1s, s.macroF1), append(costs, s.cllr)
	}
	return middle(f1s), middle(costs)
}

// middle gives the range of the middle 95 % of numbers.
func middle(x []float64) *Interval {
	if slices.ContainsFunc(x, math.IsNaN) {
		return nil
	}
	slices.Sort(x)
	return &Interval{quantile(x, 0.025), quantile(x, 0.975)}
}
