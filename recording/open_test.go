package recording

import (
	"errors"
	"io"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"

	"gait/recording/reader"
)

func TestOpenTakesOffEveryPacking(t *testing.T) {
	const data = "PLAIN a\nPLAIN b\n"
	for name, content := range map[string]string{
		"bare":              data,
		"one.gz":            gz(t, data),
		"one.zst":           zst(t, data),
		"two.gz.gz":         gz(t, gz(t, data)),
		"two.zst.gz":        gz(t, zst(t, data)),
		"three.gz.zst.gz":   gz(t, zst(t, gz(t, data))),
		"members.gz":        gz(t, "PLAIN a\n") + gz(t, "PLAIN b\n"),
		"frames.zst":        zst(t, "PLAIN a\n") + zst(t, "PLAIN b\n"),
		"skippable.zst":     "\x50\x2a\x4d\x18\x02\x00\x00\x00ab" + zst(t, data),
		"name without hint": gz(t, data),
	} {
		t.Run(name, func(t *testing.T) {
			dir := files(t, map[string]string{name: content})
			f, ids := read(t, filepath.Join(dir, name), fakes())
			if want := []string{name + "#a", name + "#b"}; !slices.Equal(ids, want) {
				t.Errorf("sessions %q, want %q", ids, want)
			}
			if f.Format() != "plain" {
				t.Errorf("format %s", f.Format())
			}
			s, err := f.Session("b")
			if err != nil || s.ID != "b" {
				t.Errorf("session b: %v, %v", s, err)
			}
			if strings.HasSuffix(s.EvidenceRef, ".gz") || strings.HasSuffix(s.EvidenceRef, ".zst") {
				t.Errorf("the format was told the name %q", s.EvidenceRef)
			}
			if _, err := f.Session("c"); !errors.Is(err, ErrNoSession) {
				t.Errorf("session c: %v", err)
			}
		})
	}
}

func TestOpenExplains(t *testing.T) {
	dir := files(t, map[string]string{
		"empty": "", "empty.gz": gz(t, ""), "nul": strings.Repeat("\x00", 5000), "text": "hello there\n",
		"json": `{"a":1}`, "list": ` [1,2]`, "binary": "\x01\x02\xff\xfe\x00", "xz": "\xfd7zXZ\x00...", "program": "\x7fELF...",
		"cut.txt": strings.Repeat("a", 4095) + "\u20ac", "deep.gz": gz(t, gz(t, gz(t, gz(t, "PLAIN a\n")))),
		"bad.gz": "\x1f\x8b\x08garbage that is no gzip", "bad.zst": "\x28\xb5\x2f\xfd\xff\xff\xff\xff\xff\xff\xff\xff",
		"none.tar": tarOf(t, member{name: "readme", data: "hello"}), "folder/": "", "utf16": "\xff\xfea\x00",
	})
	for name, want := range map[string]string{
		"empty": "is empty", "empty.gz": "is empty once unpacked", "nul": "only NUL", "text": "looks like text", "json": "JSON of no known",
		"list": "JSON list", "binary": "binary data", "xz": "xz -d", "program": "a program", "cut.txt": "looks like text",
		"deep.gz": "more than 3 times", "bad.gz": "gzip data but cannot", "bad.zst": "zstd data but cannot",
		"none.tar": "holds no recording", "folder": "is a folder", "missing": "see that the path", "utf16": "UTF-16",
	} {
		path := filepath.Join(dir, name)
		f, err := Open(path, fakes())
		var e *reader.Error
		if f != nil || !errors.As(err, &e) {
			t.Errorf("%s: file %v, error %v", name, f, err)
			continue
		}
		if !strings.Contains(e.Error(), want) {
			t.Errorf("%s: %q does not say %q", name, e.Error(), want)
		}
		if e.Path != path {
			t.Errorf("%s: the error names the path %q", name, e.Path)
		}
		if strings.Contains(e.Error(), dir) || strings.Contains(e.Error(), "hello") {
			t.Errorf("%s: %q repeats the path or the content", name, e.Error())
		}
	}
}

func TestOpenWaitsForNoPipe(t *testing.T) {
	dir := t.TempDir()
	fifo, sock := filepath.Join(dir, "fifo"), filepath.Join(dir, "sock")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		missing(t, "named pipes", err)
	}
	l, err := net.Listen("unix", sock)
	if err != nil {
		missing(t, "sockets", err)
	}
	defer l.Close()
	for path, want := range map[string]string{fifo: "named pipe", sock: "socket", "/dev/null": "device"} {
		if _, err := Open(path, fakes()); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// missing skips a test that needs what this system does not have, and fails
// where all of it is known to be there.
func missing(t *testing.T, what string, err error) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("%s: %v", what, err)
	}
	t.Skipf("no %s here: %v", what, err)
}

func TestOpenUnreadableFile(t *testing.T) {
	dir := files(t, map[string]string{"a": "PLAIN a\n"})
	path := filepath.Join(dir, "a")
	if err := os.Chmod(path, 0); err != nil {
		t.Fatal(err)
	}
	if os.Geteuid() == 0 {
		asNobody(t, dir)
	}
	if _, err := Open(path, fakes()); err == nil || !strings.Contains(err.Error(), "run as its owner") {
		t.Errorf("%v", err)
	}
}

// asNobody lets this test's thread look at files as a user without rights, who
// may enter the folder; root would read everything.
func asNobody(t *testing.T, dir string) {
	t.Helper()
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

func TestOpenStandardInput(t *testing.T) {
	for name, data := range map[string]string{"bare": "PLAIN a\n", "packed": gz(t, "PLAIN a\n")} {
		opt := fakes()
		opt.Stdin = io.MultiReader(strings.NewReader(data[:3]), strings.NewReader(data[3:]))
		if _, ids := read(t, "-", opt); !slices.Equal(ids, []string{"-#a"}) {
			t.Errorf("%s: sessions %q", name, ids)
		}
	}
	path := filepath.Join(files(t, map[string]string{"a": "PLAIN a\nPLAIN b\n"}), "a")
	for at, want := range map[int64]int{0: 2, 8: 1} {
		in, err := os.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		defer in.Close()
		if _, err := in.Seek(at, io.SeekStart); err != nil {
			t.Fatal(err)
		}
		opt := fakes()
		opt.Stdin = in
		if _, ids := read(t, "-", opt); len(ids) != want {
			t.Errorf("a file from byte %d on: sessions %q", at, ids)
		}
	}
}

type failingReader struct{}

func (failingReader) Read([]byte) (int, error) { return 0, errors.New("line is down") }

func TestOpenStandardInputThatFails(t *testing.T) {
	opt := fakes()
	opt.Stdin = failingReader{}
	if _, err := Open("-", opt); err == nil || !strings.Contains(err.Error(), "line is down") {
		t.Errorf("%v", err)
	}
	opt.Stdin = io.MultiReader(strings.NewReader("PLAIN a\n"), failingReader{})
	if _, ids := read(t, "-", opt); !slices.Equal(ids, []string{"-#a"}) {
		t.Errorf("what came before the failure: %q", ids)
	}
}

func TestSessionsCanBeKeptAndLeftEarly(t *testing.T) {
	path := filepath.Join(files(t, map[string]string{"a": "PLAIN a\nPLAIN b\nBROKEN\n"}), "a")
	f, err := Open(path, fakes())
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for s, err := range Sessions(f) {
		if err != nil || s.ID != "a" {
			t.Fatal(s, err)
		}
		break
	}
	ids, err := opened(t, f, filepath.Dir(path))
	if len(ids) != 2 || err == nil {
		t.Errorf("sessions %q, error %v", ids, err)
	}
}
