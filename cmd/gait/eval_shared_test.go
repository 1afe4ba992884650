package main

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gait/assess/evaluate"
	"gait/assess/operator"
	"gait/internal/shared"
)

// TestOperatorHoldsItsBounds measures the recordings beside the project and those
// that are part of it, and holds to them what gait says of its errors.
func TestOperatorHoldsItsBounds(t *testing.T) {
	x := &corpus{fail: func(f failure) { t.Error(f.line()) }, bar: &progress{}}
	list := slices.Concat(x.labels(shared.Path(t, "corpus")), x.labels(filepath.Join("..", "..", "assess", "operator", "examples")))
	if err := x.read(t.Context(), list); err != nil {
		t.Fatal(err)
	}
	r, err := evaluate.Operator(x.samples, evaluate.Options{Encodings: encodings})
	if err != nil {
		t.Fatal(err)
	}
	for name, f := range map[string]struct {
		got   *float64
		least float64
	}{
		"macro-F1 of all features": {r.MacroF1, 0.95}, "macro-F1 of timing and shape from 5 acts on": {r.TimingOnly.MacroF1, 0.90},
	} {
		if f.got == nil || *f.got < f.least {
			t.Errorf("%s: %s, want at least %v", name, figure(f.got), f.least)
		}
	}
	if r.Cllr == nil || *r.Cllr > 0.3 {
		t.Errorf("Cllr %s bits, want at most 0.3", figure(r.Cllr))
	}
	for name, c := range map[string]struct {
		evaluate.Rate
		most float64
	}{
		"people, 20 keys": {r.HumanWindows.Rate, 0.001}, "in ticks": {r.HumanWindows.Ticks, 0.001},
		"sessions of 100 keys": {r.HumanSessions.Called, 0}, "at stated priors": {r.HumanSessions.Stated, 0},
	} {
		if c.N < 50 || float64(c.Hits) > c.most*float64(c.N) {
			t.Errorf("%s: %s called machine, want at most %v of at least 50", name, rateText(c.Rate), c.most)
		}
	}
	if m := r.Machines; m.Called.N < 80 || m.Called.Hits < m.Called.N || m.Stated.Hits < m.Stated.N {
		t.Errorf("machines: %s called so, %s at stated priors", rateText(m.Called), rateText(m.Stated))
	}
	if v := r.Invariance; v.Recordings < 150 || v.Failed > 0 || v.Largest > 0.01 {
		t.Errorf("forms of a recording: %+v", v)
	}
	said := strings.Join(strings.Fields(operator.ErrorRates), " ")
	for _, rate := range []evaluate.Rate{r.HumanWindows.Rate, r.HumanSessions.Called, r.Machines.Called, r.TimingOnly.AgentOrScript.Wrong} {
		n, ranged, _ := strings.Cut(rateText(rate), " (")
		if !strings.Contains(said, n) || !strings.Contains(said, "("+ranged) {
			t.Errorf("%s was measured, but gait says: %s", rateText(rate), said)
		}
	}
}
