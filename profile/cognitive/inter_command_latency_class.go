package cognitive

import (
	"time"

	"gait"
	"gait/profile"
)

// The longest median gap, in seconds, of each class but the last.
const (
	latencyInstant     = 0.30
	latencyTyping      = 1.50
	latencyDeliberate  = 2.00
	latencyLightweight = 8.00
	latencyHeavyweight = 30.0
)

// InterCommandLatencyClass is how long the operator takes between commands.
var InterCommandLatencyClass = &profile.Primitive{
	Name:  "cognitive.inter_command_latency_class",
	Title: "Time between commands",
	Doc: "The median of the gaps between commands, each from the line end of one command to the first char of the next, decides: " +
		"at most 0.30 s is instant, at most 1.50 s typing_speed, at most 2.00 s deliberate, at most 8.00 s llm_lightweight, " +
		"at most 30.0 s llm_heavyweight, and more is long. " +
		"Confidence 0.80, with fewer than 5 commands 0.40. Silent with fewer than two commands.",
	Kind:      profile.Label,
	Values:    []string{"instant", "typing_speed", "deliberate", "llm_lightweight", "llm_heavyweight", "long"},
	Needs:     profile.NeedInput | profile.NeedTiming,
	Finest:    300 * time.Millisecond,
	Rules:     2,
	Reference: 1,
	Measures: []profile.MeasureDoc{
		{Name: "gap_median", Unit: "s", Doc: "median gap between commands"},
		commandsMeasure,
		profile.EchoMeasure,
	},
	Thresholds: []gait.Threshold{
		{Measure: "gap_median", Bound: latencyInstant, Says: "at most: instant"},
		{Measure: "gap_median", Bound: latencyTyping, Says: "at most: typing_speed"},
		{Measure: "gap_median", Bound: latencyDeliberate, Says: "at most: deliberate"},
		{Measure: "gap_median", Bound: latencyLightweight, Says: "at most: llm_lightweight"},
		{Measure: "gap_median", Bound: latencyHeavyweight, Says: "at most: llm_heavyweight, above: long"},
	},
	Observe:  observeLatencyClass,
	Evidence: evidencePauses,
}

func observeLatencyClass(v *profile.View) profile.Answer {
	c := v.Commands()
	if c.Len() < 2 {
		return profile.Silent
	}
	m := c.MedianGap()
	value := "long"
	switch {
	case m <= latencyInstant:
		value = "instant"
	case m <= latencyTyping:
		value = "typing_speed"
	case m <= latencyDeliberate:
		value = "deliberate"
	case m <= latencyLightweight:
		value = "llm_lightweight"
	case m <= latencyHeavyweight:
		value = "llm_heavyweight"
	}
	return profile.Say(value, profile.Sure(c.Few(), 0.40, 0.80), m, float64(c.Len()))
}

// evidencePauses marks what rules of the time between commands count.
func evidencePauses(v *profile.View, m *profile.Marks) { m.Pauses(v.Commands(), profile.Pause) }
