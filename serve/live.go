package serve

import (
	"context"
	"errors"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"

	"gait/store"
)

// live follows the change log on behalf of all clients: as long as there are
// any, and a while longer.
type live struct {
	store  store.Store
	log    *slog.Logger
	meters *meters
	ring   *ring
	opt    *Options

	mu      sync.Mutex
	clients int
	running bool
	ready   chan struct{} // closed once the ring has begun
	stop    context.CancelFunc
	closed  bool
	ctx     context.Context // ends when all streams are to end
	end     context.CancelFunc
	streams sync.WaitGroup

	snaps   snapshots
	reading chan struct{} // queries on behalf of single clients
}

const (
	linger     = time.Minute // how long the log is followed without clients
	warmUp     = 4000        // positions that the ring begins with
	readAtOnce = 256         // changes
	maxQueries = 4           // on behalf of single clients at once
)

var (
	errFull    = errors.New("as many clients are connected as may be")
	errClosing = errors.New("the server is about to end")
)

func newLive(opt *Options, m *meters) *live {
	ctx, end := context.WithCancel(context.Background())
	return &live{
		store: opt.Store, log: opt.Log, meters: m, ring: newRing(opt.Ring), opt: opt,
		ctx: ctx, end: end, reading: make(chan struct{}, maxQueries),
	}
}

// join counts a client in; it must leave again.
func (l *live) join() (ready <-chan struct{}, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.closed:
		return nil, errClosing
	case l.clients >= l.opt.Streams:
		return nil, errFull
	}
	l.clients++
	l.streams.Add(1)
	l.meters.clients.Set(float64(l.clients))
	if !l.running {
		ctx, stop := context.WithCancel(l.ctx)
		l.running, l.ready, l.stop = true, make(chan struct{}), stop
		go l.follow(ctx, l.ready)
	}
	return l.ready, nil
}

func (l *live) leave() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.clients--
	l.streams.Done()
	l.meters.clients.Set(float64(l.clients))
}

func (l *live) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.clients
}

// close ends all streams, lets no more in, and waits a while for those that
// there were.
func (l *live) close() {
	l.mu.Lock()
	l.closed = true
	l.mu.Unlock()
	l.end()
	ended := make(chan struct{})
	go func() {
		l.streams.Wait()
		close(ended)
	}()
	select {
	case <-ended:
	case <-time.After(closeWithin):
	}
}

// retire ends the following where no client is left.
func (l *live) retire() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.clients > 0 && !l.closed {
		return false
	}
	l.running = false
	l.stop()
	return true
}

// follow reads the change log and fills the ring until nobody is left.
func (l *live) follow(ctx context.Context, ready chan struct{}) {
	changed, stop := l.store.Watch()
	defer stop()
	idle := time.NewTicker(linger)
	defer idle.Stop()
	t := &tailer{live: l, scribe: scribe{store: l.store, id: l.store.ID()}, ready: ready}
	for {
		more, wait := t.step(ctx)
		if more {
			continue
		}
		select {
		case <-changed:
		case <-wait:
		case <-idle.C:
			if l.retire() {
				return
			}
		case <-ctx.Done():
			l.retire()
			return
		}
	}
}

// tailer is the one reader of the change log.
type tailer struct {
	live   *live
	scribe scribe
	ready  chan struct{}
	begun  bool
	fails  int
}

// step reads on. It says whether there is more at once and, after a failure,
// gives a channel that tells when to try again.
func (t *tailer) step(ctx context.Context) (more bool, wait <-chan time.Time) {
	more, err := t.read(ctx)
	if err == nil {
		if t.fails > 0 {
			t.live.log.Info("live events go on")
		}
		t.fails = 0
		return more, nil
	}
	if ctx.Err() != nil {
		return false, nil
	}
	if t.fails++; t.fails == 1 {
		t.live.log.Warn("live events wait for the store", "err", err)
	}
	pause := min(5*time.Second, 50*time.Millisecond<<min(t.fails, 8))
	return false, time.After(pause/2 + rand.N(pause/2))
}

func (t *tailer) read(ctx context.Context) (more bool, err error) {
	l := t.live
	if !t.begun {
		oldest, newest, err := l.store.Positions(ctx)
		if err != nil {
			return false, err
		}
		l.ring.begin(max(0, oldest-1, newest-warmUp))
		t.begun = true
	}
	after := l.ring.upTo()
	changes, err := l.store.Changes(ctx, after, readAtOnce)
	if err != nil {
		return false, err
	}
	// What was read is told at once, a few changes at a time: the first need
	// not wait for the last.
	for len(changes) > 0 {
		n := min(len(changes), 8)
		blocks, err := l.blocks(ctx, &t.scribe, changes[:n], "")
		if err != nil {
			return false, err
		}
		l.ring.add(blocks, changes[n-1].Last)
		changes, more = changes[n:], true
	}
	if !more && t.ready != nil {
		close(t.ready)
		t.ready = nil
	}
	return more, nil
}

// blocks makes the texts of changes, those of one attacker or all.
func (l *live) blocks(ctx context.Context, s *scribe, changes []store.Change, attacker string) ([]*block, error) {
	var out []*block
	for _, c := range changes {
		if attacker != "" && c.Attacker != attacker && c.Kind != "forgotten" {
			continue
		}
		b, err := s.block(ctx, c)
		if err != nil {
			return nil, err
		}
		if b != nil {
			out = append(out, b)
		}
	}
	return out, nil
}

// older reads changes after a position from the store for one client that is
// behind the ring. It gives the position to go on after, which is the same
// where there are none.
func (l *live) older(ctx context.Context, after int64, attacker string) (blocks []*block, next int64, err error) {
	select {
	case l.reading <- struct{}{}:
		defer func() { <-l.reading }()
	case <-ctx.Done():
		return nil, after, ctx.Err()
	}
	changes, err := l.store.Changes(ctx, after, batchBlocks)
	if err != nil || len(changes) == 0 {
		return nil, after, err
	}
	s := &scribe{store: l.store, id: l.store.ID()}
	if blocks, err = l.blocks(ctx, s, changes, attacker); err != nil {
		return nil, after, err
	}
	return blocks, changes[len(changes)-1].Last, nil
}
