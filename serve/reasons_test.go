package serve

import (
	"cmp"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"testing"

	"gait/serve/servetest"
	"gait/store"
	"gait/store/sqlite"
)

func TestReasons(t *testing.T) {
	st, books := town(t)
	x := newSite(t, st, Options{Library: books})
	v := books["00000000-0000-4000-8000-000000000001"]
	path := basePath + "/sessions/" + url.PathEscape(v.EvidenceRef) + "/reasons/"
	terms := get200[list[reason]](t, x, path+"gait.operator").Items
	if len(terms) == 0 || terms[0].Text == "" || terms[0].Toward == "" || terms[0].Nats <= 0 {
		t.Errorf("%+v", terms)
	}
	if !slices.IsSortedFunc(terms, func(a, b reason) int { return cmp.Compare(b.Nats, a.Nats) }) {
		t.Errorf("the strongest are not first: %+v", terms)
	}
	if none := get200[list[reason]](t, x, path+"motor.input_modality").Items; none == nil || len(none) != 0 {
		t.Errorf("%+v", none)
	}
	for _, c := range []struct {
		path   string
		status int
	}{{path + "no.such", 404}, {basePath + "/sessions/none/reasons/gait.operator", 404}} {
		if resp, body := x.ask(t, http.MethodGet, c.path, x.viewer); resp.StatusCode != c.status {
			t.Errorf("%s: %s %s", c.path, resp.Status, body)
		}
	}
}

func TestTheReferencesReadingHasNoReasons(t *testing.T) {
	st, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "gait.db"), store.Options{Compat: true})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	v := servetest.Visit("typist", 1, "198.51.100.1")
	servetest.Save(t, st, v)
	x := newSite(t, st, Options{Library: shelf{v.ID: v}})
	path := basePath + "/sessions/" + url.PathEscape(v.EvidenceRef) + "/reasons/gait.operator"
	if terms := get200[list[reason]](t, x, path).Items; len(terms) != 0 {
		t.Errorf("%+v", terms)
	}
}
