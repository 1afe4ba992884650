package motor

import (
	"gait"
	"gait/profile"
)

// ShellMasteryShortcutUsage tells how often the keys for line editing are used.
var ShellMasteryShortcutUsage = &profile.Primitive{
	Name:   "motor.shell_mastery.shortcut_usage",
	Title:  "keys for line editing",
	Kind:   profile.Label,
	Values: []string{"none", "moderate", "heavy"},
	Doc: `How often the shell's keys for line editing are used: ^A ^B ^E ^F ^R ^U ^W inside a command. With s their
number by the number of commands: s < 0.05 is none, s < 0.30 is moderate, anything above heavy.

Confidence is 0.40 with fewer than 5 commands, else 0.55 where s lies within 10 % of 0.05 or of 0.30, else 0.65.
Silent without a command.`,
	Needs:     profile.NeedKeys,
	Rules:     2,
	Reference: 1,
	Measures: []profile.MeasureDoc{
		{Name: "commands", Unit: "count", Doc: "commands"},
		{Name: "shortcuts", Unit: "count", Doc: "shortcuts inside commands"},
		{Name: "shortcuts_per_command", Unit: "ratio", Doc: "shortcuts by commands"},
		profile.EchoMeasure,
	},
	Thresholds: []gait.Threshold{
		{Measure: "shortcuts_per_command", Bound: 0.05, Says: "none below, moderate from here on; confidence 0.55 within 10 %"},
		{Measure: "shortcuts_per_command", Bound: 0.30, Says: "heavy from here on; confidence 0.55 within 10 %"},
		{Measure: "commands", Bound: 5, Says: "confidence 0.40 below"},
	},
	Observe:  observeShellMasteryShortcutUsage,
	Evidence: evidenceShellMasteryShortcutUsage,
}

func observeShellMasteryShortcutUsage(v *profile.View) profile.Answer {
	c := v.Commands()
	n := float64(c.Len())
	if n == 0 {
		return profile.Silent
	}
	s := float64(c.Shortcuts) / n
	value := "heavy"
	switch {
	case s < 0.05:
		value = "none"
	case s < 0.30:
		value = "moderate"
	}
	return profile.Say(value, mastery(c, 0.65, profile.Near(s, 0.05) || profile.Near(s, 0.30)), n, float64(c.Shortcuts), s)
}

func evidenceShellMasteryShortcutUsage(v *profile.View, m *profile.Marks) {
	m.Shortcuts(v)
	m.AllCommands(v.Commands(), func(int) profile.MarkKind { return profile.MarkCommand })
}
