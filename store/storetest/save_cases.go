package storetest

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gait"
	"gait/store"
)

// observations reads all observations of a session, in the order of names.
func observations(t testing.TB, s store.Store, ref string) []gait.Observation {
	t.Helper()
	page := must(s.Observations(context.Background(), store.ObservationQuery{Ref: ref, PageQuery: store.PageQuery{Limit: 1000}}))(t)
	list := slices.Clone(page.Items)
	slices.SortFunc(list, func(a, b gait.Observation) int { return strings.Compare(a.Primitive, b.Primitive) })
	return list
}

func saveStoresAll(t *testing.T, s store.Store) {
	p := Sample(1, 1)
	offer(t, s, Found(1, 1), store.Added)
	saved := save(t, s, p)
	same(t, "position", saved.Position, int64(len(p.Observations))+1)
	same(t, "revision", saved.Revision, p.Revision+"/"+saved.Attacker)
	r := session(t, s, p.Ref)
	if r.State != store.Profiled || r.Attacker != saved.Attacker || r.Revision != saved.Revision || r.Announced || r.Rules != 41 ||
		r.Commands != p.Commands || r.Inputs != p.Inputs || r.Events != p.Events || r.BytesIn != p.BytesIn || r.BytesOut != p.BytesOut ||
		r.Observations != 38 || string(r.Detail) != string(p.Detail) {
		t.Errorf("the session is %+v", r)
	}
	want := slices.Clone(p.Observations)
	slices.SortFunc(want, func(a, b gait.Observation) int { return strings.Compare(a.Primitive, b.Primitive) })
	got := observations(t, s, p.Ref)
	if len(got) != len(want) {
		t.Fatalf("%d observations, want %d", len(got), len(want))
	}
	for i := range want {
		w := want[i]
		w.AttackerUUID, w.Revision = saved.Attacker, saved.Revision
		if a, b := string(got[i].AppendJSON(nil, false)), string(w.AppendJSON(nil, false)); a != b {
			t.Errorf("stored  %s\nwanted %s", a, b)
		}
	}
	again := save(t, s, p)
	if !again.Unchanged || again.Position != 0 || again.Revision != saved.Revision || again.Attacker != saved.Attacker {
		t.Errorf("the same again: %+v", again)
	}
	whole(t, s)
}

func saveReplaces(t *testing.T, s store.Store) {
	ctx := context.Background()
	p := Sample(1, 1)
	p.Revision, p.EndSeen = "41/10/open", false
	first := save(t, s, p)
	before := observations(t, s, p.Ref)
	p.Observations = slices.Clone(p.Observations[:20])
	p.Observations[3].Value = "variable"
	p.Revision, p.State, p.Commands = "41/20/open", store.Incomplete, 99
	second := save(t, s, p)
	if second.Unchanged || second.Position != first.Position+21 {
		t.Errorf("another revision: %+v after %+v", second, first)
	}
	if first.Again || first.Differs != 0 || !second.Again || second.Differs != len(before)-20+1 {
		t.Errorf("one value changed and %d are gone: %+v after %+v", len(before)-20, second, first)
	}
	renewed(t, s, 0, 0) // by the same rules
	after := observations(t, s, p.Ref)
	same(t, "observations", len(after), 20)
	for _, o := range after {
		i := slices.IndexFunc(before, func(b gait.Observation) bool { return b.Primitive == o.Primitive })
		same(t, "id of "+o.Primitive, o.ID, before[i].ID)
		same(t, "revision of "+o.Primitive, o.Revision, second.Revision)
	}
	r := session(t, s, p.Ref)
	if r.State != store.Incomplete || r.Commands != 99 || r.Observations != 20 {
		t.Errorf("the session is %+v", r)
	}
	same(t, "latest values", len(must(s.Latest(ctx, second.Attacker))(t)), 20)
	p.Observations, p.State, p.Revision = nil, store.Empty, "41/30/end"
	same(t, "position of an empty one", save(t, s, p).Position, second.Position+1)
	same(t, "observations", len(observations(t, s, p.Ref)), 0)
	same(t, "latest values", len(must(s.Latest(ctx, second.Attacker))(t)), 0)
	// Back to waiting, and read at the same revision.
	must(s.Release(ctx, store.Release{Refs: []string{p.Ref}}))(t)
	do(t, s.Settle(ctx, []store.Settlement{{Ref: p.Ref, State: store.Waiting, Cause: "x", CauseKind: "y"}}))
	if !save(t, s, p).Unchanged {
		t.Error("the same revision was stored twice")
	}
	if r := session(t, s, p.Ref); r.State != store.Empty || r.Cause != "" {
		t.Errorf("answered: %+v", r)
	}
	whole(t, s)
}

// renewed checks the counts of profiles that newer rules replaced, and of the
// values that they changed.
func renewed(t *testing.T, s store.Store, profiles, values int64) {
	t.Helper()
	st := must(s.Stats(t.Context()))(t)
	if st.Renewed != profiles || st.RenewedValues != values {
		t.Errorf("%d profiles renewed with %d other values, want %d with %d", st.Renewed, st.RenewedValues, profiles, values)
	}
}

func saveCountsWhatNewerRulesChange(t *testing.T, s store.Store) {
	p, q := Sample(1, 1), Sample(2, 1)
	p.Revision, q.Revision = "41/10/end", "41/10/end"
	save(t, s, p)
	save(t, s, q)
	renewed(t, s, 0, 0)
	p.Observations, q.Observations = slices.Clone(p.Observations), slices.Clone(q.Observations)
	p.Observations[3].Value = "variable"
	p.Revision = "42/10/end"
	save(t, s, p)
	renewed(t, s, 1, 1)
	save(t, s, p) // once more: nothing is stored
	renewed(t, s, 1, 1)
	q.Observations = q.Observations[:len(q.Observations)-2]
	q.Revision, p.Revision = "42/10/end", "43/10/end"
	must(s.Save(t.Context(), []store.Profile{p, q}))(t)
	renewed(t, s, 3, 3)
	older := p
	older.Revision = "41/20/end"
	older.Observations = older.Observations[:1]
	save(t, s, older) // by a worker of an older release
	renewed(t, s, 3, 3)
	twice := p
	p.Revision, twice.Revision = "44/10/end", "44/20/end"
	must(s.Save(t.Context(), []store.Profile{p, twice}))(t)
	renewed(t, s, 4, 3)
	whole(t, s)
}

func saveKeepsBetter(t *testing.T, s store.Store) {
	p := Sample(1, 1)
	p.Revision = "41/100/open"
	save(t, s, p)
	for revision, older := range map[string]bool{"40/200/end": true, "41/99/open": true} {
		p.Revision = revision
		got := save(t, s, p)
		if got.Older != older || got.Position != 0 || !strings.HasPrefix(got.Revision, "41/100/open") {
			t.Errorf("%s after 41/100/open: %+v", revision, got)
		}
	}
	same(t, "state", session(t, s, p.Ref).State, store.Profiled)
	for _, revision := range []string{"41/99/end", "41/101/open", "42/5/open"} {
		p.Revision = revision
		if got := save(t, s, p); got.Older || got.Position == 0 {
			t.Errorf("%s: %+v", revision, got)
		}
	}
	whole(t, s)
}

func saveCountsOnce(t *testing.T, s store.Store) {
	ctx := context.Background()
	var last store.Saved
	for n := range 5 {
		p := Sample(n, 1)
		p.Decoy = fmt.Sprintf("decoy-%d", n%2)
		last = save(t, s, p)
		save(t, s, p)
		p.Revision = fmt.Sprintf("41/%d/end", 9000+n)
		save(t, s, p)
	}
	a := must(s.Attacker(ctx, last.Attacker))(t)
	if a.Sessions != 5 || !a.First.Equal(Sample(0, 1).Start) || !a.Last.Equal(Sample(4, 1).End) || !slices.Equal(a.Decoys, []string{"decoy-0", "decoy-1"}) {
		t.Errorf("the attacker is %+v", a)
	}
	// The newest turns out to have ended earlier, the oldest to have begun later.
	p := Sample(4, 1)
	p.End, p.Revision = p.Start.Add(time.Second), "41/9999/end"
	save(t, s, p)
	p = Sample(0, 1)
	p.Start, p.Revision = p.Start.Add(time.Hour), "41/9999/end"
	p.End = p.Start.Add(time.Second)
	save(t, s, p)
	a = must(s.Attacker(ctx, last.Attacker))(t)
	if a.Sessions != 5 || !a.First.Equal(Sample(1, 1).Start) || !a.Last.Equal(p.End) {
		t.Errorf("after times changed: %+v", a)
	}
	p = Sample(7, 1)
	p.Start, p.Doubtful = time.Date(1971, 1, 1, 0, 0, 0, 0, time.UTC), true
	save(t, s, p)
	if a = must(s.Attacker(ctx, last.Attacker))(t); a.First.Year() < 2000 {
		t.Errorf("a doubtful start counts: %+v", a)
	}
	if r := session(t, s, p.Ref); !r.Start.Equal(p.Start) || !r.Doubtful {
		t.Errorf("a doubtful start is kept: %+v", r)
	}
	must(s.Forget(ctx, store.Subject{Session: Ref(0)}, false))(t)
	same(t, "after one was forgotten", must(s.Attacker(ctx, last.Attacker))(t).Sessions, int64(5))
	whole(t, s)
}

func saveMoves(t *testing.T, s store.Store) {
	ctx := context.Background()
	one := save(t, s, Sample(1, 1)).Attacker
	save(t, s, Sample(2, 1))
	other := save(t, s, Sample(3, 2)).Attacker
	for _, address := range []string{Address(1), Address(2)} {
		// Another address is told of the second session: it belongs to nobody.
		o := Found(2, 1)
		o.Address = address
		must(s.Offer(ctx, []store.Offer{o}, nil))(t)
	}
	same(t, "whose", save(t, s, Sample(2, 1)).Attacker, "")
	same(t, "sessions of the first", must(s.Attacker(ctx, one))(t).Sessions, 1)
	same(t, "sessions of the other", must(s.Attacker(ctx, other))(t).Sessions, 1)
	for _, o := range observations(t, s, Ref(2)) {
		same(t, "attacker of an observation", o.AttackerUUID, "")
	}
	for _, l := range must(s.Latest(ctx, one))(t) {
		same(t, "session of the latest "+l.Primitive, l.Ref, Ref(1))
	}
	whole(t, s)
}

func saveUnknown(t *testing.T, s store.Store) {
	p := Sample(1, 1)
	p.Address, p.Header = "", false
	p.Start, p.End, p.Duration = time.Time{}, time.Time{}, 0
	for i := range p.Observations {
		o := &p.Observations[i]
		o.Window, o.Time = gait.Window{Start: time.Duration(i), End: time.Second + 7}, Start
	}
	p.Observations[0].Confidence = math.NaN()
	saved := save(t, s, p)
	same(t, "revision", saved.Revision, p.Revision+"/-")
	r := session(t, s, p.Ref)
	if !r.Start.IsZero() || !r.End.IsZero() || r.Attacker != "" {
		t.Errorf("the session is %+v", r)
	}
	for _, o := range observations(t, s, p.Ref) {
		if o.Window.Unix || o.Window.End != time.Second+7 || !o.Time.Equal(Start) {
			t.Errorf("the observation is %+v", o)
		}
	}
	far := Sample(2, 1)
	far.Start, far.End = time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(-5000, 1, 1, 0, 0, 0, 0, time.UTC)
	far.Doubtful = true
	save(t, s, far)
	if r := session(t, s, far.Ref); r.Start.Year() < 2200 || r.End.Year() > 1700 {
		t.Errorf("times that do not fit: %v, %v", r.Start, r.End)
	}
	whole(t, s)
}

func saveInGroups(t *testing.T, s store.Store) {
	ctx := context.Background()
	var group []store.Profile
	for _, n := range []int{9, 3, 7, 1, 3, 5} {
		p := Sample(n, n%3)
		if len(group) == 4 {
			p.Revision = "41/77777/end" // the same session once more
		}
		group = append(group, p)
	}
	saved := must(s.Save(ctx, group))(t)
	seen := int64(0)
	for i, one := range saved {
		same(t, "reference", one.Ref, group[i].Ref)
		if i == 1 {
			continue // its later profile counts
		}
		if one.Position <= seen {
			t.Errorf("position %d after %d", one.Position, seen)
		}
		seen = one.Position
	}
	same(t, "the later profile", session(t, s, Ref(3)).Revision, saved[4].Revision)
	same(t, "sessions", len(must(s.Sessions(ctx, store.SessionQuery{}))(t).Items), 5)
	changes := must(s.Changes(ctx, 0, 100))(t)
	at := int64(0)
	for _, c := range changes {
		if c.First != at+1 || c.Last != c.First+38 {
			t.Errorf("a change covers %d to %d after %d", c.First, c.Last, at)
		}
		at = c.Last
	}
	same(t, "changes", len(changes), 5)
	whole(t, s)
}

func saveRefuses(t *testing.T, s store.Store) {
	ctx := context.Background()
	for name, change := range map[string]func(*store.Profile){
		"a state":         func(p *store.Profile) { p.State = store.Waiting },
		"no revision":     func(p *store.Profile) { p.Revision = "" },
		"no reference":    func(p *store.Profile) { p.Ref = "" },
		"twice":           func(p *store.Profile) { p.Observations = append(p.Observations, p.Observations[0]) },
		"no value":        func(p *store.Profile) { p.Observations[5].Value = "" },
		"a huge value":    func(p *store.Profile) { p.Observations[5].Value = strings.Repeat("x", 10000) },
		"a nameless one":  func(p *store.Profile) { p.Observations[5].Primitive = "" },
		"a huge revision": func(p *store.Profile) { p.Revision = strings.Repeat("9", 10000) },
	} {
		bad := Sample(2, 1)
		change(&bad)
		if _, err := s.Save(ctx, []store.Profile{Sample(1, 1), bad}); err == nil || store.Later(err) {
			t.Errorf("%s: %v", name, err)
		}
	}
	same(t, "sessions", len(must(s.Sessions(ctx, store.SessionQuery{}))(t).Items), 0)
	_, newest, err := s.Positions(ctx)
	do(t, err)
	same(t, "position", newest, 0)
	whole(t, s)
}

func latestValues(t *testing.T, s store.Store) {
	ctx := context.Background()
	give := func(n int, value string, end time.Duration, extent int) string {
		p := Sample(n, 1)
		p.Revision = fmt.Sprintf("41/%d/end", extent)
		p.Observations = slices.Clone(p.Observations[:1])
		p.Observations[0].Value = value
		p.Observations[0].Window.End = time.Duration(Start.UnixNano()) + end
		return save(t, s, p).Attacker
	}
	check := func(want string, ref int) {
		t.Helper()
		uuid := must(s.Resolve(ctx, Address(1)))(t).UUID
		list := must(s.Latest(ctx, uuid))(t)
		if len(list) != 1 || list[0].Value != want || list[0].Ref != Ref(ref) {
			t.Errorf("the latest is %+v, want %s of %s", list, want, Ref(ref))
		}
	}
	give(1, "unknown", 5*time.Second, 1)
	check("unknown", 1)
	give(2, "typed", time.Second, 1)
	check("typed", 2)
	give(3, "unknown", 9*time.Second, 1)
	check("typed", 2)
	give(4, "pasted", 3*time.Second, 1)
	check("pasted", 4)
	give(5, "mixed", 2*time.Second, 1)
	check("pasted", 4)
	give(4, "unknown", 3*time.Second, 2) // read again, it is not known any more
	check("mixed", 5)
	give(5, "mixed", time.Second/2, 2)
	check("typed", 2)
	must(s.Forget(ctx, store.Subject{Session: Ref(2)}, false))(t)
	check("mixed", 5)
	must(s.Forget(ctx, store.Subject{Session: Ref(5)}, false))(t)
	check("unknown", 3)
	whole(t, s)
}

// writersTogether has many writers at the same sessions and attackers at once.
func writersTogether(t *testing.T, s store.Store) {
	ctx := context.Background()
	const writers, each = 6, 8
	var all sync.WaitGroup
	for w := range writers {
		all.Go(func() {
			for i := range each {
				var offers []store.Offer
				var group []store.Profile
				var refs []string
				for k := range 4 {
					n := (i*4 + k*7 + w) % 24 // shared with the others, in different orders
					offers, refs = append(offers, Found(n, n%3)), append(refs, Ref(n))
					p := Sample(n, n%3)
					p.Revision = fmt.Sprintf("41/%d/end", 1000+w*each+i)
					group = append(group, p)
				}
				if _, err := s.Offer(ctx, offers, []store.Cursor{{Name: fmt.Sprint("w", w), Value: []byte{byte(i)}}}); err != nil {
					t.Error(err)
				}
				if _, err := s.Begin(ctx, refs); err != nil {
					t.Error(err)
				}
				saved, err := s.Save(ctx, group)
				if err != nil {
					t.Error(err)
				}
				for _, one := range saved {
					if err := s.Announced(ctx, []store.Revision{{Ref: one.Ref, Revision: one.Revision}}); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	all.Wait()
	sessions := must(s.Sessions(ctx, store.SessionQuery{PageQuery: store.PageQuery{Limit: 100}}))(t).Items
	for _, r := range sessions {
		same(t, "observations of "+r.Ref, len(observations(t, s, r.Ref)), 38)
	}
	for n := range 3 {
		a := must(s.Resolve(ctx, Address(n)))(t)
		count := 0
		for _, r := range sessions {
			if r.Attacker == a.UUID {
				count++
			}
		}
		same(t, "sessions of an attacker", a.Sessions, int64(count))
	}
	whole(t, s)
}
