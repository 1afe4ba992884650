package bus

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go"
)

// patience is how long a test waits for what must come.
const patience = 60 * time.Second

// quick are times at which tests do not last.
func quick() tuning {
	return tuning{
		ackWait: 2 * time.Second, progress: 300 * time.Millisecond, heartbeat: 300 * time.Millisecond,
		answer: 5 * time.Second, reconnect: 20 * time.Millisecond, check: 200 * time.Millisecond,
	}
}

// start opens a bus that is closed with the test.
func start(t testing.TB, o Options, tune tuning) *natsBus {
	t.Helper()
	if o.URL == "" && o.Dir == "" {
		o.Dir = t.TempDir()
	}
	o.Log = slog.New(slog.DiscardHandler)
	b, err := open(context.Background(), o, tune)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { b.Close() })
	return b
}

// each runs a test on an embedded bus, and on an external server where there
// is one, with streams and subjects of its own there.
func each(t *testing.T, test func(t *testing.T, o Options)) {
	t.Helper()
	t.Run("embedded", func(t *testing.T) { test(t, Options{Dir: t.TempDir()}) })
	t.Run("external", func(t *testing.T) { test(t, externalServer(t)) })
}

func externalServer(t testing.TB) Options {
	t.Helper()
	url := os.Getenv("GAIT_TEST_NATS")
	if url == "" {
		t.Skip("GAIT_TEST_NATS is not set: no external server to test with")
	}
	name := fmt.Sprintf("t%d%d", os.Getpid(), time.Now().UnixNano())
	t.Cleanup(func() {
		nc, err := nats.Connect(url)
		if err != nil {
			t.Error(err)
			return
		}
		defer nc.Close()
		js, err := nc.JetStream()
		if err != nil {
			t.Error(err)
			return
		}
		for _, s := range streams() {
			if err := js.DeleteStream(name + s.name); err != nil && !errors.Is(err, nats.ErrStreamNotFound) {
				t.Error(err)
			}
		}
	})
	return Options{URL: url, Prefix: name, SubjectPrefix: name + "."}
}

// ended gives a session event with a number in it.
func ended(n int) Message {
	return Message{Subject: SubjectSessionEnded, ID: fmt.Sprint("s", n), Data: fmt.Append(nil, n)}
}

func endeds(from, to int) (list []Message) {
	for n := from; n < to; n++ {
		list = append(list, ended(n))
	}
	return list
}

func publish(t testing.TB, b Bus, list ...Message) {
	t.Helper()
	if errs := b.PublishAll(context.Background(), list); errs != nil {
		t.Fatal(errors.Join(errs...))
	}
}

// publishLater publishes until the bus has it all.
func publishLater(t testing.TB, b Bus, list ...Message) {
	t.Helper()
	until(t, "published", func() bool {
		errs := b.PublishAll(context.Background(), list)
		var left []Message
		for i, err := range errs {
			if err != nil {
				if !errors.Is(err, ErrAway) && !errors.Is(err, ErrFull) {
					t.Fatal(err)
				}
				left = append(left, list[i])
			}
		}
		list = left
		return len(left) == 0
	})
}

// until waits for something that must come true.
func until(t testing.TB, what string, f func() bool) {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	late := time.After(patience)
	for !f() {
		select {
		case <-tick.C:
		case <-late:
			t.Fatalf("not %s in %v", what, patience)
		}
	}
}

// consuming is a consumer that runs beside the test.
type consuming struct {
	stop func() error
	each chan Delivery
}

func consume(t testing.TB, b Bus, c Consumer) *consuming {
	t.Helper()
	if c.Name == "" {
		c.Name = "profiler"
	}
	if c.Stream == "" {
		c.Stream = StreamSessions
	}
	ctx, cancel := context.WithCancel(context.Background())
	run := &consuming{each: make(chan Delivery, 10_000)}
	done := make(chan error, 1)
	go func() {
		done <- b.Consume(ctx, c, func(list []Delivery) {
			for _, d := range list {
				run.each <- d
			}
		})
	}()
	run.stop = sync.OnceValue(func() error { cancel(); return <-done })
	t.Cleanup(func() { _ = run.stop() })
	return run
}

// next gives the next delivery.
func (c *consuming) next(t testing.TB) Delivery {
	t.Helper()
	select {
	case d := <-c.each:
		return d
	case <-time.After(patience):
		t.Fatal("nothing was delivered")
		return nil
	}
}

func wantNumber(t testing.TB, d Delivery, n int) {
	t.Helper()
	if got := string(d.Message().Data); got != fmt.Sprint(n) {
		t.Fatalf("delivered %s, want %d", got, n)
	}
}

func done(t testing.TB, d Delivery) {
	t.Helper()
	if err := d.Done(); err != nil {
		t.Fatal(err)
	}
}

func pending(t testing.TB, b Bus, undelivered, unanswered int) {
	t.Helper()
	until(t, fmt.Sprintf("%d undelivered and %d unanswered", undelivered, unanswered), func() bool {
		u, a, err := b.Pending(context.Background(), Consumer{Name: "profiler", Stream: StreamSessions})
		return err == nil && u == undelivered && a == unanswered
	})
}

func TestMessagesComeInOrderAndWhole(t *testing.T) {
	each(t, func(t *testing.T, o Options) {
		b := start(t, o, quick())
		const n = 1000
		publish(t, b, endeds(0, n-1)...)
		publish(t, b, Message{
			Subject: SubjectSessionEnded, ID: "last", Data: fmt.Append(nil, n-1), Header: map[string]string{HeaderBackfill: "1", "Other": "a b"},
		})
		pending(t, b, n, 0)
		c := consume(t, b, Consumer{})
		for i := range n {
			d := c.next(t)
			wantNumber(t, d, i)
			if d.Deliveries() != 1 || d.Backfill() != (i == n-1) || d.Message().Subject != SubjectSessionEnded {
				t.Fatalf("%+v, delivered %d times", d.Message(), d.Deliveries())
			}
			if i == n-1 && (d.Message().ID != "last" || len(d.Message().Header) != 2 || d.Message().Header["Other"] != "a b") {
				t.Errorf("%+v", d.Message())
			}
			done(t, d)
		}
		pending(t, b, 0, 0)
		if err := c.stop(); !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		states, err := b.State(context.Background())
		if err != nil || len(states) != 3 || states[0].Messages != n || states[0].Consumers != 1 || states[0].LimitBytes != 1<<30 {
			t.Errorf("%+v, %v", states, err)
		}
		if err := b.Ping(context.Background()); err != nil {
			t.Error(err)
		}
	})
}

func TestUnansweredIsDeliveredAgainToAnother(t *testing.T) {
	each(t, func(t *testing.T, o Options) {
		b := start(t, o, quick())
		publish(t, b, endeds(0, 3)...)
		first := consume(t, b, Consumer{})
		done(t, first.next(t))
		first.next(t)
		first.next(t)
		_ = first.stop() // it says no more that work goes on, as if it had died
		second := consume(t, b, Consumer{})
		for range 2 {
			d := second.next(t)
			if d.Deliveries() < 2 {
				t.Errorf("delivered %d times", d.Deliveries())
			}
			done(t, d)
		}
		pending(t, b, 0, 0)
	})
}

func TestWhatADeadProcessHeldComesAtOnce(t *testing.T) {
	dir := t.TempDir()
	tune := quick()
	tune.ackWait = time.Hour
	b := start(t, Options{Dir: dir}, tune)
	publish(t, b, endeds(0, 3)...)
	c := consume(t, b, Consumer{})
	for range 3 {
		c.next(t)
	}
	b.Close()
	b = start(t, Options{Dir: dir}, tune)
	c = consume(t, b, Consumer{})
	for i := range 3 {
		d := c.next(t)
		wantNumber(t, d, i)
		done(t, d)
	}
}

func TestProgressKeepsLongWork(t *testing.T) {
	each(t, func(t *testing.T, o Options) {
		b := start(t, o, quick())
		publish(t, b, ended(0))
		c := consume(t, b, Consumer{})
		d := c.next(t)
		select { // three times as long as the server waits
		case again := <-c.each:
			t.Fatalf("delivered again: %d", again.Deliveries())
		case <-time.After(3 * quick().ackWait):
		}
		pending(t, b, 0, 1)
		done(t, d)
		done(t, d) // the second answer is ignored
		pending(t, b, 0, 0)
	})
}

func TestLaterComesAgain(t *testing.T) {
	each(t, func(t *testing.T, o Options) {
		b := start(t, o, quick())
		publish(t, b, endeds(0, 2)...)
		c := consume(t, b, Consumer{})
		began := time.Now()
		if err := c.next(t).Later(300 * time.Millisecond); err != nil {
			t.Fatal(err)
		}
		d := c.next(t)
		wantNumber(t, d, 1)
		if err := d.Later(0); err != nil {
			t.Fatal(err)
		}
		d = c.next(t)
		wantNumber(t, d, 1)
		done(t, d)
		d = c.next(t)
		wantNumber(t, d, 0)
		if d.Deliveries() != 2 || time.Since(began) < 300*time.Millisecond {
			t.Errorf("delivered %d times after %v", d.Deliveries(), time.Since(began))
		}
		done(t, d)
		pending(t, b, 0, 0)
	})
}

func TestNoMoreThanInFlight(t *testing.T) {
	each(t, func(t *testing.T, o Options) {
		b := start(t, o, quick())
		publish(t, b, endeds(0, 50)...)
		c := consume(t, b, Consumer{InFlight: 5, Batch: 2})
		var held []Delivery
		for i := 0; i < 50; {
			for len(held) < 5 && i+len(held) < 50 {
				held = append(held, c.next(t))
			}
			select {
			case <-c.each:
				t.Fatal("six are unanswered")
			case <-time.After(time.Millisecond):
			}
			for _, d := range held {
				wantNumber(t, d, i)
				done(t, d)
				i++
			}
			held = nil
		}
	})
}

func TestTwoShareAndTwoDurablesSeeAll(t *testing.T) {
	each(t, func(t *testing.T, o Options) {
		b := start(t, o, quick())
		one, two := consume(t, b, Consumer{InFlight: 2}), consume(t, b, Consumer{InFlight: 2})
		sibling := consume(t, b, Consumer{Name: "tagger"})
		publish(t, b, endeds(0, 20)...)
		seen := map[string]int{}
		for range 20 {
			var d Delivery
			select {
			case d = <-one.each:
			case d = <-two.each:
			case <-time.After(patience):
				t.Fatal("nothing was delivered")
			}
			seen[string(d.Message().Data)]++
			done(t, d)
		}
		if len(seen) != 20 {
			t.Errorf("%d of 20: %v", len(seen), seen)
		}
		for i := range 20 {
			d := sibling.next(t)
			wantNumber(t, d, i)
			done(t, d)
		}
	})
}

func TestRepeatedIDsAreTakenOnce(t *testing.T) {
	each(t, func(t *testing.T, o Options) {
		b := start(t, o, quick())
		publish(t, b, ended(1), ended(1), ended(2))
		publish(t, b, ended(1))
		pending(t, b, 2, 0)
	})
}

func TestFollowers(t *testing.T) {
	each(t, func(t *testing.T, o Options) {
		b := start(t, o, quick())
		ctx, cancel := context.WithCancel(context.Background())
		before := runtime.NumGoroutine()
		const n = 1000
		var finished sync.WaitGroup
		got := make(chan string, 2*n)
		for range n {
			finished.Go(func() {
				err := b.Follow(ctx, "attacker.observation.>", func(m Message) { got <- m.Subject + " " + string(m.Data) })
				if !errors.Is(err, context.Canceled) {
					t.Error(err)
				}
			})
		}
		until(t, "followed by all", func() bool {
			b.mu.Lock()
			defer b.mu.Unlock()
			f := b.follows["attacker.observation.>"]
			return f != nil && len(f.each) == n
		})
		if more := runtime.NumGoroutine() - before; more > n+10 {
			t.Errorf("%d goroutines for %d followers", more, n)
		}
		publish(t, b, Message{Subject: "attacker.observation.motor.input_modality", Data: []byte("typed")})
		for range n {
			select {
			case s := <-got:
				if s != "attacker.observation.motor.input_modality typed" {
					t.Fatal(s)
				}
			case <-time.After(patience):
				t.Fatal("not all were told")
			}
		}
		cancel()
		finished.Wait()
		if len(b.follows) != 0 {
			t.Error(b.follows)
		}
	})
}

func TestSlowFollowerMissesAlone(t *testing.T) {
	b := start(t, Options{}, quick())
	release, got := make(chan struct{}), make(chan string, 10*followQueue)
	ctx, cancel := context.WithCancel(context.Background())
	var all sync.WaitGroup
	all.Go(func() { _ = b.Follow(ctx, "attacker.auth", func(Message) { <-release }) })
	all.Go(func() { _ = b.Follow(ctx, "attacker.auth", func(m Message) { got <- string(m.Data) }) })
	defer all.Wait()
	defer cancel()
	defer close(release)
	until(t, "followed", func() bool {
		b.mu.Lock()
		defer b.mu.Unlock()
		return b.follows["attacker.auth"] != nil && len(b.follows["attacker.auth"].each) == 2
	})
	for i := range 4 * followQueue {
		publish(t, b, Message{Subject: "attacker.auth", Data: fmt.Append(nil, i)})
		select {
		case s := <-got:
			if s != fmt.Sprint(i) {
				t.Fatalf("%s at %d", s, i)
			}
		case <-time.After(patience):
			t.Fatal("held up by a slow one")
		}
	}
}

func TestCloseLeavesNothing(t *testing.T) {
	each(t, func(t *testing.T, o Options) {
		warm := start(t, o, quick()) // what libraries start once stays
		warm.Close()
		before := runtime.NumGoroutine()
		b := start(t, o, quick())
		c := consume(t, b, Consumer{})
		publish(t, b, endeds(0, 10)...)
		c.next(t)
		followed := make(chan error, 1)
		go func() { followed <- b.Follow(context.Background(), "attacker.>", func(Message) {}) }()
		until(t, "followed", func() bool {
			b.mu.Lock()
			defer b.mu.Unlock()
			return len(b.follows) == 1
		})
		if err := b.Close(); err != nil {
			t.Error(err)
		}
		if err := <-followed; !errors.Is(err, errClosed) {
			t.Error(err)
		}
		if err := c.stop(); !errors.Is(err, errClosed) && !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		if err := b.Publish(context.Background(), ended(1)); !errors.Is(err, ErrAway) {
			t.Errorf("publish after close: %v", err)
		}
		if err := b.Ping(context.Background()); !errors.Is(err, ErrAway) {
			t.Errorf("ping after close: %v", err)
		}
		if err := b.Consume(context.Background(), Consumer{Name: "a", Stream: StreamSessions}, nil); !errors.Is(err, errClosed) {
			t.Errorf("consume after close: %v", err)
		}
		b.Close() // again
		until(t, "without goroutines", func() bool { return runtime.NumGoroutine() <= before })
	})
}

func TestHostileMessagesAreRefused(t *testing.T) {
	each(t, func(t *testing.T, o Options) {
		b := start(t, o, quick())
		var list []Message
		var want []error
		add := func(err error, m Message) { list, want = append(list, m), append(want, err) }
		for _, subject := range []string{
			"attacker.*", "attacker.>", "attacker.observation.*", "attacker.observation.a b", "attacker.observation.a\tb", ".", "",
			"attacker..auth", "attacker.observation.", ".attacker.auth", "attacker.observation.\x00", "attacker.observation.é",
			"attacker.observation.\r\nPUB x 1\r\n", "attacker.observation.\x7f", "attacker.observation.a>b", "other.subject", "$JS.API.STREAM.DELETE.SESSIONS",
			"attacker.observation." + strings.Repeat("a", 129), "attacker.observation" + strings.Repeat(".aaaaaaa", 40),
		} {
			add(ErrSubject, Message{Subject: subject})
		}
		for name, value := range map[string]string{
			"Nats-Rollup": "all", "nats-expected-stream": "x", "Status": "100", "A B": "c", "A:": "b", "": "x",
			"Gait-Type": "a\r\nNats-Rollup: all", "Gait-Type2": "\x00", "Gait-Type3": strings.Repeat("a", 2000),
		} {
			add(ErrHeader, Message{Subject: SubjectSessionEnded, Header: map[string]string{name: value}})
		}
		add(ErrHeader, Message{Subject: SubjectSessionEnded, ID: "a\nb"})
		add(ErrHeader, Message{Subject: SubjectSessionEnded, ID: strings.Repeat("a", 2000)})
		add(ErrTooLarge, Message{Subject: SubjectSessionEnded, Data: make([]byte, 1<<24)})
		add(nil, ended(1))
		errs := b.PublishAll(context.Background(), list)
		for i := range list {
			if !errors.Is(errs[i], want[i]) || (want[i] == nil) != (errs[i] == nil) {
				t.Errorf("%.60q %.60v: %v", list[i].Subject, list[i].Header, errs[i])
			}
		}
		pending(t, b, 1, 0)
		large := Message{Subject: SubjectSessionEnded, Data: make([]byte, b.nc.MaxPayload()-64), Header: map[string]string{"A": "b"}}
		publish(t, b, large)
	})
}

func TestSubjectsOfObservations(t *testing.T) {
	for name, want := range map[string]string{
		"motor.input_modality": "attacker.observation.motor.input_modality",
		"gait.typing_vector":   "gait.observation.typing_vector",
		"gait":                 "attacker.observation.gait",
	} {
		got, err := ObservationSubject(name)
		if got != want || err != nil || streamOf(got) != StreamObservations {
			t.Errorf("%s: %s, %v", name, got, err)
		}
	}
	for _, name := range []string{"", "gait.", "motor.*", "motor..a", ".a", "a.", "Motor.a", "a b", "a>b", "é", strings.Repeat("a", 129)} {
		if got, err := ObservationSubject(name); !errors.Is(err, ErrSubject) || got != "" {
			t.Errorf("%q: %q, %v", name, got, err)
		}
	}
}

func TestConsumersAreChecked(t *testing.T) {
	b := start(t, Options{}, quick())
	for _, c := range []Consumer{
		{}, {Name: "a"}, {Name: "a", Stream: "NONE"}, {Name: "a.b", Stream: StreamSessions}, {Name: "a", Stream: StreamSessions, Subject: "a..b"},
		{Name: "a", Stream: StreamSessions, Subject: "a.>.b"}, {Name: strings.Repeat("a", 65), Stream: StreamSessions}, {Name: "a*", Stream: StreamSessions},
	} {
		if err := b.Consume(context.Background(), c, nil); err == nil {
			t.Errorf("%+v", c)
		}
	}
	if err := b.Follow(context.Background(), "a b", nil); !errors.Is(err, ErrSubject) {
		t.Error(err)
	}
}

func TestCancelledPublishSaysSo(t *testing.T) {
	b := start(t, Options{}, quick())
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	errs := b.PublishAll(ctx, endeds(0, 2*maxOutstanding))
	if !slices.ContainsFunc(errs, func(err error) bool { return errors.Is(err, context.Canceled) && errors.Is(err, ErrAway) }) {
		t.Errorf("%d errors", len(errs))
	}
	publish(t, b, endeds(1000, 3000)...) // no room was lost
}
