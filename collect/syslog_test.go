package collect

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gait/store"
)

func TestSyslogFilesAreFollowedThroughRotation(t *testing.T) {
	w := newWorld(t)
	log, heard := w.syslogFile(t)
	said := 0
	speak := func() string {
		said++
		return announcement{decoy: "web-01", n: said}.line()
	}
	known := func(n int) {
		t.Helper()
		for i := 1; i <= n; i++ {
			w.waitRow(t, pendingOf("web-01", i), nil)
		}
	}
	say(t, log, speak()+"no syslog\n"+strings.Repeat("x", 200<<10)+"\n"+speak())
	w.start(t, heard)
	known(2)
	half := speak()
	say(t, log, half[:40])
	say(t, log, half[40:])
	known(3)
	rename(t, log, log+".1")
	say(t, log+".1", speak()) // the writer has it open still
	known(4)
	say(t, log, speak())
	known(5)
	w.stop()
	// What was said while nobody listened, before and after a rotation.
	say(t, log, speak())
	rename(t, log+".1", log+".2")
	rename(t, log, log+".1")
	say(t, log, speak())
	w.start(t, heard)
	known(7)
	if n := w.count(t, "syslog_messages_total", "recorded"); n != 2 {
		t.Errorf("%v lines were read again", n-2)
	}
	if err := os.WriteFile(log, []byte(speak()), 0o644); err != nil { // emptied and begun anew
		t.Fatal(err)
	}
	known(7)
}

func rename(t *testing.T, from, to string) {
	t.Helper()
	if err := os.Rename(from, to); err != nil {
		t.Fatal(err)
	}
}

func TestSyslogFileThatIsNone(t *testing.T) {
	w := newWorld(t)
	log, heard := w.syslogFile(t)
	if err := os.Mkdir(log, 0o755); err != nil {
		t.Fatal(err)
	}
	w.start(t, heard)
	wait(t, "a warning", func() bool { return w.log.lines("level=WARN", "no regular file") == 1 })
	if err := os.Remove(log); err != nil {
		t.Fatal(err)
	}
	say(t, log, announcement{decoy: "web-01", n: 1}.line())
	w.waitRow(t, pendingOf("web-01", 1), nil)
}

// listen starts a collector with one listener and gives where it listens.
func (w *world) listen(t *testing.T, at string, change ...func(*Options)) net.Addr {
	t.Helper()
	opt := w.opt
	opt.Syslog = []string{at}
	for _, f := range change {
		f(&opt)
	}
	opened := make(chan net.Addr, 2)
	c, err := New(opt)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range c.sources {
		if l, ok := s.(*listener); ok {
			l.opened = func(a net.Addr) { opened <- a }
		}
	}
	runUntilEnd(t, w, c)
	select {
	case a := <-opened:
		return a
	case <-time.After(30 * time.Second):
		t.Fatal("it does not listen")
	}
	return nil
}

func TestSyslogListeners(t *testing.T) {
	dir := t.TempDir()
	for i, x := range []struct{ at, network, framing string }{
		{"udp://127.0.0.1:0", "udp", "%s"},
		{"tcp://127.0.0.1:0", "tcp", "%s\n"},
		{"tcp://127.0.0.1:0", "tcp", "counted"},
		{"unix:" + filepath.Join(dir, "log"), "unixgram", "%s\n"},
		{"unix:" + filepath.Join(dir, "other"), "unix", "%s\n"},
	} {
		w := newWorld(t)
		a := w.listen(t, x.at)
		at := a.String()
		if x.network == "unix" {
			at += ".stream"
		}
		var c net.Conn
		wait(t, "a connection", func() (ok bool) {
			var err error
			c, err = net.Dial(x.network, at)
			return err == nil
		})
		for n := range 3 {
			line := strings.TrimSpace(announcement{decoy: "web-01", n: n}.line())
			text := fmt.Sprintf(strings.Replace(x.framing, "counted", "%[2]d %[1]s", 1), line, len(line))
			if !strings.Contains(x.framing, "counted") {
				text = fmt.Sprintf(x.framing, line)
			}
			if _, err := c.Write([]byte(text)); err != nil {
				t.Fatal(err)
			}
		}
		for n := range 3 {
			w.waitRow(t, pendingOf("web-01", n), nil)
		}
		c.Close()
		w.stop()
		if i > 2 { // the sockets are there still, and are taken over
			if _, err := os.Lstat(a.String()); err == nil {
				w.listen(t, x.at)
				w.stop()
			}
		}
	}
}

func TestSyslogOfStrangersIsPassedOver(t *testing.T) {
	w := newWorld(t)
	a := w.listen(t, "udp://127.0.0.1:0", func(o *Options) { o.SyslogAllow = []string{"192.0.2.1", "127.0.0.2=web-07"} })
	send := func(from string, n int) {
		t.Helper()
		d := net.Dialer{LocalAddr: &net.UDPAddr{IP: net.ParseIP(from)}}
		c, err := d.Dial("udp", a.String())
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if _, err := c.Write([]byte(announcement{decoy: "web-01", n: n}.line())); err != nil {
			t.Fatal(err)
		}
	}
	send("127.0.0.1", 1)
	send("127.0.0.2", 2)
	w.waitRow(t, pendingOf("web-07", 2), nil) // a peer speaks for its own decoy alone
	if w.row(t, pendingOf("web-01", 1)).Ref != "" {
		t.Error("a stranger was believed")
	}
}

func TestNothingButASocketIsRemoved(t *testing.T) {
	path := filepath.Join(t.TempDir(), "precious")
	if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := unused(path, "unixgram"); err == nil {
		t.Error("a file was taken for a socket")
	}
	if _, err := os.Stat(path); err != nil {
		t.Error("a file was removed")
	}
}

func TestOptionsThatCannotBeUsed(t *testing.T) {
	w := newWorld(t)
	for name, change := range map[string]func(*Options){
		"none of file:PATH":  func(o *Options) { o.Syslog = []string{"http://x"} },
		"tcp without a port": func(o *Options) { o.Syslog = []string{"tcp://x"} },
		"can be no service":  func(o *Options) { o.Services = []string{"SSH"} },
		"cannot be used":     func(o *Options) { o.Shards = []string{"\xff"} },
		"is no ADDRESS":      func(o *Options) { o.SyslogAllow = []string{"x"} },
		"no store was given": func(o *Options) { o.Store = nil },
	} {
		opt := w.opt
		change(&opt)
		if _, err := New(opt); err == nil || name != "tcp without a port" && !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSyslogRejectsIDsThatNoRecorderWrites(t *testing.T) {
	w := newWorld(t)
	log, heard := w.syslogFile(t)
	good := announcement{decoy: "web-01", n: 1}.line()
	bad := []string{"../../../etc/passwd", "a/b", "a\x1b[2Jb", strings.Repeat("x", 65)}
	for _, id := range bad {
		say(t, log, strings.Replace(good, sid(1), id, 1))
	}
	say(t, log, good)
	w.start(t, heard)
	w.waitRow(t, pendingOf("web-01", 1), nil)
	page, err := w.store.Rejections(t.Context(), store.PageQuery{})
	if err != nil || len(page.Items) != len(bad) {
		t.Fatalf("%d events were rejected, error %v", len(page.Items), err)
	}
	for i, r := range page.Items { // the newest first
		if r.Reason != "unusable: "+badID || !strings.Contains(string(r.Payload), bad[len(bad)-1-i]) {
			t.Errorf("rejected %q because of %q", r.Payload, r.Reason)
		}
	}
	st, err := w.store.Stats(t.Context())
	if n := st.Sessions[store.Waiting]; err != nil || n != 1 || len(st.Sessions) != 1 {
		t.Errorf("sessions %v, error %v", st.Sessions, err)
	}
}
