package serve

import (
	"net/http"
	"net/url"
	"slices"
	"testing"
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
	if !slices.IsSortedFunc(terms, func(a, b reason) int {
		if a.Nats < b.Nats {
			return 1
		}
		return 0
	}) {
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
