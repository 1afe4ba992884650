package collect

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"gait"
	"gait/bus"
	"gait/internal/health"
	"gait/recording/shard"
	"gait/store"
	"gait/store/sqlite"
)

// world is a collector with what is around it: a tree of shards, a store, and a
// bus that remembers what was handed in.
type world struct {
	root  string
	dir   string // of the store
	store store.Store
	bus   *fakeBus
	board *health.Board
	gate  *health.Gate
	log   *logBook
	opt   Options
	reg   *prometheus.Registry
	stop  func()
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{root: t.TempDir(), dir: t.TempDir(), bus: &fakeBus{}, board: health.NewBoard(), gate: &health.Gate{}, log: &logBook{}}
	s, err := sqlite.Open(t.Context(), filepath.Join(w.dir, "gait.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	w.store = s
	w.opt = Options{Store: s, Bus: w.bus, Shards: []string{w.root}, Board: w.board, Gate: w.gate, Log: slog.New(slog.NewTextHandler(w.log, nil))}
	return w
}

// start runs the collector until the test ends or stop is called.
func (w *world) start(t *testing.T, change ...func(*Options)) *Collector {
	t.Helper()
	opt := w.opt
	w.reg = prometheus.NewRegistry()
	opt.Metrics = w.reg
	for _, f := range change {
		f(&opt)
	}
	c, err := New(opt)
	if err != nil {
		t.Fatal(err)
	}
	runUntilEnd(t, w, c)
	return c
}

// runUntilEnd runs a collector until the test ends or stop is called.
func runUntilEnd(t *testing.T, w *world, c *Collector) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := c.Run(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("the collector ended: %v", err)
		}
	}()
	w.stop = func() { cancel(); <-done }
	t.Cleanup(w.stop)
}

// count gives a metric, all its labels together, or those with one value.
func (w *world) count(t *testing.T, name, label string) float64 {
	t.Helper()
	all, err := w.reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for _, f := range all {
		if f.GetName() != "gait_collect_"+name {
			continue
		}
		for _, m := range f.Metric {
			has := label == ""
			for _, l := range m.Label {
				has = has || l.GetValue() == label
			}
			if has {
				sum += m.Counter.GetValue() + m.Gauge.GetValue()
			}
		}
	}
	return sum
}

// row gives the row of a session; its Ref is empty where there is none.
func (w *world) row(t *testing.T, ref string) store.Session {
	t.Helper()
	s, err := w.store.Session(t.Context(), ref)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		t.Fatal(err)
	}
	return s
}

// wait waits until something holds.
func wait(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline := time.After(2 * time.Minute)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatal("waited in vain: " + what)
		}
	}
}

// pause lets the collector look on for a while, to see that it does nothing.
func pause(d time.Duration) { <-time.After(d) }

// waitRow waits until a session has a row for which something holds.
func (w *world) waitRow(t *testing.T, ref string, holds func(store.Session) bool) (s store.Session) {
	t.Helper()
	wait(t, "row of "+ref, func() bool {
		s = w.row(t, ref)
		return s.Ref != "" && (holds == nil || holds(s))
	})
	return s
}

// fakeBus remembers what was published. Nothing of it is pending unless said.
type fakeBus struct {
	bus.Bus
	mu      sync.Mutex
	events  []bus.SessionEnded
	backs   int
	pending int
	err     error
}

func (b *fakeBus) PublishAll(_ context.Context, list []bus.Message) []error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.err != nil {
		return slices.Repeat([]error{b.err}, len(list))
	}
	for _, m := range list {
		e, err := bus.ParseSessionEnded(m.Data)
		if err != nil {
			panic(err)
		}
		b.events = append(b.events, e)
		if m.Header[bus.HeaderBackfill] != "" {
			b.backs++
		}
	}
	return nil
}

func (b *fakeBus) Pending(context.Context, bus.Consumer) (int, int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.pending, 0, b.err
}

func (b *fakeBus) set(pending int, err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.pending, b.err = pending, err
}

// handed counts how often a session was handed in.
func (b *fakeBus) handed(ref string) (n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, e := range b.events {
		if e.Recording.EvidenceRef == ref {
			n++
		}
	}
	return n
}

func (b *fakeBus) len() int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.events)
}

// logBook keeps log lines.
type logBook struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logBook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

// lines counts the lines that hold all of some texts.
func (l *logBook) lines(texts ...string) (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for line := range strings.Lines(l.b.String()) {
		has := true
		for _, t := range texts {
			has = has && strings.Contains(line, t)
		}
		if has {
			n++
		}
	}
	return n
}

// tape is a session that a test writes into a shard.
type tape struct {
	n       int
	start   time.Time
	address string
	keys    []string
	end     bool
}

func sid(n int) string { return fmt.Sprintf("00000000-0000-4000-8000-%012d", n) }

// today gives the name of today's shard, or of one some days ago.
func today(ago int) string {
	return "sessions-" + time.Now().UTC().AddDate(0, 0, -ago).Format(time.DateOnly) + ".jsonl"
}

func ref(decoy, file string, n int) string { return shard.Ref(decoy, "ssh", file, sid(n)) }

// lines writes the session as lines of a shard.
func (x tape) lines() string {
	if x.start.IsZero() {
		x.start = time.Now().Add(-time.Minute)
	}
	var b strings.Builder
	e := shard.NewEncoder(&b)
	s := &gait.Session{Header: gait.Header{ID: sid(x.n), Width: 80, Height: 24, Start: x.start, SourceIP: x.address}}
	for i, k := range x.keys {
		s.Append(gait.Event{Time: time.Duration(i+1) * time.Second, Kind: gait.Input, Data: []byte(k)}, -1)
	}
	s.End = gait.End{Seen: x.end, Time: time.Duration(len(x.keys)+1) * time.Second}
	if err := e.Session(s); err != nil {
		panic(err)
	}
	return b.String()
}

// write puts text behind what a file of the tree holds.
func (w *world) write(t *testing.T, decoy, file, text string) string {
	t.Helper()
	return w.writeAt(t, filepath.Join(decoy, "ssh", "transcripts", file), text)
}

func (w *world) writeAt(t *testing.T, rel, text string) string {
	t.Helper()
	path := filepath.Join(w.root, rel)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err == nil {
		_, err = f.WriteString(text)
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// age makes a file look as if it was written some time ago.
func age(t *testing.T, path string, d time.Duration) {
	t.Helper()
	at := time.Now().Add(-d)
	if err := os.Chtimes(path, at, at); err != nil {
		t.Fatal(err)
	}
}

// profiled marks a session as profiled, as the profiler would.
func (w *world) profiled(t *testing.T, s store.Session) {
	t.Helper()
	s.State = store.Profiled
	if _, err := w.store.Save(t.Context(), []store.Profile{{Session: s, Revision: fmt.Sprintf("1/%d/open", s.Size)}}); err != nil {
		t.Fatal(err)
	}
}

// fact reads a fact of the collector from the board.
func (w *world) fact(t *testing.T, name string, into any) bool {
	t.Helper()
	v, ok := w.board.Facts()[part][name]
	if !ok {
		return false
	}
	b, err := json.Marshal(v)
	if err == nil {
		err = json.Unmarshal(b, into)
	}
	if err != nil {
		t.Fatal(err)
	}
	return true
}
