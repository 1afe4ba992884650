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
	if r.cmd.Verbose {
		r.details(t)
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

// details tells what -v asks for: oddities by file, how often each primitive
// spoke, and what could not be observed.
func (r *profiling) details(t *totals) {
	for _, f := range t.files {
		r.out.problem("gait: " + printable(f.path) + ": " + oddities(f.odd))
	}
	for _, s := range t.passed {
		r.out.problem("gait: " + printable(s.path) + ": passed over: " + printable(s.text))
	}
	if len(t.spoke) > 0 {
		r.out.problem("gait: observations by primitive:")
	}
	for _, c := range t.spoke {
		r.out.problem(fmt.Sprintf("  %9s  %s", grouped(int64(c.N)), c.Primitive))
	}
	if len(t.lacks) > 0 {
		r.out.problem("gait: not observable, by sessions:")
	}
	for _, n := range sortedLacks(t.lacks) {
		r.out.problem(fmt.Sprintf("  %9s  %s: %s", grouped(t.lacks[n]), n.Primitive, n.Reason))
	}
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
