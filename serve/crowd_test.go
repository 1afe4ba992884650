package serve

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"gait/serve/servetest"
	"gait/store"
	"gait/store/storetest"
)

// crowd is many clients that listen, each cut at random again and again, while
// sessions are saved. Each must get every event exactly once.
type crowd struct {
	store   store.Store
	url     string // of the events
	token   string
	clients int
	visits  int

	seed uint64
	from int64         // where the change log began
	end  int64         // where it ended
	over chan struct{} // closed when all is saved
	errs chan error
}

// run lets them listen.
func (c *crowd) run(t *testing.T) {
	c.seed, c.over, c.errs = rand.Uint64(), make(chan struct{}), make(chan error, c.clients+c.visits)
	t.Log("seed", c.seed)
	var err error
	if _, c.from, err = c.store.Positions(t.Context()); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for i := range c.clients {
		all.Go(func() {
			if err := c.client(i); err != nil {
				c.errs <- fmt.Errorf("client %d: %w", i, err)
			}
		})
	}
	c.save()
	if _, c.end, err = c.store.Positions(t.Context()); err != nil {
		t.Fatal(err)
	}
	close(c.over)
	all.Wait()
	close(c.errs)
	n := 0
	for err := range c.errs {
		if n++; n <= 5 {
			t.Error(err)
		}
	}
}

// save saves the visits, several at once.
func (c *crowd) save() {
	var writers sync.WaitGroup
	for w := range 4 {
		writers.Go(func() {
			for i := w; i < c.visits; i += 4 {
				p := servetest.Profile(servetest.Visit("loader", 1000+i, fmt.Sprintf("203.0.113.%d", i%200+1)))
				if _, err := c.store.Save(context.Background(), []store.Profile{p}); err != nil {
					c.errs <- err
				}
			}
		})
	}
	writers.Wait()
}

// client listens until it has been told of every visit.
func (c *crowd) client(n int) error {
	dice := rand.New(rand.NewPCG(c.seed, uint64(n)))
	at, sessions, failed := c.from, 0, 0
	for sessions < c.visits {
		l, err := listen(c.url, c.token, string(appendEventID(nil, c.store.ID(), at)))
		if err != nil {
			if failed++; failed > 20 {
				return err
			}
			continue // as a browser does
		}
		for left := 20 + dice.IntN(200); left > 0 && sessions < c.visits; left-- {
			e, err := l.next()
			if err != nil {
				break
			}
			got, ok := parseEventID(e.id, c.store.ID())
			if !ok || got != at+1 {
				l.close()
				return fmt.Errorf("%s %q after %d", e.typ, e.id, at)
			}
			if at = got; e.typ == typeSession {
				sessions++
			}
		}
		l.close()
	}
	if <-c.over; at != c.end {
		return fmt.Errorf("ends at %d, not %d", at, c.end)
	}
	return nil
}

func TestManyClientsMissNothing(t *testing.T) {
	if testing.Short() {
		t.Skip("takes several seconds")
	}
	st := storetest.SQLite(t)
	x := newSite(t, st, Options{})
	clients := 1000
	if raced {
		clients = 100
	}
	c := crowd{store: st, url: x.url + basePath + "/events", token: x.viewer, clients: clients, visits: 12}
	c.run(t)
}
