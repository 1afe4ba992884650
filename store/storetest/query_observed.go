package storetest

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"gait"
	"gait/store"
)

func testSession(t *testing.T, s store.Store) {
	v := visit{n: 3, address: "198.51.100.7", lasted: time.Minute, commands: 4, values: map[string]string{modality: "typed"}}
	twin := visit{n: 3, decoy: "db-01", address: "198.51.100.7"} // the same id elsewhere
	keep(t, s, v, visit{n: 4}, twin)
	for _, name := range []string{v.ref(), twin.ref()} {
		x, err := s.Session(t.Context(), name)
		if err != nil || x.Ref != name {
			t.Fatalf("%s: %v, %s", name, err, x.Ref)
		}
	}
	x, err := s.Session(t.Context(), v.ref())
	if err != nil || x.ID != v.id() || !x.Start.Equal(v.start()) || x.Duration != time.Minute || x.Commands != 4 || x.Observations != 1 ||
		x.Address != "198.51.100.7" || x.Attacker == "" || x.State != store.Profiled || !x.EndSeen || string(x.Detail) != `{"format":"shard","n":3}` {
		t.Errorf("%v, %+v", err, x)
	}
	if x, err := s.Session(t.Context(), (visit{n: 4}).id()); err != nil || x.Ref != (visit{n: 4}).ref() {
		t.Errorf("by id: %v, %s", err, x.Ref)
	}
	for _, name := range []string{"", "nothing", "shard:\x00\xff#x"} {
		if _, err := s.Session(t.Context(), name); !errors.Is(err, store.ErrNotFound) {
			t.Errorf("session %q: %v", name, err)
		}
	}
	if _, err := s.Attacker(t.Context(), "nobody"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("attacker: %v", err)
	}
	if a, err := s.Attacker(t.Context(), x.Attacker); err != nil || a.Address != x.Address || a.Sessions != 2 || !slices.Equal(a.Decoys, []string{"db-01", "web-01"}) {
		t.Errorf("attacker: %v, %+v", err, a)
	}
}

func testSessionObservations(t *testing.T, s store.Store) {
	v := visit{n: 1, address: "198.51.100.7", lasted: time.Minute, values: map[string]string{}}
	for i := range 60 {
		v.values[fmt.Sprintf("made.up_%02d", i)] = []string{"low", "high", "0123456789abcdef"}[i%3]
	}
	saved := keep(t, s, v)
	ask := func(q store.ObservationQuery) func(store.PageQuery) (store.Page[gait.Observation], error) {
		return func(p store.PageQuery) (store.Page[gait.Observation], error) {
			q.PageQuery = p
			return s.Observations(t.Context(), q)
		}
	}
	name := func(o gait.Observation) string { return o.Primitive }
	for _, limit := range []int{1000, 7} {
		got := all(t, limit, ask(store.ObservationQuery{Ref: v.ref()}), name)
		if len(got) != 60 || !slices.IsSorted(got) {
			t.Errorf("pages of %d: %q", limit, got)
		}
	}
	if got := all(t, 100, ask(store.ObservationQuery{Ref: v.ref(), Value: "high"}), name); len(got) != 20 {
		t.Errorf("%d of one value", len(got))
	}
	if got := all(t, 100, ask(store.ObservationQuery{Ref: "shard:none"}), name); len(got) != 0 {
		t.Errorf("%d of no session", len(got))
	}
	page, err := s.Observations(t.Context(), store.ObservationQuery{Ref: v.ref(), PageQuery: store.PageQuery{Limit: 1, Count: true}})
	if err != nil || page.Total != 60 {
		t.Fatalf("%v, total %d", err, page.Total)
	}
	want := v.observation("made.up_00", "low")
	want.Revision, want.AttackerUUID = saved[0].Revision, saved[0].Attacker
	sameEnvelope(t, &page.Items[0], &want)
	if _, err := s.Observations(t.Context(), store.ObservationQuery{Value: "typed"}); err == nil {
		t.Error("a value alone was asked for")
	}
}

// sameEnvelope compares two observations as they are published.
func sameEnvelope(t *testing.T, got, want *gait.Observation) {
	t.Helper()
	a, b := string(got.AppendJSON(nil, false)), string(want.AppendJSON(nil, false))
	if a != b {
		t.Errorf("%s\nwant\n%s", a, b)
	}
	if !json.Valid([]byte(a)) {
		t.Errorf("no JSON: %s", a)
	}
}

func testSeries(t *testing.T, s store.Store) {
	visits := crowd(60)
	keep(t, s, visits...)
	a, err := s.Resolve(t.Context(), "198.51.100.5")
	if err != nil {
		t.Fatal(err)
	}
	for name, q := range map[string]store.ObservationQuery{
		"primitive":              {Primitive: modality},
		"label":                  {Primitive: modality, Value: "typed"},
		"hash":                   {Primitive: simhash, Value: "0000000000000002"},
		"no such value":          {Primitive: modality, Value: "sung"},
		"no such primitive":      {Primitive: "motor.none"},
		"time":                   {Primitive: modality, Since: epoch.Add(10 * time.Minute), Until: epoch.Add(30 * time.Minute)},
		"label and time":         {Primitive: modality, Value: "typed", Since: epoch.Add(10 * time.Minute), Until: epoch.Add(30 * time.Minute)},
		"attacker":               {Attacker: a.UUID},
		"attacker and primitive": {Attacker: a.UUID, Primitive: cadence},
		"attacker and label":     {Attacker: a.UUID, Primitive: modality, Value: "typed"},
		"attacker and hash":      {Attacker: a.UUID, Primitive: simhash, Value: "0000000000000004"},
		"attacker and value":     {Attacker: a.UUID, Value: "typed"},
		"nobody":                 {Attacker: "nobody"},
		"identity":               {Identity: "nobody", Primitive: modality},
	} {
		t.Run(name, func(t *testing.T) {
			var want []string
			for _, v := range visits {
				for primitive, value := range v.values {
					at := v.start().Add(v.lasted)
					if q.Identity == "" && (q.Attacker == "" || q.Attacker == a.UUID && v.address == a.Address) &&
						(q.Primitive == "" || q.Primitive == primitive) && (q.Value == "" || q.Value == value) &&
						(q.Since.IsZero() || !at.Before(q.Since)) && (q.Until.IsZero() || at.Before(q.Until)) {
						want = append(want, v.ref()+" "+primitive)
					}
				}
			}
			for _, limit := range []int{1000, 3} {
				var times []int64
				got := all(t, limit, func(p store.PageQuery) (store.Page[gait.Observation], error) {
					q.PageQuery = p
					q.Count = true
					page, err := s.Observations(t.Context(), q)
					if err == nil && page.Total != int64(len(want)) {
						t.Errorf("total %d, want %d", page.Total, len(want))
					}
					return page, err
				}, func(o gait.Observation) string {
					start := int64(o.Window.Start)
					times = append(times, -start)
					return o.EvidenceRef + " " + o.Primitive
				})
				if q.Primitive == "" && !slices.IsSorted(times) { // sessions do not overlap much, their starts tell
					t.Errorf("not the newest first")
				}
				sameList(t, name, got, want, true)
			}
		})
	}
}

func testLatest(t *testing.T, s store.Store) {
	address := "198.51.100.9"
	keep(t, s,
		visit{n: 1, address: address, values: map[string]string{modality: "typed", cadence: "steady", simhash: "0000000000000001"}},
		visit{n: 9, address: address, values: map[string]string{modality: "unknown", simhash: "0000000000000009"}},
		visit{n: 5, address: address, values: map[string]string{modality: "pasted", cadence: "unknown", "motor.other": "unknown"}})
	a, err := s.Resolve(t.Context(), address)
	if err != nil {
		t.Fatal(err)
	}
	list, err := s.Latest(t.Context(), a.UUID)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, l := range list {
		got = append(got, fmt.Sprintf("%s %s %d %s", l.Primitive, l.Value, l.Sessions, l.Ref[strings.IndexByte(l.Ref, '#')+1:]))
		if l.Rules != 1 || l.Confidence != 0.75 {
			t.Errorf("%+v", l)
		}
	}
	want := []string{
		simhash + " 0000000000000009 2 " + (visit{n: 9}).id(),
		modality + " pasted 3 " + (visit{n: 5}).id(),
		cadence + " steady 2 " + (visit{n: 1}).id(),
		"motor.other unknown 1 " + (visit{n: 5}).id(),
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if _, err := s.Latest(t.Context(), "nobody"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("of nobody: %v", err)
	}
	sound(t, s)
}

func testExport(t *testing.T, s store.Store) {
	visits := crowd(150)
	saved := keep(t, s, visits...)
	want := map[gait.ID]*gait.Observation{}
	for i, v := range visits {
		for _, o := range v.profile().Observations {
			o.Revision, o.AttackerUUID = saved[i].Revision, saved[i].Attacker
			want[o.ID] = &o
		}
	}
	var last string
	seen := map[string]bool{}
	err := s.Export(t.Context(), func(o *gait.Observation) error {
		if w := want[o.ID]; w == nil {
			t.Errorf("%s comes twice, or never was", o.ID)
		} else {
			sameEnvelope(t, o, w)
		}
		delete(want, o.ID)
		if o.EvidenceRef != last && seen[o.EvidenceRef] {
			t.Errorf("%s is not in one piece", o.EvidenceRef)
		}
		last, seen[o.EvidenceRef] = o.EvidenceRef, true
		return nil
	})
	if err != nil || len(want) > 0 {
		t.Errorf("%v, %d were left out", err, len(want))
	}
	stop := errors.New("stop")
	if err := s.Export(t.Context(), func(*gait.Observation) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("stopped: %v", err)
	}
}

// testExportView writes between two observations of an export: it tells what
// there was when it began.
func testExportView(t *testing.T, s store.Store) {
	keep(t, s, crowd(150)...)
	n, before := 0, int64(0)
	st, err := s.Stats(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	before = st.Observations
	err = s.Export(t.Context(), func(*gait.Observation) error {
		if n++; n == 1 {
			keep(t, s, visit{n: 900, address: "203.0.113.9", values: map[string]string{modality: "mixed"}})
			if _, err := s.Forget(t.Context(), store.Subject{Session: (visit{n: 150, decoy: "web-02"}).id()}, false); err != nil {
				t.Error(err)
			}
		}
		return nil
	})
	if err != nil || int64(n) != before {
		t.Errorf("%v: %d observations, there were %d", err, n, before)
	}
}
