package cognitive

import "gait/profile"

// ErrorResilienceRetryTactic is what the operator does after an error.
var ErrorResilienceRetryTactic = &profile.Primitive{
	Name:  "cognitive.error_resilience.retry_tactic",
	Title: "After an error",
	Doc: "Each errored command (its output holds an error text) is judged by the command after it: the same tool again is rerun, " +
		"another tool switch, and no further command abort. The most frequent of the three is the value; of equals rerun comes before switch, " +
		"and switch before abort. Confidence 0.65, with fewer than 5 errored commands 0.40. Silent without an errored command.",
	Kind:      profile.Label,
	Values:    []string{"rerun", "switch", "abort"},
	Elsewhere: []string{"modify"},
	Needs:     profile.NeedInput | profile.NeedOutput,
	Rules:     2,
	Reference: 1,
	Measures: []profile.MeasureDoc{
		{Name: "reruns", Unit: "count", Doc: "errored commands followed by the same tool"},
		{Name: "switches", Unit: "count", Doc: "errored commands followed by another tool"},
		{Name: "aborts", Unit: "count", Doc: "errored commands that no command follows"},
		erroredMeasure,
		profile.EchoMeasure,
	},
	Observe:  observeRetryTactic,
	Evidence: evidenceRetryTactic,
}

func observeRetryTactic(v *profile.View) profile.Answer {
	c, s := v.Commands(), v.Screen()
	if s.Errored == 0 {
		return profile.Silent
	}
	reruns, switches, aborts := 0, 0, 0
	for i, n := 0, c.Len(); i < n; i++ {
		switch {
		case !s.ErroredAt(i):
		case i+1 == n:
			aborts++
		case c.ToolNumber(i+1) == c.ToolNumber(i):
			reruns++
		default:
			switches++
		}
	}
	value := "abort"
	switch {
	case reruns >= switches && reruns >= aborts:
		value = "rerun"
	case switches >= aborts:
		value = "switch"
	}
	return profile.Say(value, profile.Sure(s.Errored < fewErrored, 0.40, 0.65),
		float64(reruns), float64(switches), float64(aborts), float64(s.Errored))
}

func evidenceRetryTactic(v *profile.View, m *profile.Marks) {
	c, s := v.Commands(), v.Screen()
	markErrors(v, m)
	for i, n := 0, c.Len(); i < n; i++ {
		switch {
		case !s.ErroredAt(i):
		case i+1 == n:
			m.Add(profile.MarkAbort, c.List[i].End, v.Start()+v.Duration())
		case c.ToolNumber(i+1) == c.ToolNumber(i):
			m.Add(profile.MarkRerun, c.List[i+1].Start, c.List[i+1].End)
		default:
			m.Add(profile.MarkSwitch, c.List[i+1].Start, c.List[i+1].End)
		}
	}
}
