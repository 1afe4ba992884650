// Package explain puts into words how the values of a session came about: what
// was measured, the thresholds it was compared with, how far the next one is,
// and why a primitive says nothing.
//
// It needs no recording: an observation as the engine gives it, or as it is
// stored, is enough.
package explain

import (
	"strings"

	"gait"
	"gait/profile"
)

// State is how a primitive answered.
type State string

// The states: a value, or one of three ways to have none.
const (
	HasValue      State = "value"
	NotObservable State = "not_observable"
	Silent        State = "silent"
	Failed        State = "failed"
)

// Item explains what one primitive says of a session. Why is set where there is
// no value, all after it where there is one: the primitive then has the setting
// that it had.
type Item struct {
	Primitive  *profile.Primitive
	State      State
	Why        string // a sentence or more
	Value      string
	Confidence float64
	Rules      int // the number of the rule that made it
	Measures   []Measure
	Verdict    string // what would have changed the value first
}

// Measure is one number that led to a value. A number that is not defined is
// NaN, and "undefined" as text.
type Measure struct {
	Name, Unit, Doc string
	Value           float64
	Text            string // with its unit, as people write it
	Thresholds      []Threshold
}

// Threshold is a bound that a measure was compared with.
type Threshold struct {
	Bound   float64
	Text    string // the bound with its unit
	Says    string // what it means to lie beyond it
	Away    string // how far the measure lies from it; empty where that is not defined
	Nearest bool   // the value changes here first
}

// Session is what is known of one session.
type Session struct {
	Observations  []gait.Observation
	NotObservable []profile.NotObservable
	Failures      []profile.Failure
}

// Items explains what each primitive of a list says, in the order of the list.
func (s *Session) Items(primitives []*profile.Primitive) []Item {
	said := map[string]*gait.Observation{}
	for i := range s.Observations {
		said[s.Observations[i].Primitive] = &s.Observations[i]
	}
	lacks := map[string]string{}
	for _, n := range s.NotObservable {
		lacks[n.Primitive] = n.Reason
	}
	failed := map[string]bool{}
	for _, f := range s.Failures {
		failed[f.Primitive] = true
	}
	items := make([]Item, 0, len(primitives))
	for _, p := range primitives {
		x := Item{Primitive: p}
		switch o := said[p.Name]; {
		case o != nil:
			x = value(p, o)
		case lacks[p.Name] != "":
			x.State, x.Why = NotObservable, lacks[p.Name]+"."
		case failed[p.Name]:
			x.State, x.Why = Failed, "this is a fault of gait: please report it."
		default:
			x.State, x.Why = Silent, Silence(p.Doc)
		}
		items = append(items, x)
	}
	return items
}

// Silence finds in the rule of a primitive when it says nothing.
func Silence(doc string) string {
	text := oneLine(doc)
	if i := strings.LastIndex(text, "Silent "); i >= 0 {
		return "The rule is s" + text[i+1:]
	}
	return "There was too little to go by."
}

// oneLine takes the line breaks out of a rule's documentation.
func oneLine(doc string) string { return strings.Join(strings.Fields(doc), " ") }

// value explains one observation: each measure with the thresholds that it was
// compared with, the nearest marked.
func value(p *profile.Primitive, o *gait.Observation) Item {
	n := numbersOf(p, o)
	if p.As != nil {
		p = p.As(n.measures)
	}
	x := Item{Primitive: p, State: HasValue, Value: o.Value, Confidence: o.Confidence, Rules: o.Rules}
	near, _, _ := n.nearest(Decides)
	for _, m := range n.measures {
		doc := docOf(p, m.Name)
		out := Measure{Name: m.Name, Unit: doc.Unit, Doc: doc.Doc, Value: m.Value, Text: Quantity(m.Value, doc.Unit)}
		for _, t := range n.thresholds {
			if t.Measure == m.Name {
				out.Thresholds = append(out.Thresholds, Threshold{t.Bound, Quantity(t.Bound, doc.Unit), t.Says, away(m.Value-t.Bound, doc.Unit), t == near})
			}
		}
		x.Measures = append(x.Measures, out)
	}
	x.Verdict = n.verdict(p)
	return x
}

// docOf gives what a primitive says of a measure; nothing of one that it does
// not have.
func docOf(p *profile.Primitive, measure string) profile.MeasureDoc {
	for _, m := range p.Measures {
		if m.Name == measure {
			return m
		}
	}
	return profile.MeasureDoc{}
}

// Unit gives the unit of a measure of a primitive.
func Unit(p *profile.Primitive, measure string) string { return docOf(p, measure).Unit }
