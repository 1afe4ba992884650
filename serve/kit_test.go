package serve

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gait"
	"gait/internal/health"
	"gait/internal/simulate"
	"gait/profile"
	"gait/profile/suite"
	"gait/recording"
	"gait/store"
	"gait/store/sqlite"
)

// newStore opens a store of its own for a test.
func newStore(t testing.TB) store.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "gait.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

// visit makes up a session of a visitor from an address, as a recorder would
// have it.
func visit(visitor string, n int, address string) *gait.Session {
	s := simulate.Find(visitor).Session(uint64(n))
	s.ID = fmt.Sprintf("00000000-0000-4000-8000-%012d", n)
	s.SourceIP = address
	s.EvidenceRef = "shard:decky-01/ssh/sessions-2026-05-08.jsonl#" + s.ID
	s.End.Seen = true
	return s
}

// profileOf profiles a session as it is stored.
func profileOf(s *gait.Session) store.Profile {
	r := profile.Run(s, suite.All, time.Unix(1_800_000_000, 0))
	place, _ := json.Marshal(recording.Place{Format: "shard", Path: "/decoys/" + s.ID, Session: s.ID})
	p := store.Profile{Header: true, Observations: append([]gait.Observation(nil), r.Observations...)}
	p.Session = store.Session{
		Ref: s.EvidenceRef, ID: s.ID, Decoy: s.Decoy, Service: s.Service, Address: s.SourceIP, Source: "shards", Format: "shard",
		Path: "/decoys/" + s.ID, Place: place, Start: s.Start, End: s.Start.Add(s.Last()), Duration: s.Last(), Closed: store.ClosedEnd,
		EndSeen: true, State: store.Profiled, Commands: int64(r.Commands), Inputs: int64(r.Strokes), Events: int64(s.Len()),
		Detail: []byte(`{"id":"x","oddities":[],"not_observable":[]}`),
	}
	p.Revision = strings.TrimSuffix(r.Observations[0].Revision, "/-")
	return p
}

// save stores visits.
func save(t testing.TB, s store.Store, visits ...*gait.Session) []store.Saved {
	t.Helper()
	var list []store.Profile
	for _, v := range visits {
		list = append(list, profileOf(v))
	}
	saved, err := s.Save(context.Background(), list)
	if err != nil {
		t.Fatal(err)
	}
	return saved
}

// shelf is a library of made-up visits by their ids.
type shelf map[string]*gait.Session

// Read gives a visit.
func (s shelf) Read(_ context.Context, p recording.Place) (*gait.Session, error) {
	if v := s[p.Session]; v != nil {
		return v, nil
	}
	return nil, recording.ErrNoSession
}

// site is a server on loopback with tokens.
type site struct {
	*Server
	store    store.Store
	url      string
	viewer   string
	operator string
}

var quiet = slog.New(slog.DiscardHandler)

// newSite serves a store on loopback until the test ends.
func newSite(t testing.TB, s store.Store, o Options) *site {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	x, stop := startSite(t, s, o, l)
	t.Cleanup(stop)
	return x
}

// startSite serves on a listener until stop is called.
func startSite(t testing.TB, s store.Store, o Options, l net.Listener) (*site, func()) {
	t.Helper()
	o.Store = s
	if o.Log == nil {
		o.Log = quiet
	}
	if o.Board == nil {
		o.Board = health.NewBoard()
	}
	if o.Rate == 0 {
		o.Rate = 1e6
	}
	server, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	x := &site{Server: server, store: s, url: "http://" + l.Addr().String()}
	x.viewer, x.operator = tokenOf(t, s, store.Viewer), tokenOf(t, s, store.Operator)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- server.Serve(ctx, l) }()
	return x, func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	}
}

// tokenOf makes a token with a name of its own.
func tokenOf(t testing.TB, s store.Store, role string) string {
	t.Helper()
	secret, err := AddToken(context.Background(), s, role+"-"+NewSecret()[5:25], role, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	return secret
}

// ask sends a request and gives the answer with its body.
func (x *site) ask(t testing.TB, method, path, token string, change ...func(*http.Request)) (*http.Response, string) {
	t.Helper()
	return do(t, method, x.url+path, func(r *http.Request) {
		if token != "" {
			r.Header.Set("Authorization", "Bearer "+token)
		}
		for _, f := range change {
			f(r)
		}
	})
}

func do(t testing.TB, method, url string, change func(*http.Request)) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequest(method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	change(r)
	client := http.Client{Timeout: 20 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(body)
}

// withBody gives a request a JSON body.
func withBody(body string) func(*http.Request) {
	return func(r *http.Request) {
		r.Header.Set("Content-Type", "application/json")
		r.Body, r.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
	}
}

// get asks for JSON that must be there.
func get200[T any](t testing.TB, x *site, path string) T {
	t.Helper()
	resp, body := x.ask(t, http.MethodGet, path, x.viewer)
	if resp.StatusCode != http.StatusOK || resp.Header.Get("Content-Type") != "application/json" {
		t.Fatalf("%s: %s %s", path, resp.Status, body)
	}
	var v T
	if err := json.Unmarshal([]byte(body), &v); err != nil {
		t.Fatalf("%s: %v in %s", path, err, body)
	}
	return v
}

// direct sends a request to the handler without a network.
func direct(s *Server, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	s.Handler().ServeHTTP(w, r)
	return w
}

// bearer shows a token.
func bearer(token string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+token) }
}
