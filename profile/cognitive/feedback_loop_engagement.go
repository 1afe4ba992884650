package cognitive

import (
	"math"
	"time"

	"gait"
	"gait/profile"
)

// Bounds of the tie between output and the pause after it.
const (
	feedbackClosed = 0.30 // correlation
	feedbackPairs  = 5    // pairs it takes to know
)

// FeedbackLoopEngagement is whether the operator reads what comes back.
var FeedbackLoopEngagement = &profile.Primitive{
	Name:  "cognitive.feedback_loop_engagement",
	Title: "Reads what comes back",
	Doc: "Pearson's correlation between the output volume of each command but the last, in chars with escape sequences, " +
		"and the gap after it decides: above 0.30 is closed_loop (more to read, longer pause), else fire_and_forget, both with confidence 0.75. " +
		"With fewer than 5 pairs, without any output, or where all volumes or all gaps are equal, the value is unknown, with confidence 1.0. " +
		"Silent without a command.",
	Kind:      profile.Label,
	Values:    []string{"closed_loop", "fire_and_forget", "unknown"},
	Needs:     profile.NeedInput | profile.NeedOutput | profile.NeedTiming,
	Finest:    time.Second,
	Rules:     2,
	Reference: 1,
	Measures: []profile.MeasureDoc{
		{Name: "correlation", Unit: "r", Doc: "Pearson correlation of output volume and the gap after it"},
		{Name: "pairs", Unit: "count", Doc: "commands that another one follows"},
		profile.EchoMeasure,
	},
	Thresholds: []gait.Threshold{
		{Measure: "correlation", Bound: feedbackClosed, Says: "above: closed_loop, else fire_and_forget"},
		{Measure: "pairs", Bound: feedbackPairs, Says: "below: unknown"},
	},
	Observe:  observeFeedbackLoop,
	Evidence: evidenceFeedbackLoop,
}

func observeFeedbackLoop(v *profile.View) profile.Answer {
	c := v.Commands()
	if c.Len() == 0 {
		return profile.Silent
	}
	pairs := len(c.Gaps())
	r := volumeCorrelation(v.Screen(), c.Gaps())
	switch {
	case pairs < feedbackPairs || math.IsNaN(r):
		return profile.Say("unknown", 1.0, r, float64(pairs))
	case r > feedbackClosed:
		return profile.Say("closed_loop", 0.75, r, float64(pairs))
	}
	return profile.Say("fire_and_forget", 0.75, r, float64(pairs))
}

// volumeCorrelation is Pearson's correlation of the output volume of each
// command with the gap after it; NaN of nothing, or where either is constant.
// A session without output has constant volumes.
func volumeCorrelation(s *profile.Screen, gaps []float64) float64 {
	if len(gaps) == 0 {
		return math.NaN()
	}
	var sumVolume, sumGap float64
	constantVolume, constantGap := true, true
	for i, gap := range gaps {
		volume := s.Volume(i)
		sumVolume += float64(volume)
		sumGap += gap
		constantVolume = constantVolume && volume == s.Volume(0)
		constantGap = constantGap && gap == gaps[0]
	}
	if constantVolume || constantGap {
		return math.NaN()
	}
	n := float64(len(gaps))
	meanVolume, meanGap := sumVolume/n, sumGap/n
	var both, volumes, pauses float64
	for i, gap := range gaps {
		x, y := float64(s.Volume(i))-meanVolume, gap-meanGap
		both += x * y
		volumes += x * x
		pauses += y * y
	}
	if volumes == 0 || pauses == 0 { // the squares of tiny differences vanish
		return math.NaN()
	}
	return both / math.Sqrt(volumes*pauses)
}

func evidenceFeedbackLoop(v *profile.View, m *profile.Marks) {
	c := v.Commands()
	m.Pauses(c, profile.Pause)
	m.Output(v, len(c.Gaps()))
}
