package environmental

import (
	"time"

	"gait"
	"gait/profile"
)

// NumpadUsage tells whether digits come from a number pad.
var NumpadUsage = &profile.Primitive{
	Name:   "environmental.numpad_usage",
	Title:  "digits from a number pad",
	Kind:   profile.Label,
	Values: []string{"detected", "not_detected"},
	Doc: `Whether digits come as quickly as only a number pad gives them. Of the input events that are one digit,
4 in a row with gaps of at most 0.050 s are detected; other input between them, and the repeats of a held key, do not
matter. Else not_detected.

Confidence is 0.50. Silent without a command, and with fewer than 50 chars outside pastes.`,
	Needs:     profile.NeedKeys | profile.NeedTiming,
	Finest:    50 * time.Millisecond,
	Rules:     2,
	Reference: 1,
	Measures: []profile.MeasureDoc{
		{Name: "commands", Unit: "count", Doc: "commands"},
		{Name: "chars", Unit: "count", Doc: "chars outside pastes"},
		{Name: "quick_digits", Unit: "count", Doc: "longest run of digits with gaps of at most 0.050 s"},
	},
	Thresholds: []gait.Threshold{
		{Measure: "quick_digits", Bound: 4, Says: "detected from here on"},
		{Measure: "chars", Bound: 50, Says: "silent below"},
	},
	Observe:  observeNumpadUsage,
	Evidence: evidenceNumpadUsage,
}

func observeNumpadUsage(v *profile.View) profile.Answer {
	n := v.Commands().Len()
	if n == 0 {
		return profile.Silent
	}
	w := v.Words()
	if w.Chars < 50 {
		return profile.Silent
	}
	value := "not_detected"
	if w.NumPad {
		value = "detected"
	}
	return profile.Say(value, 0.50, float64(n), float64(w.Chars), float64(w.Digits))
}

func evidenceNumpadUsage(v *profile.View, m *profile.Marks) { m.Digits(v) }
