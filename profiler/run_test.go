package profiler

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gait"
	"gait/assess"
	"gait/bus"
	"gait/profile"
	"gait/store"
)

// openBus opens an embedded bus.
func openBus(t testing.TB) bus.Bus {
	t.Helper()
	b, err := bus.Open(t.Context(), bus.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	return b
}

// run runs the profiler until the function is called that it gives; that one
// gives what Run gave.
func (k *kit) run(t testing.TB) func() error {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- k.Run(ctx) }()
	var once sync.Once
	var err error
	stop := func() error {
		once.Do(func() {
			cancel()
			select {
			case err = <-ended:
			case <-time.After(60 * time.Second):
				err = errors.New("Run does not end")
			}
		})
		return err
	}
	t.Cleanup(func() { stop() })
	return stop
}

// publish publishes an event.
func publish(t testing.TB, b bus.Bus, data []byte) {
	t.Helper()
	if err := b.Publish(t.Context(), bus.Message{Subject: bus.SubjectSessionEnded, Data: data}); err != nil {
		t.Fatal(err)
	}
}

// offer makes the row that a source would make.
func (k *kit) offer(t testing.TB, sessions ...*gait.Session) {
	t.Helper()
	var offers []store.Offer
	for _, s := range sessions {
		e := k.event(s)
		o, why := offerOf(&e, time.Now())
		if why != nil {
			t.Fatal(why)
		}
		offers = append(offers, o)
	}
	if _, err := k.store.Offer(t.Context(), offers, nil); err != nil {
		t.Fatal(err)
	}
}

// profiled waits until all sessions are profiled.
func profiled(t testing.TB, s store.Store, sessions []*gait.Session) {
	t.Helper()
	left := slices.Clone(sessions)
	eventually(t, "all sessions are profiled", func() bool {
		left = slices.DeleteFunc(left, func(x *gait.Session) bool {
			row, err := s.Session(t.Context(), ref(x))
			return err == nil && row.State == store.Profiled
		})
		return len(left) == 0
	})
}

// hostile are events that can never be used, or never be found.
func (k *kit) hostile(s *gait.Session) (list [][]byte) {
	for _, text := range []string{"", "null", "[]", "{}", "\x00\xff", `{"session_id":7}`, `{"session_id":"x"`, strings.Repeat("[", 100000),
		`{"session_id":"a","decky_id":"b","service":"ssh","attacker_ip":"-","shard_path":"/../../etc/shadow"}`,
		`{"session_id":"a","decky_id":"b","service":"ssh","attacker_ip":"-","recording":{"format":"file","path":"/etc/shadow","evidence_ref":"file:00#0"}}`,
	} {
		list = append(list, []byte(text))
	}
	big := k.event(s)
	big.SessionID = strings.Repeat("x", 1<<19)
	gone := k.event(s)
	gone.Decoy, gone.ShardPath = "decky-77", k.path("decky-77")
	return append(list, big.JSON(), gone.JSON())
}

// announcedAll collects what is announced, by message id.
type announcedAll struct {
	mu   sync.Mutex
	byID map[string]bus.Message
}

func listen(t testing.TB, b bus.Bus) *announcedAll {
	a := &announcedAll{byID: map[string]bus.Message{}}
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	go b.Consume(ctx, bus.Consumer{Name: "listener", Stream: bus.StreamObservations}, func(batch []bus.Delivery) {
		a.mu.Lock()
		defer a.mu.Unlock()
		for _, d := range batch {
			m := d.Message()
			m.Data = slices.Clone(m.Data)
			a.byID[m.ID] = m
			d.Done()
		}
	})
	return a
}

func (a *announcedAll) get(id string) (bus.Message, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	m, ok := a.byID[id]
	return m, ok
}

// holds waits until every observation of a session has been announced as it is
// stored, and checks its message.
func (a *announcedAll) holds(t testing.TB, s store.Store, ref string) {
	t.Helper()
	for name, o := range stored(t, s, ref) {
		id := hex.EncodeToString(o.ID[:]) + "-" + o.Revision
		eventually(t, name+" of "+ref+" is announced", func() bool { _, ok := a.get(id); return ok })
		m, _ := a.get(id)
		subject, _ := bus.ObservationSubject(name)
		if m.Subject != subject || m.Header[bus.HeaderType] != name {
			t.Errorf("%s: subject %q, header %v", name, m.Subject, m.Header)
		}
		var got, want any
		if json.Unmarshal(m.Data, &got) != nil || json.Unmarshal(o.AppendJSON(nil, false), &want) != nil || fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: announced %s, stored %s", name, m.Data, o.AppendJSON(nil, false))
		}
	}
}

func TestRunAmongHostileEvents(t *testing.T) {
	b := openBus(t)
	heard := listen(t, b)
	k := newKit(t, func(o *Options) { o.Bus = b })
	sessions := visits(44)
	var events [][]byte
	for _, s := range sessions {
		e := k.write(t, s).JSON()
		events = append(events, e, e) // each twice
	}
	stop := k.run(t)
	bad := k.hostile(sessions[0])
	for i, e := range events {
		publish(t, b, e)
		if i < len(bad) {
			publish(t, b, bad[i])
		}
	}
	profiled(t, k.store, sessions)
	for _, s := range sessions {
		k.sameAsOffline(t, ref(s), k.place(s))
		heard.holds(t, k.store, ref(s))
	}
	eventually(t, "all is announced", func() bool {
		stats, err := k.store.Stats(t.Context())
		return err == nil && stats.Unannounced == 0
	})
	eventually(t, "all is acknowledged", func() bool {
		undelivered, unanswered, err := b.Pending(t.Context(), consumer)
		return err == nil && undelivered+unanswered == 0
	})
	if err := stop(); err != nil {
		t.Error(err)
	}
	page, err := k.store.Rejections(t.Context(), store.PageQuery{Limit: 100})
	if err != nil || len(page.Items) != len(bad)-2 {
		t.Errorf("%d events were rejected, %v", len(page.Items), err)
	}
	once(t, k.store, sessions)
	k.counts(t, sessions)
}

// counts checks that the metrics say what was done.
func (k *kit) counts(t *testing.T, sessions []*gait.Session) {
	t.Helper()
	want := 0
	for _, s := range sessions {
		want += len(stored(t, k.store, ref(s)))
	}
	n := float64(len(sessions))
	for name, least := range map[string]float64{
		"gait_observations_total": float64(want), "gait_announced_total": float64(want), "gait_profiler_sessions_total": n,
		"gait_profiler_attempts_total": n, "gait_profiler_read_seconds": n, "gait_profiler_extract_seconds": n, "gait_profiler_save_seconds": 1,
		"gait_profiler_delay_seconds": n, "gait_announce_lag_seconds": n, "gait_profiler_group_sessions": 1,
	} {
		if got := k.counted(t, name); got < least {
			t.Errorf("%s is %v, want at least %v", name, got, least)
		}
	}
	if got := k.counted(t, "gait_observations_total"); got != float64(want) {
		t.Errorf("%v observations were counted, %d are stored", got, want)
	}
	if left := k.counted(t, "gait_profiler_queue") + k.counted(t, "gait_profiler_under_way"); left != 0 {
		t.Errorf("%v sessions are still counted", left)
	}
}

// once checks that the change log has one change for each session.
func once(t testing.TB, s store.Store, sessions []*gait.Session) {
	t.Helper()
	seen := map[string]int{}
	for after := int64(0); ; {
		list, err := s.Changes(t.Context(), after, 500)
		if err != nil {
			t.Fatal(err)
		}
		if len(list) == 0 {
			break
		}
		for _, c := range list {
			seen[c.Ref]++
			after = c.Last
		}
	}
	for _, x := range sessions {
		if seen[ref(x)] != 1 {
			t.Errorf("session %s has %d changes", x.ID, seen[ref(x)])
		}
	}
}

// TestRunWithoutBus lets more sessions wait than are asked for at once. They
// are all taken without a tick of the clock, and none of them twice.
func TestRunWithoutBus(t *testing.T) {
	k := newKit(t)
	k.every = time.Hour
	sessions := visits(4*pollBatch + 20)
	most := len(sessions) - 20
	for _, s := range sessions {
		k.write(t, s)
	}
	k.offer(t, sessions[:most]...)
	stop := k.run(t)
	profiled(t, k.store, sessions[:most])
	k.offer(t, sessions[most:]...)
	k.Poke()
	profiled(t, k.store, sessions)
	if err := stop(); err != nil {
		t.Error(err)
	}
	once(t, k.store, sessions)
	if n := k.counted(t, "gait_profiler_attempts_total"); n != float64(len(sessions)) {
		t.Errorf("%v attempts at %d sessions", n, len(sessions))
	}
	if row := k.row(t, ref(sessions[0])); row.Announced || row.Attempts != 0 {
		t.Errorf("row %+v", row)
	}
}

func TestRunMayBeCalledAgain(t *testing.T) {
	k := newKit(t)
	sessions := visits(9)
	for i := range 3 {
		for _, s := range sessions[3*i : 3*i+3] {
			k.write(t, s)
		}
		k.offer(t, sessions[3*i:3*i+3]...)
		stop := k.run(t)
		profiled(t, k.store, sessions[:3*i+3])
		if err := stop(); err != nil {
			t.Fatal(err)
		}
	}
	once(t, k.store, sessions)
}

// poisonMark is in the input of the session that the poisoned primitive dies
// of.
const poisonMark = "drink-me"

// poisoned gives all primitives and one that does something on the session
// with the mark.
func poisoned(do func()) []*profile.Primitive {
	p := *assess.All[0]
	p.Name, p.Needs = "gait.poison", 0
	p.Observe = func(v *profile.View) profile.Answer {
		if strings.Contains(string(v.Session().Block(gait.Input)), poisonMark) {
			do()
		}
		return profile.Silent
	}
	return append(slices.Clone(assess.All), &p)
}

// poison gives a session with the mark.
func poison() *gait.Session {
	s := visits(1)[0]
	s.ID = "99999999-9999-4999-8999-999999999999"
	s.Append(gait.Event{Time: s.Last() + time.Second, Kind: gait.Input, Data: []byte(poisonMark + "\r")}, -1)
	s.End.BytesIn += int64(len(poisonMark)) + 1
	s.End.Events++
	return s
}

func TestStuckSessionEndsRunAndNothingElse(t *testing.T) {
	free := make(chan struct{})
	defer close(free)
	k := newKit(t, func(o *Options) {
		o.Primitives, o.Watchdog = poisoned(func() { <-free }), 600*time.Millisecond
	})
	sessions := append(visits(20), poison())
	for _, s := range sessions {
		k.write(t, s)
	}
	k.offer(t, sessions...)
	err := k.Run(t.Context())
	var stuck *StuckError
	if !errors.As(err, &stuck) || stuck.Ref != ref(sessions[20]) {
		t.Fatal(err)
	}
	profiled(t, k.store, sessions[:20])
	if row := k.row(t, stuck.Ref); row.State != store.Waiting || row.Attempts != 1 {
		t.Errorf("row %+v", row)
	}
	if !strings.Contains(k.log.String(), "does not end") {
		t.Error("the log does not tell of it")
	}
}

func TestReaderThatBreaksIsAnAnswer(t *testing.T) {
	k := newKit(t)
	sessions := visits(4)
	for _, s := range sessions {
		k.write(t, s)
	}
	k.offer(t, sessions...)
	k.Profiler.library = breaking{k.library, sessions[1].ID}
	for range maxAttempts {
		out := k.handle(t, k.event(sessions[1]))
		if out.Reason != Failed {
			t.Fatalf("%+v", out)
		}
		k.later(1 + int(time.Until(k.row(t, out.Ref).NextTry).Hours()) + 1)
	}
	row := k.row(t, ref(sessions[1]))
	if row.State != store.Parked || row.CauseKind != store.CauseFailed || strings.Contains(row.Cause, "secret") {
		t.Errorf("row %+v", row)
	}
	for _, s := range []int{0, 2, 3} {
		if out := k.handle(t, k.event(sessions[s])); out.Reason != Stored {
			t.Errorf("%+v", out)
		}
	}
}

// TestDying runs in a process of its own, which dies of what it is told to; see
// dies. In the tests' own process it has sessions of its own, and all are stored.
func TestDying(t *testing.T) {
	dir, sessions := os.Getenv(dyingEnv), []*gait.Session(nil)
	if dir == "" {
		dir, sessions = t.TempDir(), visits(5)
	}
	k := poisonKit(t, dir, func(o *Options) {
		switch os.Getenv(dyingOf) {
		case "a primitive":
			o.Primitives = poisoned(die)
		case "storing":
			o.Store = dyingStore{o.Store}
		}
	})
	for _, s := range sessions {
		k.write(t, s)
	}
	k.offer(t, sessions...)
	stop := k.run(t)
	eventually(t, "nothing waits", func() bool {
		stats, err := k.store.Stats(t.Context())
		return err == nil && stats.Sessions[store.Waiting] == 0
	})
	if err := stop(); err != nil {
		t.Fatal(err)
	}
	once(t, k.store, sessions)
}
