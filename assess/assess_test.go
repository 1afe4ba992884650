package assess_test

import (
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"gait"
	"gait/assess"
	"gait/assess/operator"
	"gait/internal/simulate"
	"gait/profile"
	"gait/profile/suite"
)

func TestAllEndsWithTheConclusions(t *testing.T) {
	if n := len(suite.All); len(assess.All) != n+1 || assess.All[n] != operator.Operator {
		t.Errorf("%d primitives, the suite has %d", len(assess.All), n)
	}
	for _, p := range assess.All {
		if assess.Find(p.Name) != p {
			t.Errorf("%s is not found", p.Name)
		}
	}
	if assess.Find("gait") != nil {
		t.Error("found what is no primitive")
	}
}

func TestSelect(t *testing.T) {
	list, err := assess.Select([]string{"gait.operator"})
	if err != nil || len(list) != 1 || list[0] != operator.Operator {
		t.Errorf("%v, %v", list, err)
	}
	var unknown *suite.UnknownError
	if _, err := assess.Select([]string{"gait.operater"}); !errors.As(err, &unknown) || len(unknown.Near) == 0 || unknown.Near[0] != "gait.operator" {
		t.Errorf("%v", err)
	}
}

// TestWithStatesItsPriors holds gait.operator at priors of somebody's own to the
// one at the stated rates.
func TestWithStatesItsPriors(t *testing.T) {
	s := simulate.Find("loader").Session(3)
	observed := func(list []*profile.Primitive) gait.Observation {
		all := profile.Run(s, list, time.Unix(1, 0)).Observations
		return all[len(all)-1]
	}
	stated := observed(assess.All)
	if stated.Primitive != "gait.operator" || len(stated.Measures) != 7 || strings.Contains(stated.Revision, "~") {
		t.Errorf("at the stated rates: %+v", stated)
	}
	with := func(p operator.Priors) gait.Observation { return observed(assess.With(operator.Setting{Priors: &p})) }
	same := with(operator.DefaultPriors())
	if same.Value != stated.Value || math.Abs(same.Confidence-stated.Confidence) > 1e-9 || same.ID != stated.ID || same.Rules != stated.Rules || len(same.Measures) != 13 {
		t.Errorf("with the stated rates as one's own: %+v, want %+v", same, stated)
	}
	own := with(operator.Priors{operator.Script: 0.5, operator.Machine: 0.5})
	for i, want := range map[int]gait.Measure{7: {Name: "prior_person"}, 9: {Name: "prior_script", Value: 0.5}, 11: {Name: "prior_machine_unknown", Value: 0.5}, 12: {Name: "catalogue", Value: 1}} {
		if own.Measures[i] != want {
			t.Errorf("measure %d is %+v, want %+v", i, own.Measures[i], want)
		}
	}
	// An observation tells with what setting it was made.
	for _, o := range []gait.Observation{stated, own, observed(assess.With(operator.Setting{NoCatalogue: true}))} {
		_, setting, _ := strings.Cut(o.Revision, "~")
		setting, _, _ = strings.Cut(setting, "/")
		if got := operator.Operator.As(o.Measures).Setting; got != setting {
			t.Errorf("revision %s: its measures are of the setting %q", o.Revision, got)
		}
	}
	if own.Revision == same.Revision || own.Revision == stated.Revision {
		t.Errorf("revisions %s, %s, %s", stated.Revision, same.Revision, own.Revision)
	}
	if twice := with(operator.Priors{operator.Script: 1, operator.Machine: 1}); twice.Revision != own.Revision || twice.Confidence != own.Confidence {
		t.Errorf("priors twice as large: %+v, want %+v", twice, own)
	}
}
