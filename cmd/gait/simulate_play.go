package main

import (
	"container/heap"
	"context"
	"errors"
	"fmt"
	"math"
	"syscall"
	"time"

	"gait"
	"gait/internal/simulate"
)

// step is something that is written at a time of a session, counted from its
// start; it may lie before it.
type step struct {
	at    time.Duration
	write func() error
}

// scene is where sessions are written to.
type scene interface {
	// steps gives what is to be written of a session, in order of time.
	steps(s *gait.Session) ([]step, error)
	// lead is how long before its start the first step of a session lies.
	lead() time.Duration
	// close gives all files back.
	close()
}

// theatre plays sessions in real time, many at once, on one goroutine.
type theatre struct {
	crowd    simulate.Crowd
	scene    scene
	rate     float64
	speed    float64
	count    uint64
	duration time.Duration

	begun, ended uint64
	plays        plays
	troubled     bool
}

// play is one session that is being written.
type play struct {
	start time.Time // wall clock at the time 0 of the session
	steps []step
	due   time.Time // of the first of its steps
}

// plays is a heap of sessions, the one that is due next on top.
type plays []*play

// Len is part of heap.Interface.
func (p plays) Len() int { return len(p) }

// Less is part of heap.Interface.
func (p plays) Less(i, j int) bool { return p[i].due.Before(p[j].due) }

// Swap is part of heap.Interface.
func (p plays) Swap(i, j int) { p[i], p[j] = p[j], p[i] }

// Push is part of heap.Interface.
func (p *plays) Push(x any) { *p = append(*p, x.(*play)) }

// Pop is part of heap.Interface.
func (p *plays) Pop() any {
	last := (*p)[len(*p)-1]
	*p = (*p)[:len(*p)-1]
	return last
}

// play runs until all is played.
func (t *theatre) play(ctx context.Context, c *console) error {
	began := time.Now()
	for ctx.Err() == nil {
		next, more := t.next(began)
		if !more && len(t.plays) == 0 {
			return nil
		}
		if len(t.plays) > 0 && (!more || t.plays[0].due.Before(next)) {
			if err := t.act(ctx, c); err != nil {
				return err
			}
			continue
		}
		if err := until(ctx, next); err != nil {
			return err
		}
		if err := t.begin(ctx, c); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// next says when the next session begins, and whether there is one.
func (t *theatre) next(began time.Time) (time.Time, bool) {
	if t.count > 0 && t.begun >= t.count {
		return time.Time{}, false
	}
	after := time.Duration(float64(t.begun) / t.rate * float64(time.Second))
	if t.duration > 0 && after >= t.duration {
		return time.Time{}, false
	}
	return began.Add(after), true
}

// begin makes up the next session. Its recorded start is such that it ends, as
// recorded, when its end is written.
func (t *theatre) begin(ctx context.Context, c *console) error {
	s := t.crowd.Visit(t.begun)
	t.begun++
	start := time.Now().Add(t.scaled(t.scene.lead()))
	s.Start = start.Add(t.scaled(s.End.Time) - s.End.Time).UTC().Truncate(time.Microsecond)
	steps, err := t.scene.steps(s)
	if err != nil {
		return err
	}
	if math.IsInf(t.speed, 1) {
		for _, x := range steps {
			if err := t.write(ctx, c, x); err != nil {
				return err
			}
		}
		t.ended++
		return nil
	}
	p := &play{start: start, steps: steps}
	p.due = p.start.Add(t.scaled(steps[0].at))
	heap.Push(&t.plays, p)
	return nil
}

// scaled is how long a stretch of a session takes.
func (t *theatre) scaled(d time.Duration) time.Duration {
	return time.Duration(float64(d) / t.speed)
}

// act writes the step that is due next, when its time has come.
func (t *theatre) act(ctx context.Context, c *console) error {
	p := t.plays[0]
	if err := until(ctx, p.due); err != nil {
		return err
	}
	if err := t.write(ctx, c, p.steps[0]); err != nil {
		return err
	}
	if p.steps = p.steps[1:]; len(p.steps) == 0 {
		heap.Pop(&t.plays)
		t.ended++
		return nil
	}
	p.due = p.start.Add(t.scaled(p.steps[0].at))
	heap.Fix(&t.plays, 0)
	return nil
}

// write does a step; on a full disk it waits for room, as a recorder would.
func (t *theatre) write(ctx context.Context, c *console, x step) error {
	for {
		err := x.write()
		if !errors.Is(err, syscall.ENOSPC) && !errors.Is(err, syscall.EDQUOT) {
			t.troubled = t.troubled && err != nil
			return err
		}
		if !t.troubled {
			t.troubled = true
			fmt.Fprintf(c.err, "gait: %s; waiting for room\n", printable(err.Error()))
		}
		if err := until(ctx, time.Now().Add(200*time.Millisecond)); err != nil {
			return err
		}
	}
}

// until waits until a time has come.
func until(ctx context.Context, at time.Time) error {
	d := time.Until(at)
	if d <= 0 {
		return ctx.Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
