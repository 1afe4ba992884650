package storetest

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"gait/store"
)

func testValues(t *testing.T, s store.Store) {
	visits := crowd(60)
	keep(t, s, visits...)
	for name, since := range map[string]time.Time{"all": {}, "since": epoch.Add(30 * time.Minute)} {
		counts := map[store.ValueCount]int64{}
		for _, v := range visits {
			for primitive, value := range v.values {
				if primitive == simhash {
					value = "" // hashes are not told one by one
				}
				if !v.start().Before(since) {
					counts[store.ValueCount{Primitive: primitive, Value: value}]++
				}
			}
		}
		compareValues(t, s, name, store.ValuesQuery{Since: since}, counts)
	}
	of := map[store.ValueCount]int64{}
	page, err := s.Attackers(t.Context(), store.AttackerQuery{})
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range page.Items {
		for _, l := range a.Latest {
			if l.Primitive == simhash {
				l.Value = ""
			}
			of[store.ValueCount{Primitive: l.Primitive, Value: l.Value}]++
		}
	}
	compareValues(t, s, "attackers", store.ValuesQuery{Attackers: true}, of)
	compareValues(t, s, "attackers since", store.ValuesQuery{Attackers: true, Since: epoch}, of)
	list, err := s.Values(t.Context(), store.ValuesQuery{Primitive: modality})
	if err != nil || len(list) != 3 || slices.ContainsFunc(list, func(c store.ValueCount) bool { return c.Primitive != modality }) {
		t.Errorf("of one primitive: %v, %v", err, list)
	}
}

func compareValues(t *testing.T, s store.Store, name string, q store.ValuesQuery, counts map[store.ValueCount]int64) {
	t.Helper()
	counts = maps.Clone(counts)
	list, err := s.Values(t.Context(), q)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range list {
		key := store.ValueCount{Primitive: c.Primitive, Value: c.Value}
		if counts[key] != c.Count {
			t.Errorf("%s: %d times %s %q, want %d", name, c.Count, c.Primitive, c.Value, counts[key])
		}
		delete(counts, key)
	}
	if len(counts) > 0 {
		t.Errorf("%s: not counted: %v", name, counts)
	}
	if !slices.IsSortedFunc(list, func(a, b store.ValueCount) int {
		return cmp.Or(cmp.Compare(a.Primitive, b.Primitive), cmp.Compare(b.Count, a.Count))
	}) {
		t.Errorf("%s: not in order: %v", name, list)
	}
}

func testCounts(t *testing.T, s store.Store) {
	visits := crowd(60)
	keep(t, s, visits...)
	a, err := s.Resolve(t.Context(), "198.51.100.5")
	if err != nil {
		t.Fatal(err)
	}
	for name, q := range map[string]store.CountsQuery{
		"all":      {},
		"attacker": {Attacker: a.UUID},
		"decoy":    {Decoy: "db-01"},
		"nobody":   {Attacker: "nobody"},
	} {
		q.Since, q.Until, q.Step = epoch.Add(5*time.Minute), epoch.Add(52*time.Minute), 10*time.Minute
		want := make([]store.Bucket, 5)
		for i := range want {
			want[i].Start = q.Since.Add(time.Duration(i) * q.Step)
			seen := map[string]bool{}
			for _, v := range visits {
				if v.n < 5+10*i || v.n >= min(15+10*i, 52) || q.Attacker == "nobody" || q.Attacker != "" && v.address != a.Address || q.Decoy != "" && v.decoy != q.Decoy {
					continue
				}
				want[i].Sessions++
				want[i].Commands += v.commands
				if v.address != "" && !seen[v.address] {
					seen[v.address] = true
					want[i].Attackers++
				}
			}
		}
		got, err := s.Counts(t.Context(), q)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %v\n%v\nwant\n%v", name, err, got, want)
		}
	}
	for name, q := range map[string]store.CountsQuery{
		"no step":    {Since: epoch, Until: epoch.Add(time.Hour)},
		"no bounds":  {Step: time.Hour},
		"much":       {Since: epoch, Until: epoch.Add(2001 * time.Second), Step: time.Second},
		"over years": {Since: time.Unix(0, 0), Until: time.Unix(1<<33, 0), Step: time.Nanosecond},
	} {
		if _, err := s.Counts(t.Context(), q); err == nil {
			t.Errorf("%s: counted", name)
		}
	}
}

func testCauses(t *testing.T, s store.Store) {
	var offers []store.Offer
	for i := range 12 {
		v := visit{n: i + 1}
		p := v.profile()
		o := store.Offer{Session: p.Session}
		o.State = store.Waiting
		if i > 0 {
			o.Cause, o.CauseKind = "no folder of that day below /srv", store.CauseNoFile
		}
		if i > 7 {
			o.State, o.Cause, o.CauseKind = store.Parked, "tear \x00 and \xff", store.CauseDamaged
		}
		offers = append(offers, o)
	}
	if _, err := s.Offer(t.Context(), offers, nil); err != nil {
		t.Fatal(err)
	}
	list, err := s.Causes(t.Context())
	if err != nil || len(list) != 2 {
		t.Fatalf("%v, %+v", err, list)
	}
	if c := list[0]; c.Count != 7 || c.State != store.Waiting || c.CauseKind != store.CauseNoFile || c.Cause != offers[1].Cause || c.Oldest.IsZero() || c.Example != offers[1].Ref {
		t.Errorf("%+v", c)
	}
	if c := list[1]; c.Count != 4 || c.State != store.Parked || c.Cause != offers[9].Cause {
		t.Errorf("%+v", c)
	}
}

func testRejections(t *testing.T, s store.Store) {
	for i := range 25 {
		err := s.Reject(t.Context(), store.Rejected{Time: epoch.Add(time.Duration(i) * time.Second), Subject: "attacker.session.ended",
			Reason: fmt.Sprintf("lacks %d", i), Payload: []byte{0, 0xff, byte(i)}})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, limit := range []int{1000, 4} {
		got := all(t, limit, func(q store.PageQuery) (store.Page[store.Rejected], error) {
			q.Count = true
			p, err := s.Rejections(t.Context(), q)
			if err == nil && p.Total != 25 {
				t.Errorf("total %d", p.Total)
			}
			return p, err
		}, func(r store.Rejected) string {
			if r.N == 0 || r.Time.IsZero() || r.Subject != "attacker.session.ended" || len(r.Payload) != 3 {
				t.Errorf("%+v", r)
			}
			return r.Reason
		})
		if len(got) != 25 || got[0] != "lacks 24" || got[24] != "lacks 0" {
			t.Errorf("pages of %d: %q", limit, got)
		}
	}
}

func testStats(t *testing.T, s store.Store) {
	st, err := s.Stats(t.Context())
	if err != nil || st.Attackers != 0 || st.Observations != 0 || len(st.Sessions) != 0 || st.Schema < 1 || st.Engine == "" || st.Bytes == 0 {
		t.Errorf("empty: %v, %+v", err, st)
	}
	visits := crowd(60)
	keep(t, s, visits...)
	by, states, addresses, total := map[string]int64{}, map[store.State]int64{}, map[string]bool{}, int64(0)
	for _, v := range visits {
		states[cmp.Or(v.state, store.Profiled)]++
		if v.address != "" {
			addresses[v.address] = true
		}
		for primitive := range v.values {
			by[primitive]++
			total++
		}
	}
	if st, err = s.Stats(t.Context()); err != nil {
		t.Fatal(err)
	}
	if st.Attackers != int64(len(addresses)) || st.Observations != total || st.Unannounced != 60 || st.Changes != 60 || st.Tombstones != 0 {
		t.Errorf("%+v, want %d attackers, %d observations", st, len(addresses), total)
	}
	for state, n := range states {
		if st.Sessions[state] != n {
			t.Errorf("%d are %s, want %d", st.Sessions[state], state, n)
		}
	}
	for _, c := range st.ByPrimitive {
		if by[c.Primitive] != c.Count || c.Value != "" {
			t.Errorf("%+v, want %d", c, by[c.Primitive])
		}
		delete(by, c.Primitive)
	}
	if len(by) > 0 {
		t.Errorf("not counted: %v", by)
	}
}
