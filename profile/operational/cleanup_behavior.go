package operational

import (
	"gait"
	"gait/profile"
)

// Bounds of cleaning up at the end.
const (
	cleanupTail     = 5 // commands that are looked at
	cleanupThorough = 3 // distinct tools
	cleanupPartial  = 1 // distinct tools
	cleanupFew      = 8 // commands it takes for more confidence
)

// CleanupBehavior is how thoroughly the operator cleans up at the end.
var CleanupBehavior = &profile.Primitive{
	Name:  "operational.cleanup_behavior",
	Title: "Cleaning up",
	Doc: "The number of distinct cleanup tools (history, unset, rm, shred, clear, kill) among the last 5 commands decides: " +
		"at least 3 is thorough, at least 1 partial, 0 none. Confidence 0.55, with fewer than 8 commands 0.35. Silent without a command.",
	Kind:      profile.Label,
	Values:    []string{"thorough", "partial", "none"},
	Needs:     profile.NeedInput,
	Rules:     2,
	Reference: 1,
	Measures: []profile.MeasureDoc{
		{Name: "cleanup_tools", Unit: "count", Doc: "distinct cleanup tools among the last 5 commands"},
		commandsMeasure,
		profile.EchoMeasure,
	},
	Thresholds: []gait.Threshold{
		{Measure: "cleanup_tools", Bound: cleanupThorough, Says: "at least: thorough"},
		{Measure: "cleanup_tools", Bound: cleanupPartial, Says: "at least: partial, below: none"},
	},
	Observe:  observeCleanup,
	Evidence: evidenceCleanup,
}

func observeCleanup(v *profile.View) profile.Answer {
	c := v.Commands()
	n := c.Len()
	if n == 0 {
		return profile.Silent
	}
	tools, tail := 0, c.Tail(cleanupTail)
	for i := tail; i < n; i++ {
		if c.Tool(i).In(profile.Cleanup) && !usedIn(c, tail, i) {
			tools++
		}
	}
	value := "none"
	switch {
	case tools >= cleanupThorough:
		value = "thorough"
	case tools >= cleanupPartial:
		value = "partial"
	}
	return profile.Say(value, profile.Sure(n < cleanupFew, 0.35, 0.55), float64(tools), float64(n))
}

// usedIn says whether a command from the given one on, and before the i-th,
// has the tool of the i-th.
func usedIn(c *profile.Commands, from, i int) bool {
	for j := from; j < i; j++ {
		if c.ToolNumber(j) == c.ToolNumber(i) {
			return true
		}
	}
	return false
}

func evidenceCleanup(v *profile.View, m *profile.Marks) {
	c := v.Commands()
	tail := c.Tail(cleanupTail)
	m.Commands(c, tail, c.Len(), func(i int) profile.MarkKind {
		if c.Tool(i).In(profile.Cleanup) && !usedIn(c, tail, i) {
			return profile.MarkCleanup
		}
		return profile.MarkCommand
	})
}
