package telnetd_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"gait/decoy/telnetd"
	"gait/decoy/visit"
)

var quick = telnetd.Limits{Delay: -1, Quiet: 100 * time.Millisecond}

const first = "\xff\xfb%\xff\xfb&\xff\xfd\x18\xff\xfd \xff\xfd#\xff\xfd'\xff\xfd$"

// What inetutils' telnetd and busybox's telnet said to each other.
func TestBusyboxNegotiation(t *testing.T) {
	h := open(t, telnetd.Limits{Delay: -1}, echo)
	c := h.dial()
	c.want(first)
	c.send("\xff\xfe%\xff\xfe&\xff\xfb\x18\xff\xfc \xff\xfc#\xff\xfc'\xff\xfc$")
	c.want("\xff\xfa\x18\x01\xff\xf0")
	c.send("\xff\xfa\x18\x00XTERM\xff\xf0")
	c.want("\xff\xfb\x03\xff\xfd\x01\xff\xfd\"\xff\xfd\x1f\xff\xfb\x05\xff\xfd!")
	c.send("\xff\xfd\x03\xff\xfc\x01\xff\xfc\"\xff\xfb\x1f\xff\xfa\x1f\x00P\x00\x18\xff\xf0\xff\xfe\x05\xff\xfc!")
	c.want("\xff\xfb\x01\xff\xfd\x06\xff\xfd\x00")
	c.send("\xff\xfd\x01\xff\xfc\x06\xff\xfc\x00")
	c.want("Debian GNU/Linux 12\r\nweb login: ")
	c.send("root\r\n")
	c.want("root\r\nPassword: ")
	c.send("wrong\r\n")
	c.want("\r\n\r\nLogin incorrect\r\nweb login: ")
	c.send("rooo\x7ft\x01\x7f\r\x00")
	c.want("rooo\b \bt^A\b \b\b \b\r\nPassword: ")
	c.send("open\r\n")
	c.want("\r\n# ")
	c.send("exit\r\n")
	tp := h.tape()
	tp.end(t)
	if tp.reason != "exit" || tp.header.Width != 80 || tp.header.Height != 24 || tp.header.Env[1].Value != "xterm" {
		t.Errorf("recorded %q, %+v", tp.reason, tp.header)
	}
	if got := string(slices.Concat(tp.inputs...)); got != "exit\r" {
		t.Errorf("recorded input %q", got)
	}
	if got := tp.out.String(); got != "# exit\r\n" {
		t.Errorf("recorded output %q", got)
	}
	if got := h.Texts(visit.Auth); !slices.Equal(got, []string{"wrong", "open"}) {
		t.Errorf("caught %q", got)
	}
}

// What inetutils' telnetd and telnet said to each other.
func TestInetutilsNegotiation(t *testing.T) {
	h := open(t, telnetd.Limits{Delay: -1}, echo)
	c := h.dial()
	c.want(first)
	c.send("\xff\xfd%\xff\xfd&\xff\xfa&\x01\xff\xf0\xff\xfb\x18\xff\xfb \xff\xfc#\xff\xfb'\xff\xfc$")
	c.want("\xff\xfa \x01\xff\xf0\xff\xfa'\x01\xff\xf0\xff\xfa\x18\x01\xff\xf0")
	c.send("\xff\xfa \x0038400,38400\xff\xf0\xff\xfa'\x00\x00LANG\x01de\x03X\x01\x02\x03y\xff\xf0\xff\xfa\x18\x00XTERM\xff\xf0")
	c.want("\xff\xfb\x03\xff\xfd\x01\xff\xfd\"\xff\xfd\x1f\xff\xfb\x05\xff\xfd!")
	c.send("\xff\xfd\x03\xff\xfc\x01\xff\xfb\"\xff\xfa\"\x03\x01\x00\x00\x03b\x03\xff\xf0\xff\xfb\x1f\xff\xfa\x1f\x00\x84\x00\xff\xff\xff\xf0\xff\xfd\x05\xff\xfb!")
	c.want("\xff\xfa\"\x01\x03\xff\xf0\x00")
	c.send("\xff\xfa\"\x01\x07\xff\xf0")
	c.want("\xff\xfa!\x03\xff\xf0\x00\xff\xfb\x01\xff\xfd\x00\xff\xfe\"")
	c.send("\xff\xfd\x01\xff\xfb\x00\xff\xfc\"")
	c.want("Debian GNU/Linux 12\r\nweb login: ")
	c.send("root\r")
	c.want("root\r\nPassword: ")
	c.send("open\r")
	c.want("\r\n# ")
	tp := h.tape()
	if tp.header.Width != 132 || tp.header.Height != 255 {
		t.Errorf("size %dx%d", tp.header.Width, tp.header.Height)
	}
	if got := h.Texts(visit.Environ); !slices.Equal(got, []string{"LANG=de", "X=\x03y"}) {
		t.Errorf("environment %q", got)
	}
	c.Close()
	tp.end(t)
	if tp.reason != "hangup" {
		t.Errorf("reason %q", tp.reason)
	}
}

// A client that refuses everything is served, character by character.
func TestRefusals(t *testing.T) {
	h := open(t, quick, echo)
	c := h.dial()
	c.want(first)
	c.send("\xff\xfc\x18\xff\xfc \xff\xfc#\xff\xfc'\xff\xfc$")
	c.want("\xff\xfb\x03\xff\xfd\x01\xff\xfd\"\xff\xfd\x1f\xff\xfb\x05\xff\xfd!")
	c.send("\xff\xfe\x03\xff\xfc\x01\xff\xfc\"\xff\xfc\x1f\xff\xfe\x05\xff\xfc!")
	c.until("web login: ")
	c.send("ro\xff\xf6")
	c.want("\r\n[Yes]\r\nro")
	c.send("\xff\xfd\x06\xff\xfb\x63\xff\xfd\x63")
	c.want("\xff\xfb\x06\xff\xfe\x63\xff\xfc\x63")
	c.send("\xff\xf8")
	c.want("\b \b\b \b")
	c.send("\xff\xf4")
	if rest, err := io.ReadAll(c); len(rest) > 0 || err != nil {
		t.Errorf("got %q, %v after ^C", rest, err)
	}
}

// Bots send plain lines without a look at options.
func TestBotThatSendsEverythingAtOnce(t *testing.T) {
	h := open(t, telnetd.Limits{Quiet: time.Hour, Login: time.Hour}, echo)
	c := h.dial()
	began := time.Now()
	c.send("root\r\nopen\r\nid\r\nexit\r\n")
	c.until("got \"id\\n\"\r\n# ")
	if d := time.Since(began); d > time.Minute {
		t.Errorf("it took %v", d)
	}
	tp := h.tape()
	tp.end(t)
	if got := string(slices.Concat(tp.inputs...)); got != "id\rexit\r" {
		t.Errorf("recorded %q", got)
	}
}

func TestBotThatWaitsForPrompts(t *testing.T) {
	h := open(t, quick, echo)
	c := h.dial()
	c.until("login: ")
	c.send("root\n")
	c.until("Password: ")
	c.send("open\n")
	c.until("# ")
	c.send("\xff\xfb\x1f\xff\xfa\x1f\x00\x50\x00\x18\xff\xf0id\n")
	c.until("got \"id\\n\"\r\n# ")
	tp := h.tape()
	c.Close()
	tp.end(t)
	if !slices.Equal(tp.sizes, []string{"80x24"}) {
		t.Errorf("sizes %q", tp.sizes)
	}
}

// enter logs in without options.
func (h *house) enter() (client, *tape) {
	h.t.Helper()
	c := h.dial()
	c.send("root\r\nopen\r\n")
	tp := h.tape()
	return c, tp
}

// Every byte comes to the shell and into the recording as it was typed, and
// every byte of output to the client.
func TestAllBytes(t *testing.T) {
	var all, sent []byte
	for b := range 256 {
		all = append(all, byte(b))
		switch sent = append(sent, byte(b)); b {
		case 255:
			sent = append(sent, 255)
		case '\r':
			sent = append(sent, 0)
		}
	}
	read := make(chan []byte, 1)
	h := open(t, quick, func(_ context.Context, s visit.Session) int {
		s.Terminal.SetMode(visit.Mode{Raw: true})
		io.WriteString(s.Stdout, "ready")
		got := make([]byte, 256)
		io.ReadFull(s.Stdin, got)
		read <- got
		s.Stdout.Write(got)
		return 0
	})
	c, tp := h.enter()
	c.until("ready")
	c.send(string(sent))
	if got := <-read; !bytes.Equal(got, bytes.Replace(all, []byte{'\r'}, []byte{'\n'}, 1)) {
		t.Errorf("the shell read %q", got)
	}
	tp.end(t)
	if got := slices.Concat(tp.inputs...); !bytes.Equal(got, all) {
		t.Errorf("recorded %q", got)
	}
	rest, _ := io.ReadAll(c)
	if !bytes.Equal(rest, bytes.Replace(sent, []byte{'\r', 0}, []byte{'\n'}, 1)) {
		t.Errorf("the client got %q", rest)
	}
}

// What one segment holds is one event, and times are those of arrival.
func TestEvents(t *testing.T) {
	h := open(t, quick, echo)
	c, tp := h.enter()
	c.until("# ")
	var sent, seen []time.Time
	for _, s := range []string{"a", "bc", "\xff\xff", "d"} {
		sent = append(sent, time.Now())
		c.send(s)
		c.want(s)
		seen = append(seen, time.Now())
		c.send("\xff\xf1")
	}
	c.Close()
	tp.end(t)
	if got := fmt.Sprintf("%q", tp.inputs); got != `["a" "bc" "\xff" "d"]` {
		t.Fatalf("events %s", got)
	}
	for i, at := range tp.times {
		if when := tp.header.Start.Add(at); when.Before(sent[i]) || when.After(seen[i]) {
			t.Errorf("event %d was sent at %v, came at %v, was answered at %v", i, sent[i], when, seen[i])
		}
	}
}

func TestCommandsStandForKeys(t *testing.T) {
	read := make(chan string, 1)
	h := open(t, quick, func(_ context.Context, s visit.Session) int {
		s.Terminal.SetMode(visit.Mode{})
		io.WriteString(s.Stdout, "ready")
		got := make([]byte, 7)
		io.ReadFull(s.Stdin, got)
		read <- string(got)
		return 0
	})
	c, _ := h.enter()
	c.until("ready")
	c.send("\xff\xf4\xff\xf3\xff\xee\xff\xed\xff\xec\xff\xf7\xff\xf8")
	if got := <-read; got != "\x03\x1c\x1c\x1a\x04\x7f\x15" {
		t.Errorf("read %q", got)
	}
}

func TestTries(t *testing.T) {
	h := open(t, telnetd.Limits{Delay: -1, Quiet: time.Millisecond, Tries: 2}, echo)
	c := h.dial()
	c.send("a\r\nb\r\nc\r\nd\r\n")
	got, _ := io.ReadAll(c)
	if !strings.HasSuffix(string(got), "\r\n\r\nLogin incorrect\r\nMaximum number of tries exceeded (2)\r\n") {
		t.Errorf("got %q", got)
	}
	if users := h.Texts(visit.Auth); len(users) != 2 {
		t.Errorf("caught %q", users)
	}
}

func TestLoginTimesOut(t *testing.T) {
	h := open(t, telnetd.Limits{Login: 300 * time.Millisecond, Quiet: time.Millisecond}, echo)
	c := h.dial()
	got, _ := io.ReadAll(c)
	if !strings.HasSuffix(string(got), "web login: \r\nLogin timed out after 0 seconds.\r\n") {
		t.Errorf("got %q", got)
	}
}

func TestNameFromTheEnvironment(t *testing.T) {
	for user, prompt := range map[string]string{"bob": "Password: ", "-f root": "web login: "} {
		h := open(t, quick, echo)
		c := h.dial()
		c.send("\xff\xfc\x18\xff\xfc \xff\xfc#\xff\xfb'\xff\xfc$\xff\xfa'\x00\x00USER\x01" + user + "\xff\xf0")
		if got := c.until(prompt); strings.Count(got, ": ") != 1 {
			t.Errorf("got %q", got)
		}
	}
}
