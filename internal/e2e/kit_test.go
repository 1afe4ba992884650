package e2e

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"gait/internal/programtest"
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

// world is a folder in which a system runs, and how.
type world struct{ programtest.Program }

// newWorld makes an empty world.
func newWorld(t testing.TB) *world {
	t.Helper()
	dir, err := os.MkdirTemp("", "gait-e2e-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return &world{programtest.New(t, program, dir)}
}

// write writes a file, with the folders above it, for all to read.
func (w *world) write(path string, content []byte) {
	w.T.Helper()
	err := os.MkdirAll(filepath.Dir(path), 0o755)
	if err == nil {
		err = os.WriteFile(path, content, 0o644)
	}
	if err != nil {
		w.T.Fatal(err)
	}
}

// add appends to a file in one write.
func (w *world) add(path string, content []byte) {
	w.T.Helper()
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err == nil {
		_, err = f.Write(content)
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		w.T.Fatal(err)
	}
}

// system is a process of the program that goes on, and how it is asked.
type system struct {
	*programtest.Process `json:"-"`
	w                    *world

	URL   string `json:"url"`
	Token string `json:"token"`
	PID   int    `json:"pid"`
}

// start starts a part of the program; see [programtest.Program.Start].
func (w *world) start(name string, args ...string) *system {
	w.T.Helper()
	return &system{Process: w.Start(name, args...), w: w}
}

// ready waits until the system serves and takes work in.
func (s *system) ready() *system {
	s.w.T.Helper()
	programtest.Await(s.w.T, s.Name+" to be ready", func() bool {
		b, err := os.ReadFile(filepath.Join(s.Data, "run.json"))
		if err != nil || json.Unmarshal(b, s) != nil || s.PID != s.Cmd.Process.Pid {
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
	s.w.T.Helper()
	req, err := http.NewRequest(http.MethodGet, s.URL+path, nil)
	if err != nil {
		s.w.T.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	res, err := client.Do(req)
	if err != nil {
		s.w.T.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(io.LimitReader(res.Body, 64<<20))
	if err != nil {
		s.w.T.Fatalf("%s: %v", path, err)
	}
	return res.StatusCode, b
}

// get asks for a path of the API, which must be there.
func (s *system) get(path string, to any) {
	s.w.T.Helper()
	status, b := s.fetch("/api/v1"+path, s.Token)
	if status != http.StatusOK {
		s.w.T.Fatalf("%s: %d %s", path, status, b)
	}
	if err := json.Unmarshal(b, to); err != nil {
		s.w.T.Fatalf("%s: %v", path, err)
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
	s.w.T.Helper()
	all := map[string]row{}
	for cursor := ""; ; {
		var page struct {
			Items []row  `json:"items"`
			Next  string `json:"next"`
		}
		s.get("/sessions?limit=1000&cursor="+cursor, &page)
		for _, r := range page.Items {
			if old, twice := all[r.ID]; twice {
				s.w.T.Fatalf("session %s is there twice: %+v, %+v", r.ID, old, r)
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
	s.w.T.Helper()
	var last map[string]row
	defer func() {
		if s.w.T.Failed() {
			s.w.T.Logf("sessions: %+v", last)
		}
	}()
	programtest.Await(s.w.T, fmt.Sprintf("%d sessions to be %s", n, state), func() bool {
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
