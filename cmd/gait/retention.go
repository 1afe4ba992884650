package main

import (
	"context"
	"log/slog"
	"time"

	"gait/internal/health"
	"gait/store"
)

// keeper deletes what is not to be kept, in small steps that hold nobody up.
type keeper struct {
	store store.Store
	rules keepFlags
	dir   string // the data folder
	log   *slog.Logger
	board *health.Board
	now   func() time.Time
	pause time.Duration // between steps; 0 stands for 50 ms
}

// retentionEvery is how often it is looked for what is to be deleted.
const retentionEvery = time.Minute

// idle says whether everything is kept.
func (k *keeper) idle() bool {
	return k.rules.KeepObservations.none() && k.rules.KeepRecordings.none() && k.rules.KeepUploads.none()
}

// run deletes at once and then every minute, until the context ends.
func (k *keeper) run(ctx context.Context) error {
	tick := time.NewTicker(retentionEvery)
	defer tick.Stop()
	for {
		k.once(ctx)
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil
		}
	}
}

// once deletes all that is to be deleted now.
func (k *keeper) once(ctx context.Context) {
	if err := k.prune(ctx); err != nil && ctx.Err() == nil {
		k.report("observations", err)
	} else {
		k.board.Clear("retention", "observations")
	}
	for _, f := range []struct {
		what, dir string
		rule      keepRule
		mine      func(candidate) bool
	}{
		{"recordings", shardsDir, k.rules.KeepRecordings, k.ownShard},
		{"uploads", uploadsDir, k.rules.KeepUploads, func(candidate) bool { return true }},
	} {
		if f.rule.none() || ctx.Err() != nil {
			continue
		}
		n, bytes, err := k.sweepFiles(f.dir, f.rule, f.mine)
		if err != nil {
			k.report(f.what, err)
		} else {
			k.board.Clear("retention", f.what)
		}
		if n > 0 {
			k.log.Info("deleted what is not kept any longer", "what", f.what, "files", n, "bytes", bytes)
		}
	}
}

// prune deletes observations, a step at a time.
func (k *keeper) prune(ctx context.Context) error {
	if k.rules.KeepObservations.none() {
		return nil
	}
	var all store.Pruned
	pause := k.pause
	if pause == 0 {
		pause = 50 * time.Millisecond
	}
	for {
		step, err := k.store.Prune(ctx, store.Retention{Age: k.rules.KeepObservations.Age, Size: k.rules.KeepObservations.Size, Now: k.now()})
		if err != nil {
			return err
		}
		all.Sessions += step.Sessions
		all.Observations += step.Observations
		all.Changes += step.Changes
		if step == (store.Pruned{}) {
			break
		}
		if err := until(ctx, time.Now().Add(pause)); err != nil {
			return err
		}
	}
	if all.Sessions > 0 {
		k.log.Info("deleted what is not kept any longer", "what", "observations", "sessions", all.Sessions, "observations", all.Observations)
	}
	return nil
}

// report says that something could not be deleted.
func (k *keeper) report(what string, err error) {
	c := health.Condition{Part: "retention", Name: what, Cause: "old " + what + " cannot be deleted: " + err.Error(), Cure: "it is tried again every minute"}
	if k.board.Set(c) {
		k.log.Warn("old "+what+" cannot be deleted", "error", err)
	}
}
