package profiler

import (
	"context"
	"time"

	"gait/bus"
)

// consumer is the durable that all profilers share.
var consumer = bus.Consumer{Name: "profiler", Stream: bus.StreamSessions, Subject: bus.SubjectSessionEnded, InFlight: 256, Batch: 64}

// consume takes events from the bus until the context ends.
func (p *Profiler) consume(ctx context.Context) error {
	return p.bus.Consume(ctx, consumer, func(batch []bus.Delivery) {
		tasks := make([]*task, 0, len(batch))
		for _, d := range batch {
			if t := p.delivered(ctx, d); t != nil {
				tasks = append(tasks, t)
			}
		}
		p.arrived(ctx, tasks)
	})
}

// delivered reads one delivery. One that can never be used is answered.
func (p *Profiler) delivered(ctx context.Context, d bus.Delivery) (t *task) {
	var out Outcome
	err := p.insist(ctx, "reject", func() (err error) {
		t, out, err = p.arrive(ctx, d.Message())
		return err
	})
	switch {
	case err != nil:
		_ = d.Later(0)
	case t == nil:
		p.told(&task{deliveries: []bus.Delivery{d}, out: out, since: time.Now()})
	default:
		t.deliveries = []bus.Delivery{d}
		t.backfill = t.backfill || d.Backfill()
	}
	return t
}

// arrived hands tasks to the intake.
func (p *Profiler) arrived(ctx context.Context, tasks []*task) {
	if len(tasks) == 0 {
		return
	}
	select {
	case p.arrivals <- tasks:
	case <-ctx.Done():
		for _, t := range tasks {
			t.comeAgain()
		}
	}
}
