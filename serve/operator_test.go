package serve

import (
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"testing"

	"gait/serve/servetest"
	"gait/store"
	"gait/store/sqlite"
	"gait/store/storetest"
)

func TestWhoIsAtTheKeys(t *testing.T) {
	st := storetest.SQLite(t)
	person, script := servetest.Visit("typist", 1, "198.51.100.1"), servetest.Visit("loader", 2, "198.51.100.2")
	servetest.Save(t, st, person, script)
	x := newSite(t, st, Options{Library: shelf{person.ID: person, script.ID: script}})
	path := func(ref string) string { return basePath + "/sessions/" + url.PathEscape(ref) + "/operator" }
	for ref, want := range map[string][]string{
		person.EvidenceRef: {"person", "person_pasting", "unknown"},
		script.EvidenceRef: {"script", "machine_unknown"},
	} {
		got := get200[atTheKeys](t, x, path(ref))
		if !slices.Contains(want, got.Class) || (got.Probability == nil) != (got.Class == "unknown") || got.Priors == "" || len(got.Classes) != 5 {
			t.Errorf("%+v", got)
		}
		sum, prior := 0.0, 0.0
		for _, c := range got.Classes {
			sum, prior = sum+c.Probability, prior+c.Prior
			nats := 0.0
			for _, term := range got.Terms {
				if term.Toward == c.Class {
					nats += term.Nats
				}
			}
			if nats > c.Nats+1e-9 {
				t.Errorf("%s: %g nats are more than %g", c.Class, nats, c.Nats)
			}
		}
		if sum < 0.999 || sum > 1.001 || prior < 0.999 || prior > 1.001 || len(got.Terms) == 0 {
			t.Errorf("%+v", got)
		}
		for i, term := range got.Terms {
			if term.Text == "" || term.Toward == "" || i > 0 && term.Nats > got.Terms[i-1].Nats {
				t.Errorf("%+v", term)
			}
		}
	}
	if resp, _ := x.ask(t, http.MethodGet, path("nothing"), x.viewer); resp.StatusCode != http.StatusNotFound {
		t.Errorf("a session that is not there: %s", resp.Status)
	}
}

func TestTheReferencesReadingSaysNothingOfWhoIsAtTheKeys(t *testing.T) {
	st, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "gait.db"), store.Options{Compat: true})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	v := servetest.Visit("typist", 1, "198.51.100.1")
	servetest.Save(t, st, v)
	x := newSite(t, st, Options{Library: shelf{v.ID: v}})
	if resp, body := x.ask(t, http.MethodGet, basePath+"/sessions/"+url.PathEscape(v.EvidenceRef)+"/operator", x.viewer); resp.StatusCode != http.StatusNotFound {
		t.Errorf("%s %s", resp.Status, body)
	}
}
