package serve

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"gait/serve/servetest"
	"gait/store"
	"gait/store/storetest"
)

// FuzzRequests asks every list with any cursor, filter, search, id of an event
// and body: the answer is JSON without markup, and no failure of ours.
func FuzzRequests(f *testing.F) {
	st := storetest.SQLite(f)
	servetest.Save(f, st, servetest.Visit("typist", 1, "198.51.100.1"), servetest.Visit("paster", 2, "198.51.100.2"))
	s, err := New(Options{Store: st, Log: quiet, Rate: 1e9})
	if err != nil {
		f.Fatal(err)
	}
	token := tokenOf(f, st, store.Operator)
	f.Add("", "", "", "")
	f.Add("AAAA", "motor.input_modality=typed", st.ID()+"-1", `{"all":true}`)
	f.Add("\xff\x00", "<script>", "-", `{"evidence_refs":["\u0000"]}`)
	f.Fuzz(func(t *testing.T, cursor, text, id, body string) {
		q := "?cursor=" + url.QueryEscape(cursor)
		esc := url.QueryEscape(text)
		for _, path := range []string{
			"/attackers" + q, "/sessions" + q, "/attackers?search=" + esc, "/sessions?search=" + esc, "/sessions?filter=" + esc, "/attackers?decoy=" + esc,
			"/observations?evidence_ref=" + esc, "/rejected" + q, "/audit" + q, "/sessions/" + url.PathEscape(text), "/primitives/" + url.PathEscape(text),
			"/attackers/" + url.PathEscape(text), "/sessions?since=" + esc, "/counts?step=" + esc,
		} {
			check(t, s, request(http.MethodGet, path, token, ""))
		}
		check(t, s, request(http.MethodPost, "/retry", token, body))
		check(t, s, request(http.MethodPost, "/login", "", body))
		if n, ok := parseEventID(id, st.ID()); ok && string(appendEventID(nil, st.ID(), n)) != id {
			t.Fatalf("%q is %d", id, n)
		}
		splitHost(text)
		s.hosts.own(text)
	})
}

func request(method, path, token, body string) *http.Request {
	r, err := http.NewRequest(method, "http://localhost"+basePath+path, strings.NewReader(body))
	if err != nil {
		return nil
	}
	r.RemoteAddr = "127.0.0.1:1"
	r.Header.Set("Content-Type", "application/json")
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	return r
}

func check(t *testing.T, s *Server, r *http.Request) {
	t.Helper()
	if r == nil {
		return
	}
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, r)
	if w.Code >= 300 && w.Code < 400 {
		return // a path that is not clean
	}
	if w.Code >= 500 || !json.Valid(w.Body.Bytes()) || strings.ContainsAny(w.Body.String(), "<>") {
		t.Fatalf("%s %s: %d %s", r.Method, r.URL, w.Code, w.Body)
	}
}
