package profiler

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"gait/store"
)

// What lies where a shard should be may be anything.
func TestPathsThatAreNoShards(t *testing.T) {
	outside := t.TempDir()
	for name, c := range map[string]struct {
		make func(path string) error
		want Reason
	}{
		"pipe":           {func(path string) error { return syscall.Mkfifo(path, 0o644) }, Damaged},
		"folder":         {func(path string) error { return os.Mkdir(path, 0o755) }, Damaged},
		"device by link": {func(path string) error { return os.Symlink("/dev/zero", path) }, Outside},
		"link outside": {func(path string) error {
			secret := filepath.Join(outside, "secret")
			return errors.Join(os.WriteFile(secret, []byte("x"), 0o644), os.Symlink(secret, path))
		}, Outside},
		"link in circles": {func(path string) error { return os.Symlink(path, path) }, Outside},
		"empty file":      {func(path string) error { return os.WriteFile(path, nil, 0o644) }, Damaged},
		"no shard":        {func(path string) error { return os.WriteFile(path, bytes.Repeat([]byte{0}, 1<<16), 0o644) }, Damaged},
	} {
		t.Run(name, func(t *testing.T) {
			k := newKit(t)
			s := visits(1)[0]
			path := k.path(s.Decoy)
			if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), c.make(path)); err != nil {
				t.Fatal(err)
			}
			out := k.handle(t, k.event(s))
			row := k.row(t, out.Ref)
			if out.Reason != c.want || row.State != store.Waiting || row.CauseKind != c.want.kind() || row.Cause == "" {
				t.Fatalf("%+v\nrow %+v", out, row)
			}
			// Once it is a shard, the session goes on.
			if err := os.RemoveAll(path); err != nil {
				t.Fatal(err)
			}
			e := k.write(t, s)
			k.later(1)
			if out := k.handle(t, e); out.Reason != Stored {
				t.Errorf("then: %+v", out)
			}
		})
	}
}

func TestShardThatShrinksOrIsReplaced(t *testing.T) {
	k := newKit(t)
	list := visits(3)
	for _, s := range list[:2] {
		k.write(t, s)
	}
	if out := k.handle(t, k.event(list[0])); out.Reason != Stored {
		t.Fatalf("%+v", out)
	}
	path := k.path(list[0].Decoy)
	if err := os.Truncate(path, 100); err != nil {
		t.Fatal(err)
	}
	if out := k.handle(t, k.event(list[0])); out.Reason != Known {
		t.Errorf("what is profiled stays: %+v", out)
	}
	if out := k.handle(t, k.event(list[1])); out.Reason != NoSession {
		t.Errorf("what is cut off: %+v", out)
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	if out := k.handle(t, k.write(t, list[2])); out.Reason != Stored {
		t.Errorf("of the shard in its place: %+v", out)
	}
	k.sameAsOffline(t, ref(list[2]), k.place(list[2]))
}
