package main

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"gait/internal/health"
	"gait/store"
)

const ownShardText = `{"sid":"1","hdr":{"version":2,"width":80,"height":24,"timestamp":1714521600,"env":{},"service":"ssh"}}` + "\n" +
	`{"sid":"2","hdr":{"version":2,"width":80,"height":24,"timestamp":1714521600,"env":{},"service":"ssh"}}` + "\n" +
	`{"sid":"1","t":1.0,"ch":"i","d":"ls\r"}` + "\n" + `{"sid":"2","t":1.0,"ch":"i","d":"id\r"}` + "\n"

const foreignShardText = `{"sid":"1","hdr":{"version":2,"width":80,"height":24,"timestamp":1714521600,"env":{}}}` + "\n"

// put writes a file and sets its time.
func put(t *testing.T, path, text string, at time.Time) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(path, at, at); err != nil {
		t.Fatal(err)
	}
	return path
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

func TestOnlyOwnFilesAreDeleted(t *testing.T) {
	now := time.Date(2026, 5, 8, 12, 0, 0, 0, time.UTC)
	dir := t.TempDir()
	old, recent := now.Add(-100*day), now.Add(-time.Hour)
	tree := func(name string) string { return filepath.Join(dir, shardsDir, "web", "ssh", "transcripts", name) }
	outside := put(t, filepath.Join(t.TempDir(), "sessions-2026-01-02.jsonl"), ownShardText, old)
	gone := []string{
		put(t, tree("sessions-2026-01-01.jsonl"), ownShardText, old),
		put(t, tree("sessions-2026-01-01.1.jsonl"), ownShardText, old),
		put(t, filepath.Join(dir, uploadsDir, "a"), "x", old),
	}
	locked := put(t, tree("sessions-2026-01-05.jsonl"), ownShardText, old)
	kept := []string{
		outside, locked,
		put(t, tree("sessions-2026-05-08.jsonl"), ownShardText, old),    // today's
		put(t, tree("sessions-2026-01-03.jsonl"), ownShardText, recent), // written to
		put(t, tree("sessions-2026-01-04.jsonl"), foreignShardText, old),
		put(t, tree("notes.txt"), ownShardText, old),
		put(t, filepath.Join(dir, shardsDir, "sessions-2026-01-01.jsonl"), ownShardText, old),
		put(t, filepath.Join(dir, uploadsDir, "b"), "x", recent),
		put(t, filepath.Join(dir, "gait.db"), "x", old),
	}
	if err := os.Symlink(outside, tree("sessions-2026-01-02.jsonl")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Dir(outside), filepath.Join(dir, uploadsDir, "link")); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(locked)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := unix.Flock(int(f.Fd()), unix.LOCK_SH); err != nil {
		t.Fatal(err)
	}
	rule := keepRule{Age: 30 * day}
	k := &keeper{rules: keepFlags{KeepRecordings: rule, KeepUploads: rule}, dir: dir, log: slog.New(slog.DiscardHandler), board: health.NewBoard(), now: func() time.Time { return now }}
	k.once(t.Context())
	for _, p := range gone {
		if exists(p) {
			t.Errorf("%s is still there", p)
		}
	}
	for _, p := range kept {
		if !exists(p) {
			t.Errorf("%s is gone", p)
		}
	}
	if c := k.board.Conditions(); len(c) > 0 {
		t.Error(c)
	}
}

func TestTheOldestGoUntilTheRestFits(t *testing.T) {
	now := time.Now()
	dir := t.TempDir()
	var paths []string
	for i := range 5 {
		paths = append(paths, put(t, filepath.Join(dir, uploadsDir, string(rune('a'+i))), strings.Repeat("x", 1000), now.Add(-time.Duration(10-i)*time.Hour)))
	}
	k := &keeper{rules: keepFlags{KeepUploads: keepRule{Size: 2500}}, dir: dir, log: slog.New(slog.DiscardHandler), now: time.Now}
	k.once(t.Context())
	if left := slices.DeleteFunc(paths, func(p string) bool { return !exists(p) }); len(left) != 2 || filepath.Base(left[0]) != "d" {
		t.Errorf("left: %v", left)
	}
}

// pruner is a store of which only so much can be deleted.
type pruner struct {
	store.Store
	left  int64
	calls int
	err   error
}

func (p *pruner) Prune(_ context.Context, r store.Retention) (store.Pruned, error) {
	p.calls++
	n := min(p.left, 200)
	p.left -= n
	return store.Pruned{Sessions: n, Observations: 38 * n}, p.err
}

func TestObservationsGoInSteps(t *testing.T) {
	p := &pruner{left: 500}
	k := &keeper{store: p, rules: keepFlags{KeepObservations: keepRule{Age: day}}, dir: t.TempDir(), log: slog.New(slog.DiscardHandler),
		board: health.NewBoard(), now: time.Now, pause: time.Millisecond}
	k.once(t.Context())
	if p.left != 0 || p.calls != 4 {
		t.Errorf("%+v", p)
	}
	p.err = store.ErrLater
	k.once(t.Context())
	if c := k.board.Conditions(); len(c) != 1 || c[0].Part != "retention" {
		t.Error(c)
	}
	p.err = nil
	k.once(t.Context())
	if c := k.board.Conditions(); len(c) != 0 {
		t.Error(c)
	}
}
