package main

import (
	"math"
	"strings"

	"gait"
	"gait/profile"
)

// reason says in at most so many cells what led to a value: the nearest
// threshold and how its measure lies to it, or else what was counted. It is
// empty where nothing fits.
func reason(o *gait.Observation, p *profile.Primitive, room int) string {
	if p == nil {
		return ""
	}
	t, d, ok := o.Distance()
	if !ok || strings.Contains(t.Says, "silent") || math.IsNaN(d) {
		return counted(o, p, room)
	}
	unit := unitOf(p, t.Measure)
	short := quantity(t.Bound+d, unit) + sign(d) + quantity(t.Bound, unit)
	long := t.Measure + " " + apart(t, d, unit) + " (" + t.Says + ")"
	first := ""
	if m := o.Measures[0]; m.Name != t.Measure && !math.IsNaN(m.Value) {
		first = m.Name + " " + quantity(m.Value, p.Measures[0].Unit)
	}
	for _, text := range []string{join("; ", first, long), join("; ", first, t.Measure+" "+short), first, t.Measure + " " + short, short} {
		if text != "" && cells(text) <= room {
			return text
		}
	}
	return ""
}

// apart says where a measure lies beside a bound.
func apart(t gait.Threshold, d float64, unit string) string {
	at := quantity(t.Bound+d, unit)
	switch {
	case d < 0:
		return at + ", " + quantity(-d, unit) + " below " + quantity(t.Bound, unit)
	case d > 0:
		return at + ", " + quantity(d, unit) + " above " + quantity(t.Bound, unit)
	}
	return "exactly " + at
}

func sign(d float64) string {
	switch {
	case d < 0:
		return " < "
	case d > 0:
		return " > "
	}
	return " = "
}

// counted lists the measures that say something, as many as there is room for.
func counted(o *gait.Observation, p *profile.Primitive, room int) string {
	text := ""
	for i, m := range o.Measures {
		if m.Value == 0 && i > 0 || math.IsNaN(m.Value) {
			continue
		}
		next := join(", ", text, m.Name+" "+quantity(m.Value, p.Measures[i].Unit))
		if cells(next) > room {
			break
		}
		text = next
	}
	return text
}

// unitOf gives the unit of a measure.
func unitOf(p *profile.Primitive, measure string) string {
	for _, m := range p.Measures {
		if m.Name == measure {
			return m.Unit
		}
	}
	return ""
}
