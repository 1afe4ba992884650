package storetest

import (
	"context"
	"fmt"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"gait/store"
)

// BenchmarkSave measures how many sessions a store takes in, with 38
// observations each and a new attacker every ten sessions, in groups of several
// sizes: offered, begun, stored and announced.
func BenchmarkSave(b *testing.B, open func(testing.TB) store.Store) {
	for _, size := range []int{1, 16, 64} {
		b.Run(fmt.Sprintf("group=%d", size), func(b *testing.B) {
			s := open(b)
			ctx := context.Background()
			n, spent := 0, time.Duration(0)
			for b.Loop() {
				saving, err := takeIn(ctx, s, n, size)
				if err != nil {
					b.Fatal(err)
				}
				n += size
				spent += saving
			}
			b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "sessions/s")
			b.ReportMetric(float64(n)/spent.Seconds(), "saved/s")
			b.ReportMetric(0, "ns/op")
			stats, err := s.Stats(ctx)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(stats.Bytes)/float64(n), "bytes/session")
		})
	}
}

// BenchmarkTogether measures the same for eight callers that each take in one
// session at a time.
func BenchmarkTogether(b *testing.B, open func(testing.TB) store.Store) {
	s := open(b)
	ctx := context.Background()
	var next atomic.Int64
	b.SetParallelism(max(1, 8/runtime.GOMAXPROCS(0)))
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			if _, err := takeIn(ctx, s, int(next.Add(1)), 1); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(next.Load())/b.Elapsed().Seconds(), "sessions/s")
	b.ReportMetric(0, "ns/op")
}

// takeIn takes sample sessions all the way, and gives how long the storing took.
func takeIn(ctx context.Context, s store.Store, from, n int) (time.Duration, error) {
	offers, profiles := make([]store.Offer, n), make([]store.Profile, n)
	refs := make([]string, n)
	for i := range n {
		offers[i], profiles[i] = Found(from+i, (from+i)/10), Sample(from+i, (from+i)/10)
		refs[i] = offers[i].Ref
	}
	if _, err := s.Offer(ctx, offers, nil); err != nil {
		return 0, err
	}
	if _, err := s.Begin(ctx, refs); err != nil {
		return 0, err
	}
	begun := time.Now()
	saved, err := s.Save(ctx, profiles)
	spent := time.Since(begun)
	if err != nil {
		return 0, err
	}
	done := make([]store.Revision, n)
	for i, one := range saved {
		done[i] = store.Revision{Ref: one.Ref, Revision: one.Revision}
	}
	return spent, s.Announced(ctx, done)
}
