package profiler

import (
	"context"
	"errors"
	"strconv"
	"time"

	"gait/bus"
	"gait/internal/health"
)

const (
	// tellGroup is how many conclusions are published together.
	tellGroup = 64
	// assessSweep is how often the store is asked for identities that are due and
	// conclusions that nobody told: those of processes that died.
	assessSweep = 30 * time.Second
	// assessRest is how long the concluder rests at least after it did something,
	// and assessShare how many times as long as that took: it has a small share of
	// one core, whatever comes in. mostRest bounds the rest.
	assessRest  = 20 * time.Millisecond
	assessShare = 2
	mostRest    = 10 * time.Second
)

// concluder draws conclusions after sessions have been stored, and publishes
// them. Nobody waits for it.
type concluder struct {
	p        *Profiler
	assessor *Assessor
	linker   *linker // nil where nothing is kept of how people type
	wake     chan struct{}
}

func newConcluder(p *Profiler) (*concluder, error) {
	a, err := NewAssessor(p.store, p.primitives, p.typist)
	c := &concluder{p: p, assessor: a, wake: make(chan struct{}, 1)}
	if p.typist != nil {
		c.linker = newLinker(p.store, p.typist, p.accept)
	}
	return c, err
}

// ring wakes the loop. It never blocks.
func (c *concluder) ring() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// run draws and tells conclusions until the context ends. What is left then is
// done after the next start: what is due stands in the store.
func (c *concluder) run(ctx context.Context) {
	sweep := time.NewTicker(assessSweep)
	defer sweep.Stop()
	pause := assessRest
	for ctx.Err() == nil {
		began := time.Now()
		err := c.round(ctx)
		rest := min(max(assessRest, assessShare*time.Since(began)), mostRest)
		if err != nil {
			pause = min(2*max(pause, 50*time.Millisecond), mostRest)
			rest = jitter(pause)
		} else {
			pause = 0
		}
		select {
		case <-time.After(rest):
		case <-ctx.Done():
			return
		}
		if err != nil {
			continue
		}
		select {
		case <-c.wake:
		case <-sweep.C:
		case <-ctx.Done():
		}
	}
}

// round draws conclusions about all who are due, and tells what there is to tell.
func (c *concluder) round(ctx context.Context) error {
	began := time.Now()
	assessed, told, err := c.assessor.All(ctx)
	c.p.metrics.assessed.Add(float64(assessed))
	c.p.metrics.conclusions.Add(float64(told))
	if assessed > 0 {
		c.p.metrics.assess.Observe(time.Since(began).Seconds() / float64(assessed))
	}
	c.trouble(ctx, "assess", "identities are not assessed", err)
	if c.linker != nil {
		compared, unlinked := c.linker.round(ctx)
		c.p.metrics.compared.Add(float64(compared))
		c.trouble(ctx, "link", "how people type is not compared", unlinked)
		err = errors.Join(err, unlinked)
	}
	if c.p.bus == nil {
		return err
	}
	untold := c.tell(ctx)
	c.trouble(ctx, "tell", "conclusions are not announced", untold)
	return errors.Join(err, untold)
}

// trouble notes on the board that something does not work, or that it does again.
func (c *concluder) trouble(ctx context.Context, name, what string, err error) {
	if ctx.Err() != nil {
		return
	}
	if err == nil {
		if c.p.board.Clear(part, name) {
			c.p.log.Info("it goes on", "what", what)
		}
		return
	}
	x := health.Condition{Part: part, Name: name, Cause: what + ": " + err.Error(), Cure: "nothing is lost: it goes on by itself, and profiling goes on meanwhile"}
	if c.p.board.Set(x) {
		c.p.log.Warn(what+"; it is tried again", "error", err)
	}
}

// tell publishes conclusions in their order, and marks those that the bus has.
func (c *concluder) tell(ctx context.Context) error {
	for {
		list, err := c.p.store.Untold(ctx, tellGroup)
		if err != nil || len(list) == 0 {
			return err
		}
		messages := make([]bus.Message, len(list))
		for i, x := range list {
			messages[i] = bus.Message{
				Subject: x.Subject, ID: c.p.store.ID() + "-" + strconv.FormatInt(x.Position, 10), Data: x.Payload,
				Header: map[string]string{bus.HeaderType: x.Subject},
			}
		}
		var first error
		var done []int64
		errs := c.p.bus.PublishAll(ctx, messages)
		for i, x := range list {
			if errs != nil && errs[i] != nil {
				if !errors.Is(errs[i], bus.ErrTooLarge) && !errors.Is(errs[i], bus.ErrSubject) {
					first = errs[i]
					continue
				}
				c.p.metrics.unsent.Inc()
				c.p.log.Error("the bus can never take a conclusion; it is in the store alone", "subject", x.Subject, "error", errs[i])
			}
			done = append(done, x.Position)
		}
		if err := c.p.store.Told(ctx, done); err != nil {
			return err
		}
		c.p.metrics.told.Add(float64(len(done)))
		if first != nil {
			return first
		}
	}
}
