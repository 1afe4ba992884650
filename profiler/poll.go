package profiler

import (
	"context"
	"time"

	"gait/store"
)

// How often the store is asked for sessions that wait, where there is no bus
// and nobody pokes; and how many are taken at once.
const (
	pollEvery = time.Second
	pollBatch = 2 * maxFlight
)

// poll takes sessions that wait in the store until the context ends. Those that
// are under way still wait there, and are passed over by the queue.
func (p *Profiler) poll(ctx context.Context) {
	tick := time.NewTicker(p.every)
	defer tick.Stop()
	for ctx.Err() == nil {
		var rows []store.Session
		here := p.queue.refs() // before asking: they may be done when the answer comes
		err := p.insist(ctx, "ask for sessions that wait", func() (err error) {
			rows, err = p.store.Waiting(ctx, store.WaitingQuery{Now: p.now(), Limit: pollBatch})
			return err
		})
		if err != nil {
			return
		}
		tasks := make([]*task, 0, len(rows))
		for i := range rows {
			if ref := rows[i].Ref; !here[ref] && !p.queue.has(ref) {
				tasks = append(tasks, ofRow(&rows[i]))
			}
		}
		p.enter(ctx, tasks) // not through the intake: they are to be seen in line when the store is asked again
		if len(tasks) > 0 || len(rows) == pollBatch {
			p.queue.thin(ctx, pollBatch/2) // the store is asked again before the queue is empty
			continue
		}
		select {
		case <-tick.C:
		case <-p.poke:
		case <-ctx.Done():
		}
	}
}
