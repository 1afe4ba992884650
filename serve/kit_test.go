package serve

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"gait"
	"gait/internal/health"
	"gait/recording"
	"gait/store"
)

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
	client := http.Client{Timeout: 60 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
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
