package collect

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"gait/store"
)

// asNobody lets the whole process look at files as a user without rights: root
// would read everything. The folders given stay open to it.
func asNobody(t *testing.T, dirs ...string) {
	t.Helper()
	if os.Geteuid() != 0 {
		return
	}
	for _, dir := range dirs {
		err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			if e.IsDir() {
				return os.Chmod(path, 0o777)
			}
			return os.Chmod(path, 0o666)
		})
		for up := filepath.Dir(dir); err == nil && up != os.TempDir() && up != "/"; up = filepath.Dir(up) {
			err = os.Chmod(up, 0o755)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := syscall.Setreuid(-1, 65534); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Setreuid(-1, 0); err != nil {
			t.Error(err)
		}
	})
}

// asRoot does something with all rights.
func asRoot(t *testing.T, f func() error) {
	t.Helper()
	euid := os.Geteuid()
	if err := syscall.Setreuid(-1, os.Getuid()); err != nil {
		t.Fatal(err)
	}
	err := f()
	if e := syscall.Setreuid(-1, euid); e != nil {
		t.Fatal(e)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func TestPermissionLostAndRegained(t *testing.T) {
	w := newWorld(t)
	file := today(0)
	closed := w.write(t, "web-01", file, tape{n: 1, end: true}.lines())
	w.write(t, "web-02", file, tape{n: 2, end: true}.lines())
	folder := filepath.Join(w.root, "web-03/ssh/transcripts")
	w.write(t, "web-03", file, tape{n: 3, end: true}.lines())
	log, heard := w.syslogFile(t)
	say(t, log, announcement{decoy: "web-01", n: 1}.line()+announcement{decoy: "web-03", n: 3}.line())
	asNobody(t, w.root, filepath.Dir(log), w.dir)
	asRoot(t, func() error { return os.Chmod(closed, 0o600) })
	asRoot(t, func() error { return os.Chmod(folder, 0o700) })
	if os.Getuid() != 0 {
		for _, p := range []string{closed, folder} {
			if err := os.Chmod(p, 0); err != nil {
				t.Fatal(err)
			}
		}
	}
	c := w.start(t, heard)
	t.Cleanup(w.stop) // before the rights come back
	w.waitRow(t, ref("web-02", file, 2), nil)
	for n, path := range map[int]string{1: closed, 3: folder} {
		s := w.waitRow(t, pendingOf("web-0"+string(rune('0'+n)), n), func(s store.Session) bool { return s.CauseKind != "" })
		if s.CauseKind != store.CauseUnreadable {
			t.Errorf("%+v", s)
		}
		for _, want := range []string{path, "owner", "mode", "gait runs as user", "groups"} {
			if !strings.Contains(s.Cause, want) {
				t.Errorf("%q does not say %q", s.Cause, want)
			}
		}
		wait(t, "one warning", func() bool { return w.log.lines("level=WARN", path, "setfacl") == 1 })
	}
	asRoot(t, func() error { return os.Chmod(closed, 0o644) })
	asRoot(t, func() error { return os.Chmod(folder, 0o755) })
	c.finder.look(t.Context(), true) // as every 30 s
	w.waitRow(t, ref("web-01", file, 1), nil)
	w.waitRow(t, ref("web-03", file, 3), nil)
	c.causes.test()
	wait(t, "the board to clear", func() bool { return len(w.board.Conditions()) == 0 })
}
