package emotionalvalence

import (
	"math"
	"time"

	"gait"
	"gait/profile"
)

// slower and faster are the ratios from which typing after an error counts as
// changed: by a fifth, either way. They are doubles as the rule divides them.
const slower = 1.20

var faster = 1 / float64(slower)

// StressResponse tells how typing changes after an error.
var StressResponse = &profile.Primitive{
	Name:   "emotional_valence.stress_response",
	Title:  "typing after an error",
	Kind:   profile.Label,
	Values: []string{"none", "eustress_positive", "distress_negative"},
	Doc: `How typing changes after an error. A command has errored where its output holds a common error text, such as
"command not found". With r the median of all gaps between keys within the commands after an errored one, by the
median of those within all other commands: r >= 1.20 is eustress_positive (slower, with care), r <= 1/1.20 is
distress_negative (faster), else none; none also where a side is empty or the divisor is 0.

Confidence is 0.30 where fewer than 2 commands after an errored one have gaps, else 0.50. Silent without a command.`,
	Needs:     profile.NeedKeys | profile.NeedOutput | profile.NeedTiming,
	Finest:    250 * time.Millisecond,
	Rules:     2,
	Reference: 1,
	Measures: []profile.MeasureDoc{
		{Name: "after_error", Unit: "count", Doc: "commands with gaps that follow an errored one"},
		{Name: "gap_after_error", Unit: "s", Doc: "median gap within commands after an errored one"},
		{Name: "gap_otherwise", Unit: "s", Doc: "median gap within all other commands"},
		{Name: "ratio", Unit: "ratio", Doc: "gap_after_error by gap_otherwise"},
		profile.EchoMeasure,
	},
	Thresholds: []gait.Threshold{
		{Measure: "ratio", Bound: slower, Says: "eustress_positive from here on"},
		{Measure: "ratio", Bound: faster, Says: "distress_negative up to here"},
		{Measure: "after_error", Bound: 2, Says: "confidence 0.30 below, 0.50 from here on"},
	},
	Observe:  observeStressResponse,
	Evidence: evidenceStressResponse,
}

func observeStressResponse(v *profile.View) profile.Answer {
	c := v.Commands()
	if c.Len() == 0 {
		return profile.Silent
	}
	s := v.Screen()
	after := func(i int) bool { return i > 0 && s.ErroredAt(i-1) }
	n, x := 0, math.NaN()
	if s.Errored > 0 {
		n = c.Hands(after)
		x, _ = c.MedianWithin(after)
	}
	y, _ := c.MedianWithin(func(i int) bool { return !after(i) })
	r := math.NaN()
	if y > 0 {
		r = x / y
	}
	value := "none"
	switch {
	case r >= slower:
		value = "eustress_positive"
	case r <= faster:
		value = "distress_negative"
	}
	return profile.Say(value, profile.Sure(n < 2, 0.30, 0.50), float64(n), x, y, r)
}

func evidenceStressResponse(v *profile.View, m *profile.Marks) {
	c, s := v.Commands(), v.Screen()
	m.AllCommands(c, func(i int) profile.MarkKind {
		if s.ErroredAt(i) {
			return profile.MarkError
		}
		return ""
	})
	m.AllCommands(c, func(i int) profile.MarkKind {
		switch {
		case !c.HasGaps(i):
			return ""
		case i > 0 && s.ErroredAt(i-1):
			return profile.MarkAfter
		}
		return profile.MarkCommand
	})
}
