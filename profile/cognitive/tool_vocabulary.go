package cognitive

import (
	"gait"
	"gait/profile"
)

// Bounds of the number of distinct tools.
const (
	vocabularyNarrow = 3
	vocabularyBroad  = 10
)

// ToolVocabulary is how many different tools the operator uses.
var ToolVocabulary = &profile.Primitive{
	Name:  "cognitive.tool_vocabulary",
	Title: "Vocabulary of tools",
	Doc: "The number of distinct tools (first words of commands) decides: at most 3 is narrow, at least 10 broad, else moderate. " +
		"Confidence 0.70, with fewer than 5 commands 0.40. Silent without a command.",
	Kind:      profile.Label,
	Values:    []string{"narrow", "moderate", "broad"},
	Needs:     profile.NeedInput,
	Rules:     2,
	Reference: 1,
	Measures: []profile.MeasureDoc{
		{Name: "tools", Unit: "count", Doc: "distinct tools"},
		commandsMeasure,
		profile.EchoMeasure,
	},
	Thresholds: []gait.Threshold{
		{Measure: "tools", Bound: vocabularyNarrow, Says: "at most: narrow"},
		{Measure: "tools", Bound: vocabularyBroad, Says: "at least: broad, else moderate"},
	},
	Observe:  observeToolVocabulary,
	Evidence: evidenceTools,
}

func observeToolVocabulary(v *profile.View) profile.Answer {
	c := v.Commands()
	if c.Len() == 0 {
		return profile.Silent
	}
	tools := c.Distinct()
	value := "moderate"
	switch {
	case tools <= vocabularyNarrow:
		value = "narrow"
	case tools >= vocabularyBroad:
		value = "broad"
	}
	return profile.Say(value, profile.Sure(c.Few(), 0.40, 0.70), float64(tools), float64(c.Len()))
}
