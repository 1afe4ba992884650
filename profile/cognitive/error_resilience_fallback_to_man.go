package cognitive

import (
	"gait"
	"gait/profile"
)

// ErrorResilienceFallbackToMan is whether the operator looks up the manual
// after an error.
var ErrorResilienceFallbackToMan = &profile.Primitive{
	Name:  "cognitive.error_resilience.fallback_to_man",
	Title: "Manual after an error",
	Doc: "The value is present where the command after an errored one (its output holds an error text) has the tool man, help or info, " +
		"else absent. Confidence 0.65, with fewer than 5 errored commands 0.40. Silent without an errored command.",
	Kind:      profile.Label,
	Values:    []string{"present", "absent"},
	Needs:     profile.NeedInput | profile.NeedOutput,
	Rules:     2,
	Reference: 1,
	Measures: []profile.MeasureDoc{
		{Name: "lookups", Unit: "count", Doc: "errored commands followed by man, help or info"},
		erroredMeasure,
		profile.EchoMeasure,
	},
	Thresholds: []gait.Threshold{
		{Measure: "lookups", Bound: 1, Says: "at least: present, below: absent"},
	},
	Observe:  observeFallbackToMan,
	Evidence: evidenceFallbackToMan,
}

func observeFallbackToMan(v *profile.View) profile.Answer {
	c, s := v.Commands(), v.Screen()
	if s.Errored == 0 {
		return profile.Silent
	}
	lookups := 0
	for i := 1; i < c.Len(); i++ {
		if s.ErroredAt(i-1) && c.Tool(i).In(profile.Manual) {
			lookups++
		}
	}
	value := "absent"
	if lookups > 0 {
		value = "present"
	}
	return profile.Say(value, profile.Sure(s.Errored < fewErrored, 0.40, 0.65), float64(lookups), float64(s.Errored))
}

func evidenceFallbackToMan(v *profile.View, m *profile.Marks) {
	c, s := v.Commands(), v.Screen()
	m.Commands(c, 1, c.Len(), func(i int) profile.MarkKind {
		if s.ErroredAt(i-1) && c.Tool(i).In(profile.Manual) {
			return profile.MarkManual
		}
		return ""
	})
	markErrors(v, m)
}
