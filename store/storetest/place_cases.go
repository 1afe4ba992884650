package storetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"gait/store"
)

func reopened(t *testing.T, place Place) {
	ctx := context.Background()
	s := must(place(store.Options{}))(t)
	id := s.ID()
	saved := save(t, s, Sample(1, 1))
	offer(t, s, Found(2, 1), store.Added)
	must(s.Begin(ctx, []string{Ref(2)}))(t)
	do(t, s.Close())
	s = opened(t)(place(store.Options{}))
	same(t, "name", s.ID(), id)
	same(t, "attempts", session(t, s, Ref(2)).Attempts, 1)
	if !save(t, s, Sample(1, 1)).Unchanged {
		t.Error("what was stored is not there any more")
	}
	next := save(t, s, Sample(2, 1))
	same(t, "position", next.Position, saved.Position+39)
	same(t, "attacker", next.Attacker, saved.Attacker)
	whole(t, s)
}

func otherReading(t *testing.T, place Place) {
	s := must(place(store.Options{Compat: true}))(t)
	same(t, "compat", s.Compat(), true)
	do(t, s.Close())
	if _, err := place(store.Options{}); !errors.Is(err, store.ErrCompat) {
		t.Errorf("opened with another reading: %v", err)
	}
	s = opened(t)(place(store.Options{Compat: true}))
	do(t, s.Ping(context.Background()))
}

func readOnly(t *testing.T, place Place) {
	ctx := context.Background()
	if _, err := place(store.Options{ReadOnly: true}); err == nil {
		t.Error("opened for reading where nothing was ever stored")
	}
	s := opened(t)(place(store.Options{}))
	save(t, s, Sample(1, 1))
	r := opened(t)(place(store.Options{ReadOnly: true}))
	same(t, "name", r.ID(), s.ID())
	same(t, "observations", len(observations(t, r, Ref(1))), 38)
	do(t, r.Ping(ctx))
	if _, err := r.Save(ctx, []store.Profile{Sample(2, 1)}); err == nil || store.Later(err) {
		t.Errorf("stored though opened for reading: %v", err)
	}
	save(t, s, Sample(3, 1))
	same(t, "observations", len(observations(t, r, Ref(3))), 38)
}

func closed(t *testing.T, place Place) {
	ctx := context.Background()
	s := must(place(store.Options{}))(t)
	save(t, s, Sample(1, 1))
	do(t, s.Close())
	do(t, s.Close())
	if _, err := s.Save(ctx, []store.Profile{Sample(2, 1)}); err == nil {
		t.Error("stored after it was closed")
	}
	if _, err := s.Session(ctx, Ref(1)); err == nil {
		t.Error("read after it was closed")
	}
}

// otherProcess has a second store beside the first, as a command beside a
// running system, or another worker.
func otherProcess(t *testing.T, place Place) {
	s := opened(t)(place(store.Options{}))
	save(t, s, Sample(1, 1))
	b := opened(t)(place(store.Options{Beside: true}))
	changed, stop := s.Watch()
	defer stop()
	for drained := false; !drained; {
		select {
		case <-changed:
		case <-time.After(2 * time.Second):
			drained = true // also what a poll finds of the first
		}
	}
	// A primitive that only the other one knows.
	p := Sample(2, 2)
	p.Observations[0].Primitive = "own.new_one"
	saved := save(t, b, p)
	select {
	case <-changed:
	case <-time.After(10 * time.Second):
		t.Error("a change by another process was not heard")
	}
	found := false
	for _, o := range observations(t, s, Ref(2)) {
		found = found || o.Primitive == "own.new_one"
	}
	if !found {
		t.Error("a primitive that another process added is not read")
	}
	same(t, "attacker", session(t, s, Ref(2)).Attacker, saved.Attacker)
	p = Sample(3, 2)
	p.Observations[0].Primitive = "own.new_one"
	same(t, "attacker", save(t, s, p).Attacker, saved.Attacker)
	whole(t, s)
	whole(t, b)
}
