package profiler

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"time"

	"gait/bus"
	"gait/internal/reach"
	"gait/recording"
	"gait/store"
)

// Bounds of the time until a session that was put off is tried again.
const (
	firstWait = 2 * time.Second
	mostWait  = 30 * time.Minute
)

// jitter spreads a time by a fifth to both sides.
func jitter(d time.Duration) time.Duration {
	return d*4/5 + rand.N(d*2/5+1)
}

// wait is how long a session is put off that was found a while ago: the
// longer it has been tried, the rarer it is tried again.
func wait(age time.Duration) time.Duration {
	return jitter(min(max(age/4, firstWait), mostWait))
}

// age says for how long a task's session has been known.
func (p *Profiler) age(t *task) time.Duration {
	if t.row.Found.IsZero() {
		return 0
	}
	return max(p.now().Sub(t.row.Found), 0)
}

// lacking puts a session off whose recording cannot be read, or parks it once
// it has been tried for long enough. Either way the attempt has had its answer.
func (p *Profiler) lacking(t *task, why Reason, cause string) {
	age := p.age(t)
	s := store.Settlement{State: store.Waiting, CauseKind: why.kind(), Cause: cause, NextTry: p.now().Add(wait(age))}
	if age >= p.giveUp {
		s.State, s.NextTry = store.Parked, time.Time{}
	}
	t.put(s, why)
}

// failed notes that the handling itself broke. The attempts stay, so that the
// next one is made with nothing else under way, and the last one parks it.
func (p *Profiler) failed(t *task, why Reason, cause string) {
	s := store.Settlement{State: store.Waiting, CauseKind: why.kind(), Cause: cause, NextTry: p.now().Add(wait(0)), Keep: true}
	if max(t.row.Attempts, t.known.Attempts) >= maxAttempts {
		s.State, s.NextTry = store.Parked, time.Time{}
	}
	t.put(s, why)
}

// refused notes that the store will not take what was read.
func (p *Profiler) refused(ctx context.Context, t *task, err error) {
	p.log.Error("the store refuses a session", "session", shown(t.out.Session), "error", err)
	p.failed(t, Refused, "the store refuses it: "+err.Error())
	if t.known.State == "" { // there is no row that could say so
		r := store.Rejected{Time: p.now(), Subject: bus.SubjectSessionEnded, Reason: string(Refused), Payload: []byte(t.offer.Ref)}
		if err := p.store.Reject(ctx, r); err != nil {
			p.log.Error("an event that the store refuses could not be kept either", "error", err)
		}
	}
}

// unreadable says why a recording could not be read. Where the whole thing is
// being stopped, nothing is decided.
func (p *Profiler) unreadable(ctx context.Context, t *task, err error) {
	var fault *recording.Error
	switch {
	case ctx.Err() != nil || errors.Is(err, fs.ErrClosed):
		t.out.Reason, t.out.Later = Store, true
	case errors.Is(err, context.DeadlineExceeded):
		p.lacking(t, Unreadable, fmt.Sprintf("reading %q takes longer than %v: is its file system slow or away?", t.place.Path, p.watchdog))
	case errors.Is(err, recording.ErrOutside) && errors.As(err, &fault):
		p.lacking(t, Outside, fmt.Sprintf("%q: %v", t.place.Path, err))
	case errors.Is(err, recording.ErrOutside):
		p.lacking(t, Outside, fmt.Sprintf("%q lies below none of the folders that are read: name its folder as a source", t.place.Path))
	case errors.Is(err, recording.ErrNoSession):
		p.lacking(t, NoSession, fmt.Sprintf("%q does not hold the session", t.place.Path))
	case errors.Is(err, fs.ErrNotExist):
		p.lacking(t, Missing, reason(t.place.Path, "is not there"))
	case errors.Is(err, fs.ErrPermission):
		p.lacking(t, Unreadable, reason(t.place.Path, "may not be read"))
	case errors.As(err, &fault):
		p.lacking(t, Damaged, fmt.Sprintf("%q: %v", t.place.Path, err))
	default:
		p.lacking(t, Unreadable, fmt.Sprintf("%q: %v", t.place.Path, err))
	}
}

// reason says why a path cannot be read: the first part of it that stops us,
// and the cure. What may be wrong is said where it is gone already.
func reason(path, what string) string {
	if problem := reach.Why(path); problem != nil {
		return problem.Error()
	}
	return fmt.Sprintf("%q %s", path, what)
}
