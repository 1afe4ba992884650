package storetest

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"gait/store"
)

func testFaults(t *testing.T, s store.Store) {
	sound(t, s)
	visits := crowd(60)
	keep(t, s, visits...)
	sound(t, s)
	// The same sessions with other values, and of others.
	for i := range visits {
		visits[i].extent = 200
		if i%3 == 0 && visits[i].values != nil {
			visits[i].values = map[string]string{modality: "mixed", "motor.new": "some"}
		}
		if i%10 == 0 && visits[i].address == "" {
			visits[i].address = "203.0.113.77"
		}
	}
	keep(t, s, visits...)
	sound(t, s)
}

// pruneAll prunes until nothing more goes.
func pruneAll(t *testing.T, s store.Store, r store.Retention) (sum store.Pruned, steps int) {
	t.Helper()
	for {
		p, err := s.Prune(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		if p == (store.Pruned{}) {
			return sum, steps
		}
		sum.Sessions += p.Sessions
		sum.Observations += p.Observations
		sum.Changes += p.Changes
		if steps++; p.Sessions > int64(r.Step) && r.Step > 0 || steps > 1000 {
			t.Fatalf("step %d deleted %+v, at most %d are asked for", steps, p, r.Step)
		}
	}
}

func testPruneAge(t *testing.T, s store.Store) {
	visits := crowd(60)
	keep(t, s, visits...)
	sum, steps := pruneAll(t, s, store.Retention{Age: 30 * time.Minute, Now: epoch.Add(61 * time.Minute), Step: 7})
	var left []string
	gone := int64(0)
	for _, v := range visits {
		if v.start().Add(v.lasted).Before(epoch.Add(31 * time.Minute)) {
			gone++
		} else {
			left = append(left, v.ref())
		}
	}
	if sum.Sessions != gone || steps < int(gone/7) || sum.Observations == 0 {
		t.Errorf("%d steps deleted %+v, want %d sessions", steps, sum, gone)
	}
	got := all(t, 100, func(q store.PageQuery) (store.Page[store.Session], error) {
		return s.Sessions(t.Context(), store.SessionQuery{PageQuery: q})
	}, func(x store.Session) string { return x.Ref })
	sameList(t, "what is left", got, left, true)
	sound(t, s)

	// No sweep brings it back, under neither of its names.
	old := visits[0].profile()
	offer := store.Offer{Session: old.Session}
	offer.State = store.Waiting
	pending := offer
	pending.Ref, pending.Place, pending.Path = "pending:web-01/ssh#"+visits[0].id(), nil, ""
	verdicts, err := s.Offer(t.Context(), []store.Offer{offer, pending}, nil)
	if err != nil || verdicts[0] != store.Forgotten || verdicts[1] != store.Forgotten {
		t.Errorf("%v, %v", err, verdicts)
	}
	if saved, err := s.Save(t.Context(), []store.Profile{old}); err != nil || !saved[0].Forgotten {
		t.Errorf("%v, %+v", err, saved)
	}
	if sum, _ := pruneAll(t, s, store.Retention{Now: epoch.Add(1000 * time.Hour)}); sum != (store.Pruned{}) {
		t.Errorf("without a limit %+v went", sum)
	}
}

func testPruneSize(t *testing.T, s store.Store) {
	visits := crowd(60)
	keep(t, s, visits...)
	if sum, _ := pruneAll(t, s, store.Retention{Size: 1 << 40, Now: epoch}); sum.Sessions != 0 {
		t.Errorf("%+v went although there is room", sum)
	}
	p, err := s.Prune(t.Context(), store.Retention{Size: 1, Now: epoch, Step: 10})
	if err != nil || p.Sessions != 10 {
		t.Fatalf("%v, %+v", err, p)
	}
	for _, v := range visits[:10] {
		if _, err := s.Session(t.Context(), v.ref()); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%s: %v", v.ref(), err)
		}
	}
	sound(t, s)
	if sum, _ := pruneAll(t, s, store.Retention{Size: 1, Now: epoch, Step: 10}); sum.Sessions != 50 {
		t.Errorf("%+v", sum)
	}
	st, err := s.Stats(t.Context())
	if err != nil || st.Attackers != 0 || st.Observations != 0 || st.Tombstones == 0 {
		t.Errorf("%v, %+v", err, st)
	}
	sound(t, s)
}

func testPruneChanges(t *testing.T, s store.Store) {
	v := visit{n: 1, address: "198.51.100.1", values: map[string]string{modality: "typed"}}
	keep(t, s, v)
	v.extent = 200
	keep(t, s, v, visit{n: 2, address: "198.51.100.1"})
	oldest, newest, err := s.Positions(t.Context())
	if err != nil || oldest != 0 {
		t.Fatal(oldest, err)
	}
	// The first change has been overtaken; the others are still told.
	if sum, _ := pruneAll(t, s, store.Retention{Size: 1 << 40, Now: time.Now()}); sum.Changes != 1 {
		t.Errorf("%+v", sum)
	}
	oldest, still, err := s.Positions(t.Context())
	if err != nil || oldest != 2 || still != newest {
		t.Errorf("%d to %d, %v", oldest, still, err)
	}
	changes, err := s.Changes(t.Context(), oldest, 10)
	if err != nil || len(changes) != 2 || changes[0].First != 3 || changes[0].Stale {
		t.Errorf("%v, %+v", err, changes)
	}
	sound(t, s)
	if sum, _ := pruneAll(t, s, store.Retention{Age: time.Hour, Now: time.Now().Add(2 * time.Hour)}); sum.Changes != 2 || sum.Sessions != 2 {
		t.Errorf("%+v", sum)
	}
	if oldest, still, err = s.Positions(t.Context()); err != nil || oldest != newest || still != newest {
		t.Errorf("%d to %d, %v", oldest, still, err)
	}
	sound(t, s)
}

// rejectAll keeps events that name somebody in many forms; it gives how many
// name 198.51.100.7, then how many a session.
func rejectAll(t *testing.T, s store.Store, id string) (address, session int) {
	t.Helper()
	named := []string{`{"attacker_ip":"198.51.100.7"}`, `{"attacker_ip":"::ffff:198.51.100.7"}`, "from 198.51.100.7.", "198.51.100.7:2222 hello", "[::ffff:c633:6407]"}
	for i, payload := range append(named, `{"session_id":"`+id+`"}`, `{"attacker_ip":"198.51.100.70"}`, `{"attacker_ip":"1198.51.100.7"}`, "nothing", "\x00\xff") {
		err := s.Reject(t.Context(), store.Rejected{Time: epoch.Add(time.Duration(i) * time.Second), Subject: "attacker.session.ended", Reason: "x", Payload: []byte(payload)})
		if err != nil {
			t.Fatal(err)
		}
	}
	return len(named), 1
}

func testForgetAddress(t *testing.T, s store.Store) {
	visits := []visit{
		{n: 1, address: "198.51.100.7", values: map[string]string{modality: "typed"}},
		{n: 2, address: "198.51.100.7", values: map[string]string{modality: "pasted", simhash: "00000000000000aa"}},
		{n: 3, address: "198.51.100.70", values: map[string]string{modality: "typed"}},
		{n: 4},
	}
	keep(t, s, visits...)
	inAddress, inSession := rejectAll(t, s, visits[1].id())
	audit(t, s, visits[0].ref(), visits[2].ref(), "198.51.100.7")
	before, err := s.Resolve(t.Context(), "198.51.100.7")
	if err != nil {
		t.Fatal(err)
	}
	subject := store.Subject{Address: "::ffff:198.51.100.7"}
	for _, dry := range []bool{true, true, false} {
		e, err := s.Forget(t.Context(), subject, dry)
		if err != nil || !slices.Equal(e.Attackers, []string{before.UUID}) || len(e.Sessions) != 2 || e.Observations != 3 || e.Rejected != int64(inAddress+inSession) {
			t.Fatalf("dry %t: %v, %+v", dry, err, e)
		}
		if x := e.Sessions[0]; x.Ref != visits[0].ref() || x.Path == "" || x.Format != "shard" {
			t.Errorf("%+v", x)
		}
	}
	if _, err := s.Forget(t.Context(), subject, false); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("again: %v", err)
	}
	if _, err := s.Attacker(t.Context(), before.UUID); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("the attacker: %v", err)
	}
	namesNobody(t, s, visits[:2], before.UUID)
	if p, err := s.Sessions(t.Context(), store.SessionQuery{}); err != nil || len(p.Items) != 2 {
		t.Errorf("%v, %d sessions are left", err, len(p.Items))
	}
	if saved, err := s.Save(t.Context(), []store.Profile{visits[0].profile()}); err != nil || !saved[0].Forgotten {
		t.Errorf("it comes back: %v, %+v", err, saved)
	}
	// Who comes again is somebody new.
	after := keep(t, s, visit{n: 9, address: "198.51.100.7"})
	if after[0].Attacker == "" || after[0].Attacker == before.UUID {
		t.Errorf("%+v", after)
	}
	sound(t, s)
}

func audit(t *testing.T, s store.Store, subjects ...string) {
	t.Helper()
	for _, x := range subjects {
		if err := s.Audit(t.Context(), store.AuditEntry{Time: epoch, Who: "op", Action: "replay", Subject: x}); err != nil {
			t.Fatal(err)
		}
	}
}

// namesNobody fails where the change log, the audit or a rejected event names
// what was forgotten.
func namesNobody(t *testing.T, s store.Store, visits []visit, uuid string) {
	t.Helper()
	changes, err := s.Changes(t.Context(), 0, 1000)
	if err != nil {
		t.Fatal(err)
	}
	forgotten := 0
	for _, c := range changes {
		if c.Kind == "forgotten" {
			forgotten++
		}
		if c.Attacker == uuid && uuid != "" || slices.ContainsFunc(visits, func(v visit) bool { return v.ref() == c.Ref }) || c.Kind == "forgotten" && c.Ref+c.Attacker+c.Revision != "" {
			t.Errorf("change %+v", c)
		}
	}
	if want := len(visits) + 1; forgotten != want { // their own, and a new one that tells
		t.Errorf("%d changes say that something was forgotten, want %d", forgotten, want)
	}
	entries, err := s.Audits(t.Context(), store.PageQuery{})
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range entries.Items {
		if a.Subject == "198.51.100.7" || slices.ContainsFunc(visits, func(v visit) bool { return v.ref() == a.Subject }) {
			t.Errorf("audit %+v", a)
		}
	}
	if len(entries.Items) == 0 {
		t.Error("the audit itself went")
	}
	rejected, err := s.Rejections(t.Context(), store.PageQuery{})
	if err != nil || len(rejected.Items) != 4 {
		t.Errorf("%v, rejected: %+v", err, rejected.Items)
	}
}

func testForgetSession(t *testing.T, s store.Store) {
	one := visit{n: 1, address: "198.51.100.7", values: map[string]string{modality: "typed", cadence: "bursty"}}
	two := visit{n: 2, address: "198.51.100.7", values: map[string]string{modality: "pasted"}}
	keep(t, s, one, two)
	for i, x := range []struct {
		name      string
		attackers int
	}{{two.ref(), 0}, {one.id(), 1}} {
		dry, err := s.Forget(t.Context(), store.Subject{Session: x.name}, true)
		if err != nil {
			t.Fatal(err)
		}
		e, err := s.Forget(t.Context(), store.Subject{Session: x.name}, false)
		if err != nil || len(e.Sessions) != 1 || len(e.Attackers) != x.attackers || len(dry.Attackers) != x.attackers || e.Observations != int64(1+i) {
			t.Errorf("%s: %v, %+v, dry %+v", x.name, err, e, dry)
		}
		sound(t, s)
		if i == 0 {
			a, err := s.Resolve(t.Context(), one.address)
			if err != nil || a.Sessions != 1 || len(a.Latest) != 2 || a.Latest[0].Value != "typed" || !a.Last.Equal(one.start()) {
				t.Errorf("%v, %+v", err, a)
			}
		}
	}
}

func testForgetNobody(t *testing.T, s store.Store) {
	keep(t, s, visit{n: 1, address: "198.51.100.7"})
	for _, x := range []store.Subject{{Address: "203.0.113.250"}, {Session: "nothing"}} {
		if _, err := s.Forget(t.Context(), x, false); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("%+v: %v", x, err)
		}
	}
	for _, x := range []store.Subject{{}, {Address: "not one"}, {Address: "198.51.100.7", Session: "x"}} {
		if _, err := s.Forget(t.Context(), x, false); err == nil || errors.Is(err, store.ErrNotFound) || store.Later(err) {
			t.Errorf("%+v: %v", x, err)
		}
	}
	// One of whom nothing was recorded.
	if _, err := s.Resolve(t.Context(), "203.0.113.251"); err != nil {
		t.Fatal(err)
	}
	if e, err := s.Forget(t.Context(), store.Subject{Address: "203.0.113.251"}, false); err != nil || len(e.Attackers) != 1 {
		t.Errorf("%v, %+v", err, e)
	}
	sound(t, s)
}

func testOutdated(t *testing.T, s store.Store) {
	var visits []visit
	for i := range 20 {
		visits = append(visits, visit{n: i + 1, rules: int64(30 + i), address: fmt.Sprintf("198.51.100.%d", i)})
	}
	keep(t, s, visits...)
	offer := store.Offer{Session: (visit{n: 50}).profile().Session}
	offer.State = store.Waiting
	if _, err := s.Offer(t.Context(), []store.Offer{offer}, nil); err != nil {
		t.Fatal(err)
	}
	ask := func(q store.OutdatedQuery, want int) {
		t.Helper()
		if n, err := s.Outdated(t.Context(), q); err != nil || n != want {
			t.Errorf("%+v: %d, %v, want %d", q, n, err, want)
		}
	}
	ask(store.OutdatedQuery{Dry: true}, 20)
	ask(store.OutdatedQuery{Rules: 40, Dry: true}, 10)
	ask(store.OutdatedQuery{Rules: 40, Since: epoch.Add(5 * time.Minute), Dry: true}, 6)
	ask(store.OutdatedQuery{Rules: 30, Dry: true}, 0)
	var marked []string
	note := func(refs []string) error { marked = append(marked, refs...); return nil }
	ask(store.OutdatedQuery{Rules: 40, Dry: true, Marked: note}, 10)
	ask(store.OutdatedQuery{Rules: 40, Limit: 4, Marked: note}, 4)
	for i, ref := range marked {
		same(t, "the mark", ref, visits[i].profile().Ref)
		same(t, "the state of what is marked", session(t, s, ref).State, store.Waiting)
	}
	same(t, "marks", len(marked), 4)
	ask(store.OutdatedQuery{Rules: 40, Limit: 100}, 6)
	ask(store.OutdatedQuery{Rules: 40}, 0)
	waiting, err := s.Waiting(t.Context(), store.WaitingQuery{Now: time.Now(), Limit: 100})
	if err != nil || len(waiting) != 11 || waiting[0].Backfill || !waiting[1].Backfill || waiting[1].Revision == "" {
		t.Errorf("%v, %d wait", err, len(waiting))
	}
	ask(store.OutdatedQuery{}, 10)
	sound(t, s)
}

func testVacuum(t *testing.T, s store.Store) {
	keep(t, s, crowd(30)...)
	pruneAll(t, s, store.Retention{Age: time.Minute, Now: epoch.Add(time.Hour)})
	if err := s.Vacuum(t.Context()); err != nil {
		t.Fatal(err)
	}
	keep(t, s, visit{n: 70, address: "198.51.100.1"})
	if err := s.Vacuum(t.Context()); err != nil {
		t.Fatal(err)
	}
	sound(t, s)
}
