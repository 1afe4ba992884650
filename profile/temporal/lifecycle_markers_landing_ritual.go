package temporal

import (
	"gait"
	"gait/profile"
)

// How much of the session's beginning is looked at.
const (
	landingHead  = 5 // commands
	landingTools = 2 // of them that ask where one has landed
	landingFew   = 3 // commands it takes for more confidence
)

// LifecycleMarkersLandingRitual is whether the operator first asks where this is.
var LifecycleMarkersLandingRitual = &profile.Primitive{
	Name:  "temporal.lifecycle_markers.landing_ritual",
	Title: "Landing ritual",
	Doc: "The value is present where at least 2 of the first 5 commands have one of the tools uname, id, whoami, pwd, hostname, w and who, " +
		"else absent. Confidence 0.65, with fewer than 3 commands 0.40. Silent without a command.",
	Kind:      profile.Label,
	Values:    []string{"present", "absent"},
	Needs:     profile.NeedInput,
	Rules:     2,
	Reference: 1,
	Measures: []profile.MeasureDoc{
		{Name: "landing_commands", Unit: "count", Doc: "commands among the first 5 that ask where one has landed"},
		commandsMeasure,
		profile.EchoMeasure,
	},
	Thresholds: []gait.Threshold{
		{Measure: "landing_commands", Bound: landingTools, Says: "at least: present, below: absent"},
	},
	Observe:  observeLandingRitual,
	Evidence: evidenceLandingRitual,
}

func observeLandingRitual(v *profile.View) profile.Answer {
	c := v.Commands()
	if c.Len() == 0 {
		return profile.Silent
	}
	n := 0
	for i := range min(c.Len(), landingHead) {
		if c.Tool(i).In(profile.Landing) {
			n++
		}
	}
	value := "absent"
	if n >= landingTools {
		value = "present"
	}
	return profile.Say(value, profile.Sure(c.Len() < landingFew, 0.40, 0.65), float64(n), float64(c.Len()))
}

func evidenceLandingRitual(v *profile.View, m *profile.Marks) {
	c := v.Commands()
	m.Commands(c, 0, min(c.Len(), landingHead), func(i int) profile.MarkKind {
		if c.Tool(i).In(profile.Landing) {
			return profile.MarkLanding
		}
		return profile.MarkCommand
	})
}
