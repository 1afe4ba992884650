package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"gait"
	"gait/profile"
)

// summary tells on the console's messages what the run came to.
func (r *profiling) summary(start time.Time) {
	t := &r.totals
	if r.cmd.Verbose && r.cmd.Output != "table" {
		for _, f := range t.files {
			r.out.problem("gait: " + printable(f.path) + ": " + oddities(f.odd))
		}
		for _, line := range t.details("gait: ") {
			r.out.problem(line)
		}
	}
	if r.cmd.Quiet {
		return
	}
	var b strings.Builder
	fmt.Fprintf(&b, "gait: %s, %s in %s", count(t.sessions, "session", "sessions"),
		count(t.observations, "observation", "observations"), howLong(r.console.now().Sub(start)))
	if n := total(t.odd); n > 0 && !r.cmd.Verbose {
		fmt.Fprintf(&b, "; %s (-v tells which)", count(n, "oddity", "oddities"))
	}
	if t.skipped > 0 {
		fmt.Fprintf(&b, "; %s passed over", count(t.skipped, "file", "files"))
	}
	if t.failed > 0 {
		fmt.Fprintf(&b, "; %s", count(t.failed, "failure", "failures"))
	}
	r.out.problem(b.String())
}

// details lists what is asked for beside the result: what was passed over, how
// often each primitive spoke, and what could not be observed.
func (t *totals) details(lead string) (lines []string) {
	for _, s := range t.passed {
		lines = append(lines, lead+printable(s.path)+": passed over: "+printable(s.text))
	}
	if len(t.spoke) > 0 {
		lines = append(lines, lead+"observations by primitive:")
	}
	for _, c := range t.spoke {
		lines = append(lines, fmt.Sprintf("  %9s  %s", grouped(int64(c.N)), c.Primitive))
	}
	if len(t.lacks) > 0 {
		lines = append(lines, lead+"not observable, by sessions:")
	}
	for _, n := range sortedLacks(t.lacks) {
		lines = append(lines, fmt.Sprintf("  %9s  %s: %s", grouped(t.lacks[n]), n.Primitive, n.Reason))
	}
	return lines
}

// sortedLacks lists what could not be observed by primitive.
func sortedLacks(lacks map[profile.NotObservable]int64) []profile.NotObservable {
	list := make([]profile.NotObservable, 0, len(lacks))
	for n := range lacks {
		list = append(list, n)
	}
	slices.SortFunc(list, func(a, b profile.NotObservable) int {
		return cmp.Or(cmp.Compare(place(a.Primitive), place(b.Primitive)), cmp.Compare(a.Reason, b.Reason))
	})
	return list
}

// oddities puts counts in one line, each with the place of its first.
func oddities(odd gait.Oddities) string {
	var parts []string
	for _, o := range odd {
		s := grouped(o.Count) + " × " + o.Kind
		if o.First >= 0 {
			s += fmt.Sprintf(" (first at byte %d)", o.First)
		}
		parts = append(parts, s)
	}
	return strings.Join(parts, ", ")
}

// total counts all oddities.
func total(odd gait.Oddities) (n int64) {
	for _, o := range odd {
		n += o.Count
	}
	return n
}
