package telnetd_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"testing"
	"time"

	"gait"
	"gait/decoy/telnetd"
	"gait/decoy/visit"
	"gait/decoy/visit/visittest"
)

// house is a server with a shell and a gate that note what they are given.
type house struct {
	t     *testing.T
	addr  string
	tapes chan *tape
	run   func(ctx context.Context, s visit.Session) int
	visittest.Events
}

func (h *house) Run(ctx context.Context, s visit.Session) int { return h.run(ctx, s) }

func (h *house) Admit(_ visit.Visitor, _, password string, _ int) bool { return password == "open" }
func (h *house) User(string) bool                                      { return true }

// tape notes what passes.
type tape struct {
	header gait.Header
	inputs [][]byte
	times  []time.Duration
	out    bytes.Buffer
	sizes  []string
	reason string
	ended  chan struct{}
}

func (t *tape) Input(at time.Duration, data []byte) {
	t.inputs = append(t.inputs, bytes.Clone(data))
	t.times = append(t.times, at)
}
func (t *tape) Output(_ time.Duration, data []byte) { t.out.Write(data) }
func (t *tape) Resize(_ time.Duration, cols, rows int) {
	t.sizes = append(t.sizes, fmt.Sprintf("%dx%d", cols, rows))
}
func (t *tape) End(_ time.Duration, reason string) {
	t.reason = reason
	close(t.ended)
}

// end waits for the end of the recording.
func (t *tape) end(test *testing.T) {
	test.Helper()
	select {
	case <-t.ended:
	case <-time.After(60 * time.Second):
		test.Fatal("the recording does not end")
	}
}

// echo is a shell that answers lines, and ends on "exit".
func echo(_ context.Context, s visit.Session) int {
	line := make([]byte, 4096)
	fmt.Fprint(s.Stdout, "# ")
	for {
		n, err := s.Stdin.Read(line)
		switch {
		case err != nil:
			return 1
		case string(line[:n]) == "exit\n":
			return 0
		}
		fmt.Fprintf(s.Stdout, "got %q\n# ", line[:n])
	}
}

// open starts a server.
func open(t *testing.T, limits telnetd.Limits, run func(context.Context, visit.Session) int) *house {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h := &house{t: t, addr: l.Addr().String(), tapes: make(chan *tape, 100), run: run}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() {
		done <- telnetd.Serve(ctx, telnetd.Options{
			Listeners: []net.Listener{l}, Host: func() string { return "web" }, Issue: "Debian GNU/Linux 12",
			Shell: h, Gate: h, Sink: h, Limits: limits,
			Begin: func(header gait.Header) visit.Tape {
				tp := &tape{header: header, ended: make(chan struct{})}
				h.tapes <- tp
				return tp
			},
		})
	}()
	t.Cleanup(func() {
		cancel()
		select {
		case err := <-done:
			if err != nil {
				t.Error(err)
			}
		case <-time.After(60 * time.Second):
			t.Error("the server does not end")
		}
	})
	return h
}

// tape gives the next recording.
func (h *house) tape() *tape {
	h.t.Helper()
	select {
	case tp := <-h.tapes:
		return tp
	case <-time.After(60 * time.Second):
		h.t.Fatal("no session began")
		return nil
	}
}

// client is a raw connection.
type client struct {
	t *testing.T
	net.Conn
}

func (h *house) dial() client {
	h.t.Helper()
	c, err := net.Dial("tcp", h.addr)
	if err != nil {
		h.t.Fatal(err)
	}
	h.t.Cleanup(func() { c.Close() })
	c.SetDeadline(time.Now().Add(60 * time.Second))
	return client{h.t, c}
}

func (c client) send(s string) {
	c.t.Helper()
	if _, err := io.WriteString(c, s); err != nil {
		c.t.Fatalf("send %q: %v", s, err)
	}
}

// want reads exactly what is expected.
func (c client) want(s string) {
	c.t.Helper()
	got := make([]byte, len(s))
	n, err := io.ReadFull(c, got)
	if string(got[:n]) != s {
		c.t.Fatalf("got %q, want %q (%v)", got[:n], s, err)
	}
}

// until reads up to a text.
func (c client) until(s string) string {
	c.t.Helper()
	var got []byte
	b := make([]byte, 1)
	for !bytes.HasSuffix(got, []byte(s)) {
		if _, err := c.Read(b); err != nil {
			c.t.Fatalf("got %q, no %q: %v", got, s, err)
		}
		got = append(got, b[0])
	}
	return string(got)
}
