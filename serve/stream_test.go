package serve

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"gait"
	"gait/serve/servetest"
	"gait/store"
	"gait/store/storetest"
)

func TestSnapshotThenChanges(t *testing.T) {
	st := storetest.SQLite(t)
	servetest.Save(t, st, servetest.Visit("typist", 1, "198.51.100.1"))
	x := newSite(t, st, Options{})
	l := mustListen(t, x, basePath+"/events", "")
	for name, want := range map[string]string{
		"Content-Type": "text/event-stream", "Cache-Control": "no-store, no-transform", "X-Accel-Buffering": "no", "Content-Encoding": "",
	} {
		if l.resp.Header.Get(name) != want {
			t.Errorf("%s: %q", name, l.resp.Header.Get(name))
		}
	}
	first := l.want(t, typeSnapshot)
	var state snapshot
	if err := json.Unmarshal(first.data.Payload, &state); err != nil || state.Store != st.ID() || len(state.Sessions) != 1 {
		t.Fatalf("%s, %v", first.data.Payload, err)
	}
	if first.id != fmt.Sprintf("%s-%d", st.ID(), state.Position) || l.retry == "" {
		t.Errorf("id %s, retry %s", first.id, l.retry)
	}
	saved := servetest.Save(t, st, servetest.Visit("paster", 2, "198.51.100.2"))[0]
	p, err := observedIn(t.Context(), st, saved.Ref)
	if err != nil {
		t.Fatal(err)
	}
	for i := range p {
		e := l.want(t, typeObservation)
		want := string(p[i].AppendJSON(nil, false))
		if string(e.data.Payload) != want || e.id != fmt.Sprintf("%s-%d", st.ID(), saved.Position-int64(len(p)-i)) {
			t.Fatalf("observation %d: id %s\n%s\n%s", i, e.id, e.data.Payload, want)
		}
	}
	e := l.want(t, typeSession)
	var s session
	if json.Unmarshal(e.data.Payload, &s) != nil || s.Ref != saved.Ref || s.State != "profiled" || e.id != fmt.Sprintf("%s-%d", st.ID(), saved.Position) {
		t.Errorf("%s %s", e.id, e.data.Payload)
	}
}

func TestStreamOfOneAttacker(t *testing.T) {
	st := storetest.SQLite(t)
	mine := servetest.Save(t, st, servetest.Visit("typist", 1, "198.51.100.1"))[0]
	x := newSite(t, st, Options{})
	l := mustListen(t, x, basePath+"/attackers/"+mine.Attacker+"/events", "")
	var state snapshot
	if e := l.want(t, typeSnapshot); json.Unmarshal(e.data.Payload, &state) != nil || state.Attacker == nil || state.Attacker.UUID != mine.Attacker || len(state.Latest) < 10 || len(state.Sessions) != 1 {
		t.Fatalf("%s", e.data.Payload)
	}
	servetest.Save(t, st, servetest.Visit("loader", 2, "198.51.100.2"))
	saved := servetest.Save(t, st, servetest.Visit("paster", 3, "198.51.100.1"))[0]
	for {
		e, err := l.next()
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(e.data.Payload), mine.Attacker) {
			t.Fatalf("of another: %s", e.data.Payload)
		}
		if e.typ == typeSession {
			if !strings.Contains(string(e.data.Payload), saved.Ref) {
				t.Fatalf("%s", e.data.Payload)
			}
			return
		}
	}
}

func TestBackfillIsNotShownAsLive(t *testing.T) {
	st := storetest.SQLite(t)
	x := newSite(t, st, Options{})
	l := mustListen(t, x, basePath+"/events", "")
	l.want(t, typeSnapshot)
	v := servetest.Visit("paster", 1, "198.51.100.1")
	o := store.Offer{Session: servetest.Profile(v).Session, Header: true}
	o.State, o.Backfill = store.Waiting, true
	if _, err := st.Offer(t.Context(), []store.Offer{o}, nil); err != nil {
		t.Fatal(err)
	}
	servetest.Save(t, st, v)
	if e := l.want(t, typeSession); !strings.Contains(string(e.data.Payload), `"backfill":true`) {
		t.Errorf("%s", e.data.Payload)
	}
}

func TestResume(t *testing.T) {
	st := storetest.SQLite(t)
	x := newSite(t, st, Options{})
	l := mustListen(t, x, basePath+"/events", "")
	l.want(t, typeSnapshot)
	servetest.Save(t, st, servetest.Visit("typist", 1, "198.51.100.1"), servetest.Visit("paster", 2, "198.51.100.2"))
	var all []told
	for sessions := 0; sessions < 2; {
		e, err := l.next()
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, e)
		if e.typ == typeSession {
			sessions++
		}
	}
	for _, i := range []int{0, 1, len(all) / 2, len(all) - 2} {
		for _, fresh := range []bool{false, true} { // from the ring, and from the store
			y := x
			if fresh {
				y = newSite(t, st, Options{Ring: 1})
			}
			again := mustListen(t, y, basePath+"/events", all[i].id)
			for _, want := range all[i+1:] {
				e, err := again.next()
				if err != nil || e.id != want.id || e.key() != want.key() {
					t.Fatalf("after %d, fresh %v: %s %s, %v", i, fresh, e.id, e.key(), err)
				}
			}
			again.close()
		}
	}
	byQuery := mustListen(t, x, basePath+"/events?last_event_id="+all[len(all)-2].id, "")
	if e := byQuery.want(t, typeSession); e.id != all[len(all)-1].id {
		t.Error(e.id)
	}
}

func TestIDsThatCannotBeGoneOnFrom(t *testing.T) {
	st := storetest.SQLite(t)
	servetest.Save(t, st, servetest.Visit("typist", 1, "198.51.100.1"))
	x := newSite(t, st, Options{})
	for _, id := range []string{
		"x", "-", st.ID(), st.ID() + "-", st.ID() + "-x", st.ID() + "-999999999", st.ID() + "--1", st.ID() + "-01", "other-1",
		st.ID() + "-99999999999999999999", strings.Repeat("9", 1000), "\u00e9",
	} {
		l := mustListen(t, x, basePath+"/events", id)
		if e := l.want(t, typeReset); e.id != "" || !strings.Contains(string(e.data.Payload), "reason") {
			t.Errorf("%q: %+v", id, e)
		}
		l.want(t, typeSnapshot)
		l.close()
	}
}

func TestKeepAlive(t *testing.T) {
	x := newSite(t, storetest.SQLite(t), Options{KeepAlive: 10 * time.Millisecond})
	l := mustListen(t, x, basePath+"/events", "")
	l.want(t, typeSnapshot)
	line := ""
	for !strings.HasPrefix(line, ":") {
		var err error
		if line, err = l.r.ReadString('\n'); err != nil {
			t.Fatal(err)
		}
	}
}

func TestStreamEndsWithItsToken(t *testing.T) {
	st := storetest.SQLite(t)
	x := newSite(t, st, Options{KeepAlive: 10 * time.Millisecond})
	l := mustListen(t, x, basePath+"/events", "")
	l.want(t, typeSnapshot)
	tokens, err := st.Tokens(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range tokens {
		if err := st.RevokeToken(t.Context(), k.Name); err != nil {
			t.Fatal(err)
		}
	}
	x.door.forget(Hash(x.viewer))
	if _, err := io.Copy(io.Discard, l.r); err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Error(err)
	}
}

func TestStreamsAreBounded(t *testing.T) {
	x := newSite(t, storetest.SQLite(t), Options{Streams: 1})
	l := mustListen(t, x, basePath+"/events", "")
	l.want(t, typeSnapshot)
	if resp, body := x.ask(t, http.MethodGet, basePath+"/events", x.viewer); resp.StatusCode != http.StatusServiceUnavailable || resp.Header.Get("Retry-After") == "" {
		t.Error(resp.Status, body)
	}
}

// deaf is a response that takes nothing.
type deaf struct {
	*httptest.ResponseRecorder
	limit int
}

// Write fails as a connection does whose client reads nothing.
func (d *deaf) Write(b []byte) (int, error) {
	if d.limit -= len(b); d.limit < 0 {
		return 0, errors.New("i/o timeout")
	}
	return d.ResponseRecorder.Write(b)
}

// Flush does nothing.
func (d *deaf) Flush() error { return nil }

// SetWriteDeadline does nothing.
func (d *deaf) SetWriteDeadline(time.Time) error { return nil }

func TestSlowClientIsCut(t *testing.T) {
	st := storetest.SQLite(t)
	s, err := New(Options{Store: st, Log: quiet})
	if err != nil {
		t.Fatal(err)
	}
	defer s.live.close()
	ready, err := s.live.join()
	if err != nil {
		t.Fatal(err)
	}
	w := &deaf{httptest.NewRecorder(), 4096}
	x := &stream{live: s.live, out: w, door: s.door}
	if err := x.locate(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		defer s.live.leave()
		if x.begin(t.Context(), ready) {
			x.run(t.Context())
		}
	}()
	for i := range 5 {
		servetest.Save(t, st, servetest.Visit("paster", i+1, "198.51.100.1"))
	}
	select {
	case <-ended:
	case <-time.After(60 * time.Second):
		t.Fatal("still fed")
	}
}

func TestClientThatFallsBehindTheRingIsCut(t *testing.T) {
	r := newRing(1000)
	r.begin(0)
	b := func(last int64) *block {
		return &block{last: last, text: make([]byte, 300), events: []eventEnd{{last, 300}}}
	}
	r.add([]*block{b(1), b(2)}, 2)
	var x batch
	r.take(&x, 0, "")
	if len(x.blocks) != 2 || x.next != 2 || x.wait == nil || x.behind {
		t.Fatalf("%+v", x)
	}
	r.add([]*block{b(3), b(4)}, 5)
	r.take(&x, 0, "")
	if !x.behind {
		t.Fatalf("%+v", x)
	}
	r.take(&x, r.since(), "")
	if x.behind || x.next != 5 || len(x.blocks) == 0 {
		t.Fatalf("%+v", x)
	}
	r.take(&x, 5, "")
	if len(x.blocks) != 0 || x.wait == nil {
		t.Fatalf("%+v", x)
	}
	r.take(&x, r.since(), "somebody")
	if len(x.blocks) != 0 || x.next != 5 {
		t.Fatalf("%+v", x)
	}
}

func TestSlowConnectionIsCut(t *testing.T) {
	st := storetest.SQLite(t)
	x := newSite(t, st, Options{SendWithin: 50 * time.Millisecond, KeepAlive: 20 * time.Millisecond})
	conn, err := net.Dial("tcp", strings.TrimPrefix(x.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.(*net.TCPConn).SetReadBuffer(1024); err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(conn, "GET %s/events HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\n\r\n", basePath, conn.RemoteAddr(), x.viewer)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	came := false
	for i := 1; !came || x.live.count() > 0; i++ {
		came = came || x.live.count() > 0
		var crowd []*gait.Session
		for j := range 20 {
			crowd = append(crowd, servetest.Visit("paster", i*20+j, "198.51.100.1"))
		}
		servetest.Save(t, st, crowd...)
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatal("a client that reads nothing is still connected")
		}
	}
}

func TestServerRestarts(t *testing.T) {
	st := storetest.SQLite(t)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	x, stop := startSite(t, st, Options{}, l)
	first := mustListen(t, x, basePath+"/events", "")
	first.want(t, typeSnapshot)
	servetest.Save(t, st, servetest.Visit("paster", 1, "198.51.100.1"))
	e := first.want(t, typeObservation)
	stop()
	if _, err := io.Copy(io.Discard, first.r); err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Error(err)
	}
	servetest.Save(t, st, servetest.Visit("paster", 2, "198.51.100.1"))
	l, err = net.Listen("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	y, stop := startSite(t, st, Options{}, l)
	defer stop()
	again := mustListen(t, y, basePath+"/events", e.id)
	position, _ := parseEventID(e.id, st.ID())
	for sessions := 0; sessions < 2; {
		e, err := again.next()
		if err != nil {
			t.Fatal(err)
		}
		position++
		if got, ok := parseEventID(e.id, st.ID()); !ok || got != position {
			t.Fatalf("%s, want position %d", e.id, position)
		}
		if e.typ == typeSession {
			sessions++
		}
	}
	other := storetest.SQLite(t)
	z := newSite(t, other, Options{})
	mustListen(t, z, basePath+"/events", e.id).want(t, typeReset)
}

func TestForgettingBeginsAnew(t *testing.T) {
	st := storetest.SQLite(t)
	mine := servetest.Save(t, st, servetest.Visit("typist", 1, "198.51.100.1"), servetest.Visit("paster", 2, "198.51.100.2"))
	x := newSite(t, st, Options{})
	all := mustListen(t, x, basePath+"/events", "")
	before := all.want(t, typeSnapshot)
	one := mustListen(t, x, basePath+"/attackers/"+mine[1].Attacker+"/events", "")
	one.want(t, typeSnapshot)
	gone := mustListen(t, x, basePath+"/attackers/"+mine[0].Attacker+"/events", "")
	gone.want(t, typeSnapshot)
	if _, err := st.Forget(t.Context(), store.Subject{Address: "198.51.100.1"}, false); err != nil {
		t.Fatal(err)
	}
	for _, l := range []*listener{all, one} {
		if e := l.want(t, typeReset); e.id != "" {
			t.Errorf("%+v", e)
		}
		if e := l.want(t, typeSnapshot); strings.Contains(string(e.data.Payload), "198.51.100.1") {
			t.Errorf("%s", e.data.Payload)
		}
	}
	gone.want(t, typeReset)
	if e, err := gone.next(); err == nil {
		t.Errorf("%+v", e)
	}
	again := mustListen(t, x, basePath+"/events", before.id)
	again.want(t, typeReset)
	again.want(t, typeSnapshot)
	servetest.Save(t, st, servetest.Visit("paster", 3, "198.51.100.2"))
	for _, l := range []*listener{all, one, again} {
		l.want(t, typeObservation)
	}
}
