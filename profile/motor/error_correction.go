package motor

import (
	"time"

	"gait"
	"gait/internal/stats"
	"gait/profile"
)

// ErrorCorrection tells how mistakes are taken back.
var ErrorCorrection = &profile.Primitive{
	Name:   "motor.error_correction",
	Title:  "taking mistakes back",
	Kind:   profile.Label,
	Values: []string{"immediate", "deferred", "absent", "route_around"},
	Doc: `How mistakes are taken back. For each backspace (0x7f or 0x08) the time since the last char that was no
backspace is taken; a backspace before any other char has none, a held key counts once. The median of these times up to 0.50 s is immediate,
anything above deferred, also where there is no such time. Without a backspace it is route_around if ^U or ^W was
sent, else absent.

Confidence is 0.65 for absent and immediate, else 0.55. Silent with fewer than 3 input events.`,
	Needs:     profile.NeedKeys | profile.NeedTiming,
	Finest:    500 * time.Millisecond,
	Rules:     2,
	Reference: 1,
	Measures: []profile.MeasureDoc{
		{Name: "inputs", Unit: "count", Doc: "input events"},
		{Name: "backspaces", Unit: "count", Doc: "backspaces"},
		{Name: "kills", Unit: "count", Doc: "^U and ^W"},
		{Name: "median_delay", Unit: "s", Doc: "median time from a char to a backspace after it"},
	},
	Thresholds: []gait.Threshold{
		{Measure: "backspaces", Bound: 1, Says: "immediate or deferred from here on"},
		{Measure: "median_delay", Bound: 0.50, Says: "immediate up to here, deferred above"},
		{Measure: "kills", Bound: 1, Says: "route_around from here on, where there is no backspace"},
		{Measure: "inputs", Bound: 3, Says: "silent below"},
	},
	Observe:  observeErrorCorrection,
	Evidence: evidenceErrorCorrection,
}

func observeErrorCorrection(v *profile.View) profile.Answer {
	n := v.Keys().Count()
	if n < 3 {
		return profile.Silent
	}
	c := v.Corrections()
	delay := stats.Median(c.Delays)
	value, confidence := "deferred", 0.55
	switch {
	case c.Backspaces == 0 && c.Kills > 0:
		value = "route_around"
	case c.Backspaces == 0:
		value, confidence = "absent", 0.65
	case delay <= 0.50: // false where there is no delay
		value, confidence = "immediate", 0.65
	}
	return profile.Say(value, confidence, float64(n), float64(c.Backspaces), float64(c.Kills), delay)
}

func evidenceErrorCorrection(v *profile.View, m *profile.Marks) { m.Corrections(v.Keys()) }
