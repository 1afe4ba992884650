package temporal

import (
	"time"

	"gait"
	"gait/profile"
)

// Bounds of a session's duration in seconds.
const (
	durationShort  = 60
	durationMedium = 600
	durationLong   = 3600
)

// SessionDuration is how long the session lasted.
var SessionDuration = &profile.Primitive{
	Name:  "temporal.session_duration",
	Title: "Length of the session",
	Doc: "The time from the first event to the largest event time decides: below 60 s is short, below 600 s medium, " +
		"below 3600 s long, else marathon. Confidence 0.85. Silent where that time is 0 and there is no command.",
	Kind:      profile.Label,
	Values:    []string{"short", "medium", "long", "marathon"},
	Needs:     profile.NeedTiming,
	Finest:    60 * time.Second,
	Rules:     2,
	Reference: 1,
	Measures: []profile.MeasureDoc{
		{Name: "duration", Unit: "s", Doc: "largest event time minus the first event's time"},
	},
	Thresholds: []gait.Threshold{
		{Measure: "duration", Bound: durationShort, Says: "below: short"},
		{Measure: "duration", Bound: durationMedium, Says: "below: medium"},
		{Measure: "duration", Bound: durationLong, Says: "below: long, else marathon"},
	},
	Observe:  observeSessionDuration,
	Evidence: evidenceSessionDuration,
}

func observeSessionDuration(v *profile.View) profile.Answer {
	d := v.Duration()
	if d == 0 && v.Commands().Len() == 0 {
		return profile.Silent
	}
	value := "marathon"
	switch {
	case d < durationShort:
		value = "short"
	case d < durationMedium:
		value = "medium"
	case d < durationLong:
		value = "long"
	}
	return profile.Say(value, 0.85, d)
}

func evidenceSessionDuration(v *profile.View, m *profile.Marks) {
	m.Add(profile.MarkSession, v.Start(), v.Start()+v.Duration())
}
