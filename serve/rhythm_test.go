package serve

import (
	"net/http"
	"testing"
	"time"

	"gait"
	"gait/serve/servetest"
	"gait/store/storetest"
)

func TestRhythm(t *testing.T) {
	st := storetest.SQLite(t)
	var visits []*gait.Session
	first := time.Date(2026, 3, 2, 20, 0, 0, 0, time.UTC)
	for i := range 40 {
		v := servetest.Visit("typist", i+1, "198.51.100.1")
		v.Start = first.AddDate(0, 0, i)
		visits = append(visits, v)
	}
	once := servetest.Visit("typist", 90, "198.51.100.2")
	once.Start = time.Now().Add(-time.Hour)
	saved := servetest.Save(t, st, append(visits, once)...)
	x := newSite(t, st, Options{})
	path := func(i int) string { return basePath + "/attackers/" + saved[i].Attacker + "/rhythm" }
	got := get200[rhythmic](t, x, path(0))
	values := map[string]string{}
	for _, h := range got.Habits {
		values[h.Primitive] = h.Value
		if h.Sessions != 40 || !h.From.Equal(visits[0].Start) || len(h.Reasons) == 0 || len(h.Refs) == 0 || len(h.Measures) == 0 {
			t.Errorf("%+v", h)
		}
	}
	if values["temporal.session_timing"] != "daily_hours" || values["temporal.persistence"] != "persistent" || values["temporal.lifecycle_markers.idle_periodicity"] != "periodic" {
		t.Errorf("%v", values)
	}
	if got := get200[rhythmic](t, x, path(40)); got.Habits == nil || len(got.Habits) != 0 {
		t.Errorf("who came once has %+v", got.Habits)
	}
	if resp, _ := x.ask(t, http.MethodGet, basePath+"/attackers/00000000-0000-4000-8000-000000000000/rhythm", x.viewer); resp.StatusCode != http.StatusNotFound {
		t.Errorf("nobody: %s", resp.Status)
	}
}
