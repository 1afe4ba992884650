package motor

import (
	"gait"
	"gait/profile"
)

// PasteBurstRate tells how much of a habit pasting is.
var PasteBurstRate = &profile.Primitive{
	Name:   "motor.paste_burst_rate",
	Title:  "habit of pasting",
	Kind:   profile.Label,
	Values: []string{"none", "occasional", "habitual"},
	Doc: `How much of a habit pasting is. An input event of 4 chars or more is a paste, unless it is made of control
sequences such as arrow keys; a bracketed paste is one event, and a held key is one (gait.input_source says when). Where a recording splits pastes
into keys, 4 or more less than 1 ms apart are one paste, unless the path held them up.

With p the share of input events that are pastes: p >= 0.50 is habitual, p >= 0.10 occasional, anything below none.
Confidence is 0.80 for habitual, else 0.70. Silent without input.`,
	Needs:     profile.NeedKeys,
	Rules:     2,
	Reference: 1,
	Measures:  pasteMeasures,
	Thresholds: []gait.Threshold{
		{Measure: "paste_share", Bound: 0.10, Says: "occasional from here on, none below"},
		{Measure: "paste_share", Bound: 0.50, Says: "habitual from here on"},
	},
	Observe:  observePasteBurstRate,
	Evidence: evidencePastes,
}

func observePasteBurstRate(v *profile.View) profile.Answer {
	k := v.Keys()
	n, pastes, p := float64(k.Count()), float64(k.Pastes), k.PasteShare()
	switch {
	case n == 0:
		return profile.Silent
	case p >= 0.50:
		return profile.Say("habitual", 0.80, n, pastes, p)
	case p >= 0.10:
		return profile.Say("occasional", 0.70, n, pastes, p)
	default:
		return profile.Say("none", 0.70, n, pastes, p)
	}
}
