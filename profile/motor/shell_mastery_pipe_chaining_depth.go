package motor

import (
	"gait"
	"gait/internal/stats"
	"gait/profile"
)

// ShellMasteryPipeChainingDepth tells how long the pipelines are.
var ShellMasteryPipeChainingDepth = &profile.Primitive{
	Name:   "motor.shell_mastery.pipe_chaining_depth",
	Title:  "length of pipelines",
	Kind:   profile.Label,
	Values: []string{"shallow", "moderate", "deep"},
	Doc: `How long the pipelines are. With d the median over the commands of the number of "|" in them: d >= 3 is deep,
d >= 2 is moderate, anything below shallow.

Confidence is 0.40 with fewer than 5 commands, else 0.55 where d lies within 10 % of 2 or of 3, else 0.70. Silent
without a command.`,
	Needs:     profile.NeedInput,
	Rules:     2,
	Reference: 1,
	Measures: []profile.MeasureDoc{
		{Name: "commands", Unit: "count", Doc: "commands"},
		{Name: "median_pipes", Unit: "count", Doc: `median number of "|" in a command`},
		profile.EchoMeasure,
	},
	Thresholds: []gait.Threshold{
		{Measure: "median_pipes", Bound: 2, Says: "shallow below, moderate from here on; confidence 0.55 within 10 %"},
		{Measure: "median_pipes", Bound: 3, Says: "deep from here on; confidence 0.55 within 10 %"},
		{Measure: "commands", Bound: 5, Says: "confidence 0.40 below"},
	},
	Observe:  observeShellMasteryPipeChainingDepth,
	Evidence: evidenceShellMasteryPipeChainingDepth,
}

func observeShellMasteryPipeChainingDepth(v *profile.View) profile.Answer {
	c := v.Commands()
	if c.Len() == 0 {
		return profile.Silent
	}
	pipes := make([]float64, 0, 64) // stays on the stack in all but long sessions
	for i := range c.List {
		pipes = append(pipes, float64(c.List[i].Pipes()))
	}
	d := stats.Median(pipes)
	value := "shallow"
	switch {
	case d >= 3:
		value = "deep"
	case d >= 2:
		value = "moderate"
	}
	return profile.Say(value, mastery(c, 0.70, profile.Near(d, 2) || profile.Near(d, 3)), float64(c.Len()), d)
}

func evidenceShellMasteryPipeChainingDepth(v *profile.View, m *profile.Marks) {
	c := v.Commands()
	m.AllCommands(c, func(i int) profile.MarkKind {
		if c.List[i].Pipes() > 0 {
			return profile.MarkPipeline
		}
		return profile.MarkCommand
	})
}
