package disk

import (
	"errors"
	"log/slog"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gait/internal/health"
)

func TestMeasureLooksAtTheNearestFolder(t *testing.T) {
	s, err := Measure(filepath.Join(t.TempDir(), "not", "there", "yet"))
	if err != nil || s.Free <= 0 || s.Total < s.Free || s.Share() <= 0 || s.Share() > 1 {
		t.Fatalf("%+v %v", s, err)
	}
	if (Space{}).Share() != 1 {
		t.Error("a disk of no size is full")
	}
}

func TestWatchShutsAndOpens(t *testing.T) {
	const gb = int64(1 << 30)
	now, failed := Space{}, error(nil)
	var log strings.Builder
	w := &Watch{Path: "/data", Least: gb, Part: 0.05, Every: time.Hour, Gate: new(health.Gate), Board: health.NewBoard(),
		Log: slog.New(slog.NewTextHandler(&log, nil)), Look: func(string) (Space, error) { return now, failed }}
	for i, step := range []struct {
		free, total int64
		err         error
		shut        bool
	}{
		{10 * gb, 100 * gb, nil, false},
		{4 * gb, 100 * gb, nil, true},       // less than 5 %
		{5*gb + gb/2, 100 * gb, nil, true},  // not a quarter more
		{6*gb + gb/2, 100 * gb, nil, false}, // a quarter more
		{gb - 1, 10 * gb, nil, true},
		{gb + gb/2, 10 * gb, nil, false},
		{0, 0, errors.New("gone"), true},
		{10 * gb, 100 * gb, nil, false},
	} {
		now, failed = Space{Free: step.free, Total: step.total}, step.err
		w.Once()
		conditions := w.Board.Conditions()
		if shut := w.Gate.Shuts() != ""; shut != step.shut || len(conditions) == 1 != step.shut {
			t.Errorf("step %d: shut is %v, conditions %v", i, shut, conditions)
		}
		if step.shut && (!conditions[0].Stops || conditions[0].Cure == "") {
			t.Errorf("step %d: %+v", i, conditions[0])
		}
	}
	if n := strings.Count(log.String(), "nothing more is taken in"); n != 3 {
		t.Errorf("%d warnings:\n%s", n, log.String())
	}
}

func TestLocalRefusesWithReason(t *testing.T) {
	if err := Local(t.TempDir()); err != nil {
		t.Skip("the test's own folder is not on a local disk: ", err)
	}
}
