package explain

import (
	"fmt"
	"math"
	"strings"

	"gait"
	"gait/profile"
)

// Nearest finds the threshold that lies nearest to its measure, relative to the
// bound, of those that count; and how far the measure lies from it, above 0
// where it lies above. It is false where none counts.
func Nearest(o *gait.Observation, counts func(gait.Threshold) bool) (gait.Threshold, float64, bool) {
	return (&numbers{o.Measures, o.Scale.Thresholds()}).nearest(counts)
}

// nearest is what [Nearest] does.
func (n *numbers) nearest(counts func(gait.Threshold) bool) (near gait.Threshold, d float64, ok bool) {
	least := math.Inf(1)
	for _, t := range n.thresholds {
		if !counts(t) {
			continue
		}
		for _, m := range n.measures {
			far := math.Abs(m.Value - t.Bound)
			if t.Bound != 0 {
				far /= math.Abs(t.Bound)
			}
			if m.Name == t.Measure && far < least {
				near, d, least, ok = t, m.Value-t.Bound, far, true
			}
		}
	}
	return near, d, ok
}

// Decides says whether a threshold tells values apart, by what it says first:
// not only how sure the value is, or whether there is one. One that says
// nothing, as those of an earlier rule may, does not.
func Decides(t gait.Threshold) bool {
	says, _, _ := strings.Cut(t.Says, ";")
	if says == "" {
		return false
	}
	for _, other := range []string{"confidence", "silent", "unknown"} {
		if strings.Contains(says, other) {
			return false
		}
	}
	return true
}

// away says how far a measure lies from a bound.
func away(d float64, unit string) string {
	switch {
	case math.IsNaN(d):
		return ""
	case d < 0:
		return Quantity(-d, unit) + " below"
	case d > 0:
		return Quantity(d, unit) + " above"
	}
	return "exactly"
}

// verdict says what would have changed a value, as far as the thresholds tell.
func (n *numbers) verdict(p *profile.Primitive) string {
	if len(n.measures) == 0 {
		return "The numbers that led to this value are not stored."
	}
	t, d, ok := n.nearest(Decides)
	if !ok {
		if p.Kind != profile.Label {
			return "No threshold decides this value: two of them are compared with each other."
		}
		return "No threshold decides this value: it follows from what was counted. " + oneLine(p.Doc)
	}
	unit := Unit(p, t.Measure)
	says, _, _ := strings.Cut(t.Says, ";")
	at, bound := Quantity(t.Bound+d, unit), Quantity(t.Bound, unit)
	switch {
	case d == 0:
		return fmt.Sprintf("What would have changed it first: %s lies exactly at %s (%s), so that any less or more may do.", t.Measure, bound, says)
	case d < 0:
		return fmt.Sprintf("What would have changed it first: %s of %s instead of %s, that is %s more (%s).", t.Measure, bound, at, Quantity(-d, unit), says)
	}
	return fmt.Sprintf("What would have changed it first: %s of %s instead of %s, that is %s less (%s).", t.Measure, bound, at, Quantity(d, unit), says)
}
