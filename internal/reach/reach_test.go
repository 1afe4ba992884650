package reach

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

// asNobody lets this test's thread look at files as a user without rights, who
// may enter the folders on the way; root would read everything.
func asNobody(t *testing.T, dir string) {
	t.Helper()
	if os.Geteuid() != 0 {
		return
	}
	for ; dir != os.TempDir() && dir != "/"; dir = filepath.Dir(dir) {
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	runtime.LockOSThread()
	if err := syscall.Setfsuid(65534); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Setfsuid(0); err != nil {
			t.Error(err)
		}
		runtime.UnlockOSThread()
	})
}

func TestWhy(t *testing.T) {
	dir := t.TempDir()
	inner := filepath.Join(dir, "decoys", "web-01")
	file := filepath.Join(inner, "a.jsonl")
	if err := os.MkdirAll(inner, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	link, lost, circle := filepath.Join(dir, "link"), filepath.Join(dir, "lost"), filepath.Join(dir, "circle")
	for at, to := range map[string]string{link: "decoys/web-01", lost: "nowhere", circle: "circle"} {
		if err := os.Symlink(to, at); err != nil {
			t.Fatal(err)
		}
	}
	for _, path := range []string{"/", dir, inner, file, link, filepath.Join(link, "a.jsonl"), inner + "/../web-01//"} {
		if p := Why(path); p != nil {
			t.Errorf("%s: %v", path, p)
		}
	}
	for path, want := range map[string]string{
		filepath.Join(inner, "b", "c"): filepath.Join(inner, "b") + " is not there",
		filepath.Join(file, "c"):       file + " is no folder",
		lost:                           filepath.Join(dir, "nowhere") + " is not there",
		circle:                         "leads nowhere",
	} {
		if p := Why(path); p == nil || !strings.Contains(p.Error(), want) || !errors.Is(p, fs.ErrNotExist) {
			t.Errorf("%s: %v", path, p)
		}
	}
}

func TestWhyNamesWhatIsClosed(t *testing.T) {
	dir := t.TempDir()
	inner := filepath.Join(dir, "decoys", "web 01")
	file := filepath.Join(inner, "a.jsonl")
	if err := os.MkdirAll(inner, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if os.Geteuid() != 0 {
		if err := os.Chmod(file, 0); err != nil {
			t.Fatal(err)
		}
	}
	asNobody(t, inner)
	p := Why(file)
	if p == nil || p.Path != file || !errors.Is(p, fs.ErrPermission) {
		t.Fatalf("%v", p)
	}
	for _, want := range []string{"owner", "mode -", "gait runs as user", "groups", "setfacl -m u:", ":r '" + file + "'"} {
		if !strings.Contains(p.Error(), want) {
			t.Errorf("%q does not say %q", p, want)
		}
	}
}

func TestQuote(t *testing.T) {
	for path, want := range map[string]string{
		"/srv/decoys-1/a_b.jsonl": "/srv/decoys-1/a_b.jsonl",
		"/srv/my decoys":          "'/srv/my decoys'",
		"/srv/it's":               `'/srv/it'\''s'`,
		"/srv/\x1b[2J":            `$'/srv/\x1b[2J'`,
		"":                        "''",
	} {
		if got := Quote(path); got != want {
			t.Errorf("%q: %s, want %s", path, got, want)
		}
	}
}
