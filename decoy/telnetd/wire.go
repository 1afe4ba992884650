package telnetd

import (
	"bytes"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// wire is the socket of a connection. Answers of the protocol never wait for a
// program's output: while that is being sent, they are kept for later.
type wire struct {
	net.Conn
	began   time.Time
	idle    time.Duration
	touched atomic.Int64 // when the deadline was set, since began
	open    atomic.Bool  // logged in: from now on the idle time counts
	binary  atomic.Bool  // what is sent is not text

	mu      sync.Mutex
	free    sync.Cond
	busy    bool
	answers []byte
}

// mostAnswers is how many bytes of answers are kept for a client that does not
// take them; more are dropped.
const mostAnswers = 4 << 10

func newWire(c net.Conn, idle time.Duration) *wire {
	w := &wire{Conn: c, began: time.Now(), idle: idle}
	w.free.L = &w.mu
	return w
}

// login says that the login's time limit is over.
func (w *wire) login() {
	w.open.Store(true)
	w.touched.Store(int64(-w.idle))
	w.touch()
}

// touch says that something passed.
func (w *wire) touch() {
	now := time.Since(w.began)
	if w.open.Load() && now-time.Duration(w.touched.Load()) > w.idle/16 {
		w.touched.Store(int64(now))
		w.SetDeadline(w.began.Add(now + w.idle))
	}
}

// Read reads from the socket.
func (w *wire) Read(p []byte) (int, error) {
	n, err := w.Conn.Read(p)
	w.touch()
	return n, err
}

// answer sends bytes of the protocol, now or behind what is being sent.
func (w *wire) answer(b ...byte) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.answers)+len(b) <= mostAnswers {
		w.answers = append(w.answers, b...)
	}
	if !w.busy {
		w.send(nil)
	}
}

// text sends what a program wrote.
func (w *wire) text(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for w.busy {
		w.free.Wait()
	}
	if err := w.send(escape(p, w.binary.Load())); err != nil {
		return 0, err
	}
	return len(p), nil
}

// send sends answers, then b, then the answers that came meanwhile. The lock is
// held, and given up meanwhile.
func (w *wire) send(b []byte) error {
	w.busy = true
	defer func() {
		w.busy = false
		w.free.Signal()
	}()
	for {
		b = append(w.answers, b...)
		w.answers = nil
		if len(b) == 0 {
			return nil
		}
		w.mu.Unlock()
		_, err := w.Conn.Write(b)
		w.touch()
		w.mu.Lock()
		if err != nil {
			return err
		}
		b = nil
	}
}

// escape doubles bytes of 255 and, in text, puts a NUL behind a carriage return
// that no line feed follows.
func escape(p []byte, binary bool) []byte {
	if bytes.IndexByte(p, iac) < 0 && (binary || bytes.IndexByte(p, '\r') < 0) {
		return p
	}
	out := make([]byte, 0, len(p)+16)
	for i, c := range p {
		out = append(out, c)
		switch {
		case c == iac:
			out = append(out, iac)
		case c == '\r' && !binary && (i+1 == len(p) || p[i+1] != '\n'):
			out = append(out, 0)
		}
	}
	return out
}

var _ io.Reader = (*wire)(nil)
