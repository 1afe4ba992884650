package tty_test

import (
	"context"
	"errors"
	"io"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"

	"gait/decoy/tty"
	"gait/decoy/visit"
)

// client is the other end of a terminal: it types, and sees what is sent.
type client struct {
	t    *testing.T
	term *tty.TTY
	keys *io.PipeWriter

	mu   sync.Mutex
	seen strings.Builder
}

func (c *client) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.seen.Write(p)
}

// screen gives what was sent since it was asked last.
func (c *client) screen() string {
	synctest.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.seen.String()
	c.seen.Reset()
	return s
}

func (c *client) typed(s string) string {
	if _, err := io.WriteString(c.keys, s); err != nil {
		c.t.Errorf("type %q: %v", s, err)
	}
	return c.screen()
}

// read gives what a program could read now, "none" where it would wait and
// "eof" at the end of the file.
func (c *client) read() string {
	ctx, cancel := context.WithCancel(c.t.Context())
	cancel()
	buf := make([]byte, 8192)
	n, err := c.term.ReadEvent(ctx, buf)
	switch {
	case errors.Is(err, context.Canceled):
		return "none"
	case err == io.EOF:
		return "eof"
	}
	return string(buf[:n])
}

// open makes a terminal in a bubble of its own.
func open(t *testing.T, f func(c *client)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		in, keys := io.Pipe()
		c := &client{t: t, keys: keys}
		c.term = tty.New(in, c, "xterm", visit.Size{Cols: 80, Rows: 24})
		f(c)
		keys.Close()
		synctest.Wait()
		select {
		case <-c.term.Closed():
		default:
			t.Error("the end of input is not a hangup")
		}
	})
}

// What Linux does: each step was typed at once on a pseudo-terminal, and what
// came back and what a program could read was noted.
var lines = []struct{ typed, screen, read string }{
	{"abc", "abc", "none"},
	{"\x7f", "\b \b", "none"},
	{"a\tb\x7f\x7f", "a\tb\b \b\b\b\b\b\b", "none"},
	{"\x01\x7f", "^A\b \b\b \b", "none"},
	{"foo bar\x17", "foo bar\b \b\b \b\b \b", "none"},
	{"é\x7f", "é\b \b", "none"},
	{"\x15", strings.Repeat("\b \b", 7), "none"},
	{"\x16\x03x\x12", "^\b^Cx^R\r\n^Cx", "none"},
	{"\x08\x00\x1b[A", "^H^@^[[A", "none"},
	{"xx\x03", "^C", "none"},
	{"yy\r", "yy\r\n", "yy\n"},
	{"ab\x16\n", "ab^\b^J", "none"},
	{"c\n", "c\r\n", "ab\nc\n"},
	{"p\x04", "p", "p"},
	{"\x04", "", "eof"},
	{"q\x04r\n", "qr\r\n", "q"},
	{"", "", "r\n"},
	{"\x1a\x1c", "^\\", "none"},
	{"\x13abc", "", "none"},
	{"\x11", "abc", "none"},
	{"\n", "\r\n", "abc\n"},
	{"\x0b\x0c\x0f\n", "^K^L^O\r\n", "\x0b\x0c\x0f\n"},
	{"a\x16", "a^\b", "none"},
	{"\x04", "^D", "none"},
	{"\n", "\r\n", "a\x04\n"},
	{"\xc3\xa9\xe4\xb8\xad\x7f\x7f\x7f", "é中\b \b\b \b", "none"},
	{"\xa9\x7f\x15\n", "\xa9\r\n", "\xa9\n"},
	{"a\xff\x80\x7f\n", "a\xff\x80\b \b\r\n", "a\n"},
	{"foo.bar baz-- \x17\x17\x17\x17", "foo.bar baz-- " + strings.Repeat("\b \b", 14), "none"},
	{"\ta\tb\x15", "\ta\tb\b \b\b\b\b\b\b\b\b\b \b\b\b\b\b\b\b\b\b", "none"},
	{strings.Repeat("x", 5000), strings.Repeat("x", 5000), "none"},
	{"yz", "yz", "none"},
	{"\n", "\r\n", strings.Repeat("x", 4095) + "\n"},
}

func TestLines(t *testing.T) {
	open(t, func(c *client) {
		for _, l := range lines {
			screen := c.screen()
			if l.typed != "" {
				screen = c.typed(l.typed)
			}
			if screen != l.screen {
				t.Errorf("%.40q: screen %.60q, want %.60q", l.typed, screen, l.screen)
			}
			if got := c.read(); got != l.read {
				t.Errorf("%.40q: read %.60q, want %.60q", l.typed, got, l.read)
			}
		}
	})
}

func TestModes(t *testing.T) {
	open(t, func(c *client) {
		check := func(what, got, want string) {
			t.Helper()
			if got != want {
				t.Errorf("%s: %q, want %q", what, got, want)
			}
		}
		check("echo", c.typed("half"), "half")
		old := c.term.SetMode(visit.Mode{Signals: true})
		if old != visit.Cooked {
			t.Errorf("a new terminal has mode %+v", old)
		}
		check("what was typed before", c.read(), "half")
		check("no echo", c.typed("more\x7f\x16\x04\r"), "")
		check("bytes", c.read(), "more\x7f\x16\x04\n")
		c.typed("left")
		c.term.SetMode(old)
		check("back to lines", c.read(), "left")
		check("new line", c.typed("\n"), "\r\n")
		check("new line", c.read(), "\n")
		c.term.SetMode(visit.Mode{Signals: true, Echo: true})
		check("echo of bytes", c.typed("a\r\n\x7f\t\x01\x16q"), "a\r\n^J^?\t^A^Vq")
		check("bytes", c.read(), "a\n\n\x7f\t\x01\x16q")
		c.term.SetMode(visit.Mode{Raw: true})
		c.typed("\x03\x1a\x13")
		check("signals are bytes", c.read(), "\x03\x1a\x13")
		io.WriteString(c.term, "a\nb")
		check("raw output", c.screen(), "a\nb")
		c.term.SetMode(visit.Mode{Canonical: true, Signals: true})
		check("a password is not shown", c.typed("secreu\x7ft\r"), "")
		check("a password is read", c.read(), "secret\n")
		check("kill without echo", c.typed("abc\x15d\x17e\n"), "")
		check("kill without echo", c.read(), "e\n")
	})
}

func TestSignals(t *testing.T) {
	open(t, func(c *client) {
		next := func(want visit.Signal) {
			t.Helper()
			select {
			case got := <-c.term.Signals():
				if got != want {
					t.Errorf("signal %d, want %d", got, want)
				}
			default:
				t.Errorf("no signal, want %d", want)
			}
		}
		c.typed("rm -rf\x03")
		next(visit.SIGINT)
		c.typed("\x1c")
		next(visit.SIGQUIT)
		c.typed("\x1a")
		next(visit.SIGTSTP)
		c.term.Resize(visit.Size{Cols: 80, Rows: 24})
		c.term.Resize(visit.Size{Cols: 132, Rows: 50})
		next(visit.SIGWINCH)
		if got := c.term.Size(); got != (visit.Size{Cols: 132, Rows: 50}) {
			t.Errorf("size %v", got)
		}
		for range 100 {
			c.typed("\x03")
		}
		c.term.Hangup()
		c.term.Hangup()
		last := visit.Signal(0)
		for len(c.term.Signals()) > 0 {
			last = <-c.term.Signals()
		}
		if last != visit.SIGHUP {
			t.Errorf("last signal %d", last)
		}
		if got := c.read(); got != "eof" {
			t.Errorf("read after a hangup: %q", got)
		}
		if _, err := c.term.Write([]byte("x")); !errors.Is(err, syscall.EIO) {
			t.Errorf("write after a hangup: %v", err)
		}
		io.WriteString(c.keys, "x")
	})
}

// A program that never reads can be interrupted, and what was typed for it
// before is not lost otherwise.
func TestFull(t *testing.T) {
	open(t, func(c *client) {
		c.term.SetMode(visit.Mode{Signals: true})
		c.typed(strings.Repeat("0123456789", 2000))
		var got strings.Builder
		for s := c.read(); s != "none"; s = c.read() {
			got.WriteString(s)
		}
		if got.String() != strings.Repeat("0123456789", 2000) {
			t.Errorf("%d bytes of 20000", got.Len())
		}
		c.typed(strings.Repeat("y", 20000))
		c.typed("\x03z")
		select {
		case s := <-c.term.Signals():
			if s != visit.SIGINT {
				t.Errorf("signal %d", s)
			}
		default:
			t.Error("no signal while the queue is full")
		}
		if s := c.read(); s != "z" {
			t.Errorf("read %.20q after ^C", s)
		}
		c.term.SetMode(visit.Cooked)
		c.typed(strings.Repeat("ls\r", 3000))
		for range 3000 {
			if s := c.read(); s != "ls\n" {
				t.Fatalf("read %q", s)
			}
		}
	})
}

// stuck is a client that does not take what is sent.
type stuck struct{ free chan struct{} }

func (s stuck) Write(p []byte) (int, error) {
	<-s.free
	return len(p), nil
}

func TestInterruptWhileOutputIsStuck(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		in, keys := io.Pipe()
		free := make(chan struct{})
		term := tty.New(in, stuck{free}, "xterm", visit.Size{})
		go io.WriteString(term, strings.Repeat("y\n", 5000))
		for range 3 {
			io.WriteString(keys, "abc\x03")
			synctest.Wait()
			if s := <-term.Signals(); s != visit.SIGINT {
				t.Errorf("signal %d", s)
			}
		}
		close(free)
		keys.Close()
	})
}

func TestWaitingReader(t *testing.T) {
	open(t, func(c *client) {
		lines := make(chan string)
		go func() {
			buf := make([]byte, 4)
			for {
				n, err := c.term.Read(buf)
				if err != nil {
					close(lines)
					return
				}
				lines <- string(buf[:n])
			}
		}()
		c.typed("id\runame\r")
		for _, want := range []string{"id\n", "unam", "e\n"} {
			if got := <-lines; got != want {
				t.Errorf("read %q, want %q", got, want)
			}
		}
		c.term.Resize(visit.Size{Cols: 1, Rows: 1})
		ctx, cancel := context.WithCancel(context.Background())
		if _, err := c.term.ReadEvent(ctx, make([]byte, 1)); err != tty.ErrResized {
			t.Errorf("error %v after a resize", err)
		}
		cancel()
		c.term.Hangup()
		if _, open := <-lines; open {
			t.Error("a reader that waits does not see the hangup")
		}
	})
}

func FuzzInput(f *testing.F) {
	for _, l := range lines {
		f.Add([]byte(l.typed), true, true)
	}
	f.Fuzz(func(t *testing.T, data []byte, canonical, echo bool) {
		open(t, func(c *client) {
			c.term.SetMode(visit.Mode{Canonical: canonical, Echo: echo, Signals: true})
			if len(data) == 0 {
				return
			}
			c.typed(string(data))
			c.read()
			c.term.SetMode(visit.Mode{Canonical: !canonical, Echo: echo})
			for range 10 {
				if s := c.read(); s == "none" {
					break
				}
			}
		})
	})
}
