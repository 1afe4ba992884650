package profiler

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"gait/assess"
	"gait/bus"
	"gait/profile"
	"gait/store"
	"gait/store/storetest"
)

// Two profilers share the load of one durable; one is stopped in the middle.
func share(t *testing.T, s store.Store, b bus.Bus) {
	one := newKit(t, func(o *Options) { o.Store, o.Bus = s, b })
	two := newKit(t, func(o *Options) { o.Store, o.Bus, o.Library = s, b, one.library })
	heard := listen(t, b)
	sessions := visits(132)
	stop := one.run(t)
	two.run(t)
	for i, x := range sessions {
		publish(t, b, one.write(t, x).JSON())
		if i == len(sessions)/2 {
			if err := stop(); err != nil {
				t.Error(err)
			}
		}
	}
	profiled(t, s, sessions)
	eventually(t, "all is acknowledged", func() bool {
		undelivered, unanswered, err := b.Pending(t.Context(), consumer)
		return err == nil && undelivered+unanswered == 0
	})
	eventually(t, "all is announced", func() bool { return unannounced(t, s) == 0 })
	for _, x := range sessions {
		one.sameAsOffline(t, ref(x), one.place(x))
		heard.holds(t, s, ref(x))
		if row := one.row(t, ref(x)); row.Attempts != 0 {
			t.Errorf("row %+v", row)
		}
	}
	once(t, s, sessions)
}

func TestTwoProfilersShareTheLoad(t *testing.T) { share(t, openStore(t), openBus(t)) }

// The same over PostgreSQL and a NATS server.
func TestTwoProfilersShareTheLoadOfServers(t *testing.T) {
	url := os.Getenv("GAIT_TEST_NATS")
	if url == "" {
		t.Skip("set GAIT_TEST_NATS and GAIT_TEST_POSTGRES to test against servers")
	}
	s := storetest.Postgres(t)
	prefix := fmt.Sprintf("t%d-", time.Now().UnixNano())
	b, err := bus.Open(t.Context(), bus.Options{URL: url, Prefix: prefix})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		b.Close()
		dropStreams(t, url, prefix)
	})
	share(t, s, b)
}

// dropStreams deletes the streams of a test from a server.
func dropStreams(t testing.TB, url, prefix string) {
	t.Helper()
	nc, err := nats.Connect(url)
	if err != nil {
		t.Error(err)
		return
	}
	defer nc.Close()
	js, err := jetstream.New(nc)
	if err != nil {
		t.Error(err)
		return
	}
	for _, name := range []string{bus.StreamSessions, bus.StreamObservations, bus.StreamActivity} {
		if err := js.DeleteStream(context.Background(), prefix+name); err != nil && !errors.Is(err, jetstream.ErrStreamNotFound) {
			t.Error(err)
		}
	}
}

// newer gives all primitives, one of them with the next rules number and
// another answer.
func newer() []*profile.Primitive {
	list := slices.Clone(assess.All)
	p := *list[0]
	p.Rules++
	p.Observe = func(v *profile.View) profile.Answer { return profile.Say("anew", 0.5) }
	list[0] = &p
	return list
}

func TestOldAndNewWorkersSideBySide(t *testing.T) {
	s := openStore(t)
	old := newKit(t, func(o *Options) { o.Store = s })
	next := newKit(t, func(o *Options) { o.Store, o.Library, o.Primitives = s, old.library, newer() })
	x := visits(1)[0]
	e := old.write(t, x)
	if out := old.handle(t, e); out.Reason != Stored {
		t.Fatalf("%+v", out)
	}
	// A new release profiles new sessions only.
	if out := next.handle(t, e); out.Reason != Known {
		t.Fatalf("%+v", out)
	}
	if n, err := s.Outdated(t.Context(), store.OutdatedQuery{Rules: next.rules()}); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	if out := next.handle(t, e); out.Reason != Stored {
		t.Fatalf("%+v", out)
	}
	before := stored(t, s, ref(x))
	if out := old.handle(t, e); out.Reason != Newer || out.Later {
		t.Fatalf("%+v", out)
	}
	// An old worker that was late: it had begun before the new one was done.
	late := ofEvent(mustOffer(t, old.event(x)))
	if err := old.begin(t.Context(), []*task{late}); err != nil {
		t.Fatal(err)
	}
	old.work(t.Context(), profile.NewEngine(old.primitives), late)
	if err := old.save(t.Context(), []*task{late}); err != nil {
		t.Fatal(err)
	}
	if late.out.Reason != Newer {
		t.Errorf("%+v", late.out)
	}
	after := stored(t, s, ref(x))
	for name, o := range before {
		if after[name].Value != o.Value || after[name].Revision != o.Revision {
			t.Errorf("%s: %q became %q", name, o.Value, after[name].Value)
		}
	}
	if row := old.row(t, ref(x)); row.Attempts != 0 || row.Rules != next.rules() || row.State != store.Profiled {
		t.Errorf("row %+v", row)
	}
}

func mustOffer(t *testing.T, e bus.SessionEnded) store.Offer {
	t.Helper()
	o, why := offerOf(&e, time.Now())
	if why != nil {
		t.Fatal(why)
	}
	return o
}
