package evaluate

import (
	"math"
	"strconv"

	"gait/assess/typist"
)

// The methods that sessions are compared by. The first is the one that gait
// uses, declared for every length.
const (
	methodFused = iota
	methodRatio
	methodITAD
	methodManhattan
	methodKS
	methodSimHash
	typistMethods
)

var methodNames = [typistMethods]string{"fused", "likelihood_ratio", "itad", "scaled_manhattan", "ks", "simhash64"}

// TypistFigures are how well sessions of one length are told apart by how they
// were typed. Shares are fractions; each person weighs the same, and so does
// each pair of persons, but for pooled figures, where each pair of sessions
// does. Intervals are of a bootstrap over persons.
type TypistFigures struct {
	Declared    string `json:"declared"` // the method of the figures that name none
	Persons     int    `json:"persons"`
	PersonPairs int    `json:"person_pairs"`
	Sessions    int    `json:"sessions"`
	Pairs       int    `json:"pairs"` // of sessions of different places

	BalancedEER      *float64  `json:"balanced_eer"`
	Interval         *Interval `json:"balanced_eer_interval"`
	PooledEER        *float64  `json:"pooled_eer"`
	TicksBalancedEER *float64  `json:"ticks_balanced_eer"` // through OpenSSH's ticks
	TicksPooledEER   *float64  `json:"ticks_pooled_eer"`
	// Jitter holds the balanced EER over paths with a mean jitter of so many
	// milliseconds.
	Jitter map[string]*float64 `json:"jitter_balanced_eer"`
	// Misses is the share of pairs of one person below the score that a share
	// of pairs of different persons reaches. It is null at a rate that so few
	// persons cannot show.
	Misses map[string]*float64 `json:"misses_at_false_accepts"`
	// DaysApart is the balanced EER of sessions more than a day apart; digraph
	// samples do not say when they were typed.
	DaysApart *float64 `json:"days_apart_balanced_eer"`
	Cllr      *float64 `json:"cllr"` // bits, of the calibrated log odds

	Methods map[string]*MethodFigures `json:"methods"`
	// FalseAccepts holds the stated bounds to what came true with persons whom
	// neither the weights nor the bounds have seen.
	FalseAccepts []FalseAccepts `json:"false_accepts"`
}

// MethodFigures are those of one method on the same pairs.
type MethodFigures struct {
	BalancedEER *float64  `json:"balanced_eer"`
	Interval    *Interval `json:"balanced_eer_interval"`
	PooledEER   *float64  `json:"pooled_eer"`
	// DeclaredLess is how much lower the balanced EER of the declared method
	// is, with the interval of the difference over the same draws of persons.
	DeclaredLess *float64  `json:"declared_is_less_by"`
	LessInterval *Interval `json:"declared_is_less_by_interval"`
}

// FalseAccepts is one stated bound and what came true.
type FalseAccepts struct {
	Stated   float64 `json:"stated"` // the highest that is stated at the score
	Realised float64 `json:"realised"`
	Folds    int     `json:"folds"` // in which such a score exists
}

// manyPairs is how many pairs of different persons a miss rate at a
// false-accept rate of 0.1 % needs.
const manyPairs = 3000

// mostSessions is how many sessions of one length are compared, evenly chosen
// where there are more.
const mostSessions = 700

// Typist measures how well sessions of known persons are told apart by typing,
// by the number of keys. It compares sessions of different places only. The
// declared method's weights, calibration and bounds are fitted without both
// persons of the pair that is scored. Step is told after each length and ends
// the work where it gives an error; it may be nil.
func Typist(streams []typist.Stream, step func() error) (map[string]*TypistFigures, error) {
	m := typist.Shipped()
	var data typistData
	for column := range typist.Columns {
		data.columns[column] = make([][]typistPair, len(typist.Lengths))
		for l, keys := range typist.Lengths {
			sessions := spread(m.Cut(streams, keys, column), mostSessions)
			if column == typist.Exact {
				data.sessions[l] = len(sessions)
			}
			data.columns[column][l] = comparePairs(m, sessions, keys, column == typist.Exact)
			if step != nil {
				if err := step(); err != nil {
					return nil, err
				}
			}
		}
	}
	data.fuse(m)
	report := map[string]*TypistFigures{}
	for l, keys := range typist.Lengths {
		report[strconv.Itoa(keys)] = data.figures(l)
	}
	return report, nil
}

// TypistSteps is how often Typist tells its step.
func TypistSteps() int { return int(typist.Columns) * len(typist.Lengths) }

// spread keeps so many sessions at most, spread evenly over all.
func spread(list []typist.Typed, most int) []typist.Typed {
	if len(list) <= most {
		return list
	}
	kept := make([]typist.Typed, most)
	for i := range kept {
		kept[i] = list[i*len(list)/most]
	}
	return kept
}

// typistPair is a comparison of two sessions with its score by each method,
// higher for one person.
type typistPair struct {
	typist.Compared
	scores [typistMethods]float64
}

// group identifies the two persons of a pair.
func (p *typistPair) group() [2]int { return [2]int{min(p.A, p.B), max(p.A, p.B)} }

// comparePairs compares all sessions of different places; others says whether
// by the methods beside the likelihood ratio too.
func comparePairs(m *typist.Model, sessions []typist.Typed, keys int, others bool) (list []typistPair) {
	var ready []plainSession
	if others {
		ready = make([]plainSession, len(sessions))
		for i := range sessions {
			ready[i] = plain(sessions[i].Gaps)
		}
	}
	m.Compare(sessions, keys, func(i, j int, c typist.Compared) {
		p := typistPair{Compared: c}
		p.scores[methodRatio] = (&typist.Score{Parts: c.Parts}).LikelihoodRatio()
		if others {
			a, b := &ready[i], &ready[j]
			p.scores[methodITAD], p.scores[methodManhattan] = a.digraphs(b)
			p.scores[methodKS] = -largestGap(a.all, b.all)
			p.scores[methodSimHash] = -float64(a.apart(b))
		}
		list = append(list, p)
	})
	return list
}

// typistData are all comparisons by column and length.
type typistData struct {
	columns  [typist.Columns][][]typistPair
	sessions [len(typist.Lengths)]int
	bounds   [len(typist.Lengths)][]FalseAccepts
}

// mostFolds is how many sets of persons are left out in turn, by pairs; with
// more persons than that a set has several.
const mostFolds = 16

// fuse gives every pair its fused log odds, by a model that has seen neither
// person, and holds the bounds to what comes true.
func (d *typistData) fuse(m *typist.Model) {
	var all []typist.Compared
	folds := 0
	for _, pairs := range d.columns[typist.Exact] {
		for i := range pairs {
			all = append(all, pairs[i].Compared)
			folds = max(folds, pairs[i].A+1, pairs[i].B+1)
		}
	}
	folds = min(folds, mostFolds)
	var kept [len(typist.Lengths)]boundCheck
	for a := range folds {
		for b := a; b < folds; b++ {
			in := func(p int) bool { return p%mostFolds == a || p%mostFolds == b }
			rest := make([]typist.Compared, 0, len(all))
			for _, c := range all {
				if !in(c.A) && !in(c.B) {
					rest = append(rest, c)
				}
			}
			d.score(m.Calibrate(rest), [2]int{a, b}, &kept)
		}
	}
	for l := range kept {
		d.bounds[l] = kept[l].realised()
	}
}

// score scores the pairs between two sets of persons with a model that has not
// seen them.
func (d *typistData) score(m *typist.Model, of [2]int, kept *[len(typist.Lengths)]boundCheck) {
	for column := range d.columns {
		for l, pairs := range d.columns[column] {
			var others []typist.Score
			for i := range pairs {
				p := &pairs[i]
				a, b := p.A%mostFolds, p.B%mostFolds
				if min(a, b) != of[0] || max(a, b) != of[1] {
					continue
				}
				s := m.LogOdds(p.Compared)
				p.scores[methodFused] = s.LogOdds
				if p.A != p.B && column == int(typist.Exact) {
					others = append(others, s)
				}
			}
			if len(others) > 0 {
				kept[l].add(m, others)
			}
		}
	}
}

// boundSteps are the bounds that are held to what comes true.
var boundSteps = [...]float64{0.5, 0.4, 0.3, 0.2, 0.15, 0.1}

// boundCheck collects how often scores of different persons reach a bound.
type boundCheck struct {
	rates [len(boundSteps)]float64
	folds [len(boundSteps)]int
}

// add takes the scores of different persons in one fold: for each bound, the
// share of them at or above the lowest score with that bound or a lower one.
func (c *boundCheck) add(m *typist.Model, scores []typist.Score) {
	for i, bound := range boundSteps {
		if bound <= m.LeastRate() {
			continue
		}
		hits := 0
		for _, s := range scores {
			if rate, _ := m.Bound(s); rate <= bound {
				hits++
			}
		}
		c.rates[i] += float64(hits) / float64(len(scores))
		c.folds[i]++
	}
}

func (c *boundCheck) realised() (list []FalseAccepts) {
	for i, n := range c.folds {
		if n > 0 {
			list = append(list, FalseAccepts{boundSteps[i], c.rates[i] / float64(n), n})
		}
	}
	return list
}

// typistCost is the cost of calibrated log odds in bits: 0 for an oracle, 1 for one
// that says nothing.
func typistCost(w *weighed) *float64 {
	cost := [2]float64{}
	for i, s := range w.scores {
		z := s
		if w.same[i] {
			z = -s
		}
		cost[index(w.same[i])] += w.weights[i] * (math.Log1p(math.Exp(-math.Abs(z))) + max(z, 0)) / math.Ln2
	}
	return known((cost[0] + cost[1]) / 2)
}

func index(b bool) int {
	if b {
		return 1
	}
	return 0
}
