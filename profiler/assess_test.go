package profiler

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"gait"
	"gait/assess"
	"gait/assess/attribution"
	"gait/internal/simulate"
	"gait/profile/suite"
	"gait/store"
	"gait/store/sqlite"
)

const modality = "motor.input_modality"

// evening is when the sessions of one attacker begin, an hour apart.
var evening = time.Date(2026, 4, 1, 18, 0, 0, 0, time.UTC)

// sessionsOf makes up sessions of one attacker: t types, p pastes.
func sessionsOf(kinds string) (list []*gait.Session) {
	for i, kind := range kinds {
		name := map[rune]string{'t': "human", 'p': "loader"}[kind]
		s := simulate.Find(name).Session(7)
		s.ID, s.Decoy, s.Service, s.SourceIP = fmt.Sprintf("00000000-0000-4000-8000-%012d", i), "decky-01", "ssh", "198.51.100.7"
		s.Start = evening.Add(time.Duration(i) * time.Hour)
		list = append(list, s)
	}
	return list
}

// concluded draws all conclusions that are due.
func (k *kit) concluded(t testing.TB) {
	t.Helper()
	a, err := NewAssessor(k.store, assess.All, k.typist)
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := a.All(t.Context()); err != nil {
		t.Fatal(err)
	}
	if due, err := k.store.Due(t.Context(), 0, 10); err != nil || len(due) > 0 {
		t.Fatalf("still due: %v, %v", due, err)
	}
}

// standings gives the states of the only attacker, by primitive.
func (k *kit) standings(t testing.TB) map[string]store.Standing {
	t.Helper()
	p, err := k.store.Attackers(t.Context(), store.AttackerQuery{})
	if err != nil || len(p.Items) != 1 {
		t.Fatalf("%d attackers, %v", len(p.Items), err)
	}
	x, err := k.store.Identity(t.Context(), p.Items[0].UUID)
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]store.Standing{}
	for _, s := range x.Standings {
		all[s.Primitive] = s
	}
	return all
}

func TestScenariosOfSessions(t *testing.T) {
	for kinds, want := range map[string]string{
		"ttttttt": "stable 1.00", "tttttppppp": "drifting 1.00", "tptpt": "multi_actor 0.60", "tt": " 0.00", "ttppt": "conflicted 0.60",
	} {
		t.Run(kinds, func(t *testing.T) {
			list := sessionsOf(kinds)
			for name, order := range map[string][]int{"as they came": ascending(len(list)), "imported late": latestFirst(len(list))} {
				k := newKit(t)
				for i, at := range order {
					k.handle(t, k.write(t, list[at]))
					if i%2 == 0 {
						k.concluded(t)
					}
				}
				k.concluded(t)
				s := k.standings(t)[modality]
				if got := fmt.Sprintf("%s %.2f", s.State, s.Confidence); got != want {
					t.Errorf("%s: %s, want %s: %s", name, got, want, s.Reasons)
				}
			}
		})
	}
}

func ascending(n int) (list []int) {
	for i := range n {
		list = append(list, i)
	}
	return list
}

func latestFirst(n int) []int {
	list := ascending(n)
	slices.Reverse(list)
	return list
}

// TestStatesAreThoseOfAllSessions compares states that were brought up to date as
// sessions came, in any order, were read anew and went, with those of all that is
// stored.
func TestStatesAreThoseOfAllSessions(t *testing.T) {
	chance := rand.New(rand.NewPCG(6, 7))
	forgotten := ""
	k := newKit(t)
	list := sessionsOf(strings.Repeat("ttptppttpt", 3))
	for i, s := range list {
		s.Client, s.HASSH = []string{"", "SSH-2.0-a", "SSH-2.0-b", "c\xff\x00"}[chance.IntN(4)], ""
		if i < 20 && chance.IntN(4) > 0 {
			s.HASSH = strings.Repeat(string("abc"[chance.IntN(3)]), 32)
		}
		if i%3 == 1 {
			s.Start = list[i-1].Start // at one time
		}
	}
	for n, at := range chance.Perm(len(list)) {
		k.handle(t, k.write(t, list[at]))
		if chance.IntN(3) > 0 {
			k.concluded(t)
		}
		if n == 20 {
			forgotten = ref(list[at])
			if _, err := k.store.Forget(t.Context(), store.Subject{Session: forgotten}, false); err != nil {
				t.Fatal(err)
			}
		}
	}
	k.concluded(t)
	points := map[string][]attribution.Point{}
	starts := map[string]time.Time{}
	for _, s := range list {
		starts[ref(s)] = s.Start
	}
	err := k.store.Export(t.Context(), func(o *gait.Observation) error {
		_, id, _ := strings.Cut(o.EvidenceRef, "#")
		points[o.Primitive] = append(points[o.Primitive], attribution.Point{Start: starts[o.EvidenceRef], Session: id, Ref: o.EvidenceRef, Value: o.Value, Rules: o.Rules})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range list {
		if ref(s) == forgotten {
			continue
		}
		for series, value := range map[string]string{store.SeriesHASSH: s.HASSH, store.SeriesVersion: s.Client} {
			points[series] = append(points[series], attribution.Point{Start: s.Start, Session: list[i].ID, Ref: ref(s), Value: value, Rules: clientRules})
		}
	}
	got, compared := k.standings(t), 0
	for _, series := range []string{store.SeriesHASSH, store.SeriesVersion} {
		want := attribution.Hash(points[series])
		if s := got[series]; s.State != string(want.Name) || s.Confidence != want.Confidence || s.Value != strings.ToValidUTF8(want.Value, "\ufffd") || s.Rules != clientRules || s.Observations == 0 {
			t.Errorf("%s: %+v, want %+v", series, s, want)
		}
	}
	for _, p := range assess.All {
		if attribution.KindOf(p) != attribution.Labels {
			continue
		}
		want := attribution.Label(points[p.Name])
		if want.Name == attribution.Unknown {
			want.Name = ""
		} else {
			compared++
		}
		s := got[p.Name]
		if s.State != string(want.Name) || s.State != "" && (s.Confidence != want.Confidence || s.Value != want.Value) {
			t.Errorf("%s: %+v, want %+v", p.Name, s, want)
		}
	}
	if got["gait.operator"].State == "" {
		t.Error("who is at the keys has no state")
	}
	if compared < 20 {
		t.Errorf("%d states were compared", compared)
	}
}

// told are the transitions that a bus was told, in order.
func told(t testing.TB, b *troubled) (list []StateChanged) {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	ids := []string{}
	for id := range b.told {
		ids = append(ids, id)
	}
	position := func(id string) (n int) { fmt.Sscanf(id[strings.LastIndexByte(id, '-'):], "-%d", &n); return n }
	slices.SortFunc(ids, func(a, b string) int { return position(a) - position(b) })
	for _, id := range ids {
		var x StateChanged
		if err := json.Unmarshal([]byte(b.told[id]), &x); err != nil {
			t.Fatal(err)
		}
		if x.Type == "state_changed" {
			list = append(list, x)
		}
	}
	return list
}

// TestTransitionsAreToldOnce lets several profilers work on one store, stops and
// starts them, and lets the bus refuse: each transition is told, and leads from
// where the one before it led to.
func TestTransitionsAreToldOnce(t *testing.T) {
	b := newTroubled(openBus(t))
	b.every.Store(5)
	k := newKit(t, func(o *Options) { o.Bus = b })
	beside := newKit(t, func(o *Options) { o.Bus, o.Store, o.Library = b, k.store, k.library })
	list := sessionsOf("tttptptpppppptt")
	beside.run(t)
	for i, s := range list {
		stop := k.run(t)
		publish(t, b, k.write(t, s).JSON())
		if i%4 == 3 {
			profiled(t, k.store, list[:i+1])
		}
		if err := stop(); err != nil {
			t.Fatal(err)
		}
	}
	b.every.Store(0)
	k.run(t)
	profiled(t, k.store, list)
	eventually(t, "all is told", func() bool {
		k.concluder.ring()
		due, err := k.store.Due(t.Context(), 0, 1)
		untold, err2 := k.store.Untold(t.Context(), 1)
		return err == nil && err2 == nil && len(due)+len(untold) == 0
	})
	state := map[string]attribution.Name{}
	for _, x := range told(t, b) {
		if before := state[x.Primitive]; before == "" && x.From != attribution.Unknown || before != "" && x.From != before {
			t.Errorf("%s went from %s to %s, and was %q before", x.Primitive, x.From, x.To, before)
		}
		state[x.Primitive] = x.To
	}
	final := k.standings(t)
	if len(final) < 20 {
		t.Errorf("%d states", len(final))
	}
	delete(final, attribution.SubjectSuspected)
	for name, s := range final {
		if string(state[name]) != s.State {
			t.Errorf("%s is %s, and told was %s", name, s.State, state[name])
		}
	}
}

func TestNothingIsConcludedOfTheReferencesReading(t *testing.T) {
	s, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "gait.db"), store.Options{Compat: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	k := newKit(t, func(o *Options) { o.Store, o.Compat = s, true })
	for _, x := range sessionsOf("tttt") {
		k.handle(t, k.write(t, x))
	}
	if k.concluder != nil {
		t.Error("there is something that concludes")
	}
	if _, err := NewAssessor(s, suite.All, nil); err != store.ErrCompat {
		t.Errorf("the error is %v", err)
	}
}
