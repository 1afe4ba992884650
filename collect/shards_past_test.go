package collect

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"gait/store"
)

// TestThePastOfAFollowedShardComesLater lets shards that are written to hold
// sessions of long ago, before one that ended just now: that one is found first,
// and all others are found too, as backfill.
func TestThePastOfAFollowedShardComesLater(t *testing.T) {
	for name, file := range map[string]string{"today's": today(0), "an old one, written anew": today(20)} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			const past = 2000
			var text strings.Builder
			for n := range past {
				text.WriteString(tape{n: n, start: time.Now().Add(-3 * time.Hour), end: true}.lines())
			}
			w.write(t, "web-01", file, text.String()+tape{n: past, end: true}.lines())
			w.start(t)
			live := w.waitRow(t, ref("web-01", file, past), nil)
			if live.Backfill {
				t.Error("the live one is backfill")
			}
			for n := range past {
				s := w.waitRow(t, ref("web-01", file, n), nil)
				if !s.Backfill || s.Found.Before(live.Found) {
					t.Fatalf("session %d: backfill %t, found %v before the live one", n, s.Backfill, live.Found.Sub(s.Found))
				}
			}
			w.write(t, "web-01", file, tape{n: past + 1, end: true}.lines())
			if s := w.waitRow(t, ref("web-01", file, past+1), nil); s.Backfill {
				t.Error("what was appended is backfill")
			}
			wait(t, "the count of all", func() bool { return w.count(t, "offered_total", "added") >= past+2 })
			if n := w.count(t, "offered_total", "added"); n != past+2 {
				t.Errorf("%v sessions were added, want %d", n, past+2)
			}
		})
	}
}

// noPast is a store that cannot take backfill now.
type noPast struct{ store.Store }

func (s noPast) Offer(ctx context.Context, offers []store.Offer, cursors []store.Cursor) ([]store.Verdict, error) {
	if slices.ContainsFunc(offers, func(o store.Offer) bool { return o.Backfill }) {
		return nil, store.ErrLater
	}
	return s.Store.Offer(ctx, offers, cursors)
}

// TestThePastOfAFollowedShardIsNotForgotten ends the collector before the sweep
// has taken what a followed shard left to it: the next start finds it.
func TestThePastOfAFollowedShardIsNotForgotten(t *testing.T) {
	w := newWorld(t)
	file := today(0)
	w.write(t, "web-01", file, tape{n: 1, start: time.Now().Add(-3 * time.Hour), end: true}.lines()+tape{n: 2, end: true}.lines())
	w.start(t, func(o *Options) { o.Store, o.Idle = noPast{w.store}, 50*time.Millisecond })
	w.waitRow(t, ref("web-01", file, 2), nil)
	pause(300 * time.Millisecond) // long enough for a mark that would say that all is told
	w.stop()
	if s := w.row(t, ref("web-01", file, 1)); s.Ref != "" {
		t.Fatalf("%+v", s)
	}
	w.start(t, func(o *Options) { o.Store = w.store })
	if s := w.waitRow(t, ref("web-01", file, 1), nil); !s.Backfill {
		t.Errorf("%+v", s)
	}
}

// TestSinceHoldsForThePastOfAFollowedShard takes nothing that ended earlier.
func TestSinceHoldsForThePastOfAFollowedShard(t *testing.T) {
	w := newWorld(t)
	file := today(0)
	w.write(t, "web-01", file, tape{n: 1, start: time.Now().Add(-5 * time.Hour), end: true}.lines()+
		tape{n: 2, start: time.Now().Add(-2 * time.Hour), end: true}.lines()+tape{n: 3, end: true}.lines())
	w.start(t, func(o *Options) { o.Since = time.Now().Add(-4 * time.Hour) })
	w.waitRow(t, ref("web-01", file, 2), nil)
	w.waitRow(t, ref("web-01", file, 3), nil)
	if s := w.row(t, ref("web-01", file, 1)); s.Ref != "" {
		t.Errorf("%+v", s)
	}
}
