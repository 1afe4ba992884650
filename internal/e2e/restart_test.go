package e2e

import (
	"math/rand/v2"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"gait/internal/programtest"
)

// TestKilledAndStartedAgain kills the system again and again while sessions are
// written: in the end everything is there once.
func TestKilledAndStartedAgain(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	dice := rand.New(rand.NewPCG(seed, 0))
	w := newWorld(t)
	feed := w.Command("simulate", "-q", "--shards", w.Path("root"), "--rate", "12", "--speed", "100", "--seed", strconv.FormatUint(seed|1, 10))
	if err := feed.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if feed.ProcessState == nil {
			feed.Process.Kill()
			feed.Wait()
		}
	})
	run := func() *system { return w.start("run", "run", "--shards", w.Path("root"), "--listen", "127.0.0.1:0") }
	const kills = 10
	for range kills {
		s := run()
		pause(t, time.Duration(100+dice.IntN(1200))*time.Millisecond) // before it is ready, too
		s.Kill()
	}
	s := run().ready()
	feed.Process.Signal(syscall.SIGTERM)
	if err := feed.Wait(); err != nil {
		t.Fatal(err)
	}
	whole := func() string { return ended(w.Output("profile", "-q", "-o", "jsonl", w.Path("root"))) }
	want := whole()
	programtest.Await(t, "everything to be there", func() bool {
		return len(programtest.Observations(ended(w.Output("db", "export", "--data", s.Data)))) >= len(programtest.Observations(want))
	})
	programtest.Same(t, ended(w.Output("db", "export", "--data", s.Data)), want)
	s.sessions() // fails where one is there twice
	w.Output("db", "check", "--data", s.Data)
}

// ended gives the observations of sessions whose end was seen: what is written
// last is cut off in the middle.
func ended(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if _, revision, _ := strings.Cut(line, `"revision":"`); strings.Contains(revision[:strings.IndexByte(revision+`"`, '"')], "/end") {
			b.WriteString(line)
		}
	}
	return b.String()
}

// pause lets time pass, or less where the test is over.
func pause(t testing.TB, d time.Duration) {
	select {
	case <-time.After(d):
	case <-t.Context().Done():
	}
}
