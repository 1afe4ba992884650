package operational

import "gait/profile"

// opsecTail is how many commands at the end are searched for cleaning up.
const opsecTail = 3

// OpsecDiscipline is whether the operator covers tracks.
var OpsecDiscipline = &profile.Primitive{
	Name:  "operational.opsec_discipline",
	Title: "Covering of tracks",
	Doc: "Where no command has one of the tools history, unset, export, set and script the value is careless. Else, where one of the last 3 " +
		"commands has a cleanup tool (history, unset, rm, shred, clear, kill), careful; else learning. " +
		"Confidence 0.45, with fewer than 5 commands 0.30. Silent without a command.",
	Kind:      profile.Label,
	Values:    []string{"careful", "careless", "learning"},
	Needs:     profile.NeedInput,
	Rules:     2,
	Reference: 1,
	Measures: []profile.MeasureDoc{
		{Name: "covering_commands", Unit: "count", Doc: "commands with history, unset, export, set or script"},
		{Name: "cleanup_commands", Unit: "count", Doc: "commands with a cleanup tool among the last 3"},
		commandsMeasure,
		profile.EchoMeasure,
	},
	Observe:  observeOpsec,
	Evidence: evidenceOpsec,
}

func observeOpsec(v *profile.View) profile.Answer {
	c := v.Commands()
	n := c.Len()
	if n == 0 {
		return profile.Silent
	}
	covering, cleanup := 0, 0
	for i := range n {
		if c.Tool(i).In(profile.Covering) {
			covering++
		}
	}
	for i := c.Tail(opsecTail); i < n; i++ {
		if c.Tool(i).In(profile.Cleanup) {
			cleanup++
		}
	}
	value := "learning"
	switch {
	case covering == 0:
		value = "careless"
	case cleanup > 0:
		value = "careful"
	}
	return profile.Say(value, profile.Sure(c.Few(), 0.30, 0.45), float64(covering), float64(cleanup), float64(n))
}

func evidenceOpsec(v *profile.View, m *profile.Marks) {
	c := v.Commands()
	m.Commands(c, c.Tail(opsecTail), c.Len(), func(i int) profile.MarkKind {
		if c.Tool(i).In(profile.Cleanup) {
			return profile.MarkCleanup
		}
		return profile.MarkCommand
	})
	m.AllCommands(c, func(i int) profile.MarkKind {
		if c.Tool(i).In(profile.Covering) {
			return profile.MarkCovering
		}
		return ""
	})
}
