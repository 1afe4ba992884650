package vfs

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"math"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

var day = time.Date(2024, 5, 1, 12, 0, 0, 0, time.UTC)

type fixed string

func (f fixed) Size() int64 { return int64(len(f)) }
func (f fixed) ReadAt(p []byte, at int64) (int, error) {
	return strings.NewReader(string(f)).ReadAt(p, at)
}

// sample is a small root to share.
func sample() *Node {
	root := NewDir(0o755, day)
	etc := NewDir(0o755, day)
	etc.Names["passwd"] = NewFile(0o644, day, "root:x:0:0::/root:/bin/sh\n")
	etc.Names["shadow"] = NewFile(0o600, day, "secret\n")
	etc.Names["body"] = &Node{Mode: Regular | 0o644, Body: fixed("from a body"), Modified: day}
	etc.Names["made"] = &Node{Mode: Regular | 0o644, Make: func() []byte { return []byte("made up") }, Modified: day}
	root.Names["etc"] = etc
	root.Names["lib"] = NewLink("etc", day)
	root.Names["tmp"] = NewDir(0o1777, day)
	dev := NewDir(0o755, day)
	dev.Names["null"] = NewDevice(0o666, 1, 3, day)
	dev.Names["full"] = NewDevice(0o666, 1, 7, day)
	root.Names["dev"] = dev
	root.Names["proc"] = &Node{Mode: Directory | 0o555, List: func() map[string]*Node {
		return map[string]*Node{"self": NewLink(SelfLink, day), "7": NewDir(0o555, day), "stat": NewFile(0o444, day, "cpu\n")}
	}}
	return root
}

// text writes down everything that a tree holds.
func text(n *Node, name string, b *strings.Builder) {
	fmt.Fprintf(b, "%s %o %d %d %d %s %q %q\n", name, n.Mode, n.UID, n.GID, n.Links, n.Modified, n.Data, n.Target)
	if n.List == nil {
		for _, c := range slices.Sorted(maps.Keys(n.Names)) {
			text(n.Names[c], name+"/"+c, b)
		}
	}
}

func dump(n *Node) string { var b strings.Builder; text(n, "", &b); return b.String() }

func newFS(lim Limits) (*FS, *Node) {
	root := sample()
	return New(root, lim, func() time.Time { return day }), root
}

func wantErr(t *testing.T, err error, want syscall.Errno) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("got %v, want %v", err, want)
	}
}

func read(t *testing.T, f *FS, name string) string {
	t.Helper()
	b, err := f.ReadFile(name, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func ok(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func TestSharedRootStays(t *testing.T) {
	root := sample()
	before := dump(root)
	a := New(root, Limits{}, time.Now)
	b := New(root, Limits{}, time.Now)
	for _, name := range []string{"/etc/passwd", "/etc/body", "/etc/made", "/etc/shadow"} {
		whole := read(t, b, name)
		file, err := a.Open(name, ReadWrite, 0)
		ok(t, err)
		if _, err := file.WriteAt([]byte("XX"), 1); err != nil {
			t.Fatal(err)
		}
		ok(t, file.Close())
		if got, want := read(t, a, name), whole[:1]+"XX"+whole[3:]; got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
		file, err = a.Open(name, WriteOnly|Append, 0)
		ok(t, err)
		file.Write([]byte("end"))
		ok(t, file.Close())
		if got := read(t, a, name); !strings.HasSuffix(got, "end") || len(got) != len(whole)+3 {
			t.Errorf("%s after appending is %q", name, got)
		}
		if got := read(t, b, name); got != whole {
			t.Errorf("the other visitor sees %q", got)
		}
	}
	ok(t, a.Chmod("/etc/passwd", 0o600))
	ok(t, a.Chown("/etc", 5, 5, true))
	ok(t, a.Link("/etc/passwd", "/etc/second"))
	ok(t, a.Rename("/etc/passwd", "/etc/shadow"))
	ok(t, a.Rename("/etc", "/tmp/etc"))
	ok(t, a.Remove("/tmp/etc/body"))
	ok(t, a.Mkdir("/new", 0o755))
	if got := dump(root); got != before {
		t.Errorf("the shared root changed:\n%s\nwas\n%s", got, before)
	}
	if _, err := b.Stat("/etc/body"); err != nil {
		t.Error(err)
	}
	if read(t, a, "/tmp/etc/second") != read(t, a, "/tmp/etc/shadow") {
		t.Error("two names of one file differ")
	}
}

func TestQuota(t *testing.T) {
	f, _ := newFS(Limits{Bytes: 1000, Nodes: 10, File: 600})
	wantErr(t, f.WriteFile("/tmp/a", make([]byte, 601), 0o644), syscall.EFBIG)
	ok(t, f.WriteFile("/tmp/a", make([]byte, 600), 0o644))
	wantErr(t, f.WriteFile("/tmp/b", make([]byte, 600), 0o644), syscall.ENOSPC)
	ok(t, f.Remove("/tmp/b"))

	file, err := f.Open("/tmp/a", ReadWrite, 0)
	ok(t, err)
	ok(t, f.Remove("/tmp/a"))
	if bytes, _ := f.Used(); bytes != 600 {
		t.Errorf("%d bytes are counted while a file is open that was removed, want 600", bytes)
	}
	wantErr(t, f.WriteFile("/tmp/c", make([]byte, 500), 0o644), syscall.ENOSPC)
	ok(t, file.Close())
	wantErr(t, file.Close(), syscall.EBADF)
	if bytes, nodes := f.Used(); bytes != 0 || nodes != 1 {
		t.Errorf("%d bytes and %d nodes, want 0 and 1", bytes, nodes)
	}
	ok(t, f.Remove("/tmp/c"))

	ok(t, f.Chmod("/etc/passwd", 0o600)) // changed, not added
	ok(t, f.Remove("/etc/passwd"))
	if bytes, nodes := f.Used(); bytes != 0 || nodes != 0 {
		t.Errorf("%d bytes and %d nodes after removing what was there before, want none", bytes, nodes)
	}
	wantErr(t, f.Symlink(strings.Repeat("x", 1001), "/tmp/l"), syscall.ENOSPC)
	ok(t, f.WriteFile("/tmp/a", nil, 0o644))
	for i := range 9 {
		ok(t, f.Link("/tmp/a", fmt.Sprint("/tmp/a", i)))
	}
	wantErr(t, f.Link("/tmp/a", "/tmp/more"), syscall.ENOSPC)
	wantErr(t, f.Mkdir("/tmp/dir", 0o755), syscall.ENOSPC)
}

func TestHostilePlaces(t *testing.T) {
	f, _ := newFS(Limits{})
	file, err := f.Open("/tmp/a", ReadWrite|Create, 0o644)
	ok(t, err)
	defer file.Close()
	if _, err := file.WriteAt([]byte("x"), math.MaxInt64); !errors.Is(err, syscall.EFBIG) {
		t.Errorf("writing at the last place gives %v", err)
	}
	if _, err := file.ReadAt(make([]byte, 1), -1); !errors.Is(err, syscall.EINVAL) {
		t.Errorf("reading before the first place gives %v", err)
	}
	if _, err := file.Seek(math.MaxInt64, io.SeekStart); err != nil {
		t.Error(err)
	}
	if _, err := file.Write([]byte("xy")); !errors.Is(err, syscall.EFBIG) {
		t.Errorf("writing over the end gives %v", err)
	}
	wantErr(t, f.Truncate("/tmp/a", -1), syscall.EINVAL)
	wantErr(t, f.Symlink(strings.Repeat("a/", 3000), "/tmp/l"), syscall.ENAMETOOLONG)
	ok(t, f.Symlink("loop", "/tmp/loop"))
	_, err = f.Stat("/tmp/loop")
	wantErr(t, err, syscall.ELOOP)
	_, err = f.Stat("/tmp/" + strings.Repeat("n", 256))
	wantErr(t, err, syscall.ENAMETOOLONG)
	for range 9000 {
		if err = f.Mkdir("directory-dir", 0o755); err == nil {
			err = f.Chdir("directory-dir")
		}
		if err != nil {
			break
		}
	}
	wantErr(t, err, syscall.ENAMETOOLONG)
}

func TestErrors(t *testing.T) {
	f, _ := newFS(Limits{})
	user := f.As(1000, 1000)
	ok(t, f.WriteFile("/tmp/roots", []byte("x"), 0o644))
	wantErr(t, user.Remove("/tmp/roots"), syscall.EPERM)
	wantErr(t, user.Rename("/tmp/roots", "/tmp/mine"), syscall.EPERM)
	wantErr(t, user.Remove("/etc/passwd"), syscall.EACCES)
	_, err := user.Open("/etc/shadow", ReadOnly, 0)
	wantErr(t, err, syscall.EACCES)
	wantErr(t, user.Chmod("/etc/passwd", 0o777), syscall.EPERM)
	wantErr(t, f.Rmdir("/etc"), syscall.ENOTEMPTY)
	wantErr(t, f.Rmdir("/proc"), syscall.EBUSY)
	wantErr(t, f.Rename("/proc", "/tmp/p"), syscall.EBUSY)
	wantErr(t, f.Remove("/proc/stat"), syscall.EPERM)
	wantErr(t, f.WriteFile("/proc/new", nil, 0o644), syscall.ENOENT)
	wantErr(t, f.Mkdir("/", 0o755), syscall.EEXIST)
	wantErr(t, f.Remove("/etc"), syscall.EISDIR)
	wantErr(t, f.Rename("/etc", "/etc/sub"), syscall.EINVAL)
	wantErr(t, f.Rename("/tmp/roots", "/etc"), syscall.EISDIR)
	wantErr(t, f.WriteFile("/dev/full", []byte("x"), 0o644), syscall.ENOSPC)
	ok(t, f.WriteFile("/dev/null", []byte("x"), 0o644))
	_, err = f.Stat("/etc/passwd/x")
	wantErr(t, err, syscall.ENOTDIR)
	_, err = f.Stat("/etc/passwd/")
	wantErr(t, err, syscall.ENOTDIR)
	f.PID = 7
	if i, err := f.Stat("/proc/self"); err != nil || i.Path != "/proc/7" {
		t.Errorf("/proc/self is %v, %v", i.Path, err)
	}
	if p, err := f.Real("/lib/../lib/passwd"); err != nil || p != "/etc/passwd" {
		t.Errorf("the real path is %q, %v", p, err)
	}
}

func TestInfoIsSafe(t *testing.T) {
	f, _ := newFS(Limits{})
	ok(t, f.WriteFile("/tmp/a", bytes.Repeat([]byte("a"), 100), 0o644))
	i, err := f.Stat("/tmp/a")
	ok(t, err)
	if i.Size() != 100 || i.Data != nil {
		t.Errorf("size %d, data %v", i.Size(), i.Data)
	}
	var all sync.WaitGroup
	for n := range 8 {
		all.Go(func() {
			f := f.Clone()
			for k := range 100 {
				name := fmt.Sprintf("/tmp/a%d", (n+k)%3)
				_ = f.WriteFile(name, []byte(name), 0o644)
				if _, err := f.ReadDir("/proc"); err != nil {
					t.Error(err)
				}
				if i, err := f.Stat(name); err == nil {
					_ = i.Size() + int64(i.LinkCount())
				}
				_ = f.Remove(name)
			}
		})
	}
	all.Wait()
}

func TestGraft(t *testing.T) {
	f, root := newFS(Limits{})
	before := dump(root)
	ok(t, f.Graft("/etc/passwd", NewFile(0o644, day, "other")))
	if got := read(t, f, "/etc/passwd"); got != "other" {
		t.Errorf("got %q", got)
	}
	if bytes, nodes := f.Used(); bytes != 0 || nodes != 0 {
		t.Errorf("%d bytes, %d nodes", bytes, nodes)
	}
	ok(t, f.WriteFile("/etc/shadow", []byte("mine"), 0o644))
	ok(t, f.Graft("/etc/shadow", NewFile(0o644, day, "other")))
	if got := read(t, f, "/etc/shadow"); got != "mine" {
		t.Errorf("what the visitor wrote became %q", got)
	}
	if dump(root) != before {
		t.Error("the shared root changed")
	}
}
