package collect

import (
	"context"
	"time"

	"gait/store"
)

// settle writes what came of looking for a waiter again.
func (f *finder) settle(ctx context.Context, w *waiter, got *finding) error {
	switch {
	case got.cause == nil:
		return f.found(ctx, w, got)
	case time.Since(w.since) >= f.c.opt.GiveUp && !w.since.IsZero():
		return f.giveUp(ctx, w, got)
	case got.ref(&w.recorded) != w.ref: // found by now, though not whole
		if _, err := f.in.offer(ctx, got.offers(&w.recorded, w.ref)); err != nil {
			return err
		}
		f.drop(w)
		w.ref, w.cause = got.ref(&w.recorded), got.cause
		f.add(w)
		return nil
	case w.cause == nil || w.cause.text != got.cause.text:
		err := f.in.retry(ctx, "settle", func() error {
			return f.c.opt.Store.Settle(ctx, []store.Settlement{{
				Ref: w.ref, State: store.Waiting, Cause: got.cause.text, CauseKind: got.cause.kind, NextTry: f.c.patience(w.since),
			}})
		})
		if err != nil {
			return err
		}
	}
	f.mu.Lock()
	w.cause = got.cause
	f.mu.Unlock()
	return nil
}

// patience is when a session that was found at some time will have waited for
// long enough: until then nobody else tries it.
func (c *Collector) patience(since time.Time) time.Time {
	if since.IsZero() {
		since = time.Now()
	}
	return since.Add(c.opt.GiveUp + time.Hour)
}

// found offers a session that was found.
func (f *finder) found(ctx context.Context, w *waiter, got *finding) error {
	replaces := w.ref
	if !pendingRef(replaces) {
		replaces = ""
	}
	if _, err := f.in.offer(ctx, got.offers(&w.recorded, replaces)); err != nil {
		return err
	}
	if replaces == "" {
		if err := f.release(ctx, store.Release{Refs: []string{w.ref}}); err != nil {
			return err
		}
	}
	got.done(&w.recorded)
	f.drop(w)
	return nil
}

// giveUp ends a wait. What was found and is not whole goes on as it is: it is
// profiled as incomplete. The rest is parked.
func (f *finder) giveUp(ctx context.Context, w *waiter, got *finding) error {
	if got.cause.kind == store.CauseBytes {
		got.cause = nil
		return f.found(ctx, w, got)
	}
	err := f.in.retry(ctx, "settle", func() error {
		return f.c.opt.Store.Settle(ctx, []store.Settlement{{Ref: w.ref, State: store.Parked, Cause: got.cause.text, CauseKind: got.cause.kind}})
	})
	if err == nil {
		f.drop(w)
	}
	return err
}

// release lets sessions go on, and has them handed in.
func (f *finder) release(ctx context.Context, r store.Release) error {
	err := f.in.retry(ctx, "release", func() error {
		_, err := f.c.opt.Store.Release(ctx, r)
		return err
	})
	if err == nil {
		f.c.handin.look()
	}
	return err
}

// drop forgets a waiter.
func (f *finder) drop(w *waiter) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.waiters[w.ref] == w {
		delete(f.waiters, w.ref)
	}
}

// tally is a cause and how many sessions wait for it.
type tally struct {
	cause *cause
	n     int64
}

// tellCauses tells of the causes for which sessions wait longer than a moment,
// and of those for which none does any more.
func (f *finder) tellCauses() {
	now := f.c.now()
	kinds, fresh := map[string]float64{}, map[string]tally{}
	f.mu.Lock()
	for _, w := range f.waiters {
		if w.cause == nil {
			continue
		}
		kinds[w.cause.kind]++
		if now-w.began >= findGrace {
			key := w.cause.key()
			fresh[key] = tally{w.cause, fresh[key].n + 1}
		}
	}
	f.mu.Unlock()
	for _, kind := range finderKinds {
		f.c.metrics.waiting.WithLabelValues(kind).Set(kinds[kind])
	}
	for key := range f.stands {
		if fresh[key].n == 0 {
			f.c.causes.gone(key)
			delete(f.stands, key)
		}
	}
	for key, x := range fresh {
		f.c.causes.waits(x)
		f.stands[key] = true
	}
}
