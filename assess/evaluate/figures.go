package evaluate

import "math"

// Figures are how well samples of known classes are told apart. All weights are
// as the package says; numbers that are not defined are null.
type Figures struct {
	FromActs int `json:"from_acts"` // sessions with fewer acts are left out
	N        int `json:"n"`
	Groups   int `json:"groups"`
	Folds    int `json:"folds"`

	MacroF1         *float64  `json:"macro_f1"`
	MacroF1Interval *Interval `json:"macro_f1_interval"` // bootstrap over groups
	Cllr            *float64  `json:"cllr"`              // bits
	CllrInterval    *Interval `json:"cllr_interval"`

	Classes   map[string]*ClassFigures      `json:"classes"`
	Confusion map[string]map[string]float64 `json:"confusion"` // truth, then what it was taken for

	// AgentOrScript and MachineOrPerson are the same verdicts among two classes.
	AgentOrScript   *PairFigures `json:"agent_or_script"`
	MachineOrPerson *PairFigures `json:"machine_or_person"`

	Reliability *Reliability `json:"reliability"`

	// Rules are the macro-F1 of trivial rules with the best meaning that
	// hindsight can give them.
	Rules    map[string]*float64 `json:"trivial_rules"`
	BestRule string              `json:"best_rule"`
	// NoBetter is set where MacroF1 is not above the best trivial rule.
	NoBetter bool `json:"no_better_than_rule"`
}

// ClassFigures are one class's part of figures.
type ClassFigures struct {
	Precision *float64 `json:"precision"`
	Recall    *float64 `json:"recall"`
	F1        *float64 `json:"f1"`
	N         int      `json:"n"`
	Groups    int      `json:"groups"`
	Right     Rate     `json:"right"` // sessions, each counted once
	// RightGroups counts the groups all of whose sessions were right.
	RightGroups Rate `json:"right_groups"`
}

// PairFigures are figures of a question with two answers.
type PairFigures struct {
	MacroF1         *float64            `json:"macro_f1"`
	MacroF1Interval *Interval           `json:"macro_f1_interval"`
	Cllr            *float64            `json:"cllr"`
	N               int                 `json:"n"`
	Groups          int                 `json:"groups"`
	Wrong           Rate                `json:"wrong"`
	Rules           map[string]*float64 `json:"trivial_rules"`
	BestRule        string              `json:"best_rule"`
	NoBetter        bool                `json:"no_better_than_rule"`
}

// known gives a number, nil where it is undefined.
func known(x float64) *float64 {
	if math.IsNaN(x) {
		return nil
	}
	return &x
}

// judged are samples with their verdicts, one for each.
type judged struct {
	samples  []subject
	verdicts []verdict
	folds    int
}

// figures measures verdicts.
func figures(j judged, fromActs int) *Figures {
	weigh(j.verdicts)
	s := score(j.verdicts, classes)
	f := &Figures{
		FromActs: fromActs, N: len(j.verdicts), Folds: j.folds, MacroF1: known(s.macroF1), Cllr: known(s.cllr),
		Classes: map[string]*ClassFigures{}, Confusion: map[string]map[string]float64{},
		Reliability: reliability(j.verdicts),
	}
	f.MacroF1Interval, f.CllrInterval = bootstrap(j.verdicts, classes)
	for k := range Kind(classes) {
		c := &s.classes[k]
		f.Groups += c.groups
		f.Classes[k.String()] = nil
		if c.n == 0 {
			continue
		}
		f.Classes[k.String()] = &ClassFigures{
			known(c.precision), known(c.recall), known(c.f1), c.n, c.groups, rate(c.hits, c.n), wholeGroups(j.verdicts, int(k)),
		}
		row := map[string]float64{}
		for to := range Kind(classes) {
			row[to.String()] = c.taken[to]
		}
		f.Confusion[k.String()] = row
	}
	f.Rules, f.BestRule = j.rules(j.verdicts, j.samples, classes)
	f.NoBetter = noBetter(f.MacroF1, f.Rules[f.BestRule])
	f.AgentOrScript = j.pair(func(k Kind) int { return map[Kind]int{Script: 0, Agent: 1, Person: -1}[k] })
	f.MachineOrPerson = j.pair(func(k Kind) int { return map[Kind]int{Script: 1, Agent: 1, Person: 0}[k] })
	return f
}

// wholeGroups counts the groups of a class without an error.
func wholeGroups(list []verdict, class int) Rate {
	right := map[string]bool{}
	for _, v := range list {
		if v.truth == class {
			before, seen := right[v.group]
			right[v.group] = (before || !seen) && v.taken == v.truth
		}
	}
	hits := 0
	for _, r := range right {
		if r {
			hits++
		}
	}
	return rate(hits, len(right))
}

// pair measures the verdicts as answers to a question with two answers; of
// says which is right for a kind, -1 where the question is not about it. It is
// nil unless both answers are right for some.
func (j judged) pair(of func(Kind) int) *PairFigures {
	to := make([]int, classes)
	for k := range to {
		to[k] = of(Kind(k))
	}
	narrowed, samples := narrow(j, to)
	s := score(narrowed, 2)
	if s.classes[0].n == 0 || s.classes[1].n == 0 {
		return nil
	}
	p := &PairFigures{
		MacroF1: known(s.macroF1), Cllr: known(s.cllr), N: len(narrowed), Groups: s.classes[0].groups + s.classes[1].groups,
		Wrong: rate(len(narrowed)-s.classes[0].hits-s.classes[1].hits, len(narrowed)),
	}
	p.MacroF1Interval, _ = bootstrap(narrowed, 2)
	p.Rules, p.BestRule = j.rules(narrowed, samples, 2)
	p.NoBetter = noBetter(p.MacroF1, p.Rules[p.BestRule])
	return p
}

// rules measures the trivial rules on the same samples, and names the best.
func (j judged) rules(list []verdict, samples []subject, n int) (f1s map[string]*float64, best string) {
	f1s = map[string]*float64{}
	for _, r := range rules {
		seen := make([]string, len(samples))
		for i, s := range samples {
			seen[i] = r.see(s.Session)
		}
		x := known(hindsight(list, seen, n))
		f1s[r.name] = x
		if x != nil && (best == "" || *x > *f1s[best]) {
			best = r.name
		}
	}
	return f1s, best
}

// noBetter says whether a figure is not above another.
func noBetter(x, than *float64) bool { return x != nil && than != nil && *x <= *than }
