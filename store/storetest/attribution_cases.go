package storetest

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"gait/store"
)

const whoever = "198.51.100.7"

// dueOf gives what is due, by identity.
func dueOf(t *testing.T, s store.Store) (list []string) {
	t.Helper()
	for after := int64(0); ; {
		due, err := s.Due(t.Context(), after, 2)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range due {
			if d.N <= after {
				t.Fatalf("number %d comes after %d", d.N, after)
			}
			after, list = d.N, append(list, d.Identity)
		}
		if len(due) == 0 {
			return list
		}
	}
}

// past gives the history of an identity, with these rules numbers and a limit.
func past(t *testing.T, s store.Store, identity string, limit int) store.History {
	t.Helper()
	h, err := s.History(t.Context(), store.HistoryQuery{Identity: identity, Rules: map[string]int{modality: 1, "motor.rare": 1, "motor.new": 2}, Limit: limit})
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// spelled gives the values of a primitive, the newest first.
func spelled(h store.History, primitive string) string {
	var values []string
	for _, p := range h.Past[primitive] {
		values = append(values, p.Value)
	}
	return strings.Join(values, " ")
}

// conclusions are states and what is told of them.
func conclusions(h *store.History, state string) store.Assessment {
	return store.Assessment{
		History: h,
		Standings: []store.Standing{
			{Primitive: "motor.rare", State: "conflicted", Confidence: 0.4, Rules: 1, Observations: 5, Since: epoch},
			{Primitive: modality, State: state, Value: "typed", Confidence: 1, Rules: 1, Observations: 5, Since: epoch, Reasons: json.RawMessage(`["all of the last 5"]`)},
		},
		Told: []store.Conclusion{
			{Subject: "attribution.profile.state_changed", Payload: json.RawMessage(`{"to":"` + state + `"}`)},
			{Subject: "attribution.profile.state_changed", Payload: json.RawMessage(`{"to":"conflicted"}`)},
		},
	}
}

func testHistory(t *testing.T, s store.Store) {
	var visits []visit
	for i := range 90 {
		v := visit{n: i + 1, address: whoever, values: map[string]string{modality: fmt.Sprint("v", i), "motor.new": "x"}}
		switch {
		case i%10 == 3:
			v.values[modality] = "unknown"
		case i < 5:
			v.values["motor.rare"] = fmt.Sprint("r", i)
		}
		visits = append(visits, v)
	}
	shuffled := slices.Concat(visits[40:], visits[:20], visits[20:40])
	saved := keep(t, s, shuffled...)
	h := past(t, s, saved[0].Attacker, 10)
	same(t, "newest values", spelled(h, modality), "v89 v88 v87 v86 v85 v84 v82 v81 v80 v79")
	same(t, "values that became rare", spelled(h, "motor.rare"), "r4 r2 r1 r0")
	same(t, "values of another rules number", spelled(h, "motor.new"), "")
	same(t, "sessions", h.Sessions, 90)
	first := h.Past[modality][0]
	if first.ID != visits[89].id() || first.Ref != visits[89].ref() || !first.Start.Equal(visits[89].start()) {
		t.Errorf("the newest is %+v", first)
	}
	// A session whose start is in doubt, or not known, has no place in the order.
	odd := visit{n: 500, address: whoever, values: map[string]string{modality: "odd"}}
	doubtful, timeless := odd.profile(), visit{n: 501, address: whoever, values: map[string]string{modality: "timeless"}}.profile()
	doubtful.Doubtful, timeless.Start = true, time.Time{}
	save(t, s, doubtful)
	save(t, s, timeless)
	same(t, "newest value", past(t, s, saved[0].Attacker, 1).Past[modality][0].Value, "v89")
	few := store.HistoryQuery{Identity: saved[0].Attacker, Rules: map[string]int{modality: 1}, Least: 93}
	if h, err := s.History(t.Context(), few); err != nil || h.Sessions != 92 || len(h.Past) != 0 {
		t.Errorf("%v, the past of %d sessions has %d primitives", err, h.Sessions, len(h.Past))
	}
	if _, err := s.History(t.Context(), store.HistoryQuery{Identity: "nobody"}); err != store.ErrNotFound {
		t.Errorf("the history of nobody: %v", err)
	}
	sound(t, s)
}

func testAssess(t *testing.T, s store.Store) {
	v := visit{n: 1, address: whoever, values: map[string]string{modality: "typed"}}
	who := keep(t, s, v, visit{n: 2, address: "198.51.100.8"}, visit{n: 3, address: "198.51.100.9"})[0].Attacker
	same(t, "due", len(dueOf(t, s)), 3)
	h := past(t, s, who, 5)
	stored := func(a store.Assessment, want bool) {
		t.Helper()
		if got := must(s.Assess(t.Context(), []store.Assessment{a}))(t); got[0] != want {
			t.Errorf("stored: %t, want %t", got, want)
		}
	}
	_, before, err := s.Positions(t.Context())
	do(t, err)
	stored(conclusions(&h, "stable"), true)
	stored(conclusions(&h, "drifting"), false) // they are drawn already
	same(t, "due", len(dueOf(t, s)), 2)
	identity := must(s.Identity(t.Context(), who))(t)
	same(t, "identity", identity.Name+" of "+strings.Join(identity.Attackers, " "), who+" of "+who)
	list := identity.Standings
	if len(list) != 2 || list[0].Primitive != modality || list[0].State != "stable" || string(list[0].Reasons) != `["all of the last 5"]` || !list[0].Since.Equal(epoch) {
		t.Errorf("standings %+v", list)
	}
	if again := past(t, s, who, 5); again.Standings[modality].State != "stable" || again.Members[0].Due != again.Members[0].Assessed {
		t.Errorf("history %+v", again)
	}
	changes := must(s.Changes(t.Context(), before, 10))(t)
	if len(changes) != 2 || changes[0].Kind != "attribution" || changes[0].Attacker != who || changes[0].Last != before+1 ||
		string(changes[0].Payload) != `{"to":"stable"}` || changes[1].First != changes[1].Last || changes[1].Stale {
		t.Errorf("changes %+v", changes)
	}
	// What comes after a history was read makes it void, and due again.
	v.extent, v.values = 200, map[string]string{modality: "pasted"}
	keep(t, s, v)
	h = past(t, s, who, 5)
	v.extent = 300
	keep(t, s, v)
	stored(conclusions(&h, "drifting"), false)
	same(t, "due", len(dueOf(t, s)), 3)
	if next, n, err := s.MarkDue(t.Context(), 0, 2); err != nil || n != 2 || next == 0 {
		t.Errorf("marked %d, next %d, %v", n, next, err)
	} else if next, n, err = s.MarkDue(t.Context(), next, 2); err != nil || n != 1 || next != 0 {
		t.Errorf("marked %d, next %d, %v", n, next, err)
	}
	h = past(t, s, who, 5)
	stored(store.Assessment{History: &h}, true)
	same(t, "states", len(must(s.Identity(t.Context(), who))(t).Standings), 0)
	sound(t, s)
}

func testTold(t *testing.T, s store.Store) {
	who := keep(t, s, visit{n: 1, address: whoever, values: map[string]string{modality: "typed"}})[0].Attacker
	h := past(t, s, who, 5)
	must(s.Assess(t.Context(), []store.Assessment{conclusions(&h, "stable")}))(t)
	list := must(s.Untold(t.Context(), 10))(t)
	if len(list) != 2 || list[0].Subject != "attribution.profile.state_changed" || string(list[0].Payload) != `{"to":"stable"}` ||
		list[0].Attacker != who || list[0].Position >= list[1].Position || list[0].Time.IsZero() {
		t.Fatalf("untold %+v", list)
	}
	do(t, s.Told(t.Context(), []int64{list[0].Position}))
	do(t, s.Told(t.Context(), []int64{list[0].Position}))
	if left := must(s.Untold(t.Context(), 10))(t); len(left) != 1 || left[0].Position != list[1].Position {
		t.Errorf("untold %+v", left)
	}
	for _, bad := range []store.Conclusion{{Payload: json.RawMessage(`{}`)}, {Subject: "x", Payload: json.RawMessage(`{`)}} {
		if _, err := s.Assess(t.Context(), []store.Assessment{{History: &h, Told: []store.Conclusion{bad}}}); err == nil || store.Later(err) {
			t.Errorf("%+v: %v", bad, err)
		}
	}
}

func testForgetConclusions(t *testing.T, s store.Store) {
	visits := []visit{{n: 1, address: whoever, values: map[string]string{modality: "typed"}}, {n: 2, address: "198.51.100.8"}}
	saved := keep(t, s, visits...)
	for _, x := range saved {
		h := past(t, s, x.Attacker, 5)
		must(s.Assess(t.Context(), []store.Assessment{conclusions(&h, "stable")}))(t)
	}
	if _, err := s.Forget(t.Context(), store.Subject{Address: whoever}, false); err != nil {
		t.Fatal(err)
	}
	for _, c := range must(s.Changes(t.Context(), 0, 100))(t) {
		if c.Attacker == saved[0].Attacker || c.Kind == "attribution" && c.Attacker == "" && !c.Stale {
			t.Errorf("still told: %+v", c)
		}
	}
	same(t, "untold", len(must(s.Untold(t.Context(), 10))(t)), 2)
	same(t, "states of the other", len(must(s.Identity(t.Context(), saved[1].Attacker))(t).Standings), 2)
	sound(t, s)
	pruneAll(t, s, store.Retention{Age: time.Minute, Now: time.Now().Add(time.Hour)})
	same(t, "untold", len(must(s.Untold(t.Context(), 10))(t)), 0)
	same(t, "changes", len(must(s.Changes(t.Context(), 0, 100))(t)), 0)
	sound(t, s)
}
