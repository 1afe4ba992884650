package serve

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"gait/assess/attribution"
	"gait/serve/servetest"
	"gait/store"
	"gait/store/storetest"
)

// concluded stores a state of an attacker, and tells it.
func concluded(t *testing.T, s store.Store, attacker, reason string) {
	t.Helper()
	h, err := s.History(t.Context(), store.HistoryQuery{Identity: attacker})
	if err != nil {
		t.Fatal(err)
	}
	reasons, err := json.Marshal([]string{reason})
	if err != nil {
		t.Fatal(err)
	}
	ok, err := s.Assess(t.Context(), []store.Assessment{{
		History: &h,
		Standings: []store.Standing{
			{Primitive: "motor.input_modality", State: "drifting", Value: "pasted", Confidence: 0.8, Rules: 1, Observations: 10, Reasons: reasons},
			{Primitive: "cognitive.tool_vocabulary", State: "stable", Value: "broad", Confidence: 1, Rules: 1, Observations: 7},
			{Primitive: store.SeriesVersion, State: "conflicted", Value: "<b>\x1b\xff", Confidence: 0.25, Rules: 1, Observations: 4},
			{Primitive: attribution.SubjectSuspected, State: "multi_actor", Value: "typing client_version", Confidence: 0.6, Observations: 5, Reasons: reasons},
		},
		Told: []store.Conclusion{{Subject: "attribution.profile.state_changed", Payload: json.RawMessage(`{"type":"state_changed","reasons":` + string(reasons) + `}`)}},
	}})
	if err != nil || !ok[0] {
		t.Fatalf("stored %v, %v", ok, err)
	}
}

func TestAttribution(t *testing.T) {
	st := storetest.SQLite(t)
	saved := servetest.Save(t, st, servetest.Visit("typist", 1, "198.51.100.1"), servetest.Visit("typist", 2, "198.51.100.2"))
	x := newSite(t, st, Options{})
	path := basePath + "/attackers/" + saved[0].Attacker + "/attribution"
	if got := get200[attributed](t, x, path); len(got.States) != 0 || got.Identity != saved[0].Attacker || len(got.Attackers) != 1 {
		t.Errorf("%+v", got)
	}
	all := mustListen(t, x, basePath+"/events", "")
	all.want(t, typeSnapshot)
	mine, other := mustListen(t, x, basePath+"/attackers/"+saved[0].Attacker+"/events", ""), mustListen(t, x, basePath+"/attackers/"+saved[1].Attacker+"/events", "")
	mine.want(t, typeSnapshot)
	other.want(t, typeSnapshot)
	concluded(t, st, saved[0].Attacker, "of 5 <b> are pasted")
	concluded(t, st, saved[1].Attacker, "another's")
	for _, l := range []*listener{all, mine} {
		if e := l.want(t, typeConclusion); !strings.Contains(string(e.data.Payload), `of 5 \u003cb\u003e are pasted`) || !strings.HasPrefix(e.id, st.ID()) {
			t.Errorf("%+v", e)
		}
	}
	if e := other.want(t, typeConclusion); !strings.Contains(string(e.data.Payload), "another's") {
		t.Errorf("%+v", e)
	}
	got := get200[struct {
		States []struct {
			Primitive, State, Value string
			Confidence              float64
			Reasons                 []string
		}
	}](t, x, path).States
	suspected := get200[struct {
		Suspected struct{ By, Reasons []string }
	}](t, x, path).Suspected
	if !slices.Equal(suspected.By, []string{"typing", "client_version"}) || len(suspected.Reasons) != 1 {
		t.Errorf("suspected: %+v", suspected)
	}
	if len(got) == 3 && (got[0].Primitive != store.SeriesVersion || got[0].Value != "<b>\x1b\ufffd") {
		t.Errorf("a client: %+v", got[0])
	}
	if got = got[len(got)-2:]; got[0].Primitive != "cognitive.tool_vocabulary" || got[1].State != "drifting" || got[1].Value != "pasted" || got[1].Reasons[0] != "of 5 <b> are pasted" || got[0].Reasons == nil {
		t.Errorf("%+v", got)
	}
	if resp, _ := x.ask(t, http.MethodGet, basePath+"/attackers/00000000-0000-4000-8000-000000000000/attribution", x.viewer); resp.StatusCode != http.StatusNotFound {
		t.Errorf("nobody: %s", resp.Status)
	}
}
