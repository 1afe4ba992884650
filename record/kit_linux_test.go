package record

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"golang.org/x/sys/unix"

	"gait"
	"gait/recording/feed"
	"gait/recording/reader"
	"gait/recording/shard"
)

// asRecorder makes a process of this test binary a recorder.
const asRecorder = "RECORD_TEST"

// asFirst makes it say on which thread mark runs what it is called with on the
// first thread, where packages are made ready.
const asFirst = "RECORD_TEST_FIRST"

var _ = func() bool {
	if os.Getenv(asFirst) != "" {
		mark(func() {
			name, err := os.ReadFile("/proc/thread-self/comm")
			fmt.Print(unix.Gettid() == os.Getpid(), " ", string(name), err)
		})
		os.Exit(0)
	}
	return true
}()

func TestMain(m *testing.M) {
	if os.Getenv(asRecorder) != "" {
		o, ok := Asked(os.Args)
		if !ok {
			os.Exit(99)
		}
		os.Exit(Run(o))
	}
	// Where the test itself was started by nohup, what it starts would not hear
	// of hangups.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGHUP)
	os.Exit(m.Run())
}

// patience bounds whatever a test waits for.
const patience = 30 * time.Second

// bed is where a recorder of a test runs.
type bed struct {
	testing.TB
	shards, sink string
	bash         string
}

func newBed(t testing.TB) *bed {
	t.Helper()
	if p, ok := t.(interface{ Parallel() }); ok {
		p.Parallel()
	}
	bash, err := exec.LookPath("bash")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("bash is not installed")
		}
		t.Skip("bash is not installed")
	}
	dir := t.TempDir()
	return &bed{TB: t, shards: filepath.Join(dir, "shards"), sink: filepath.Join(dir, "log"), bash: bash}
}

// recorder gives a command that records into the bed's shards.
func (b *bed) recorder(more ...string) *exec.Cmd {
	args := append([]string{"record", "--config=none", "--decoy=web-01", "--sink=" + b.sink, "--shards", b.shards}, more...)
	return b.command(args...)
}

func (b *bed) command(args ...string) *exec.Cmd {
	c := exec.Command(os.Args[0], args...)
	c.Env = append(os.Environ(), asRecorder+"=1", "HISTFILE=", "PS1=$ ", "LANG=C", "TERM=xterm", "SHELL="+b.bash)
	return c
}

// shell gives a recorder of a bash without settings.
func (b *bed) shell(args ...string) *exec.Cmd {
	return b.recorder(append([]string{"--", b.bash, "--norc", "--noprofile"}, args...)...)
}

// sessions reads the shards.
func (b *bed) sessions() (list []*gait.Session) {
	b.Helper()
	paths, err := filepath.Glob(filepath.Join(b.shards, "web-01/ssh/transcripts/*.jsonl"))
	if err != nil {
		b.Fatal(err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			b.Fatal(err)
		}
		r, err := shard.Format{}.Open(&reader.Source{ReaderAt: bytes.NewReader(text), Size: int64(len(text)), Name: filepath.Base(path), Path: path}, reader.DefaultLimits())
		if err != nil {
			b.Fatal(err)
		}
		for _, batch := range r.Batches() {
			if err := batch.Each(func(s *gait.Session) error { list = append(list, s.Clone()); return nil }); err != nil {
				b.Fatal(err)
			}
		}
	}
	return list
}

// begun waits until a session's header is in the shards.
func (b *bed) begun() {
	b.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for late := time.After(patience); len(b.sessions()) == 0; {
		select {
		case <-tick.C:
		case <-late:
			b.Fatal("no session begins")
		}
	}
}

// session reads the only one.
func (b *bed) session() *gait.Session {
	b.Helper()
	list := b.sessions()
	if len(list) != 1 {
		b.Fatalf("%d sessions", len(list))
	}
	return list[0]
}

// log reads the lines of the sink.
func (b *bed) log() string {
	text, err := os.ReadFile(b.sink)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		b.Fatal(err)
	}
	return string(text)
}

// typist is at the outer terminal of a recorder.
type typist struct {
	testing.TB
	f   *os.File
	c   *exec.Cmd
	mu  sync.Mutex
	all bytes.Buffer
	has *sync.Cond
	end bool
}

// sit starts a command at a terminal of 80 by 24.
func sit(t testing.TB, c *exec.Cmd) *typist {
	t.Helper()
	f, err := pty.StartWithSize(c, &pty.Winsize{Rows: 24, Cols: 80})
	if err != nil {
		t.Fatal(err)
	}
	x := &typist{TB: t, f: pollable(t, f), c: c}
	f = x.f
	x.has = sync.NewCond(&x.mu)
	go x.read()
	t.Cleanup(func() { _ = f.Close(); _ = c.Process.Kill() })
	return x
}

// pollable gives a file whose reader does not keep it open when it is closed.
func pollable(t testing.TB, f *os.File) *os.File {
	t.Helper()
	defer f.Close()
	fd, err := syscall.Dup(int(f.Fd()))
	if err == nil {
		err = syscall.SetNonblock(fd, true)
	}
	if err != nil {
		t.Fatal(err)
	}
	syscall.CloseOnExec(fd)
	return os.NewFile(uintptr(fd), "terminal")
}

// sized changes the size of the terminal.
func (x *typist) sized(cols, rows uint16) {
	x.Helper()
	raw, err := x.f.SyscallConn()
	if err == nil {
		err = errors.Join(raw.Control(func(fd uintptr) {
			err = unix.IoctlSetWinsize(int(fd), unix.TIOCSWINSZ, &unix.Winsize{Col: cols, Row: rows})
		}), err)
	}
	if err != nil {
		x.Fatal(err)
	}
}

func (x *typist) read() {
	buf := make([]byte, 4096)
	for {
		n, err := x.f.Read(buf)
		x.mu.Lock()
		x.all.Write(buf[:n])
		x.end = x.end || err != nil
		x.has.Broadcast()
		x.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// want waits until the terminal has shown a text, and forgets what came before.
func (x *typist) want(text string) {
	x.Helper()
	timer := time.AfterFunc(patience, func() { x.mu.Lock(); x.end = true; x.has.Broadcast(); x.mu.Unlock() })
	defer timer.Stop()
	x.mu.Lock()
	defer x.mu.Unlock()
	for {
		if i := bytes.Index(x.all.Bytes(), []byte(text)); i >= 0 {
			x.all.Next(i + len(text))
			return
		}
		if x.end {
			x.Fatalf("%q is not shown, but %.300q", text, x.all.String())
		}
		x.has.Wait()
	}
}

func (x *typist) types(text string) {
	x.Helper()
	if _, err := x.f.WriteString(text); err != nil {
		x.Fatal(err)
	}
}

// rest waits for the end and gives what was shown until then, and the exit code.
func (x *typist) rest() (string, int) {
	x.Helper()
	timer := time.AfterFunc(patience, func() { _ = x.c.Process.Kill() })
	defer timer.Stop()
	x.mu.Lock()
	for !x.end {
		x.has.Wait()
	}
	text := x.all.String()
	x.mu.Unlock()
	return text, x.code()
}

func (x *typist) code() int {
	x.Helper()
	return code(x, x.c.Wait())
}

func code(t testing.TB, err error) int {
	t.Helper()
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		return exit.ExitCode()
	}
	t.Fatal(err)
	return -1
}

// collector takes sessions at a socket, into the shards of a bed.
func (b *bed) collector() (socket string, stop func()) {
	b.Helper()
	dir, err := os.MkdirTemp("", "rec") // a socket's path is short
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = os.RemoveAll(dir) })
	socket = filepath.Join(dir, "s", "record.sock")
	w, err := shard.NewWriter(shard.WriterOptions{Root: b.shards, Decoy: "web-01", Service: "ssh", Free: func(string) (uint64, error) { return 1 << 40, nil }})
	if err != nil {
		b.Fatal(err)
	}
	l, err := feed.Listen(socket)
	if err != nil {
		b.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() {
		ended <- feed.Serve(ctx, l, feed.Options{
			Writer:  func(string, string) (*shard.Writer, error) { return w, nil },
			Believe: feed.Trust{Decoy: "web-01", Service: "ssh"}.Believe,
			Log:     slog.New(slog.DiscardHandler),
		})
	}()
	stop = sync.OnceFunc(func() {
		cancel()
		if err := <-ended; err != nil {
			b.Error(err)
		}
	})
	b.Cleanup(stop)
	return socket, stop
}

// lines counts the lines of the log that say something.
func (b *bed) lines(what string) int { return strings.Count(b.log(), what) }
