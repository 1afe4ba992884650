package assess_test

import (
	"errors"
	"testing"

	"gait/assess"
	"gait/assess/operator"
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
