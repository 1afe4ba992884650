// Package ordered does work on several goroutines and hands out the results in
// the order of the inputs, so that what is written does not depend on how many
// workers there were.
package ordered

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"runtime/debug"
	"sync"
)

// Panic is the value that [Map] panics with when work or the input sequence
// panicked on another goroutine. Stack is that goroutine's.
type Panic struct {
	Value any
	Stack []byte
}

// Error gives the value and the stack of the goroutine that panicked.
func (p *Panic) Error() string { return fmt.Sprintf("%v\n\n%s", p.Value, p.Stack) }

// Unwrap gives the value where it is an error.
func (p *Panic) Unwrap() error {
	err, _ := p.Value.(error)
	return err
}

// Map calls work for each input on the given number of goroutines (at least
// one) and emit with the results, one by one, in the order of the inputs, on
// the caller's goroutine. work gets the number of its worker, from 0, and no
// two calls with one number run at once: a worker may have memory of its own.
//
// At most 2*workers inputs are taken and not yet emitted, plus the one that
// waits to be taken. The sequence is iterated on a goroutine of its own.
//
// Map ends when all is emitted, with the first error of emit, or with the
// context's error when ctx is done. It returns only when all its goroutines
// have ended; it waits for calls of work and for a sequence that have begun,
// which should heed ctx themselves where they take long.
//
// A panic in work panics in the caller with a [*Panic] when the turn of that
// input comes, so all results before it were emitted; a panic in the sequence
// does so after the results of all inputs that it gave. A panic in emit
// passes through unchanged.
func Map[In, Out any](ctx context.Context, workers int, in iter.Seq[In], work func(worker int, in In) Out, emit func(Out) error) error {
	ctx, stop := context.WithCancel(ctx)
	workers = max(workers, 1)
	p := &pipe[In, Out]{
		stopped: ctx.Done(),
		work:    work,
		jobs:    make(chan *job[In, Out], 2*workers),
		line:    make(chan *job[In, Out], 2*workers),
		room:    make(chan struct{}, 2*workers),
	}
	defer p.group.Wait()
	defer stop()
	p.group.Go(func() { p.feed(in) })
	for n := range workers {
		p.group.Go(func() { p.run(n) })
	}
	return p.emit(ctx, emit)
}

// job is one input on its way; done is closed when out or panicked is set.
type job[In, Out any] struct {
	in       In
	out      Out
	panicked *Panic
	done     chan struct{}
}

// catch is deferred: it keeps the panic of the function that defers it, or
// that it ended its goroutine by [runtime.Goexit].
func (j *job[In, Out]) catch(returned *bool) {
	if *returned {
		return
	}
	v := recover()
	if v == nil {
		v = errExit
	}
	j.panicked = &Panic{Value: v, Stack: debug.Stack()}
}

// pipe carries jobs to the workers, and the same jobs in line to the emitter.
type pipe[In, Out any] struct {
	stopped <-chan struct{}
	work    func(int, In) Out
	jobs    chan *job[In, Out]
	line    chan *job[In, Out]
	room    chan struct{} // one token for each job that is not yet emitted
	group   sync.WaitGroup
}

// feed takes the inputs, and puts what panics on the way at the end of the
// line. It closes both channels when there are no more.
func (p *pipe[In, Out]) feed(in iter.Seq[In]) {
	defer close(p.jobs)
	defer close(p.line)
	last := &job[In, Out]{done: make(chan struct{})}
	defer func() {
		if close(last.done); last.panicked == nil {
			return
		}
		select {
		case p.line <- last:
		case <-p.stopped:
		}
	}()
	returned := false
	defer last.catch(&returned)
	for x := range in {
		select {
		case p.room <- struct{}{}:
		case <-p.stopped:
			returned = true
			return
		}
		// Neither channel blocks: both have room for every token.
		j := &job[In, Out]{in: x, done: make(chan struct{})}
		p.line <- j
		p.jobs <- j
	}
	returned = true
}

// run is one worker.
func (p *pipe[In, Out]) run(n int) {
	for j := range p.jobs {
		select {
		case <-p.stopped:
			return
		default:
			p.do(n, j)
		}
	}
}

func (p *pipe[In, Out]) do(n int, j *job[In, Out]) {
	defer close(j.done)
	returned := false
	defer j.catch(&returned)
	j.out = p.work(n, j.in)
	returned = true
}

// emit hands out the results in line.
func (p *pipe[In, Out]) emit(ctx context.Context, emit func(Out) error) error {
	for {
		var j *job[In, Out]
		var more bool
		select {
		case j, more = <-p.line:
		case <-p.stopped:
			return ctx.Err()
		}
		if !more {
			return ctx.Err()
		}
		select {
		case <-j.done:
		case <-p.stopped:
			return ctx.Err()
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if j.panicked != nil {
			panic(j.panicked)
		}
		if err := emit(j.out); err != nil {
			return err
		}
		<-p.room
	}
}

// errExit stands for a goroutine that ended itself.
var errExit = errors.New("runtime.Goexit was called")
