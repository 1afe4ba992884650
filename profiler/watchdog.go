package profiler

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"gait/internal/health"
)

// StuckError says that a session was not done in time, and never will be. The
// process has to be started anew: the attempt stays counted, and the session
// is parked after three of them.
type StuckError struct {
	Ref   string // evidence reference
	After time.Duration
}

// Error says what happened and what to do.
func (e *StuckError) Error() string {
	return fmt.Sprintf("session %q does not end: it has been worked on for %v, and a goroutine cannot be stopped from outside; "+
		"this process has to end and be started anew (after three attempts the session is parked)", e.Ref, e.After)
}

// watchTicks is in how many steps the watchdog's time is counted. Counting
// steps, and not hours, a process that was stopped for a while or a clock that
// leaps makes nobody late.
const watchTicks = 30

// running is what a worker is at. The watchdog looks at it from outside.
type running struct {
	task  atomic.Pointer[task]
	seen  *task // by the watchdog, the last time
	ticks int   // for how long
}

func (r *running) begin(t *task) { r.task.Store(t) }
func (r *running) end()          { r.task.Store(nil) }

// watch ends the stage when a worker is at one session for too long. On the way
// it tells how much there is to do.
func (p *Profiler) watch(ctx context.Context, stop context.CancelCauseFunc) {
	tick := time.NewTicker(p.watchdog / watchTicks)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		waiting, flight := p.queue.size()
		p.board.Tell(part, "queue", map[string]int{"waiting": waiting, "under_way": flight})
		p.board.Tell(part, "profiled again", map[string]int64{"sessions": p.anew.Load(), "values_changed": p.differs.Load()})
		for i := range p.running {
			if r := &p.running[i]; r.late() {
				err := &StuckError{Ref: r.seen.ref(), After: p.watchdog}
				p.board.Set(health.Condition{Part: part, Name: "stuck", Cause: err.Error(), Cure: "start the process anew; a supervisor does it by itself", Stops: true})
				p.log.Error("a session does not end; the process has to be started anew", "session", shown(r.seen.out.Session), "after", p.watchdog.String())
				stop(err)
				return
			}
		}
	}
}

// late counts one more step of what a worker is at.
func (r *running) late() bool {
	t := r.task.Load()
	if t == nil || t != r.seen {
		r.seen, r.ticks = t, 0
		return false
	}
	r.ticks++
	return r.ticks > watchTicks
}
