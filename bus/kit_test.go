package bus

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
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
// is one, with a prefix of its own there.
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
	return Options{URL: url, Prefix: name}
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
