package simulate

import (
	"slices"
	"testing"
	"time"

	"gait"
	"gait/profile"
	"gait/profile/suite"
)

// TestVisitorsShowWhatTheyAreBuiltFor holds every session of every visitor,
// the calibration classes among them, to the values of its class.
func TestVisitorsShowWhatTheyAreBuiltFor(t *testing.T) {
	eachSession(t, func(t *testing.T, v *Visitor, s *gait.Session) {
		if len(v.Shows) == 0 {
			t.Fatal("shows nothing")
		}
		r := profile.Run(s, suite.All, time.Unix(0, 0))
		if len(r.Failures) > 0 {
			t.Fatal(r.Failures)
		}
		for _, want := range v.Shows {
			if !slices.ContainsFunc(suite.All, func(p *profile.Primitive) bool { return p.Name == want.Primitive }) {
				t.Fatalf("%s is no primitive", want.Primitive)
			}
			got := ""
			for i := range r.Observations {
				if r.Observations[i].Primitive == want.Primitive {
					got = r.Observations[i].Value
				}
			}
			if got == "" && len(want.Values) > 0 || got != "" && !slices.Contains(want.Values, got) {
				t.Errorf("%s of %s is %q, built for %q", want.Primitive, s.EvidenceRef, got, want.Values)
			}
		}
	})
}
