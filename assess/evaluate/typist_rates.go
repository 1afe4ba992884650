package evaluate

import (
	"fmt"
	"math"
	"slices"

	"gait/assess/typist"
)

// draws are how often persons are drawn anew for an interval of a typist's
// figure.
const draws = 300

// weighed are scores with what each weighs: those of one person 1 together, and
// those of different persons 1 together. They are in order of the scores.
type weighed struct {
	scores, weights []float64
	same            []bool
	groups          [][2]int
}

// weighPairs sorts pairs by a method and weighs them: balanced, where each
// person and each pair of persons weighs the same, or each pair of sessions.
func weighPairs(pairs []typistPair, method int, balanced bool) *weighed {
	sizes := map[[2]int]int{}
	var groups, members [2]float64
	for i := range pairs {
		g := pairs[i].group()
		if sizes[g]++; sizes[g] == 1 {
			groups[index(g[0] == g[1])]++
		}
		members[index(g[0] == g[1])]++
	}
	order := make([]int, len(pairs))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch x, y := pairs[a].scores[method], pairs[b].scores[method]; {
		case x < y:
			return -1
		case x > y:
			return 1
		}
		return 0
	})
	w := &weighed{}
	for _, i := range order {
		g := pairs[i].group()
		kind := index(g[0] == g[1])
		weight := 1 / members[kind]
		if balanced {
			weight = 1 / groups[kind] / float64(sizes[g])
		}
		w.scores, w.weights = append(w.scores, pairs[i].scores[method]), append(w.weights, weight)
		w.same, w.groups = append(w.same, kind == 1), append(w.groups, g)
	}
	return w
}

// eer is the rate at which as many pairs of one person are missed as pairs of
// different ones accepted, between scores by a straight line; NaN where one of
// the two is missing.
func (w *weighed) eer() float64 {
	var total, below [2]float64
	for i, weight := range w.weights {
		total[index(w.same[i])] += weight
	}
	if total[0] == 0 || total[1] == 0 {
		return math.NaN()
	}
	missed, accepted := 0.0, 1.0
	for i := 0; i < len(w.scores); {
		j := i
		for ; j < len(w.scores) && w.scores[j] == w.scores[i]; j++ {
			below[index(w.same[j])] += w.weights[j]
		}
		m, a := below[1]/total[1], 1-below[0]/total[0]
		if m >= a {
			share := (accepted - missed) / (accepted - missed + m - a)
			return missed + share*(m-missed)
		}
		missed, accepted, i = m, a, j
	}
	return math.NaN()
}

// missesAt is the share of pairs of one person below the lowest score that at
// most such a share of pairs of different persons reaches.
func (w *weighed) missesAt(rate float64) float64 {
	missed, accepted := 1.0, 0.0
	for i := len(w.scores) - 1; i >= 0; {
		j := i
		m, a := missed, accepted
		for ; j >= 0 && w.scores[j] == w.scores[i]; j-- {
			if w.same[j] {
				m -= w.weights[j]
			} else {
				a += w.weights[j]
			}
		}
		if a > rate+1e-12 {
			break
		}
		missed, accepted, i = m, a, j
	}
	return max(missed, 0)
}

// redrawn gives the balanced EER of each draw of persons: a person that is
// drawn twice weighs twice. Groups of one person weigh as it does, pairs of
// persons by both.
func redrawn(w *weighed, persons int) []float64 {
	c := chance(seed)
	drawn := make([]float64, persons)
	again := *w
	again.weights = make([]float64, len(w.weights))
	var list []float64
	for range draws {
		clear(drawn)
		for range persons {
			drawn[c.below(persons)]++
		}
		for i, g := range w.groups {
			again.weights[i] = w.weights[i] * drawn[g[0]]
			if g[0] != g[1] {
				again.weights[i] *= drawn[g[1]]
			}
		}
		list = append(list, again.eer())
	}
	return list
}

// figures measures the pairs of one length.
func (d *typistData) figures(length int) *TypistFigures {
	pairs := d.columns[typist.Exact][length]
	f := &TypistFigures{
		Declared: methodNames[methodFused], Sessions: d.sessions[length], Pairs: len(pairs),
		Jitter: map[string]*float64{}, Misses: map[string]*float64{}, Methods: map[string]*MethodFigures{}, FalseAccepts: d.bounds[length],
	}
	persons := 0
	groups := map[[2]int]bool{}
	for i := range pairs {
		g := pairs[i].group()
		if persons = max(persons, g[1]+1); g[0] != g[1] {
			groups[g] = true
		}
	}
	f.PersonPairs = len(groups)
	f.Persons = persons
	var mine []float64
	for method, name := range methodNames {
		w := weighPairs(pairs, method, true)
		again := redrawn(w, persons)
		x := &MethodFigures{BalancedEER: known(w.eer()), PooledEER: known(weighPairs(pairs, method, false).eer())}
		x.Interval = middle(slices.Clone(again))
		if method == methodFused {
			mine = again
			f.BalancedEER, f.Interval, f.PooledEER, f.Cllr = x.BalancedEER, x.Interval, x.PooledEER, typistCost(w)
			f.misses(w)
		} else if x.BalancedEER != nil {
			x.DeclaredLess = known(*x.BalancedEER - *f.BalancedEER)
			for i := range again {
				again[i] -= mine[i]
			}
			x.LessInterval = middle(again)
		}
		f.Methods[name] = x
	}
	f.coarser(d, length)
	return f
}

// misses fills in the misses at false-accept rates.
func (f *TypistFigures) misses(w *weighed) {
	for _, rate := range []float64{0.05, 0.01, 0.001} {
		name := fmt.Sprint(rate)
		f.Misses[name] = nil
		if f.PersonPairs > 0 && len(w.scores) > 0 && (rate >= 0.01 || f.PersonPairs >= manyPairs) {
			f.Misses[name] = known(w.missesAt(rate))
		}
	}
}

// coarser fills in the figures of times that came by network.
func (f *TypistFigures) coarser(d *typistData, length int) {
	ticks := d.columns[typist.Ticks][length]
	f.TicksBalancedEER = known(weighPairs(ticks, methodFused, true).eer())
	f.TicksPooledEER = known(weighPairs(ticks, methodFused, false).eer())
	for name, column := range map[string]typist.Column{"5": typist.Jitter5, "20": typist.Jitter20, "50": typist.Jitter50} {
		f.Jitter[name] = known(weighPairs(d.columns[column][length], methodFused, true).eer())
	}
}
