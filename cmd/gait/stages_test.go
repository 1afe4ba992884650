package main

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"gait/internal/programtest"
)

// newFleet makes a database and a bus for stages that are processes of this
// test binary, run as a script runs it.
func newFleet(t *testing.T) *programtest.Program {
	dsn := os.Getenv("GAIT_TEST_POSTGRES")
	if dsn == "" {
		t.Skip("GAIT_TEST_POSTGRES is not set: a database that processes can share is needed")
	}
	binary, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	p := programtest.New(t, binary, t.TempDir())
	p.Env = append(p.Env, "GAIT_TEST_RUN=1", "GAIT_STORE="+programtest.Database(t, dsn), "GAIT_NATS="+programtest.Bus(t), "GAIT_SHARDS="+p.Path("shards"))
	return &p
}

// TestStagesAsProcesses runs the system as processes: one that collects, two
// that work, of which one is killed in the middle, and two that answer.
func TestStagesAsProcesses(t *testing.T) {
	f := newFleet(t)
	const sessions = 60
	shards := f.Path("shards")
	f.Output("db", "migrate")
	f.Start("collect", "collect")
	one := f.Start("work-1", "work", "--workers", "1")
	f.Start("work-2", "work", "--workers", "1")
	f.Start("serve-1", "serve", "--listen", "127.0.0.1:0")
	f.Start("serve-2", "serve", "--listen", "127.0.0.1:0")
	f.Output("simulate", "-q", "--shards", shards, "--count", fmt.Sprint(sessions/2), "--rate", "200", "--speed", "instant")
	f.AwaitProfiled(4)
	one.Kill()
	f.Output("simulate", "-q", "--shards", shards, "--count", fmt.Sprint(sessions/2), "--rate", "200", "--speed", "instant")
	f.Start("work-3", "work", "--workers", "1")
	f.AwaitAll(sessions)
	programtest.Same(t, f.Output("db", "export"), f.Output("profile", "-q", "-o", "jsonl", shards))
	for _, name := range []string{"serve-1", "serve-2"} {
		r, err := readRunFile(f.Path(name))
		if err != nil {
			t.Fatal(err)
		}
		cmd := f.Command("sessions", "-n", "0", "-o", "jsonl", "--url", r.URL)
		cmd.Env = append(cmd.Env, "GAIT_TOKEN="+r.Token)
		out, err := cmd.Output()
		if n := strings.Count(string(out), "\n"); err != nil || n != sessions {
			t.Errorf("%s answers with %d sessions: %v", name, n, err)
		}
	}
}
