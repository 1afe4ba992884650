package cognitive

import (
	"math"

	"gait"
	"gait/internal/stats"
	"gait/profile"
)

// Bounds of the load, and what counts as a full part of it.
const (
	loadLow       = 0.33
	loadMedium    = 0.67
	loadWithinMax = 1.00 // coefficient of variation within commands
	loadGapMax    = 1.50 // coefficient of variation of the gaps between commands
)

// CognitiveLoad is how hard the work seems to be for the operator.
var CognitiveLoad = &profile.Primitive{
	Name:  "cognitive.cognitive_load",
	Title: "Mental load",
	Doc: "The load is the mean of those of three parts that are defined, each clipped to 0 to 1: " +
		"the median over commands of the sample coefficient of variation of the gaps between their keys; " +
		"the share of commands whose output holds an error text; " +
		"and the sample coefficient of variation of the gaps between commands, divided by 1.50. " +
		"Below 0.33 is low, below 0.67 medium, else high. Confidence 0.60, with fewer than 5 commands 0.40. " +
		"The first part is left out where the recording holds lines instead of keys, the second where it holds no output, " +
		"the first and the third where its times are those of another session. Silent without a command, or where no part is defined.",
	Kind:      profile.Label,
	Values:    []string{"low", "medium", "high"},
	Needs:     profile.NeedInput,
	Rules:     2,
	Reference: 1,
	Measures: []profile.MeasureDoc{
		{Name: "load", Unit: "share", Doc: "mean of the parts that are defined"},
		{Name: "within_cv", Unit: "ratio", Doc: "median coefficient of variation within commands"},
		{Name: "error_share", Unit: "share", Doc: "errored commands of all commands"},
		{Name: "gap_cv", Unit: "ratio", Doc: "coefficient of variation of the gaps between commands"},
		commandsMeasure,
		profile.EchoMeasure,
	},
	Thresholds: []gait.Threshold{
		{Measure: "load", Bound: loadLow, Says: "below: low"},
		{Measure: "load", Bound: loadMedium, Says: "below: medium, else high"},
	},
	Observe:  observeCognitiveLoad,
	Evidence: evidenceCognitiveLoad,
}

func observeCognitiveLoad(v *profile.View) profile.Answer {
	c := v.Commands()
	if c.Len() == 0 {
		return profile.Silent
	}
	f := v.Session().Fidelity
	within, errors, gaps := math.NaN(), math.NaN(), math.NaN()
	if f.Input != gait.GranularityLine && !f.SharedTiming {
		within = c.Rhythm().MedianSCV
	}
	if f.Output {
		errors = float64(v.Screen().Errored) / float64(c.Len())
	}
	if !f.SharedTiming {
		gaps = stats.SCV(c.Gaps())
	}
	load := meanPart(within/loadWithinMax, errors, gaps/loadGapMax)
	value := "high"
	switch {
	case math.IsNaN(load):
		return profile.Silent
	case load < loadLow:
		value = "low"
	case load < loadMedium:
		value = "medium"
	}
	return profile.Say(value, profile.Sure(c.Few(), 0.40, 0.60), load, within, errors, gaps, float64(c.Len()))
}

// meanPart is the mean of the parts that are defined, each clipped to [0, 1];
// NaN where none is.
func meanPart(parts ...float64) float64 {
	sum, n := 0.0, 0.0
	for _, p := range parts {
		if !math.IsNaN(p) {
			sum += min(max(p, 0), 1)
			n++
		}
	}
	return sum / n
}

func evidenceCognitiveLoad(v *profile.View, m *profile.Marks) {
	c, f := v.Commands(), v.Session().Fidelity
	if f.Output {
		markErrors(v, m)
		s := v.Screen()
		m.AllCommands(c, func(i int) profile.MarkKind {
			if s.ErroredAt(i) {
				return ""
			}
			return profile.MarkCommand
		})
	}
	if f.SharedTiming {
		return
	}
	m.Pauses(c, profile.Pause)
	if f.Input != gait.GranularityLine {
		var gaps []float64
		m.Within(c, func(i int) bool {
			gaps = c.Within(gaps[:0], i)
			return !math.IsNaN(stats.SCV(gaps))
		})
	}
}
