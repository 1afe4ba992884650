package serve

import (
	"net/url"
	"slices"
	"testing"
	"time"

	"gait"
	"gait/assess"
	"gait/serve/servetest"
	"gait/store"
	"gait/store/storetest"
)

// many saves n sessions from one address, an hour apart, and gives them.
func many(t testing.TB, st store.Store, n int) (visits []*gait.Session) {
	t.Helper()
	start := time.Date(2026, 5, 8, 0, 0, 0, 0, time.UTC)
	for i := range n {
		v := servetest.Visit([]string{"typist", "paster", "loader"}[i%3], i+1, "198.51.100.1")
		v.Start = start.Add(time.Duration(i) * time.Hour)
		visits = append(visits, v)
	}
	for batch := range slices.Chunk(visits, 50) {
		servetest.Save(t, st, batch...)
	}
	return visits
}

func TestHistory(t *testing.T) {
	st := storetest.SQLite(t)
	visits := many(t, st, 60)
	servetest.Save(t, st, servetest.Visit("typist", 99, "198.51.100.2"))
	x := newSite(t, st, Options{})
	id := get200[list[attacker]](t, x, basePath+"/attackers?search=198.51.100.1").Items[0].UUID
	for query, n := range map[string]int{"": 40, "?limit=1": 1, "?limit=100": 60} {
		h := get200[history](t, x, basePath+"/attackers/"+id+"/history"+query)
		if len(h.Sessions) != n {
			t.Fatalf("%s: %d sessions", query, len(h.Sessions))
		}
		for i, s := range h.Sessions {
			if v := visits[len(visits)-n+i]; s.Ref != v.EvidenceRef || s.ID != v.ID || s.Self != basePath+"/sessions/"+url.PathEscape(s.Ref) ||
				!s.Start.Equal(v.Start) || s.Duration != v.Last().Seconds() {
				t.Errorf("%s: session %d is %+v", query, i, s)
			}
		}
		checkHistory(t, visits[len(visits)-n:], &h)
	}
}

// checkHistory compares a history with what is read from each visit.
func checkHistory(t *testing.T, visits []*gait.Session, h *history) {
	t.Helper()
	rows := map[string]pastPrimitive{}
	last := -1
	for _, p := range h.Primitives {
		rows[p.Primitive] = p
		place := slices.Index(assess.All, assess.Find(p.Primitive))
		if place <= last || len(p.Values) != len(visits) || len(p.Confidence) != len(visits) {
			t.Fatalf("%s is out of order, or has %d values", p.Primitive, len(p.Values))
		}
		last = place
	}
	for i, v := range visits {
		said := map[string]gait.Observation{}
		for _, o := range servetest.Profile(v).Observations {
			said[o.Primitive] = o
			if _, ok := rows[o.Primitive]; !ok {
				t.Errorf("%s is missing", o.Primitive)
			}
		}
		for name, row := range rows {
			o, ok := said[name]
			switch value, confidence := row.Values[i], row.Confidence[i]; {
			case !ok && (value != nil || confidence != nil):
				t.Errorf("%s of session %d: %s", name, i, *value)
			case ok && (value == nil || *value != o.Value || confidence == nil || *confidence != o.Confidence):
				t.Errorf("%s of session %d: %v, want %s", name, i, value, o.Value)
			}
		}
	}
}

// TestHistoryWithoutStart has sessions that lie at no place in time.
func TestHistoryWithoutStart(t *testing.T) {
	st := storetest.SQLite(t)
	visits := many(t, st, 5)
	lost := servetest.Visit("typist", 77, "198.51.100.1")
	lost.Start = time.Time{}
	p := servetest.Profile(lost)
	p.Start, p.End = time.Time{}, time.Time{}
	if _, err := st.Save(t.Context(), []store.Profile{p}); err != nil {
		t.Fatal(err)
	}
	x := newSite(t, st, Options{})
	id := get200[list[attacker]](t, x, basePath+"/attackers").Items[0].UUID
	h := get200[history](t, x, basePath+"/attackers/"+id+"/history")
	at := slices.IndexFunc(h.Sessions, func(s pastSession) bool { return s.Ref == lost.EvidenceRef })
	if len(h.Sessions) != 6 || at < 0 || h.Sessions[at].Start != nil {
		t.Fatalf("%+v", h.Sessions)
	}
	checkHistory(t, slices.Insert(visits, at, lost), &h)
}

func BenchmarkHistory(b *testing.B) {
	st := storetest.SQLite(b)
	many(b, st, 200)
	s, err := New(Options{Store: st, Log: quiet})
	if err != nil {
		b.Fatal(err)
	}
	p, err := st.Attackers(b.Context(), store.AttackerQuery{})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		h, err := s.history(b.Context(), &historyInput{OfAttacker{p.Items[0].UUID}, 40})
		if err != nil || len(h.Body.Sessions) != 40 || len(h.Body.Primitives) < 30 {
			b.Fatal(err)
		}
	}
}
