package operational

import (
	"math"
	"time"

	"gait"
	"gait/profile"
)

// Bounds of a change of hands in mid-session.
const (
	handoffChange = 0.50 // difference of the halves' medians, relative to the larger
	handoffHalf   = 4    // commands in each half
	handoffSure   = 8    // commands in each half for more confidence
	handoffSpeak  = 8    // commands of the session
)

// MultiActorIndicators is whether the hands at the keys change.
var MultiActorIndicators = &profile.Primitive{
	Name:  "operational.multi_actor_indicators",
	Title: "More than one operator",
	Doc: "The commands are split at half the session's duration by their start, and the median of all gaps between keys within commands is taken for " +
		"each half. Where each half has at least 4 commands and some such gaps, and the medians differ by more than 0.50 of the larger, " +
		"the value is handoff_detected, else solo. " +
		"Confidence 0.55 where both halves have at least 8 commands, else 0.40. Silent with fewer than 8 commands.",
	Kind:      profile.Label,
	Values:    []string{"solo", "handoff_detected"},
	Elsewhere: []string{"team_coordinated"},
	Needs:     profile.NeedKeys | profile.NeedTiming,
	Finest:    250 * time.Millisecond,
	Rules:     2,
	Reference: 1,
	Measures: []profile.MeasureDoc{
		{Name: "change", Unit: "ratio", Doc: "difference of the halves' medians, relative to the larger"},
		{Name: "first_median", Unit: "s", Doc: "median key gap of the first half"},
		{Name: "second_median", Unit: "s", Doc: "median key gap of the second half"},
		{Name: "first_commands", Unit: "count", Doc: "commands of the first half"},
		{Name: "second_commands", Unit: "count", Doc: "commands of the second half"},
		profile.EchoMeasure,
	},
	Thresholds: []gait.Threshold{
		{Measure: "change", Bound: handoffChange, Says: "above: handoff_detected, else solo"},
		{Measure: "first_commands", Bound: handoffHalf, Says: "below: solo"},
		{Measure: "second_commands", Bound: handoffHalf, Says: "below: solo"},
	},
	Observe:  observeMultiActor,
	Evidence: evidenceMultiActor,
}

func observeMultiActor(v *profile.View) profile.Answer {
	c := v.Commands()
	if c.Len() < handoffSpeak {
		return profile.Silent
	}
	split := v.Start() + v.Duration()/2
	isFirst := func(i int) bool { return c.List[i].Start < split }
	first := 0
	for i := range c.List {
		if isFirst(i) {
			first++
		}
	}
	second := c.Len() - first
	a, _ := c.MedianWithin(isFirst)
	b, _ := c.MedianWithin(func(i int) bool { return !isFirst(i) })
	// A half without gaps has no median, and two of 0 do not differ: both make
	// the change undefined, and that is no handoff.
	change := math.Abs(a-b) / max(a, b)
	value := "solo"
	if first >= handoffHalf && second >= handoffHalf && change > handoffChange {
		value = "handoff_detected"
	}
	thin := first < handoffSure || second < handoffSure
	return profile.Say(value, profile.Sure(thin, 0.40, 0.55), change, a, b, float64(first), float64(second))
}

func evidenceMultiActor(v *profile.View, m *profile.Marks) {
	c, split := v.Commands(), v.Start()+v.Duration()/2
	m.Add(profile.MarkHalf, v.Start(), split)
	m.Add(profile.MarkHalf, split, v.Start()+v.Duration())
	m.AllCommands(c, func(int) profile.MarkKind { return profile.MarkCommand })
	m.Within(c, func(int) bool { return true })
}
