package storetest

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"gait/store"
)

// typed gives visits of attackers, one each, with vectors.
func typed(t *testing.T, s store.Store, attackers int) (uuids []string, numbers []int64) {
	t.Helper()
	for i := range attackers {
		p := visit{n: i + 1, address: fmt.Sprintf("198.51.100.%d", i+1), values: map[string]string{modality: "typed"}}.profile()
		p.Vector = &store.Vector{Table: 7, Keys: 100 + i, Data: []byte{byte(i), 0, 255}, Client: "SSH-2.0-\xff", HASSH: "abc", Habits: "self=id"}
		uuids = append(uuids, save(t, s, p).Attacker)
	}
	for _, v := range vectors(t, s, false) {
		numbers = append(numbers, v.N)
	}
	return uuids, numbers
}

// vectors reads all vectors, a few at a time.
func vectors(t *testing.T, s store.Store, fresh bool) (all []store.Vector) {
	t.Helper()
	for after := int64(0); ; {
		list := must(s.Vectors(t.Context(), after, 2, fresh))(t)
		if len(list) == 0 {
			return all
		}
		all = append(all, list...)
		after = list[len(list)-1].N
	}
}

// links lists links, the newest first.
func links(t *testing.T, s store.Store, q store.LinkQuery) (list []store.Link) {
	t.Helper()
	for q.Limit = 1; ; {
		p := must(s.Links(t.Context(), q))(t)
		list = append(list, p.Items...)
		if q.Cursor = p.Next; p.Next == "" {
			return list
		}
	}
}

// link is a proposal between the sessions of two vectors.
func link(a, b int64, strength float64, told bool) store.Proposal {
	return store.Proposal{Sessions: [2]int64{a, b}, Strength: strength, Statement: json.RawMessage(fmt.Sprintf(`{"score":%g}`, strength)), Told: told}
}

// propose proposes a link.
func propose(t *testing.T, s store.Store, p store.Proposal) {
	t.Helper()
	do(t, s.Propose(t.Context(), p.Sessions[:1], []store.Proposal{p}))
}

// identities gives the identity of each attacker.
func identities(t *testing.T, s store.Store, uuids []string) (names []string) {
	t.Helper()
	for _, u := range uuids {
		names = append(names, must(s.Identity(t.Context(), u))(t).Name)
	}
	return names
}

func testVectors(t *testing.T, s store.Store) {
	uuids, numbers := typed(t, s, 3)
	all := vectors(t, s, true)
	if len(all) != 3 || all[2].Keys != 102 || all[2].Table != 7 || string(all[2].Data) != "\x02\x00\xff" || all[1].Attacker != uuids[1] || all[1].Identity != uuids[1] || all[0].Ref == "" ||
		all[0].Client != "SSH-2.0-\xff" || all[0].HASSH != "abc" || all[0].Habits != "self=id" || all[0].Address != "198.51.100.1" {
		t.Errorf("vectors %+v", all)
	}
	do(t, s.Propose(t.Context(), numbers[:2], nil))
	if fresh := vectors(t, s, true); len(fresh) != 1 || fresh[0].N != numbers[2] {
		t.Errorf("fresh are %+v", fresh)
	}
	of := must(s.VectorsOf(t.Context(), []string{all[2].Ref, "nobody's", all[0].Ref}))(t)
	if len(of) != 2 || of[0].N != numbers[0] || of[1].Ref != all[2].Ref || string(of[1].Data) != string(all[2].Data) {
		t.Errorf("vectors of two sessions %+v", of)
	}
	same(t, "vectors of none", len(must(s.VectorsOf(t.Context(), nil))(t)), 0)
	if _, err := s.VectorsOf(t.Context(), make([]string, 101)); err == nil {
		t.Error("101 sessions are asked for at once")
	}
	gone := must(s.VectorsGone(t.Context()))(t)
	// One that is profiled again without a vector has none, and one goes with its
	// session.
	again := visit{n: 1, address: "198.51.100.1", extent: 500}.profile()
	save(t, s, again)
	if _, err := s.Forget(t.Context(), store.Subject{Session: visit{n: 2}.ref()}, false); err != nil {
		t.Fatal(err)
	}
	same(t, "vectors that are gone", must(s.VectorsGone(t.Context()))(t)-gone, 2)
	same(t, "vectors", len(vectors(t, s, false)), 1)
	big := visit{n: 9, address: "198.51.100.9"}.profile()
	big.Vector = &store.Vector{Data: make([]byte, 1<<20)}
	if _, err := s.Save(t.Context(), []store.Profile{big}); err == nil || store.Later(err) {
		t.Errorf("a vector that is too big: %v", err)
	}
	sound(t, s)
}

func testPropose(t *testing.T, s store.Store) {
	uuids, n := typed(t, s, 3)
	propose(t, s, link(n[1], n[0], 2, false))
	propose(t, s, link(n[0], n[1], 1, true)) // weaker: nothing
	same(t, "told", len(must(s.Untold(t.Context(), 10))(t)), 0)
	propose(t, s, link(n[0], n[1], 3, true))
	propose(t, s, link(n[0], n[1], 3, true))
	propose(t, s, link(n[0], n[1], 4, true)) // stronger, and told already
	propose(t, s, link(n[2], n[0], 5, false))
	propose(t, s, link(n[0], n[0], 9, true))
	propose(t, s, link(n[0], 1<<40, 9, true))
	told := must(s.Untold(t.Context(), 10))(t)
	if len(told) != 1 || told[0].Subject != store.SubjectLinkProposed || told[0].Attacker != uuids[0] {
		t.Fatalf("told %+v", told)
	}
	var x store.LinkTold
	if err := json.Unmarshal(told[0].Payload, &x); err != nil || x.Attackers != [2]string{uuids[0], uuids[1]} || x.Strength != 3 || x.State != "proposed" || string(x.Statement) != `{"score":3}` {
		t.Errorf("told %s, %v", told[0].Payload, err)
	}
	list := links(t, s, store.LinkQuery{})
	if len(list) != 2 || list[1].Strength != 4 || list[1].Addresses != [2]string{"198.51.100.1", "198.51.100.2"} || list[1].Refs[0] != (visit{n: 1}).ref() || list[1].Proposed.IsZero() || !list[1].Decided.IsZero() {
		t.Errorf("links %+v", list)
	}
	same(t, "links of one", len(links(t, s, store.LinkQuery{Attacker: uuids[1], State: store.LinkProposed})), 1)
	same(t, "accepted links", len(links(t, s, store.LinkQuery{State: store.LinkAccepted})), 0)
	if err := s.Propose(t.Context(), nil, []store.Proposal{{Strength: math.NaN(), Statement: []byte("{}")}}); err == nil || store.Later(err) {
		t.Errorf("a strength that is none: %v", err)
	}
	// What rests on a session goes with it.
	if _, err := s.Forget(t.Context(), store.Subject{Address: "198.51.100.2"}, false); err != nil {
		t.Fatal(err)
	}
	same(t, "links", len(links(t, s, store.LinkQuery{})), 1)
	same(t, "told", len(must(s.Untold(t.Context(), 10))(t)), 0)
	sound(t, s)
}

func testAcceptAtOnce(t *testing.T, s store.Store) {
	uuids, n := typed(t, s, 4)
	byRule := func(a, b int, strength float64) {
		t.Helper()
		p := link(n[a], n[b], strength, true)
		p.Accept = "a rule"
		propose(t, s, p)
	}
	propose(t, s, link(n[0], n[1], 3, false))
	byRule(0, 1, 2) // weaker than what is there: nothing
	same(t, "accepted links", len(links(t, s, store.LinkQuery{State: store.LinkAccepted})), 0)
	byRule(1, 0, 4)
	byRule(2, 3, 5)
	byRule(0, 1, 6) // one identity already
	list := links(t, s, store.LinkQuery{})
	if len(list) != 2 || list[1].State != store.LinkAccepted || list[1].Who != "a rule" || list[1].Strength != 4 || list[0].State != store.LinkAccepted {
		t.Fatalf("links %+v", list)
	}
	ab, cd := list[1].ID, list[0].ID
	same(t, "identities", strings.Join(identities(t, s, uuids), " "), strings.Join([]string{ab, ab, cd, cd}, " "))
	told := map[string]int{}
	for _, c := range must(s.Untold(t.Context(), 20))(t) {
		told[c.Subject]++
	}
	if told[store.SubjectLinkProposed] != 2 || told[store.SubjectLinkAccepted] != 2 {
		t.Errorf("told %v", told)
	}
	// What somebody took back is left to people.
	must(s.Decide(t.Context(), store.Decision{ID: ab, State: store.LinkProposed, Who: "somebody"}))(t)
	byRule(0, 1, 9)
	if l := must(s.Link(t.Context(), ab))(t); l.State != store.LinkProposed || l.Strength != 9 || len(l.Log) != 2 || l.Log[0].Who != "a rule" {
		t.Errorf("a link that was taken back: %+v", l)
	}
	long := link(n[0], n[2], 3, false)
	long.Accept = strings.Repeat("r", 5000)
	if err := s.Propose(t.Context(), nil, []store.Proposal{long}); err == nil || store.Later(err) {
		t.Errorf("a rule with a name of 5,000 bytes: %v", err)
	}
	sound(t, s)
}

func testDecide(t *testing.T, s store.Store) {
	uuids, n := typed(t, s, 4)
	for i := range 3 {
		propose(t, s, link(n[i], n[i+1], 3, false))
	}
	list := links(t, s, store.LinkQuery{}) // the newest first: c-d, b-c, a-b
	decide := func(i int, state string) store.Link {
		t.Helper()
		return must(s.Decide(t.Context(), store.Decision{ID: list[i].ID, State: state, Who: "somebody"}))(t)
	}
	same(t, "identities", strings.Join(identities(t, s, uuids), " "), strings.Join(uuids, " "))
	h := past(t, s, uuids[0], 5)
	must(s.Assess(t.Context(), []store.Assessment{conclusions(&h, "stable")}))(t)
	before := len(dueOf(t, s))
	l := decide(2, store.LinkAccepted)
	if l.State != store.LinkAccepted || l.Who != "somebody" || l.Decided.IsZero() || len(l.Log) != 1 || l.Log[0].State != store.LinkAccepted {
		t.Errorf("accepted %+v", l)
	}
	decide(2, store.LinkAccepted)
	ab := list[2].ID
	same(t, "identities", strings.Join(identities(t, s, uuids), " "), strings.Join([]string{ab, ab, uuids[2], uuids[3]}, " "))
	if x := must(s.Identity(t.Context(), uuids[1]))(t); !slices.Equal(x.Attackers, uuids[:2]) || len(x.Standings) != 0 {
		t.Errorf("identity %+v", x)
	}
	if h := past(t, s, ab, 5); len(h.Members) != 2 || h.Sessions != 2 || spelled(h, modality) != "typed typed" {
		t.Errorf("history %+v", h)
	}
	if x := save(t, s, (visit{n: 20, address: "198.51.100.2"}).profile()); x.Identity != ab {
		t.Errorf("a session of one who was merged: %+v", x)
	}
	same(t, "due", len(dueOf(t, s)), before) // two are one, and one had been assessed
	// A chain, and its middle taken out again.
	decide(0, store.LinkAccepted)
	decide(1, store.LinkAccepted)
	same(t, "identities", strings.Join(identities(t, s, uuids), " "), strings.Join([]string{ab, ab, ab, ab}, " "))
	sound(t, s)
	decide(1, store.LinkProposed)
	cd := list[0].ID
	same(t, "identities", strings.Join(identities(t, s, uuids), " "), strings.Join([]string{ab, ab, cd, cd}, " "))
	decide(2, store.LinkRejected)
	same(t, "identities", strings.Join(identities(t, s, uuids), " "), strings.Join([]string{uuids[0], uuids[1], cd, cd}, " "))
	// What was concluded of an attacker alone is there again.
	same(t, "states", len(must(s.Identity(t.Context(), uuids[0]))(t).Standings), 2)
	propose(t, s, link(n[0], n[1], 99, true))
	if l := must(s.Link(t.Context(), ab))(t); l.State != store.LinkRejected || l.Strength != 3 || len(l.Log) != 2 {
		t.Errorf("a link that was decided on has changed: %+v", l)
	}
	var subjects []string
	for _, c := range must(s.Untold(t.Context(), 20))(t) {
		if name, ok := strings.CutPrefix(c.Subject, "attribution.linkage."); ok {
			subjects = append(subjects, name)
		}
	}
	same(t, "told", strings.Join(subjects, " "), "accepted accepted accepted undone rejected")
	if _, err := s.Decide(t.Context(), store.Decision{ID: uuids[0], State: store.LinkAccepted, Who: "x"}); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("a link that is not there: %v", err)
	}
	if _, err := s.Decide(t.Context(), store.Decision{ID: ab, State: "merged", Who: "x"}); err == nil || store.Later(err) {
		t.Errorf("a state that is none: %v", err)
	}
	// One who is forgotten leaves the others as they are without him.
	decide(1, store.LinkAccepted)
	if _, err := s.Forget(t.Context(), store.Subject{Address: "198.51.100.3"}, false); err != nil {
		t.Fatal(err)
	}
	left := []string{uuids[0], uuids[1], uuids[3]}
	same(t, "identities", strings.Join(identities(t, s, left), " "), strings.Join(left, " "))
	sound(t, s)
	pruneAll(t, s, store.Retention{Age: time.Minute, Now: time.Now().Add(time.Hour)})
	same(t, "vectors", len(vectors(t, s, false)), 0)
	same(t, "links", len(links(t, s, store.LinkQuery{})), 0)
	sound(t, s)
}
