package profiler

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"gait"
	"gait/assess"
	"gait/bus"
	"gait/internal/simulate"
	"gait/profile"
	"gait/recording"
	"gait/recording/shard"
	"gait/store"
	"gait/store/sqlite"
)

// kit is a profiler with a store and a tree of shards of its own.
type kit struct {
	*Profiler
	root     string
	store    store.Store
	library  *recording.Library
	log      *logbook
	registry *prometheus.Registry
}

// logbook keeps what is logged.
type logbook struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logbook) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logbook) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// openStore opens a fresh SQLite store.
func openStore(t testing.TB) store.Store {
	t.Helper()
	s, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "gait.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// newKit makes a profiler; change may alter its options.
func newKit(t testing.TB, change ...func(*Options)) *kit {
	t.Helper()
	k := &kit{root: t.TempDir(), log: &logbook{}, registry: prometheus.NewRegistry()}
	k.library = recording.NewLibrary(recording.LibraryOptions{Roots: []string{k.root}})
	t.Cleanup(func() { k.library.Close() })
	o := Options{
		Library: k.library, Workers: 2, Metrics: k.registry,
		Log: slog.New(slog.NewTextHandler(k.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	for _, f := range change {
		f(&o)
	}
	if o.Store == nil {
		o.Store = openStore(t)
	}
	k.store = o.Store
	p, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	k.Profiler = p
	return k
}

// day is the name of all shards that tests write.
const day = "sessions-2026-05-08.jsonl"

// path is where the shard of a decoy is.
func (k *kit) path(decoy string) string {
	return filepath.Join(k.root, decoy, "ssh", "transcripts", day)
}

// raw appends text to the shard of a decoy.
func (k *kit) raw(t testing.TB, decoy string, text []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(k.path(decoy)), 0o755); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(k.path(decoy), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.Write(text); err != nil {
		t.Fatal(err)
	}
}

// write appends a session to the shard of its decoy and gives its event.
func (k *kit) write(t testing.TB, s *gait.Session) bus.SessionEnded {
	t.Helper()
	var text bytes.Buffer
	if err := shard.NewEncoder(&text).Session(s); err != nil {
		t.Fatal(err)
	}
	k.raw(t, s.Decoy, text.Bytes())
	return k.event(s)
}

// event is what the reference would publish of a session.
func (k *kit) event(s *gait.Session) bus.SessionEnded {
	return bus.SessionEnded{
		SessionID: s.ID, AttackerIP: s.SourceIP, Decoy: s.Decoy, Service: "ssh",
		EndedAt: time.Now().UTC().Format(time.RFC3339), DurationS: s.Last().Seconds(), ShardPath: k.path(s.Decoy),
	}
}

// visits makes up sessions of all visitors in turn.
func visits(n int) (list []*gait.Session) {
	for i := range n {
		v := simulate.Visitors[i%len(simulate.Visitors)]
		s := v.Session(uint64(i))
		s.Service = "ssh"
		list = append(list, s)
	}
	return list
}

// ref is the evidence reference of a session in the tree.
func ref(s *gait.Session) string { return shard.Ref(s.Decoy, "ssh", day, s.ID) }

// handle handles an event that has to be decided.
func (k *kit) handle(t testing.TB, e bus.SessionEnded) Outcome {
	t.Helper()
	out, err := k.Handle(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// row gives a session's row.
func (k *kit) row(t testing.TB, ref string) store.Session {
	t.Helper()
	s, err := k.store.Session(t.Context(), ref)
	if err != nil {
		t.Fatalf("session %s: %v", ref, err)
	}
	return s
}

// stored gives the observations of a session by primitive.
func stored(t testing.TB, s store.Store, ref string) map[string]gait.Observation {
	t.Helper()
	page, err := s.Observations(t.Context(), store.ObservationQuery{Ref: ref, PageQuery: store.PageQuery{Limit: 1000}})
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]gait.Observation{}
	for _, o := range page.Items {
		all[o.Primitive] = o
	}
	if len(all) != len(page.Items) {
		t.Fatalf("%d observations of %d primitives", len(page.Items), len(all))
	}
	return all
}

// sameAsOffline checks that what is stored of a session is what the engine says
// of it offline.
func (k *kit) sameAsOffline(t testing.TB, ref string, place recording.Place) int {
	t.Helper()
	s, err := k.library.Read(context.Background(), place)
	if err != nil {
		t.Fatal(err)
	}
	want := profile.Run(s, assess.All, time.Now()).Observations
	got := stored(t, k.store, ref)
	names := map[string]bool{}
	for i := range want {
		names[want[i].Primitive] = true
		compare(t, got[want[i].Primitive], &want[i])
	}
	for name := range got {
		if !names[name] {
			t.Errorf("%s is stored and was not observed", name)
		}
	}
	return len(want)
}

// compare compares a stored observation with one of the engine.
func compare(t testing.TB, got gait.Observation, want *gait.Observation) {
	t.Helper()
	if got.ID != want.ID || got.Value != want.Value || got.Confidence != want.Confidence || got.Window != want.Window ||
		got.Source != want.Source || got.EvidenceRef != want.EvidenceRef || got.Rules != want.Rules {
		t.Errorf("%s: stored\n%+v\nwant\n%+v", want.Primitive, got, *want)
	}
	if a, b := fields(t, got.AppendMeasures(nil)), fields(t, want.AppendMeasures(nil)); !maps.EqualFunc(a, b, func(x, y json.RawMessage) bool { return bytes.Equal(x, y) }) {
		t.Errorf("%s: stored measures %s, want %s", want.Primitive, a, b)
	}
}

func fields(t testing.TB, b []byte) (m map[string]json.RawMessage) {
	t.Helper()
	if err := json.Unmarshal(b, &m); err != nil {
		t.Fatal(err)
	}
	return m
}

func (k *kit) place(s *gait.Session) recording.Place {
	return recording.Place{Format: shard.FormatName, Path: k.path(s.Decoy), Session: s.ID}
}

// eventually waits until something holds.
func eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(60 * time.Second)
	for !holds() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("in vain: %s", what)
		}
	}
}
