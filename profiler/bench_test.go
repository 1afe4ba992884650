package profiler

import (
	"bytes"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"gait/bus"
	"gait/internal/simulate"
	"gait/profile"
	"gait/profile/suite"
	"gait/store"
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

// BenchmarkAssess measures what the conclusions about one attacker cost after
// another session of his, when he has so many of them already, with SQLite. An
// operation is one assessment, its reading and storing included.
func BenchmarkAssess(b *testing.B) {
	for _, sessions := range []int{5, 50, 2000} {
		b.Run(fmt.Sprint(sessions), func(b *testing.B) {
			k := newKit(b)
			list := sessionsOf(strings.Repeat("ttttp", sessions/5))
			for group := range slices.Chunk(list, 100) {
				var profiles []store.Profile
				for _, s := range group {
					r := profile.Run(s, suite.All, time.Now())
					profiles = append(profiles, store.Profile{
						Session:  store.Session{Ref: ref(s), ID: s.ID, Address: s.SourceIP, Start: s.Start, State: store.Profiled},
						Revision: profile.EngineOf(suite.All, false).Reading(s), Observations: slices.Clone(r.Observations),
					})
				}
				if _, err := k.store.Save(b.Context(), profiles); err != nil {
					b.Fatal(err)
				}
			}
			k.concluded(b)
			b.ResetTimer()
			for range b.N {
				if _, _, err := k.store.MarkDue(b.Context(), 0, 1); err != nil {
					b.Fatal(err)
				}
				k.concluded(b)
			}
		})
	}
}
