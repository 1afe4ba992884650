package bus

import (
	"context"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go/jetstream"
)

// Pending counts what a durable has before it. One that was never attached has
// all of its stream undelivered.
func (b *natsBus) Pending(ctx context.Context, c Consumer) (undelivered, unanswered int, err error) {
	if c, err = c.checked(b); err != nil {
		return 0, 0, err
	}
	if !b.nc.IsConnected() {
		return 0, 0, ErrAway
	}
	ctx, cut := b.linked(ctx)
	defer cut()
	consumer, err := b.js.Consumer(ctx, c.Stream, c.Name)
	if errors.Is(err, jetstream.ErrConsumerNotFound) {
		found, err := b.js.Stream(ctx, c.Stream)
		if err != nil {
			return 0, 0, b.translate(err)
		}
		return int(found.CachedInfo().State.Msgs), 0, nil
	}
	if err != nil {
		return 0, 0, b.translate(err)
	}
	info := consumer.CachedInfo()
	return int(info.NumPending), info.NumAckPending, nil
}

// State says what is in each stream. One that cannot be told of says why; the
// error is that of a bus that does not answer at all.
func (b *natsBus) State(ctx context.Context) ([]StreamState, error) {
	var list []StreamState
	var failed error
	if !b.nc.IsConnected() {
		return nil, ErrAway
	}
	ctx, cut := b.linked(ctx)
	defer cut()
	for _, s := range streams() {
		state := StreamState{Name: s.name, LimitBytes: s.bytes}
		found, err := b.js.Stream(ctx, b.o.Prefix+s.name)
		if err != nil {
			failed = b.translate(err)
			state.Unavailable = failed.Error()
			list = append(list, state)
			continue
		}
		info := found.CachedInfo()
		state.Messages, state.Bytes = info.State.Msgs, info.State.Bytes
		state.FirstSeq, state.LastSeq = info.State.FirstSeq, info.State.LastSeq
		state.Consumers, state.LimitBytes = info.State.Consumers, info.Config.MaxBytes
		list = append(list, state)
	}
	for _, state := range list {
		if state.Unavailable == "" {
			return list, nil
		}
	}
	return list, failed
}

// Ping asks the server for an answer, and says what stands otherwise.
func (b *natsBus) Ping(ctx context.Context) error {
	if b.closed.Err() != nil {
		return fmt.Errorf("%w: it was closed", ErrAway)
	}
	if b.nc.IsConnected() {
		ctx, cut := b.linked(ctx)
		defer cut()
		if _, err := b.js.AccountInfo(ctx); err != nil {
			return b.translate(err)
		}
	}
	return b.standing()
}
