package recording

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"gait"
	"gait/recording/shard"
)

const shardFile = "web-01/ssh/transcripts/sessions-2026-05-08.jsonl"

// sid gives the n-th session id of a test.
func sid(n int) string { return fmt.Sprintf("00000000-0000-4000-8000-%012d", n) }

// sessionsOf gives the lines of sessions that type their own number.
func sessionsOf(numbers ...int) string {
	var b strings.Builder
	e := shard.NewEncoder(&b)
	for _, n := range numbers {
		s := &gait.Session{Header: gait.Header{ID: sid(n), Width: 80, Height: 24}}
		s.Append(gait.Event{Time: 1e9, Kind: gait.Input, Data: fmt.Appendf(nil, "key %d\r", n)}, -1)
		s.End = gait.End{Seen: true, Time: 2e9}
		if err := e.Session(s); err != nil {
			panic(err)
		}
	}
	return b.String()
}

// put writes a file below a folder, with the folders on the way.
func put(t *testing.T, root, rel, content string) string {
	t.Helper()
	path := filepath.Join(root, rel)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

// appendTo appends to a file.
func appendTo(t *testing.T, path, content string) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err == nil {
		_, err = f.WriteString(content)
		f.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
}

func library(t *testing.T, roots ...string) *Library {
	l := NewLibrary(LibraryOptions{Roots: roots})
	t.Cleanup(func() { l.Close() })
	return l
}

// wantKeys reads session n and checks what was typed in it.
func wantKeys(t *testing.T, l *Library, path string, n int) *gait.Session {
	t.Helper()
	s, err := l.Read(t.Context(), Place{Format: "shard", Path: path, Session: sid(n)})
	if err != nil {
		t.Fatalf("session %d: %v", n, err)
	}
	if got, want := string(s.Block(gait.Input)), fmt.Sprintf("key %d\r", n); got != want {
		t.Fatalf("session %d: %q", n, got)
	}
	return s
}

func TestLibraryFollowsAShard(t *testing.T) {
	root := t.TempDir()
	path := put(t, root, shardFile, sessionsOf(1, 2))
	l := library(t, root)
	s := wantKeys(t, l, path, 2)
	if want := "shard:web-01/ssh/sessions-2026-05-08.jsonl#" + sid(2); s.EvidenceRef != want || s.Decoy != "web-01" {
		t.Errorf("reference %q of decoy %q", s.EvidenceRef, s.Decoy)
	}
	if _, err := l.Read(t.Context(), Place{Format: "shard", Path: path, Session: sid(3)}); !errors.Is(err, ErrNoSession) {
		t.Errorf("a session that is not there: %v", err)
	}
	three := sessionsOf(3)
	appendTo(t, path, three[:len(three)-1]) // the line feed is still to come
	wantKeys(t, l, path, 3)
	appendTo(t, path, "\n"+sessionsOf(4))
	wantKeys(t, l, path, 4)
	wantKeys(t, l, path, 1)
	if n := len(l.books); n != 1 {
		t.Errorf("%d files are open", n)
	}
}

func TestLibraryStartsAnewWhereAFileChanged(t *testing.T) {
	root := t.TempDir()
	path := put(t, root, shardFile, sessionsOf(1, 2, 3))
	l := library(t, root)
	wantKeys(t, l, path, 3)
	put(t, root, shardFile, sessionsOf(4)) // shorter, the same inode
	wantKeys(t, l, path, 4)
	other := put(t, root, "other", sessionsOf(5, 6))
	if err := os.Rename(other, path); err != nil {
		t.Fatal(err)
	}
	wantKeys(t, l, path, 6)
	put(t, root, shardFile, sessionsOf(7, 8)) // the same inode and size
	wantKeys(t, l, path, 8)
}

func TestLibraryFindsWhatMoved(t *testing.T) {
	a, b := t.TempDir(), t.TempDir()
	path := put(t, a, shardFile, sessionsOf(1))
	l := library(t, a, b)
	wantKeys(t, l, path, 1)
	put(t, a, shardFile+".gz", gz(t, sessionsOf(1, 2)))
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	s := wantKeys(t, l, path, 2)
	if want := "shard:web-01/ssh/sessions-2026-05-08.jsonl#" + sid(2); s.EvidenceRef != want {
		t.Errorf("reference %q", s.EvidenceRef)
	}
	put(t, b, shardFile+".zst", zst(t, sessionsOf(1, 2, 3)))
	if err := os.Remove(path + ".gz"); err != nil {
		t.Fatal(err)
	}
	wantKeys(t, l, path, 3)
	wantKeys(t, l, path+".gz", 3)
	if err := os.Remove(filepath.Join(b, shardFile+".zst")); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Read(t.Context(), Place{Format: "shard", Path: path, Session: sid(1)}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("what is nowhere: %v", err)
	}
}

func TestLibraryStaysInside(t *testing.T) {
	out, root := t.TempDir(), t.TempDir()
	secret := put(t, out, shardFile, sessionsOf(1))
	link := filepath.Join(root, "sessions.jsonl")
	if err := os.Symlink(secret, link); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(out, filepath.Join(root, "dir")); err != nil {
		t.Fatal(err)
	}
	l := library(t, root)
	for _, path := range []string{
		secret, link, filepath.Join(root, "dir", shardFile), root + "/../" + filepath.Base(out) + "/" + shardFile, "/etc/passwd", "", "a\x00b",
	} {
		if _, err := l.Read(t.Context(), Place{Format: "shard", Path: path, Session: sid(1)}); !errors.Is(err, ErrOutside) {
			t.Errorf("%q: %v", path, err)
		}
	}
	wantKeys(t, library(t, filepath.Join(root, "dir")), filepath.Join(root, "dir", shardFile), 1) // the root itself is a link
	wantKeys(t, library(t, filepath.Join(root, "dir")), secret, 1)
}

func TestLibraryRefusesWhatIsNoFile(t *testing.T) {
	root := t.TempDir()
	l := library(t, root)
	fifo, sub := filepath.Join(root, "fifo"), filepath.Join(root, "sub")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		missing(t, "named pipes", err)
	}
	put(t, sub, "a", sessionsOf(1))
	for path, want := range map[string]string{fifo: "named pipe", sub: "folder", filepath.Join(sub, "a", "b"): "cannot be opened"} {
		var e *Error
		if _, err := l.Read(t.Context(), Place{Format: "shard", Path: path, Session: sid(1)}); !errors.As(err, &e) || !strings.Contains(e.Error(), want) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestLibraryKeepsFewFilesOpen(t *testing.T) {
	root := t.TempDir()
	l := NewLibrary(LibraryOptions{Roots: []string{root}, Open: 3})
	defer l.Close()
	var wait sync.WaitGroup
	for day := range 12 {
		path := put(t, root, fmt.Sprintf("web-01/ssh/transcripts/sessions-2026-05-%02d.jsonl", day+1), sessionsOf(day))
		wait.Go(func() {
			for range 20 {
				if _, err := l.Read(context.Background(), Place{Format: "shard", Path: path, Session: sid(day)}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
	if n := l.recent.Len(); n > 3 || n != len(l.books) {
		t.Errorf("%d files are open, %d are known", n, len(l.books))
	}
	l.timer.Stop()
	for _, b := range l.books {
		b.used = b.used.Add(-libraryIdle)
	}
	l.tidy()
	if len(l.books) > 0 || l.weight != 0 || l.timer != nil {
		t.Errorf("%d files of weight %d stay open", len(l.books), l.weight)
	}
}

func TestLibraryReadsWhileAShardGrows(t *testing.T) {
	root := t.TempDir()
	path := put(t, root, shardFile, sessionsOf(0))
	l := library(t, root)
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			for range 200 {
				if s, err := l.Read(context.Background(), Place{Format: "shard", Path: path, Session: sid(0)}); err != nil || !s.End.Seen {
					t.Error(s, err)
				}
			}
		})
	}
	for n := 1; n < 100; n++ {
		appendTo(t, path, sessionsOf(n))
		wantKeys(t, l, path, n)
	}
	wait.Wait()
}

func TestLibraryReadsOtherFormats(t *testing.T) {
	root := t.TempDir()
	path := put(t, root, "a.cast", `{"version":2,"width":80,"height":24}`+"\n"+`[1.0,"i","x"]`+"\n")
	f, err := Open(path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	var id string
	for s := range Sessions(f) {
		id = s.ID
	}
	f.Close()
	l := library(t, root)
	s, err := l.Read(t.Context(), Place{Format: "asciicast", Path: path, Session: id})
	if err != nil || s.Len() != 1 {
		t.Fatal(s, err)
	}
	appendTo(t, path, `[2.0,"i","y"]`+"\n")
	if s, err = l.Read(t.Context(), Place{Format: "asciicast", Path: path, Session: id}); err == nil && s.Len() != 2 {
		t.Errorf("%d events after it grew", s.Len())
	}
	if n := len(l.books); n != 1 {
		t.Errorf("%d files are open", n)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := l.Read(ctx, Place{Format: "asciicast", Path: path, Session: id}); !errors.Is(err, context.Canceled) {
		t.Errorf("after the context ended: %v", err)
	}
	l.Close()
	if _, err := l.Read(t.Context(), Place{Format: "asciicast", Path: path, Session: id}); err == nil {
		t.Error("a closed library reads")
	}
}
