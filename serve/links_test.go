package serve

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"gait"
	"gait/serve/servetest"
	"gait/store"
	"gait/store/storetest"
)

// saveLinked saves two visits, and a link between their attackers.
func saveLinked(t *testing.T, st store.Store, visits ...*gait.Session) (saved []store.Saved, link string) {
	t.Helper()
	var list []store.Profile
	for _, v := range visits {
		p := servetest.Profile(v)
		p.Vector = &store.Vector{Table: 1, Keys: 200, Data: []byte{1}, Client: "MARKCLIENT"}
		list = append(list, p)
	}
	saved, err := st.Save(t.Context(), list)
	if err != nil {
		t.Fatal(err)
	}
	vectors, err := st.Vectors(t.Context(), 0, 10, false)
	if err != nil || len(vectors) != 2 {
		t.Fatalf("%d vectors, %v", len(vectors), err)
	}
	err = st.Propose(t.Context(), nil, []store.Proposal{{
		Sessions: [2]int64{vectors[0].N, vectors[1].N}, Strength: 3.5,
		Statement: json.RawMessage(`{"keys":200,"typing_log_odds":4.2,"parts":{"ks":-0.1},"candidates":2,"posterior_log_odds":3.5,"false_accept_bound":null,"evidence":[{"name":"hassh","nats":1}]}`),
	}})
	if err != nil {
		t.Fatal(err)
	}
	all, err := st.Links(t.Context(), store.LinkQuery{})
	if err != nil || len(all.Items) != 1 {
		t.Fatalf("%d links, %v", len(all.Items), err)
	}
	return saved, all.Items[0].ID
}

// linkList is a list of links as a client reads it.
type linkList struct {
	Items []seenLink `json:"items"`
}

type seenLink struct {
	ID        string
	State     string
	Who       string
	Odds      float64 `json:"log_odds"`
	Attackers []joined
	Statement stated
	Log       []linkEvent
}

func TestLinks(t *testing.T) {
	st := storetest.SQLite(t)
	saved, id := saveLinked(t, st, servetest.Visit("typist", 1, "198.51.100.1"), servetest.Visit("typist", 2, "203.0.113.9"))
	x := newSite(t, st, Options{})
	events := mustListen(t, x, basePath+"/events", "")
	events.want(t, typeSnapshot)
	l := get200[linkList](t, x, basePath+"/links?state=proposed&attacker="+saved[1].Attacker).Items[0]
	if l.Odds != 3.5 || l.Attackers[0].Address != "198.51.100.1" || l.Attackers[1].Ref == "" || l.Statement.Evidence[0].Name != "hassh" || l.Statement.FalseAcceptBound != nil {
		t.Errorf("%+v", l)
	}
	for _, step := range []struct{ what, state string }{{"accept", "accepted"}, {"undo", "proposed"}, {"reject", "rejected"}, {"reject", "rejected"}} {
		path := basePath + "/links/" + id + "/" + step.what
		if resp, _ := x.ask(t, http.MethodPost, path, x.viewer); resp.StatusCode != http.StatusForbidden {
			t.Errorf("a viewer may %s: %s", step.what, resp.Status)
		}
		resp, body := x.ask(t, http.MethodPost, path, x.operator)
		var got seenLink
		if err := json.Unmarshal([]byte(body), &got); err != nil || resp.StatusCode != http.StatusOK || got.State != step.state || !strings.HasPrefix(got.Who, "operator") {
			t.Errorf("%s: %s %s", step.what, resp.Status, body)
		}
		a := get200[attributed](t, x, basePath+"/attackers/"+saved[0].Attacker+"/attribution")
		if want := map[bool]int{true: 2, false: 1}[step.state == "accepted"]; len(a.Attackers) != want {
			t.Errorf("after %s %d are one identity", step.what, len(a.Attackers))
		}
	}
	for _, state := range []string{"accepted", "proposed", "rejected"} {
		if e := events.want(t, typeConclusion); !strings.Contains(string(e.data.Payload), `"state":"`+state+`"`) {
			t.Errorf("%s", e.data.Payload)
		}
	}
	if got := get200[seenLink](t, x, basePath+"/links/"+id); got.Who != "" || len(got.Log) != 0 {
		t.Errorf("a viewer sees who decided: %+v", got)
	}
	if _, body := x.ask(t, http.MethodGet, basePath+"/links/"+id, x.operator); strings.Count(body, `"who":"operator`) != 4 {
		t.Errorf("what became of it: %s", body)
	}
	if _, body := x.ask(t, http.MethodGet, basePath+"/audit", x.operator); strings.Count(body, `"action":"link `) != 4 {
		t.Errorf("the audit: %s", body)
	}
	if resp, _ := x.ask(t, http.MethodPost, basePath+"/links/00000000-0000-4000-8000-000000000000/accept", x.operator); resp.StatusCode != http.StatusNotFound {
		t.Errorf("a link that is not there: %s", resp.Status)
	}
}
