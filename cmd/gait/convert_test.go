package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gait"
	"gait/recording"
	"gait/recording/asciicast"
	"gait/recording/shard"
)

func TestSafeNameIsHarmless(t *testing.T) {
	for name, want := range map[string]string{
		"": "_", ".": "_.", "..": "_..", "-rf": "_-rf", "a/b\\c": "a_b_c", "\x1b[2J": "__2J", "caf\u00e9": "caf_", "\xff": "_", "a.b-c": "a.b-c",
		strings.Repeat("x", 500): strings.Repeat("x", 100),
	} {
		if got := safeName(name); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}

func TestFileNamesOfSessionsDiffer(t *testing.T) {
	s := &folderSink{taken: map[string]bool{}}
	for i, want := range []string{"log-1.cast", "LOG-1-2.cast", "log-1-3.cast"} {
		x := &gait.Session{Header: gait.Header{ID: "1", Path: []string{"a/log", "b/LOG", "c/log.cast"}[i]}}
		if got := s.name(x); got != want {
			t.Errorf("%s: %s, want %s", x.Path, got, want)
		}
	}
}

func TestShardIDsAreUUIDsAndStandOnce(t *testing.T) {
	ids, again := shardIDs{}, shardIDs{}
	const uuid = "11111111-1111-4111-8111-111111111111"
	seen := map[string]bool{}
	for i, id := range []string{uuid, uuid, "1", "1", "", uuid} {
		s := &gait.Session{Header: gait.Header{ID: id, EvidenceRef: "file:abc#1"}}
		got := ids.named(s).ID
		if !isUUID(got) || seen[got] {
			t.Errorf("session %d with id %q is called %q", i, id, got)
		}
		if seen[got] = true; got != again.named(s).ID {
			t.Errorf("session %d: another id the next time", i)
		}
		if s.ID != id {
			t.Errorf("session %d was changed", i)
		}
	}
	if !seen[uuid] {
		t.Error("an id that was right was not kept")
	}
}

func TestCreateReplacesOnlyWhatItMay(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a")
	for i, c := range []struct{ force, whole, ok bool }{
		{ok: true}, {whole: true, ok: true}, {whole: true}, {force: true, ok: true}, {force: true, whole: true, ok: true},
	} {
		o, err := createTarget(path, c.force)
		if (err == nil) != c.ok {
			t.Fatalf("case %d: %v", i, err)
		}
		if err != nil {
			continue
		}
		fmt.Fprintf(o, "case %d", i)
		if err := o.finish(c.whole); err != nil {
			t.Fatalf("case %d: %v", i, err)
		}
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != "case 4" {
		t.Errorf("%q, %v", got, err)
	}
	if left, _ := os.ReadDir(dir); len(left) != 1 {
		t.Errorf("left behind: %v", left)
	}
	if _, err := createTarget("/dev/null", true); err == nil {
		t.Error("a device would be replaced")
	}
}

// TestConvertKeepsEveryByte converts every byte value there and back.
func TestConvertKeepsEveryByte(t *testing.T) {
	s := &gait.Session{Header: gait.Header{ID: "11111111-1111-4111-8111-111111111111", Width: 80, Height: 24}}
	for i := range 256 {
		for _, k := range []gait.Kind{gait.Input, gait.Output} {
			s.Append(gait.Event{Time: time.Duration(i) * time.Millisecond, Kind: k, Data: []byte{byte(i)}}, -1)
		}
	}
	dir := t.TempDir()
	for name, write := range map[string]func(*os.File) error{
		"a.cast":  func(f *os.File) error { return asciicast.Write(f, s) },
		"a.jsonl": func(f *os.File) error { return shard.NewEncoder(f).Session(s) },
	} {
		path := filepath.Join(dir, name)
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := write(f); err != nil {
			t.Fatal(err)
		}
		f.Close()
		for _, to := range []string{toShard, toAsciicast} {
			out := filepath.Join(dir, name+"."+to)
			v := convertCmd{To: to, Output: out, File: path}
			v.limitFlags = defaultLimitFlags()
			if err := v.Run(t.Context(), &console{err: os.Stderr}); err != nil {
				t.Fatal(err)
			}
			sameBytes(t, out, s)
		}
	}
}

func TestConvertPrintsNamesEscaped(t *testing.T) {
	var errs strings.Builder
	c := &console{err: &errs, out: &errs}
	dir := t.TempDir()
	name := filepath.Join(dir, "\x1b[2J\u202e")
	for _, args := range [][]string{{"convert", name}, {"convert", "--session", "\x1b]0;x\a", filepath.Join(dir, "one.cast")}, {"convert", filepath.Join(dir, "one.cast"), "-o", name}} {
		for _, path := range []string{name, filepath.Join(dir, "one.cast")} {
			if args[1] == name {
				continue
			}
			if err := os.WriteFile(path, []byte("{\"version\":2,\"width\":80,\"height\":24}\n[0.5,\"i\",\"l\"]\n"), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if code := run(t.Context(), c, args); code != exitFailed {
			t.Errorf("%q: exit code %d", args, code)
		}
	}
	if got := errs.String(); strings.Count(got, "\n") != 3 || strings.ContainsAny(got, "\x1b\a\u202e") {
		t.Errorf("%q", got)
	}
}

// sameBytes reads a file of one session and compares its events.
func sameBytes(t *testing.T, path string, want *gait.Session) {
	t.Helper()
	f, err := recording.Open(path, recording.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for s, err := range recording.Sessions(f) {
		if err != nil || s.Len() != want.Len() {
			t.Fatalf("%s: %v, %d events, want %d", path, err, s.Len(), want.Len())
		}
		for i, e := range s.Events() {
			if w := want.Event(i); e.Kind != w.Kind || string(e.Data) != string(w.Data) {
				t.Errorf("%s: event %d is %s %q, want %s %q", path, i, e.Kind, e.Data, w.Kind, w.Data)
			}
		}
	}
}

// defaultLimitFlags gives the flags as they are by themselves, for what takes
// none.
func defaultLimitFlags() limitFlags {
	lim := recording.DefaultLimits()
	return limitFlags{
		MaxLine: byteSize(lim.Line), MaxEvents: lim.Events, MaxLines: lim.Lines, MaxBytes: byteSize(lim.Bytes),
		MaxDuration: longTime(lim.Duration), MaxSessions: lim.Sessions, MaxUnpacked: byteSize(lim.Unpacked), MaxRatio: lim.Ratio,
	}
}
