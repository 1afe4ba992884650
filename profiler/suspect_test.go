package profiler

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"gait/assess/attribution"
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
