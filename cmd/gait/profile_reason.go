package main

import (
	"math"
	"strings"

	"gait"
	"gait/profile"
	"gait/profile/explain"
)

// reason says in at most so many cells what led to a value: how a measure lies
// to its nearest threshold, or else what was counted. It is empty where nothing
// fits.
func reason(o *gait.Observation, p *profile.Primitive, room int) string {
	if p == nil {
		return ""
	}
	for i, m := range o.Measures { // a count that is named like the value is why
		if text := m.Name + " " + quantity(m.Value, p.Measures[i].Unit); m.Name == o.Value && cells(text) <= room {
			return text
		}
	}
	t, d, ok := telling(o)
	if !ok {
		return counted(o, p, room)
	}
	unit := explain.Unit(p, t.Measure)
	says, _, _ := strings.Cut(t.Says, ";")
	short := beside(t, d, unit)
	for _, text := range []string{t.Measure + " " + apart(t, d, unit) + " (" + says + ")", t.Measure + " " + short, short} {
		if cells(text) <= room {
			return text
		}
	}
	return ""
}

// telling finds the threshold that tells most of a value, and how far its
// measure lies from it: the nearest of those that speak of the value, or else
// of those that decide any value, not only how sure it is or whether there is
// one.
func telling(o *gait.Observation) (nearest gait.Threshold, d float64, ok bool) {
	nearest, d, ok = explain.Nearest(o, func(t gait.Threshold) bool { return explain.Decides(t) && strings.Contains(t.Says, o.Value) })
	if !ok {
		nearest, d, ok = explain.Nearest(o, explain.Decides)
	}
	return nearest, d, ok
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

// beside writes a measure and a bound as a comparison.
func beside(t gait.Threshold, d float64, unit string) string {
	at, bound := quantity(t.Bound+d, unit), quantity(t.Bound, unit)
	switch {
	case d == 0:
		return at
	case at == bound && d < 0:
		return "just below " + bound
	case at == bound:
		return "just above " + bound
	case d < 0:
		return at + " < " + bound
	}
	return at + " > " + bound
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
