package profile

import (
	"testing"
	"time"

	"gait"
)

// told is a primitive that says which reading it is asked by.
func told(name string, rules, reference int) *Primitive {
	return &Primitive{Name: name, Rules: rules, Reference: reference, Observe: func(v *View) Answer {
		if v.Compat() {
			return Say("compat", 1)
		}
		return Say("ordinary", 1)
	}}
}

func TestReadings(t *testing.T) {
	list := []*Primitive{told("motor.changed", 3, 1), told("motor.same", 1, 0), told("gait.own", 1, 0)}
	var s gait.Session
	s.Append(gait.Event{Kind: gait.Input, Data: []byte("x")}, -1)
	for _, c := range []struct {
		engine   *Engine
		sum      int
		value    string
		rules    []int
		revision string
	}{
		{NewEngine(list), 5, "ordinary", []int{3, 1, 1}, "5/1/open/-"},
		{NewCompatEngine(list), 2, "compat", []int{1, 1}, "2/1/open/-"},
	} {
		if got := c.engine.Rules(); got != c.sum {
			t.Errorf("%s: rules %d, want %d", c.value, got, c.sum)
		}
		for range 2 {
			r := c.engine.Profile(&s, time.Time{})
			if len(r.Observations) != len(c.rules) {
				t.Fatalf("%s: %d observations", c.value, len(r.Observations))
			}
			for i, o := range r.Observations {
				if o.Value != c.value || o.Rules != c.rules[i] || o.Revision != c.revision {
					t.Errorf("%s: %s by rules %d, revision %s", o.Primitive, o.Value, o.Rules, o.Revision)
				}
			}
		}
	}
}

func TestEvidenceHasItsReading(t *testing.T) {
	p := told("motor.changed", 2, 1)
	p.Evidence = func(v *View, m *Marks) {
		if v.Compat() {
			m.At(MarkKey, v.Start())
		}
	}
	var s gait.Session
	s.Append(gait.Event{Kind: gait.Input, Data: []byte("x")}, -1)
	for _, compat := range []bool{false, true} {
		if marks, _, cause := EngineOf(nil, compat).Evidence(&s, p, 5); (len(marks) == 1) != compat || cause != "" {
			t.Errorf("compat %t: %v %s", compat, marks, cause)
		}
	}
}
