package operator

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"math"
	"slices"
	"strings"
	"sync"

	"gait"
	"gait/profile"
)

// Operator is the primitive gait.operator: who is at the keys, with the zero
// setting.
var Operator = With(Setting{})

// ErrorRates says how often the verdict is wrong, with exact ranges of 95 %. A
// test holds it to what gait eval measures.
const ErrorRates = `a machine is seen in 0 of 2,098 pieces of 20 keys that people typed (0 % to 0.176 %) and in
0 of 454 of 100 keys (0 % to 0.809 %), and in 126 of 126 sessions of scripts and agents with 3 acts or more (97.1 % to
100 %); of those with 5 or more, 0 of 118 were taken for the other kind (0 % to 3.08 %)`

// readers keeps the memory of readers from session to session.
var readers = sync.Pool{New: func() any { return new(Reader) }}

// Setting is how somebody wants gait.operator to judge. The zero setting is how
// it judges by itself.
type Setting struct {
	Priors      *Priors // nil for the stated rates; they need not add up to 1
	NoCatalogue bool    // leaves out what rests on the catalogue of known tools
}

func (s Setting) priors() Priors {
	if s.Priors == nil {
		return DefaultPriors()
	}
	return s.Priors.scaled()
}

func (s Setting) model() *Model {
	if s.NoCatalogue {
		return uncatalogued()
	}
	return Shipped()
}

// Judge says who is at the keys.
func (s Setting) Judge(f Features) Verdict { return s.model().Judge(f, s.priors()) }

// With gives gait.operator as it judges with a setting. Its observations state
// the setting in the measures prior_person and so on, which those with the zero
// setting do not have, and its revision is another for another setting.
func With(s Setting) *profile.Primitive {
	catalogue, priors := ", and in two terms the names of known tools", PriorsSource
	if s.NoCatalogue {
		catalogue = ""
	}
	if s.Priors != nil {
		priors = "those that whoever runs this system has set"
	}
	p := &profile.Primitive{
		Name:   "gait.operator",
		Title:  "who is at the keys",
		Kind:   profile.Label,
		Values: Names(),
		Doc: `Who is at the keys: a person who types (person) or also pastes (person_pasting), a script or bot (script), an LLM agent
(llm_agent), a machine of unknown kind (machine_unknown), or unknown.

Terms are added up, each a logarithm of a likelihood ratio that can be read by itself; gait explain prints them. They
read times, kinds and bytes of events alone` + catalogue + `. No term is larger than ln(n + 1)
for the n groups or persons that it was fitted on. The sums and the priors give a probability for each class; the
priors are ` + priors + `.

A class is named from a probability of 0.75 on, where the terms themselves speak for it: by 2 nats for machine or person,
by 0.5 for a kind of machine. Passive evidence is too weak to tell an LLM agent from other machines at those priors: there
the answer is mostly machine_unknown. Below 3 whole lines and 20 keys the answer is unknown. Confidence is the
probability of the class, of machine_unknown that of all machines, of unknown what no class reached.

How often it is wrong, measured on people, models and scripts that it had not seen: ` + ErrorRates + `.
docs/operator.md has more. Silent without input.`,
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
			{Name: "catalogue", Unit: "count", Doc: "1 where the catalogue of known tools counts, 0 where it was switched off; stated together with the priors"},
		},
		Evidence: func(v *profile.View, m *profile.Marks) { m.Strokes(v.Keys()) },
		Reasons:  s.reasons,
		As:       func(measures []gait.Measure) *profile.Primitive { return With(settingOf(measures)) },
	}
	stated := s.stated()
	p.Observe = observer{s.model, s.priors().logs(), stated}.observe
	if len(stated) > 0 {
		h := fnv.New32a()
		for _, x := range stated {
			h.Write(binary.LittleEndian.AppendUint64(nil, math.Float64bits(x)))
		}
		p.Setting = fmt.Sprintf("p%08x", h.Sum32())
	}
	return p
}

// stated gives the measures that state a setting: none for the zero setting.
func (s Setting) stated() (list []float64) {
	if s == (Setting{}) {
		return nil
	}
	for _, x := range s.priors() {
		list = append(list, x)
	}
	if s.NoCatalogue {
		return append(list, 0)
	}
	return append(list, 1)
}

// settingOf gives the setting that an observation's measures state.
func settingOf(measures []gait.Measure) (s Setting) {
	var p Priors
	names, stated := Names(), 0
	for _, m := range measures {
		if class, ok := strings.CutPrefix(m.Name, "prior_"); ok {
			if i := slices.Index(names[:Classes], class); i >= 0 {
				p[i], stated = m.Value, stated+1
			}
		}
		s.NoCatalogue = s.NoCatalogue || m.Name == "catalogue" && m.Value == 0
	}
	if stated == len(p) && p != DefaultPriors() {
		s.Priors = &p
	}
	return s
}

// observer is a setting, ready to judge by.
type observer struct {
	model  func() *Model
	logs   [Classes]float64 // of the priors
	stated []float64        // what the setting is, where that is to be stated
}

// observe says who is at the keys, and behind the other measures what the setting
// is where that is to be stated.
func (o observer) observe(v *profile.View) profile.Answer {
	r := readers.Get().(*Reader)
	f := r.read(v.Session(), 0)
	if f.Acts == 0 {
		readers.Put(r)
		return profile.Silent
	}
	w := o.model().weigh(f, o.logs)
	acts, keys := float64(f.Acts), float64(f.Typed)
	readers.Put(r)
	p := &w.Probability
	return profile.Say(w.Class.String(), w.Confidence(),
		append([]float64{p[Person], p[PersonPasting], p[Script], p[Agent], p[Machine], acts, keys}, o.stated...)...)
}

// reasons gives the terms of the verdict, the strongest first.
func (s Setting) reasons(v *profile.View) (list []profile.Reason) {
	for _, t := range s.Judge(Read(v.Session(), 0)).Terms {
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
