package profiler

import (
	"context"
	"errors"
	"time"

	"gait/bus"
	"gait/recording/shard"
	"gait/store"
)

// arrive reads one message. It gives a task, or nil for an event that can
// never be used, which is kept among the rejected ones.
func (p *Profiler) arrive(ctx context.Context, m bus.Message) (*task, Outcome, error) {
	e, err := bus.ParseSessionEnded(m.Data)
	why := &refusal{Fields, ""}
	if err == nil {
		var o store.Offer
		if o, why = offerOf(&e, p.now()); why == nil {
			o.Backfill = o.Backfill || m.Header[bus.HeaderBackfill] != ""
			return ofEvent(o), Outcome{}, nil
		}
	} else {
		why.what = err.Error()
	}
	out := Outcome{Session: shown(e.SessionID), Reason: why.reason, Cause: why.what}
	err = p.store.Reject(ctx, store.Rejected{Time: p.now(), Subject: bus.SubjectSessionEnded, Reason: why.Error(), Payload: m.Data})
	if later(err) {
		out.Later = true
		return nil, out, err
	}
	if err != nil {
		p.log.Error("an event that cannot be used could not be kept either", "reason", why.Error(), "error", err)
	}
	return nil, out, nil
}

// admit finds out which of the tasks have to be begun: rows are made for
// sessions that have none, and what needs no reading is answered. It is for
// tasks of events and of rows alike.
func (p *Profiler) admit(ctx context.Context, tasks []*task) error {
	var refs []string
	for _, t := range tasks {
		if t.event && !t.out.answered() {
			refs = append(refs, t.ref())
		}
	}
	if len(refs) > 0 {
		known, err := p.store.Known(ctx, refs)
		if err != nil {
			return err
		}
		if err := p.tell(ctx, tasks, known); err != nil {
			return err
		}
	}
	now := p.now()
	for _, t := range tasks {
		if !t.out.answered() {
			p.decide(t, now)
		}
	}
	return nil
}

// tell offers the sessions of which the store knows less than their events.
func (p *Profiler) tell(ctx context.Context, tasks []*task, known map[string]store.Known) error {
	var offers []store.Offer
	var whose []*task
	for _, t := range tasks {
		k, there := known[t.ref()]
		if !t.event || t.out.answered() {
			continue
		}
		if t.known = k; k.Tombstone {
			t.answer(Forgotten, "")
		} else if news := t.news(there); news != nil {
			offers, whose = append(offers, *news), append(whose, t)
		}
	}
	if len(offers) == 0 {
		return nil
	}
	verdicts, err := p.store.Offer(ctx, offers, nil)
	if err != nil {
		return err
	}
	for i, v := range verdicts {
		switch t := whose[i]; v {
		case store.Forgotten:
			t.answer(Forgotten, "")
		case store.Added, store.Changed:
			t.known = store.Known{State: store.Waiting, Size: t.known.Size, Rules: t.known.Rules}
		}
	}
	return nil
}

// news gives what an event tells that its row does not know; nil for nothing.
// Where the recording is, the row knows better, unless nothing was found there.
func (t *task) news(there bool) *store.Offer {
	o, k := t.offer, &t.known
	if !there {
		return &o
	}
	elsewhere := k.State == store.Unrecorded
	switch k.CauseKind {
	case store.CauseOutside, store.CauseUnreadable, store.CauseNoFile, store.CauseNoSession:
		elsewhere = elsewhere || o.Format == shard.FormatName && o.Path != k.Path
	}
	if elsewhere {
		return &o
	}
	if o.Address == "" || o.Address == k.Address {
		return nil
	}
	return &store.Offer{Session: store.Session{Ref: o.Ref, ID: o.ID, Address: o.Address, Source: o.Source, State: store.Waiting, Backfill: o.Backfill}}
}

// decide answers a task that must not be begun, and marks suspects.
func (p *Profiler) decide(t *task, now time.Time) {
	k := &t.known
	switch k.State {
	case store.Parked:
		t.answer(Parked, k.State)
		return
	case store.Unrecorded:
		t.answer(Unrecorded, k.State)
		return
	case store.Profiled, store.Incomplete, store.Empty:
		if k.Rules > p.rules() {
			t.answer(Newer, k.State)
			return
		}
		if k.EndSeen {
			t.answer(Known, k.State)
			return
		}
	case store.Waiting:
		if k.CauseKind != "" && k.NextTry.After(now) {
			t.answer(PutOff, k.State)
			return
		}
		if k.Rules > p.rules() {
			t.put(store.Settlement{
				State: store.Waiting, CauseKind: Newer.kind(), NextTry: now.Add(jitter(newerWait)),
				Cause: "a newer release has profiled it: it waits for a worker of that release",
			}, Newer)
			return
		}
	}
	if k.Attempts >= maxAttempts {
		t.put(died(), Died)
		return
	}
	t.suspect = k.Attempts > 0
}

// newerWait is how long a session waits for a worker of a newer release.
const newerWait = 20 * time.Second

func died() store.Settlement {
	return store.Settlement{
		State: store.Parked, CauseKind: Died.kind(), Keep: true,
		Cause: "three attempts to profile it ended without an answer (a crash, memory, or no end); " +
			"retry it, and report it with its recording where it comes back",
	}
}

// begin raises the attempts of tasks and takes over their rows. Tasks without a
// row any more, or with too many attempts, are answered.
func (p *Profiler) begin(ctx context.Context, tasks []*task) error {
	refs := make([]string, len(tasks))
	for i, t := range tasks {
		refs[i] = t.ref()
	}
	rows, err := p.store.Begin(ctx, refs)
	if err != nil {
		return err
	}
	p.metrics.attempts.Add(float64(len(rows)))
	byRef := make(map[string]*store.Session, len(rows))
	for i := range rows {
		byRef[rows[i].Ref] = &rows[i]
	}
	for _, t := range tasks {
		switch row := byRef[t.ref()]; {
		case row == nil:
			t.answer(Forgotten, "")
		case row.Attempts > maxAttempts:
			t.begin(row)
			t.put(died(), Died)
		default:
			t.begin(row)
		}
	}
	return nil
}

// singly does something for many tasks at once and, where that fails for good,
// for each of them, so that the one at fault is found; that one is put off.
func (p *Profiler) singly(ctx context.Context, tasks []*task, f func(context.Context, []*task) error) error {
	err := f(ctx, tasks)
	if err == nil || later(err) {
		return err
	}
	if len(tasks) == 1 {
		p.refused(ctx, tasks[0], err)
		return nil
	}
	for i := range tasks {
		if err := p.singly(ctx, tasks[i:i+1], f); err != nil {
			return err
		}
	}
	return nil
}

// later says whether an error passes, so that nothing was decided.
func later(err error) bool {
	return store.Later(err) || errors.Is(err, context.Canceled) || errors.Is(err, bus.ErrAway) || errors.Is(err, bus.ErrFull)
}
