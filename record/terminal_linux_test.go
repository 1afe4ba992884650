package record

import (
	"bytes"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"

	"gait"
)

func TestEveryByteBothWays(t *testing.T) {
	b := newBed(t)
	const size = 64 << 10
	x := sit(t, b.shell("-c", "stty raw -echo; printf ready; head -c 65536; exit 7"))
	x.want("ready")
	r := rand.New(rand.NewPCG(1, 2))
	all := make([]byte, size)
	for i := range all {
		all[i] = byte(r.Uint32())
	}
	for rest := all; len(rest) > 0; { // pieces of many sizes
		n := min(1+r.IntN(3000), len(rest))
		x.types(string(rest[:n]))
		rest = rest[n:]
	}
	text, code := x.rest()
	if text != string(all) || code != 7 {
		t.Errorf("%d bytes came back, exit %d", len(text), code)
	}
	s := b.session()
	if !bytes.Equal(s.Block(gait.Input), all) || string(s.Block(gait.Output)) != "ready"+text {
		t.Errorf("recorded: %d bytes in, %d out", len(s.Block(gait.Input)), len(s.Block(gait.Output)))
	}
	if s.End.Reason != endExit || s.Width != 80 || s.Height != 24 || len(s.Oddities) > 0 || s.Truncated != "" || s.SourceIP != "" {
		t.Errorf("%+v %v", s.Header, s.Oddities)
	}
	if got := b.log(); !strings.Contains(got, "sessrec - session_recorded [relay@55555 sid=\""+s.ID+"\" service=\"ssh\" src_ip=\"-\"") ||
		!strings.Contains(got, `bytes="131077" truncated="false"]`) {
		t.Errorf("log %s", got)
	}
}

func TestKeysHaveTheirTimes(t *testing.T) {
	b := newBed(t)
	x := sit(t, b.shell("-c", "stty raw -echo isig; printf ready; exec cat"))
	x.want("ready")
	var sent []time.Time
	for range 20 {
		sent = append(sent, time.Now())
		x.types("k")
		x.want("k")
	}
	x.types("\x03")
	x.rest()
	s := b.session()
	var at []time.Duration
	for _, e := range s.Events() {
		if e.Kind == gait.Input {
			at = append(at, e.Time)
		}
	}
	if len(at) != len(sent)+1 {
		t.Fatalf("%d events", len(at))
	}
	var off []time.Duration
	for i := range sent {
		off = append(off, (at[i] - at[0] - sent[i].Sub(sent[0])).Abs())
	}
	slices.Sort(off)
	if middle := off[len(off)/2]; middle > 20*time.Millisecond { // a busy machine holds up a few
		t.Errorf("keys are off by %v", middle)
	}
}

func TestSizeIsPassedOn(t *testing.T) {
	b := newBed(t)
	x := sit(t, b.shell("-c", "trap 'stty size; exit' WINCH; stty size; while :; do read -t 0.1 x || sleep 0.1; done"))
	x.want("24 80")
	x.sized(120, 40)
	x.want("40 120")
	x.rest()
	if s := b.session(); string(s.Block(gait.Resize)) != "120x40" {
		t.Errorf("%q", s.Block(gait.Resize))
	}
}

func TestJobControl(t *testing.T) {
	b := newBed(t)
	x := sit(t, b.shell("-i"))
	x.want("$ ")
	x.types("$BASH --norc -c 'trap \"echo contin\"\"ued\" CONT; echo beg''un; while :; do read -t 1 x; done; :'\r") // nothing that forks
	x.want("begun")
	x.types("\x1a")
	x.want("Stopped")
	x.want("$ ")
	x.types("fg\r")
	x.want("continued")
	x.types("\x03")
	x.want("$ ")
	x.types("echo after=$?.; tty; exit 3\r")
	x.want("after=130.")
	x.want("/dev/pts/")
	if _, code := x.rest(); code != 3 {
		t.Errorf("exit %d", code)
	}
	if s := b.session(); !bytes.Contains(s.Block(gait.Input), []byte("\x1afg\r\x03")) || s.End.Reason != endExit {
		t.Errorf("%q %+v", s.Block(gait.Input), s.End)
	}
}

func TestHowAShellEnds(t *testing.T) {
	for _, c := range []struct {
		name, line string
		signal     syscall.Signal
		code       int
		reason     string
	}{
		{"code", "printf ready; exit 42", 0, 42, endExit},
		{"killed", "printf ready; kill -9 $$", 0, 137, endSignal},
		{"term", "trap 'exit 9' TERM; printf ready; while :; do read -t 0.1 x; done", syscall.SIGTERM, 9, endSignal},
		{"int", "printf ready; exec sleep 100", syscall.SIGINT, 130, endSignal},
		{"hup", "printf ready; exec sleep 100", syscall.SIGHUP, 129, endHangup},
		{"deaf", "trap '' HUP; printf ready; exec sleep 100", syscall.SIGHUP, 129, endHangup},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := newBed(t)
			x := sit(t, b.shell("-c", c.line))
			x.want("ready")
			if c.signal != 0 {
				if err := x.c.Process.Signal(c.signal); err != nil {
					t.Fatal(err)
				}
			}
			if _, code := x.rest(); code != c.code {
				t.Errorf("exit %d", code)
			}
			if s := b.session(); s.End.Reason != c.reason {
				t.Errorf("%+v", s.End)
			}
		})
	}
}

// TestWhatWasPrintedLastIsWaitedFor says that a shell's last output is not lost
// where the machine is too busy to take it at once.
func TestWhatWasPrintedLastIsWaitedFor(t *testing.T) {
	p, err := openPair(&unix.Termios{Cflag: unix.CS8}, &unix.Winsize{})
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(p.master)
	s := &session{inner: p, drained: make(chan struct{})}
	if s.pending() {
		t.Error("nothing was printed")
	}
	write(p.slave, []byte("last"))
	unix.Close(p.slave)
	taken := make(chan string, 2)
	go func() {
		defer close(s.drained)
		buf := make([]byte, 100)
		for range 2 {
			time.Sleep(4 * quiet)
			taken <- string(buf[:read(p.master, buf)])
		}
	}()
	s.settle(nil)
	if len(taken) != 2 {
		t.Errorf("it waited for %d of 2", len(taken))
	} else if a, b := <-taken, <-taken; a != "last" || b != "" {
		t.Errorf("%q, then %q", a, b)
	}
}

func TestTerminalThatGoesAwayIsAHangup(t *testing.T) {
	b := newBed(t)
	x := sit(t, b.shell("-c", "trap 'echo gone > "+b.sink+".hup; exit' HUP; printf ready; while :; do read -t 0.1 x || sleep 0.1; done"))
	x.want("ready")
	x.types("k")
	x.want("k")
	_ = x.f.Close()
	x.code()
	if s := b.session(); s.End.Reason != endHangup || string(s.Block(gait.Input)) != "k" {
		t.Errorf("%+v", s.End)
	}
	if _, err := os.Stat(b.sink + ".hup"); err != nil {
		t.Error("the shell was not told:", err)
	}
}

func TestModesComeBack(t *testing.T) {
	b := newBed(t)
	for _, line := range []string{"stty -echo; printf ready; exit", "printf ready; kill -9 $$"} {
		outer, inner, err := pty.Open()
		if err != nil {
			t.Fatal(err)
		}
		before, err := unix.IoctlGetTermios(int(inner.Fd()), unix.TCGETS)
		if err != nil {
			t.Fatal(err)
		}
		c := b.shell("-c", line)
		c.Stdin, c.Stdout, c.Stderr = inner, inner, inner
		c.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		_ = code(t, c.Wait())
		after, err := unix.IoctlGetTermios(int(inner.Fd()), unix.TCGETS)
		if err != nil || *after != *before {
			t.Errorf("%+v, were %+v, %v", after, before, err)
		}
		_, _ = outer.Close(), inner.Close()
	}
}

func TestWhatAShellFinds(t *testing.T) {
	b := newBed(t)
	c := b.recorder("--shell", b.bash)
	c.Env = append(c.Env, "SSH_ORIGINAL_COMMAND=echo $0 $SHELL $(tty) $SSH_TTY $SSH_ORIGINAL_COMMAND- $-; stty size", "SSH_TTY=/dev/pts/outer", "SHELL="+os.Args[0])
	x := sit(t, c)
	text, _ := x.rest()
	f := strings.Fields(text)
	if len(f) != 8 || f[0] != "bash" || f[1] != b.bash || f[2] != f[3] || f[4] != "-" || strings.Contains(f[5], "i") || f[6] != "24" {
		t.Errorf("%q", text)
	}
	s := b.session()
	if !strings.HasPrefix(string(s.Block(gait.Exec)), "echo $0") || string(s.Block(gait.Output)) != text {
		t.Errorf("%q", s.Block(gait.Exec))
	}
}

func TestAsALoginShell(t *testing.T) {
	b := newBed(t)
	c := b.command()
	c.Args = []string{"-gait"}
	c.Env = append(c.Env, "HOME="+t.TempDir())
	x := sit(t, c)
	x.types("echo name=$0.; shopt -q login_shell && echo login=yes; exit\r")
	x.want("name=-")
	x.want("login=yes")
	x.rest()

	c = b.command()
	c.Args = []string{"gait", "-c", "echo one; exit 5"}
	out, err := c.Output()
	if string(out) != "one\n" || code(t, err) != 5 {
		t.Errorf("%q %v", out, err)
	}
}

func TestARecorderInARecordedSession(t *testing.T) {
	b := newBed(t)
	inner := strings.Join(b.shell("-c", "'echo in=$PPID.'").Args, " ")
	x := sit(t, b.shell("-c", "echo out=$$.; "+inner+"; echo status=$?; exit 4"))
	text, code := x.rest()
	out, in := between(text, "out="), between(text, "in=")
	if out == "" || out != in || !strings.Contains(text, "status=0") || code != 4 {
		t.Errorf("%q: the inner recorder stands between, exit %d", text, code)
	}
	b.session()
}

func between(text, from string) string {
	_, text, _ = strings.Cut(text, from)
	text, _, _ = strings.Cut(text, ".")
	return text
}

func TestARecorderBelowACommandRecords(t *testing.T) {
	b := newBed(t)
	inner := strings.Join(b.shell("-c", "tty").Args, " ")
	c := b.command("record", "--config=none", "--decoy=web-01", "--sink="+b.sink, "--shards="+b.shards)
	script := "script -q -c '" + inner + "' /dev/null </dev/null"
	if _, err := os.Stat("/usr/bin/script"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("script is not installed")
		}
		t.Skip("script is not installed")
	}
	c.Env = append(c.Env, "SSH_ORIGINAL_COMMAND="+script)
	if _, err := c.Output(); err != nil {
		t.Fatal(err)
	}
	if list := b.sessions(); len(list) != 2 {
		t.Errorf("%d sessions", len(list))
	}
}
