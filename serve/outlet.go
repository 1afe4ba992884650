package serve

import (
	"bytes"
	"context"
	"errors"
	"net"
	"net/http"
	"runtime/debug"
	"time"
)

// outlet is where a stream goes.
type outlet interface {
	Write(b []byte) (int, error)
	// Flush sends what was written.
	Flush() error
	SetWriteDeadline(t time.Time) error
}

// bare is a connection that was taken over from the server.
type bare struct{ net.Conn }

// Flush does nothing: what is written is sent at once.
func (bare) Flush() error { return nil }

// answering is the answer of a server, for HTTP/2.
type answering struct {
	http.ResponseWriter
	*http.ResponseController
}

// Flush sends what was written.
func (a answering) Flush() error { return a.ResponseController.Flush() }

// serve sends the header and feeds the client. A connection of HTTP/1 is taken
// over, and fed by a goroutine that holds nothing else: what the server keeps
// for a request is ten times what a client needs that waits. Such an answer
// ends with its connection, as HTTP allows.
func (t *stream) serve(r *http.Request, w http.ResponseWriter, ready <-chan struct{}) {
	h := w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store, no-transform")
	h.Set("X-Accel-Buffering", "no")
	control := http.NewResponseController(w)
	var conn net.Conn
	var err error = http.ErrNotSupported
	if r.ProtoMajor == 1 && r.Method != http.MethodHead {
		conn, _, err = control.Hijack()
	}
	switch {
	case err == nil:
		t.take(conn, h, ready)
	case r.Method == http.MethodHead:
		t.live.leave()
	default:
		defer t.live.leave()
		t.out = answering{w, control}
		t.answer(r, w, ready)
	}
}

// answer feeds the client by the server's own means.
func (t *stream) answer(r *http.Request, w http.ResponseWriter, ready <-chan struct{}) {
	// The time to read the request is over; what is read from here on tells
	// that the client goes away.
	if err := http.NewResponseController(w).SetReadDeadline(time.Time{}); err != nil && !errors.Is(err, http.ErrNotSupported) {
		t.live.log.Debug("read deadline", "err", err)
	}
	w.WriteHeader(http.StatusOK)
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	defer context.AfterFunc(t.live.ctx, cancel)()
	if t.begin(ctx, ready) {
		t.run(ctx)
	}
}

// take feeds the client over a connection that was taken over. It begins here,
// and goes on in a goroutine of its own with a small stack.
func (t *stream) take(conn net.Conn, h http.Header, ready <-chan struct{}) {
	t.out = bare{conn}
	h.Set("Connection", "close")
	h.Set("Date", time.Now().UTC().Format(http.TimeFormat))
	begun := false
	defer func() {
		if !begun {
			t.end(conn)
		}
	}()
	if begun = t.send(head(h)) && t.begin(t.live.ctx, ready); !begun {
		return
	}
	t.batch = batch{}
	go func() {
		defer t.end(conn)
		t.run(t.live.ctx)
	}()
}

// end closes a connection that was taken over.
func (t *stream) end(conn net.Conn) {
	if p := recover(); p != nil {
		t.live.log.Error("live events failed", "panic", p, "stack", string(debug.Stack()))
	}
	conn.Close()
	t.live.leave()
}

// head writes the head of an answer.
func head(h http.Header) []byte {
	b := bytes.NewBufferString("HTTP/1.1 200 OK\r\n")
	_ = h.Write(b) // a buffer takes everything
	b.WriteString("\r\n")
	return b.Bytes()
}
