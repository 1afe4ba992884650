package record

import (
	"bytes"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"gait"
)

func TestSessionOfACollector(t *testing.T) {
	b := newBed(t)
	socket, stop := b.collector()
	c := b.command("record", "--config=none", "--sink="+b.sink, "--decoy=web-01", "--socket", socket, "--", b.bash, "--norc", "-c", "stty raw -echo; printf ready; head -c 3; exit 2")
	c.Env = append(c.Env, "SSH_CONNECTION=198.51.100.7 4022 192.0.2.1 22") // no sshd has started it
	x := sit(t, c)
	x.want("ready")
	x.types("abc")
	if text, code := x.rest(); text != "abc" || code != 2 {
		t.Errorf("%q, exit %d", text, code)
	}
	stop()
	s := b.session()
	if string(s.Block(gait.Input)) != "abc" || string(s.Block(gait.Output)) != "readyabc" || s.End.Reason != endExit || s.SourceIP != "" {
		t.Errorf("%+v", s.Header)
	}
	if !strings.Contains(b.log(), `session_recorded [relay@55555 sid="`+s.ID+`" service="ssh" src_ip="-"`) {
		t.Error(b.log())
	}
}

func TestSSHConnectionIsNotBelieved(t *testing.T) {
	b := newBed(t)
	c := b.shell("-c", "true")
	c.Env = append(c.Env, "SSH_CONNECTION=198.51.100.7\" 4022 192.0.2.1 22")
	sit(t, c).rest()
	c = b.shell("-c", "true")
	c.Env = append(c.Env, "SSH_CONNECTION=198.51.100.7 4022 192.0.2.1 22")
	sit(t, c).rest()
	for _, s := range b.sessions() {
		if s.SourceIP != "" || s.SourcePort != 0 {
			t.Errorf("%+v", s.Header)
		}
	}
	if strings.Contains(b.log(), "198.51.100.7") || b.lines(`src_ip="-"`) != 2 {
		t.Error(b.log())
	}
}

// works has a shell answer through a recorder whose recording is broken, within
// a time that no recording may take.
func works(t *testing.T, b *bed, args ...string) {
	t.Helper()
	c := b.command(append(append([]string{"record", "--config=none", "--decoy=web-01", "--sink=" + b.sink}, args...),
		"--", b.bash, "--norc", "-c", "stty raw -echo; printf ready; head -c 3; exit 2")...)
	began := time.Now()
	x := sit(t, c)
	x.want("ready")
	x.types("abc")
	x.want("abc")
	if took := time.Since(began); took > 1900*time.Millisecond {
		t.Errorf("the shell took %v", took)
	}
	if text, code := x.rest(); text != "" || code != 2 {
		t.Errorf("the terminal shows %q, exit %d", text, code)
	}
}

func TestRecordingThatCannotBegin(t *testing.T) {
	b := newBed(t)
	dir, err := os.MkdirTemp("", "rec")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	silent := filepath.Join(dir, "silent") // takes connections and never answers
	l, err := net.Listen("unix", silent)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for _, args := range [][]string{
		{"--socket", filepath.Join(dir, "none")},
		{"--socket", file},
		{"--socket", silent},
		{"--socket", "/" + strings.Repeat("x", 200)},
		{"--shards", file},
		{"--shards", dir, "--service", "../x"},
	} {
		works(t, b, args...)
	}
	if got := b.log(); strings.Count(got, "session_skipped") != 6 || b.lines(skippedSocket) != 4 || b.lines("shard_open_failed") != 1 || b.lines(skippedShards) != 1 {
		t.Error(got)
	}
}

func TestCollectorThatDiesInASession(t *testing.T) {
	b := newBed(t)
	socket, stop := b.collector()
	x := sit(t, b.command("record", "--config=none", "--decoy=web-01", "--sink="+b.sink, "--socket", socket, "--", b.bash, "--norc", "-c", "stty raw -echo; printf ready; head -c 1; yes | head -c 2M; printf done; head -c 1; exit 2"))
	x.want("ready")
	b.begun()
	stop()
	x.types("a")
	x.want("done")
	x.types("b")
	if text, code := x.rest(); text != "b" || code != 2 {
		t.Errorf("%q, exit %d", text, code)
	}
	if got := b.log(); !strings.Contains(got, `truncated="true"`) {
		t.Error(got)
	}
}

func TestFilesThatMayNotGrow(t *testing.T) {
	b := newBed(t)
	c := b.shell("-c", "stty raw -echo; printf ready; head -c 1; yes | head -c 1M; printf done; exit 2")
	c.Args = append([]string{b.bash, "-c", `ulimit -f 4; exec "$@"`, "x", os.Args[0]}, c.Args[1:]...)
	c.Path = b.bash
	x := sit(t, c)
	x.want("ready")
	x.types("a")
	x.want("done")
	if _, code := x.rest(); code != 2 {
		t.Errorf("exit %d", code)
	}
}

func TestFloodDoesNotHideKeys(t *testing.T) {
	b := newBed(t)
	x := sit(t, b.shell("-c", "stty raw -echo; printf ready; yes | head -c 11M; printf done; head -c 50 >/dev/null; yes | head -c 1M; printf over"))
	x.want("ready")
	x.want("done")
	for range 50 {
		x.types("k")
	}
	x.want("over")
	x.rest()
	s := b.session()
	if got := s.Block(gait.Input); !bytes.Equal(got, bytes.Repeat([]byte("k"), 50)) {
		t.Errorf("%q", got)
	}
	if n := len(s.Block(gait.Output)); n > 10<<20 || n < 5<<20 || s.End.BytesOut != 12<<20+int64(len("readydoneover")) || !s.Fidelity.OutputPartial {
		t.Errorf("%d bytes, %+v", n, s.End)
	}
}

func TestNameInListsOfProcesses(t *testing.T) {
	b := newBed(t)
	x := sit(t, b.recorder("--process-name=systemd-login", "--", b.bash, "--norc", "-c", "tr '\\0' ' ' </proc/$PPID/cmdline; cat /proc/$PPID/comm; ulimit -n; exit"))
	text, _ := x.rest()
	f := strings.Fields(text)
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit); err != nil {
		t.Fatal(err)
	}
	if want := strconv.FormatUint(limit.Cur, 10); len(f) != 3 || f[2] != want && f[2] != "unlimited" || f[0] != "systemd-login" || f[1] != "systemd-login" {
		t.Errorf("%q", text)
	}
}

func TestNobodyLooksIntoIt(t *testing.T) {
	b := newBed(t)
	x := sit(t, b.shell("-c", "stat -c %u:%U /proc/$PPID/mem; ls -l /proc/$PPID/fd | wc -l; exit"))
	if text, _ := x.rest(); !strings.HasPrefix(text, "0:") {
		t.Errorf("%q", text)
	}
}
