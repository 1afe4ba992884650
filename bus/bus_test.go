package bus

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"
)

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
