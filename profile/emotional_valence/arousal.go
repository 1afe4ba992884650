package emotionalvalence

import (
	"time"

	"gait"
	"gait/profile"
)

// Arousal tells how agitated the typing is.
var Arousal = &profile.Primitive{
	Name:   "emotional_valence.arousal",
	Title:  "calm or agitated",
	Kind:   profile.Label,
	Values: []string{"low_calm", "medium_engaged", "high_agitated"},
	Doc: `How agitated the typing is. A typing burst is a run of at least 3 gaps between input events, none above
1.5 s; gaps before the repeats of a held key, and of keys that the path held up, are left out. It is high_agitated where 5 or more ASCII capitals or 3 or more "!" stand in a row outside pastes, a paste
ending the row; and where the bursts together hold 30 gaps or more and the fastest burst has a median gap below
0.06 s. Else it is low_calm where they hold 30 gaps or more and the slowest burst has a median gap above 0.30 s, else
medium_engaged.

Confidence is 0.30 with fewer than 30 gaps, else 0.50. Silent without a typing burst.`,
	Needs:     profile.NeedKeys | profile.NeedTiming,
	Finest:    60 * time.Millisecond,
	Rules:     2,
	Reference: 1,
	Measures: []profile.MeasureDoc{
		{Name: "capitals", Unit: "count", Doc: "longest row of capitals"},
		{Name: "exclamations", Unit: "count", Doc: `longest row of "!"`},
		{Name: "gaps", Unit: "count", Doc: "gaps inside typing bursts"},
		{Name: "fastest_median", Unit: "s", Doc: "smallest median gap of a burst"},
		{Name: "slowest_median", Unit: "s", Doc: "largest median gap of a burst"},
	},
	Thresholds: []gait.Threshold{
		{Measure: "capitals", Bound: 5, Says: "high_agitated from here on"},
		{Measure: "exclamations", Bound: 3, Says: "high_agitated from here on"},
		{Measure: "fastest_median", Bound: 0.06, Says: "high_agitated below, where gaps is 30 or more"},
		{Measure: "slowest_median", Bound: 0.30, Says: "low_calm above, where gaps is 30 or more and nothing is high"},
		{Measure: "gaps", Bound: 30, Says: "below here medians do not count and confidence is 0.30, else 0.50"},
	},
	Observe:  observeArousal,
	Evidence: evidenceArousal,
}

func observeArousal(v *profile.View) profile.Answer {
	b := v.Keys().Bursts()
	if b.Count == 0 {
		return profile.Silent
	}
	w := v.Words()
	enough := len(b.Gaps) >= 30
	value := "medium_engaged"
	switch {
	case w.Capitals >= 5 || w.Bangs >= 3 || enough && b.FastestMedian < 0.06:
		value = "high_agitated"
	case enough && b.SlowestMedian > 0.30:
		value = "low_calm"
	}
	return profile.Say(value, profile.Sure(!enough, 0.30, 0.50),
		float64(w.Capitals), float64(w.Bangs), float64(len(b.Gaps)), b.FastestMedian, b.SlowestMedian)
}

func evidenceArousal(v *profile.View, m *profile.Marks) {
	m.Runs(v, 5, 3)
	m.Bursts(v.Keys())
	m.BurstGaps(v.Keys(), profile.MarkGap, func(float64) bool { return true })
}
