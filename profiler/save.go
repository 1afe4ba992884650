package profiler

import (
	"context"
	"errors"

	"gait/internal/fault"
	"gait/store"
)

// save stores the answers of tasks: profiles in one transaction, and what was
// put off in another. An error passes; none of the tasks then has its answer.
// A profile that the store refuses is put off instead.
func (p *Profiler) save(ctx context.Context, tasks []*task) error {
	var profiles, others []*task
	for _, t := range tasks {
		if t.profile != nil {
			profiles = append(profiles, t)
		}
	}
	if len(profiles) > 0 {
		if err := p.singly(ctx, profiles, p.saveProfiles); err != nil {
			return err
		}
	}
	for _, t := range tasks {
		if t.settle != nil {
			others = append(others, t)
		}
	}
	if len(others) == 0 {
		return nil
	}
	list := make([]store.Settlement, len(others))
	for i, t := range others {
		list[i] = *t.settle
	}
	err := p.store.Settle(ctx, list)
	if err != nil && !later(err) {
		// A row that cannot even be put off: it waits as it is, with its
		// attempts, and is parked in the end.
		p.log.Error("what became of sessions cannot be noted", "error", err)
		return nil
	}
	return err
}

// saveProfiles stores profiles in one transaction. A fault on the way is an
// error, so that the one at fault is found, and kills nobody.
func (p *Profiler) saveProfiles(ctx context.Context, tasks []*task) (err error) {
	defer func() {
		if x := recover(); x != nil {
			err = errors.New("store profiles: " + fault.Text(x))
		}
	}()
	list := make([]store.Profile, len(tasks))
	for i, t := range tasks {
		list[i] = *t.profile
	}
	saved, err := p.store.Save(ctx, list)
	if err != nil {
		return err
	}
	for i, t := range tasks {
		t.saved = saved[i]
		t.stored()
	}
	return nil
}

// stored notes what became of a profile.
func (t *task) stored() {
	o, x, s := &t.out, t.profile, &t.saved
	o.State, o.Attacker, o.Revision, o.Observations = x.State, s.Attacker, s.Revision, len(x.Observations)
	switch {
	case s.Forgotten:
		o.Reason, o.State, o.Observations = Forgotten, "", 0
	case s.Older:
		o.Reason = Newer
	case s.Unchanged:
		o.Reason = Known
	case x.State == store.Empty:
		o.Reason = Empty
	case x.State == store.Incomplete:
		o.Reason = Incomplete
	default:
		o.Reason = Stored
	}
	for i := range x.Observations {
		o := &x.Observations[i]
		o.AttackerUUID, o.IdentityRef, o.Revision = s.Attacker, s.Identity, s.Revision
	}
}

// fresh says whether the task's observations are to be announced.
func (t *task) fresh() bool {
	return t.profile != nil && (t.out.Reason == Stored || t.out.Reason == Incomplete || t.out.Reason == Empty)
}
