package bus

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// Answers to a delivery, as the server reads them.
const (
	ackDone     = "+ACK"
	ackProgress = "+WPI"
	ackLater    = "-NAK"
)

// delivery is one message that was delivered.
type delivery struct {
	p     *puller
	m     Message
	seq   uint64    // its number in the stream
	made  time.Time // when the durable was made that delivered it
	times int
	reply string // where the answer goes; guarded by the puller
	over  bool   // it has an answer; guarded by the puller
}

// Message gives what was delivered.
func (d *delivery) Message() Message { return d.m }

// Backfill says whether the session ended long before it was found.
func (d *delivery) Backfill() bool {
	_, there := d.m.Header[HeaderBackfill]
	return there
}

// Deliveries counts how often it was delivered.
func (d *delivery) Deliveries() int { return d.times }

// Done acknowledges it. Where there is no connection the answer is sent when
// there is one again, to the same durable; until then it is not known whether
// it arrives in time, and Done gives ErrAway.
func (d *delivery) Done() error { return d.answer(ackDone) }

// Later asks for it again after a while.
func (d *delivery) Later(after time.Duration) error {
	if after <= 0 {
		return d.answer(ackLater)
	}
	return d.answer(ackLater + ` {"delay":` + strconv.FormatInt(int64(after), 10) + `}`)
}

// answer sends an answer once; those after it are ignored.
func (d *delivery) answer(text string) error {
	p := d.p
	p.mu.Lock()
	defer p.mu.Unlock()
	if d.over {
		return nil
	}
	d.over = true
	if !d.made.Equal(p.made) {
		return fmt.Errorf("%w: what delivered the message is gone", ErrAway)
	}
	delete(p.unanswered, d.seq)
	if err := d.send(text); err != nil {
		if text == ackDone {
			p.answered = append(p.answered, d)
		}
		return err
	}
	p.topUp()
	return nil
}

// send sends an answer on the connection that the durable is attached on, and
// on no other: on another server the same number may stand for another message.
func (d *delivery) send(text string) error {
	nc := d.p.b.nc
	if nc.Stats().Reconnects != d.p.epoch {
		return fmt.Errorf("%w: not attached", ErrAway)
	}
	if err := nc.Publish(d.reply, []byte(text)); err != nil {
		return d.p.b.translate(err)
	}
	return nil
}

// received gives a message as callers see it: without the prefix of its subject
// and without the server's own headers.
func (b *natsBus) received(m *nats.Msg) Message {
	got := Message{
		Subject: strings.TrimPrefix(m.Subject, b.o.sent("")),
		ID:      m.Header.Get(jetstream.MsgIDHeader),
		Data:    m.Data,
	}
	for name, values := range m.Header {
		if len(values) == 0 || reserved(name) || len(got.Header) == maxHeaders {
			continue
		}
		if got.Header == nil {
			got.Header = map[string]string{}
		}
		got.Header[name] = values[0]
	}
	return got
}
