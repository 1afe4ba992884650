package profiler

import (
	"context"
	"time"
)

// intake admits what arrives and puts it in line.
func (p *Profiler) intake(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case tasks := <-p.arrivals:
			p.enter(ctx, tasks)
		}
	}
}

// enter admits tasks and puts them in line, or where release finds them if the
// context ends before.
func (p *Profiler) enter(ctx context.Context, tasks []*task) {
	err := p.gate.Wait(ctx)
	if err == nil {
		err = p.insist(ctx, "admit", func() error { return p.singly(ctx, tasks, p.admit) })
	}
	if err != nil {
		p.back(tasks)
		return
	}
	p.sort(ctx, tasks)
}

// back puts tasks where release finds them.
func (p *Profiler) back(tasks []*task) {
	for _, t := range tasks {
		p.queue.add(t)
	}
}

// sort puts tasks that are to be begun in line; the others have their answer.
func (p *Profiler) sort(ctx context.Context, tasks []*task) {
	var over []*task
	for _, t := range tasks {
		if t.settle == nil && !t.out.answered() {
			p.queue.add(t)
			continue
		}
		over = append(over, t)
	}
	if len(over) == 0 {
		return
	}
	err := p.insist(ctx, "settle", func() error { return p.save(ctx, over) })
	for _, t := range over {
		if err != nil {
			t.comeAgain()
			continue
		}
		p.told(t)
	}
}

// starter begins tasks as workers and memory allow.
func (p *Profiler) starter(ctx, work context.Context) {
	for ctx.Err() == nil {
		if p.gate.Wait(ctx) != nil {
			return
		}
		group := p.queue.take(beginGroup)
		if len(group) == 0 {
			select {
			case <-p.queue.changed:
			case <-ctx.Done():
			}
			continue
		}
		for _, t := range group {
			p.hands.begin(t.ref())
		}
		// The context of work: what was taken counts as under way.
		if err := p.insist(ctx, "begin", func() error { return p.singly(work, group, p.begin) }); err != nil {
			for _, t := range group {
				p.unbegin(t)
			}
			return
		}
		for _, t := range group {
			if t.settle != nil || t.out.answered() {
				p.results <- t
				continue
			}
			p.ready <- t
		}
	}
}

// unbegin lets go of a task that was to be begun when the stage was stopped.
func (p *Profiler) unbegin(t *task) {
	p.hands.end(t.ref())
	p.queue.done(t)
	t.comeAgain()
}

// worker reads and extracts, with an engine of its own.
func (p *Profiler) worker(ctx context.Context, n int) {
	e := p.newEngine()
	for t := range p.ready {
		give := p.budget.take(ctx, t.weight())
		p.inHands(ctx, t, func() {
			p.running[n].begin(t)
			p.work(ctx, e, t)
			p.running[n].end()
		})
		if t.out.Reason == Failed {
			e = p.newEngine() // this one may have been left in the middle
		}
		give()
		p.queue.read(t)
		p.results <- t
	}
}

// inHands notes that a task's session is read while f runs. Where that cannot be
// noted before the stage ends, f does not run.
func (p *Profiler) inHands(ctx context.Context, t *task, f func()) {
	if p.insist(ctx, "note what is read", func() error { return p.hands.hold(t.ref()) }) != nil {
		t.forLater()
		return
	}
	f()
	p.hands.drop(t.ref())
}

// saver stores what is ready, all of it together, and as soon as there is any.
func (p *Profiler) saver(ctx context.Context, quit <-chan struct{}) {
	for {
		var group []*task
		select {
		case t := <-p.results:
			group = append(group, t)
		case <-quit:
			return
		}
	more:
		for len(group) < saveGroup {
			select {
			case t := <-p.results:
				group = append(group, t)
			default:
				break more
			}
		}
		began := time.Now()
		err := p.insist(ctx, "save", func() error { return p.save(ctx, group) })
		p.metrics.save.Observe(time.Since(began).Seconds())
		p.metrics.groups.Observe(float64(len(group)))
		for _, t := range group {
			if err != nil || t.out.Later {
				p.unbegin(t)
				continue
			}
			p.told(t)
			p.hands.end(t.ref())
			if next := p.queue.done(t); next != nil {
				p.again(ctx, next)
			}
		}
	}
}

// again lets a session's turn come once more, whose event came while it was
// being read.
func (p *Profiler) again(ctx context.Context, t *task) {
	select {
	case p.arrivals <- []*task{t}:
	case <-ctx.Done():
	default:
		t.comeAgain()
	}
}
