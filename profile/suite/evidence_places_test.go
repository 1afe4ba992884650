package suite_test

import (
	"slices"
	"testing"
	"time"

	"gait"
	"gait/profile"
	"gait/profile/suite"
)

// at is an event at a time in milliseconds.
func at(ms int, kind gait.Kind, data string) gait.Event {
	return gait.Event{Time: time.Duration(ms) * time.Millisecond, Kind: kind, Data: []byte(data)}
}

func played(events ...gait.Event) *gait.Session {
	s := &gait.Session{}
	s.Fidelity = gait.Fidelity{Input: gait.GranularityPacket, Resolution: time.Microsecond, Output: true}
	for _, e := range events {
		s.Append(e, -1)
	}
	return s
}

func mark(kind profile.MarkKind, from, to float64) profile.Mark {
	return profile.Mark{Kind: kind, From: from, To: to}
}

// wantMarks holds the marks of some kinds, of all where none is named, to what
// they must be.
func wantMarks(t *testing.T, s *gait.Session, primitive string, want []profile.Mark, kinds ...profile.MarkKind) {
	t.Helper()
	got, more, cause := profile.Evidence(s, suite.Find(primitive), 1000)
	got = slices.DeleteFunc(got, func(m profile.Mark) bool { return len(kinds) > 0 && !slices.Contains(kinds, m.Kind) })
	if !slices.Equal(got, want) || more || cause != "" {
		t.Errorf("%s: %v, want %v", primitive, got, want)
	}
}

func TestMarksLieWhereTheyBelong(t *testing.T) {
	s := played(
		at(0, gait.Output, "root@web01:~# "),
		at(1000, gait.Input, "l"), at(1200, gait.Input, "s"), at(1300, gait.Input, "\x7f"), at(1500, gait.Input, "s"), at(1700, gait.Input, "\x01"), at(1900, gait.Input, "\r"),
		at(2000, gait.Output, "bash: ls: command not found\r\n"), at(2100, gait.Output, "\x1b[1mroot@web01:~# "),
		at(4000, gait.Input, "i"), at(4100, gait.Input, "\t"), at(4200, gait.Input, "\r"),
		at(4300, gait.Output, "root@web01:~# "),
		at(8000, gait.Input, "\x05uname -a | x\r"),
		at(8500, gait.Output, "tty\nLANG=de_AT\n\x1bPtmux;"), at(8600, gait.Output, "$ "),
		at(9000, gait.Input, "\x15"), at(9500, gait.Output, "\n."),
	)
	wantMarks(t, s, "motor.error_correction", []profile.Mark{mark(profile.MarkErase, 1.2, 1.3), mark(profile.MarkKill, 9, 9)})
	wantMarks(t, s, "motor.shell_mastery.shortcut_usage", []profile.Mark{mark(profile.MarkShortcut, 1.7, 1.7), mark(profile.MarkShortcut, 8, 8)}, profile.MarkShortcut)
	wantMarks(t, s, "motor.shell_mastery.tab_completion", []profile.Mark{mark(profile.MarkCommand, 1, 1.9), mark(profile.MarkTab, 4, 4.2), mark(profile.MarkCommand, 8, 8)})
	wantMarks(t, s, "motor.shell_mastery.pipe_chaining_depth", []profile.Mark{mark(profile.MarkCommand, 1, 1.9), mark(profile.MarkCommand, 4, 4.2), mark(profile.MarkPipeline, 8, 8)})
	wantMarks(t, s, "motor.keystroke_cadence", []profile.Mark{
		mark(profile.MarkGap, 1, 1.2), mark(profile.MarkBurst, 1, 1.9), mark(profile.MarkGap, 1.2, 1.3), mark(profile.MarkGap, 1.3, 1.5), mark(profile.MarkGap, 1.5, 1.7), mark(profile.MarkGap, 1.7, 1.9),
	})
	wantMarks(t, s, "cognitive.inter_command_latency_class", []profile.Mark{mark(profile.MarkPause, 1.9, 4), mark(profile.MarkPause, 4.2, 8)})
	wantMarks(t, s, "cognitive.feedback_loop_engagement", []profile.Mark{
		mark(profile.MarkPause, 1.9, 4), mark(profile.MarkOutput, 2, 2.1), mark(profile.MarkPause, 4.2, 8), mark(profile.MarkOutput, 4.3, 4.3),
	})
	wantMarks(t, s, "cognitive.error_resilience.retry_tactic", []profile.Mark{mark(profile.MarkError, 1, 1.9), mark(profile.MarkSwitch, 4, 4.2)})
	wantMarks(t, s, "temporal.session_duration", []profile.Mark{mark(profile.MarkSession, 0, 9.5)})
	wantMarks(t, s, "temporal.escalation_pattern", []profile.Mark{mark(profile.MarkWindow, 0, 9.5)}, profile.MarkWindow, profile.MarkEmptyWindow)
	wantMarks(t, s, "temporal.lifecycle_markers.landing_ritual", []profile.Mark{mark(profile.MarkLanding, 8, 8)}, profile.MarkLanding)
	wantMarks(t, s, "environmental.shell_type", []profile.Mark{mark(profile.MarkPrompt, 2.1, 2.1), mark(profile.MarkPrompt, 4.3, 4.3), mark(profile.MarkPrompt, 8.6, 8.6)})
	wantMarks(t, s, "environmental.locale", []profile.Mark{mark(profile.MarkSign, 8.5, 8.5)})
	wantMarks(t, s, "environmental.terminal_multiplexer", []profile.Mark{mark(profile.MarkSign, 8.5, 8.5)})
}

func TestMarksOfWindows(t *testing.T) {
	s := played(at(1000, gait.Input, "ls\r"), at(24_000, gait.Input, "id\r"))
	wantMarks(t, s, "temporal.escalation_pattern", []profile.Mark{
		mark(profile.MarkCommand, 1, 1), mark(profile.MarkWindow, 1, 11), mark(profile.MarkEmptyWindow, 11, 21), mark(profile.MarkWindow, 21, 24), mark(profile.MarkCommand, 24, 24),
	})
}

func TestMarksOfWords(t *testing.T) {
	var events []gait.Event
	text := "AAAAA!!! 7777 thanks fuck BBBB"
	for len(text) < 120 {
		text += "x"
	}
	for i, c := range text {
		events = append(events, at(40*i, gait.Input, string(c)))
	}
	events = append(events, at(9000, gait.Input, "\r"))
	s := played(events...)
	span := func(kind profile.MarkKind, first, last int) profile.Mark {
		return mark(kind, float64(40*first)/1000, float64(40*last)/1000)
	}
	wantMarks(t, s, "emotional_valence.arousal", []profile.Mark{span(profile.MarkCapitals, 0, 4), span(profile.MarkExclamations, 5, 7)}, profile.MarkCapitals, profile.MarkExclamations)
	wantMarks(t, s, "environmental.numpad_usage", []profile.Mark{span(profile.MarkDigits, 9, 12)})
	wantMarks(t, s, "emotional_valence.valence", []profile.Mark{span(profile.MarkPositive, 14, 19), span(profile.MarkNegative, 21, 24)})
	wantMarks(t, s, "emotional_valence.frustration_venting", []profile.Mark{span(profile.MarkObscene, 21, 24)})
}
