package storetest

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"gait/store"
)

func offerAdds(t *testing.T, s store.Store) {
	ctx := context.Background()
	o := Found(1, 1)
	offer(t, s, o, store.Added)
	offer(t, s, o, store.Same)
	r := session(t, s, o.Ref)
	same(t, "state", r.State, store.Waiting)
	same(t, "address", r.Address, Address(1))
	same(t, "attacker before it was stored", r.Attacker, "")
	same(t, "path", r.Path, o.Path)
	same(t, "place", string(r.Place), string(o.Place))
	same(t, "closed", r.Closed, o.Closed)
	if !r.Start.Equal(o.Start) || !r.End.Equal(o.End) || r.Duration != o.Duration || r.Size != o.Size || !r.EndSeen {
		t.Errorf("the row is %+v", r)
	}
	if r.Found.IsZero() || time.Since(r.Found) > time.Hour {
		t.Errorf("found %v", r.Found)
	}
	known := must(s.Known(ctx, []string{o.Ref, Ref(2)}))(t)
	k, there := known[o.Ref]
	if len(known) != 1 || !there || k.Size != o.Size || !k.EndSeen || k.Address != o.Address || k.State != store.Waiting || k.Path != o.Path {
		t.Errorf("known: %+v", known)
	}
	both := must(s.Offer(ctx, []store.Offer{Found(3, 1), o, Found(2, 1), Found(3, 1)}, nil))(t)
	if !slices.Equal(both, []store.Verdict{store.Added, store.Same, store.Added, store.Same}) {
		t.Errorf("verdicts %v", both)
	}
	whole(t, s)
}

func offerGrew(t *testing.T, s store.Store) {
	o := Found(1, 1)
	o.EndSeen, o.Closed = false, store.ClosedSilence
	offer(t, s, o, store.Added)
	p := Sample(1, 1)
	p.EndSeen, p.Revision = false, "41/100/open"
	save(t, s, p)
	same(t, "state", session(t, s, o.Ref).State, store.Profiled)
	offer(t, s, o, store.Same)
	o.Size += 10
	offer(t, s, o, store.Changed)
	r := session(t, s, o.Ref)
	if r.State != store.Waiting || r.Size != o.Size || r.Attempts != 0 || r.Revision == "" {
		t.Errorf("after it grew: %+v", r)
	}
	save(t, s, p) // read at the same extent
	o.Size -= 4
	offer(t, s, o, store.Same)
	o.EndSeen, o.Closed = true, store.ClosedEnd
	offer(t, s, o, store.Changed)
	same(t, "closed", session(t, s, o.Ref).Closed, store.ClosedEnd)
	p.EndSeen, p.Revision = true, "41/104/end"
	save(t, s, p)
	o.Size += 100
	offer(t, s, o, store.Same) // after the end nothing is read
	o.Path, o.Place = "/srv/elsewhere", []byte(`{"path":"/srv/elsewhere"}`)
	offer(t, s, o, store.Same)
	r = session(t, s, o.Ref)
	if r.State != store.Profiled || r.Path != o.Path || !bytes.Equal(r.Place, o.Place) {
		t.Errorf("after it was moved: %+v", r)
	}
	whole(t, s)
}

func offerAddresses(t *testing.T, s store.Store) {
	unknown := Found(1, 1)
	unknown.Address, unknown.Header = "", false
	offer(t, s, unknown, store.Added)
	p := Sample(1, 1)
	p.Address = ""
	if got := save(t, s, p); got.Attacker != "" || !strings.HasSuffix(got.Revision, "/-") {
		t.Errorf("stored without an address: %+v", got)
	}
	told := unknown
	told.Address = "::ffff:" + Address(1)
	offer(t, s, told, store.Changed)
	r := session(t, s, told.Ref)
	same(t, "address", r.Address, Address(1))
	same(t, "state", r.State, store.Waiting)
	first := save(t, s, p)
	if first.Attacker == "" || first.Unchanged {
		t.Errorf("stored with an address: %+v", first)
	}
	offer(t, s, told, store.Same)
	told.Address, told.Header = Address(1), true
	offer(t, s, told, store.Same)
	told.Address, told.Header = Address(2), false
	offer(t, s, told, store.Changed)
	r = session(t, s, told.Ref)
	if !r.Disputed || r.Address != Address(1) || r.State != store.Waiting {
		t.Errorf("disputed: %+v", r)
	}
	if got := save(t, s, p); got.Attacker != "" {
		t.Errorf("a disputed session belongs to %q", got.Attacker)
	}
	a := must(s.Attacker(context.Background(), first.Attacker))(t)
	same(t, "sessions of the one who lost it", a.Sessions, 0)
	told.Address = Address(1)
	offer(t, s, told, store.Same)

	// A header's address counts more than another that came first.
	o := Found(2, 3)
	o.Header = false
	offer(t, s, o, store.Added)
	o.Address, o.Header = Address(4), true
	offer(t, s, o, store.Changed)
	if r := session(t, s, o.Ref); !r.Disputed || r.Address != Address(4) {
		t.Errorf("a header against another: %+v", r)
	}
	o = Found(3, 3)
	o.Address = "not an address"
	offer(t, s, o, store.Added)
	same(t, "what is no address", session(t, s, o.Ref).Address, "")
	whole(t, s)
}

// pending is a session of which nothing was found yet.
func pending(n, attacker int) store.Offer {
	o := Found(n, attacker)
	o.Ref, o.Path, o.Place, o.Format, o.Size = "pending:"+o.Decoy+"/ssh#"+o.ID, "", nil, "", 0
	o.Source, o.Header, o.EndSeen, o.Closed = "syslog", false, false, store.ClosedLogged
	o.Cause, o.CauseKind, o.NextTry = "no file of that day in /srv", store.CauseNoFile, time.Now().Add(time.Hour)
	return o
}

func offerReplaces(t *testing.T, s store.Store) {
	before := pending(1, 1)
	offer(t, s, before, store.Added)
	found := Found(1, 1)
	found.Address, found.Header, found.Replaces = "", false, before.Ref
	offer(t, s, found, store.Added)
	r := session(t, s, found.Ref)
	if r.Address != Address(1) || r.State != store.Waiting || r.CauseKind != "" {
		t.Errorf("what was known before: %+v", r)
	}
	if _, err := s.Session(context.Background(), before.Ref); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("the row before is still there: %v", err)
	}
	offer(t, s, found, store.Same)
	other := Found(2, 2)
	before = pending(2, 3)
	offer(t, s, before, store.Added)
	other.Replaces = before.Ref
	offer(t, s, other, store.Added)
	if !session(t, s, other.Ref).Disputed {
		t.Error("two addresses of one session are no dispute")
	}
	whole(t, s)
}

func offerReplacesKnown(t *testing.T, s store.Store) {
	found := Found(1, 1)
	found.Address = ""
	offer(t, s, found, store.Added)
	p := Sample(1, 1)
	p.Address = ""
	save(t, s, p)
	before := pending(1, 1)
	offer(t, s, before, store.Added)
	found.Replaces = before.Ref
	offer(t, s, found, store.Changed)
	if r := session(t, s, found.Ref); r.Address != Address(1) || r.State != store.Waiting {
		t.Errorf("%+v", r)
	}
	same(t, "waiting", len(must(s.Waiting(context.Background(), store.WaitingQuery{Now: time.Now()}))(t)), 1)
}

func offerLostAndFound(t *testing.T, s store.Store) {
	ctx := context.Background()
	lost := pending(1, 1)
	lost.Ref = Ref(1)
	offer(t, s, lost, store.Added)
	r := session(t, s, lost.Ref)
	if r.Cause != lost.Cause || r.CauseKind != lost.CauseKind || !r.NextTry.Equal(lost.NextTry.Truncate(time.Nanosecond)) {
		t.Errorf("why it waits: %+v", r)
	}
	lost.Cause, lost.CauseKind = "not readable", store.CauseUnreadable
	offer(t, s, lost, store.Same)
	same(t, "the newest cause", session(t, s, lost.Ref).CauseKind, store.CauseUnreadable)
	do(t, s.Settle(ctx, []store.Settlement{{Ref: lost.Ref, State: store.Parked, Cause: "gave up", CauseKind: store.CauseNoFile}}))
	offer(t, s, Found(1, 1), store.Changed)
	r = session(t, s, lost.Ref)
	if r.State != store.Waiting || r.Cause != "" || r.CauseKind != "" || !r.NextTry.IsZero() {
		t.Errorf("found: %+v", r)
	}
	offer(t, s, lost, store.Same) // one source that does not see it changes nothing
	same(t, "cause", session(t, s, lost.Ref).Cause, "")

	for range 3 {
		must(s.Begin(ctx, []string{lost.Ref}))(t)
	}
	do(t, s.Settle(ctx, []store.Settlement{{Ref: lost.Ref, State: store.Parked, CauseKind: store.CauseDied, Cause: "died", Keep: true}}))
	o := Found(1, 1)
	o.Path = "/srv/moved"
	offer(t, s, o, store.Same)
	if r = session(t, s, lost.Ref); r.State != store.Parked || r.Attempts != 3 {
		t.Errorf("poison goes on: %+v", r)
	}
	whole(t, s)
}

func offerUnrecorded(t *testing.T, s store.Store) {
	skipped := pending(1, 1)
	skipped.State, skipped.Cause, skipped.CauseKind, skipped.NextTry = store.Unrecorded, "recorder was full", "skipped", time.Time{}
	offer(t, s, skipped, store.Added)
	same(t, "state", session(t, s, skipped.Ref).State, store.Unrecorded)
	waits := pending(2, 1)
	offer(t, s, waits, store.Added)
	waits.State, waits.Cause, waits.CauseKind = store.Unrecorded, "recorder was full", "skipped"
	offer(t, s, waits, store.Changed)
	same(t, "state", session(t, s, waits.Ref).State, store.Unrecorded)
	o := Found(3, 1)
	offer(t, s, o, store.Added)
	save(t, s, Sample(3, 1))
	o.State = store.Unrecorded
	offer(t, s, o, store.Same)
	same(t, "state of what was read", session(t, s, o.Ref).State, store.Profiled)
	o = Found(4, 1)
	o.Ref = skipped.Ref
	offer(t, s, o, store.Changed)
	same(t, "state of what was found after all", session(t, s, o.Ref).State, store.Waiting)
	whole(t, s)
}

func offerForgotten(t *testing.T, s store.Store) {
	ctx := context.Background()
	o := Found(1, 1)
	offer(t, s, o, store.Added)
	save(t, s, Sample(1, 1))
	must(s.Forget(ctx, store.Subject{Session: o.Ref}, false))(t)
	offer(t, s, o, store.Forgotten)
	if got := save(t, s, Sample(1, 1)); !got.Forgotten || got.Position != 0 {
		t.Errorf("stored what is forgotten: %+v", got)
	}
	if !must(s.Known(ctx, []string{o.Ref}))(t)[o.Ref].Tombstone {
		t.Error("the tombstone is not known")
	}
	before := pending(2, 1)
	offer(t, s, before, store.Added)
	must(s.Forget(ctx, store.Subject{Session: before.Ref}, false))(t)
	found := Found(2, 1)
	found.Replaces = before.Ref
	offer(t, s, found, store.Forgotten)
	found.Replaces = ""
	offer(t, s, found, store.Forgotten)
	whole(t, s)
}

func offerChecked(t *testing.T, s store.Store) {
	ctx := context.Background()
	for name, change := range map[string]func(*store.Offer){
		"no reference":     func(o *store.Offer) { o.Ref = "" },
		"a long reference": func(o *store.Offer) { o.Ref = strings.Repeat("x", store.MaxRef+1) },
		"a strange state":  func(o *store.Offer) { o.State = "odd" },
		"a huge place":     func(o *store.Offer) { o.Place = make([]byte, 1<<20) },
	} {
		bad := Found(2, 1)
		change(&bad)
		_, err := s.Offer(ctx, []store.Offer{Found(1, 1), bad}, []store.Cursor{{Name: "c", Value: []byte("x")}})
		if err == nil || store.Later(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
	long := Found(1, 1)
	long.Ref = strings.Repeat("\x00", store.MaxRef)
	long.Cause, long.CauseKind, long.Path = strings.Repeat("ü", 1000), strings.Repeat("k", 1000), strings.Repeat("p", 10000)
	offer(t, s, long, store.Added)
	same(t, "reference", session(t, s, long.Ref).Ref, long.Ref)
	same(t, "sessions", len(must(s.Sessions(ctx, store.SessionQuery{}))(t).Items), 1)
	same(t, "cursors", len(must(s.Cursors(ctx, ""))(t)), 0)
	whole(t, s)
}
