package temporal

import (
	"math"
	"time"

	"gait"
	"gait/internal/stats"
	"gait/profile"
)

// Bounds of how unevenly commands fall into windows of time.
const (
	escalationEmpty     = 0.30 // share of empty windows
	escalationBursty    = 1.00 // coefficient of variation
	escalationSustained = 0.50 // coefficient of variation
	escalationWidth     = 10   // the least width of a window in seconds
	escalationParts     = 10   // windows that a long session is cut into
	escalationFew       = 5    // windows it takes for more confidence
)

// EscalationPattern is how the commands spread over the session.
var EscalationPattern = &profile.Primitive{
	Name:  "temporal.escalation_pattern",
	Title: "Waves of activity",
	Doc: "The session is cut into windows of a tenth of its duration, but at least 10 s, and the commands that start in each are counted. " +
		"Where at least 0.30 of the windows are empty and the sample coefficient of variation of the counts (0 where it is not defined) " +
		"is at least 1.00, the value is bursty; else, where that is below 0.50, sustained; else erratic. " +
		"Confidence 0.60, with fewer than 5 windows or fewer than 5 commands 0.40. Silent without a command, or with a duration of 0.",
	Kind:      profile.Label,
	Values:    []string{"sustained", "erratic", "bursty"},
	Needs:     profile.NeedInput | profile.NeedTiming,
	Finest:    escalationWidth * time.Second,
	Rules:     2,
	Reference: 1,
	Measures: []profile.MeasureDoc{
		{Name: "empty_share", Unit: "share", Doc: "windows without a command"},
		{Name: "count_cv", Unit: "ratio", Doc: "coefficient of variation of the commands in a window"},
		{Name: "windows", Unit: "count", Doc: "windows of time"},
		commandsMeasure,
		profile.EchoMeasure,
	},
	Thresholds: []gait.Threshold{
		{Measure: "empty_share", Bound: escalationEmpty, Says: "at least: bursty, with count_cv at least 1.00"},
		{Measure: "count_cv", Bound: escalationBursty, Says: "at least: bursty, with empty_share at least 0.30"},
		{Measure: "count_cv", Bound: escalationSustained, Says: "below: sustained, else erratic"},
	},
	Observe:  observeEscalation,
	Evidence: evidenceEscalation,
}

func observeEscalation(v *profile.View) profile.Answer {
	c := v.Commands()
	if c.Len() == 0 || v.Duration() == 0 {
		return profile.Silent
	}
	// Rounding can make one window more than the parts of a long session.
	var room [escalationParts + 1]float64
	windows, _ := escalationWindows(v, room[:])
	empty := 0
	for _, n := range windows {
		if n == 0 {
			empty++
		}
	}
	share, cv := float64(empty)/float64(len(windows)), stats.SCV(windows)
	if math.IsNaN(cv) {
		cv = 0
	}
	value := "erratic"
	switch {
	case share >= escalationEmpty && cv >= escalationBursty:
		value = "bursty"
	case cv < escalationSustained:
		value = "sustained"
	}
	thin := len(windows) < escalationFew || c.Few()
	return profile.Say(value, profile.Sure(thin, 0.40, 0.60), share, cv, float64(len(windows)), float64(c.Len()))
}

// escalationWindows counts the commands that start in each window, in as much
// of the room as there are windows, and gives the width of a window in seconds.
func escalationWindows(v *profile.View, room []float64) (windows []float64, width float64) {
	c, start, d := v.Commands(), v.Start(), v.Duration()
	width = max(escalationWidth, d/escalationParts)
	windows = room[:min(len(room), max(1, int(math.Ceil(d/width))))]
	for i := range c.List {
		at := int((c.List[i].Start - start) / width)
		windows[min(max(at, 0), len(windows)-1)]++
	}
	return windows, width
}

func evidenceEscalation(v *profile.View, m *profile.Marks) {
	var room [escalationParts + 1]float64
	windows, width := escalationWindows(v, room[:])
	c, start := v.Commands(), v.Start()
	for i, n := range windows {
		kind := profile.MarkWindow
		if n == 0 {
			kind = profile.MarkEmptyWindow
		}
		m.Add(kind, start+float64(i)*width, start+float64(i+1)*width)
	}
	m.AllCommands(c, func(int) profile.MarkKind { return profile.MarkCommand })
}
