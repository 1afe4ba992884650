package bus

import (
	"context"
	"fmt"
	"testing"
)

// perSession is what one session has to announce.
const perSession = 40

func benchEach(b *testing.B, run func(b *testing.B, o Options)) {
	b.Run("embedded", func(b *testing.B) { run(b, Options{}) })
	b.Run("strict", func(b *testing.B) { run(b, Options{Strict: true}) })
	b.Run("external", func(b *testing.B) { run(b, externalServer(b)) })
}

// BenchmarkAnnounce publishes the observations of one session in each round.
func BenchmarkAnnounce(b *testing.B) {
	benchEach(b, func(b *testing.B, o Options) {
		bus := start(b, o, defaultTuning())
		list := make([]Message, perSession)
		for n := 0; b.Loop(); n++ {
			for i := range list {
				list[i] = Message{
					Subject: "attacker.observation.motor.input_modality", ID: fmt.Sprintf("%032x-38/%d/end/-", i, n),
					Header: map[string]string{HeaderType: "motor.input_modality"}, Data: make([]byte, 600),
				}
			}
			publish(b, bus, list...)
		}
		b.ReportMetric(float64(b.N)*perSession/b.Elapsed().Seconds(), "msgs/s")
	})
}

// BenchmarkConsume delivers and answers sessions.
func BenchmarkConsume(b *testing.B) {
	benchEach(b, func(b *testing.B, o Options) {
		bus := start(b, o, defaultTuning())
		for n := 0; n < b.N; n += 1000 {
			publish(b, bus, endeds(n, min(n+1000, b.N))...)
		}
		ctx, cancel := context.WithCancel(context.Background())
		got := 0
		b.ResetTimer()
		_ = bus.Consume(ctx, Consumer{Name: "profiler", Stream: StreamSessions}, func(list []Delivery) {
			for _, d := range list {
				if d.Done() != nil {
					b.Error("not answered")
				}
				if got++; got == b.N {
					cancel()
				}
			}
		})
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "msgs/s")
	})
}

// BenchmarkOpen opens an embedded bus that was used before, and closes it.
func BenchmarkOpen(b *testing.B) {
	o := Options{Dir: b.TempDir()}
	start(b, o, defaultTuning()).Close()
	for b.Loop() {
		start(b, o, defaultTuning()).Close()
	}
}
