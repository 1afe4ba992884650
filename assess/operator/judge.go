package operator

import (
	"fmt"
	"math"
)

// What a verdict needs. A class is named from a probability of 0.75 on, and
// only where the terms themselves speak for it by two nats (for a kind of machine:
// half a nat) and not the priors alone. Below 3 whole lines and 20 keys there
// is too little to go by.
const (
	sureFrom     = 0.75
	leastNats    = 2.0
	leastKind    = 0.5
	enoughWhole  = 3
	enoughGaps   = 19
	pastingNats  = 1.0986 // ln 3: stated, since nobody has measured it
	pastingTyped = 20
)

// Judge says who is at the keys, and why.
func (m *Model) Judge(f Features, priors Priors) Verdict {
	v := m.weigh(&f, priors.logs())
	for i := range m.terms {
		t := &m.terms[i]
		if nats, ok := t.amount(&f); ok {
			v.Terms = append(v.Terms, Term{Name: t.name, Text: t.say(&f), Toward: t.side.toward(nats), Amount: math.Abs(nats), Nats: t.side.spread(nats)})
		}
	}
	if pastes(&f) {
		t := Term{Name: "pieces_among_keys", Amount: pastingNats, Toward: PersonPasting.String()}
		t.Text = fmt.Sprintf("%d pieces came whole among %d typed chars", f.Whole, f.Typed)
		t.Nats[PersonPasting] = pastingNats
		v.Terms = append(v.Terms, t)
	}
	return v
}

// weigh says who is at the keys without putting the terms into words. It takes
// the logarithms of the priors.
func (m *Model) weigh(f *Features, priors [Classes]float64) (v Verdict) {
	plain := m.terms[:len(m.terms)-len(m.shown)]
	for i := range plain {
		t := &plain[i]
		if nats, ok := t.amount(f); ok {
			for _, c := range t.side.named(nats) {
				v.LogLik[c] += math.Abs(nats)
			}
		}
	}
	m.content(f, &v)
	if pastes(f) {
		v.LogLik[PersonPasting] += pastingNats
	}
	v.share(priors)
	v.Class = v.call(f)
	return v
}

// content adds the terms of content. A term that speaks for one class adds 0 to the
// other, which is quicker than asking.
func (m *Model) content(f *Features, v *Verdict) {
	agent, script, lacks := v.LogLik[Agent], v.LogLik[Script], f.Whole >= fewLines
	for i := range m.shown {
		s := &m.shown[i]
		if has := f.Shapes >> (s.bit % 64) & 1; has != 0 || lacks {
			agent += s.gives[has].agent
			script += s.gives[has].script
		}
	}
	v.LogLik[Agent], v.LogLik[Script] = agent, script
}

// spread gives each class what a number of nats adds to it.
func (s side) spread(nats float64) (list [Classes]float64) {
	for _, c := range s.named(nats) {
		list[c] = math.Abs(nats)
	}
	return list
}

// The classes that a number of nats speaks for.
var (
	machines = []Class{Script, Agent, Machine}
	people   = []Class{Person, PersonPasting}
	agents   = []Class{Agent}
	scripts  = []Class{Script}
)

// named lists the classes that a number of nats speaks for.
func (s side) named(nats float64) []Class {
	switch {
	case s == machineOrPerson && nats > 0:
		return machines
	case s == machineOrPerson:
		return people
	case nats > 0:
		return agents
	}
	return scripts
}

// pastes says whether whole pieces stand among typed keys. Without any, people
// who paste are not named.
func pastes(f *Features) bool { return f.Typed >= pastingTyped && f.Whole > 0 }

// share turns sums of terms and logarithms of priors into probabilities.
func (v *Verdict) share(logs [Classes]float64) {
	top := math.Inf(-1)
	for c := range logs {
		logs[c] += v.LogLik[c]
		top = max(top, logs[c])
	}
	if math.IsInf(top, -1) {
		return
	}
	sum := 0.0
	for c := range logs {
		v.Probability[c] = math.Exp(logs[c] - top)
		sum += v.Probability[c]
	}
	for c := range v.Probability {
		v.Probability[c] /= sum
	}
}

// call names a class, or none.
func (v *Verdict) call(f *Features) Class {
	if f.Whole+f.Logins < enoughWhole && f.Gaps < enoughGaps {
		return Unknown
	}
	p, l := &v.Probability, &v.LogLik
	machines := p[Script] + p[Agent] + p[Machine]
	people := p[Person] + p[PersonPasting]
	gap := max(l[Script], l[Agent], l[Machine]) - max(l[Person], l[PersonPasting])
	switch {
	case machines >= sureFrom && gap >= leastNats:
		return v.kind(machines)
	case people >= sureFrom && gap <= -leastNats:
		if f.Whole > 0 && p[PersonPasting] > p[Person] {
			return PersonPasting
		}
		return Person
	}
	return Unknown
}

// kind names the kind of a machine.
func (v *Verdict) kind(machines float64) Class {
	p, l := &v.Probability, &v.LogLik
	switch {
	case p[Script] >= sureFrom*machines && l[Script]-max(l[Agent], l[Machine]) >= leastKind:
		return Script
	case p[Agent] >= sureFrom*machines && l[Agent]-max(l[Script], l[Machine]) >= leastKind:
		return Agent
	}
	return Machine
}
