package suite_test

import (
	"testing"
	"time"

	"gait"
	"gait/internal/simulate"
	"gait/profile"
	"gait/profile/suite"
)

// BenchmarkReadings profiles made-up sessions with output by both readings.
func BenchmarkReadings(b *testing.B) {
	for _, visitor := range []string{"human", "loader", "agent", "claude-cl"} {
		v := simulate.Find(visitor)
		if v == nil {
			b.Fatal(visitor)
		}
		var list []*gait.Session
		size := 0
		for n := range uint64(50) {
			s := v.Session(n)
			list = append(list, s)
			size += len(s.Block(gait.Input)) + len(s.Block(gait.Output))
		}
		for _, compat := range []bool{true, false} {
			name := visitor + "/echo"
			if compat {
				name = visitor + "/keys"
			}
			b.Run(name, func(b *testing.B) {
				e := profile.EngineOf(suite.All, compat)
				b.SetBytes(int64(size))
				b.ReportAllocs()
				for b.Loop() {
					for _, s := range list {
						e.Profile(s, time.Time{})
					}
				}
			})
		}
	}
}
