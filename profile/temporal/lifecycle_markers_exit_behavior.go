package temporal

import "gait/profile"

// exitTail is how many commands at the end are searched for cleaning up.
const exitTail = 3

// LifecycleMarkersExitBehavior is how the operator leaves.
var LifecycleMarkersExitBehavior = &profile.Primitive{
	Name:  "temporal.lifecycle_markers.exit_behavior",
	Title: "Way of leaving",
	Doc: "Where the output of the last command holds no prompt the value is abrupt. Else, where the tool of the last command is " +
		"exit, logout, quit or logoff, it is graceful; else, where one of the last 3 commands has a cleanup tool " +
		"(history, unset, rm, shred, clear, kill), cleanup; else graceful. " +
		"Confidence 0.65, for abrupt 0.45. Silent without a command.",
	Kind:      profile.Label,
	Values:    []string{"graceful", "abrupt", "cleanup"},
	Needs:     profile.NeedInput | profile.NeedOutput,
	Rules:     2,
	Reference: 1,
	Measures: []profile.MeasureDoc{
		{Name: "last_prompt", Unit: "0 or 1", Doc: "whether the output of the last command holds a prompt"},
		{Name: "last_leaves", Unit: "0 or 1", Doc: "whether the last command is exit, logout, quit or logoff"},
		{Name: "cleanup_commands", Unit: "count", Doc: "commands with a cleanup tool among the last 3"},
		profile.EchoMeasure,
	},
	Observe:  observeExitBehavior,
	Evidence: evidenceExitBehavior,
}

func observeExitBehavior(v *profile.View) profile.Answer {
	c := v.Commands()
	n := c.Len()
	if n == 0 {
		return profile.Silent
	}
	prompt, leaves, cleanup := 0.0, 0.0, 0.0
	if v.Screen().LastPrompt {
		prompt = 1
	}
	if c.Tool(n - 1).In(profile.Leaving) {
		leaves = 1
	}
	for i := c.Tail(exitTail); i < n; i++ {
		if c.Tool(i).In(profile.Cleanup) {
			cleanup++
		}
	}
	value, confidence := "graceful", 0.65
	switch {
	case prompt == 0:
		value, confidence = "abrupt", 0.45
	case leaves == 0 && cleanup > 0:
		value = "cleanup"
	}
	return profile.Say(value, confidence, prompt, leaves, cleanup)
}

func evidenceExitBehavior(v *profile.View, m *profile.Marks) {
	c := v.Commands()
	last := c.Len() - 1
	m.Commands(c, c.Tail(exitTail), c.Len(), func(i int) profile.MarkKind {
		switch {
		case i == last && c.Tool(i).In(profile.Leaving):
			return profile.MarkLeaving
		case c.Tool(i).In(profile.Cleanup):
			return profile.MarkCleanup
		}
		return profile.MarkCommand
	})
	m.Prompts(v, last)
}
