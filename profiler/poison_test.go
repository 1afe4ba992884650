package profiler

import (
	"context"
	"errors"
	"flag"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"gait"
	"gait/recording"
	"gait/store"
	"gait/store/sqlite"
)

// poisonKit makes a profiler on a folder that outlives it.
func poisonKit(t testing.TB, dir string, change ...func(*Options)) *kit {
	t.Helper()
	s, err := sqlite.Open(t.Context(), filepath.Join(dir, "gait.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	k := &kit{root: filepath.Join(dir, "tree"), store: s}
	k.library = recording.NewLibrary(recording.LibraryOptions{Roots: []string{k.root}})
	t.Cleanup(func() { k.library.Close() })
	o := Options{Store: s, Library: k.library, Workers: 4, Hands: filepath.Join(dir, "reading"), Log: slog.New(slog.NewTextHandler(os.Stderr, nil))}
	for _, f := range change {
		f(&o)
	}
	k.Profiler, err = New(o)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// dyingEnv names the folder on which a process of the tests runs a profiler that
// dies, dyingOf what it dies of.
const (
	dyingEnv = "GAIT_TEST_DYING_DIR"
	dyingOf  = "GAIT_TEST_DYING_OF"
)

func TestMain(m *testing.M) {
	if os.Getenv(dyingEnv) != "" {
		flag.Set("test.run", "^TestDying$")
	}
	os.Exit(m.Run())
}

func die() { syscall.Kill(os.Getpid(), syscall.SIGKILL) }

// dyingStore kills the process when something is to be stored.
type dyingStore struct{ store.Store }

func (s dyingStore) Save(context.Context, []store.Profile) ([]store.Saved, error) {
	die()
	return nil, nil
}

// die runs the profiler on a folder in a process of its own, again as long as
// the process dies, at most so many times. It says how often that was.
func dies(t *testing.T, dir, of string, most int) (deaths int) {
	t.Helper()
	for deaths = 0; deaths < most; deaths++ {
		child := exec.Command(os.Args[0], "-test.count=1")
		child.Env = append(os.Environ(), dyingEnv+"="+dir, dyingOf+"="+of)
		out, err := child.CombinedOutput()
		if err == nil {
			return deaths
		}
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() >= 0 {
			t.Fatalf("run %d: %v\n%s", deaths, err, out)
		}
	}
	return deaths
}

// A session that kills the process costs itself, and nobody else anything.
func TestPoisonCostsOneSession(t *testing.T) {
	dir := t.TempDir()
	sessions := visits(60)
	bad := poison()
	all := append(append(append([]*gait.Session(nil), sessions[:10]...), bad), sessions[10:]...)
	k := poisonKit(t, dir)
	for _, s := range all {
		k.write(t, s)
	}
	k.offer(t, all...)
	k.store.Close()
	if n := dies(t, dir, "a primitive", maxAttempts+1); n != maxAttempts {
		t.Errorf("the process died %d times", n)
	}
	k = poisonKit(t, dir)
	row := k.row(t, ref(bad))
	if row.State != store.Parked || row.CauseKind != store.CauseDied || row.Attempts != maxAttempts {
		t.Errorf("row %+v", row)
	}
	profiled(t, k.store, sessions)
	once(t, k.store, sessions)
	for _, s := range sessions {
		k.sameAsOffline(t, ref(s), k.place(s))
	}
}

// TestWhoWasNotReadIsNotBlamed kills the process far more often than a session
// may be tried, each time when all that was begun has been read and none of it
// is stored: nobody is parked for it.
func TestWhoWasNotReadIsNotBlamed(t *testing.T) {
	dir := t.TempDir()
	sessions := visits(30)
	k := poisonKit(t, dir)
	for _, s := range sessions {
		k.write(t, s)
	}
	k.offer(t, sessions...)
	k.store.Close()
	if n := dies(t, dir, "storing", 3*maxAttempts); n != 3*maxAttempts {
		t.Fatalf("the process died %d times", n)
	}
	k = poisonKit(t, dir)
	stop := k.run(t)
	profiled(t, k.store, sessions)
	if err := stop(); err != nil {
		t.Error(err)
	}
	once(t, k.store, sessions)
}

// breaking is a library that panics on one session.
type breaking struct {
	Library
	id string
}

func (b breaking) Read(ctx context.Context, p recording.Place) (*gait.Session, error) {
	if p.Session == b.id {
		panic("secret text of the session")
	}
	return b.Library.Read(ctx, p)
}
