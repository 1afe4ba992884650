package collect

import (
	"archive/tar"
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"gait"
	"gait/internal/simulate"
	"gait/recording"
	"gait/store"
)

// honeypot makes up what a Cowrie records.
type honeypot struct {
	lines []simulate.Timed  // of the event log, with times since 1970
	files map[string][]byte // terminal logs
}

// newHoneypot makes up visits, one every so often. Every third is one that was
// there before with the same keys; every seventh has no terminal log.
func newHoneypot(n int, start time.Time, every time.Duration) *honeypot {
	h := &honeypot{files: map[string][]byte{}}
	for i := range n {
		kind := simulate.Visitors[i%len(simulate.Visitors)]
		s := *kind.Session(uint64(i))
		if i%3 == 2 {
			s = *simulate.Find("loader").Session(1)
		}
		s.Start = start.Add(time.Duration(i) * every)
		name, records := simulate.TTYLog(&s)
		_, there := h.files[name]
		for _, r := range records {
			if !there && i%7 != 6 {
				h.files[name] = append(h.files[name], r.Data...)
			}
		}
		v := simulate.CowrieVisit{Session: &s, ID: fmt.Sprintf("%012x", i+0xabc), Sensor: "web01", Name: name, Duplicate: there}
		for _, e := range v.Events() {
			line := e.Line()
			h.lines = append(h.lines, simulate.Timed{At: time.Duration(s.Start.UnixNano()) + line.At, Data: line.Data})
		}
	}
	slices.SortStableFunc(h.lines, func(a, b simulate.Timed) int { return cmp.Compare(a.At, b.At) })
	return h
}

// text gives lines of the event log.
func (h *honeypot) text(from, to int) (b []byte) {
	for _, l := range h.lines[from:to] {
		b = append(b, l.Data...)
	}
	return b
}

func (h *honeypot) putFiles(t *testing.T, dir string) {
	for name, data := range h.files {
		lay(t, filepath.Join(dir, name), data)
	}
}

func lay(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

func appendTo(t *testing.T, path string, data []byte) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.Write(data); err != nil {
		t.Fatal(err)
	}
}

func gzipped(data []byte) []byte {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write(data)
	z.Close()
	return b.Bytes()
}

// offline reads a folder as gait profile does.
func offline(t *testing.T, dir string) map[string]*gait.Session {
	t.Helper()
	all := map[string]*gait.Session{}
	for in, err := range recording.Find(t.Context(), []string{dir}, recording.Options{}) {
		if err != nil {
			t.Fatal(err)
		}
		f, err := in.Open()
		if err != nil {
			continue // it says so there as well
		}
		for s, err := range recording.Sessions(f) {
			if err == nil {
				all[s.EvidenceRef] = s
			}
		}
		f.Close()
	}
	return all
}

// rows gives all sessions that are in the store and to be profiled.
func (w *world) rows(t *testing.T) map[string]store.Session {
	t.Helper()
	all := map[string]store.Session{}
	q := store.SessionQuery{PageQuery: store.PageQuery{Limit: 1000}}
	for {
		page, err := w.store.Sessions(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range page.Items {
			if s.State == store.Waiting && s.Cause == "" {
				all[s.Ref] = s
			}
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			return all
		}
	}
}

// equals waits until the store holds what a folder holds, and compares each
// session as the library reads it.
func (w *world) equals(t *testing.T, want map[string]*gait.Session, roots ...string) {
	t.Helper()
	if len(want) == 0 {
		t.Fatal("nothing is expected")
	}
	var got map[string]store.Session
	deadline := time.After(60 * time.Second)
	for tick := time.NewTicker(50 * time.Millisecond); ; {
		if got = w.rows(t); len(got) >= len(want) {
			break
		}
		select {
		case <-tick.C:
			continue
		case <-deadline:
		}
		break
	}
	pause(100 * time.Millisecond)
	got = w.rows(t)
	l := recording.NewLibrary(recording.LibraryOptions{Roots: roots})
	defer l.Close()
	for ref, x := range want {
		row, ok := got[ref]
		if !ok {
			t.Errorf("%s is not in the store", ref)
			continue
		}
		full, err := w.store.Session(t.Context(), ref)
		if err != nil {
			t.Fatal(err)
		}
		var p recording.Place
		if err := json.Unmarshal(full.Place, &p); err != nil {
			t.Fatalf("%s: place %q: %v", ref, full.Place, err)
		}
		s, err := l.Read(context.Background(), p)
		if err != nil {
			t.Errorf("%s: %v", ref, err)
			continue
		}
		if s.ID != x.ID || row.ID != x.ID || !s.Start.Equal(x.Start) || s.Fidelity != x.Fidelity || s.End != x.End || s.SourceIP != x.SourceIP || row.Address != x.SourceIP || !reflect.DeepEqual(told(s), told(x)) {
			t.Errorf("%s:\n%+v\nwant\n%+v", ref, s.Header, x.Header)
		}
	}
	for ref, row := range got {
		if want[ref] == nil {
			t.Errorf("%s (%s) is in the store and nowhere else", ref, row.Path)
		}
	}
}

// told lists the events of a session.
func told(s *gait.Session) (list []string) {
	for _, e := range s.Events() {
		list = append(list, fmt.Sprintf("%v %v %q", e.Time, e.Kind, e.Data))
	}
	return list
}

// startCowrie runs a collector on a folder of Cowrie. With past, a reader of
// its own reads what lies there, however little that is.
func (w *world) startCowrie(t *testing.T, dir string, past bool) {
	t.Helper()
	opt := w.opt
	w.reg = prometheus.NewRegistry()
	opt.Metrics, opt.Shards, opt.Cowrie = w.reg, nil, []string{dir}
	c, err := New(opt)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range c.sources {
		if s, ok := s.(*cowrieSource); ok && past {
			s.much = -1
		}
	}
	runUntilEnd(t, w, c)
}

func TestCowrieLayouts(t *testing.T) {
	start := time.Now().Add(-72 * time.Hour).UTC().Truncate(time.Second)
	h := newHoneypot(24, start, 20*time.Minute)
	third := len(h.lines) / 3
	one, two, three := h.text(0, third), h.text(third, 2*third), h.text(2*third, len(h.lines))
	for name, c := range map[string]struct{ logs, terms, give, root string }{
		"pip or source":  {"var/log/cowrie", "var/lib/cowrie/tty", ".", "."},
		"Docker volume":  {"cowrie-git/var/log/cowrie", "cowrie-git/var/lib/cowrie/tty", ".", "."},
		"DShield":        {"srv/cowrie/var/log/cowrie", "srv/cowrie/var/lib/cowrie/tty", "srv/cowrie", "."},
		"T-Pot":          {"data/cowrie/log", "data/cowrie/log/tty", "data/cowrie", "."},
		"the log folder": {"var/log/cowrie", "var/lib/cowrie/tty", "var/log/cowrie", "."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			lay(t, filepath.Join(dir, c.logs, "cowrie.json.2026-01-01.gz"), gzipped(one))
			lay(t, filepath.Join(dir, c.logs, "cowrie.json.1"), two)
			lay(t, filepath.Join(dir, c.logs, "cowrie.json"), three)
			lay(t, filepath.Join(dir, c.logs, "cowrie.log"), []byte("2026-01-01T00:00:00Z [x] text\n"))
			h.putFiles(t, filepath.Join(dir, c.terms))
			give := filepath.Join(dir, c.give)
			for _, past := range []bool{false, true} {
				w := newWorld(t)
				w.startCowrie(t, give, past)
				w.equals(t, offline(t, give), give)
				w.stop()
			}
		})
	}
}

func TestCowriePackedTerminals(t *testing.T) {
	start := time.Now().Add(-72 * time.Hour).UTC().Truncate(time.Second)
	h := newHoneypot(12, start, 20*time.Minute)
	want := t.TempDir()
	lay(t, filepath.Join(want, "log", "cowrie.json"), h.text(0, len(h.lines)))
	h.putFiles(t, filepath.Join(want, "log", "tty"))
	dir := t.TempDir()
	lay(t, filepath.Join(dir, "log", "cowrie.json.1.gz"), gzipped(h.text(0, len(h.lines))))
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	a := tar.NewWriter(z)
	for name, data := range h.files {
		a.WriteHeader(&tar.Header{Name: "data/cowrie/log/tty/" + name, Size: int64(len(data)), Mode: 0o644, Typeflag: tar.TypeReg})
		a.Write(data)
	}
	a.Close()
	z.Close()
	lay(t, filepath.Join(dir, "log", "ttylogs.tgz.3"), b.Bytes())
	if err := os.Mkdir(filepath.Join(dir, "log", "tty"), 0o755); err != nil {
		t.Fatal(err)
	}
	w := newWorld(t)
	w.start(t, func(o *Options) { o.Shards, o.Cowrie = nil, []string{dir} })
	w.equals(t, offline(t, want), dir)
}

func TestCowrieGoesOn(t *testing.T) {
	for _, past := range []bool{false, true} {
		t.Run(fmt.Sprintf("past %t", past), func(t *testing.T) { goesOn(t, past) })
	}
}

// goesOn writes, renames and packs logs, and starts anew all the time.
func goesOn(t *testing.T, past bool) {
	start := time.Now().Add(-5 * time.Hour).UTC().Truncate(time.Second)
	h := newHoneypot(40, start, 7*time.Second) // many at once
	dir := t.TempDir()
	logs := filepath.Join(dir, "var", "log", "cowrie")
	live := filepath.Join(logs, "cowrie.json")
	h.putFiles(t, filepath.Join(dir, "var", "lib", "cowrie", "tty"))
	lay(t, live, nil)
	w := newWorld(t)
	begin := func() { w.startCowrie(t, dir, past) }
	begin()
	all := h.text(0, len(h.lines))
	step := len(all)/23 + 1
	for i := 0; len(all) > 0; i++ {
		n := min(step, len(all))
		appendTo(t, live, all[:n])
		all = all[n:]
		switch i % 6 {
		case 1: // in the middle of a line, as before Cowrie learnt better
			if err := os.Rename(live, fmt.Sprintf("%s.2026-01-%02d", live, i+1)); err != nil {
				t.Fatal(err)
			}
		case 2, 4:
			pause(time.Duration(i*9) * time.Millisecond)
			w.stop()
			begin()
		case 5:
			old := fmt.Sprintf("%s.2026-01-%02d", live, i+1)
			if err := os.Rename(live, old); err != nil {
				t.Fatal(err)
			}
			data, err := os.ReadFile(old)
			if err != nil {
				t.Fatal(err)
			}
			lay(t, old+".gz", gzipped(data))
			os.Remove(old)
		}
	}
	w.equals(t, offline(t, dir), dir)
	w.stop()
	begin()
	pause(300 * time.Millisecond)
	w.equals(t, offline(t, dir), dir)
}

func TestCowrieHostileLog(t *testing.T) {
	start := time.Now().Add(-72 * time.Hour).UTC().Truncate(time.Second)
	h := newHoneypot(6, start, 20*time.Minute)
	dir := t.TempDir()
	half := len(h.lines) / 2
	text := slices.Concat(h.text(0, half), []byte(`{"eventid":"cowrie.command.input","input":"`+strings.Repeat("x", 10<<20)+"\"}\n"),
		[]byte(strings.Repeat("[", 200_000)+"\n"), bytes.Repeat([]byte{0}, 100_000), []byte("\n\xff\xfe{\"eventid\n"), h.text(half, len(h.lines)))
	lay(t, filepath.Join(dir, "log", "cowrie.json"), text)
	h.putFiles(t, filepath.Join(dir, "log", "tty"))
	if err := os.Symlink("/etc", filepath.Join(dir, "log", "tty", "etc")); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("/", filepath.Join(dir, "out")); err != nil {
		t.Fatal(err)
	}
	w := newWorld(t)
	w.start(t, func(o *Options) { o.Shards, o.Cowrie = nil, []string{dir} })
	w.equals(t, offline(t, dir), dir)
}

func TestCowrieTerminalComesLate(t *testing.T) {
	start := time.Now().Add(-time.Minute).UTC()
	h := newHoneypot(1, start, time.Second)
	dir := t.TempDir()
	live := filepath.Join(dir, "log", "cowrie.json")
	lay(t, live, h.text(0, len(h.lines)))
	if err := os.MkdirAll(filepath.Join(dir, "log", "tty"), 0o755); err != nil {
		t.Fatal(err)
	}
	w := newWorld(t)
	w.start(t, func(o *Options) { o.Shards, o.Cowrie = nil, []string{dir} })
	var waits store.Session
	wait(t, "a row that waits", func() bool {
		page, err := w.store.Sessions(t.Context(), store.SessionQuery{})
		if err != nil {
			t.Fatal(err)
		}
		if len(page.Items) == 1 {
			waits = page.Items[0]
		}
		return waits.Ref != ""
	})
	if waits.CauseKind != causeTerminal || waits.State != store.Waiting {
		t.Fatalf("%+v", waits)
	}
	h.putFiles(t, filepath.Join(dir, "log", "tty"))
	w.equals(t, offline(t, dir), dir)
}

// startWith runs a collector of one folder of Cowrie with other patience.
func (w *world) startWith(t *testing.T, dir string, patience time.Duration) {
	t.Helper()
	opt := w.opt
	opt.Shards, opt.Cowrie = nil, []string{dir}
	c, err := New(opt)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range c.sources {
		s.(*cowrieSource).wait = patience
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); c.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done })
}

func TestCowrieTerminalNeverComes(t *testing.T) {
	h := newHoneypot(1, time.Now().Add(-time.Minute).UTC(), time.Second)
	dir := t.TempDir()
	lay(t, filepath.Join(dir, "log", "cowrie.json"), h.text(0, len(h.lines)))
	silent := newHoneypot(2, time.Now().Add(-50*time.Second).UTC(), time.Second)
	var bare []byte // a session without any command
	for _, l := range silent.lines {
		if !bytes.Contains(l.Data, []byte("command.input")) && bytes.Contains(l.Data, []byte("000000000abd")) {
			bare = append(bare, l.Data...)
		}
	}
	appendTo(t, filepath.Join(dir, "log", "cowrie.json"), bare)
	w := newWorld(t)
	w.startWith(t, dir, 3*time.Second)
	w.equals(t, offline(t, dir), dir)
	wait(t, "the other one to be given up", func() bool {
		page, err := w.store.Sessions(t.Context(), store.SessionQuery{PageQuery: store.PageQuery{Limit: 10}, States: []store.State{store.Unrecorded}})
		return err == nil && len(page.Items) == 1 && page.Items[0].CauseKind == causeTerminal
	})
}

func TestCowrieFolderIsNeeded(t *testing.T) {
	for _, dir := range []string{"", "\xff"} {
		if _, err := cowrieSources(Options{Cowrie: []string{dir}}); err == nil {
			t.Errorf("%q was taken", dir)
		}
	}
}
