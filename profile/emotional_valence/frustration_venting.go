package emotionalvalence

import (
	"gait"
	"gait/profile"
)

// FrustrationVenting tells whether the operator swears.
var FrustrationVenting = &profile.Primitive{
	Name:   "emotional_valence.frustration_venting",
	Title:  "swearing",
	Kind:   profile.Label,
	Values: []string{"none", "detected"},
	Doc: `Whether the operator swears: one word outside pastes, in any case, that is an obscenity of the lexicon is
detected, else none. Words are whole runs of ASCII letters, so that "bypass" is none.

Confidence is 0.40 for detected; for none it is 0.50 with 200 typed letters or more, else 0.30. Silent with fewer
than 30 typed letters.`,
	Needs: profile.NeedKeys,
	Rules: 1,
	Measures: []profile.MeasureDoc{
		{Name: "letters", Unit: "count", Doc: "typed letters"},
		{Name: "obscenities", Unit: "count", Doc: "obscene words"},
	},
	Thresholds: []gait.Threshold{
		{Measure: "obscenities", Bound: 1, Says: "detected from here on"},
		{Measure: "letters", Bound: 30, Says: "silent below"},
		{Measure: "letters", Bound: 200, Says: "confidence of none 0.30 below, 0.50 from here on"},
	},
	Observe:  observeFrustrationVenting,
	Evidence: evidenceFrustrationVenting,
}

func observeFrustrationVenting(v *profile.View) profile.Answer {
	w := v.Words()
	letters, hits := float64(w.Letters), float64(w.Hits[profile.Obscene])
	switch {
	case w.Letters < 30:
		return profile.Silent
	case hits > 0:
		return profile.Say("detected", 0.40, letters, hits)
	default:
		return profile.Say("none", profile.Sure(w.Letters < 200, 0.30, 0.50), letters, hits)
	}
}

func evidenceFrustrationVenting(v *profile.View, m *profile.Marks) {
	m.Words(v, func(l profile.Lexicon) profile.MarkKind {
		if l == profile.Obscene {
			return profile.MarkObscene
		}
		return ""
	})
}
