package sqlite_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"gait/store"
	"gait/store/sqlite"
	"gait/store/storetest"
)

// crashEnv names the file that a process of the test writes to until it is
// killed.
const crashEnv = "GAIT_TEST_CRASH"

func TestMain(m *testing.M) {
	if path := os.Getenv(crashEnv); path != "" {
		writeUntilKilled(path)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// writeUntilKilled stores sample sessions and prints the number of each that
// was stored.
func writeUntilKilled(path string) {
	ctx := context.Background()
	s, err := sqlite.Open(ctx, path, store.Options{})
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	stats, err := s.Stats(ctx)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return
	}
	for n := int(stats.Sessions[store.Profiled]); ; n++ {
		if _, err := s.Save(ctx, []store.Profile{storetest.Sample(n, n%7)}); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return
		}
		fmt.Println(n)
	}
}

// TestKilledAtAnyMoment kills the process that writes: what it said that it had
// stored is there, whole.
func TestKilledAtAnyMoment(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "gait.db")
	for round := range 6 {
		last := crash(t, path, 3+11*round)
		s, err := sqlite.Open(ctx, path, store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		faults, err := s.Check(ctx)
		if err != nil || len(faults) > 0 {
			t.Errorf("round %d: %q, %v", round, faults, err)
		}
		for n := range last + 1 {
			saved, err := s.Save(ctx, []store.Profile{storetest.Sample(n, n%7)})
			if err != nil || !saved[0].Unchanged {
				t.Errorf("round %d: session %d of %d is not there: %+v, %v", round, n, last, saved, err)
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// crash runs a process that writes, kills it after some sessions, and gives the
// number of the last one that it told of.
func crash(t *testing.T, path string, after int) int {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), crashEnv+"="+path)
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	last, lines := -1, bufio.NewScanner(out)
	for told := 0; lines.Scan(); told++ {
		if told == after {
			cmd.Process.Kill() // what it wrote before is still read
		}
		n, err := strconv.Atoi(lines.Text())
		if err != nil {
			t.Fatalf("it said %q", lines.Text())
		}
		last = n
	}
	cmd.Wait() // says that it was killed
	if last < 0 {
		t.Fatalf("it stored nothing: %s", said.String())
	}
	return last
}
