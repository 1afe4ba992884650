package e2e

import (
	"bufio"
	"encoding/json"
	"maps"
	"net/http"
	"strings"
	"sync"
	"testing"

	"gait/internal/programtest"
)

// event is one of a live stream.
type event struct{ id, kind, data string }

// listener keeps what a live stream tells.
type listener struct {
	mu   sync.Mutex
	all  []event
	told map[string]bool // sessions, by their id
	err  error
}

// listen opens the live stream, and listens until the test ends or the stream
// does. The token is the system's own where none is given.
func (s *system) listen(token string) *listener {
	s.w.T.Helper()
	req, err := http.NewRequestWithContext(s.w.T.Context(), http.MethodGet, s.URL+"/api/v1/events", nil)
	if err != nil {
		s.w.T.Fatal(err)
	}
	if token == "" {
		token = s.Token
	}
	req.Header.Set("Authorization", "Bearer "+token)
	res, err := (&http.Transport{}).RoundTrip(req)
	if err != nil {
		s.w.T.Fatal(err)
	}
	if res.StatusCode != http.StatusOK {
		s.w.T.Fatalf("live stream: %s", res.Status)
	}
	l := &listener{told: map[string]bool{}}
	go func() {
		defer res.Body.Close()
		l.read(bufio.NewReader(res.Body))
	}()
	return l
}

// read reads events to the end of the stream.
func (l *listener) read(r *bufio.Reader) {
	var e event
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			l.mu.Lock()
			l.err = err
			l.mu.Unlock()
			return
		}
		line = strings.TrimSuffix(line, "\n")
		name, value, _ := strings.Cut(line, ": ")
		switch name {
		case "id":
			e.id = value
		case "event":
			e.kind = value
		case "data":
			e.data = value
		case "":
			if line == "" && e.kind != "" {
				l.note(e)
				e = event{}
			}
		}
	}
}

// note keeps an event.
func (l *listener) note(e event) {
	var x struct {
		Payload struct {
			ID string `json:"session_id"`
		} `json:"payload"`
	}
	err := json.Unmarshal([]byte(e.data), &x)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.err = err
	l.all = append(l.all, e)
	if e.kind == "session" && x.Payload.ID != "" {
		l.told[x.Payload.ID] = true
	}
}

// sessions gives the ids of the sessions that were told of.
func (l *listener) sessions() map[string]bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return maps.Clone(l.told)
}

// text is all that came.
func (l *listener) text() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var b strings.Builder
	for _, e := range l.all {
		b.WriteString(e.id + " " + e.kind + " " + e.data + "\n")
	}
	return b.String()
}

// await waits until so many sessions were told of.
func (l *listener) await(t testing.TB, n int) {
	t.Helper()
	programtest.Await(t, "the live stream to tell of all sessions", func() bool {
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.err != nil {
			t.Fatalf("the live stream ended: %v", l.err)
		}
		return len(l.told) >= n
	})
}
