package environmental

import (
	"gait"
	"gait/profile"
)

// TerminalMultiplexer tells whether the shell runs inside tmux or screen.
var TerminalMultiplexer = &profile.Primitive{
	Name:   "environmental.terminal_multiplexer",
	Title:  "tmux or screen",
	Kind:   profile.Label,
	Values: []string{"none", "tmux", "screen"},
	Doc: `Whether the shell runs inside a terminal multiplexer, by the control sequences in the raw output of the whole
session: ESC P tmux; or ESC [ ? 1004 or ESC ] 2 ; tmux anywhere is tmux; else ESC P = or ESC ] 83 ; is screen; else
none. A sequence counts also where it is spread over several output events.

Confidence is 0.85 where one was found, 0.55 for none. Silent without a command.`,
	Needs: profile.NeedInput | profile.NeedOutput,
	Rules: 1,
	Measures: []profile.MeasureDoc{
		{Name: "commands", Unit: "count", Doc: "commands"},
		{Name: "found", Unit: "count", Doc: "1 where a multiplexer left its sequences, else 0"},
	},
	Thresholds: []gait.Threshold{
		{Measure: "found", Bound: 1, Says: "none below"},
	},
	Observe:  observeTerminalMultiplexer,
	Evidence: evidenceTerminalMultiplexer,
}

func observeTerminalMultiplexer(v *profile.View) profile.Answer {
	n := float64(v.Commands().Len())
	if n == 0 {
		return profile.Silent
	}
	switch v.Screen().Multiplexer {
	case profile.Tmux:
		return profile.Say("tmux", 0.85, n, 1)
	case profile.GNUScreen:
		return profile.Say("screen", 0.85, n, 1)
	default:
		return profile.Say("none", 0.55, n, 0)
	}
}

func evidenceTerminalMultiplexer(v *profile.View, m *profile.Marks) { m.Multiplexer(v) }
