package output

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gait/store"
	"gait/store/storetest"
)

// receiver is a web server that takes sessions.
type receiver struct {
	*httptest.Server
	mu    sync.Mutex
	taken []string // references of sessions, as they were taken
	ids   []string
	// answer says what to answer to the n-th request; 0 takes it.
	answer func(n int, w http.ResponseWriter) int
	asked  int
	bodies []string
}

func newReceiver(t *testing.T, answer func(n int, w http.ResponseWriter) int) *receiver {
	t.Helper()
	r := &receiver{answer: answer}
	r.Server = httptest.NewServer(r)
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, q *http.Request) {
	body, _ := io.ReadAll(q.Body)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.asked++
	if r.answer != nil {
		if status := r.answer(r.asked, w); status != 0 {
			w.WriteHeader(status)
			return
		}
	}
	var e struct {
		ID      string `json:"id"`
		Type    string `json:"type"`
		Payload struct {
			Session struct {
				Ref string `json:"evidence_ref"`
			} `json:"session"`
			Observations []struct {
				Primitive string `json:"primitive"`
			} `json:"observations"`
		} `json:"payload"`
	}
	stamp, _, _ := strings.Cut(strings.TrimPrefix(q.Header.Get("Gait-Signature"), "t="), ",")
	at, err := time.ParseDuration(stamp + "s")
	if err == nil && q.Header.Get("Gait-Signature") != Sign([]byte(secret), time.Unix(int64(at/time.Second), 0), body) {
		err = io.ErrUnexpectedEOF
	}
	if json.Unmarshal(body, &e) != nil || err != nil || e.ID != q.Header.Get("Gait-Event") || e.Type != "session" || len(e.Payload.Observations) != 38 {
		w.WriteHeader(http.StatusTeapot)
		return
	}
	r.taken, r.ids, r.bodies = append(r.taken, e.Payload.Session.Ref), append(r.ids, e.ID), append(r.bodies, string(body))
}

const secret = "0123456789abcdef"

func (r *receiver) spec(t *testing.T) Spec {
	s := spec(t, "webhook:"+r.URL+"/hush")
	s.Secret = []byte(secret)
	return s
}

// has says whether sessions were taken in order; repeated ones do not count.
func (r *receiver) has(from, to int) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	var want []string
	for n := from; n < to; n++ {
		want = append(want, storetest.Ref(n))
	}
	return holdsInOrder(r.taken, want) == nil
}

func TestWebhookTakesEverySessionInOrder(t *testing.T) {
	s := storetest.SQLite(t)
	r := newReceiver(t, nil)
	for round := range 3 {
		w := run(t, s, r.spec(t))
		samples(t, s, 20*round, 20*round+10)
		w.stop() // wherever it is
		samples(t, s, 20*round+10, 20*round+20)
	}
	run(t, s, r.spec(t))
	until(t, "taken", func() bool { return r.has(0, 60) })
}

func TestWebhookThatFails(t *testing.T) {
	s := storetest.SQLite(t)
	r := newReceiver(t, func(n int, w http.ResponseWriter) int {
		switch n % 4 {
		case 1:
			return http.StatusInternalServerError
		case 2:
			w.Header().Set("Retry-After", "0")
			return http.StatusTooManyRequests
		}
		return 0
	})
	w := run(t, s, r.spec(t))
	samples(t, s, 0, 20)
	until(t, "taken", func() bool { return r.has(0, 20) })
	until(t, "mended", func() bool { return len(w.board.Conditions()) == 0 })
}

func TestSlowWebhookHoldsNobodyUp(t *testing.T) {
	s := storetest.SQLite(t)
	release := make(chan struct{})
	stuck := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	defer stuck.Close()
	defer close(release)
	path := filepath.Join(t.TempDir(), "out.jsonl")
	r := newReceiver(t, nil)
	w := run(t, s, spec(t, "webhook:"+stuck.URL), spec(t, "jsonl:"+path), r.spec(t))
	samples(t, s, 0, 30)
	until(t, "taken", func() bool { return r.has(0, 30) })
	until(t, "written", func() bool {
		got, _ := lines(t, path)
		return holdsInOrder(got, wanted(0, 30)) == nil
	})
	w.stop() // though a request is under way
}

func TestRedirectsAreNotFollowed(t *testing.T) {
	s := storetest.SQLite(t)
	other := newReceiver(t, nil)
	r := newReceiver(t, func(_ int, w http.ResponseWriter) int {
		w.Header().Set("Location", other.URL)
		return http.StatusTemporaryRedirect
	})
	w := run(t, s, r.spec(t))
	samples(t, s, 0, 1)
	until(t, "told", func() bool {
		c := w.board.Conditions()
		return len(c) == 1 && strings.Contains(c[0].Cause, "307") && !strings.Contains(c[0].Cause, "hush")
	})
	if other.asked != 0 {
		t.Error("it was followed")
	}
}

func TestWhatIsRefusedIsPassedOver(t *testing.T) {
	s := storetest.SQLite(t)
	r := newReceiver(t, nil)
	refusals := 0
	r.answer = func(int, http.ResponseWriter) int {
		if len(r.taken) == 3 && refusals < maxRefusals {
			refusals++
			return http.StatusUnprocessableEntity
		}
		return 0
	}
	run(t, s, r.spec(t))
	samples(t, s, 0, 6)
	until(t, "gone on", func() bool {
		r.mu.Lock()
		defer r.mu.Unlock()
		return len(r.taken) == 5 && r.taken[3] == storetest.Ref(4)
	})
}

func TestSessionThatChangesIsGivenAgain(t *testing.T) {
	s := storetest.SQLite(t)
	r := newReceiver(t, nil)
	run(t, s, r.spec(t))
	samples(t, s, 0, 1)
	until(t, "taken", func() bool { return r.has(0, 1) })
	p := storetest.Sample(0, 0)
	p.Revision = "41/9999/end"
	if _, err := s.Save(context.Background(), []store.Profile{p}); err != nil {
		t.Fatal(err)
	}
	until(t, "taken again", func() bool {
		r.mu.Lock()
		defer r.mu.Unlock()
		return len(r.taken) == 2 && r.ids[0] != r.ids[1] && !slices.Equal(r.bodies[:1], r.bodies[1:])
	})
}

func TestWaitsThatReceiversAskFor(t *testing.T) {
	now := time.Date(2026, 5, 8, 10, 0, 0, 0, time.UTC)
	h := &webhook{now: func() time.Time { return now }}
	for text, want := range map[string]time.Duration{
		"": 0, "7": 7 * time.Second, "-7": 0, "99999999999": longPause, "999999": longPause, "soon": 0,
		now.Add(9 * time.Second).Format(http.TimeFormat): 9 * time.Second, now.Add(-time.Hour).Format(http.TimeFormat): 0,
		now.Add(24 * time.Hour).Format(http.TimeFormat): longPause,
	} {
		if got := h.wait(text); got != want && !(text == "99999999999" && got == 0) {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
}
