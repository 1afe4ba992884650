package main

import (
	"context"
	"fmt"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"gait/bus"
)

// Bounds of what a decoy says and the bus has not taken: it tells what is going
// on, the recordings are the truth.
const (
	mostActivity  = 4096        // events that wait; more are dropped
	activityBatch = 256         // that are published at once
	activityOld   = time.Minute // about how long a batch is tried
)

// activity brings what a decoy says to the bus.
type activity struct {
	pending chan bus.Message
	dropped prometheus.Counter
}

// newActivity makes one, and the metric that counts what it drops.
func newActivity(reg prometheus.Registerer) (*activity, error) {
	a := &activity{pending: make(chan bus.Message, mostActivity), dropped: prometheus.NewCounter(prometheus.CounterOpts{
		Name: "gait_activity_dropped_total", Help: "Events of the decoy that the bus did not take in time.",
	})}
	if err := reg.Register(a.dropped); err != nil {
		return nil, fmt.Errorf("register metrics: %w", err)
	}
	return a, nil
}

// take notes an event, and drops it where too many wait.
func (a *activity) take(subject string, payload []byte) {
	select {
	case a.pending <- bus.Message{Subject: subject, Data: payload}:
	default:
		a.dropped.Inc()
	}
}

// run publishes until the context ends.
func (a *activity) run(ctx context.Context, b bus.Bus) error {
	for {
		select {
		case m := <-a.pending:
			a.publish(ctx, b, a.with(m))
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// with gives a message and those that wait behind it.
func (a *activity) with(m bus.Message) []bus.Message {
	list := []bus.Message{m}
	for len(list) < activityBatch {
		select {
		case m := <-a.pending:
			list = append(list, m)
		default:
			return list
		}
	}
	return list
}

// publish publishes a few events. What the bus does not take is tried again,
// until it is old.
func (a *activity) publish(ctx context.Context, b bus.Bus, list []bus.Message) {
	for delay := 100 * time.Millisecond; delay < activityOld; delay *= 2 {
		var left []bus.Message
		for i, err := range b.PublishAll(ctx, list) {
			if err != nil {
				left = append(left, list[i])
			}
		}
		if list = left; len(list) == 0 || until(ctx, time.Now().Add(delay)) != nil {
			return
		}
	}
	a.dropped.Add(float64(len(list)))
}
