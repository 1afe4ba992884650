package serve

import (
	"cmp"
	"net/http"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"gait/assess"
	atkeys "gait/assess/operator"
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

// What is told of a conclusion is told as it was drawn, whatever is the default.
func TestReasonsAreThoseOfTheSetting(t *testing.T) {
	st, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "gait.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	books := shelf{}
	for i, setting := range []atkeys.Setting{{}, {NoCatalogue: true, Priors: &atkeys.Priors{atkeys.Script: 1}}} {
		v := servetest.Visit("loader", i, "198.51.100.1")
		v.Client = "SSH-2.0-Go"
		books[v.ID] = v
		if _, err := st.Save(t.Context(), []store.Profile{servetest.ProfileBy(v, assess.With(setting))}); err != nil {
			t.Fatal(err)
		}
	}
	x := newSite(t, st, Options{Library: books})
	for _, v := range books {
		path, own := basePath+"/sessions/"+url.PathEscape(v.EvidenceRef), strings.HasSuffix(v.ID, "1")
		terms := get200[list[reason]](t, x, path+"/reasons/gait.operator").Items
		if named := slices.ContainsFunc(terms, func(r reason) bool { return r.Name == "client_library" }); named == own {
			t.Errorf("%s: the catalogue is a term: %t", v.ID, named)
		}
		for _, e := range get200[list[explanation]](t, x, path+"/explanation").Items {
			if e.Primitive == "gait.operator" && (strings.Contains(e.Verdict, "whoever runs this system has set") != own || !strings.Contains(e.Verdict, "0 of 2,098")) {
				t.Errorf("%s: %s", v.ID, e.Verdict)
			}
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
