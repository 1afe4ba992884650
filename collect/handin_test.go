package collect

import (
	"fmt"
	"testing"
	"time"

	"gait/bus"
	"gait/store"
)

// offered puts rows into the store that nobody has handed in.
func (w *world) offered(t *testing.T, n int, backfill bool) (refs []string) {
	t.Helper()
	var offers []store.Offer
	for i := range n {
		r := ref("web-01", today(1), i)
		refs = append(refs, r)
		offers = append(offers, store.Offer{Session: store.Session{
			Ref: r, ID: sid(i), Decoy: "web-01", Service: "ssh", Source: "shards", Format: "shard", Path: "/x", State: store.Waiting, Backfill: backfill,
			Start: time.Now().Add(-time.Hour), End: time.Now(), Place: []byte("{}"),
		}})
	}
	if _, err := w.store.Offer(t.Context(), offers, nil); err != nil {
		t.Fatal(err)
	}
	return refs
}

func TestWhatWaitsIsHandedIn(t *testing.T) {
	w := newWorld(t)
	refs := w.offered(t, 600, false)
	w.start(t)
	wait(t, "all of them", func() bool { return w.bus.len() >= 600 })
	pause(100 * time.Millisecond)
	for _, r := range refs {
		if n := w.bus.handed(r); n != 1 {
			t.Fatalf("%s was handed in %d times", r, n)
		}
	}
}

func TestWhatTheBusRefusesIsHandedInLater(t *testing.T) {
	for _, refusal := range []error{bus.ErrFull, fmt.Errorf("publish: %w", bus.ErrAway)} {
		w := newWorld(t)
		w.bus.set(0, refusal)
		w.start(t)
		file := today(0)
		w.write(t, "web-01", file, tape{n: 1, end: true}.lines())
		w.waitRow(t, ref("web-01", file, 1), nil)
		wait(t, "the condition", func() bool {
			list := w.board.Conditions()
			return len(list) == 1 && list[0].Name == "hand-in" && list[0].Cure != ""
		})
		w.bus.set(0, nil)
		wait(t, "the hand-in", func() bool { return w.bus.handed(ref("web-01", file, 1)) == 1 })
		wait(t, "no condition", func() bool { return len(w.board.Conditions()) == 0 })
		w.stop()
	}
}

func TestBackfillIsATrickle(t *testing.T) {
	w := newWorld(t)
	w.offered(t, 200, true)
	w.bus.set(trickleMost-5, nil)
	w.start(t)
	wait(t, "some", func() bool { return w.bus.len() > 0 })
	w.bus.set(trickleMost, nil)
	pause(100 * time.Millisecond)
	n := w.bus.len()
	pause(200 * time.Millisecond)
	if w.bus.len() != n {
		t.Errorf("%d, then %d were handed in to a busy profiler", n, w.bus.len())
	}
	w.bus.set(0, nil)
	wait(t, "all", func() bool { return w.bus.len() >= 200 })
	if w.bus.backs != w.bus.len() {
		t.Errorf("%d of %d carry the header", w.bus.backs, w.bus.len())
	}
}

func TestWithoutABusTheProfilerIsPoked(t *testing.T) {
	w := newWorld(t)
	poked := make(chan struct{}, 100)
	w.start(t, func(o *Options) {
		o.Bus = nil
		o.Poke = func() {
			select {
			case poked <- struct{}{}:
			default:
			}
		}
	})
	w.write(t, "web-01", today(0), tape{n: 1, end: true}.lines())
	select {
	case <-poked:
	case <-time.After(30 * time.Second):
		t.Fatal("not poked")
	}
	w.waitRow(t, ref("web-01", today(0), 1), nil)
}

func TestEventsSayWhatIsKnown(t *testing.T) {
	end := time.Date(2026, 5, 8, 10, 0, 0, 0, time.UTC)
	for want, s := range map[string]store.Session{
		"198.51.100.7 2026-05-08T10:00:00Z /x": {ID: "a", Decoy: "d", Service: "ssh", Address: "198.51.100.7", End: end, Format: "shard", Path: "/x", Ref: "r"},
		"-  ":                                  {ID: "a", Decoy: "d", Service: "ssh", Address: "198.51.100.7", Disputed: true, Format: "asciicast", Path: "/x", Ref: "r"},
		"-   ":                                 {ID: "a", Decoy: "d", Service: "ssh", End: time.Date(20000, 1, 1, 0, 0, 0, 0, time.UTC), Format: "cowrie", Path: "/x", Ref: "r"},
	} {
		m := ended(&s)
		e, err := bus.ParseSessionEnded(m.Data)
		if err != nil {
			t.Errorf("%q: %v", want, err)
		}
		if got := fmt.Sprint(e.AttackerIP, " ", e.EndedAt, " ", e.ShardPath); got != want[:len(got)] {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
