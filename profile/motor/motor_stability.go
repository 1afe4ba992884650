package motor

import (
	"math"
	"time"

	"gait"
	"gait/profile"
)

// tremorGap is the gap, in seconds, below which two keys came too quickly one
// after the other for a steady hand.
const tremorGap = 0.030

// MotorStability tells how sure the hand is.
var MotorStability = &profile.Primitive{
	Name:   "motor.motor_stability",
	Title:  "steadiness of the hand",
	Kind:   profile.Label,
	Values: []string{"steady", "variable", "tremor"},
	Doc: `How sure the hand is. A typing burst is a run of at least 3 gaps between input events, none above 1.5 s;
gaps before the repeats of a held key, and of keys that the path held up, are left out (gait.input_source says when).
Where a tenth or more of the gaps inside bursts are below 30 ms it is tremor. Else, with c the median over the bursts
of their coefficient of variation (0 if none is defined), c < 0.50 is steady and anything above variable.

Confidence is 0.65 for tremor, 0.70 for steady and 0.60 for variable. Silent with fewer than 5 gaps inside bursts.`,
	Needs:     profile.NeedKeys | profile.NeedTiming,
	Finest:    30 * time.Millisecond,
	Rules:     2,
	Reference: 1,
	Measures: []profile.MeasureDoc{
		{Name: "gaps", Unit: "count", Doc: "gaps inside typing bursts"},
		{Name: "quick_gaps", Unit: "count", Doc: "of these, gaps below 30 ms"},
		{Name: "quick_share", Unit: "share", Doc: "quick_gaps by gaps"},
		{Name: "burst_cv", Unit: "ratio", Doc: "median over bursts of the coefficient of variation of their gaps"},
	},
	Thresholds: []gait.Threshold{
		{Measure: "quick_share", Bound: 0.10, Says: "tremor from here on"},
		{Measure: "burst_cv", Bound: 0.50, Says: "steady below, variable from here on"},
		{Measure: "gaps", Bound: 5, Says: "silent below"},
	},
	Observe:  observeMotorStability,
	Evidence: evidenceMotorStability,
}

func observeMotorStability(v *profile.View) profile.Answer {
	b := v.Keys().Bursts()
	if len(b.Gaps) < 5 {
		return profile.Silent
	}
	quick := 0
	for _, gap := range b.Gaps {
		if gap < tremorGap {
			quick++
		}
	}
	n := float64(len(b.Gaps))
	f, c := float64(quick)/n, b.MedianCV()
	if math.IsNaN(c) {
		c = 0
	}
	switch {
	case f >= 0.10:
		return profile.Say("tremor", 0.65, n, float64(quick), f, c)
	case c < 0.50:
		return profile.Say("steady", 0.70, n, float64(quick), f, c)
	default:
		return profile.Say("variable", 0.60, n, float64(quick), f, c)
	}
}

func evidenceMotorStability(v *profile.View, m *profile.Marks) {
	m.BurstGaps(v.Keys(), profile.MarkQuickGap, func(gap float64) bool { return gap < tremorGap })
	m.BurstGaps(v.Keys(), profile.MarkGap, func(gap float64) bool { return gap >= tremorGap })
}
