package cognitive

import (
	"math"
	"time"

	"gait"
	"gait/profile"
)

// Bounds of how far typing after an error departs from other typing.
const (
	frustrationLow      = 0.10
	frustrationModerate = 0.30
)

// ErrorResilienceFrustrationTyping is whether an error changes the typing.
var ErrorResilienceFrustrationTyping = &profile.Primitive{
	Name:  "cognitive.error_resilience.frustration_typing",
	Title: "Typing after an error",
	Doc: "For each command from the second on, the median of the gaps between its keys is taken; commands without such gaps are left out. " +
		"These medians fall in two groups: after an errored command, and after one that was not. The difference between the medians " +
		"of the two groups, divided by the median of the second, decides: below 0.10 is low, below 0.30 moderate, else high. " +
		"Confidence 0.60, with fewer than 5 commands in the first group 0.40. Silent where a group is empty or the second median is 0.",
	Kind:      profile.Label,
	Values:    []string{"low", "moderate", "high"},
	Needs:     profile.NeedKeys | profile.NeedOutput | profile.NeedTiming,
	Finest:    250 * time.Millisecond,
	Rules:     2,
	Reference: 1,
	Measures: []profile.MeasureDoc{
		{Name: "change", Unit: "ratio", Doc: "difference of the two medians, relative to the second"},
		{Name: "after_error", Unit: "s", Doc: "median key gap of commands after an errored one"},
		{Name: "otherwise", Unit: "s", Doc: "median key gap of commands after one without error"},
		{Name: "commands_after_error", Unit: "count", Doc: "commands with key gaps after an errored one"},
		profile.EchoMeasure,
	},
	Thresholds: []gait.Threshold{
		{Measure: "change", Bound: frustrationLow, Says: "below: low"},
		{Measure: "change", Bound: frustrationModerate, Says: "below: moderate, else high"},
	},
	Observe:  observeFrustrationTyping,
	Evidence: evidenceFrustrationTyping,
}

func observeFrustrationTyping(v *profile.View) profile.Answer {
	c, s := v.Commands(), v.Screen()
	if s.Errored == 0 {
		return profile.Silent
	}
	after, n := c.MedianOfMedians(func(i int) bool { return i > 0 && s.ErroredAt(i-1) })
	otherwise, others := c.MedianOfMedians(func(i int) bool { return i > 0 && !s.ErroredAt(i-1) })
	if n == 0 || others == 0 || otherwise == 0 {
		return profile.Silent
	}
	change := math.Abs(after-otherwise) / otherwise
	value := "high"
	switch {
	case change < frustrationLow:
		value = "low"
	case change < frustrationModerate:
		value = "moderate"
	}
	return profile.Say(value, profile.Sure(n < fewErrored, 0.40, 0.60), change, after, otherwise, float64(n))
}

func evidenceFrustrationTyping(v *profile.View, m *profile.Marks) {
	c, s := v.Commands(), v.Screen()
	markErrors(v, m)
	m.Commands(c, 1, c.Len(), func(i int) profile.MarkKind {
		switch {
		case !c.HasGaps(i):
			return ""
		case s.ErroredAt(i - 1):
			return profile.MarkAfter
		}
		return profile.MarkCommand
	})
}
