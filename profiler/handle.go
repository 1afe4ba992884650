package profiler

import (
	"context"

	"gait/bus"
	"gait/profile"
)

// Handle takes one event and does all that it asks for: it makes a row for the
// session where there is none, reads its recording, extracts, and stores. It
// announces nothing: what it stored is unannounced until Run announces it.
//
// The outcome says how many observations were stored, and at which step the
// work ended. Where nothing could be decided, because the store cannot do it
// now, intake is stopped, or the context ended, the outcome says Later and the
// error says why; the same event may be handled again, then or at any time.
func (p *Profiler) Handle(ctx context.Context, e bus.SessionEnded) (Outcome, error) {
	t, out, err := p.arrive(ctx, bus.Message{Subject: bus.SubjectSessionEnded, Data: e.JSON()})
	if t == nil {
		return out, err
	}
	if err := p.handle(ctx, t); err != nil {
		t.out.Later, t.out.Reason = true, Store
		return t.out, err
	}
	return t.out, nil
}

// handle takes one task through all steps.
func (p *Profiler) handle(ctx context.Context, t *task) error {
	if why := p.gate.Shuts(); why != "" {
		return &shutError{why}
	}
	if err := p.singly(ctx, []*task{t}, p.admit); err != nil {
		return err
	}
	if t.settle == nil && !t.out.answered() {
		if err := p.singly(ctx, []*task{t}, p.begin); err != nil {
			return err
		}
	}
	if t.settle == nil && !t.out.answered() {
		e := p.engines.Get().(*profile.Engine)
		p.work(ctx, e, t)
		p.engines.Put(e)
	}
	if err := ctx.Err(); t.out.Later && err != nil {
		return err
	}
	if err := p.save(ctx, []*task{t}); err != nil {
		return err
	}
	p.told(t)
	return nil
}

// shutError says that no work is taken in.
type shutError struct{ why string }

// Error gives the reason.
func (e *shutError) Error() string { return "no work is taken in: " + e.why }
