package storetest

import (
	"cmp"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"gait/store"
)

const (
	modality = "motor.input_modality"
	cadence  = "motor.keystroke_cadence"
	simhash  = "motor.digraph_simhash"
)

// crowd is a number of visits in which every kind of value, address and decoy
// is there several times, and some not at all.
func crowd(n int) []visit {
	var list []visit
	for i := range n {
		v := visit{n: i + 1, lasted: time.Duration(i*37%60+1) * time.Second, commands: int64(i % 5), values: map[string]string{}}
		v.decoy = []string{"web-01", "db-01", "web-02"}[i%3]
		v.service = []string{"ssh", "telnet"}[i%7/6]
		switch {
		case i%11 == 10: // nobody knows from where
		case i%4 == 3:
			v.address = fmt.Sprintf("2001:db8::%x", i%5+1)
		default:
			v.address = fmt.Sprintf("198.51.100.%d", i*i%12+1)
		}
		v.values[modality] = []string{"typed", "pasted", "mixed"}[i*7%3]
		if i%5 > 0 {
			v.values[cadence] = []string{"unknown", "steady", "bursty", "machine"}[i%4]
		}
		if i%3 > 0 {
			v.values[simhash] = fmt.Sprintf("%016x", i%6)
		}
		if i%13 == 12 {
			v.state, v.values = store.Empty, nil
		} else if i%13 == 6 {
			v.state = store.Incomplete
		}
		list = append(list, v)
	}
	return list
}

func (v visit) has(f store.Filter) bool { return v.values[f.Primitive] == f.Value }

// passes says whether a visit has all that filters ask for.
func (v visit) passes(filters []store.Filter) bool {
	for _, f := range filters {
		if !slices.ContainsFunc(filters, func(g store.Filter) bool { return g.Primitive == f.Primitive && v.has(g) }) {
			return false
		}
	}
	return true
}

func testSessionLists(t *testing.T, s store.Store) {
	visits := crowd(80)
	keep(t, s, visits...)
	attacker := map[string]string{}
	for _, v := range visits {
		if v.address != "" {
			a, err := s.Resolve(t.Context(), v.address)
			if err != nil {
				t.Fatal(err)
			}
			attacker[v.address] = a.UUID
		}
	}
	for name, q := range map[string]struct {
		query store.SessionQuery
		want  func(visit) bool
	}{
		"all":             {store.SessionQuery{}, func(visit) bool { return true }},
		"one value":       {store.SessionQuery{Filters: []store.Filter{{Primitive: modality, Value: "typed"}}}, nil},
		"alternatives":    {store.SessionQuery{Filters: []store.Filter{{Primitive: modality, Value: "typed"}, {Primitive: modality, Value: "mixed"}}}, nil},
		"two primitives":  {store.SessionQuery{Filters: []store.Filter{{Primitive: modality, Value: "typed"}, {Primitive: cadence, Value: "bursty"}}}, nil},
		"a hash":          {store.SessionQuery{Filters: []store.Filter{{Primitive: simhash, Value: "0000000000000004"}}}, nil},
		"hash and label":  {store.SessionQuery{Filters: []store.Filter{{Primitive: simhash, Value: "0000000000000004"}, {Primitive: modality, Value: "pasted"}}}, nil},
		"hash or label":   {store.SessionQuery{Filters: []store.Filter{{Primitive: simhash, Value: "0000000000000004"}, {Primitive: simhash, Value: "0000000000000002"}}}, nil},
		"no such value":   {store.SessionQuery{Filters: []store.Filter{{Primitive: modality, Value: "sung"}}}, nil},
		"no such name":    {store.SessionQuery{Filters: []store.Filter{{Primitive: "motor.none", Value: "typed"}}}, nil},
		"decoy":           {store.SessionQuery{Decoy: "web-02"}, func(v visit) bool { return v.decoy == "web-02" }},
		"service":         {store.SessionQuery{Service: "telnet"}, func(v visit) bool { return v.service == "telnet" }},
		"states":          {store.SessionQuery{States: []store.State{store.Empty, store.Incomplete}}, func(v visit) bool { return v.state != "" }},
		"attacker":        {store.SessionQuery{Attacker: attacker["2001:db8::1"]}, func(v visit) bool { return v.address == "2001:db8::1" }},
		"nobody":          {store.SessionQuery{Attacker: "00000000-0000-4000-8000-000000000000"}, func(visit) bool { return false }},
		"since and until": {store.SessionQuery{Since: epoch.Add(20 * time.Minute), Until: epoch.Add(60 * time.Minute)}, func(v visit) bool { return v.n >= 20 && v.n < 60 }},
		"search address":  {store.SessionQuery{Search: "198.51.100.1"}, func(v visit) bool { return strings.HasPrefix(v.address, "198.51.100.1") }},
		"search in full":  {store.SessionQuery{Search: "2001:0db8:0::2"}, func(v visit) bool { return v.address == "2001:db8::2" }},
		"search decoy":    {store.SessionQuery{Search: "web"}, func(v visit) bool { return strings.HasPrefix(v.decoy, "web") }},
		"search id":       {store.SessionQuery{Search: visits[7].id()}, func(v visit) bool { return v.n == 8 }},
		"search nothing":  {store.SessionQuery{Search: "%"}, func(visit) bool { return false }},
		"several at once": {store.SessionQuery{Decoy: "db-01", Search: "198", Filters: []store.Filter{{Primitive: modality, Value: "pasted"}}},
			func(v visit) bool { return v.decoy == "db-01" && strings.HasPrefix(v.address, "198") }},
	} {
		t.Run(name, func(t *testing.T) {
			want := slices.DeleteFunc(slices.Clone(visits), func(v visit) bool {
				return q.want != nil && !q.want(v) || !v.passes(q.query.Filters)
			})
			compareSessions(t, s, q.query, want)
		})
	}
}

// compareSessions reads a list in every order and by pages of several sizes.
func compareSessions(t *testing.T, s store.Store, q store.SessionQuery, want []visit) {
	t.Helper()
	for by, key := range map[string]func(visit) int64{
		"":         func(v visit) int64 { return int64(v.n) },
		"start":    func(v visit) int64 { return int64(v.n) },
		"duration": func(v visit) int64 { return int64(v.lasted) },
		"updated":  func(visit) int64 { return 0 }, // all were stored at one time
	} {
		for _, up := range []bool{false, true} {
			sorted := slices.Clone(want)
			slices.SortFunc(sorted, func(a, b visit) int {
				order := cmp.Or(cmp.Compare(key(a), key(b)), cmp.Compare(a.ref(), b.ref()))
				if by == "start" || by == "" {
					order = cmp.Compare(a.n, b.n)
				}
				if !up {
					order = -order
				}
				return order
			})
			var refs []string
			for _, v := range sorted {
				refs = append(refs, v.ref())
			}
			for _, limit := range []int{1000, 7} {
				q.Sort, q.Up = by, up
				got := all(t, limit, func(p store.PageQuery) (store.Page[store.Session], error) {
					q.PageQuery = p
					q.Count = true
					page, err := s.Sessions(t.Context(), q)
					if err == nil && (page.Total != int64(len(want)) || page.More) {
						t.Errorf("sorted by %q: total %d, more %t, want %d", by, page.Total, page.More, len(want))
					}
					return page, err
				}, func(x store.Session) string { return x.Ref })
				sameList(t, fmt.Sprintf("by %q, up %t, pages of %d", by, up, limit), got, refs, by == "updated" || by == "duration")
			}
		}
	}
}

// sameList compares two lists; where keys tie, only what is in them.
func sameList(t *testing.T, what string, got, want []string, ties bool) {
	t.Helper()
	if ties {
		got, want = slices.Sorted(slices.Values(got)), slices.Sorted(slices.Values(want))
	}
	if !slices.Equal(got, want) {
		t.Errorf("%s: %d items\n%q\nwant %d\n%q", what, len(got), got, len(want), want)
	}
}

func testAttackerLists(t *testing.T, s store.Store) {
	visits := crowd(80)
	keep(t, s, visits...)
	byAddress := map[string][]visit{}
	for _, v := range visits {
		if v.address != "" {
			byAddress[v.address] = append(byAddress[v.address], v)
		}
	}
	latest := map[string]visit{} // the latest values of each address
	for address, list := range byAddress {
		v := visit{address: address, values: map[string]string{}}
		for _, x := range list {
			for name, value := range x.values {
				if value != "unknown" || v.values[name] == "" {
					v.values[name] = value
				}
			}
		}
		latest[address] = v
	}
	one, err := s.Resolve(t.Context(), "198.51.100.5")
	if err != nil {
		t.Fatal(err)
	}
	for name, q := range map[string]struct {
		query store.AttackerQuery
		want  func(address string) bool
	}{
		"all":            {store.AttackerQuery{}, func(string) bool { return true }},
		"one value":      {store.AttackerQuery{Filters: []store.Filter{{Primitive: modality, Value: "typed"}}}, nil},
		"two primitives": {store.AttackerQuery{Filters: []store.Filter{{Primitive: modality, Value: "mixed"}, {Primitive: cadence, Value: "bursty"}}}, nil},
		"unknown":        {store.AttackerQuery{Filters: []store.Filter{{Primitive: cadence, Value: "unknown"}}}, nil},
		"a hash":         {store.AttackerQuery{Filters: []store.Filter{{Primitive: simhash, Value: "0000000000000004"}, {Primitive: simhash, Value: "0000000000000005"}}}, nil},
		"no such value":  {store.AttackerQuery{Filters: []store.Filter{{Primitive: simhash, Value: "typed"}}}, nil},
		"decoy": {store.AttackerQuery{Decoy: "web-02"}, func(a string) bool {
			return slices.ContainsFunc(byAddress[a], func(v visit) bool { return v.decoy == "web-02" })
		}},
		"no such decoy":   {store.AttackerQuery{Decoy: "web"}, func(string) bool { return false }},
		"search":          {store.AttackerQuery{Search: "198.51."}, func(a string) bool { return strings.HasPrefix(a, "198.51.") }},
		"search in full":  {store.AttackerQuery{Search: "2001:DB8:0:0::3"}, func(a string) bool { return a == "2001:db8::3" }},
		"search for UUID": {store.AttackerQuery{Search: one.UUID}, func(a string) bool { return a == "198.51.100.5" }},
		"search for decoy": {store.AttackerQuery{Search: "db-01"}, func(a string) bool {
			return slices.ContainsFunc(byAddress[a], func(v visit) bool { return v.decoy == "db-01" })
		}},
		"since": {store.AttackerQuery{Since: epoch.Add(75 * time.Minute)}, func(a string) bool {
			return slices.ContainsFunc(byAddress[a], func(v visit) bool { return !v.start().Add(v.lasted).Before(epoch.Add(75 * time.Minute)) })
		}},
	} {
		t.Run(name, func(t *testing.T) {
			want := map[string][]visit{}
			for address, list := range byAddress {
				if (q.want == nil || q.want(address)) && latest[address].passes(q.query.Filters) {
					want[address] = list
				}
			}
			compareAttackers(t, s, q.query, want)
		})
	}
	sound(t, s)
}

// byNumber gives an address in a form that sorts by number, IPv4 first.
func byNumber(text string) string {
	a := netip.MustParseAddr(text)
	return fmt.Sprintf("%t %x", a.Is6(), a.As16())
}

func compareAttackers(t *testing.T, s store.Store, q store.AttackerQuery, want map[string][]visit) {
	t.Helper()
	orders := map[string]func(a store.Attacker) string{
		"":         func(a store.Attacker) string { return a.Last.Format(time.RFC3339Nano) },
		"last":     func(a store.Attacker) string { return a.Last.Format(time.RFC3339Nano) },
		"first":    func(a store.Attacker) string { return a.First.Format(time.RFC3339Nano) },
		"sessions": func(a store.Attacker) string { return fmt.Sprintf("%09d", a.Sessions) },
		"address":  func(a store.Attacker) string { return byNumber(a.Address) },
	}
	for by, key := range orders {
		for _, up := range []bool{false, true} {
			for _, limit := range []int{1000, 3} {
				q.Sort, q.Up = by, up
				var keys []string
				got := all(t, limit, func(p store.PageQuery) (store.Page[store.Attacker], error) {
					q.PageQuery, q.Count = p, true
					page, err := s.Attackers(t.Context(), q)
					if err == nil && page.Total != int64(len(want)) {
						t.Errorf("total %d, want %d", page.Total, len(want))
					}
					return page, err
				}, func(a store.Attacker) string {
					keys = append(keys, key(a))
					if int64(len(want[a.Address])) != a.Sessions || len(a.Decoys) == 0 || len(a.Latest) == 0 {
						t.Errorf("%s has %d sessions, decoys %q, %d latest values; %d sessions were stored", a.Address, a.Sessions, a.Decoys, len(a.Latest), len(want[a.Address]))
					}
					return a.Address
				})
				if !up {
					slices.Reverse(keys)
				}
				if !slices.IsSorted(keys) {
					t.Errorf("sorted by %q, up %t: %q", by, up, keys)
				}
				var addresses []string
				for address := range want {
					addresses = append(addresses, address)
				}
				sameList(t, "attackers by "+by, got, addresses, true)
			}
		}
	}
}

func testCursors(t *testing.T, s store.Store) {
	keep(t, s, crowd(30)...)
	first, err := s.Sessions(t.Context(), store.SessionQuery{PageQuery: store.PageQuery{Limit: 3}})
	if err != nil || first.Next == "" || first.Total != -1 {
		t.Fatalf("%v, next %q, total %d", err, first.Next, first.Total)
	}
	for _, cursor := range []string{"x", "====", first.Next + "x", first.Next[1:], first.Next[:8], strings.Repeat("A", 5000)} {
		_, err := s.Sessions(t.Context(), store.SessionQuery{PageQuery: store.PageQuery{Cursor: cursor}})
		if !errors.Is(err, store.ErrCursor) {
			t.Errorf("cursor %.20q: %v", cursor, err)
		}
	}
	for name, q := range map[string]store.SessionQuery{
		"another order":  {Sort: "duration"},
		"another filter": {Decoy: "web-01"},
		"upwards":        {Up: true},
		"another time":   {Since: epoch},
	} {
		q.Cursor = first.Next
		if _, err := s.Sessions(t.Context(), q); !errors.Is(err, store.ErrCursor) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := s.Attackers(t.Context(), store.AttackerQuery{PageQuery: store.PageQuery{Cursor: first.Next}}); !errors.Is(err, store.ErrCursor) {
		t.Errorf("another list: %v", err)
	}
	if _, err := s.Sessions(t.Context(), store.SessionQuery{Sort: "colour"}); err == nil {
		t.Error("sorted by colour")
	}
	// The same question with another limit goes on.
	if p, err := s.Sessions(t.Context(), store.SessionQuery{PageQuery: store.PageQuery{Cursor: first.Next, Limit: 5}}); err != nil || len(p.Items) != 5 {
		t.Errorf("%v, %d items", err, len(p.Items))
	}
	// What comes meanwhile shifts nothing.
	keep(t, s, visit{n: 500, address: "203.0.113.1", values: map[string]string{modality: "typed"}})
	p, err := s.Sessions(t.Context(), store.SessionQuery{PageQuery: store.PageQuery{Cursor: first.Next, Limit: 1}})
	if err != nil || len(p.Items) != 1 || p.Items[0].ID != (visit{n: 27}).id() {
		t.Errorf("%v, %+v", err, p.Items)
	}
}
