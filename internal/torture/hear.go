package main

import (
	"bytes"
	"context"
	"maps"
	"sync"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// hearer keeps the last envelope of each observation that was announced. It
// reads the stream as any other consumer would, with a durable of its own.
type hearer struct {
	mu   sync.Mutex
	told map[key]envelope
	at   map[key]uint64 // place in the stream of what is in told
}

// hear begins to listen, and goes on until the context ends, whatever happens
// to the server.
func hear(ctx context.Context, url string) *hearer {
	h := &hearer{told: map[key]envelope{}, at: map[key]uint64{}}
	go func() {
		for ctx.Err() == nil {
			_ = h.listen(ctx, url) // the server is killed now and then
			pause(ctx, 300*time.Millisecond)
		}
	}()
	return h
}

// listen listens until something goes wrong.
func (h *hearer) listen(ctx context.Context, url string) error {
	nc, err := nats.Connect(url, nats.MaxReconnects(0))
	if err != nil {
		return err
	}
	defer nc.Close()
	js, err := jetstream.New(nc)
	if err != nil {
		return err
	}
	c, err := js.CreateOrUpdateConsumer(ctx, "OBSERVATIONS", jetstream.ConsumerConfig{
		Durable: "torture", AckPolicy: jetstream.AckExplicitPolicy, DeliverPolicy: jetstream.DeliverAllPolicy, MaxAckPending: 5000, AckWait: 10 * time.Second,
	})
	if err != nil {
		return err
	}
	for ctx.Err() == nil {
		batch, err := c.Fetch(500, jetstream.FetchMaxWait(time.Second))
		if err != nil {
			return err
		}
		for m := range batch.Messages() {
			meta, err := m.Metadata()
			if err != nil {
				return err
			}
			h.note(m.Data(), meta.Sequence.Stream)
			if err := m.Ack(); err != nil {
				return err
			}
		}
		if err := batch.Error(); err != nil {
			return err
		}
	}
	return nil
}

// note keeps an envelope unless a later one is known: what is delivered again
// comes out of order.
func (h *hearer) note(data []byte, seq uint64) {
	got, err := read(bytes.NewReader(data), false)
	if err != nil {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	for k, e := range got {
		if seq >= h.at[k] {
			h.told[k], h.at[k] = e, seq
		}
	}
}

// all gives what was heard.
func (h *hearer) all() map[key]envelope {
	h.mu.Lock()
	defer h.mu.Unlock()
	return maps.Clone(h.told)
}
