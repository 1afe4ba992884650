package shard

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gait"
	"gait/recording/reader"
)

// start is a quarter to midnight, so that a day ends soon.
var start = time.Date(2026, 5, 8, 23, 45, 0, 0, time.UTC)

// clock is a wall clock that tests set.
type clock struct {
	mu sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at = c.at.Add(d)
}

// plenty is a disk with room.
func plenty(string) (uint64, error) { return 1 << 40, nil }

// writer makes a writer in a folder of its own.
func writer(t testing.TB, set ...func(*WriterOptions)) *Writer {
	t.Helper()
	o := WriterOptions{Root: t.TempDir(), Decoy: "web-01", Service: "ssh", Free: plenty}
	for _, f := range set {
		f(&o)
	}
	w, err := NewWriter(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

func sid(n int) string { return fmt.Sprintf("%08x-1111-4111-8111-111111111111", n) }

func head(n int) gait.Header {
	return gait.Header{ID: sid(n), Start: start, Width: 80, Height: 24, SourceIP: "198.51.100.7", SourcePort: 4022}
}

// files names the shards of a writer, in order.
func files(t testing.TB, w *Writer) (names []string) {
	t.Helper()
	list, err := os.ReadDir(w.dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range list {
		names = append(names, e.Name())
	}
	return names
}

// written reads a shard.
func written(t testing.TB, w *Writer, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(w.dir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

const firstFile = "sessions-2026-05-08.jsonl"

// back reads the only session of the first shard.
func back(t testing.TB, w *Writer) *gait.Session {
	t.Helper()
	list := sessions(t, open(t, written(t, w, firstFile)))
	if len(list) != 1 {
		t.Fatalf("%d sessions", len(list))
	}
	return list[0]
}

func TestTapeReadsBackWhole(t *testing.T) {
	w := writer(t)
	h := head(1)
	h.Client, h.Obfuscated, h.Command = "SSH-2.0-\"x\"\x1b", true, "uname -a; echo \xff"
	h.HASSH = strings.Repeat("0f", 16)
	h.Env = []gait.Var{{Name: "TERM", Value: "xterm"}, {Name: "A\"", Value: "\x00\xfe"}}
	tape := w.Begin(h)
	all := make([]byte, 256)
	for i := range all {
		all[i] = byte(i)
	}
	tape.Output(0, []byte("# "))
	for i := range all {
		tape.Input(time.Duration(i+1)*time.Millisecond, all[i:i+1])
	}
	tape.Output(time.Second, all)
	tape.Resize(time.Second, 120, 40)
	tape.Input(2*time.Second, []byte("é\xc3")) // a character cut in two
	tape.Input(2*time.Second, []byte("\xa9\U0001f600"))
	got := tape.End(3*time.Second, "exit")
	want := Totals{Kept: true, Events: 261, BytesIn: 264, BytesOut: 258, KeptIn: 264, KeptOut: 258, Duration: 3 * time.Second}
	if got != want {
		t.Errorf("%+v", got)
	}
	if again := tape.End(9*time.Second, "again"); again != got {
		t.Errorf("a second end gives %+v", again)
	}
	s := back(t, w)
	if len(s.Oddities) > 0 || s.Truncated != "" || s.End.Reason != "exit" || s.End.BytesIn != got.BytesIn || s.End.BytesOut != 258 || s.End.Events != got.Events {
		t.Errorf("%+v %v", s.Header, s.Oddities)
	}
	if in := append(slices.Clone(all), "é\xc3\xa9\U0001f600"...); !bytes.Equal(s.Block(gait.Input), in) || string(s.Block(gait.Output)) != "# "+string(all) {
		t.Errorf("input %q", s.Block(gait.Input))
	}
	if s.SourceIP != h.SourceIP || s.SourcePort != h.SourcePort || s.Client != h.Client || s.HASSH != h.HASSH || !s.Obfuscated || !slices.Equal(s.Env, h.Env) ||
		string(s.Block(gait.Exec)) != h.Command || !s.Start.Equal(start) || s.Width != 80 || s.Height != 24 {
		t.Errorf("%+v", s.Header)
	}
	var times []time.Duration
	for _, e := range s.Events() {
		if e.Kind == gait.Input {
			times = append(times, e.Time)
		}
	}
	for i := range all {
		if times[i] != time.Duration(i+1)*time.Millisecond {
			t.Fatalf("key %d at %v", i, times[i])
		}
	}
	if times[256] != 2*time.Second || times[257] != 2*time.Second+time.Microsecond {
		t.Errorf("the same time twice: %v", times[256:])
	}
	if raw := written(t, w, firstFile); strings.ContainsFunc(raw, func(r rune) bool { return r >= 0x7f }) {
		t.Error("the shard is not pure ASCII")
	}
	follow := NewFollower(reader.DefaultLimits())
	growAt(t, follow, written(t, w, firstFile), Growth{})
	if list := follow.Ended(9); len(list) != 1 || list[0].Address != h.SourceIP {
		t.Errorf("the follower has %+v", list)
	}
}

func TestFoldersAndFilesBelongToTheirOwner(t *testing.T) {
	w := writer(t)
	w.Begin(head(1)).End(0, "exit")
	for at, want := range map[string]fs.FileMode{
		filepath.Join(w.dir, firstFile): 0o600, w.dir: 0o700, filepath.Dir(w.dir): 0o700, filepath.Dir(filepath.Dir(w.dir)): 0o700,
	} {
		if info, err := os.Stat(at); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: %v %v", at, info.Mode(), err)
		}
	}
}

func TestSpentOutputLeavesAllKeys(t *testing.T) {
	w := writer(t, func(o *WriterOptions) { o.Output = 1 << 20 })
	tape := w.Begin(head(1))
	block := bytes.Repeat([]byte("y\r\n"), 10<<10)
	var keys []byte
	at := time.Duration(0)
	for i := range 600 { // 30 s of yes, with a key now and then
		at += 50 * time.Millisecond
		tape.Output(at, block)
		if i%12 == 0 {
			k := []byte{byte('a' + i/12%26)}
			keys = append(keys, k...)
			tape.Input(at, k)
		}
	}
	tape.Resize(at, 100, 30)
	got := tape.End(at, "exit")
	if !got.Truncated || got.KeptIn != int64(len(keys)) || got.KeptOut > 1<<20 || got.KeptOut < 1<<20-int64(len(block)) || got.BytesOut != int64(600*len(block)) {
		t.Errorf("%+v", got)
	}
	s := back(t, w)
	if !bytes.Equal(s.Block(gait.Input), keys) || s.Truncated != "" || !s.Fidelity.OutputPartial || len(s.Oddities) > 0 || !s.End.Seen {
		t.Errorf("keys %q, cut %q, %v", s.Block(gait.Input), s.Truncated, s.Oddities)
	}
	if int64(len(s.Block(gait.Output))) != got.KeptOut || len(s.Block(gait.Resize)) == 0 {
		t.Errorf("%d bytes of output, resize %q", len(s.Block(gait.Output)), s.Block(gait.Resize))
	}
	raw := written(t, w, firstFile)
	if n := strings.Count(raw, `"trunc"`); n != 1 {
		t.Errorf("%d lines say that it stopped", n)
	}
	if n := strings.Count(raw, `"skip"`); n < 25 || n > 31 {
		t.Errorf("%d lines say what was skipped in 30 s", n)
	}
}

func TestSpentInputIsSaid(t *testing.T) {
	w := writer(t, func(o *WriterOptions) { o.Input = 10 })
	tape := w.Begin(head(1))
	tape.Input(1, []byte("0123456789"))
	tape.Input(2, []byte("lost"))
	tape.Output(3, []byte("kept"))
	if got := tape.End(4, "exit"); !got.Truncated || got.KeptIn != 10 || got.BytesIn != 14 || got.KeptOut != 4 {
		t.Errorf("%+v", got)
	}
	s := back(t, w)
	if s.Truncated == "" || string(s.Block(gait.Output)) != "kept" || s.Fidelity.OutputPartial || len(s.Oddities) > 0 || s.End.BytesIn != 14 {
		t.Errorf("%q %q %v", s.Truncated, s.Block(gait.Output), s.Oddities)
	}
}
