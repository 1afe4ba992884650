package profiler

import (
	"bytes"
	"fmt"
	"log/slog"
	"syscall"
	"testing"
	"time"

	"gait/bus"
	"gait/internal/simulate"
)

// BenchmarkPipeline measures sessions a second from the event to stored and
// announced, with SQLite and an embedded bus on a fast disk. An operation is
// one session.
func BenchmarkPipeline(b *testing.B) {
	nats := openBus(b)
	k := newKit(b, func(o *Options) {
		o.Bus, o.Workers = nats, 0
		o.Log = slog.New(slog.NewTextHandler(&bytes.Buffer{}, &slog.HandlerOptions{Level: slog.LevelInfo}))
	})
	var texts bytes.Buffer
	events := make([]bus.Message, 0, b.N)
	n := 0
	for i := range b.N {
		s := simulate.Visitors[i%len(simulate.Visitors)].Session(uint64(i % 200))
		s.ID = fmt.Sprintf("%08x-0000-4000-8000-%012x", i, i)
		s.Decoy, s.Service = fmt.Sprintf("decky-%02d", i%4), "ssh"
		s.SourceIP = fmt.Sprintf("10.%d.%d.%d", i>>16&255, i>>8&255, i&255)
		n += s.Len()
		texts.Reset()
		writeShard(b, &texts, s)
		k.raw(b, s.Decoy, texts.Bytes())
		events = append(events, bus.Message{Subject: bus.SubjectSessionEnded, Data: k.event(s).JSON()})
	}
	b.ResetTimer()
	began, spent := time.Now(), processTime(b)
	k.run(b)
	for from := 0; from < len(events); from += 500 {
		if errs := nats.PublishAll(b.Context(), events[from:min(from+500, len(events))]); errs != nil {
			b.Fatal(errs[0])
		}
	}
	eventually(b, "all is stored", func() bool {
		undelivered, unanswered, err := nats.Pending(b.Context(), consumer)
		return err == nil && undelivered+unanswered == 0
	})
	eventually(b, "all is announced", func() bool {
		list, err := k.store.Unannounced(b.Context(), 1)
		return err == nil && len(list) == 0
	})
	b.ReportMetric(float64(n)/float64(b.N), "events/op")
	b.ReportMetric(float64(processTime(b)-spent)/float64(time.Millisecond)/float64(b.N), "cpu-ms/op")
	b.ReportMetric(float64(b.N)/time.Since(began).Seconds(), "sessions/s")
}

// processTime is the time of processors that the process has used so far: what
// else the machine does counts for nothing.
func processTime(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
