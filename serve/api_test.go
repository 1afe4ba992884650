package serve

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"gait"
	"gait/assess"
	"gait/internal/health"
	"gait/recording/asciicast"
	"gait/recording/reader"
	"gait/serve/servetest"
	"gait/store"
	"gait/store/storetest"
)

// town is a store with visits: from .1 a typist and a paster, from .2 a
// loader, and one session that is parked.
func town(t testing.TB) (store.Store, shelf) {
	t.Helper()
	st := storetest.SQLite(t)
	visits := []*gait.Session{servetest.Visit("typist", 1, "198.51.100.1"), servetest.Visit("paster", 2, "198.51.100.1"), servetest.Visit("loader", 3, "198.51.100.2")}
	books := shelf{}
	for _, v := range visits {
		servetest.Save(t, st, v)
		books[v.ID] = v
	}
	parked := servetest.Visit("loader", 4, "")
	p := servetest.Profile(parked)
	o := store.Offer{Session: p.Session}
	o.State, o.Cause, o.CauseKind = store.Waiting, "", ""
	if _, err := st.Offer(t.Context(), []store.Offer{o}, nil); err != nil {
		t.Fatal(err)
	}
	err := st.Settle(t.Context(), []store.Settlement{{Ref: parked.EvidenceRef, State: store.Parked, Cause: "may not be <read>", CauseKind: "unreadable"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := st.Reject(t.Context(), store.Rejected{Time: time.Now(), Subject: "attacker.session.ended", Reason: "no session_id", Payload: []byte("MARK")}); err != nil {
		t.Fatal(err)
	}
	return st, books
}

func TestAttackers(t *testing.T) {
	st, _ := town(t)
	x := newSite(t, st, Options{})
	all := get200[list[attacker]](t, x, basePath+"/attackers?count=true&sort=address&order=asc")
	if len(all.Items) != 2 || all.Total == nil || *all.Total != 2 || all.Items[0].Address != "198.51.100.1" || all.Items[0].Sessions != 2 {
		t.Fatalf("%+v", all)
	}
	one := all.Items[0]
	if len(one.Latest) < 10 || !slices.Equal(one.Decoys, []string{"decky-01"}) || one.First == nil || one.Last == nil {
		t.Errorf("%+v", one)
	}
	if again := get200[attacker](t, x, basePath+"/attackers/"+one.UUID); again.Address != one.Address {
		t.Errorf("%+v", again)
	}
	page := get200[list[attacker]](t, x, basePath+"/attackers?limit=1")
	rest := get200[list[attacker]](t, x, basePath+"/attackers?limit=1&cursor="+url.QueryEscape(page.Next))
	if len(page.Items) != 1 || len(rest.Items) != 1 || page.Items[0].UUID == rest.Items[0].UUID {
		t.Errorf("%+v, %+v", page, rest)
	}
	for query, want := range map[string]int{
		"search=198.51.100.2": 1, "search=198.51": 2, "search=" + one.UUID: 1, "decoy=decky-01": 2, "decoy=decky-02": 0,
		"filter=motor.input_modality=pasted&decoy=decky-01":                        1,
		"filter=motor.input_modality=typed":                                        1,
		"filter=motor.input_modality=typed&filter=motor.input_modality=pasted":     2,
		"filter=motor.input_modality=typed&filter=motor.paste_burst_rate=habitual": 0,
		"since=2000-01-01T00:00:00Z":                                               2, "since=2999-01-01T00:00:00Z": 0,
	} {
		if got := get200[list[attacker]](t, x, basePath+"/attackers?"+query); len(got.Items) != want {
			t.Errorf("%s: %d attackers", query, len(got.Items))
		}
	}
	latest := get200[list[latest]](t, x, basePath+"/attackers/"+one.UUID+"/observations")
	series := get200[list[observation]](t, x, basePath+"/attackers/"+one.UUID+"/observations/motor.input_modality")
	sessions := get200[list[session]](t, x, basePath+"/attackers/"+one.UUID+"/sessions")
	if len(latest.Items) < 10 || latest.Items[0].Sessions == 0 || len(series.Items) != 2 || len(sessions.Items) != 2 {
		t.Errorf("%d latest, %d in series, %d sessions", len(latest.Items), len(series.Items), len(sessions.Items))
	}
	if o := series.Items[0]; o.Primitive != "motor.input_modality" || *o.Attacker != one.UUID || o.Gait.Rules == 0 {
		t.Errorf("%+v", o)
	}
}

// countOf gives how often a value occurs.
func countOf(l list[valueCount], value string) int {
	n := int64(0)
	for _, v := range l.Items {
		if v.Value == value {
			n += v.Count
		}
	}
	return int(n)
}

// attackerOfSession gives the attacker of the first session from an address.
func attackerOfSession(list []session, address string) string {
	for _, s := range list {
		if s.Address == address {
			return s.Attacker
		}
	}
	return ""
}

func TestSessions(t *testing.T) {
	st, _ := town(t)
	x := newSite(t, st, Options{})
	all := get200[list[session]](t, x, basePath+"/sessions?count=true")
	if len(all.Items) != 4 || *all.Total != 4 {
		t.Fatalf("%+v", all)
	}
	pasted := countOf(get200[list[valueCount]](t, x, basePath+"/values?primitive=motor.input_modality"), "pasted")
	for query, want := range map[string]int{
		"state=parked": 1, "state=parked&state=profiled": 4, "state=waiting": 0, "filter=motor.input_modality=pasted": pasted, "service=ssh": 4,
		"service=telnet": 0, "attacker=" + attackerOfSession(all.Items, "198.51.100.1"): 2, "sort=duration": 4, "sort=updated&order=asc": 4,
		"until=2000-01-01T00:00:00Z": 0,
	} {
		got := get200[list[session]](t, x, basePath+"/sessions?"+query)
		if len(got.Items) != want {
			t.Errorf("%s: %d sessions", query, len(got.Items))
		}
	}
	for _, s := range all.Items {
		if s.State != "profiled" {
			continue
		}
		bySelf := get200[struct {
			session
			Detail   map[string]any `json:"detail"`
			Observed []observation  `json:"observed"`
		}](t, x, s.Self)
		if bySelf.Ref != s.Ref || len(bySelf.Observed) != int(s.Observations) || bySelf.Detail["id"] != "x" {
			t.Errorf("%s: %+v", s.Self, bySelf)
		}
		if !slices.IsSortedFunc(bySelf.Observed, func(a, b observation) int { return strings.Compare(a.Primitive, b.Primitive) }) {
			t.Error("observations are not in the order of their names")
		}
		if byID := get200[session](t, x, basePath+"/sessions/"+s.ID); byID.Ref != s.Ref {
			t.Errorf("%+v", byID)
		}
		if o := get200[list[observation]](t, x, s.Self+"/observations"); len(o.Items) != len(bySelf.Observed) {
			t.Errorf("%d observations", len(o.Items))
		}
	}
	byName := get200[list[observation]](t, x, basePath+"/observations?primitive=motor.input_modality&value=pasted&limit=1")
	if len(byName.Items) != 1 || (byName.Next == "") != (pasted == 1) || byName.Items[0].Value != "pasted" {
		t.Errorf("%+v", byName)
	}
}

func TestRecordingAndTimeline(t *testing.T) {
	st, books := town(t)
	x := newSite(t, st, Options{Library: books})
	v := books["00000000-0000-4000-8000-000000000002"]
	v.Title, v.Command = "TITLEMARK", "COMMANDMARK"
	v.Append(gait.Event{Time: v.Last() + time.Second, Kind: gait.Output, Data: []byte("</script>\xac\x1b[2J")}, -1)
	path := basePath + "/sessions/" + url.PathEscape(v.EvidenceRef)
	resp, body := x.ask(t, http.MethodGet, path+"/recording", x.operator)
	if resp.StatusCode != http.StatusOK || !(asciicast.Format{}).Detect([]byte(body)) {
		t.Fatal(resp.Status, body)
	}
	for name, want := range map[string]string{
		"Content-Type": "application/x-asciicast", "Content-Disposition": `attachment; filename="session-` + v.ID + `.cast"`,
		"X-Content-Type-Options": "nosniff", "Content-Security-Policy": "default-src 'none'; sandbox", "Cache-Control": "no-store",
	} {
		if resp.Header.Get(name) != want {
			t.Errorf("%s: %q", name, resp.Header.Get(name))
		}
	}
	src := &reader.Source{ReaderAt: strings.NewReader(body), Size: int64(len(body)), Name: "a.cast", Path: "a.cast"}
	rec, err := (asciicast.Format{}).Open(src, reader.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	if s, err := rec.Session("1"); err != nil || s.Len() != v.Len() {
		t.Error(s, err)
	}
	audits, err := st.Audits(t.Context(), store.PageQuery{})
	if err != nil || len(audits.Items) != 1 || audits.Items[0].Action != "download" || audits.Items[0].Subject != v.EvidenceRef || !strings.HasPrefix(audits.Items[0].Who, "operator-") {
		t.Errorf("%+v, %v", audits.Items, err)
	}
	seen := get200[timeline](t, x, path+"/timeline")
	if len(seen.Keys.T) == 0 || len(seen.Keys.T) != len(seen.Keys.Kind) || len(seen.Commands.Start) == 0 || len(seen.Commands.Tool) != len(seen.Commands.Volume) ||
		len(seen.Output.Bytes) != stretches || seen.Duration <= 0 {
		t.Errorf("%+v", seen)
	}
	if resp, body := x.ask(t, http.MethodGet, path+"/recording", x.viewer); resp.StatusCode != http.StatusForbidden {
		t.Error(resp.Status, body)
	}
	gone := basePath + "/sessions/00000000-0000-4000-8000-000000000004/recording"
	if resp, body := x.ask(t, http.MethodGet, gone, x.operator); resp.StatusCode != http.StatusNotFound {
		t.Error(resp.Status, body)
	}
}

func TestFileNames(t *testing.T) {
	for ref, want := range map[string]string{
		"shard:web01/ssh/sessions-2026-05-08.jsonl#0b2c": "session-sessions-2026-05-08_jsonl_0b2c",
		"file:0123#1":                 "session-file_0123_1",
		"x#\"\r\nSet-Cookie: a=b":     "session-___Set-Cookie__a_b",
		"#" + strings.Repeat("é", 99): "session-" + strings.Repeat("_", maxFileName-8),
	} {
		if got := fileName(ref); got != want {
			t.Errorf("%q: %q", ref, got)
		}
	}
}

func TestPrimitivesAndCounts(t *testing.T) {
	st, _ := town(t)
	board := health.NewBoard()
	x := newSite(t, st, Options{Board: board})
	if all := get200[list[primitive]](t, x, basePath+"/primitives"); len(all.Items) != len(assess.All) {
		t.Errorf("%d primitives", len(all.Items))
	}
	p := get200[primitive](t, x, basePath+"/primitives/motor.input_modality")
	if p.Doc == "" || len(p.Values) == 0 || len(p.Thresholds) == 0 || len(p.Seen) == 0 {
		t.Errorf("%+v", p)
	}
	for _, of := range []string{"sessions", "attackers"} {
		if v := get200[list[valueCount]](t, x, basePath+"/values?of="+of); len(v.Items) < 20 {
			t.Errorf("%s: %d values", of, len(v.Items))
		}
	}
	counts := get200[list[bucket]](t, x, basePath+"/counts?since=2026-05-08T00:00:00Z&until=2026-05-09T00:00:00Z&step=3600")
	total := int64(0)
	for _, b := range counts.Items {
		total += b.Sessions
	}
	if total != 4 {
		t.Errorf("%d sessions in %d stretches", total, len(counts.Items))
	}
	if s := get200[stats](t, x, basePath+"/stats"); s.Attackers != 2 || s.Sessions["profiled"] != 3 || s.Observations < 50 || s.Engine == "" {
		t.Errorf("%+v", s)
	}
	if w := get200[wellbeing](t, x, basePath+"/health"); w.Status != "ok" {
		t.Errorf("%+v", w)
	}
	board.Set(health.Condition{Part: "collect", Name: "a", Cause: "c", Cure: "d"})
	board.Tell("collect", "left", 7)
	if w := get200[wellbeing](t, x, basePath+"/health"); w.Status != "degraded" || len(w.Conditions) != 1 || w.Facts["collect"]["left"] != 7.0 {
		t.Errorf("%+v", w)
	}
	if resp, _ := x.ask(t, http.MethodGet, basePath+"/ready", ""); resp.StatusCode != http.StatusOK {
		t.Error(resp.Status)
	}
	board.Set(health.Condition{Part: "disk", Name: "full", Cause: "/secret/path", Stops: true})
	resp, body := x.ask(t, http.MethodGet, basePath+"/ready", "")
	if resp.StatusCode != http.StatusServiceUnavailable || !strings.Contains(body, "disk") || strings.Contains(body, "secret") {
		t.Error(resp.Status, body)
	}
	if v := get200[versions](t, x, basePath+"/version"); v.Version != gait.Version || v.Store != st.ID() {
		t.Errorf("%+v", v)
	}
	if resp, body := x.ask(t, http.MethodGet, basePath+"/version", ""); resp.StatusCode != http.StatusOK || strings.Contains(body, st.ID()) {
		t.Error(resp.Status, body)
	}
}

func TestParkedAndRejected(t *testing.T) {
	st, _ := town(t)
	x := newSite(t, st, Options{})
	resp, body := x.ask(t, http.MethodGet, basePath+"/waiting", x.viewer)
	if resp.StatusCode != http.StatusOK || !strings.Contains(body, `may not be \u003cread\u003e`) || !strings.Contains(body, `"count":1`) {
		t.Error(resp.Status, body)
	}
	for _, c := range []struct {
		body   string
		status int
	}{
		{`{}`, 400}, {`{"all":true,"cause_kind":"x"}`, 400}, {`{"cause":"x","all":true}`, 400}, {`{"nonsense":1}`, 422}, {`[`, 400},
		{`{"cause_kind":"none"}`, 200}, {`{"evidence_refs":["` + strings.Repeat("x", 70_000) + `"]}`, 413},
	} {
		if resp, body := x.ask(t, http.MethodPost, basePath+"/retry", x.operator, withBody(c.body)); resp.StatusCode != c.status {
			t.Errorf("%.60s: %s %s", c.body, resp.Status, body)
		}
	}
	path := basePath + "/sessions/00000000-0000-4000-8000-000000000004/retry"
	if resp, body := x.ask(t, http.MethodPost, path, x.operator); resp.StatusCode != http.StatusOK || !strings.Contains(body, `"released":1`) {
		t.Error(resp.Status, body)
	}
	if s, err := st.Session(t.Context(), "00000000-0000-4000-8000-000000000004"); err != nil || s.State != store.Waiting || s.Cause != "" {
		t.Errorf("%+v, %v", s, err)
	}
	done := basePath + "/sessions/00000000-0000-4000-8000-000000000001/retry"
	if resp, body := x.ask(t, http.MethodPost, done, x.operator); resp.StatusCode != http.StatusConflict {
		t.Error(resp.Status, body)
	}
	if _, body := x.ask(t, http.MethodGet, basePath+"/rejected", x.viewer); !strings.Contains(body, "no session_id") || strings.Contains(body, "payload") {
		t.Error(body)
	}
	if _, body := x.ask(t, http.MethodGet, basePath+"/rejected", x.operator); !strings.Contains(body, base64.StdEncoding.EncodeToString([]byte("MARK"))) {
		t.Error(body)
	}
	_, body = x.ask(t, http.MethodGet, basePath+"/audit", x.operator)
	var log list[audited]
	if err := json.Unmarshal([]byte(body), &log); err != nil || len(log.Items) != 3 {
		t.Error(body)
	}
}

func TestProblems(t *testing.T) {
	st, _ := town(t)
	x := newSite(t, st, Options{})
	uuid := "6f9619ff-8b86-4011-b42d-00c04fc964ff"
	for _, c := range []struct {
		method, path string
		status       int
	}{
		{"GET", "/attackers/" + uuid, 404}, {"GET", "/attackers/x", 422}, {"GET", "/attackers/{" + uuid + "}", 422},
		{"GET", "/attackers/" + uuid + "/events", 404}, {"GET", "/attackers/" + uuid + "/observations", 404},
		{"GET", "/sessions/none", 404}, {"GET", "/sessions/none/timeline", 404}, {"GET", "/sessions/%00%ff%2e%2e%2f", 404},
		{"GET", "/attackers?cursor=nonsense", 400}, {"GET", "/sessions?cursor=AAAA", 400}, {"GET", "/attackers?limit=0", 422},
		{"GET", "/attackers?limit=1001", 422}, {"GET", "/attackers?limit=x", 422}, {"GET", "/attackers?sort=x", 422}, {"GET", "/attackers?nonsense=1", 422},
		{"GET", "/attackers?filter=x", 400}, {"GET", "/attackers?filter=no.such=x", 400}, {"GET", "/attackers?since=yesterday", 422},
		{"GET", "/sessions?state=x", 422}, {"GET", "/observations", 400}, {"GET", "/observations?primitive=no.such", 404}, {"GET", "/primitives/no.such", 404},
		{"GET", "/counts?step=1", 400}, {"GET", "/counts?since=2026-05-08T00:00:00Z&until=2026-05-07T00:00:00Z", 400}, {"GET", "/counts?since=0001-01-01T00:00:01Z", 400},
		{"GET", "/nothing", 404}, {"POST", "/attackers", 405}, {"DELETE", "/sessions/none", 405}, {"GET", "/retry", 405}, {"PUT", "/login", 405},
		{"GET", "/sessions/none/../../attackers", 307},
	} {
		resp, body := x.ask(t, c.method, basePath+c.path, x.viewer)
		if resp.StatusCode != c.status {
			t.Errorf("%s %s: %s %s", c.method, c.path, resp.Status, body)
			continue
		}
		var p struct {
			Status int
			Title  string
			Detail string
		}
		if c.status >= 400 && (resp.Header.Get("Content-Type") != "application/problem+json" || json.Unmarshal([]byte(body), &p) != nil || p.Status != c.status || p.Detail == "" || p.Title == "") {
			t.Errorf("%s %s: %s %s", c.method, c.path, resp.Header, body)
		}
		if strings.ContainsAny(body, "<>") && c.status != 307 {
			t.Errorf("%s: markup in %s", c.path, body)
		}
	}
}

func TestOpenAPI(t *testing.T) {
	s, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		OpenAPI string                                `json:"openapi"`
		Paths   map[string]map[string]json.RawMessage `json:"paths"`
	}
	text := s.OpenAPI()
	if err := json.Unmarshal(text, &doc); err != nil || !strings.HasPrefix(doc.OpenAPI, "3.1") {
		t.Fatal(err, doc.OpenAPI)
	}
	n := 0
	for path, item := range doc.Paths {
		for method, op := range item {
			n++
			var o struct {
				ID        string `json:"operationId"`
				Summary   string
				Role      string `json:"x-role"`
				Responses map[string]any
			}
			if err := json.Unmarshal(op, &o); err != nil || o.Summary == "" || o.Role == "" || len(o.Responses) < 2 {
				t.Errorf("%s %s: %s", method, path, op)
			}
		}
	}
	if n != len(roles) {
		t.Errorf("%d operations are described, %d have roles", n, len(roles))
	}
	again, err := New(Options{})
	if err != nil || string(again.OpenAPI()) != string(text) {
		t.Error("two servers describe themselves differently")
	}
	x := newSite(t, storetest.SQLite(t), Options{})
	if _, body := x.ask(t, http.MethodGet, basePath+"/openapi.json", ""); body != string(text) {
		t.Error("what is served differs")
	}
	if resp, body := x.ask(t, http.MethodGet, basePath+"/openapi.yaml", ""); resp.StatusCode != 200 || !strings.Contains(body, "openapi: 3.1.0") {
		t.Errorf("%s %.200s", resp.Status, body)
	}
}

// TestNothingRaw feeds marks through everything that an attacker can name, and
// looks for them in what a viewer is answered.
func TestNothingRaw(t *testing.T) {
	st := storetest.SQLite(t)
	v := &gait.Session{}
	v.Header = servetest.Visit("typist", 9, "198.51.100.9").Header
	v.Title, v.Command, v.Env = "MARKTITLE", "MARKCOMMAND", []gait.Var{{Name: "MARKVAR", Value: "MARKVALUE"}}
	for i, c := range "MARKTYPED secret\rls\rMARKTYPED\r" {
		v.Append(gait.Event{Time: time.Duration(i) * 150 * time.Millisecond, Kind: gait.Input, Data: []byte(string(c))}, -1)
		v.Append(gait.Event{Time: time.Duration(i)*150*time.Millisecond + time.Millisecond, Kind: gait.Output, Data: []byte("MARKSHOWN " + string(c))}, -1)
	}
	_, link := saveLinked(t, st, v, servetest.Visit("typist", 10, "198.51.100.10"))
	x := newSite(t, st, Options{Library: shelf{v.ID: v}})
	for route, op := range operations(x.Server) {
		method, path, _ := strings.Cut(route, " ")
		if method != http.MethodGet || roles[op.OperationID] > viewer || strings.HasSuffix(path, "/events") {
			continue
		}
		a := get200[list[attacker]](t, x, basePath+"/attackers").Items[0]
		path = strings.NewReplacer("{uuid}", a.UUID, "{id}", url.PathEscape(v.EvidenceRef), "{link}", link, "{primitive}", "motor.input_modality", "{name}", "motor.input_modality").Replace(path)
		if path == "/observations" {
			path += "?primitive=motor.input_modality"
		}
		resp, body := x.ask(t, method, basePath+path, x.viewer)
		if resp.StatusCode != http.StatusOK || strings.Contains(body, "MARK") {
			t.Errorf("%s: %s %s", path, resp.Status, body)
		}
	}
	l := mustListen(t, x, basePath+"/events", "")
	if e := l.want(t, typeSnapshot); strings.Contains(string(e.data.Payload), "MARK") {
		t.Errorf("%s", e.data.Payload)
	}
}
