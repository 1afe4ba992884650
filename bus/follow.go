package bus

import (
	"context"
	"sync"

	"github.com/nats-io/nats.go"
)

const (
	// followQueue is how many messages wait for one follower; what comes
	// beyond them is gone for it.
	followQueue = 256
	// fanMessages and fanBytes bound what waits for all followers of a subject.
	fanMessages, fanBytes = 8192, 16 << 20
)

// fan is one subscription that any number of followers share.
type fan struct {
	sub  *nats.Subscription
	mu   sync.RWMutex
	each map[*follower]struct{}
}

// follower is one call of Follow.
type follower struct{ messages chan Message }

// Follow calls f with what is published on a subject from now on. Followers of
// one subject share a subscription; a message that finds a follower's queue
// full is gone for that one alone.
func (b *natsBus) Follow(ctx context.Context, subject string, f func(Message)) error {
	if err := checkSubject(subject, true); err != nil {
		return err
	}
	one := &follower{make(chan Message, followQueue)}
	if err := b.join(subject, one); err != nil {
		return b.translate(err)
	}
	defer b.leave(subject, one)
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-b.closed.Done():
			return errClosed
		case m := <-one.messages:
			f(m)
		}
	}
}

// join adds a follower, and the subscription where it is the first.
func (b *natsBus) join(subject string, one *follower) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	shared := b.follows[subject]
	if shared == nil {
		shared = &fan{each: map[*follower]struct{}{}}
		sub, err := b.nc.Subscribe(b.o.sent(subject), func(m *nats.Msg) { shared.spread(b.received(m)) })
		if err != nil {
			return err
		}
		_ = sub.SetPendingLimits(fanMessages, fanBytes)
		shared.sub = sub
		b.follows[subject] = shared
	}
	shared.mu.Lock()
	shared.each[one] = struct{}{}
	shared.mu.Unlock()
	return nil
}

// leave takes a follower away, and the subscription with the last.
func (b *natsBus) leave(subject string, one *follower) {
	b.mu.Lock()
	defer b.mu.Unlock()
	shared := b.follows[subject]
	shared.mu.Lock()
	delete(shared.each, one)
	last := len(shared.each) == 0
	shared.mu.Unlock()
	if last {
		_ = shared.sub.Unsubscribe()
		delete(b.follows, subject)
	}
}

// spread gives a message to every follower that has room for it.
func (n *fan) spread(m Message) {
	n.mu.RLock()
	defer n.mu.RUnlock()
	for one := range n.each {
		select {
		case one.messages <- m:
		default:
		}
	}
}
