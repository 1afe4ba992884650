package profiler

import (
	"context"
	"errors"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"gait/bus"
	"gait/store"
)

// tag consumes every session once it ended, under a name of its own.
func tag(ctx context.Context, b bus.Bus, s store.Store, do func(bus.SessionEnded, store.Attacker) error) error {
	c := bus.Consumer{Name: "attack-tags", Stream: bus.StreamSessions, Subject: bus.SubjectSessionEnded}
	return b.Consume(ctx, c, func(batch []bus.Delivery) {
		for _, d := range batch {
			e, err := bus.ParseSessionEnded(d.Message().Data)
			if err != nil {
				d.Done() // it will never be readable
				continue
			}
			var a store.Attacker
			if e.AttackerIP != bus.NoAddress {
				a, err = s.Resolve(ctx, e.AttackerIP)
			}
			if err == nil {
				err = do(e, a)
			}
			if err != nil {
				d.Later(time.Second) // this one again, after a while
				continue
			}
			d.Done()
		}
	})
}

// The page shows the very function that is tested here.
func TestPageOfConsumersIsFresh(t *testing.T) {
	page, err := os.ReadFile("../docs/consumers.md")
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile("consumers_test.go")
	if err != nil {
		t.Fatal(err)
	}
	_, code, _ := strings.Cut(string(page), "```go\n")
	code, _, ok := strings.Cut(code, "```\n")
	if !ok || len(code) < 500 || !strings.Contains(string(source), code) {
		t.Errorf("the page shows another function:\n%s", code)
	}
}

// A second consumer that is slow and fails is noticed by nobody; in the end it
// has seen every session, and speaks of the same attackers.
func TestSecondConsumerHasItsOwnFailures(t *testing.T) {
	b := openBus(t)
	k := newKit(t, func(o *Options) { o.Bus = b })
	sessions := visits(22)
	var mu sync.Mutex
	tries, tagged := map[string]int{}, map[string]string{}
	stuck := make(chan struct{})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go tag(ctx, b, k.store, func(e bus.SessionEnded, a store.Attacker) error {
		<-stuck // it lags: it does nothing at all before the profiler is done
		mu.Lock()
		defer mu.Unlock()
		if tries[e.SessionID]++; tries[e.SessionID] == 1 && len(tries)%3 == 0 {
			return errors.New("it fails now and then")
		}
		tagged[e.SessionID] = a.UUID
		return nil
	})
	k.run(t)
	for _, s := range sessions {
		publish(t, b, k.write(t, s).JSON())
	}
	publish(t, b, []byte("no event"))
	profiled(t, k.store, sessions)
	eventually(t, "the profiler has nothing left", func() bool {
		undelivered, unanswered, err := b.Pending(t.Context(), consumer)
		return err == nil && undelivered+unanswered == 0
	})
	close(stuck)
	eventually(t, "the other has seen all", func() bool {
		mu.Lock()
		defer mu.Unlock()
		return len(tagged) == len(sessions)
	})
	for _, s := range sessions {
		if row := k.row(t, ref(s)); row.Attacker == "" || row.Attacker != tagged[s.ID] {
			t.Errorf("session %s: attacker %q, the other says %q", s.ID, row.Attacker, tagged[s.ID])
		}
	}
}
