// Package cognitive holds the primitives of how an operator thinks: how long
// before the next command, in which order, with which tools, and what happens
// after an error.
package cognitive

import "gait/profile"

// All lists the primitives of this domain.
var All = []*profile.Primitive{
	InterCommandLatencyClass,
	InterCommandConsistency,
	CommandBranchDiversity,
	FeedbackLoopEngagement,
	CognitiveLoad,
	ExplorationStyle,
	PlanningDepth,
	ToolVocabulary,
	ErrorResilienceRetryTactic,
	ErrorResilienceFrustrationTyping,
	ErrorResilienceFallbackToMan,
}

// commandsMeasure is shared by the primitives whose confidence hangs on how
// many commands there were.
var commandsMeasure = profile.MeasureDoc{Name: "commands", Unit: "count", Doc: "commands of the session"}

// erroredMeasure is shared by the primitives of error resilience.
var erroredMeasure = profile.MeasureDoc{Name: "errored", Unit: "count", Doc: "commands whose output holds an error text"}

// fewErrored is how many errored commands it takes for more confidence.
const fewErrored = 5

// markErrors marks the errored commands.
func markErrors(v *profile.View, m *profile.Marks) {
	s := v.Screen()
	m.AllCommands(v.Commands(), func(i int) profile.MarkKind {
		if s.ErroredAt(i) {
			return profile.MarkError
		}
		return ""
	})
}
