package environmental

import (
	"gait"
	"gait/profile"
)

// KeyboardLayout guesses the keyboard from the letters that are typed.
var KeyboardLayout = &profile.Primitive{
	Name:      "environmental.keyboard_layout",
	Title:     "keyboard by its letters",
	Kind:      profile.Label,
	Values:    []string{"qwerty", "azerty", "qwertz", "other"},
	Elsewhere: []string{"dvorak", "colemak"},
	Doc: `Which keyboard the letters suggest. Typed letters are the ASCII letters outside pastes; two in a row are a
bigram, and only the 64 most frequent bigrams are kept. With s the share of the kept bigrams' samples that are one of
th he in er an re on at nd ha (0 if there are none), and q, z and y the shares of these letters among all typed:
q > 0.020 and s < 0.050 is azerty, else z > 0.030 and y < 0.010 is qwertz, else s >= 0.080 is qwerty, else other.

Confidence is 0.40 with fewer than 500 typed letters, else 0.55. Silent with fewer than 200.`,
	Needs: profile.NeedKeys,
	Rules: 1,
	Measures: []profile.MeasureDoc{
		{Name: "letters", Unit: "count", Doc: "typed letters"},
		{Name: "bigrams", Unit: "count", Doc: "samples of the kept bigrams"},
		{Name: "common_share", Unit: "share", Doc: "samples of th he in er an re on at nd ha, by bigrams"},
		{Name: "q_share", Unit: "share", Doc: "q by typed letters"},
		{Name: "z_share", Unit: "share", Doc: "z by typed letters"},
		{Name: "y_share", Unit: "share", Doc: "y by typed letters"},
	},
	Thresholds: []gait.Threshold{
		{Measure: "q_share", Bound: 0.020, Says: "azerty above, where common_share is below 0.050 too"},
		{Measure: "common_share", Bound: 0.050, Says: "azerty below, where q_share is above 0.020 too"},
		{Measure: "z_share", Bound: 0.030, Says: "qwertz above, where y_share is below 0.010 too"},
		{Measure: "y_share", Bound: 0.010, Says: "qwertz below, where z_share is above 0.030 too"},
		{Measure: "common_share", Bound: 0.080, Says: "qwerty from here on, other below"},
		{Measure: "letters", Bound: 200, Says: "silent below"},
		{Measure: "letters", Bound: 500, Says: "confidence 0.40 below, 0.55 from here on"},
	},
	Observe:  observeKeyboardLayout,
	Evidence: evidenceKeyboardLayout,
}

func observeKeyboardLayout(v *profile.View) profile.Answer {
	w := v.Words()
	if w.Letters < 200 {
		return profile.Silent
	}
	common, all := 0, 0
	for _, b := range w.Bigrams() {
		all += b.Count
		if isCommon(b.Pair) {
			common += b.Count
		}
	}
	s := 0.0
	if all > 0 {
		s = float64(common) / float64(all)
	}
	n := float64(w.Letters)
	share := func(letter byte) float64 { return float64(w.Letter[letter-'a']) / n }
	q, z, y := share('q'), share('z'), share('y')
	value := "other"
	switch {
	case q > 0.020 && s < 0.050:
		value = "azerty"
	case z > 0.030 && y < 0.010:
		value = "qwertz"
	case s >= 0.080:
		value = "qwerty"
	}
	return profile.Say(value, profile.Sure(w.Letters < 500, 0.40, 0.55), n, float64(all), s, q, z, y)
}

// isCommon says whether a bigram is one of the ten that are most frequent in
// English and lie under the same fingers on a QWERTY keyboard.
func isCommon(pair [2]byte) bool {
	switch string(pair[:]) {
	case "th", "he", "in", "er", "an", "re", "on", "at", "nd", "ha":
		return true
	}
	return false
}

func evidenceKeyboardLayout(v *profile.View, m *profile.Marks) { m.Letters(v) }
