package operator

import (
	"fmt"
	"math"
)

// What a verdict needs. A class is named from a probability of 0.75 on, and
// only where the terms themselves speak for it by a nat (for a kind of machine:
// half a nat) and not the priors alone. Below 3 whole lines and 20 keys there
// is too little to go by.
const (
	sureFrom     = 0.75
	leastNats    = 1.0
	leastKind    = 0.5
	enoughWhole  = 3
	enoughGaps   = 19
	pastingNats  = 1.0986 // ln 3: stated, since nobody has measured it
	pastingTyped = 20
)

// Judge says who is at the keys.
func (m *Model) Judge(f Features, priors Priors) Verdict {
	v := Verdict{Class: Unknown}
	for i := range m.terms {
		t := &m.terms[i]
		if nats, ok := t.amount(&f); ok {
			v.add(t.term(&f, nats))
		}
	}
	if term, ok := pasting(&f); ok {
		v.add(term)
	}
	v.weigh(priors)
	v.Class = v.call(&f)
	return v
}

// term makes a term of a number of nats.
func (t *fitted) term(f *Features, nats float64) Term {
	x := Term{Name: t.name, Text: t.say(f), Toward: t.side.toward(nats), Amount: math.Abs(nats)}
	for c := range Class(Classes) {
		named := c == Agent && nats > 0 || c == Script && nats < 0
		if t.side == machineOrPerson {
			named = c.IsMachine() == (nats > 0)
		}
		if named {
			x.Nats[c] = math.Abs(nats)
		}
	}
	return x
}

// pasting speaks for people who paste where whole pieces stand among typed
// keys. Without any it says nothing, and such people are not named.
func pasting(f *Features) (Term, bool) {
	if f.Typed < pastingTyped || f.Whole == 0 {
		return Term{}, false
	}
	t := Term{Name: "pieces_among_keys", Amount: pastingNats, Toward: PersonPasting.String()}
	t.Text = fmt.Sprintf("%d pieces came whole among %d typed chars", f.Whole, f.Typed)
	t.Nats[PersonPasting] = pastingNats
	return t, true
}

func (v *Verdict) add(t Term) {
	v.Terms = append(v.Terms, t)
	for c, n := range t.Nats {
		v.LogLik[c] += n
	}
}

// weigh turns sums of terms and priors into probabilities.
func (v *Verdict) weigh(priors Priors) {
	logs := priors.logs()
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
