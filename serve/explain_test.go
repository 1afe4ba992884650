package serve

import (
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"testing"

	"gait"
	"gait/assess"
	"gait/serve/servetest"
	"gait/store"
	"gait/store/storetest"
)

func TestExplanation(t *testing.T) {
	st := storetest.SQLite(t)
	v := servetest.Visit("typist", 1, "198.51.100.1")
	p := servetest.Profile(v)
	p.Detail = []byte(`{"not_observable":[{"primitive":"environmental.locale","reason":"the recording holds no output"}]}`)
	// One cannot be observed, and one is silent.
	p.Observations = slices.DeleteFunc(p.Observations, func(o gait.Observation) bool {
		return o.Primitive == "environmental.locale" || o.Primitive == "emotional_valence.valence"
	})
	if _, err := st.Save(t.Context(), []store.Profile{p}); err != nil {
		t.Fatal(err)
	}
	x := newSite(t, st, Options{})
	all := get200[list[explanation]](t, x, basePath+"/sessions/"+url.PathEscape(v.EvidenceRef)+"/explanation").Items
	if len(all) != len(assess.All) {
		t.Fatalf("%d primitives are explained", len(all))
	}
	states := map[string]int{}
	for i, e := range all {
		states[e.State]++
		if p := assess.All[i]; e.Primitive != p.Name || e.Domain != p.Domain() || e.Title != p.Title || (e.Why == "") != (e.State == "value") {
			t.Errorf("%+v", e)
		}
		if e.State == "value" && (e.Value == "" || e.Confidence == 0 || e.Rules == 0 || len(e.Measures) == 0 || e.Verdict == "") {
			t.Errorf("%+v", e)
		}
	}
	if states["value"] < 20 || states["silent"] != 1 || states["not_observable"] != 1 {
		t.Error(states)
	}
	cadence := all[2]
	nearest := 0
	for _, m := range cadence.Measures {
		if m.Value == nil || m.Text == "" || m.Doc == "" {
			t.Errorf("%+v", m)
		}
		for _, b := range m.Thresholds {
			if b.Text == "" || b.Says == "" || b.Away == "" {
				t.Errorf("%+v", b)
			}
			if b.Nearest {
				nearest++
			}
		}
	}
	if nearest != 1 || !strings.HasPrefix(cadence.Verdict, "What would have changed it first: ") {
		t.Errorf("%+v", cadence)
	}
}

func TestExplanationOfWhatIsNotDefined(t *testing.T) {
	st := storetest.SQLite(t)
	v := &gait.Session{}
	v.Header = servetest.Visit("typist", 1, "198.51.100.1").Header
	v.Append(gait.Event{Kind: gait.Input, Data: []byte("ls\r")}, -1) // one command: most medians are of nothing
	servetest.Save(t, st, v)
	x := newSite(t, st, Options{})
	resp, body := x.ask(t, "GET", basePath+"/sessions/"+url.PathEscape(v.EvidenceRef)+"/explanation", x.viewer)
	if resp.StatusCode != 200 || !json.Valid([]byte(body)) || !strings.Contains(body, `"value":null,"text":"undefined"`) {
		t.Errorf("%s %s", resp.Status, body)
	}
}

func TestExplanationWithoutProfile(t *testing.T) {
	st, _ := town(t)
	x := newSite(t, st, Options{})
	_, body := x.ask(t, "GET", basePath+"/sessions/00000000-0000-4000-8000-000000000004/explanation", x.viewer)
	if strings.TrimSpace(body) != `{"items":[]}` {
		t.Error(body)
	}
}
