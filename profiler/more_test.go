package profiler

import (
	"io"
	"testing"
	"time"

	"gait"
	"gait/recording"
	"gait/recording/shard"
)

func recordingPlace(path, id string) recording.Place {
	return recording.Place{Format: shard.FormatName, Path: path, Session: id}
}

// writeShard writes a session as lines of a shard.
func writeShard(t testing.TB, w io.Writer, s *gait.Session) {
	t.Helper()
	if err := shard.NewEncoder(w).Session(s); err != nil {
		t.Fatal(err)
	}
}

// later turns the profiler's clock on by hours.
func (k *kit) later(hours int) {
	at := time.Now().Add(time.Duration(hours) * time.Hour)
	k.now = func() time.Time { return at }
}

// counted gives the sum over all labels of what was counted under a name:
// values of counters and gauges, and how often histograms were asked.
func (k *kit) counted(t testing.TB, name string) (sum float64) {
	t.Helper()
	families, err := k.registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() != name {
			continue
		}
		for _, m := range f.GetMetric() {
			sum += m.GetCounter().GetValue() + m.GetGauge().GetValue() + float64(m.GetHistogram().GetSampleCount())
		}
		return sum
	}
	t.Errorf("there is no metric %s", name)
	return 0
}
