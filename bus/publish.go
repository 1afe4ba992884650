package bus

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const (
	// maxOutstanding bounds the messages without an answer, of all callers.
	maxOutstanding = 256
	// rounds is how often a message is sent that no stream answered for.
	rounds = 3
)

// errDisk is what an embedded server has for messages while it cannot write.
var errDisk = fmt.Errorf("%w: the embedded bus cannot write to its disk", ErrFull)

// Publish publishes one message and waits until the stream has it.
func (b *natsBus) Publish(ctx context.Context, m Message) error {
	if errs := b.PublishAll(ctx, []Message{m}); errs != nil {
		return errs[0]
	}
	return nil
}

// PublishAll sends all messages, at most 256 ahead of their answers, and gives
// what became of each.
func (b *natsBus) PublishAll(ctx context.Context, list []Message) []error {
	p := publishing{b: b, list: list, sick: b.sickness()}
	began := time.Now()
	for i := range list {
		p.send(ctx, i)
	}
	p.collect(ctx, 0)
	for round := 1; len(p.unheard) > 0 && round < rounds && ctx.Err() == nil; round++ {
		// Nobody took them: the streams are gone, or their leader is moving.
		if round > 1 {
			b.pause(ctx, b.tuning.reconnect)
		}
		if err := b.ensure(ctx, began); err != nil {
			break
		}
		began = time.Now()
		again := p.unheard
		p.unheard = nil
		for _, i := range again {
			p.send(ctx, i)
		}
		p.collect(ctx, 0)
	}
	for _, i := range p.unheard {
		p.fail(i, fmt.Errorf("%w: no stream answers", ErrAway))
		b.poke()
	}
	return p.errs
}

// publishing is one call of PublishAll.
type publishing struct {
	b       *natsBus
	list    []Message
	errs    []error // nil while nothing failed
	flying  []flight
	unheard []int // messages that no stream answered for
	sick    <-chan struct{}
}

// flight is a message without an answer.
type flight struct {
	i      int
	answer jetstream.PubAckFuture
}

func (p *publishing) fail(i int, err error) {
	if p.errs == nil {
		p.errs = make([]error, len(p.list))
	}
	p.errs[i] = err
}

// send sends one message as soon as there is room for one more without an
// answer.
func (p *publishing) send(ctx context.Context, i int) {
	m, err := p.b.message(p.list[i])
	if err != nil {
		p.fail(i, err)
		return
	}
	if err := p.room(ctx); err != nil {
		p.fail(i, err)
		return
	}
	answer, err := p.b.js.PublishMsgAsync(m, jetstream.WithRetryAttempts(0))
	if err != nil {
		<-p.b.slots
		p.fail(i, p.b.translate(err))
		return
	}
	p.flying = append(p.flying, flight{i, answer})
}

// room waits for room. A caller that has messages under way takes the answer
// to the oldest of them first, so that no two wait for each other.
func (p *publishing) room(ctx context.Context) error {
	for {
		select {
		case <-p.sick:
			return errDisk
		default:
		}
		select {
		case p.b.slots <- struct{}{}:
			return nil
		default:
		}
		if len(p.flying) > 0 {
			p.collect(ctx, len(p.flying)-1)
			continue
		}
		select {
		case p.b.slots <- struct{}{}:
			return nil
		case <-p.sick:
			return errDisk
		case <-ctx.Done():
			return fmt.Errorf("%w: %w", ErrAway, ctx.Err())
		case <-p.b.closed.Done():
			return fmt.Errorf("%w: it was closed", ErrAway)
		}
	}
}

// collect takes answers, the oldest first, until only so many are left.
func (p *publishing) collect(ctx context.Context, left int) {
	for len(p.flying) > left {
		f := p.flying[0]
		p.flying = p.flying[1:]
		var err error
		select {
		case <-f.answer.Ok():
		case err = <-f.answer.Err():
		case <-ctx.Done():
			err = ctx.Err()
		case <-p.sick:
			err = errDisk
		case <-p.b.closed.Done():
			err = nats.ErrConnectionClosed
		}
		<-p.b.slots
		if errors.Is(err, jetstream.ErrNoStreamResponse) {
			p.unheard = append(p.unheard, f.i)
			continue
		}
		if err = p.b.outcome(p.list[f.i].Subject, err); err != nil {
			p.fail(f.i, err)
		}
	}
}

// outcome translates what became of a message, and keeps the trouble "full".
func (b *natsBus) outcome(subject string, err error) error {
	name := streamOf(subject)
	err = b.translate(err)
	full := errors.Is(err, ErrFull)
	if err != nil && !full {
		return err
	}
	b.mu.Lock()
	changed := b.full[name] != full
	b.full[name] = full
	b.mu.Unlock()
	switch {
	case changed && full:
		b.trouble(troubleFull+name, fmt.Errorf("stream %s: %w", name, err))
	case changed:
		b.mended(troubleFull + name)
	}
	return err
}

// message checks what is to be published and gives it as it is sent.
func (b *natsBus) message(m Message) (*nats.Msg, error) {
	if err := checkSubject(m.Subject, false); err != nil {
		return nil, err
	}
	if streamOf(m.Subject) == "" {
		return nil, fmt.Errorf("%w: no stream holds %.80q", ErrSubject, m.Subject)
	}
	if err := checkHeaders(m); err != nil {
		return nil, err
	}
	sent := nats.NewMsg(b.o.sent(m.Subject))
	size := len(m.Data)
	for name, value := range m.Header {
		sent.Header[name] = []string{value}
		size += len(name) + len(value) + 4
	}
	if m.ID != "" {
		sent.Header[jetstream.MsgIDHeader] = []string{m.ID}
		size += len(jetstream.MsgIDHeader) + len(m.ID) + 4
	}
	most := int(b.nc.MaxPayload())
	if most <= 0 {
		most = maxPayload
	}
	if size+16 > most { // the frame of the headers counts too
		return nil, fmt.Errorf("%w: %s: %d bytes, at most %d", ErrTooLarge, m.Subject, size, most)
	}
	sent.Data = m.Data
	return sent, nil
}

// pause waits a while, unless the context or the bus ends.
func (b *natsBus) pause(ctx context.Context, d time.Duration) {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
	case <-ctx.Done():
	case <-b.closed.Done():
	}
}
