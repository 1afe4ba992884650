package main

import (
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"gait"
	"gait/profile"
)

// headline says which session it is: when, how long, what was done, by whom,
// and what the recording is.
func (t *tableForm) headline(b []byte, s *gait.Session, r *profile.Result) []byte {
	const sep = " · "
	head := join(sep, when(s.Start), howLong(s.Active()), count(int64(r.Commands), "command", "commands"), keys(s, r))
	b = fmt.Appendf(b, "%s\n", t.style.paint(bold, clip("● "+head, t.columns)))
	who := join(" ", "session "+printable(orUnnamed(s.ID)), whence(s))
	what := join(sep, s.Format+", "+shows(s.Fidelity), cut(s.Truncated))
	lines := []string{who, what}
	if both := join(sep, who, what); cells(both) <= t.columns-2 {
		lines = []string{both}
	}
	for _, line := range lines {
		for _, part := range wrap(line, t.columns-2) {
			b = fmt.Appendf(b, "  %s\n", t.style.paint(faint, part))
		}
	}
	return fmt.Appendf(b, "  %s\n", t.style.paint(faint, clipLeft(printable(s.Path), t.columns-2)))
}

func orUnnamed(id string) string {
	if id == "" {
		return "without an id"
	}
	return id
}

// when writes the start of a session.
func when(start time.Time) string {
	if start.IsZero() {
		return "start unknown"
	}
	return start.UTC().Format("2006-01-02 15:04:05 UTC")
}

// keys says how much was typed, in the pieces that the recording has.
func keys(s *gait.Session, r *profile.Result) string {
	switch s.Fidelity.Input {
	case gait.GranularityNone:
		return ""
	case gait.GranularityLine:
		return count(int64(r.Strokes), "line", "lines")
	}
	return count(int64(r.Strokes), "key", "keys")
}

// whence says where a session came from and where to, as far as is known.
func whence(s *gait.Session) string {
	from := s.SourceIP
	if from != "" && s.SourcePort > 0 {
		from = net.JoinHostPort(from, strconv.Itoa(s.SourcePort))
	}
	to := join("/", s.Decoy, s.Service)
	var parts []string
	for _, p := range []struct{ word, text string }{{"from", from}, {"with", s.Client}, {"to", to}} {
		if p.text != "" {
			parts = append(parts, p.word+" "+printable(p.text))
		}
	}
	return strings.Join(parts, " ")
}

// shows says in short what a recording can show.
func shows(f gait.Fidelity) string {
	input := "no input"
	if f.Input != gait.GranularityNone {
		input = "input by " + f.Input.String()
	}
	parts := []string{input}
	if f.Resolution > 0 {
		parts = append(parts, howLong(f.Resolution)+" steps")
	}
	switch {
	case !f.Output:
		parts = append(parts, "no output")
	case f.OutputPartial:
		parts = append(parts, "output in part")
	}
	if f.SharedTiming {
		parts = append(parts, "times of another session")
	}
	return strings.Join(parts, ", ")
}

// cut says why a session was cut.
func cut(why string) string {
	if why == "" {
		return ""
	}
	return "cut: " + printable(why)
}
