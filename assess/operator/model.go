package operator

import "math"

// Example is a session whose operator is known.
type Example struct {
	Features
	Class   Class
	File    string
	Subject string
	Group   string // the person, the model, or the script: every group weighs the same
}

// Model is fitted terms.
type Model struct {
	terms []fitted // those of content last
	shown []shown  // of the terms of content
}

// shown is what a term of content adds for an agent and for a script where a
// session does not show its shape, and where it does.
type shown struct {
	bit   uint8 // of its shape
	gives [2]struct{ agent, script float64 }
}

// fitted is a term with its numbers.
type fitted struct {
	*spec
	nats  []float64 // of each bin, as they are added; nil of a formula
	limit float64   // ln(groups or persons + 1)
	scale float64   // what is believed of it, since terms of one side are not independent
}

// Term is what one fact adds to a verdict.
type Term struct {
	Name   string
	Text   string  // the fact, in words and numbers
	Toward string  // whom it speaks for: "machine", "person", "llm_agent", "script", ...
	Amount float64 // nats, at least 0
	Nats   [Classes]float64
}

// Verdict is an answer with all that led to it.
type Verdict struct {
	Class       Class
	Probability [Classes]float64 // after the priors; they add up to 1
	LogLik      [Classes]float64 // sums of the terms, in nats
	Terms       []Term
}

// smoothing is what every bin is given before anything is counted, in groups.
const smoothing = 0.5

// weight is what is believed of the sum of the terms of a side that has
// several: they see the same waits and the same lines.
var weight = map[Terms]float64{TimingAndShape: 0.8, Content: 0.4, Fingerprints: 1}

// Fit fits the terms of the kinds that are asked for. Examples of other classes
// than person, script, agent and machine teach nothing.
func Fit(examples []Example, use Terms) *Model {
	m := &Model{}
	for _, s := range append(append([]*spec(nil), specs...), contentSpecs()...) {
		if s.kind&use == 0 {
			continue
		}
		t := fitted{spec: s, scale: 1}
		if s.side == agentOrScript {
			t.scale = weight[s.kind]
		}
		if s.formula != nil {
			t.limit = math.Log(float64(s.persons) + 1)
		} else {
			t.fit(examples)
		}
		m.terms = append(m.terms, t)
		if s.kind == Content {
			m.shown = append(m.shown, t.shown())
		}
	}
	return m
}

func (t *fitted) shown() (s shown) {
	s.bit = t.bit
	for i, nats := range t.nats {
		if nats > 0 {
			s.gives[i].agent = nats
		} else {
			s.gives[i].script = -nats
		}
	}
	return s
}

// sideOf says which side of a term an example stands on: 1 for what positive
// nats speak for, -1 for the other, 0 for neither. Programs that send single
// keys teach nothing of whole lines: how many machines do so is an assumption
// and not for a collection of tools to say.
func (s *spec) sideOf(e *Example) int {
	switch {
	case s.side == machineOrPerson && (e.Class == Script || e.Class == Agent):
		return 1
	case s.side == machineOrPerson && e.Class == Person:
		return -1
	case s.side == agentOrScript && e.Class == Agent:
		return 1
	case s.side == agentOrScript && e.Class == Script:
		return -1
	}
	return 0
}

// fit counts examples into bins, every group weighing the same, and takes the
// logarithm of the ratio of the smoothed shares.
func (t *fitted) fit(examples []Example) {
	type key struct {
		side  int
		group string
	}
	bins := len(t.edges) + 1
	groups := map[key][]float64{}
	var order []key // so that sums are made in one order
	for i := range examples {
		e := &examples[i]
		side := t.sideOf(e)
		x, ok := t.value(&e.Features)
		if side == 0 || !ok {
			continue
		}
		k := key{side, e.Group}
		if groups[k] == nil {
			groups[k] = make([]float64, bins)
			order = append(order, k)
		}
		groups[k][t.bin(x)]++
	}
	var share [2][]float64
	var count [2]float64
	for i := range share {
		share[i] = make([]float64, bins)
	}
	for _, k := range order {
		list := groups[k]
		at, sum := (k.side+1)/2, 0.0
		for _, n := range list {
			sum += n
		}
		count[at]++
		for b, n := range list {
			share[at][b] += n / sum
		}
	}
	t.limit = math.Log(min(count[0], count[1]) + 1)
	if one := max(count[0], count[1]); t.kind == Fingerprints {
		t.limit = math.Log(one + 1) // a catalogue needs no examples of those it does not name
	}
	t.nats = make([]float64, bins)
	for b := range bins {
		p := (share[1][b] + smoothing) / (count[1] + smoothing*float64(bins))
		q := (share[0][b] + smoothing) / (count[0] + smoothing*float64(bins))
		t.nats[b] = math.Log(p / q)
	}
	if t.kind == Fingerprints {
		t.nats[0] = 0
	}
	for b, nats := range t.nats {
		if nats *= t.scale; t.floor < 0 {
			nats = max(nats, t.floor)
		}
		t.nats[b] = max(-t.limit, min(t.limit, nats))
	}
}

// bin gives the bin of a value.
func (t *fitted) bin(x float64) int {
	for i, edge := range t.edges { // three at most
		if edge > x {
			return i
		}
	}
	return len(t.edges)
}

// amount gives the nats of a term, limited; false where the session does not
// show it.
func (t *fitted) amount(f *Features) (nats float64, ok bool) {
	if t.formula != nil {
		if nats, ok = t.formula(f); ok {
			nats = max(-t.limit, min(t.limit, max(nats, t.floor)))
		}
		return nats, ok
	}
	x, ok := t.value(f)
	if ok {
		nats = t.nats[t.bin(x)]
	}
	return nats, ok
}

// Limit is how large a term can be, in nats; 0 of a name that is none.
func (m *Model) Limit(name string) float64 {
	for i := range m.terms {
		if m.terms[i].name == name {
			return m.terms[i].limit
		}
	}
	return 0
}
