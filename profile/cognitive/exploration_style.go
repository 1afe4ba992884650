package cognitive

import (
	"gait"
	"gait/profile"
)

// Bounds of jumping about and of keeping to few tools.
const (
	explorationJumps  = 0.30
	explorationRepeat = 0.50
)

// ExplorationStyle is how the operator goes through the machine.
var ExplorationStyle = &profile.Primitive{
	Name:  "cognitive.exploration_style",
	Title: "Style of exploration",
	Doc: "A step from one command to the next is a jump back where the tool changes to one that was used earlier. " +
		"At least 0.30 of the steps are jumps back: chaotic. Else, where distinct tools make up at most half of the commands " +
		"(1 - tools / commands is at least 0.50): targeted. Else methodical. " +
		"Confidence 0.60, with fewer than 5 commands 0.40. Silent without a command.",
	Kind:      profile.Label,
	Values:    []string{"methodical", "chaotic", "targeted"},
	Needs:     profile.NeedInput,
	Rules:     2,
	Reference: 1,
	Measures: []profile.MeasureDoc{
		{Name: "jump_share", Unit: "share", Doc: "steps that change to a tool used earlier"},
		{Name: "repeat_share", Unit: "share", Doc: "1 - distinct tools / commands"},
		{Name: "tools", Unit: "count", Doc: "distinct tools"},
		commandsMeasure,
		profile.EchoMeasure,
	},
	Thresholds: []gait.Threshold{
		{Measure: "jump_share", Bound: explorationJumps, Says: "at least: chaotic"},
		{Measure: "repeat_share", Bound: explorationRepeat, Says: "at least: targeted, below: methodical"},
	},
	Observe:  observeExplorationStyle,
	Evidence: evidenceExplorationStyle,
}

func observeExplorationStyle(v *profile.View) profile.Answer {
	c := v.Commands()
	n := c.Len()
	if n == 0 {
		return profile.Silent
	}
	// Tools are numbered in order of first use, so a number that is not above
	// all before it was seen earlier.
	jumps, newest := 0, c.ToolNumber(0)
	for i, before := 1, newest; i < n; i++ {
		tool := c.ToolNumber(i)
		if tool > newest {
			newest = tool
		} else if tool != before {
			jumps++
		}
		before = tool
	}
	j, tools := 0.0, float64(c.Distinct())
	if n > 1 {
		j = float64(jumps) / float64(n-1)
	}
	r := 1 - tools/float64(n)
	value := "methodical"
	switch {
	case j >= explorationJumps:
		value = "chaotic"
	case r >= explorationRepeat:
		value = "targeted"
	}
	return profile.Say(value, profile.Sure(c.Few(), 0.40, 0.60), j, r, tools, float64(n))
}

func evidenceExplorationStyle(v *profile.View, m *profile.Marks) {
	c, newest, before := v.Commands(), -1, -1
	m.AllCommands(c, func(i int) profile.MarkKind {
		tool, last := c.ToolNumber(i), before
		before = tool
		switch {
		case tool > newest:
			newest = tool
			return profile.MarkNewTool
		case tool != last:
			return profile.MarkJump
		}
		return profile.MarkCommand
	})
}
