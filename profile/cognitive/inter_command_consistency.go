package cognitive

import (
	"math"
	"time"

	"gait"
	"gait/internal/stats"
	"gait/profile"
)

// Bounds of the coefficient of variation of the gaps between commands.
const (
	consistencyMetronomic = 0.40
	consistencyVariable   = 1.50
)

// InterCommandConsistency is how regular the time between commands is.
var InterCommandConsistency = &profile.Primitive{
	Name:  "cognitive.inter_command_consistency",
	Title: "Regularity between commands",
	Doc: "The sample coefficient of variation of the gaps between commands (standard deviation with n - 1, divided by the mean) decides: " +
		"below 0.40 is metronomic, below 1.50 variable, else bimodal. " +
		"Confidence 0.75, with fewer than 5 commands 0.40. Silent with fewer than two gaps, or where their mean is 0.",
	Kind:      profile.Label,
	Values:    []string{"metronomic", "variable", "bimodal"},
	Needs:     profile.NeedInput | profile.NeedTiming,
	Finest:    time.Second,
	Rules:     2,
	Reference: 1,
	Measures: []profile.MeasureDoc{
		{Name: "gap_cv", Unit: "ratio", Doc: "sample coefficient of variation of the gaps between commands"},
		commandsMeasure,
		profile.EchoMeasure,
	},
	Thresholds: []gait.Threshold{
		{Measure: "gap_cv", Bound: consistencyMetronomic, Says: "below: metronomic"},
		{Measure: "gap_cv", Bound: consistencyVariable, Says: "below: variable, else bimodal"},
	},
	Observe:  observeConsistency,
	Evidence: evidencePauses,
}

func observeConsistency(v *profile.View) profile.Answer {
	c := v.Commands()
	cv := stats.SCV(c.Gaps())
	if math.IsNaN(cv) {
		return profile.Silent
	}
	value := "bimodal"
	switch {
	case cv < consistencyMetronomic:
		value = "metronomic"
	case cv < consistencyVariable:
		value = "variable"
	}
	return profile.Say(value, profile.Sure(c.Few(), 0.40, 0.75), cv, float64(c.Len()))
}
