package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"sync"
	"syscall"
	"time"

	"gait/internal/fault"
	"gait/internal/health"
	"gait/profiler"
)

// stopWithin bounds how long the program takes to stop once it is asked to.
const stopWithin = 10 * time.Second

// errStuck says that the process has to be started anew.
var errStuck = errors.New("a session never ends: the process has to be started anew")

// serveAll runs a system until its context ends.
func (y *system) serveAll(ctx context.Context) error {
	tuneMemory(systemLimit)
	slog.SetDefault(y.log) // for what libraries say
	err := y.start(ctx)
	if err == nil {
		y.tellReady(ctx)
		err = y.work(ctx)
		y.log.Info("stopping")
		notify("STOPPING=1")
	}
	closed := make(chan error, 1)
	go func() { closed <- y.close() }()
	select {
	case e := <-closed:
		err = errors.Join(err, e)
	case <-time.After(stopWithin / 2):
		y.log.Warn("something does not stop; what was going on is done again at the next start")
	}
	switch {
	case errors.Is(err, errStuck):
		return restart(y)
	case ctx.Err() != nil && (err == nil || errors.Is(err, ctx.Err())):
		y.log.Info("stopped")
		return nil // being asked to stop is how it ends
	}
	return err
}

// restart puts a fresh process in the place of this one, under its number: a
// goroutine that never ends cannot be stopped otherwise.
func restart(y *system) error {
	y.log.Warn("starting anew")
	path, err := os.Executable()
	if err != nil {
		return fmt.Errorf("%w: %w", errStuck, err)
	}
	return fmt.Errorf("%w: %w", errStuck, syscall.Exec(path, os.Args, os.Environ()))
}

// work runs all jobs until the context ends, or until one finds that the
// process has to be started anew.
func (y *system) work(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var wait sync.WaitGroup
	for _, j := range y.duties {
		wait.Go(func() {
			if j.ends {
				if err := y.guarded(ctx, j); err != nil && ctx.Err() == nil {
					cancel(fmt.Errorf("%s: %w", j.name, err))
				}
				return
			}
			if err := y.keep(ctx, j); err != nil {
				cancel(err)
			}
		})
	}
	wait.Go(func() { keepAlive(ctx, func(context.Context) bool { return true }) })
	<-ctx.Done()
	ended := make(chan struct{})
	go func() {
		wait.Wait()
		close(ended)
	}()
	select {
	case <-ended:
	case <-time.After(stopWithin / 2):
	}
	return context.Cause(ctx)
}

// keep runs a job, again after a while where it ends. It gives an error only
// where the process cannot go on.
func (y *system) keep(ctx context.Context, j duty) error {
	for delay := 100 * time.Millisecond; ; {
		began := time.Now()
		settled := time.AfterFunc(30*time.Second, func() { y.board.Clear(j.name, "ended") })
		err := y.guarded(ctx, j)
		settled.Stop()
		var stuck *profiler.StuckError
		switch {
		case errors.As(err, &stuck):
			y.log.Error("the profiler is stuck", "error", err)
			return fmt.Errorf("%w: %w", errStuck, err)
		case ctx.Err() != nil:
			return nil
		case err == nil:
			err = errors.New("it ended by itself")
		}
		y.board.Set(health.Condition{Part: j.name, Name: "ended", Cause: withoutSecrets(err), Cure: "it is started again by itself; see the log where that does not help"})
		y.log.Error("a part ended and is started again", "part", j.name, "error", withoutSecrets(err))
		if time.Since(began) > time.Minute {
			delay = 100 * time.Millisecond
		}
		if until(ctx, time.Now().Add(delay/2+rand.N(delay))) != nil {
			return nil
		}
		delay = min(2*delay, 30*time.Second)
	}
}

// guarded runs a job once; a fault in it ends the job, not the program.
func (y *system) guarded(ctx context.Context, j duty) (err error) {
	defer func() {
		if x := recover(); x != nil {
			err = errors.New("fault: " + fault.Text(x))
		}
	}()
	return j.run(ctx)
}

// add notes a job that is started again where it ends.
func (y *system) add(name string, run func(context.Context) error) {
	y.duties = append(y.duties, duty{name: name, run: run})
}
