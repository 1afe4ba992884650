package cognitive

import (
	"gait"
	"gait/profile"
)

// Bounds of the variety of tools.
const (
	diversityLinear   = 0.70 // share of commands that bring a new tool
	diversityCommands = 5    // commands it takes to know
)

// CommandBranchDiversity is whether a list is worked off or paths are gone
// more than once.
var CommandBranchDiversity = &profile.Primitive{
	Name:  "cognitive.command_branch_diversity",
	Title: "Playbook or branching",
	Doc: "The number of distinct tools (first words of commands) divided by the number of commands decides: " +
		"at least 0.70 is linear_playbook, less is adaptive_branching, both with confidence 0.80. " +
		"With fewer than 5 commands the value is unknown, with confidence 1.0. Silent without a command.",
	Kind:      profile.Label,
	Values:    []string{"linear_playbook", "adaptive_branching", "unknown"},
	Needs:     profile.NeedInput,
	Rules:     2,
	Reference: 1,
	Measures: []profile.MeasureDoc{
		{Name: "diversity", Unit: "ratio", Doc: "distinct tools for each command"},
		{Name: "tools", Unit: "count", Doc: "distinct tools"},
		commandsMeasure,
		profile.EchoMeasure,
	},
	Thresholds: []gait.Threshold{
		{Measure: "diversity", Bound: diversityLinear, Says: "at least: linear_playbook, below: adaptive_branching"},
		{Measure: "commands", Bound: diversityCommands, Says: "below: unknown"},
	},
	Observe:  observeBranchDiversity,
	Evidence: evidenceTools,
}

func observeBranchDiversity(v *profile.View) profile.Answer {
	c := v.Commands()
	n, tools := float64(c.Len()), float64(c.Distinct())
	if n == 0 {
		return profile.Silent
	}
	diversity := tools / n
	switch {
	case n < diversityCommands:
		return profile.Say("unknown", 1.0, diversity, tools, n)
	case diversity >= diversityLinear:
		return profile.Say("linear_playbook", 0.80, diversity, tools, n)
	}
	return profile.Say("adaptive_branching", 0.80, diversity, tools, n)
}

// evidenceTools marks the commands, and which of them bring a new tool.
func evidenceTools(v *profile.View, m *profile.Marks) {
	c := v.Commands()
	used := make([]bool, c.Distinct())
	m.AllCommands(c, func(i int) profile.MarkKind {
		tool := c.ToolNumber(i)
		if used[tool] {
			return profile.MarkCommand
		}
		used[tool] = true
		return profile.MarkNewTool
	})
}
