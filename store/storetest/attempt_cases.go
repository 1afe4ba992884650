package storetest

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"gait/store"
)

func cursors(t *testing.T, s store.Store) {
	ctx := context.Background()
	put := func(list ...store.Cursor) { must(s.Offer(ctx, nil, list))(t) }
	put(store.Cursor{Name: "a/2", Value: []byte("two")}, store.Cursor{Name: "a/1", Value: []byte{0, 255}}, store.Cursor{Name: "b", Value: []byte{}})
	put(store.Cursor{Name: "a/2", Value: []byte("2")}, store.Cursor{Name: "a\xff\x00", Value: []byte("odd")})
	got := must(s.Cursors(ctx, "a/"))(t)
	if len(got) != 2 || got[0].Name != "a/1" || !bytes.Equal(got[0].Value, []byte{0, 255}) || string(got[1].Value) != "2" {
		t.Errorf("positions: %q", got)
	}
	same(t, "with an odd name", len(must(s.Cursors(ctx, "a\xff"))(t)), 1)
	same(t, "all", len(must(s.Cursors(ctx, ""))(t)), 4)
	put(store.Cursor{Name: "a/2"})
	same(t, "one deleted", len(must(s.Cursors(ctx, "a/"))(t)), 1)
	if b := must(s.Cursors(ctx, "b"))(t); len(b) != 1 || b[0].Value == nil || len(b[0].Value) != 0 {
		t.Errorf("an empty position: %q", b)
	}
	if _, err := s.Offer(ctx, nil, []store.Cursor{{Name: "big", Value: make([]byte, 65<<10)}}); err == nil {
		t.Error("a position of 65 KB was taken")
	}
}

// allBytes holds names of all bytes there are: both engines give them back.
func allBytes(t *testing.T, s store.Store) {
	ctx := context.Background()
	every := make([]byte, 256)
	for i := range every {
		every[i] = byte(i)
	}
	for i, name := range []string{string(every), "caf\xac\xac", `\x00 \\ \`, "\x00", "ü\xc3", "日本\xe6\x97", "'\";--%_"} {
		o := Found(i+1, i+1)
		o.Ref = "shard:x/ssh/" + name + "#1"
		o.ID, o.Decoy, o.Path, o.Cause, o.CauseKind = name, name, "/srv/"+name, name, "kind"
		offer(t, s, o, store.Added)
		p := Sample(i+1, i+1)
		p.Ref, p.Path, p.ID, p.Decoy = o.Ref, o.Path, o.ID, o.Decoy
		for j := range p.Observations {
			p.Observations[j].EvidenceRef = o.Ref
		}
		p.Observations[0].Value = name
		saved := save(t, s, p)
		r := session(t, s, o.Ref)
		if r.Ref != o.Ref || r.ID != name || r.Decoy != name || r.Path != o.Path {
			t.Errorf("%q came back as %q, %q, %q, %q", name, r.Ref, r.ID, r.Decoy, r.Path)
		}
		a := must(s.Attacker(ctx, saved.Attacker))(t)
		if len(a.Decoys) != 1 || a.Decoys[0] != name {
			t.Errorf("the decoy %q of an attacker came back as %q", name, a.Decoys)
		}
		page := must(s.Observations(ctx, store.ObservationQuery{Ref: o.Ref, Primitive: p.Observations[0].Primitive}))(t)
		if len(page.Items) != 1 || page.Items[0].Value != name || page.Items[0].EvidenceRef != o.Ref {
			t.Errorf("the value %q came back as %+v", name, page.Items)
		}
		same(t, "found by its id", session(t, s, name).Ref, o.Ref)
		do(t, s.Reject(ctx, store.Rejected{Subject: name, Reason: name, Payload: []byte(name)}))
	}
	list := must(s.Rejections(ctx, store.PageQuery{}))(t).Items
	if len(list) != 7 || list[6].Reason != string(every) || !bytes.Equal(list[6].Payload, every) {
		t.Errorf("rejected: %+v", list)
	}
	whole(t, s)
}

func beginRaises(t *testing.T, s store.Store) {
	ctx := context.Background()
	for n := range 4 {
		offer(t, s, Found(n, 1), store.Added)
	}
	got := must(s.Begin(ctx, []string{Ref(3), "shard:none", Ref(0)}))(t)
	if len(got) != 2 || got[0].Ref != Ref(3) || got[1].Ref != Ref(0) || got[0].Attempts != 1 {
		t.Errorf("begun: %+v", got)
	}
	same(t, "again", must(s.Begin(ctx, []string{Ref(3)}))(t)[0].Attempts, 2)
	same(t, "stored", session(t, s, Ref(3)).Attempts, 2)
	same(t, "another", session(t, s, Ref(1)).Attempts, 0)
	same(t, "known", must(s.Known(ctx, []string{Ref(3)}))(t)[Ref(3)].Attempts, 2)
	same(t, "none", len(must(s.Begin(ctx, nil))(t)), 0)
	save(t, s, Sample(3, 1))
	same(t, "answered", session(t, s, Ref(3)).Attempts, 0)
	many := make([]string, 1000)
	for i := range many {
		many[i] = Ref(i)
	}
	same(t, "of many", len(must(s.Begin(ctx, many))(t)), 4)
	whole(t, s)
}

func settleAndRelease(t *testing.T, s store.Store) {
	ctx := context.Background()
	for n := range 6 {
		offer(t, s, Found(n, 1), store.Added)
		must(s.Begin(ctx, []string{Ref(n)}))(t)
	}
	soon := time.Now().Add(time.Hour)
	do(t, s.Settle(ctx, []store.Settlement{
		{Ref: Ref(0), State: store.Waiting, Cause: "a", CauseKind: "kind", NextTry: soon},
		{Ref: Ref(1), State: store.Parked, Cause: "a", CauseKind: "kind", Keep: true},
		{Ref: Ref(2), State: store.Parked, Cause: "b", CauseKind: "kind"},
		{Ref: Ref(3), State: store.Unrecorded, Cause: "c", CauseKind: "kind"},
		{Ref: Ref(4), State: store.Parked, CauseKind: "other"},
		{Ref: "shard:none", State: store.Parked},
	}))
	r := session(t, s, Ref(0))
	if r.Attempts != 0 || r.Cause != "a" || !r.NextTry.Equal(soon) {
		t.Errorf("put off: %+v", r)
	}
	same(t, "kept attempts", session(t, s, Ref(1)).Attempts, 1)
	if s.Settle(ctx, []store.Settlement{{Ref: Ref(0), State: store.Profiled}}) == nil {
		t.Error("a session was settled as profiled")
	}
	for _, c := range []struct {
		which store.Release
		want  int
	}{
		{store.Release{CauseKind: "kind", Cause: "a"}, 2},
		{store.Release{CauseKind: "kind"}, 1},
		{store.Release{CauseKind: "none"}, 0},
		{store.Release{}, 0},
		{store.Release{Refs: []string{Ref(3), Ref(5), "shard:none"}}, 2},
		{store.Release{All: true}, 1},
		{store.Release{All: true}, 0},
	} {
		same(t, fmt.Sprintf("released by %+v", c.which), must(s.Release(ctx, c.which))(t), c.want)
	}
	for n := range 6 {
		if r := session(t, s, Ref(n)); r.State != store.Waiting || r.Cause != "" || r.CauseKind != "" || r.Attempts != 0 || !r.NextTry.IsZero() {
			t.Errorf("released: %+v", r)
		}
	}
	whole(t, s)
}

func waitingInOrder(t *testing.T, s store.Store) {
	ctx := context.Background()
	now := time.Now()
	for _, n := range []int{5, 1, 4, 2, 3, 6} {
		o := Found(n, 1)
		o.Backfill = n == 1 || n == 3
		offer(t, s, o, store.Added)
	}
	do(t, s.Settle(ctx, []store.Settlement{
		{Ref: Ref(4), State: store.Waiting, CauseKind: "later", NextTry: now.Add(time.Minute)},
		{Ref: Ref(5), State: store.Waiting, CauseKind: "due", NextTry: now.Add(-time.Minute)},
	}))
	save(t, s, Sample(6, 1))
	yes, no := true, false
	for name, c := range map[string]struct {
		q    store.WaitingQuery
		want []int
	}{
		"all":        {store.WaitingQuery{Now: now}, []int{2, 5, 1, 3}},
		"later":      {store.WaitingQuery{Now: now.Add(time.Hour)}, []int{2, 4, 5, 1, 3}},
		"few":        {store.WaitingQuery{Now: now, Limit: 3}, []int{2, 5, 1}},
		"live":       {store.WaitingQuery{Now: now, Backfill: &no}, []int{2, 5}},
		"backfill":   {store.WaitingQuery{Now: now, Backfill: &yes}, []int{1, 3}},
		"by cause":   {store.WaitingQuery{Now: now, CauseKinds: []string{"later", "none"}}, []int{4}},
		"no cause":   {store.WaitingQuery{Now: now, CauseKinds: []string{}}, nil},
		"not before": {store.WaitingQuery{Now: now, Before: now.Add(-time.Hour)}, nil},
		"before":     {store.WaitingQuery{Now: now, Before: now.Add(time.Hour)}, []int{2, 5, 1, 3}},
	} {
		var got, want []string
		for _, r := range must(s.Waiting(ctx, c.q))(t) {
			got = append(got, r.Ref)
		}
		for _, n := range c.want {
			want = append(want, Ref(n))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func rejectBounded(t *testing.T, s store.Store) {
	ctx := context.Background()
	now := time.Now()
	big := store.Rejected{Time: now, Subject: "attacker.session.ended", Reason: "no session_id", Payload: bytes.Repeat([]byte{0xac}, 10000)}
	do(t, s.Reject(ctx, big))
	do(t, s.Reject(ctx, big)) // the same call made again
	list := must(s.Rejections(ctx, store.PageQuery{}))(t).Items
	if len(list) != 1 || len(list[0].Payload) != 4096 || list[0].Reason != big.Reason || !list[0].Time.Equal(now) {
		t.Fatalf("%d rejected: %+v", len(list), list)
	}
	big.Time = now.Add(1)
	do(t, s.Reject(ctx, big))
	same(t, "rejected", len(must(s.Rejections(ctx, store.PageQuery{}))(t).Items), 2)
}

func resolveOneWay(t *testing.T, s store.Store) {
	ctx := context.Background()
	a := must(s.Resolve(ctx, "192.0.2.7"))(t)
	b := must(s.Resolve(ctx, "::ffff:192.0.2.7"))(t)
	if a.UUID == "" || a.UUID != b.UUID || a.Address != "192.0.2.7" || a.Sessions != 0 {
		t.Errorf("resolved: %+v and %+v", a, b)
	}
	if _, err := s.Resolve(ctx, "nobody"); err == nil || store.Later(err) {
		t.Errorf("what is no address: %v", err)
	}
	p := Sample(1, 1)
	p.Address = "192.0.2.7"
	same(t, "attacker", save(t, s, p).Attacker, a.UUID)
	got := must(s.Resolve(ctx, "192.0.2.7"))(t)
	if got.Sessions != 1 || !got.First.Equal(p.Start) || !got.Last.Equal(p.End) {
		t.Errorf("after its first session: %+v", got)
	}
	whole(t, s)
}
