package storetest

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"gait/store"
)

func outbox(t *testing.T, s store.Store) {
	ctx := context.Background()
	var saved []store.Saved
	for _, n := range []int{3, 1, 2} {
		saved = append(saved, save(t, s, Sample(n, 1)))
	}
	offer(t, s, Found(9, 1), store.Added) // not read yet: nothing to announce
	list := must(s.Unannounced(ctx, 2))(t)
	if len(list) != 2 || list[0].Session.Ref != Ref(3) || list[1].Session.Ref != Ref(1) {
		t.Fatalf("unannounced: %+v", list)
	}
	if list[0].Position != saved[0].Position || len(list[0].Observations) != 38 || list[0].Observations[0].Revision != saved[0].Revision {
		t.Errorf("to announce: %+v", list[0])
	}
	do(t, s.Announced(ctx, []store.Revision{{Ref: Ref(3), Revision: saved[0].Revision}, {Ref: Ref(1), Revision: "another"}, {Ref: "none", Revision: "x"}}))
	left := must(s.Unannounced(ctx, 0))(t)
	if len(left) != 2 || left[0].Session.Ref != Ref(1) {
		t.Errorf("left: %d", len(left))
	}
	same(t, "announced", session(t, s, Ref(3)).Announced, true)
	// A new revision is announced again; a mark that comes late is not for it.
	p := Sample(3, 1)
	p.Revision = "41/99999/end"
	newer := save(t, s, p)
	do(t, s.Announced(ctx, []store.Revision{{Ref: Ref(3), Revision: saved[0].Revision}}))
	same(t, "announced", session(t, s, Ref(3)).Announced, false)
	left = must(s.Unannounced(ctx, 0))(t)
	same(t, "the newest change comes last", left[len(left)-1].Session.Ref, Ref(3))
	do(t, s.Announced(ctx, []store.Revision{{Ref: Ref(3), Revision: newer.Revision}}))
	save(t, s, p)
	same(t, "still announced", session(t, s, Ref(3)).Announced, true)
	whole(t, s)
}

func changesStale(t *testing.T, s store.Store) {
	ctx := context.Background()
	first := save(t, s, Sample(1, 1))
	o := Found(2, 2)
	o.Backfill = true
	offer(t, s, o, store.Added)
	save(t, s, Sample(2, 2))
	p := Sample(1, 1)
	p.Revision = "41/99999/end"
	last := save(t, s, p)
	list := must(s.Changes(ctx, 0, 0))(t)
	if len(list) != 3 {
		t.Fatalf("changes: %+v", list)
	}
	if c := list[0]; !c.Stale || c.First != 1 || c.Last != 39 || c.Ref != Ref(1) {
		t.Errorf("the first: %+v", c)
	}
	if c := list[1]; c.Stale || !c.Backfill || c.Kind != "session" || c.Time.IsZero() {
		t.Errorf("the second: %+v", c)
	}
	if c := list[2]; c.Stale || c.Revision != last.Revision || c.Attacker != first.Attacker || c.Last != last.Position || c.Backfill {
		t.Errorf("the last: %+v", c)
	}
	same(t, "after the second", len(must(s.Changes(ctx, list[1].Last, 10))(t)), 1)
	same(t, "in the middle of one", len(must(s.Changes(ctx, list[1].Last-5, 10))(t)), 2)
	same(t, "one at most", len(must(s.Changes(ctx, 0, 1))(t)), 1)
	oldest, newest, err := s.Positions(ctx)
	do(t, err)
	same(t, "oldest", oldest, 0)
	same(t, "newest", newest, list[2].Last)
}

// changesInOrder reads the log while many write: what was seen to be the newest
// never gets anything below it.
func changesInOrder(t *testing.T, s store.Store) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var all sync.WaitGroup
	const writers, each = 5, 10
	for w := range writers {
		all.Go(func() {
			for i := range each {
				n := w*each + i
				if _, err := s.Save(ctx, []store.Profile{Sample(n, n%4), Sample(1000+n, n%3)}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	written := make(chan struct{})
	go func() { all.Wait(); close(written) }()
	at, seen := int64(0), map[string]int64{}
	for last := false; ; {
		select {
		case <-written:
			last = true
		default:
		}
		list, err := s.Changes(ctx, at, 7)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range list {
			if c.First != at+1 {
				t.Fatalf("a gap: %d after %d", c.First, at)
			}
			at = c.Last
			seen[c.Ref] = c.Last
		}
		if last && len(list) == 0 {
			break
		}
	}
	same(t, "sessions seen", len(seen), 2*writers*each)
	same(t, "the last position", at, int64(2*writers*each*39))
	whole(t, s)
}

func watchHears(t *testing.T, s store.Store) {
	changed, stop := s.Watch()
	other, stopOther := s.Watch()
	defer stop()
	save(t, s, Sample(1, 1))
	hear := func(c <-chan struct{}) {
		t.Helper()
		select {
		case <-c:
		case <-time.After(10 * time.Second):
			t.Error("nothing was heard")
		}
	}
	hear(changed)
	hear(other)
	stopOther()
	stopOther()
	save(t, s, Sample(2, 1))
	hear(changed)
}

func contextsEnd(t *testing.T, s store.Store) {
	offer(t, s, Found(1, 1), store.Added)
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	late, cancelLate := context.WithDeadline(context.Background(), time.Now().Add(-time.Second))
	defer cancelLate()
	for name, f := range map[string]func(context.Context) error{
		"Offer": func(ctx context.Context) error { _, err := s.Offer(ctx, []store.Offer{Found(2, 1)}, nil); return err },
		"Begin": func(ctx context.Context) error { _, err := s.Begin(ctx, []string{Ref(1)}); return err },
		"Save":  func(ctx context.Context) error { _, err := s.Save(ctx, []store.Profile{Sample(1, 1)}); return err },
		"Settle": func(ctx context.Context) error {
			return s.Settle(ctx, []store.Settlement{{Ref: Ref(1), State: store.Parked}})
		},
		"Waiting":     func(ctx context.Context) error { _, err := s.Waiting(ctx, store.WaitingQuery{}); return err },
		"Release":     func(ctx context.Context) error { _, err := s.Release(ctx, store.Release{All: true}); return err },
		"Reject":      func(ctx context.Context) error { return s.Reject(ctx, store.Rejected{}) },
		"Cursors":     func(ctx context.Context) error { _, err := s.Cursors(ctx, ""); return err },
		"Resolve":     func(ctx context.Context) error { _, err := s.Resolve(ctx, "192.0.2.1"); return err },
		"Known":       func(ctx context.Context) error { _, err := s.Known(ctx, []string{Ref(1)}); return err },
		"Unannounced": func(ctx context.Context) error { _, err := s.Unannounced(ctx, 1); return err },
		"Announced":   func(ctx context.Context) error { return s.Announced(ctx, []store.Revision{{Ref: Ref(1)}}) },
		"Changes":     func(ctx context.Context) error { _, err := s.Changes(ctx, 0, 1); return err },
		"Ping":        func(ctx context.Context) error { return s.Ping(ctx) },
	} {
		if err := f(ended); !errors.Is(err, context.Canceled) || store.Later(err) {
			t.Errorf("%s with a context that ended: %v", name, err)
		}
		if err := f(late); !errors.Is(err, context.DeadlineExceeded) || !store.Later(err) {
			t.Errorf("%s out of time: %v", name, err)
		}
	}
	r := session(t, s, Ref(1))
	if r.State != store.Waiting || r.Attempts != 0 {
		t.Errorf("something was done: %+v", r)
	}
	cutShort(t, s)
	whole(t, s)
}

// cutShort ends contexts in the middle of work: what is answered with an error
// was done whole or not at all, and the store goes on.
func cutShort(t *testing.T, s store.Store) {
	for i := range 40 {
		ctx, cancel := context.WithTimeout(context.Background(), time.Duration(i)*200*time.Microsecond)
		_, err := s.Save(ctx, []store.Profile{Sample(100+i, 5), Sample(200+i, 6)})
		cancel()
		if err != nil && !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("cut short: %v", err)
		}
		known := must(s.Known(context.Background(), []string{Ref(100 + i), Ref(200 + i)}))(t)
		if len(known) == 1 || err == nil && len(known) != 2 {
			t.Errorf("%d of 2 sessions were stored, error %v", len(known), err)
		}
	}
}

func pingAndName(t *testing.T, s store.Store) {
	ctx := context.Background()
	do(t, s.Ping(ctx))
	if len(s.ID()) < 8 || s.Compat() {
		t.Errorf("name %q, compat %t", s.ID(), s.Compat())
	}
	do(t, s.Vacuum(ctx))
	stats := must(s.Stats(ctx))(t)
	if stats.Schema < 1 || stats.Engine == "" || stats.Bytes <= 0 {
		t.Errorf("%+v", stats)
	}
	whole(t, s)
}
