package collect

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"gait"
	"gait/recording/feed"
	"gait/store"
)

// feedAt takes sessions for the tree of a world until the test ends.
func feedAt(t *testing.T, w *world, decoys ...string) (socket string) {
	t.Helper()
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	socket = filepath.Join(dir, "s")
	f, err := NewFeed(FeedOptions{Socket: socket, Root: w.root, Decoys: decoys})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- f.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return socket
}

func TestRecordedSessionsAreFoundAtOnce(t *testing.T) {
	w := newWorld(t)
	socket := feedAt(t, w, "web-01", fmt.Sprintf("%d=db-7", os.Getuid()+1))
	w.start(t)
	start := time.Now()
	h := gait.Header{Start: start, Width: 80, Height: 24, SourceIP: "198.51.100.7"}
	c, err := feed.Dial(socket, feed.Hello{Header: h, Decoy: "elsewhere", Service: "telnet", Believed: true})
	if err != nil {
		t.Fatal(err)
	}
	at := time.Duration(0)
	for _, key := range "uname -a\rexit\r" {
		at += 90 * time.Millisecond
		c.Input(at, []byte(string(key)))
		c.Output(at+time.Millisecond, []byte(string(key)))
	}
	if got := c.End(2*time.Second, "exit"); !got.Kept || got.KeptIn != 14 || got.KeptOut != 14 {
		t.Errorf("%+v", got)
	}
	file := "sessions-" + start.UTC().Format(time.DateOnly) + ".jsonl"
	s := w.waitRow(t, "shard:web-01/ssh/"+file+"#"+c.ID(), nil)
	if s.Closed != store.ClosedEnd || !s.EndSeen || s.Decoy != "web-01" || s.Service != "ssh" || s.Duration != 2*time.Second || s.Address != "-" && s.Address != "" {
		t.Errorf("%+v", s) // the address is not believed: no sshd started this test
	}
	text, err := os.ReadFile(filepath.Join(w.root, "web-01/ssh/transcripts", file))
	if err != nil || strings.Count(string(text), c.ID()) != 1+14+14+1 || strings.Contains(string(text), "198.51.100.7") {
		t.Errorf("%v\n%s", err, text)
	}
}

func TestFeedOfOneUser(t *testing.T) {
	w := newWorld(t)
	if _, err := feed.Dial(feedAt(t, w, fmt.Sprintf("%d=db-7", os.Getuid()+1)), feed.Hello{Decoy: "db-7"}); err == nil {
		t.Error("one who has no decoy is taken")
	}
	c, err := feed.Dial(feedAt(t, w, fmt.Sprintf("%d=db-7", os.Getuid())), feed.Hello{Header: gait.Header{Start: time.Now()}})
	if err != nil {
		t.Fatal(err)
	}
	c.End(time.Second, "exit")
	if paths, err := filepath.Glob(filepath.Join(w.root, "db-7/ssh/transcripts/*.jsonl")); err != nil || len(paths) != 1 {
		t.Errorf("%v %v", paths, err)
	}
}

func TestFeedOptionsAreChecked(t *testing.T) {
	for want, decoys := range map[string][]string{
		"is missing": nil, "no decoy's name": {"../x"}, "both": {"a", "b"}, "no user's number": {"me=a"}, "UID=NAME": {"-1=a"},
	} {
		if f, err := NewFeed(FeedOptions{Socket: filepath.Join(t.TempDir(), "s"), Root: "x", Decoys: decoys}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v %v", decoys, f, err)
		}
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	o := FeedOptions{Socket: filepath.Join(dir, "s"), Root: dir, Decoys: []string{"b", "1=a", "2=b"}}
	f, err := NewFeed(o)
	if err != nil {
		t.Fatal(err)
	}
	if names := f.Names(); !slices.Equal(names, []string{"a", "b"}) {
		t.Errorf("%v", names)
	}
	if _, err := NewFeed(o); err == nil || !strings.Contains(err.Error(), "another collector") {
		t.Errorf("a second one: %v", err)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	if f, err = NewFeed(o); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
}
