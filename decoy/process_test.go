package decoy

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/crypto/ssh"
)

func TestMain(m *testing.M) {
	if len(os.Args) > 1 {
		switch os.Args[1] {
		case "decoy-child":
			os.Exit(Child(os.Stdin, os.Stdout, os.Stderr))
		case "hostile-child":
			os.Exit(hostileChild())
		}
	}
	os.Exit(m.Run())
}

// hostileChild is a child that an attacker has taken over: it enters its cage as
// the real one does, then tries to get at what is its parent's, and lies.
func hostileChild() int {
	var n note
	if err := json.NewDecoder(os.Stdin).Decode(&n); err != nil {
		return 1
	}
	if err := enter(&n); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	fmt.Fprintln(os.Stderr, readyMark)
	parent := os.Getppid()
	tries := map[string]error{}
	_, tries["store"] = os.ReadFile(os.Args[0]) // any file that others may read
	_, tries["environment"] = os.ReadFile(fmt.Sprintf("/proc/%d/environ", parent))
	_, tries["folder above"] = os.ReadDir(folder(fdFolder) + "/..")
	tries["signal"] = syscall.Kill(parent, syscall.SIGTERM)
	_, tries["connection"] = net.Dial("tcp", "127.0.0.1:22")
	for name, err := range tries {
		fmt.Fprintf(os.Stderr, "%s: %v\n", name, err != nil)
	}
	fmt.Fprintf(os.Stderr, "variables: %d\n", len(os.Environ()))
	good := Activity{Version: 1, Type: "auth", Time: time.Now(), Decoy: n.Name, Service: "ssh", Address: "198.51.100.7", Connection: visitor().Connection}
	for _, change := range []func(*Activity){
		func(a *Activity) { a.Decoy = "decoy-02" }, func(a *Activity) { a.Type = "attacker.session.ended" }, func(a *Activity) { a.User = "hunter2" }, func(*Activity) {},
	} {
		a := good
		change(&a)
		line, _ := json.Marshal(a)
		os.Stdout.Write(append(line, '\n'))
	}
	os.Stdout.WriteString(strings.Repeat("x", 1<<20) + "\n")
	io.Copy(io.Discard, os.Stdin)
	return 0
}

// watched is a decoy in a process of its own.
type watched struct {
	decoy     *Decoy
	mu        sync.Mutex
	reports   []Report
	published []string
	log       strings.Builder
}

// Write takes the log.
func (w *watched) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.log.Write(p)
}

// start runs one until the test ends.
func (w *watched) start(t *testing.T, kind string) {
	t.Helper()
	dir := t.TempDir()
	o := Options{
		Config: Config{Name: "decoy-01", SSH: []string{"127.0.0.1:0"}, Accept: Accept{How: "any"}, Downloads: "unreachable"},
		Folder: filepath.Join(dir, "decoy"), Shards: filepath.Join(dir, "shards"), Uploads: filepath.Join(dir, "uploads"),
		Program: []string{os.Args[0], kind}, Log: slog.New(slog.NewTextHandler(w, nil)),
		Publish: func(subject string, payload []byte) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.published = append(w.published, subject+" "+string(payload))
		},
		Report: func(r Report) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.reports = append(w.reports, r)
		},
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	d, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	w.decoy = d
	go func() { ended <- d.Run(ctx) }()
	t.Cleanup(func() {
		defer d.Close()
		cancel()
		select {
		case err := <-ended:
			if !errors.Is(err, context.Canceled) {
				t.Errorf("it ended with %v", err)
			}
		case <-time.After(60 * time.Second):
			t.Error("the decoy does not stop")
		}
	})
}

// until waits for something that is said.
func (w *watched) until(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		w.mu.Lock()
		ok := is()
		said := w.log.String()
		w.mu.Unlock()
		if ok {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("never: %s; the log says %s", what, said)
		}
	}
}

func (w *watched) running(starts int) func() bool {
	return func() bool {
		return len(w.reports) > 0 && w.reports[len(w.reports)-1].Running && w.reports[len(w.reports)-1].Starts == starts
	}
}

// child finds the process number of the child.
func child(t *testing.T) int {
	t.Helper()
	list, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range list {
		text, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		var pid, ppid int
		after := string(text[strings.LastIndexByte(string(text), ')')+1:])
		if _, err := fmt.Sscanf(after, " %1s %d", new(string), &ppid); err != nil || ppid != os.Getpid() {
			continue
		}
		if line, _ := os.ReadFile(filepath.Join(filepath.Dir(path), "cmdline")); strings.Contains(string(line), "-child") {
			fmt.Sscan(string(text), &pid)
			return pid
		}
	}
	t.Fatal("there is no child")
	return 0
}

func TestHostileChildReachesNothing(t *testing.T) {
	w := &watched{}
	w.start(t, "hostile-child")
	w.until(t, "a report of five attempts", func() bool { return strings.Contains(w.log.String(), "variables:") })
	w.until(t, "an event that may be published", func() bool { return len(w.published) > 0 })
	time.Sleep(50 * time.Millisecond)
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, what := range []string{"store", "environment", "folder above", "signal", "connection"} {
		if !strings.Contains(w.log.String(), what+": true") {
			t.Errorf("%s was reached: %s", what, w.log.String())
		}
	}
	if !strings.Contains(w.log.String(), "variables: 0") {
		t.Errorf("the environment is not empty: %s", w.log.String())
	}
	if len(w.published) != 1 || !strings.HasPrefix(w.published[0], "attacker.auth ") {
		t.Errorf("published: %v", w.published)
	}
}

func TestChildIsStartedAgain(t *testing.T) {
	w := &watched{}
	w.start(t, "decoy-child")
	w.until(t, "the decoy runs", w.running(1))
	pid := child(t)
	if os.Geteuid() == 0 {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
		if err != nil || !strings.Contains(string(text), "Uid:\t65533\t65533\t65533\t65533") {
			t.Errorf("the child runs as %.400s, %v", text, err)
		}
	}
	at := w.decoy.ssh[0]
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	w.until(t, "the decoy runs again", w.running(2))
	c, err := ssh.Dial("tcp", at, &ssh.ClientConfig{User: "root", Auth: []ssh.AuthMethod{ssh.Password("x")}, HostKeyCallback: ssh.InsecureIgnoreHostKey(), Timeout: 60 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	s, err := c.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	if out, err := s.Output("id -u"); err != nil || string(out) != "0\n" {
		t.Errorf("%q, %v", out, err)
	}
	w.until(t, "a login and a command are told", func() bool {
		text := strings.Join(w.published, "\n")
		return strings.Contains(text, "attacker.auth ") && strings.Contains(text, "attacker.exec ") && strings.Contains(text, "attacker.session.started ")
	})
}

func TestWhatCanNeverWorkIsAnError(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	dir := t.TempDir()
	o := Options{
		Config: Config{Name: "decoy-01", SSH: []string{l.Addr().String()}, Accept: Accept{How: "any"}, Downloads: "unreachable"},
		Folder: filepath.Join(dir, "decoy"), Shards: filepath.Join(dir, "shards"), Uploads: filepath.Join(dir, "uploads"),
		Program: []string{os.Args[0], "decoy-child"}, Log: slog.New(slog.DiscardHandler),
	}
	if _, err := Open(o); err == nil || !strings.Contains(err.Error(), "address already in use") {
		t.Errorf("a port that is taken gives %v", err)
	}
	o.SSH, o.Profile = []string{"127.0.0.1:0"}, "openssh-99"
	d, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if err := d.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "openssh-99") {
		t.Errorf("an unknown profile gives %v", err)
	}
}
