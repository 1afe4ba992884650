package motor

import (
	"gait"
	"gait/profile"
)

// ShellMasteryTabCompletion tells how often names are completed with TAB.
var ShellMasteryTabCompletion = &profile.Primitive{
	Name:   "motor.shell_mastery.tab_completion",
	Title:  "completion with TAB",
	Kind:   profile.Label,
	Values: []string{"none", "occasional", "habitual"},
	Doc: `How often names are completed with TAB. With s the share of commands that hold a TAB: 0 is none, s < 0.50 is
occasional, anything above habitual.

Confidence is 0.40 with fewer than 5 commands, else 0.55 where s lies within 10 % of 0.30 or of 0.50, else 0.75.
Silent without a command.`,
	Needs:     profile.NeedKeys,
	Rules:     2,
	Reference: 1,
	Measures: []profile.MeasureDoc{
		{Name: "commands", Unit: "count", Doc: "commands"},
		{Name: "with_tab", Unit: "count", Doc: "commands that hold a TAB"},
		{Name: "tab_share", Unit: "share", Doc: "with_tab by commands"},
		profile.EchoMeasure,
	},
	Thresholds: []gait.Threshold{
		{Measure: "with_tab", Bound: 1, Says: "occasional or habitual from here on"},
		{Measure: "tab_share", Bound: 0.30, Says: "confidence 0.55 within 10 %"},
		{Measure: "tab_share", Bound: 0.50, Says: "habitual from here on; confidence 0.55 within 10 %"},
		{Measure: "commands", Bound: 5, Says: "confidence 0.40 below"},
	},
	Observe:  observeShellMasteryTabCompletion,
	Evidence: evidenceShellMasteryTabCompletion,
}

func observeShellMasteryTabCompletion(v *profile.View) profile.Answer {
	c := v.Commands()
	n := c.Len()
	if n == 0 {
		return profile.Silent
	}
	tabs := 0
	for i := range c.List {
		if c.List[i].Tab() {
			tabs++
		}
	}
	s := float64(tabs) / float64(n)
	value := "habitual"
	switch {
	case tabs == 0:
		value = "none"
	case s < 0.50:
		value = "occasional"
	}
	return profile.Say(value, mastery(c, 0.75, profile.Near(s, 0.30) || profile.Near(s, 0.50)), float64(n), float64(tabs), s)
}

// mastery is the confidence of the shell_mastery rules: low with few commands,
// middling where the share lies near a bound, else the given one.
func mastery(c *profile.Commands, sure float64, near bool) float64 {
	switch {
	case c.Few():
		return 0.40
	case near:
		return 0.55
	}
	return sure
}

func evidenceShellMasteryTabCompletion(v *profile.View, m *profile.Marks) {
	c := v.Commands()
	m.AllCommands(c, func(i int) profile.MarkKind {
		if c.List[i].Tab() {
			return profile.MarkTab
		}
		return profile.MarkCommand
	})
}
