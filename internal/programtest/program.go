// Package programtest starts the program as processes in tests: commands that
// end, parts that go on, and the servers that parts share.
package programtest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Patience bounds how long a test waits for something; machines may be busy.
const Patience = 2 * time.Minute

// Await waits until something is so, and ends the test where it is not in time.
func Await(t testing.TB, what string, yes func() bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), Patience)
	defer cancel()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for !yes() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("%s: not within %v", what, Patience)
		}
	}
}

// Program is the program under test, and how it is run. What goes wrong ends
// the test.
type Program struct {
	T      testing.TB
	Binary string
	Dir    string // where it runs; parts keep their data and logs in it
	Env    []string
	UID    uint32 // who it runs as; 0 for whoever runs the test
}

// New gives a program that runs in a folder, with nothing in its environment or
// configuration of what the machine says of gait.
func New(t testing.TB, binary, dir string) Program {
	env := slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "GAIT_") })
	return Program{T: t, Binary: binary, Dir: dir, Env: append(env, "GAIT_CONFIG=none", "GAIT_MIN_FREE=1MB", "TZ=UTC")}
}

// Path is a place in the folder.
func (p *Program) Path(elem ...string) string {
	return filepath.Join(append([]string{p.Dir}, elem...)...)
}

// Command makes a process of the program. It dies with the test.
func (p *Program) Command(args ...string) *exec.Cmd {
	cmd := exec.Command(p.Binary, args...)
	cmd.Env, cmd.Dir = slices.Clone(p.Env), p.Dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if p.UID != 0 {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: p.UID, Gid: p.UID}
	}
	return cmd
}

// Output runs a command to its end and gives what it prints.
func (p *Program) Output(args ...string) string {
	p.T.Helper()
	cmd := p.Command(args...)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		p.T.Fatalf("gait %s: %v\n%s", strings.Join(args, " "), err, &errs)
	}
	return string(out)
}

// Counts gives how many sessions of the database are in each state, and how
// many are not announced.
func (p *Program) Counts() (states map[string]int64, unannounced int64) {
	p.T.Helper()
	var s struct {
		Sessions    map[string]int64 `json:"sessions"`
		Unannounced int64            `json:"unannounced"`
	}
	if err := json.Unmarshal([]byte(p.Output("db", "-o", "json")), &s); err != nil {
		p.T.Fatal(err)
	}
	return s.Sessions, s.Unannounced
}

// AwaitProfiled waits until at least so many sessions are profiled.
func (p *Program) AwaitProfiled(n int64) {
	p.T.Helper()
	Await(p.T, fmt.Sprintf("%d sessions to be profiled", n), func() bool {
		states, _ := p.Counts()
		return states["profiled"] >= n
	})
}

// AwaitAll waits until so many sessions are profiled and announced, and none is
// in another state.
func (p *Program) AwaitAll(n int64) {
	p.T.Helper()
	Await(p.T, fmt.Sprintf("%d sessions to be profiled and announced", n), func() bool {
		states, unannounced := p.Counts()
		all := int64(0)
		for _, k := range states {
			all += k
		}
		return states["profiled"] == n && all == n && unannounced == 0
	})
}

// Process is a part of the program that goes on.
type Process struct {
	Name string
	Data string // its data folder
	Cmd  *exec.Cmd

	t testing.TB
}

// Start starts a part with a data folder of its name. What it says goes into a
// file beside the folder; when the test ends the part is asked to stop, and
// must.
func (p *Program) Start(name string, args ...string) *Process {
	p.T.Helper()
	s := &Process{Name: name, Data: p.Path(name), Cmd: p.Command(append(args, "--data", p.Path(name))...), t: p.T}
	log, err := os.OpenFile(s.logPath(), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		p.T.Fatal(err)
	}
	defer log.Close()
	s.Cmd.Stdout, s.Cmd.Stderr = log, log
	if err := s.Cmd.Start(); err != nil {
		p.T.Fatal(err)
	}
	p.T.Cleanup(func() {
		s.Stop()
		if p.T.Failed() {
			text := s.Log()
			p.T.Logf("%s:\n%s", name, text[max(0, len(text)-4<<10):])
		}
	})
	return s
}

func (s *Process) logPath() string { return s.Data + ".log" }

// Log is all that was said by parts of this name.
func (s *Process) Log() string {
	b, err := os.ReadFile(s.logPath())
	if err != nil {
		s.t.Error(err)
	}
	return string(b)
}

// Stop asks the process to stop, and waits until it did. It is an error of the
// test where it does not, or ends with one.
func (s *Process) Stop() {
	s.t.Helper()
	if s.Cmd.ProcessState != nil {
		return
	}
	s.Cmd.Process.Signal(syscall.SIGTERM)
	timer := time.AfterFunc(30*time.Second, func() { s.Cmd.Process.Kill() })
	defer timer.Stop()
	if err := s.Cmd.Wait(); err != nil {
		s.t.Errorf("%s: %v", s.Name, err)
	}
}

// Kill ends the process at once.
func (s *Process) Kill() {
	s.Cmd.Process.Kill()
	s.Cmd.Wait()
}
