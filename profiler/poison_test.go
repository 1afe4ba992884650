package profiler

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"gait"
	"gait/profile"
	"gait/recording"
	"gait/store"
	"gait/store/sqlite"
)

// poisonKit makes a profiler on a folder that outlives it.
func poisonKit(t testing.TB, dir string, primitives []*profile.Primitive) *kit {
	t.Helper()
	s, err := sqlite.Open(t.Context(), filepath.Join(dir, "gait.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	k := &kit{root: filepath.Join(dir, "tree"), store: s}
	k.library = recording.NewLibrary(recording.LibraryOptions{Roots: []string{k.root}})
	t.Cleanup(func() { k.library.Close() })
	k.Profiler, err = New(Options{Store: s, Library: k.library, Workers: 4, Primitives: primitives, Log: slog.New(slog.NewTextHandler(os.Stderr, nil))})
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// A session that kills the process costs itself, and nobody else anything.
func TestPoisonCostsOneSession(t *testing.T) {
	dir := t.TempDir()
	sessions := visits(60)
	bad := poison()
	all := append(append(append([]*gait.Session(nil), sessions[:10]...), bad), sessions[10:]...)
	k := poisonKit(t, dir, nil)
	for _, s := range all {
		k.write(t, s)
	}
	k.offer(t, all...)
	k.store.Close()

	deaths := 0
	for ; ; deaths++ {
		child := exec.Command(os.Args[0], "-test.run=^TestPoisonChild$", "-test.count=1")
		child.Env = append(os.Environ(), "GAIT_POISON_DIR="+dir)
		out, err := child.CombinedOutput()
		if err == nil {
			break
		}
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() >= 0 || deaths > maxAttempts {
			t.Fatalf("run %d: %v\n%s", deaths, err, out)
		}
	}
	if deaths != maxAttempts {
		t.Errorf("the process died %d times", deaths)
	}
	k = poisonKit(t, dir, nil)
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
