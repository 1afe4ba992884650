package main

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"gait/store"
)

// How often marked sessions are looked at, and at how many in one look and in
// one question: of a million, each is looked at every minute.
const (
	lookEvery  = 500 * time.Millisecond
	mostLooked = 10_000
	mostAsked  = 500
)

// reprofiling waits for marked sessions.
type reprofiling struct {
	db      store.Store
	rules   int64    // the sum that a new profile has at least
	pending []string // references of those that nothing was heard of
	putOff  []string // of those that wait for something
	anew    int64
	failed  map[string]int64 // by reason
}

// wait marks sessions, stays until they are done and says what came of it. The
// store counts what newer rules change, whichever process does the work.
func (r *reprofileCmd) wait(ctx context.Context, c *console, db store.Store, q store.OutdatedQuery) error {
	w := &reprofiling{db: db, rules: ourRules(db.Compat()), failed: map[string]int64{}}
	if q.Rules > 0 {
		w.rules = min(w.rules, q.Rules)
	}
	q.Marked = func(refs []string) error { w.pending = append(w.pending, refs...); return nil }
	before, err := db.Stats(ctx)
	if err != nil {
		return err
	}
	n, err := db.Outdated(ctx, q)
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(c.out, "%s will be profiled again\n", count(int64(n), "session", "sessions")); err != nil {
		return err
	}
	if _, err := readRunFile(r.Data); err != nil && n > 0 && !r.postgres() {
		fmt.Fprintf(c.err, "gait: nothing runs on %s: the work begins when gait run does; Ctrl-C ends the waiting\n", printable(r.Data))
	}
	if err := w.all(ctx, startProgress(c, int64(n), grouped, false)); err != nil {
		return err
	}
	after, err := db.Stats(ctx)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(c.out, w.summary(after.RenewedValues-before.RenewedValues))
	return err
}

// all looks until nothing is pending, and then once more at what waits for
// something: it may have found it meanwhile.
func (w *reprofiling) all(ctx context.Context, bar *progress) error {
	defer bar.stop()
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		pending, anew := int64(len(w.pending)), w.anew
		err := w.look(ctx)
		bar.done(pending - int64(len(w.pending)))
		bar.sessions.Add(w.anew - anew)
		if err == nil && len(w.pending) == 0 {
			if err = w.settle(ctx); err == nil {
				return nil
			}
		}
		if err != nil && !store.Later(err) {
			return err
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// look looks at the next of those that are pending; what still is comes after
// all others.
func (w *reprofiling) look(ctx context.Context) error {
	for range (min(len(w.pending), mostLooked) + mostAsked - 1) / mostAsked {
		refs := w.pending[:min(len(w.pending), mostAsked)]
		known, err := w.db.Known(ctx, refs)
		if err != nil {
			return err
		}
		w.pending = w.pending[len(refs):]
		for _, ref := range refs {
			k, there := known[ref]
			switch {
			case !there || k.State != store.Waiting:
				w.count(k, there)
			case k.CauseKind != "":
				w.putOff = append(w.putOff, ref)
			default:
				w.pending = append(w.pending, ref)
			}
		}
	}
	return nil
}

// settle counts what waits for something.
func (w *reprofiling) settle(ctx context.Context) error {
	for len(w.putOff) > 0 {
		refs := w.putOff[:min(len(w.putOff), mostAsked)]
		known, err := w.db.Known(ctx, refs)
		if err != nil {
			return err
		}
		w.putOff = w.putOff[len(refs):]
		for _, ref := range refs {
			k, there := known[ref]
			w.count(k, there)
		}
	}
	return nil
}

// count takes in what became of a session.
func (w *reprofiling) count(k store.Known, there bool) {
	switch {
	case !there || k.Tombstone:
		w.failed["gone from the store"]++
	case k.State == store.Waiting || k.State == store.Parked || k.State == store.Unrecorded:
		w.failed[cmp.Or(k.CauseKind, string(k.State))]++
	case k.Rules < w.rules:
		w.failed["read by an older release"]++
	default:
		w.anew++
	}
}

// summary says in one line what came of it.
func (w *reprofiling) summary(values int64) string {
	failed := int64(0)
	for _, n := range w.failed {
		failed += n
	}
	line := fmt.Sprintf("%s profiled anew, %s changed, %s could not be",
		count(w.anew, "session", "sessions"), count(values, "value", "values"), grouped(failed))
	reasons := slices.Sorted(maps.Keys(w.failed))
	slices.SortStableFunc(reasons, func(a, b string) int { return cmp.Compare(w.failed[b], w.failed[a]) })
	for i, reason := range reasons {
		reasons[i] = printable(reason) + " " + grouped(w.failed[reason])
	}
	if len(reasons) > 0 {
		line += ": " + strings.Join(reasons, ", ")
	}
	return line
}
