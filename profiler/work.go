package profiler

import (
	"context"
	"fmt"
	"time"

	"gait"
	"gait/internal/fault"
	"gait/profile"
	"gait/store"
)

// work reads a task's session and extracts from it. The task then has a
// profile, or is put off, or (where the context ended) is for later. A panic of
// the reader is caught and counts as an answer; primitives are guarded by the
// engine.
func (p *Profiler) work(ctx context.Context, e *profile.Engine, t *task) {
	defer func() {
		if x := recover(); x != nil {
			p.log.Error("handling a session failed", "session", shown(t.out.Session), "fault", fault.Text(x))
			p.failed(t, Failed, "handling it failed: "+fault.Text(x))
		}
	}()
	began := time.Now()
	s, err := p.open(ctx, t)
	p.metrics.read.Observe(time.Since(began).Seconds())
	if err != nil {
		p.unreadable(ctx, t, err)
		return
	}
	if s.EvidenceRef == "" {
		s.EvidenceRef = t.ref()
	}
	if s.EvidenceRef != t.ref() {
		p.lacking(t, Another, fmt.Sprintf("%q holds another recording than when the session was found", t.place.Path))
		return
	}
	why := lack(s, t)
	if why != "" && p.age(t) < p.giveUp {
		p.lacking(t, NotWhole, why)
		return
	}
	began = time.Now()
	r := e.Profile(s, p.now())
	for _, f := range r.Failures {
		p.metrics.failures.WithLabelValues(f.Primitive).Inc()
		p.log.Warn("a primitive failed on a session and has no value there", "primitive", f.Primitive, "session", shown(s.ID), "fault", f.Cause)
	}
	t.profile = p.profileOf(s, r, t)
	if p.typist != nil {
		if t.profile.Vector, err = vectorOf(p.typist, e, s); err != nil {
			p.log.Warn("how a session was typed cannot be kept", "session", shown(s.ID), "error", err)
		}
	}
	if why != "" {
		t.profile.State, t.out.Cause = store.Incomplete, why
	}
	p.metrics.extract.Observe(time.Since(began).Seconds())
}

// open reads the session. A reader that is told to end in time and does is no
// case for the watchdog.
func (p *Profiler) open(ctx context.Context, t *task) (*gait.Session, error) {
	ctx, cancel := context.WithTimeout(ctx, p.watchdog*4/5)
	defer cancel()
	return p.library.Read(ctx, t.place)
}

// lack says what a recording is short of; empty where it is whole. One that was
// cut at a limit holds what it may.
func lack(s *gait.Session, t *task) string {
	if s.Truncated != "" {
		return ""
	}
	in, out := int64(len(s.Block(gait.Input))), int64(len(s.Block(gait.Output)))
	if s.Oddities.Count(gait.OddMissingBytes) > 0 {
		return fmt.Sprintf("the recording holds %d bytes of input and %d of output, its end record states %d and %d", in, out, s.End.BytesIn, s.End.BytesOut)
	}
	if stated := t.place.Bytes; !s.Fidelity.OutputPartial && in+out < stated {
		return fmt.Sprintf("the recording holds %d bytes, session_recorded states %d", in+out, stated)
	}
	return ""
}
