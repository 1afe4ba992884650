package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// system is a running "gait run".
type system struct {
	l      *live
	cmd    *exec.Cmd
	errs   bytes.Buffer
	data   string
	shards string
	ready  time.Duration // from exec to ready
	quiet  bool          // nothing is announced
	URL    string        `json:"url"`
	Token  string        `json:"token"`
}

// boot starts the system on a folder, which keeps what is in it, and waits until
// it is ready.
func (l *live) boot(dir string, flags ...string) (*system, error) {
	s := &system{l: l, data: filepath.Join(dir, "data"), shards: filepath.Join(dir, "shards")}
	for _, d := range []string{dir, s.data, s.shards} {
		if err := os.MkdirAll(d, 0o700); err != nil {
			return nil, err
		}
	}
	args := append([]string{"run", "--data", s.data, "--shards", s.shards, "--listen", "127.0.0.1:0", "--min-free", "100MB"}, flags...)
	s.cmd = exec.CommandContext(l.ctx, l.gait, args...)
	s.cmd.Stderr, s.cmd.Stdout = &s.errs, nil
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	start := time.Now()
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	for time.Since(start) < time.Minute {
		if s.isReady() {
			s.ready = time.Since(start)
			return s, nil
		}
		time.Sleep(time.Millisecond)
	}
	return nil, errors.Join(errors.New("it did not become ready within a minute"), s.halt())
}

// isReady asks the system whether it is ready.
func (s *system) isReady() bool {
	b, err := os.ReadFile(filepath.Join(s.data, "run.json"))
	if err != nil || json.Unmarshal(b, s) != nil || s.URL == "" {
		return false
	}
	r, err := http.Get(s.URL + "/api/v1/ready")
	if err != nil {
		return false
	}
	r.Body.Close()
	return r.StatusCode == http.StatusOK
}

// get reads an answer of the API.
func (s *system) get(path string, to any) error {
	r, err := s.request(path)
	if err != nil {
		return err
	}
	defer r.Body.Close()
	return json.NewDecoder(r.Body).Decode(to)
}

func (s *system) request(path string) (*http.Response, error) {
	q, err := http.NewRequestWithContext(s.l.ctx, http.MethodGet, s.URL+path, nil)
	if err != nil {
		return nil, err
	}
	q.Header.Set("Authorization", "Bearer "+s.Token)
	r, err := http.DefaultClient.Do(q)
	if err == nil && r.StatusCode != http.StatusOK {
		r.Body.Close()
		err = fmt.Errorf("%s: %s", path, r.Status)
	}
	return r, err
}

// memory gives the resident memory now and at its most, in bytes.
func (s *system) memory() (now, most int64) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", s.cmd.Process.Pid))
	if err != nil {
		return 0, 0
	}
	for line := range strings.Lines(string(b)) {
		name, rest, _ := strings.Cut(line, ":")
		kb, _ := strconv.ParseInt(strings.TrimSuffix(strings.TrimSpace(rest), " kB"), 10, 64)
		switch name {
		case "VmRSS":
			now = kb << 10
		case "VmHWM":
			most = kb << 10
		}
	}
	return now, most
}

// cpu gives the processor time that the system has taken.
func (s *system) cpu() time.Duration {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.cmd.Process.Pid))
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(b), ") ")
	f := strings.Fields(rest)
	if len(f) < 13 {
		return 0
	}
	user, _ := strconv.ParseInt(f[11], 10, 64)
	sys, _ := strconv.ParseInt(f[12], 10, 64)
	return time.Duration(user+sys) * 10 * time.Millisecond
}

// halt ends the system as a user would.
func (s *system) halt() error {
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	if err := s.cmd.Wait(); err != nil {
		return fmt.Errorf("%w\n%s", err, tail(s.errs.Bytes()))
	}
	return nil
}

// tail gives the last lines of a log.
func tail(b []byte) []byte { return b[max(0, len(b)-2000):] }

func mb(n int64) string { return fmt.Sprintf("%.0f MB", float64(n)/1e6) }
