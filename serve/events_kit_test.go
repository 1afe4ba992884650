package serve

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

// told is one event as a client sees it.
type told struct {
	id, typ string
	data    struct {
		V       int             `json:"v"`
		Type    string          `json:"type"`
		TS      float64         `json:"ts"`
		Payload json.RawMessage `json:"payload"`
	}
}

// listener is a client of a live stream.
type listener struct {
	resp   *http.Response
	r      *bufio.Reader
	cancel context.CancelFunc
	lastID string
	notes  int // comments
	retry  string
}

// listen opens a stream.
func listen(url, token, lastID string) (*listener, error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		cancel()
		return nil, err
	}
	r.Header.Set("Authorization", "Bearer "+token)
	if lastID != "" {
		r.Header.Set("Last-Event-ID", lastID)
	}
	resp, err := streams.RoundTrip(r)
	if err != nil {
		cancel()
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		body, _ := io.ReadAll(resp.Body)
		cancel()
		return nil, fmt.Errorf("%s: %s", resp.Status, body)
	}
	return &listener{resp: resp, r: bufio.NewReaderSize(resp.Body, 1024), cancel: cancel, lastID: lastID}, nil
}

// streams does not reuse connections, so that each client has its own.
var streams = &http.Transport{DisableKeepAlives: true, DisableCompression: true}

func (l *listener) close() {
	l.cancel()
	l.resp.Body.Close()
}

// next waits for an event.
func (l *listener) next() (told, error) {
	var e told
	for {
		line, err := l.r.ReadString('\n')
		if err != nil {
			return e, err
		}
		line = strings.TrimSuffix(line, "\n")
		name, value, _ := strings.Cut(line, ": ")
		switch {
		case line == "" && e.typ != "":
			if e.data.Type != e.typ || e.data.V != 1 || e.data.TS < 1e9 {
				return e, fmt.Errorf("event %+v", e)
			}
			if e.id != "" {
				l.lastID = e.id
			}
			return e, nil
		case line == "":
		case name == "id":
			e.id = value
		case name == "event":
			e.typ = value
		case name == "retry":
			l.retry = value
		case name == "data":
			if err := json.Unmarshal([]byte(value), &e.data); err != nil {
				return e, err
			}
		case strings.HasPrefix(line, ":"):
			l.notes++
		default:
			return e, fmt.Errorf("line %q", line)
		}
	}
}

// mustListen opens a stream that must open.
func mustListen(t testing.TB, x *site, path, lastID string) *listener {
	t.Helper()
	l, err := listen(x.url+path, x.viewer, lastID)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(l.close)
	return l
}

// want waits for an event of a type.
func (l *listener) want(t testing.TB, typ string) told {
	t.Helper()
	e, err := l.next()
	if err != nil || e.typ != typ {
		t.Fatalf("event %q %s (%v), want %s", e.typ, e.data.Payload, err, typ)
	}
	return e
}

// key names what an event tells: an observation of a revision, or a session of
// one.
func (e told) key() string {
	var p struct {
		ID       string `json:"id"`
		Ref      string `json:"evidence_ref"`
		Revision string `json:"revision"`
		Gait     struct {
			Revision string `json:"revision"`
		} `json:"gait"`
	}
	if json.Unmarshal(e.data.Payload, &p) != nil {
		return "?"
	}
	if e.typ == typeObservation {
		return p.ID + " " + p.Gait.Revision
	}
	return p.Ref + " " + p.Revision
}
