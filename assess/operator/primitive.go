package operator

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"math"
	"slices"
	"sync"

	"gait/profile"
)

// Operator is the primitive gait.operator: who is at the keys, at the default
// priors.
var Operator = &profile.Primitive{
	Name:   "gait.operator",
	Title:  "who is at the keys",
	Kind:   profile.Label,
	Values: Names(),
	Doc: `Who is at the keys: a person who types (person) or also pastes (person_pasting), a script or bot (script), an LLM agent
(llm_agent), a machine of unknown kind (machine_unknown), or unknown.

Terms are added up, each a logarithm of a likelihood ratio that can be read by itself; gait explain prints them. They
read times, kinds and bytes of events alone, and in two terms the names of known tools. No term is larger than ln(n + 1)
for the n groups or persons that it was fitted on. The sums and the priors give a probability for each class; the
priors are ` + PriorsSource + `.

A class is named from a probability of 0.75 on, where the terms themselves speak for it: by 2 nats for machine or person,
by 0.5 for a kind of machine. Passive evidence is too weak to tell an LLM agent from other machines at those priors: there
the answer is mostly machine_unknown. Below 3 whole lines and 20 keys the answer is unknown. Confidence is the
probability of the class, of machine_unknown that of all machines, of unknown what no class reached. Error rates are in
docs/operator.md. Silent without input.`,
	Needs: profile.NeedInput | profile.NeedTiming,
	Rules: 1,
	Measures: []profile.MeasureDoc{
		{Name: "person", Unit: "share", Doc: "probability of a person who types"},
		{Name: "person_pasting", Unit: "share", Doc: "probability of a person who types and pastes"},
		{Name: "script", Unit: "share", Doc: "probability of a script or bot"},
		{Name: "llm_agent", Unit: "share", Doc: "probability of an LLM agent"},
		{Name: "machine_unknown", Unit: "share", Doc: "probability of a machine that is neither"},
		{Name: "acts", Unit: "count", Doc: "acts: a key, a line that came whole, a here-document"},
		{Name: "keys", Unit: "count", Doc: "chars that came one by one"},
		{Name: "prior_person", Unit: "share", Doc: "prior of person, set by whoever runs this system; without it the priors are the stated rates"},
		{Name: "prior_person_pasting", Unit: "share", Doc: "prior of person_pasting, set the same way"},
		{Name: "prior_script", Unit: "share", Doc: "prior of script, set the same way"},
		{Name: "prior_llm_agent", Unit: "share", Doc: "prior of llm_agent, set the same way"},
		{Name: "prior_machine_unknown", Unit: "share", Doc: "prior of machine_unknown, set the same way"},
	},
	Observe:  func(v *profile.View) profile.Answer { return observe(v, DefaultPriors()) },
	Evidence: func(v *profile.View, m *profile.Marks) { m.Strokes(v.Keys()) },
	Reasons:  reasons,
}

// readers keeps the memory of readers from session to session.
var readers = sync.Pool{New: func() any { return new(Reader) }}

// With gives gait.operator at priors of somebody's own. Its observations state
// them, scaled so that they add up to 1, in the measures prior_person and so on,
// which those at the default priors do not have; and its setting is another for
// other priors.
func With(priors Priors) *profile.Primitive {
	p := *Operator
	given := priors.scaled()
	h := fnv.New32a()
	for _, x := range given {
		h.Write(binary.LittleEndian.AppendUint64(nil, math.Float64bits(x)))
	}
	p.Setting = fmt.Sprintf("p%08x", h.Sum32())
	p.Observe = func(v *profile.View) profile.Answer { return observe(v, given, given[:]...) }
	return &p
}

// observe says who is at the keys at some priors, with those that are to be
// stated behind the other measures.
func observe(v *profile.View, priors Priors, stated ...float64) profile.Answer {
	r := readers.Get().(*Reader)
	f := r.Read(v.Session(), 0)
	readers.Put(r)
	if f.Acts == 0 {
		return profile.Silent
	}
	w := Shipped().weigh(&f, priors)
	p := &w.Probability
	return profile.Say(w.Class.String(), w.Confidence(),
		append([]float64{p[Person], p[PersonPasting], p[Script], p[Agent], p[Machine], float64(f.Acts), float64(f.Typed)}, stated...)...)
}

// reasons gives the terms of the verdict, the strongest first.
func reasons(v *profile.View) (list []profile.Reason) {
	verdict := Shipped().Judge(Read(v.Session(), 0), DefaultPriors())
	for _, t := range verdict.Terms {
		list = append(list, profile.Reason{Name: t.Name, Text: t.Text, Toward: t.Toward, Nats: t.Amount})
	}
	slices.SortStableFunc(list, func(a, b profile.Reason) int { return cmp.Compare(b.Nats, a.Nats) })
	return list
}

// Confidence is the probability of what the verdict names: of a machine of
// unknown kind that of all machines, of unknown the rest that the likeliest
// class leaves.
func (v *Verdict) Confidence() float64 {
	p := &v.Probability
	machines, people := p[Script]+p[Agent]+p[Machine], p[Person]+p[PersonPasting]
	switch v.Class {
	case Machine:
		return machines
	case Unknown:
		return 1 - max(machines, people)
	}
	return p[v.Class]
}
