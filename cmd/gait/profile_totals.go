package main

import (
	"gait"
	"gait/profile"
)

// tally counts what was profiled.
type tally struct {
	sessions, observations, events, bytes int64

	spoke []profile.Count // by primitive, where details are wanted
	lacks map[profile.NotObservable]int64
}

// count adds one session.
func (t *tally) count(s *gait.Session, r *profile.Result, wants wanted) {
	t.sessions++
	t.events += int64(s.Len())
	t.bytes += s.Extent
	if wants == nil {
		t.observations += int64(len(r.Observations))
		return
	}
	for i := range r.Observations {
		if wants[r.Observations[i].Primitive] {
			t.observations++
		}
	}
}

// detail adds what details are told of.
func (t *tally) detail(r *profile.Result, wants wanted) {
	for _, c := range profile.Counts(r.Observations) {
		if wants.has(c.Primitive) {
			t.speak(c)
		}
	}
	for _, n := range r.NotObservable {
		if wants.has(n.Primitive) {
			t.lack(n, 1)
		}
	}
}

func (t *tally) speak(c profile.Count) {
	for i := range t.spoke {
		if t.spoke[i].Primitive == c.Primitive {
			t.spoke[i].N += c.N
			return
		}
	}
	t.spoke = append(t.spoke, c)
}

func (t *tally) lack(n profile.NotObservable, times int64) {
	if t.lacks == nil {
		t.lacks = map[profile.NotObservable]int64{}
	}
	t.lacks[n] += times
}

// add adds another tally.
func (t *tally) add(u *tally) {
	t.sessions += u.sessions
	t.observations += u.observations
	t.events += u.events
	t.bytes += u.bytes
	for _, c := range u.spoke {
		t.speak(c)
	}
	for n, times := range u.lacks {
		t.lack(n, times)
	}
}

// Of each list, totals keep this many: the rest is counted.
const keptOfEach = 10_000

// totals is what a run comes to.
type totals struct {
	tally
	verbose  bool
	failed   int64
	failures []failure
	skipped  int64
	passed   []failure // what was skipped, and why
	odd      gait.Oddities
	files    []fileOddities
}

// fileOddities is what was odd about a file and its sessions.
type fileOddities struct {
	path string
	odd  gait.Oddities
}

// fail counts a failure.
func (t *totals) fail(f failure) {
	t.failed++
	if len(t.failures) < keptOfEach {
		t.failures = append(t.failures, f)
	}
}

// skip counts a file that is no recording.
func (t *totals) skip(path, why string) {
	t.skipped++
	if len(t.passed) < keptOfEach {
		t.passed = append(t.passed, failure{path, why})
	}
}

// fileOddities adds what was odd about a file.
func (t *totals) fileOddities(path string, odd gait.Oddities) {
	if len(odd) == 0 {
		return
	}
	for _, o := range odd {
		t.odd.Add(o.Kind, o.Count, -1)
	}
	if n := len(t.files); n > 0 && t.files[n-1].path == path {
		t.files[n-1].odd.Merge(odd)
		return
	}
	if len(t.files) < keptOfEach {
		t.files = append(t.files, fileOddities{path, append(gait.Oddities(nil), odd...)})
	}
}
