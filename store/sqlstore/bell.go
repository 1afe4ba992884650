package sqlstore

import (
	"context"
	"sync"
	"time"
)

// bell tells watchers that the change log grew.
type bell struct {
	s      *Store
	mu     sync.Mutex
	ears   map[chan struct{}]bool
	cancel context.CancelFunc
	loops  sync.WaitGroup
}

// pollEvery is how soon a change by another process is noticed at the latest.
const pollEvery = time.Second

func newBell(s *Store) *bell {
	b := &bell{s: s, ears: map[chan struct{}]bool{}}
	ctx, cancel := context.WithCancel(context.Background())
	b.cancel = cancel
	b.loops.Go(func() { b.poll(ctx) })
	if s.dialect.Listen != nil {
		b.loops.Go(func() { b.listen(ctx) })
	}
	return b
}

// stop ends what runs on the side.
func (b *bell) stop() {
	b.cancel()
	b.loops.Wait()
}

// ring tells everyone who watches. Nobody is waited for.
func (b *bell) ring() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for ear := range b.ears {
		select {
		case ear <- struct{}{}:
		default: // has one waiting
		}
	}
}

func (b *bell) watched() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return len(b.ears) > 0
}

// poll looks for changes that other processes made, while somebody watches.
func (b *bell) poll(ctx context.Context) {
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	seen := int64(-1)
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		if !b.watched() {
			continue
		}
		_, newest, err := b.s.Positions(ctx)
		if err == nil && newest != seen {
			seen = newest
			b.ring()
		}
	}
}

// listen hears of changes from other processes at once, where the engine tells
// of them; what it misses while it is cut off, poll finds.
func (b *bell) listen(ctx context.Context) {
	for ctx.Err() == nil {
		if b.s.dialect.Listen(ctx, b.ring) == nil {
			continue
		}
		select {
		case <-time.After(5 * pollEvery):
		case <-ctx.Done():
		}
	}
}

// Watch gives a channel that gets a value soon after something changed, at the
// latest after a second. Stop ends it.
func (s *Store) Watch() (changed <-chan struct{}, stop func()) {
	ear := make(chan struct{}, 1)
	s.bell.mu.Lock()
	defer s.bell.mu.Unlock()
	s.bell.ears[ear] = true
	return ear, func() {
		s.bell.mu.Lock()
		defer s.bell.mu.Unlock()
		delete(s.bell.ears, ear)
	}
}
