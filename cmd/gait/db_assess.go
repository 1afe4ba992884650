package main

import (
	"context"
	"errors"
	"fmt"

	"gait/assess/typist"
	"gait/profiler"
	"gait/store"
)

// dbAssessCmd draws all conclusions about attackers anew.
type dbAssessCmd struct{ dbFlags }

// Help says when that is needed.
func (*dbAssessCmd) Help() string {
	return `What is concluded of an attacker from all sessions (stable, drifting, conflicted, multi_actor) follows the sessions by
itself while gait run or gait work runs. Of sessions that were profiled before there were conclusions, none is drawn
until the attacker comes again, or until this is run. What software sessions came with that an older release stored
(client.hassh, client.version) counts only after this. It may run beside the system, which goes first, and may be
broken off and run again: what is the same as before is told to nobody.`
}

// assessStep is how many attackers, or sessions, are worked on in one transaction.
const assessStep = 500

// Run marks all attackers and goes through them.
func (d *dbAssessCmd) Run(ctx context.Context, c *console) error {
	return d.with(ctx, store.Options{}, func(db store.Store) error {
		a, err := profiler.NewAssessor(db, primitives(), typist.Shipped())
		if errors.Is(err, store.ErrCompat) {
			return errors.New("this store holds the reference's reading, of which nothing is concluded")
		}
		if err != nil {
			return err
		}
		for _, step := range []func(context.Context, int64, int) (int64, int, error){db.LearnClients, db.MarkDue} {
			if err := inSteps(ctx, step); err != nil {
				return err
			}
		}
		assessed, told, err := a.All(ctx)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(c.out, "%s assessed, %s\n", count(int64(assessed), "attacker", "attackers"), count(int64(told), "new conclusion", "new conclusions"))
		return err
	})
}

// inSteps goes through all there is, a few in each transaction: a step gives the
// number to go on after, 0 at the end.
func inSteps(ctx context.Context, step func(ctx context.Context, after int64, limit int) (int64, int, error)) error {
	for after := int64(0); ; {
		next, _, err := step(ctx, after, assessStep)
		if err != nil || next == 0 {
			return err
		}
		after = next
	}
}
