package motor

import (
	"gait"
	"gait/profile"
)

// InputModality tells typing and pasting apart.
var InputModality = &profile.Primitive{
	Name:   "motor.input_modality",
	Title:  "typed or pasted",
	Kind:   profile.Label,
	Values: []string{"typed", "pasted", "mixed"},
	Doc: `How input reaches the shell. An input event of 4 chars or more is a paste, unless it is made of control
sequences such as arrow keys; a bracketed paste is one event, and a held key is one (gait.input_source says when). Where a recording splits pastes
into keys, 4 or more less than 1 ms apart are one paste, unless the path held them up.

With p the share of input events that are pastes: p >= 0.40 is pasted, p <= 0.05 is typed, anything between is
mixed. Confidence is 0.75, for mixed 0.70. Silent without input.`,
	Needs:     profile.NeedKeys,
	Rules:     2,
	Reference: 1,
	Measures:  pasteMeasures,
	Thresholds: []gait.Threshold{
		{Measure: "paste_share", Bound: 0.05, Says: "typed up to here, mixed above"},
		{Measure: "paste_share", Bound: 0.40, Says: "pasted from here on"},
	},
	Observe:  observeInputModality,
	Evidence: evidencePastes,
}

// pasteMeasures are the numbers that the rules of pasting give.
var pasteMeasures = []profile.MeasureDoc{
	{Name: "inputs", Unit: "count", Doc: "input events"},
	{Name: "pastes", Unit: "count", Doc: "input events that are pastes"},
	{Name: "paste_share", Unit: "share", Doc: "pastes by input events"},
}

func observeInputModality(v *profile.View) profile.Answer {
	k := v.Keys()
	n, pastes, p := float64(k.Count()), float64(k.Pastes), k.PasteShare()
	switch {
	case n == 0:
		return profile.Silent
	case p >= 0.40:
		return profile.Say("pasted", 0.75, n, pastes, p)
	case p <= 0.05:
		return profile.Say("typed", 0.75, n, pastes, p)
	default:
		return profile.Say("mixed", 0.70, n, pastes, p)
	}
}

func evidencePastes(v *profile.View, m *profile.Marks) { m.Strokes(v.Keys()) }
