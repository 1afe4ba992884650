package profiler

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"gait"
	"gait/assess"
	"gait/assess/operator"
	"gait/store"
)

// TestOtherPriorsAreAnotherRevision sets priors on a store that holds sessions
// already: these keep their values until they are profiled again.
func TestOtherPriorsAreAnotherRevision(t *testing.T) {
	k := newKit(t)
	other := newKit(t, func(o *Options) {
		o.Store, o.Library, o.Primitives = k.store, k.library, assess.With(operator.Setting{Priors: &operator.Priors{operator.Script: 1}})
	})
	s := sessionsOf("p")[0]
	e := k.write(t, s)
	again := func() {
		t.Helper()
		if n, err := k.store.Outdated(t.Context(), store.OutdatedQuery{}); err != nil || n != 1 {
			t.Fatalf("%d are to be profiled again, %v", n, err)
		}
	}
	k.handle(t, e)
	before, revision := stored(t, k.store, ref(s)), k.row(t, ref(s)).Revision
	other.handle(t, e)
	if got := k.row(t, ref(s)).Revision; got != revision || strings.Contains(revision, "~") {
		t.Errorf("the revision is %s, was %s", got, revision)
	}
	again()
	other.handle(t, e)
	if got := k.row(t, ref(s)).Revision; !strings.Contains(got, "/end~p") || strings.Replace(got, got[strings.Index(got, "~"):strings.LastIndex(got, "/")], "", 1) != revision {
		t.Errorf("the revision is %s, was %s", got, revision)
	}
	after := stored(t, k.store, ref(s))
	if got := after["gait.operator"]; got.Value != "script" || got.Rules != before["gait.operator"].Rules ||
		!strings.Contains(string(got.Stored), `"prior_person":0,"prior_person_pasting":0,"prior_script":1,`) || strings.Contains(string(before["gait.operator"].Stored), "prior_") {
		t.Errorf("at other priors: %s %s", got.Value, got.Stored)
	}
	for name := range before {
		if a, b := before[name], after[name]; name != "gait.operator" && (a.Value != b.Value || a.Confidence != b.Confidence || string(a.Stored) != string(b.Stored)) {
			t.Errorf("%s is %s %s, was %s %s", name, b.Value, b.Stored, a.Value, a.Stored)
		}
	}
	again()
	k.handle(t, e)
	same := func(a, b gait.Observation) bool {
		return string(a.AppendJSON(nil, false)) == string(b.AppendJSON(nil, false))
	}
	if back := stored(t, k.store, ref(s)); !maps.EqualFunc(before, back, same) {
		t.Errorf("back at the stated rates: %v", slices.Sorted(maps.Keys(back)))
	}
}
