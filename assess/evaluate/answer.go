package evaluate

import (
	"gait/assess/operator"
)

// answer is what a model says of a session.
type answer struct {
	p       []float64         // of the scored classes, at equal priors
	taken   int               // the likeliest of them
	given   [2]operator.Class // the verdict as a user gets it, at equal and at stated priors
	machine [2]bool           // whether it says machine of whatever kind
}

// The priors that verdicts are given at: the first are equal, the second the
// stated rates.
const (
	atEqual = iota
	atStated
)

// evenly are equal priors of the classes that recordings are labelled with;
// what no label tells apart is not asked for.
func evenly() (p operator.Priors) {
	p[operator.Person], p[operator.Script], p[operator.Agent] = 1./3, 1./3, 1./3
	return p
}

// judge asks a model.
func judge(m *operator.Model, f operator.Features) (a answer) {
	v := m.Judge(f, evenly())
	a.p = []float64{v.Probability[operator.Person], v.Probability[operator.Script], v.Probability[operator.Agent]}
	sum := 0.0
	for _, p := range a.p {
		sum += p
	}
	for i := range a.p {
		if a.p[i] /= sum; a.p[i] > a.p[a.taken] {
			a.taken = i
		}
	}
	for i, priors := range []operator.Priors{operator.EqualPriors(), operator.DefaultPriors()} {
		a.given[i] = m.Judge(f, priors).Class
		a.machine[i] = machine(a.given[i])
	}
	return a
}

// machine says whether a class is one of machines.
func machine(c operator.Class) bool {
	return c == operator.Script || c == operator.Agent || c == operator.Machine
}
