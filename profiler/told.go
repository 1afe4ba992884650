package profiler

import (
	"context"
	"log/slog"
	"time"

	"gait/profile"
	"gait/recording/shard"
)

// told ends a task whose answer is in the store: its deliveries are answered,
// it is counted, logged, and handed to the announcer and the concluder.
func (p *Profiler) told(t *task) {
	for _, d := range t.deliveries {
		if err := d.Done(); err != nil {
			p.log.Debug("an event was not acknowledged and comes again", "error", err)
		}
	}
	o := &t.out
	p.metrics.sessions.WithLabelValues(string(o.Reason)).Inc()
	if !t.fresh() {
		p.log.Info("session", "session", shown(o.Session), "outcome", string(o.Reason), "cause", kindOf(t), "ms", time.Since(t.since).Milliseconds())
		return
	}
	if t.saved.Again {
		p.anew.Add(1)
		p.differs.Add(int64(t.saved.Differs))
		p.metrics.again.Inc()
		p.metrics.differs.Add(float64(t.saved.Differs))
	}
	for i := range t.profile.Observations {
		if c := p.metrics.observations[t.profile.Observations[i].Primitive]; c != nil {
			c.Inc()
		}
	}
	if !t.backfill && !t.row.Found.IsZero() {
		p.metrics.delay.Observe(max(p.now().Sub(t.row.Found).Seconds(), 0))
	}
	p.line(t)
	if p.announcer != nil {
		p.announcer.offer(t)
	}
	if p.concluder != nil {
		p.concluder.ring()
	}
}

// kindOf gives the kind of cause of a task that was put off, and what an event
// lacks that was rejected. Neither holds anything from outside.
func kindOf(t *task) string {
	if t.settle != nil {
		return t.settle.CauseKind
	}
	if t.out.Reason == Fields || t.out.Reason == Reference {
		return t.out.Cause
	}
	return ""
}

// line logs a session that was profiled: one line, and the counts by primitive
// for those who look closer.
func (p *Profiler) line(t *task) {
	x := t.profile
	p.log.Info("session profiled",
		"session", shown(x.ID), "decoy", decoy(x.Decoy), "attacker", t.out.Attacker, "state", string(x.State),
		"observations", len(x.Observations), "commands", x.Commands, "events", x.Events, "backfill", t.backfill, "again", t.saved.Again, "values_changed", t.saved.Differs,
		"ms", time.Since(t.since).Milliseconds())
	if !p.log.Enabled(context.Background(), slog.LevelDebug) {
		return
	}
	attrs := make([]any, 0, 2*len(x.Observations)+2)
	attrs = append(attrs, "session", shown(x.ID))
	for _, c := range profile.Counts(x.Observations) {
		attrs = append(attrs, c.Primitive, c.N)
	}
	p.log.Debug("observations by primitive", attrs...)
}

// decoy gives a decoy's name as it may stand in a log.
func decoy(name string) string {
	if !shard.DecoyName(name) {
		return "-"
	}
	return name
}
