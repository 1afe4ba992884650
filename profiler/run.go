package profiler

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"gait/internal/health"
)

// grace is how long work that is under way may take to end when the stage is
// stopped.
const grace = 15 * time.Second

// saveGroup is the most that is stored in one transaction, beginGroup the most
// that is begun in one: what is begun and dies with the process is read alone
// next time.
const (
	saveGroup  = 64
	beginGroup = 16
)

// Run takes events from the bus or, without one, sessions that wait in the
// store, until the context ends; then it finishes what it has begun and gives
// nil. It may be called again after it has ended.
//
// The error is a [StuckError] where a session does not end: what else was under
// way is stored by then, and the process has to be started anew. Any other
// error says that the bus was closed for good.
func (p *Profiler) Run(outer context.Context) error {
	if !p.started.CompareAndSwap(false, true) {
		return errors.New("the profiler runs already, or left a session behind that does not end")
	}
	p.renew()
	if err := p.takeHands(outer); err != nil {
		p.started.Store(false)
		return nil // the context ended
	}
	defer p.hands.close()
	ctx, stop := context.WithCancelCause(outer)
	defer stop(nil)
	// What was begun goes on after the context has ended.
	work, abandon := context.WithCancel(context.WithoutCancel(ctx))
	defer abandon()

	var sources, workers, saver, announcer, concluder sync.WaitGroup
	sources.Go(func() { stop(p.source(ctx)) })
	sources.Go(func() { p.intake(ctx) })
	sources.Go(func() { p.starter(ctx, work) })
	sources.Go(func() { p.watch(ctx, stop) })
	for i := range p.workers {
		workers.Go(func() { p.worker(work, i) })
	}
	quit := make(chan struct{})
	saver.Go(func() { p.saver(work, quit) })
	announce, silence := context.WithCancel(work)
	defer silence()
	if p.announcer != nil {
		announcer.Go(func() { p.announcer.run(announce) })
	}

	if p.concluder != nil {
		concluder.Go(func() { p.concluder.run(ctx) })
	}

	<-ctx.Done()
	late := time.AfterFunc(grace, abandon)
	defer late.Stop()
	sources.Wait()
	p.release()
	p.finish(work, context.Cause(ctx))
	close(quit)
	saver.Wait()
	if p.announcer != nil {
		p.announcer.close()
	}
	defer time.AfterFunc(grace/3, silence).Stop()
	announcer.Wait()
	concluder.Wait()
	cause := context.Cause(ctx)
	var stuck *StuckError
	if errors.As(cause, &stuck) {
		return stuck
	}
	ended := make(chan struct{})
	go func() { workers.Wait(); close(ended) }()
	select {
	case <-ended:
		p.started.Store(false)
	case <-work.Done(): // one of them has taken longer than the grace
	}
	if outer.Err() != nil {
		return nil
	}
	return cause
}

// renew makes all that a run leaves closed or used up.
func (p *Profiler) renew() {
	p.queue.clear()
	p.arrivals = make(chan []*task, 8)
	p.ready = make(chan *task, maxFlight)
	p.results = make(chan *task, maxFlight)
	p.running = make([]running, p.workers)
	if p.announcer != nil {
		p.announcer.renew()
	}
}

// source brings tasks until the context ends.
func (p *Profiler) source(ctx context.Context) error {
	if p.bus == nil {
		p.poll(ctx)
		return ctx.Err()
	}
	if err := p.consume(ctx); ctx.Err() == nil {
		return fmt.Errorf("consume sessions: %w", err)
	}
	return ctx.Err()
}

// finish waits for what was begun. A session that is stuck is waited for no
// longer, and the others only for a while.
func (p *Profiler) finish(work context.Context, cause error) {
	left := 0
	var stuck *StuckError
	if errors.As(cause, &stuck) {
		left = 1
		p.unread()
		ctx, cancel := context.WithTimeout(work, grace/3)
		defer cancel()
		work = ctx
	}
	p.queue.settle(work, left)
	close(p.ready)
}

// unread gives back the attempts of what was begun and will not be read.
func (p *Profiler) unread() {
	for {
		select {
		case t := <-p.ready:
			t.forLater()
			p.results <- t
		default:
			return
		}
	}
}

// release lets go of what was admitted and never begun: others may have it.
func (p *Profiler) release() {
	for {
		for _, t := range p.queue.drop() {
			t.comeAgain()
		}
		select {
		case list := <-p.arrivals:
			for _, t := range list {
				p.queue.add(t)
			}
		default:
			return
		}
	}
}

// insist does something again and again until it succeeds, or the context ends.
// While the store is away that is said on the board.
func (p *Profiler) insist(ctx context.Context, what string, f func() error) error {
	pause := 20 * time.Millisecond
	for failures := 0; ; failures++ {
		err := f()
		if err == nil {
			if failures > 0 && p.board.Clear(part, "store") {
				p.log.Info("the store answers again")
			}
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		c := health.Condition{Part: part, Name: "store", Cause: what + ": " + err.Error(), Cure: "nothing is lost: it goes on by itself when the store answers"}
		if failures >= 2 && p.board.Set(c) {
			p.log.Warn("the store cannot do it now; it is tried again", "doing", what, "error", err)
		}
		select {
		case <-time.After(jitter(pause)):
		case <-ctx.Done():
			return ctx.Err()
		}
		pause = min(2*pause, 5*time.Second)
	}
}
