package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"
	"github.com/nats-io/nats-server/v2/server"
)

// fleet is the system as processes, on servers that they share.
type fleet struct {
	t    *testing.T
	dir  string
	env  []string
	logs map[string]*bytes.Buffer
}

// newFleet makes a database and a bus for one test.
func newFleet(t *testing.T) *fleet {
	dsn := os.Getenv("GAIT_TEST_POSTGRES")
	if dsn == "" {
		t.Skip("GAIT_TEST_POSTGRES is not set: a database that processes can share is needed")
	}
	dir := t.TempDir()
	f := &fleet{t: t, dir: dir, logs: map[string]*bytes.Buffer{}}
	f.env = append(os.Environ(), "GAIT_CONFIG=none", "GAIT_STORE="+freshDatabase(t, dsn), "GAIT_NATS="+freshBus(t, filepath.Join(dir, "bus")),
		"GAIT_SHARDS="+filepath.Join(dir, "shards"), "GAIT_MIN_FREE=1MB")
	return f
}

// freshDatabase makes a database and gives its address.
func freshDatabase(t *testing.T, dsn string) string {
	t.Helper()
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		t.Fatal(err)
	}
	name := "gait_stages_" + random(8)
	if _, err := db.Exec("CREATE DATABASE " + name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if _, err := db.Exec("DROP DATABASE " + name + " WITH (FORCE)"); err != nil {
			t.Error(err)
		}
		db.Close()
	})
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	u.Path = "/" + name
	return u.String()
}

// freshBus starts a server and gives its address.
func freshBus(t *testing.T, dir string) string {
	t.Helper()
	s, err := server.NewServer(&server.Options{Host: "127.0.0.1", Port: server.RANDOM_PORT, JetStream: true, StoreDir: dir, NoSigs: true, NoLog: true})
	if err != nil {
		t.Fatal(err)
	}
	go s.Start()
	t.Cleanup(func() {
		s.Shutdown()
		s.WaitForShutdown()
	})
	if !s.ReadyForConnections(patience) {
		t.Fatal("the bus does not start")
	}
	return s.ClientURL()
}

// command makes a process of the program: this test, run as a script runs it.
func (f *fleet) command(args ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(slices.Clone(f.env), "GAIT_TEST_RUN=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	return cmd
}

// start starts a stage that is asked to stop, and must, when the test ends.
func (f *fleet) start(name string, args ...string) *exec.Cmd {
	f.t.Helper()
	cmd := f.command(append(args, "--data", filepath.Join(f.dir, name))...)
	log := &bytes.Buffer{}
	cmd.Stderr, cmd.Stdout = log, log
	if err := cmd.Start(); err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(func() {
		if cmd.ProcessState == nil {
			cmd.Process.Signal(syscall.SIGTERM)
			if err := cmd.Wait(); err != nil {
				f.t.Errorf("%s: %v", name, err)
			}
		}
		if f.t.Failed() {
			f.t.Logf("%s:\n%s", name, log)
		}
	})
	return cmd
}

// output runs a command to its end.
func (f *fleet) output(args ...string) string {
	f.t.Helper()
	cmd := f.command(args...)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		f.t.Fatalf("gait %s: %v\n%s", strings.Join(args, " "), err, &errs)
	}
	return string(out)
}

// await waits until something is so.
func (f *fleet) await(what string, yes func() bool) {
	f.t.Helper()
	ctx, cancel := context.WithTimeout(f.t.Context(), 2*patience)
	defer cancel()
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for !yes() {
		select {
		case <-tick.C:
		case <-ctx.Done():
			f.t.Fatalf("%s: not in time", what)
		}
	}
}

// counts gives how many sessions are in each state.
func (f *fleet) counts() map[string]int64 {
	f.t.Helper()
	var s struct{ Sessions map[string]int64 }
	if err := json.Unmarshal([]byte(f.output("db", "-o", "json")), &s); err != nil {
		f.t.Fatal(err)
	}
	return s.Sessions
}

var varying = regexp.MustCompile(`"(attacker_uuid|revision)":("[^"]*"|null)|"ts":[0-9.]+`)

// sorted gives the lines of observations, without what a run decides.
func sorted(text string) []string {
	lines := strings.Split(strings.TrimSpace(varying.ReplaceAllString(text, "")), "\n")
	slices.Sort(lines)
	return lines
}

// TestStagesAsProcesses runs the system as processes: one that collects, two
// that work, of which one is killed in the middle, and two that answer.
func TestStagesAsProcesses(t *testing.T) {
	f := newFleet(t)
	const sessions = 60
	shards := filepath.Join(f.dir, "shards")
	f.output("db", "migrate")
	f.start("collect", "collect")
	one := f.start("work-1", "work", "--workers", "1")
	f.start("work-2", "work", "--workers", "1")
	f.start("serve-1", "serve", "--listen", "127.0.0.1:0")
	f.start("serve-2", "serve", "--listen", "127.0.0.1:0")
	f.output("simulate", "-q", "--shards", shards, "--count", fmt.Sprint(sessions/2), "--rate", "200", "--speed", "instant")
	f.await("the first sessions", func() bool { return f.counts()["profiled"] > 3 })
	if err := one.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	one.Wait()
	f.output("simulate", "-q", "--shards", shards, "--count", fmt.Sprint(sessions/2), "--rate", "200", "--speed", "instant")
	f.start("work-3", "work", "--workers", "1")
	f.await("all sessions", func() bool { return f.counts()["profiled"] == sessions })
	if c := f.counts(); c["waiting"]+c["parked"]+c["incomplete"] != 0 {
		t.Errorf("%v", c)
	}
	live, offline := sorted(f.output("db", "export")), sorted(f.output("profile", "-q", "-o", "jsonl", shards))
	if !slices.Equal(live, offline) {
		t.Errorf("%d observations are stored, %d are read offline", len(live), len(offline))
	}
	f.await("every session to be announced", func() bool { return strings.Contains(f.output("db", "-o", "json"), `"unannounced":0`) })
	for _, name := range []string{"serve-1", "serve-2"} {
		r, err := readRunFile(filepath.Join(f.dir, name))
		if err != nil {
			t.Fatal(err)
		}
		cmd := f.command("sessions", "-n", "0", "-o", "jsonl", "--url", r.URL)
		cmd.Env = append(cmd.Env, "GAIT_TOKEN="+r.Token)
		out, err := cmd.Output()
		if n := strings.Count(string(out), "\n"); err != nil || n != sessions {
			t.Errorf("%s answers with %d sessions: %v", name, n, err)
		}
	}
}
