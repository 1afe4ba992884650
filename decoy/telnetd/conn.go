package telnetd

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"gait/decoy/tty"
	"gait/decoy/visit"
	"gait/internal/address"
)

// conn is one connection.
type conn struct {
	*server
	w     *wire
	dec   decoder
	opts  options
	who   visit.Visitor
	raw   []byte
	typed []byte        // decoded and not taken yet
	at    time.Duration // when the last bytes came, since the connection began
	until time.Time     // the login must be over
	cr    bool          // the last line of the login ended with a carriage return

	mu   sync.Mutex
	run  *run     // nil before the login
	term *tty.TTY // of the run
	gone string   // why nothing more comes; empty while it may
}

// packet is how much is read at once.
const packet = 2 << 10

// serve serves one connection.
func (s *server) serve(ctx context.Context, nc net.Conn) {
	w := newWire(nc, s.Limits.Idle)
	defer nc.Close()
	stop := context.AfterFunc(ctx, func() { nc.Close() })
	defer stop()
	inline(nc)
	c := &conn{server: s, w: w, raw: make([]byte, packet), until: w.began.Add(s.Limits.Login)}
	nc.SetDeadline(c.until)
	c.who = visit.Visitor{
		Connection: uuid.NewString(), Service: "telnet",
		Remote: address.Of(nc.RemoteAddr()), Local: address.Of(nc.LocalAddr()),
	}
	c.opts = options{
		out: w.answer, subs: map[byte]bool{}, resized: c.resized,
		told:    func(k visit.Kind, text string) { c.caught(k, text, nil) },
		setMode: func(recv, send bool) { c.dec.binary = recv; w.binary.Store(send) },
	}
	defer func() {
		if p := recover(); p != nil {
			s.Log.Error("telnet: a connection broke down", "stack", string(debug.Stack()))
		}
	}()
	c.caught(visit.Connected, "", nil)
	why := "exit"
	defer func() { c.caught(visit.Disconnected, why, nil) }()
	if err := c.enter(ctx); err != nil {
		why = reason(err)
		return
	}
	why = c.session(ctx)
}

// enter agrees on options and logs in.
func (c *conn) enter(ctx context.Context) error {
	if err := c.negotiate(); err != nil {
		return err
	}
	issue := c.Issue
	if issue != "" && !strings.HasSuffix(issue, "\n") {
		issue += "\n"
	}
	if err := c.say(issue); err != nil {
		return err
	}
	return c.login(ctx)
}

// say sends text, with the line ends of the network.
func (c *conn) say(s string) error {
	_, err := c.w.text([]byte(strings.ReplaceAll(s, "\n", "\r\n")))
	return err
}

// caught tells the sink of something.
func (c *conn) caught(k visit.Kind, text string, fields map[string]string) {
	if c.Sink != nil {
		c.Sink.Caught(visit.Event{Time: time.Now(), Kind: k, Visitor: c.who, Text: text, Fields: fields})
	}
}

// fill reads once from the socket. What was read is one event of the recording,
// where there is one.
func (c *conn) fill() error {
	n, err := c.w.Read(c.raw)
	at := time.Since(c.w.began)
	if n > 0 {
		c.at = at
		before := len(c.typed)
		c.typed = c.dec.decode(c.typed, c.raw[:n], c)
		if data := c.typed[before:]; len(data) > 0 {
			c.note(func(t visit.Tape, at time.Duration) { t.Input(at, data) }, at)
		}
		return nil
	}
	if err == nil {
		err = io.ErrNoProgress
	}
	return err
}

// Read gives a session what the client typed.
func (c *conn) Read(p []byte) (int, error) {
	for len(c.typed) == 0 {
		if err := c.fill(); err != nil {
			c.lost(err)
			return 0, err
		}
	}
	n := copy(p, c.typed)
	if c.typed = c.typed[n:]; len(c.typed) == 0 {
		c.typed = nil
	}
	return n, nil
}

// reason puts an error into the words of a recording.
func reason(err error) string {
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, errTries), errors.Is(err, errLate):
		return "limit"
	}
	return "hangup"
}

// option and sub are told by the decoder.
func (c *conn) option(verb, opt byte) { c.opts.option(verb, opt) }
func (c *conn) sub(p []byte)          { c.opts.sub(p) }

// command does what a command of the protocol asks for: some stand for keys.
func (c *conn) command(b byte) []byte {
	switch b {
	case ip:
		return []byte{interruptKey}
	case brk, abort:
		return []byte{quitKey}
	case susp:
		return []byte{suspendKey}
	case eof:
		return []byte{endKey}
	case ec:
		return []byte{erase}
	case el:
		return []byte{killKey}
	case ayt:
		c.w.answer([]byte("\r\n[Yes]\r\n")...)
	case ao:
		c.w.answer(iac, dm)
	}
	return nil
}
