package profiler

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"gait"
	"gait/assess/attribution"
	"gait/assess/typist"
	"gait/store"
)

// untold gives what waits to be told of a suspicion.
func (k *kit) untold(t *testing.T) (list []MultiActorSuspected) {
	t.Helper()
	all, err := k.store.Untold(t.Context(), 1000)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range all {
		if c.Subject != attribution.SubjectSuspected {
			continue
		}
		var x MultiActorSuspected
		if err := json.Unmarshal(c.Payload, &x); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(c.Payload), "SSH-2.0") {
			t.Errorf("a version is told: %s", c.Payload)
		}
		list = append(list, x)
	}
	return list
}

// handleAll stores sessions that came with clients, one letter each.
func (k *kit) handleAll(t *testing.T, kinds, clients string) {
	t.Helper()
	for i, s := range sessionsOf(kinds) {
		if s.Client = ""; clients[i] != '?' {
			s.Client = "SSH-2.0-" + clients[i:i+1]
		}
		k.handle(t, k.write(t, s))
	}
}

func TestSuspicionsRestOnClientsThatTakeTurnsToo(t *testing.T) {
	for _, c := range []struct {
		name, kinds, clients string
		suspected            bool
	}{
		{"two clients in the same turns", "tptpt", "xyxyx", true},
		{"one client", "tptpt", "xxxxx", false},
		{"two clients in other turns", "tptpt", "xxyyx", false},
		{"one client is not known", "tptpt", "xy?yx", false},
		{"two clients, but no turns", "ttttt", "xyxyx", false},
	} {
		k := newKit(t)
		k.handleAll(t, c.kinds, c.clients)
		k.concluded(t)
		x, kept := k.standings(t)[attribution.SubjectSuspected]
		told := k.untold(t)
		if kept != c.suspected || len(told) == 1 != c.suspected {
			t.Errorf("%s: kept %v, told %d", c.name, kept, len(told))
		}
		if !c.suspected || !kept || len(told) != 1 {
			continue
		}
		said := told[0]
		if x.Value != "client_version" || len(said.Groups[0]) != 3 || len(said.Groups[1]) != 2 || len(said.Attackers) != 1 || len(said.EvidenceRefs) != 5 {
			t.Errorf("%s: %+v, %+v", c.name, x, said)
		}
		if !slices.ContainsFunc(said.Measures, func(m attribution.MeasureSplit) bool { return slices.Contains(m.Primitives, modality) }) {
			t.Errorf("%s: measures are %v", c.name, said.Measures)
		}
	}
}

func TestASuspicionIsToldOnceAndGoesWhenItsGroundIsGone(t *testing.T) {
	k := newKit(t)
	k.handleAll(t, "tptpt", "xyxyx")
	k.concluded(t)
	since := k.standings(t)[attribution.SubjectSuspected].Since
	if _, marked, err := k.store.MarkDue(t.Context(), 0, 10); err != nil || marked != 1 {
		t.Fatalf("%d are due, %v", marked, err)
	}
	k.concluded(t)
	if told := k.untold(t); len(told) != 1 || !k.standings(t)[attribution.SubjectSuspected].Since.Equal(since) {
		t.Errorf("told %d times", len(told))
	}
	for _, s := range sessionsOf("tptpt")[1:] {
		if _, err := k.store.Forget(t.Context(), store.Subject{Session: ref(s)}, false); err != nil {
			t.Fatal(err)
		}
	}
	k.concluded(t)
	if x, kept := k.standings(t)[attribution.SubjectSuspected]; kept {
		t.Errorf("of one session %+v", x)
	}
}

// handsInTurns makes up five sessions of two people who take turns: one quick,
// who takes back what was mistyped, and one slow, who mistypes nothing.
func handsInTurns() (list []*gait.Session) {
	for i, s := range sessionsOf("ttttt") {
		chance := rand.New(rand.NewPCG(uint64(i), 9))
		x := &gait.Session{Header: s.Header}
		x.Client = ""
		pace, quick := 320.0, i%2 == 0
		if quick {
			pace = 90
		}
		at := time.Second
		for n := range 260 {
			key := "etaoinshrd"[chance.IntN(10)]
			if quick && n%9 == 8 {
				key = 0x7f
			}
			at += time.Duration(pace * (0.7 + 0.6*chance.Float64()) * float64(time.Millisecond))
			x.Append(gait.Event{Time: at, Kind: gait.Input, Data: []byte{key}}, -1)
		}
		x.End = gait.End{Seen: true, Time: at}
		list = append(list, x)
	}
	return list
}

func TestSuspicionsRestOnTypingWhereItIsKept(t *testing.T) {
	for _, m := range []*typist.Model{nil, typist.Shipped()} {
		k := newKit(t, func(o *Options) { o.Typist = m })
		for _, s := range handsInTurns() {
			k.handle(t, k.write(t, s))
		}
		k.concluded(t)
		told := k.untold(t)
		if len(told) == 1 != (m != nil) {
			t.Errorf("with typing %v: told %d times", m != nil, len(told))
		}
		if len(told) != 1 {
			continue
		}
		if e := told[0].Evidence; len(e) != 1 || e[0].Kind != "typing" || *e[0].LogOdds > attribution.Apart || min(e[0].Keys[0], e[0].Keys[1]) < attribution.PooledKeys {
			t.Errorf("evidence %+v", e)
		}
		if g := told[0].Groups; len(g[0]) != 3 || len(g[1]) != 2 {
			t.Errorf("groups %+v", g)
		}
	}
}
