package emotionalvalence

import (
	"gait"
	"gait/profile"
)

// Valence tells whether the words that are typed are kind or cross.
var Valence = &profile.Primitive{
	Name:   "emotional_valence.valence",
	Title:  "kind or cross words",
	Kind:   profile.Label,
	Values: []string{"positive", "neutral", "negative"},
	Doc: `Whether the words that are typed are kind or cross. Words are whole runs of ASCII letters outside pastes, in
any case. With p the number of words in the positive lexicon (thanks nice cool great okay perfect love awesome), and
n the number of words in the negative one (wtf damn crap ugh broken stupid hate stuck wrong) or of obscenities:
p > n and p >= 2 is positive, n > p and n >= 2 is negative, else neutral.

Confidence is 0.30 with fewer than 200 typed letters, else 0.50. Silent with fewer than 80.`,
	Needs: profile.NeedKeys,
	Rules: 1,
	Measures: []profile.MeasureDoc{
		{Name: "letters", Unit: "count", Doc: "typed letters"},
		{Name: "positive", Unit: "count", Doc: "positive words"},
		{Name: "negative", Unit: "count", Doc: "negative words and obscenities"},
	},
	Thresholds: []gait.Threshold{
		{Measure: "positive", Bound: 2, Says: "positive from here on, where negative is fewer"},
		{Measure: "negative", Bound: 2, Says: "negative from here on, where positive is fewer"},
		{Measure: "letters", Bound: 80, Says: "silent below"},
		{Measure: "letters", Bound: 200, Says: "confidence 0.30 below, 0.50 from here on"},
	},
	Observe:  observeValence,
	Evidence: evidenceValence,
}

func observeValence(v *profile.View) profile.Answer {
	w := v.Words()
	if w.Letters < 80 {
		return profile.Silent
	}
	p, n := w.Hits[profile.Positive], w.Hits[profile.Negative]+w.Hits[profile.Obscene]
	value := "neutral"
	switch {
	case p > n && p >= 2:
		value = "positive"
	case n > p && n >= 2:
		value = "negative"
	}
	return profile.Say(value, profile.Sure(w.Letters < 200, 0.30, 0.50), float64(w.Letters), float64(p), float64(n))
}

func evidenceValence(v *profile.View, m *profile.Marks) {
	m.Words(v, func(l profile.Lexicon) profile.MarkKind {
		if l == profile.Positive {
			return profile.MarkPositive
		}
		return profile.MarkNegative
	})
}
