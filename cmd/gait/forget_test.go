package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gait/store"
)

func TestSessionsAreCutOutOfOwnShards(t *testing.T) {
	now := time.Date(2026, 5, 8, 12, 0, 0, 0, time.UTC)
	dir := t.TempDir()
	old := now.Add(-100 * day)
	place := filepath.Join(dir, "web", "ssh", "transcripts")
	long := `{"sid":"1","t":2.0,"ch":"o","d":"` + strings.Repeat("x", 200_000) + `"}` + "\n"
	own := put(t, filepath.Join(place, "sessions-2026-01-01.jsonl"), ownShardText+long+`{"sid":"2","torn`, old)
	foreign := put(t, filepath.Join(place, "sessions-2026-01-02.jsonl"), foreignShardText, old)
	today := put(t, filepath.Join(place, "sessions-2026-05-08.jsonl"), ownShardText, old)
	packed := put(t, filepath.Join(place, "sessions-2026-01-03.jsonl.gz"), "x", old)
	list := byPath([]store.Session{
		{ID: "1", Path: own, Format: "shard"}, {ID: "1", Path: foreign, Format: "shard"}, {ID: "1", Path: today, Format: "shard"},
		{ID: "9", Path: own, Format: "shard"}, {ID: "1", Path: packed, Format: "shard"}, {ID: "1", Path: "/elsewhere/x", Format: "cowrie"}, {ID: "5"},
	})
	if len(list) != 5 {
		t.Fatalf("%v", list)
	}
	for _, dry := range []bool{true, false} {
		k := &cutter{dir: dir, now: now, dry: dry}
		for _, r := range list {
			what, err := k.sessions(r)
			switch r.path {
			case own:
				if err != nil || !strings.Contains(what, "without 2 sessions") {
					t.Errorf("own: %q %v", what, err)
				}
			case today, packed:
				if err == nil {
					t.Errorf("%s: %q", r.path, what)
				}
			default:
				if what != "" || err != nil {
					t.Errorf("%s: %q %v", r.path, what, err)
				}
			}
		}
	}
	b, err := os.ReadFile(own)
	if err != nil {
		t.Fatal(err)
	}
	if text := string(b); strings.Contains(text, `"1"`) || strings.Count(text, `{"sid":"2"`) != 3 || !strings.HasSuffix(text, "torn") {
		t.Errorf("%q", text)
	}
	info, err := os.Stat(own)
	if err != nil || !info.ModTime().Equal(old) || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info, err)
	}
	if files, err := os.ReadDir(place); err != nil || len(files) != 4 {
		t.Errorf("%v %v", files, err)
	}
}
