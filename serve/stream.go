package serve

import (
	"context"
	"errors"
	"math/rand/v2"
	"strconv"
	"time"

	"gait/store"
)

// stream is one live connection.
type stream struct {
	live     *live
	out      outlet
	attacker string // empty for all
	who      identity
	door     *doorman

	after   int64 // everything up to this position has been told, or will not be
	reset   string
	fresh   bool   // begins with a snapshot
	state   []byte // the snapshot
	batch   batch
	inRing  bool // has been fed from the ring
	started int64
}

// maxReplay is how far back a client may go on, in positions.
const maxReplay = 100_000

// locate finds out where to begin, by the id of the last event that the client
// got; empty where it got none.
func (t *stream) locate(ctx context.Context, lastID string) error {
	l := t.live
	oldest, newest, err := l.store.Positions(ctx)
	if err != nil {
		return err
	}
	if lastID == "" {
		return t.afresh(ctx)
	}
	position, ok := parseEventID(lastID, l.store.ID())
	switch {
	case !ok || position > newest:
		t.reset = "the id is none of this store"
	case position+1 < oldest || newest-position > maxReplay:
		t.reset = "the id is too old"
	}
	if t.after = position; t.reset != "" {
		return t.afresh(ctx)
	}
	return nil
}

// afresh lets the stream begin with a snapshot.
func (t *stream) afresh(ctx context.Context) (err error) {
	t.fresh = true
	t.state, t.after, err = t.live.snapshot(ctx, t.attacker, 0)
	return err
}

// run feeds the client until it goes away, falls behind, or all streams end.
// What takes a deep stack has been done before, or is done elsewhere, since
// there may be many of these, and most of the time they only wait.
func (t *stream) run(ctx context.Context) {
	quiet := time.NewTimer(t.live.opt.KeepAlive)
	defer quiet.Stop()
	revoked := t.door.revoked()
	for ticks := 1; ; {
		wait, ok := t.feed(ctx)
		if !ok {
			return
		}
		if wait == nil {
			continue
		}
		if t.out.Flush() != nil {
			return
		}
		select {
		case <-wait:
		case <-quiet.C:
			if now := t.door.revoked(); now != revoked || ticks%ticksPerCheck == 0 {
				if revoked = now; !t.stays(ctx) {
					return
				}
			}
			if ticks++; !t.send(keepAlive) {
				return
			}
			quiet.Reset(t.live.opt.KeepAlive)
		case <-ctx.Done():
			return
		}
	}
}

// ticksPerCheck is how many times a quiet client is told that we are still
// here until its token is looked at again.
const ticksPerCheck = 4

// stays says whether the client may stay.
func (t *stream) stays(ctx context.Context) bool {
	answer := make(chan bool, 1)
	go func() { answer <- t.door.still(ctx, t.who) }()
	return <-answer
}

var keepAlive = []byte(": still here\n\n")

// begin sends how long to wait before coming back, then the state where the
// client has nothing to go on from, or else what it missed.
func (t *stream) begin(ctx context.Context, ready <-chan struct{}) bool {
	select {
	case <-ready:
	case <-ctx.Done():
		return false
	}
	text := append([]byte("retry: "), strconv.Itoa(1000+rand.IntN(4000))...)
	text = append(text, "\n\n"...)
	if t.reset != "" {
		text = append(text, resetEvent(t.reset)...)
	}
	if !t.send(text) || t.out.Flush() != nil {
		return false
	}
	t.started = t.after
	if t.fresh {
		state := t.state
		t.state = nil
		return t.send(state)
	}
	_, ok := t.feed(ctx)
	return ok
}

// feed sends what there is; it gives a channel to wait on where there is
// nothing more, and is false where the stream ends.
func (t *stream) feed(ctx context.Context) (wait <-chan struct{}, ok bool) {
	b := &t.batch
	t.live.ring.take(b, t.after, t.attacker)
	if b.behind {
		return nil, t.catchUp(ctx)
	}
	t.inRing = true
	if anew, ok := t.tell(ctx, b.blocks); !ok || anew {
		return nil, ok
	}
	if t.after = b.next; b.wait == nil {
		return nil, true
	}
	b.blocks = nil // a quiet client holds nothing
	return b.wait, true
}

// tell sends blocks. It says whether the client had to begin anew, from where
// it goes on then.
func (t *stream) tell(ctx context.Context, blocks []*block) (anew, ok bool) {
	for i, x := range blocks {
		if x.reset {
			return true, t.anew(ctx, x.last)
		}
		if !t.send(x.after(t.after)) {
			return false, false
		}
		blocks[i] = nil
	}
	return false, true
}

// anew has the client forget what it has, and gives it the state at a position
// or later. It is done elsewhere, so that this stack stays small.
func (t *stream) anew(ctx context.Context, least int64) bool {
	failed := make(chan error, 1)
	go func() {
		var err error
		t.state, t.after, err = t.live.snapshot(ctx, t.attacker, least)
		failed <- err
	}()
	if err := <-failed; err != nil && !errors.Is(err, store.ErrNotFound) {
		return false // it comes back, and meets the same change again
	}
	state := t.state
	t.state = nil
	return t.send(resetEvent("something was forgotten")) && len(state) > 0 && t.send(state)
}

func resetEvent(reason string) []byte {
	return appendEvent(nil, event{typ: typeReset, at: time.Now(), payload: []byte(`{"reason":"` + reason + `"}`)})
}

// catchUp sends older changes from the store. A client that had been up to
// date is cut instead: it comes back.
func (t *stream) catchUp(ctx context.Context) bool {
	if t.inRing || t.after-t.started > 2*maxReplay {
		t.live.meters.cut.Inc()
		return false
	}
	blocks, next, err := t.live.older(ctx, t.after, t.attacker)
	if err != nil {
		if ctx.Err() == nil && !store.Later(err) {
			t.live.log.Warn("live events cannot go on", "err", err)
		}
		return false
	}
	if anew, ok := t.tell(ctx, blocks); !ok || anew {
		return ok
	}
	if next == t.after { // what lay between is no longer kept
		next = t.live.ring.since()
	}
	t.after = next
	return true
}

// send writes to the client, which must take it within a while.
func (t *stream) send(text []byte) bool {
	if len(text) == 0 {
		return true
	}
	// Where deadlines cannot be set, the connection's own hold.
	_ = t.out.SetWriteDeadline(time.Now().Add(t.live.opt.SendWithin))
	if _, err := t.out.Write(text); err != nil {
		t.live.meters.cut.Inc()
		return false
	}
	return true
}
