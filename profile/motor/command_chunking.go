package motor

import (
	"math"
	"time"

	"gait"
	"gait/internal/stats"
	"gait/profile"
)

// CommandChunking tells whether commands are typed in one go.
var CommandChunking = &profile.Primitive{
	Name:   "motor.command_chunking",
	Title:  "commands typed in one go",
	Kind:   profile.Label,
	Values: []string{"fluent", "fragmented", "single_command"},
	Doc: `Whether commands are typed in one go or in pieces. With c the median, over the commands that have 3 or more
gaps between their keys, of the coefficient of variation of these gaps (standard deviation of the population by the
mean; commands whose mean gap is 0 are left out): c < 0.50 is fluent, anything above fragmented. A session of one
command is single_command.

Confidence is 0.80 for single_command, 0.65 for fluent and 0.60 for fragmented. Silent without a command, and with
two or more where no such coefficient is defined.`,
	Needs:     profile.NeedKeys | profile.NeedTiming,
	Finest:    250 * time.Millisecond,
	Rules:     2,
	Reference: 1,
	Measures: []profile.MeasureDoc{
		{Name: "commands", Unit: "count", Doc: "commands"},
		{Name: "measured", Unit: "count", Doc: "commands with a coefficient of variation"},
		{Name: "command_cv", Unit: "ratio", Doc: "median over commands of the coefficient of variation of their gaps"},
		profile.EchoMeasure,
	},
	Thresholds: []gait.Threshold{
		{Measure: "commands", Bound: 1, Says: "single_command at this number"},
		{Measure: "command_cv", Bound: 0.50, Says: "fluent below, fragmented from here on"},
	},
	Observe:  observeCommandChunking,
	Evidence: evidenceCommandChunking,
}

func observeCommandChunking(v *profile.View) profile.Answer {
	c := v.Commands()
	n := float64(c.Len())
	if n == 0 {
		return profile.Silent
	}
	r := c.Rhythm()
	measured, cv := float64(len(r.PCVs)), r.MedianPCV
	switch {
	case n == 1:
		return profile.Say("single_command", 0.80, n, measured, cv)
	case math.IsNaN(cv):
		return profile.Silent
	case cv < 0.50:
		return profile.Say("fluent", 0.65, n, measured, cv)
	default:
		return profile.Say("fragmented", 0.60, n, measured, cv)
	}
}

func evidenceCommandChunking(v *profile.View, m *profile.Marks) {
	c := v.Commands()
	var gaps []float64
	measured := func(i int) bool {
		gaps = c.Within(gaps[:0], i)
		return len(gaps) >= 3 && !math.IsNaN(stats.PCV(gaps))
	}
	m.AllCommands(c, func(i int) profile.MarkKind {
		if c.Len() == 1 || measured(i) {
			return profile.MarkCommand
		}
		return ""
	})
	m.Within(c, measured)
}
