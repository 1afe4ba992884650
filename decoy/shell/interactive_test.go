package shell

import (
	"io"
	"net/netip"
	"runtime"
	"strings"
	"testing"
	"time"

	"gait/decoy/machine"
	"gait/decoy/proc"
	"gait/decoy/tty"
	"gait/decoy/visit"
)

// desk is somebody at a terminal.
type desk struct {
	t    *testing.T
	r    *rig
	keys *io.PipeWriter
	out  *lockedBuffer
	news chan struct{}
	seen int
	code chan int
}

func (d *desk) Write(p []byte) (int, error) {
	n, err := d.out.Write(p)
	select {
	case d.news <- struct{}{}:
	default:
	}
	return n, err
}

func sit(t *testing.T, r *rig) *desk {
	t.Helper()
	in, keys := io.Pipe()
	d := &desk{t: t, r: r, keys: keys, out: &lockedBuffer{}, news: make(chan struct{}, 1), code: make(chan int, 1)}
	term := tty.New(in, d, "xterm", visit.Size{Cols: 80, Rows: 24})
	s, _, _ := r.session(nil)
	s.Terminal, s.Stdin, s.Stdout, s.Stderr, s.Began = term, term, term, term, r.world.Now()
	go func() { d.code <- r.shell.Run(t.Context(), s) }()
	t.Cleanup(func() { keys.Close() })
	return d
}

// want waits until the screen shows a text after what was seen before, and
// gives all up to it.
func (d *desk) want(text string) string {
	d.t.Helper()
	timeout := time.After(60 * time.Second)
	for {
		all := d.out.String()
		if at := strings.Index(all[d.seen:], text); at >= 0 {
			got := all[d.seen : d.seen+at]
			d.seen += at + len(text)
			return got
		}
		select {
		case <-d.news:
		case <-timeout:
			d.t.Fatalf("no %q in %q", text, all[d.seen:])
		}
	}
}

func (d *desk) send(keys string) { d.keys.Write([]byte(keys)) }

// do types a line and gives what is shown up to the next prompt.
func (d *desk) do(line string) string {
	d.t.Helper()
	d.send(line + "\r")
	d.want("\r\n")
	return strings.ReplaceAll(d.want(promptText), "\r\n", "\n")
}

const promptText = ":~# "

func (d *desk) end(code int) {
	d.t.Helper()
	select {
	case got := <-d.code:
		if got != code {
			d.t.Errorf("exit code %d, want %d", got, code)
		}
	case <-time.After(60 * time.Second):
		d.t.Fatal("the shell did not end")
	}
}

func TestInteractive(t *testing.T) {
	d := sit(t, newRig(proc.Limits{}))
	d.want("Linux web01 ")
	d.want("root@web01" + promptText)
	for _, c := range [][2]string{
		{"echo hi", "hi\nroot@web01"},
		{"nofoo", "-bash: nofoo: command not found\nroot@web01"},
		{"echo $?", "127\nroot@web01"},
		{"echo )", "-bash: syntax error near unexpected token `)'\nroot@web01"},
		{"", "root@web01"},
		{"# nothing", "root@web01"},
		{"echo $0 $- $SHLVL", "-bash himBHs 1\nroot@web01"},
	} {
		got := d.do(c[0])
		if got != c[1] {
			t.Errorf("%s: %q, want %q", c[0], got, c[1])
		}
	}
	d.send("exit abc\r")
	d.want("logout\r\n-bash: exit: abc: numeric argument required\r\n")
	d.end(2)
}

func TestContinuedLines(t *testing.T) {
	d := sit(t, newRig(proc.Limits{}))
	d.want(promptText)
	for _, c := range []struct {
		lines []string
		want  string
	}{
		{[]string{"for i in 1 2; do", "echo $i", "done"}, "1\n2\n"},
		{[]string{"cat <<EOF", "one", "EOF"}, "one\n"},
		{[]string{"echo a \\", "b"}, "a b\n"},
		{[]string{"echo 'x", "y'"}, "x\ny\n"},
		{[]string{"true &&", "echo z"}, "z\n"},
		{[]string{"f() {", "echo in f", "}"}, ""},
		{[]string{"f"}, "in f\n"},
		{[]string{"if true", "then echo t", "fi"}, "t\n"},
	} {
		for i, l := range c.lines {
			d.send(l + "\r")
			d.want("\r\n")
			if i < len(c.lines)-1 {
				d.want("> ")
			}
		}
		if got := strings.ReplaceAll(d.want("root@web01"+promptText), "\r\n", "\n"); got != c.want {
			t.Errorf("%q: %q, want %q", c.lines, got, c.want)
		}
	}
	d.send("echo 'open\r")
	d.want("> ")
	d.send("\x03")
	d.want("^C\r\nroot@web01" + promptText)
	if got := d.do("echo $?"); got != "130\nroot@web01" {
		t.Errorf("after ^C: %q", got)
	}
}

func TestInterrupts(t *testing.T) {
	d := sit(t, newRig(proc.Limits{}))
	d.want(promptText)
	for _, line := range []string{"while true; do :; done", "sleep 1000", "cat", "yes > /dev/null", "sleep 1000 | cat", "(sleep 1000)", "for i in 1 2 3; do sleep 1000; done", "read x", "x=$(sleep 1000)", "f() { sleep 1000; }; f", "bash -c 'sleep 1000'", "wait", "sleep 1000 & wait"} {
		d.send(line + "\r")
		d.want("\r\n")
		if line != "wait" {
			time.Sleep(20 * time.Millisecond) // so that it runs
			d.send("\x03")
		}
		d.want("root@web01" + promptText)
		want := "130\nroot@web01"
		if line == "wait" {
			want = "0\nroot@web01"
		}
		if got := d.do("echo $?"); got != want {
			t.Errorf("%s: %q", line, got)
		}
	}
	d.send("kill %1\r")
	d.want(promptText)
	d.send("\x04")
	d.want("logout\r\n")
	d.end(0)
}

func TestJobControl(t *testing.T) {
	d := sit(t, newRig(proc.Limits{}))
	d.want(promptText)
	d.send("sleep 500\r")
	d.want("\r\n")
	time.Sleep(20 * time.Millisecond)
	d.send("\x1a")
	d.want("^Z\r\n[1]+  Stopped                 sleep 500\r\nroot@web01" + promptText)
	if got := d.do("echo $?; jobs"); got != "148\n[1]+  Stopped                 sleep 500\nroot@web01" {
		t.Errorf("jobs: %q", got)
	}
	d.send("exit\r")
	d.want("logout\r\nThere are stopped jobs.\r\n")
	d.want(promptText)
	if got := d.do("bg"); got != "[1]+ sleep 500 &\nroot@web01" {
		t.Errorf("bg: %q", got)
	}
	if got := d.do("jobs"); got != "[1]+  Running                 sleep 500 &\nroot@web01" {
		t.Errorf("jobs: %q", got)
	}
	d.send("fg\r")
	d.want("sleep 500\r\n")
	time.Sleep(20 * time.Millisecond)
	d.send("\x03")
	d.want("^C\r\nroot@web01" + promptText)
	got := d.do("sleep 600 &")
	if !strings.HasPrefix(got, "[1] ") {
		t.Errorf("background: %q", got)
	}
	d.do("kill %1; wait")
	d.do("")
	if got := d.do("jobs; sleep 0 & wait $!; echo $?"); !strings.Contains(got, "0\n") {
		t.Errorf("wait: %q", got)
	}
	d.send("cat &\r")
	d.want(promptText)
	d.send("echo still here\r")
	d.want("still here\r\nstill here\r\n")
	d.send("exit 7\r")
	d.end(7)
}

func TestNestedShells(t *testing.T) {
	d := sit(t, newRig(proc.Limits{}))
	d.want(promptText)
	if got := d.do("bash"); got != "root@web01" {
		t.Errorf("bash: %q", got)
	}
	if got := d.do("nofoo; echo $0 $SHLVL"); got != "bash: nofoo: command not found\nbash 2\nroot@web01" {
		t.Errorf("in bash: %q", got)
	}
	if got := d.do("exit"); got != "exit\nroot@web01" {
		t.Errorf("exit: %q", got)
	}
	d.send("sh\r")
	d.want("\r\n# ")
	d.send("nofoo\r")
	d.want("sh: 1: nofoo: not found\r\n# ")
	d.send("exit 3\r")
	d.want("root@web01" + promptText)
	if got := d.do("echo $?"); got != "3\nroot@web01" {
		t.Errorf("after sh: %q", got)
	}
	d.keys.Close()
	d.end(129)
}

func TestTrappedInterrupt(t *testing.T) {
	d := sit(t, newRig(proc.Limits{}))
	d.want(promptText)
	d.send("bash -c 'trap \"echo caught\" INT; sleep 1000; echo after'\r")
	d.want("\r\n")
	time.Sleep(20 * time.Millisecond)
	d.send("\x03")
	d.want("^Ccaught\r\nafter\r\n")
	d.want(promptText)
}

func TestHistoryJoints(t *testing.T) {
	for _, c := range [][2]string{{"for i in 1", "; "}, {"do", " "}, {"echo 'a", "\n"}, {"cat <<E", "\n"}, {"true &&", " "}, {`echo a \`, ""}, {"f() {", " "}, {"echo sudo", "; "}} {
		if got := joint(c[0]); got != c[1] {
			t.Errorf("%q: %q, want %q", c[0], got, c[1])
		}
	}
}

// TestIdle holds the memory of a session that waits at its prompt.
func TestIdle(t *testing.T) {
	r := newRig(proc.Limits{})
	const n = 100
	r.shell.o.Worlds = func(netip.Addr) *machine.World { return r.world }
	heap := func() int64 {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc + m.StackInuse)
	}
	before := heap()
	var desks []*desk
	for range n {
		d := sit(t, r)
		d.want(promptText)
		d.do("echo hi; x=1")
		d.out.b.Reset()
		desks = append(desks, d)
	}
	each := (heap() - before) / n
	t.Logf("%d bytes a session", each)
	if each > 60<<10 { // with terminal, pipe and goroutines
		t.Errorf("%d bytes a session", each)
	}
	runtime.KeepAlive(desks)
}
