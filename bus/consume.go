package bus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

const (
	defaultInFlight = 256
	defaultBatch    = 64
	// maxInFlight bounds what all processes of one durable have unanswered
	// together; each asks for no more than its own InFlight.
	maxInFlight = 2048
	// pullExpires is how long a request for deliveries stands.
	pullExpires = 30 * time.Second
)

var (
	errSilent = errors.New("the server has not said anything for a while")
	errGone   = errors.New("the consumer is gone")
	errClosed = errors.New("the bus is closed")
)

// checked gives the consumer with its defaults.
func (c Consumer) checked(b *natsBus) (Consumer, error) {
	if c.Name == "" {
		return c, errors.New("a durable consumer without a name")
	}
	if err := errors.Join(checkName("consumer", c.Name), checkName("stream", c.Stream)); err != nil {
		return c, err
	}
	if c.Subject != "" {
		if err := checkSubject(c.Subject, true); err != nil {
			return c, err
		}
		c.Subject = b.o.sent(c.Subject)
	}
	known := false
	for _, s := range streams() {
		known = known || s.name == c.Stream
	}
	if !known {
		return c, fmt.Errorf("there is no stream %q", c.Stream)
	}
	c.Name, c.Stream = b.o.Prefix+c.Name, b.o.Prefix+c.Stream
	if c.InFlight <= 0 {
		c.InFlight = defaultInFlight
	}
	c.InFlight = min(c.InFlight, maxInFlight)
	if c.Batch <= 0 {
		c.Batch = defaultBatch
	}
	return c, nil
}

// Consume attaches the durable and calls f until the context ends.
func (b *natsBus) Consume(ctx context.Context, c Consumer, f func([]Delivery)) error {
	c, err := c.checked(b)
	if err != nil {
		return err
	}
	if !b.enter() {
		return errClosed
	}
	defer b.done.Done()
	outer := ctx
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(b.closed, cancel)()
	if err = b.consume(ctx, c, f); err != nil {
		return err
	}
	if outer.Err() != nil {
		return outer.Err()
	}
	return errClosed
}

// consume attaches again whenever something breaks, until the context ends.
func (b *natsBus) consume(ctx context.Context, c Consumer, f func([]Delivery)) error {
	p := newPuller(b, c)
	sub, err := b.nc.Subscribe(p.inbox+".*", p.receive)
	if err != nil {
		return err
	}
	_ = sub.SetPendingLimits(-1, -1) // bounded by what is asked for
	defer p.finish(sub)
	over := make(chan struct{})
	defer close(over)
	b.done.Go(func() { p.progressUntil(over) })
	wait := b.tuning.reconnect
	for ctx.Err() == nil {
		renewal := b.renewal()
		began := time.Now()
		err := p.run(ctx, renewal, f)
		if ctx.Err() != nil || err == nil {
			continue
		}
		if b.nc.IsConnected() {
			b.trouble(troubleConsumer+c.Name, fmt.Errorf("consumer %s: %w", c.Name, err))
		}
		if wait = min(2*wait, 10*time.Second); time.Since(began) > wait {
			wait = b.tuning.reconnect
		}
		t := time.NewTimer(wait/2 + rand.N(wait))
		select {
		case <-ctx.Done():
		case <-renewal:
		case <-t.C:
		}
		t.Stop()
	}
	b.mended(troubleConsumer + c.Name)
	return nil
}

// run attaches the durable and hands out what comes, until there is another
// connection (nil) or something is wrong.
func (p *puller) run(ctx context.Context, renewal <-chan struct{}, f func([]Delivery)) error {
	if !p.b.nc.IsConnected() {
		select {
		case <-ctx.Done():
		case <-renewal:
		}
		return nil
	}
	epoch := p.b.nc.Stats().Reconnects
	made, err := p.attach(ctx)
	if err != nil {
		return err
	}
	p.begin(epoch, made)
	defer p.suspend()
	p.b.mended(troubleConsumer + p.c.Name)
	silence := time.NewTicker(p.b.tuning.heartbeat)
	defer silence.Stop()
	for {
		for batch := p.take(); len(batch) > 0; batch = p.take() {
			f(batch)
			if ctx.Err() != nil {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return nil
		case <-renewal:
			return nil
		case err := <-p.broken:
			return err
		case <-p.wake:
		case <-silence.C:
			if p.silent() {
				return errSilent
			}
		}
	}
}

// attach makes the durable, or finds it, and gives the time when it was made,
// by which a durable is told from another of the same name.
func (p *puller) attach(ctx context.Context) (time.Time, error) {
	began := time.Now()
	ctx, cut := p.b.linked(ctx)
	defer cut()
	ctx, cancel := context.WithTimeout(ctx, p.b.tuning.answer)
	defer cancel()
	config := jetstream.ConsumerConfig{
		Durable:       p.c.Name,
		FilterSubject: p.c.Subject,
		DeliverPolicy: jetstream.DeliverAllPolicy,
		AckPolicy:     jetstream.AckExplicitPolicy,
		AckWait:       p.b.tuning.ackWait,
		MaxDeliver:    -1,
		MaxAckPending: maxInFlight,
		ReplayPolicy:  jetstream.ReplayInstantPolicy,
	}
	consumer, err := p.find(ctx, config)
	if errors.Is(err, jetstream.ErrStreamNotFound) {
		if err = p.b.ensure(ctx, began); err == nil {
			consumer, err = p.find(ctx, config)
		}
	}
	if err != nil {
		return time.Time{}, p.b.translate(err)
	}
	info := consumer.CachedInfo()
	if err := p.b.takeOver(ctx, info); err != nil {
		return time.Time{}, err
	}
	return info.Created, nil
}

// find gives the durable as it should be. What a server says of one that it
// has just made or changed does not tell when it was made; so it is looked up.
func (p *puller) find(ctx context.Context, want jetstream.ConsumerConfig) (jetstream.Consumer, error) {
	consumer, err := p.b.js.Consumer(ctx, p.c.Stream, p.c.Name)
	if err == nil {
		have := consumer.CachedInfo().Config
		if have.FilterSubject == want.FilterSubject && have.AckWait == want.AckWait &&
			have.MaxDeliver == want.MaxDeliver && have.MaxAckPending == want.MaxAckPending {
			return consumer, nil
		}
	} else if !errors.Is(err, jetstream.ErrConsumerNotFound) {
		return nil, err
	}
	if _, err := p.b.js.CreateOrUpdateConsumer(ctx, p.c.Stream, want); err != nil {
		return nil, err
	}
	return p.b.js.Consumer(ctx, p.c.Stream, p.c.Name)
}

// takeOver makes an embedded server deliver again at once what a process that
// died had not answered: nobody else can have it. On an external server others
// may have it, and only time tells.
func (b *natsBus) takeOver(ctx context.Context, info *jetstream.ConsumerInfo) error {
	b.mu.Lock()
	mine := b.attached[info.Name]
	b.attached[info.Name] = true
	b.mu.Unlock()
	if b.embedded == nil || mine || info.NumAckPending == 0 {
		return nil
	}
	if _, err := b.js.ResetConsumer(ctx, info.Stream, info.Name); err != nil {
		b.mu.Lock()
		delete(b.attached, info.Name)
		b.mu.Unlock()
		return b.translate(err)
	}
	return nil
}

// pullRequest asks for deliveries, as the server reads it.
type pullRequest struct {
	Expires   time.Duration `json:"expires"`
	Batch     int           `json:"batch"`
	Heartbeat time.Duration `json:"idle_heartbeat"`
}

// ask sends a request for so many deliveries.
func (p *puller) ask(n int) error {
	body, err := json.Marshal(pullRequest{pullExpires, n, p.b.tuning.heartbeat})
	if err != nil {
		return err
	}
	subject := "$JS.API.CONSUMER.MSG.NEXT." + p.c.Stream + "." + p.c.Name
	return p.b.nc.PublishRequest(subject, p.reply(), body)
}

// finish ends the subscription and asks for what was not handed out to be
// delivered to someone else. What the server had sent before it knew of the end is
// waited for: it would otherwise come to nobody until its time is over.
func (p *puller) finish(sub *nats.Subscription) {
	p.suspend()
	closed := make(chan struct{})
	sub.SetClosedHandler(func(string) { close(closed) })
	if p.b.nc.IsConnected() && sub.Drain() == nil {
		select {
		case <-closed:
		case <-time.After(p.b.tuning.answer):
		}
	} else {
		_ = sub.Unsubscribe()
	}
	p.giveBack()
}
