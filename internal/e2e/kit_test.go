package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// program is the binary under test.
var program string

func TestMain(m *testing.M) { os.Exit(testMain(m)) }

// testMain builds the program once, where every user may run it.
func testMain(m *testing.M) int {
	dir, err := os.MkdirTemp("", "gait-e2e-bin-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	program = filepath.Join(dir, "gait")
	if err = build(program); err == nil {
		err = os.Chmod(dir, 0o755)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

// build builds the program, with further flags of go build.
func build(path string, flags ...string) error {
	args := append([]string{"build", "-buildvcs=false", "-o", path}, flags...)
	cmd := exec.Command("go", append(args, "../../cmd/gait")...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, out)
	}
	return nil
}

// patience bounds how long a test waits for something; machines may be busy.
const patience = 90 * time.Second

// await waits until something is so.
func await(t testing.TB, what string, yes func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for !yes() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("%s: not within %v", what, patience)
		}
	}
}

// world is a folder in which a system runs, and how.
type world struct {
	t    testing.TB
	dir  string
	env  []string
	uid  uint32 // who the system runs as; 0 for whoever runs the test
	gait string // the program
}

// newWorld makes an empty world.
func newWorld(t testing.TB) *world {
	t.Helper()
	dir, err := os.MkdirTemp("", "gait-e2e-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	env := slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "GAIT_") })
	return &world{t: t, dir: dir, gait: program, env: append(env, "GAIT_CONFIG=none", "GAIT_MIN_FREE=1MB", "TZ=UTC")}
}

// path is a place in the world.
func (w *world) path(elem ...string) string {
	return filepath.Join(append([]string{w.dir}, elem...)...)
}

// write writes a file, with the folders above it, for all to read.
func (w *world) write(path string, content []byte) {
	w.t.Helper()
	err := os.MkdirAll(filepath.Dir(path), 0o755)
	if err == nil {
		err = os.WriteFile(path, content, 0o644)
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

// add appends to a file in one write.
func (w *world) add(path string, content []byte) {
	w.t.Helper()
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err == nil {
		_, err = f.Write(content)
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		w.t.Fatal(err)
	}
}

// command makes a process of the program. It dies with the test.
func (w *world) command(args ...string) *exec.Cmd {
	cmd := exec.Command(w.gait, args...)
	cmd.Env, cmd.Dir = w.env, w.dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if w.uid != 0 {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: w.uid, Gid: w.uid}
	}
	return cmd
}

// output runs a command to its end and gives what it prints.
func (w *world) output(args ...string) string {
	w.t.Helper()
	cmd := w.command(args...)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		w.t.Fatalf("gait %s: %v\n%s", strings.Join(args, " "), err, &errs)
	}
	return string(out)
}

// system is a process of the program that goes on.
type system struct {
	w    *world
	name string
	data string
	cmd  *exec.Cmd

	URL   string `json:"url"`
	Token string `json:"token"`
	PID   int    `json:"pid"`
}

// start starts a process with a data folder of its name. What it says goes into
// a file beside it; when the test ends it is asked to stop, and must.
func (w *world) start(name string, args ...string) *system {
	w.t.Helper()
	s := &system{w: w, name: name, data: w.path(name), cmd: w.command(append(args, "--data", w.path(name))...)}
	log, err := os.OpenFile(s.logPath(), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		w.t.Fatal(err)
	}
	defer log.Close()
	s.cmd.Stdout, s.cmd.Stderr = log, log
	if err := s.cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() {
		s.stop()
		if w.t.Failed() {
			text := s.log()
			w.t.Logf("%s:\n%s", name, text[max(0, len(text)-4<<10):])
		}
	})
	return s
}

func (s *system) logPath() string { return s.data + ".log" }

// log is all that the process said.
func (s *system) log() string {
	b, err := os.ReadFile(s.logPath())
	if err != nil {
		s.w.t.Error(err)
	}
	return string(b)
}

// stop asks the process to stop, and waits until it did.
func (s *system) stop() {
	s.w.t.Helper()
	if s.cmd.ProcessState != nil {
		return
	}
	s.cmd.Process.Signal(syscall.SIGTERM)
	timer := time.AfterFunc(30*time.Second, func() { s.cmd.Process.Kill() })
	defer timer.Stop()
	if err := s.cmd.Wait(); err != nil {
		s.w.t.Errorf("%s: %v", s.name, err)
	}
}

// kill ends the process at once.
func (s *system) kill() {
	s.cmd.Process.Kill()
	s.cmd.Wait()
}

// ready waits until the system serves and takes work in.
func (s *system) ready() *system {
	s.w.t.Helper()
	await(s.w.t, s.name+" to be ready", func() bool {
		b, err := os.ReadFile(filepath.Join(s.data, "run.json"))
		if err != nil || json.Unmarshal(b, s) != nil || s.PID != s.cmd.Process.Pid {
			return false
		}
		res, err := client.Get(s.URL + "/api/v1/ready")
		if err != nil {
			return false
		}
		res.Body.Close()
		return res.StatusCode == http.StatusOK
	})
	return s
}

// client asks a system; it bounds how long an answer takes.
var client = &http.Client{Timeout: 30 * time.Second}

// fetch asks for a path with a token and gives status and answer.
func (s *system) fetch(path, token string) (int, []byte) {
	s.w.t.Helper()
	req, err := http.NewRequest(http.MethodGet, s.URL+path, nil)
	if err != nil {
		s.w.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	res, err := client.Do(req)
	if err != nil {
		s.w.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(io.LimitReader(res.Body, 64<<20))
	if err != nil {
		s.w.t.Fatalf("%s: %v", path, err)
	}
	return res.StatusCode, b
}

// get asks for a path of the API, which must be there.
func (s *system) get(path string, to any) {
	s.w.t.Helper()
	status, b := s.fetch("/api/v1"+path, s.Token)
	if status != http.StatusOK {
		s.w.t.Fatalf("%s: %d %s", path, status, b)
	}
	if err := json.Unmarshal(b, to); err != nil {
		s.w.t.Fatalf("%s: %v", path, err)
	}
}

// row is what the API says of a session.
type row struct {
	Ref     string `json:"evidence_ref"`
	ID      string `json:"session_id"`
	Decoy   string `json:"decoy"`
	Address string `json:"address"`
	State   string `json:"state"`
	Kind    string `json:"cause_kind"`
	Cause   string `json:"cause"`
	BytesIn int64  `json:"bytes_in"`
	Count   int64  `json:"observations"`
}

// sessions gives all sessions by their id; two rows of one id are an error.
func (s *system) sessions() map[string]row {
	s.w.t.Helper()
	all := map[string]row{}
	for cursor := ""; ; {
		var page struct {
			Items []row  `json:"items"`
			Next  string `json:"next"`
		}
		s.get("/sessions?limit=1000&cursor="+cursor, &page)
		for _, r := range page.Items {
			if old, twice := all[r.ID]; twice {
				s.w.t.Fatalf("session %s is there twice: %+v, %+v", r.ID, old, r)
			}
			all[r.ID] = r
		}
		if cursor = page.Next; cursor == "" {
			return all
		}
	}
}

// awaitState waits until so many sessions are in a state.
func (s *system) awaitState(state string, n int) {
	s.w.t.Helper()
	var last map[string]row
	defer func() {
		if s.w.t.Failed() {
			s.w.t.Logf("sessions: %+v", last)
		}
	}()
	await(s.w.t, fmt.Sprintf("%d sessions to be %s", n, state), func() bool {
		found := 0
		last = s.sessions()
		for _, r := range last {
			if r.State == state {
				found++
			}
		}
		return found == n
	})
}

var varying = regexp.MustCompile(`"(attacker_uuid|revision)":("[^"]*"|null)|"ts":[0-9.]+`)

// sorted gives the lines of observations, without what a run decides.
func sorted(text string) []string {
	lines := strings.Split(strings.TrimSpace(varying.ReplaceAllString(text, "")), "\n")
	slices.Sort(lines)
	return lines
}

// same compares what is stored with what is read offline.
func same(t testing.TB, live, offline string) {
	t.Helper()
	a, b := sorted(live), sorted(offline)
	if len(b) < 2 {
		t.Fatalf("offline there is nothing: %q", b)
	}
	for i := range max(len(a), len(b)) {
		if i >= len(a) || i >= len(b) || a[i] != b[i] {
			t.Fatalf("%d observations are stored, %d are read offline; the first that differs:\n%s\n%s",
				len(a), len(b), at(a, i), at(b, i))
		}
	}
}

func at(list []string, i int) string {
	if i < len(list) {
		return list[i]
	}
	return "nothing"
}
