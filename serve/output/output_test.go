package output

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"gait/internal/health"
	"gait/serve/servetest"
	"gait/store"
	"gait/store/storetest"
)

var quiet = slog.New(slog.DiscardHandler)

// save stores a visit and gives its reference.
func save(t testing.TB, s store.Store, visitor string, n int) string {
	t.Helper()
	v := servetest.Visit(visitor, n, "198.51.100.1")
	servetest.Save(t, s, v)
	return v.EvidenceRef
}

func spec(t testing.TB, text string) Spec {
	t.Helper()
	s, err := ParseSpec(text)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// refs gives the references of the observations in a file, in order, each once
// for all its observations.
func refs(t testing.TB, paths ...string) (list []string) {
	t.Helper()
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
		for line := range bytes.Lines(text) {
			var o struct {
				Ref string `json:"evidence_ref"`
			}
			if err := json.Unmarshal(line, &o); err != nil {
				continue // torn on purpose
			}
			if len(list) == 0 || list[len(list)-1] != o.Ref {
				list = append(list, o.Ref)
			}
		}
	}
	return list
}

func TestSpecs(t *testing.T) {
	s := spec(t, "webhook[motor.input_modality=typed,motor.input_modality=mixed]:https://example.org/hook?a=b:c")
	if s.Kind != Webhook || s.Target != "https://example.org/hook?a=b:c" || len(s.Filters) != 2 || !strings.HasPrefix(s.name(), "webhook:example.org-") {
		t.Errorf("%+v %s", s, s.name())
	}
	if s := spec(t, "jsonl:a.jsonl"); !filepath.IsAbs(s.Target) || s.Filters != nil {
		t.Errorf("%+v", s)
	}
	for _, text := range []string{
		"", "jsonl", "jsonl:", "syslog:x", "jsonl[x:/a", "jsonl[no.such=x]:/a", "jsonl[motor.input_modality]:/a", "jsonl[]:/a", "webhook:ftp://x", "webhook:nowhere", "webhook:http://\x00",
	} {
		if s, err := ParseSpec(text); err == nil {
			t.Errorf("%q: %+v", text, s)
		}
	}
	if _, err := New(Options{Specs: []Spec{s, s}, Log: quiet}); err == nil {
		t.Error("an output was taken twice")
	}
}

func TestFileGetsWhatIsNew(t *testing.T) {
	st := storetest.SQLite(t)
	save(t, st, "typist", 1) // before the output was there
	path := filepath.Join(t.TempDir(), "out.jsonl")
	stop := run(t, st, spec(t, "jsonl:"+path)).stop
	a, b := save(t, st, "paster", 2), save(t, st, "loader", 3)
	until(t, "two sessions", func() bool { return len(refs(t, path)) == 2 })
	stop()
	c := save(t, st, "loader", 4)
	// A crash tore the last line.
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	f.WriteString(`{"torn`)
	f.Close()
	stop = run(t, st, spec(t, "jsonl:"+path)).stop
	until(t, "the third session", func() bool { return len(refs(t, path)) == 3 })
	stop()
	if got := fmt.Sprint(refs(t, path)); got != fmt.Sprint([]string{a, b, c}) {
		t.Error(got)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Error(info.Mode(), err)
	}
}

// stopping is a sink in whose flush the output is told to stop.
type stopping struct {
	stop func()
	puts int
}

func (s *stopping) put(context.Context, *item) error { s.puts++; return nil }
func (s *stopping) flush(context.Context) error      { s.stop(); return nil }
func (s *stopping) close() error                     { return nil }

// TestStoppedWhileGiving says that an output that is told to stop remembers what
// it has given.
func TestStoppedWhileGiving(t *testing.T) {
	st := storetest.SQLite(t)
	w := &worker{name: "x", store: st, board: health.NewBoard(), log: quiet, given: prometheus.NewCounter(prometheus.CounterOpts{Name: "given"})}
	if err := w.begin(t.Context()); err != nil {
		t.Fatal(err)
	}
	save(t, st, "loader", 1)
	for _, want := range []int{1, 0} {
		ctx, stop := context.WithCancel(t.Context())
		sink := &stopping{stop: stop}
		w.sink, w.begun = sink, false
		w.step(ctx)
		stop()
		if sink.puts != want {
			t.Errorf("%d given, want %d", sink.puts, want)
		}
	}
}

func TestFilter(t *testing.T) {
	st := storetest.SQLite(t)
	path := filepath.Join(t.TempDir(), "out.jsonl")
	stop := run(t, st, spec(t, "jsonl[motor.input_modality=typed]:"+path)).stop
	save(t, st, "loader", 1)
	want := save(t, st, "typist", 2)
	until(t, "the typist", func() bool { return len(refs(t, path)) > 0 })
	stop()
	if got := refs(t, path); len(got) != 1 || got[0] != want {
		t.Error(got)
	}
}

func TestFileIsPutAside(t *testing.T) {
	st := storetest.SQLite(t)
	path := filepath.Join(t.TempDir(), "out.jsonl")
	s := spec(t, "jsonl:"+path)
	s.Size, s.Keep = 1000, 2
	stop := run(t, st, s).stop
	var all []string
	for i := range 5 {
		all = append(all, save(t, st, "loader", i+1))
		until(t, "a session", func() bool { r := refs(t, path); return len(r) > 0 && r[len(r)-1] == all[i] })
	}
	stop()
	if got := refs(t, path+".2", path+".1", path); fmt.Sprint(got) != fmt.Sprint(all[2:]) {
		t.Error(got)
	}
	if _, err := os.Stat(path + ".3"); err == nil {
		t.Error("more are kept than were asked for")
	}
}

func TestFileThatWasMovedAway(t *testing.T) {
	st := storetest.SQLite(t)
	path := filepath.Join(t.TempDir(), "out.jsonl")
	stop := run(t, st, spec(t, "jsonl:"+path)).stop
	defer stop()
	save(t, st, "loader", 1)
	until(t, "a session", func() bool { return len(refs(t, path)) == 1 })
	if err := os.Rename(path, path+".old"); err != nil {
		t.Fatal(err)
	}
	want := save(t, st, "loader", 2)
	until(t, "a session in a new file", func() bool { r := refs(t, path); return len(r) == 1 && r[0] == want })
}

func TestFileThatCannotBeWritten(t *testing.T) {
	st := storetest.SQLite(t)
	dir := filepath.Join(t.TempDir(), "not there")
	path := filepath.Join(dir, "out.jsonl")
	out := run(t, st, spec(t, "jsonl:"+path))
	defer out.stop()
	want := save(t, st, "loader", 1)
	until(t, "a condition", func() bool { return len(out.board.Conditions()) == 1 })
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	until(t, "a session", func() bool { r := refs(t, path); return len(r) == 1 && r[0] == want })
	until(t, "the end of the condition", func() bool { return len(out.board.Conditions()) == 0 })
}

func TestWebhook(t *testing.T) {
	st := storetest.SQLite(t)
	var calls atomic.Int64
	secret := []byte("secret")
	type got struct{ event, ref string }
	taken := make(chan got, 100)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch calls.Add(1) {
		case 1:
			w.WriteHeader(http.StatusServiceUnavailable)
			return
		case 2:
			panic(http.ErrAbortHandler)
		case 3:
			http.Redirect(w, r, "http://192.0.2.1/", http.StatusFound)
			return
		}
		body, err := io.ReadAll(r.Body)
		var e struct {
			V       int
			Type    string
			ID      string
			Payload struct {
				Session struct {
					Ref string `json:"evidence_ref"`
				}
				Observations []json.RawMessage
				Backfill     bool
			}
		}
		if err != nil || json.Unmarshal(body, &e) != nil || e.V != 1 || e.Type != "session" || len(e.Payload.Observations) < 5 || e.ID != r.Header.Get("Gait-Event") {
			t.Errorf("%s, %v", body, err)
		}
		stamp, _, _ := strings.Cut(strings.TrimPrefix(r.Header.Get("Gait-Signature"), "t="), ",")
		var at int64
		if _, err := fmt.Sscan(stamp, &at); err != nil || Sign(secret, time.Unix(at, 0), body) != r.Header.Get("Gait-Signature") {
			t.Error(r.Header)
		}
		if strings.HasSuffix(e.Payload.Session.Ref, "000002") {
			w.WriteHeader(http.StatusUnprocessableEntity)
			return
		}
		taken <- got{e.ID, e.Payload.Session.Ref}
	}))
	defer server.Close()
	server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	s := spec(t, "webhook:"+server.URL)
	s.Secret = secret
	stop := run(t, st, s).stop
	defer stop()
	first, _, third := save(t, st, "loader", 1), save(t, st, "loader", 2), save(t, st, "loader", 3)
	for _, want := range []string{first, third} {
		select {
		case x := <-taken:
			if x.ref != want || !strings.HasPrefix(x.event, st.ID()+"-") {
				t.Errorf("%+v, want %s", x, want)
			}
		case <-time.After(30 * time.Second):
			t.Fatal("nothing came")
		}
	}
	if n := calls.Load(); n != 3+1+maxRefusals+1 {
		t.Errorf("%d calls", n)
	}
}

func TestOutputsDoNotHoldEachOtherUp(t *testing.T) {
	st := storetest.SQLite(t)
	held := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-held:
		case <-r.Context().Done():
		}
	}))
	defer server.Close()
	defer close(held)
	path := filepath.Join(t.TempDir(), "out.jsonl")
	defer run(t, st, spec(t, "webhook:"+server.URL), spec(t, "jsonl:"+path)).stop()
	for i := range 3 {
		save(t, st, "loader", i+1)
	}
	until(t, "three sessions", func() bool { return len(refs(t, path)) == 3 })
}

func TestPauses(t *testing.T) {
	w := &worker{name: "x", log: quiet}
	last := time.Duration(0)
	for range 20 {
		last = w.trouble(errors.New("x"))
		if last < firstPause/2 || last > longPause {
			t.Fatal(last)
		}
	}
	if last < longPause/2 {
		t.Error(last)
	}
	w.fails = 0
	if d := w.trouble(&retryAfter{status: 429, wait: time.Minute}); d < 30*time.Second {
		t.Error(d)
	}
}
