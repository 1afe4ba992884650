package motor

import (
	"math"
	"time"

	"gait"
	"gait/profile"
)

// KeystrokeCadence tells the rhythm of typing.
var KeystrokeCadence = &profile.Primitive{
	Name:   "motor.keystroke_cadence",
	Title:  "rhythm of typing",
	Kind:   profile.Label,
	Values: []string{"steady", "bursty", "hunt_and_peck", "machine"},
	Doc: `How even the typing is. A typing burst is a run of at least 3 gaps between input events, none above 1.5 s;
gaps before the repeats of a held key, and of keys that the path held up, are left out (gait.input_source says when).
With c the median over the bursts of their coefficient of variation (standard deviation of the population by the
mean; bursts with a mean of 0 are left out), and m the mean of all gaps inside bursts: m < 5 ms and c < 0.05 is
machine, else c < 0.50 is steady, c < 1.50 is bursty, and anything above is hunt_and_peck.

Confidence is 0.85 for machine, 0.70 for steady, 0.65 for bursty and 0.60 for hunt_and_peck. Silent with fewer than
5 input events, without a burst, and where no burst has a mean above 0.`,
	Needs:     profile.NeedKeys | profile.NeedTiming,
	Finest:    5 * time.Millisecond,
	Rules:     2,
	Reference: 1,
	Measures: []profile.MeasureDoc{
		{Name: "inputs", Unit: "count", Doc: "input events"},
		{Name: "bursts", Unit: "count", Doc: "typing bursts"},
		{Name: "gaps", Unit: "count", Doc: "gaps inside typing bursts"},
		{Name: "burst_cv", Unit: "ratio", Doc: "median over bursts of the coefficient of variation of their gaps"},
		{Name: "mean_gap", Unit: "s", Doc: "mean of all gaps inside bursts"},
	},
	Thresholds: []gait.Threshold{
		{Measure: "mean_gap", Bound: 0.005, Says: "below here machine, where burst_cv is below 0.05 too"},
		{Measure: "burst_cv", Bound: 0.05, Says: "below here machine, where mean_gap is below 0.005 too"},
		{Measure: "burst_cv", Bound: 0.50, Says: "steady below, bursty from here on"},
		{Measure: "burst_cv", Bound: 1.50, Says: "hunt_and_peck from here on"},
		{Measure: "inputs", Bound: 5, Says: "silent below"},
	},
	Observe:  observeKeystrokeCadence,
	Evidence: evidenceKeystrokeCadence,
}

func observeKeystrokeCadence(v *profile.View) profile.Answer {
	k := v.Keys()
	if k.Count() < 5 {
		return profile.Silent
	}
	b := k.Bursts()
	c, m := b.MedianCV(), b.Mean()
	if math.IsNaN(c) {
		return profile.Silent
	}
	value, confidence := "hunt_and_peck", 0.60
	switch {
	case m < 0.005 && c < 0.05:
		value, confidence = "machine", 0.85
	case c < 0.50:
		value, confidence = "steady", 0.70
	case c < 1.50:
		value, confidence = "bursty", 0.65
	}
	return profile.Say(value, confidence, float64(k.Count()), float64(b.Count), float64(len(b.Gaps)), c, m)
}

func evidenceKeystrokeCadence(v *profile.View, m *profile.Marks) {
	m.Bursts(v.Keys())
	m.BurstGaps(v.Keys(), profile.MarkGap, func(float64) bool { return true })
}
