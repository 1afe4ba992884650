package sqlstore

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"time"
)

// mostMerged is how many writes share a transaction at most.
const mostMerged = 64

var errClosed = errors.New("the store is closed")

// lately is how long after a write that others wait for the patient ones get
// half of the time at most.
const lately = 500 * time.Millisecond

// queue is the one writer: what comes while a transaction runs goes into the
// next one together. Patient writes are done while nothing else waits, one at a
// time, so that whatever else comes waits for one of them at most; and while
// others come all the time, the writer rests from them as long as each took.
type queue struct {
	s       *Store
	in      chan *job
	patient chan *job
	done    chan struct{}
	mu      sync.RWMutex // held for reading while something is put in
	ended   bool
}

// job is a write that waits or runs.
type job struct {
	f     work
	taken atomic.Bool // by the writer, or given up by the caller
	end   chan error
}

func newQueue(s *Store) *queue {
	q := &queue{s: s, in: make(chan *job, mostMerged), patient: make(chan *job), done: make(chan struct{})}
	go q.loop()
	return q
}

// do has f done and waits for it. Once f has begun it is waited for even where
// the context ends, so that the outcome is known.
func (q *queue) do(ctx context.Context, f work) error { return q.wait(ctx, q.in, f) }

// later has f done when nothing else waits.
func (q *queue) later(ctx context.Context, f work) error { return q.wait(ctx, q.patient, f) }

func (q *queue) wait(ctx context.Context, line chan<- *job, f work) error {
	j := &job{f: f, end: make(chan error, 1)}
	if err := q.put(ctx, line, j); err != nil {
		return err
	}
	select {
	case err := <-j.end:
		return err
	case <-ctx.Done():
		if j.taken.CompareAndSwap(false, true) {
			return ctx.Err()
		}
		return <-j.end
	}
}

func (q *queue) put(ctx context.Context, line chan<- *job, j *job) error {
	q.mu.RLock()
	defer q.mu.RUnlock()
	if q.ended {
		return errClosed
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	select {
	case line <- j:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// stop waits for everything that was put in.
func (q *queue) stop() {
	q.mu.Lock()
	if !q.ended {
		q.ended = true
		close(q.in)
	}
	q.mu.Unlock()
	<-q.done
}

func (q *queue) loop() {
	defer close(q.done)
	list := make([]*job, 0, mostMerged)
	var last, rested time.Time // others were done last; patient ones may be done again
	for {
		j, patient := q.next(rested)
		if j == nil {
			return
		}
		if list = q.take(list[:0], j); !patient {
			list = q.gather(list)
		}
		began := time.Now()
		q.run(list)
		clear(list)
		switch now := time.Now(); {
		case !patient:
			last = now
		case now.Sub(last) < lately:
			rested = now.Add(now.Sub(began))
		}
	}
}

// next waits for a job; nil when there will be none any more. Patient ones are
// taken from a time on, and where nothing else waits.
func (q *queue) next(rested time.Time) (j *job, patient bool) {
	if rest := time.Until(rested); rest > 0 {
		timer := time.NewTimer(rest)
		defer timer.Stop()
		select {
		case j = <-q.in:
			return j, false
		case <-timer.C:
		}
	}
	select {
	case j = <-q.in:
		return j, false
	default:
	}
	select {
	case j = <-q.in:
		return j, false
	case j = <-q.patient:
		return j, true
	}
}

// gather adds what else waits.
func (q *queue) gather(list []*job) []*job {
	for len(list) < mostMerged {
		select {
		case j, open := <-q.in:
			if !open {
				return list
			}
			list = q.take(list, j)
		default:
			return list
		}
	}
	return list
}

// take adds a job that its caller still waits for.
func (q *queue) take(list []*job, j *job) []*job {
	if j.taken.CompareAndSwap(false, true) {
		list = append(list, j)
	}
	return list
}

// run does jobs in one transaction. Where one of them fails, each gets its own,
// so that each has its own answer; what passes by itself is told to all.
func (q *queue) run(list []*job) {
	if len(list) > 1 {
		works := make([]work, len(list))
		for i, j := range list {
			works[i] = j.f
		}
		err := q.alone(works...)
		if err == nil || q.s.dialect.Later(err) {
			for _, j := range list {
				j.end <- err
			}
			return
		}
	}
	for _, j := range list {
		j.end <- q.alone(j.f)
	}
}

func (q *queue) alone(works ...work) error {
	ctx := context.Background()
	return q.s.again(ctx, func() error { return q.s.commit(ctx, works) })
}
