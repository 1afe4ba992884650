package environmental

import (
	"gait"
	"gait/profile"
)

// ShellType tells which shell answers.
var ShellType = &profile.Primitive{
	Name:   "environmental.shell_type",
	Title:  "shell by its prompts",
	Kind:   profile.Label,
	Values: []string{"bash", "zsh", "fish", "powershell", "cmd.exe"},
	Doc: `Which shell answers, by its prompts. A prompt is a line of a command's output, escape sequences removed,
that ends in one of $ # % >, where a space follows, or where the line holds user@host, begins with "PS " or holds a
letter followed by ":\" or ":/". Each prompt votes: $ or # for bash, % for zsh; > for powershell where the line
begins with "PS ", else for cmd.exe where it holds C:\ or c:\, else for fish. The shell with the most votes counts;
of equals, the one seen first. What is shown before the first command does not vote.

Confidence is 0.40 with fewer than 3 prompts, else 0.75. Silent without a prompt.`,
	Needs:     profile.NeedInput | profile.NeedOutput,
	Rules:     2,
	Reference: 1,
	Measures: []profile.MeasureDoc{
		{Name: "prompts", Unit: "count", Doc: "prompts of any shell"},
		{Name: "bash", Unit: "count", Doc: "prompts that vote for bash"},
		{Name: "zsh", Unit: "count", Doc: "prompts that vote for zsh"},
		{Name: "fish", Unit: "count", Doc: "prompts that vote for fish"},
		{Name: "powershell", Unit: "count", Doc: "prompts that vote for powershell"},
		{Name: "cmd_exe", Unit: "count", Doc: "prompts that vote for cmd.exe"},
		profile.EchoMeasure,
	},
	Thresholds: []gait.Threshold{
		{Measure: "prompts", Bound: 1, Says: "silent below"},
		{Measure: "prompts", Bound: 3, Says: "confidence 0.40 below, 0.75 from here on"},
	},
	Observe:  observeShellType,
	Evidence: evidenceShellType,
}

func observeShellType(v *profile.View) profile.Answer {
	s := v.Screen()
	if s.Total == 0 {
		return profile.Silent
	}
	votes := func(shell profile.Shell) float64 { return float64(s.Prompts[shell]) }
	return profile.Say(s.First.String(), profile.Sure(s.Total < 3, 0.40, 0.75), float64(s.Total),
		votes(profile.Bash), votes(profile.Zsh), votes(profile.Fish), votes(profile.PowerShell), votes(profile.CmdExe))
}

func evidenceShellType(v *profile.View, m *profile.Marks) { m.Prompts(v, 0) }
