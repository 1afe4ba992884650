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
