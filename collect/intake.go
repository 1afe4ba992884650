package collect

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"gait/internal/health"
	"gait/store"
)

// backfillAge is how long before it was found a session must have ended to
// count as backfill.
const backfillAge = time.Hour

// intake is how a source reaches the store. Its calls wait while the store
// cannot answer; they fail only with the context, or for good.
type intake struct {
	c       *Collector
	source  string
	patient bool          // it is used by one goroutine, which reads the past
	rested  time.Duration // when that one rested last
}

// forPast gives the same for a goroutine that reads the past.
func (in *intake) forPast() *intake {
	return &intake{c: in.c, source: in.source, patient: true, rested: in.now()}
}

// now is the collector's monotonic clock: it never steps.
func (in *intake) now() time.Duration { return in.c.now() }

// options gives the collector's options, with all defaults in place.
func (in *intake) options() *Options { return &in.c.opt }

// offer offers sessions together with the positions that they stand for, and
// hands in those that are new. It waits while intake is stopped. Of each offer
// it fills in Source, State where it is empty, Backfill and Doubtful; those
// that ended before Options.Since are left out, with the verdict Same.
func (in *intake) offer(ctx context.Context, offers []store.Offer, cursors ...store.Cursor) ([]store.Verdict, error) {
	if len(offers) == 0 && len(cursors) == 0 {
		return nil, nil
	}
	if err := in.c.opt.Gate.Wait(ctx); err != nil {
		return nil, err
	}
	now := time.Now()
	kept, places := make([]store.Offer, 0, len(offers)), make([]int, 0, len(offers))
	for i := range offers {
		o := offers[i]
		in.fill(&o, now)
		if ended := endOf(&o); !ended.IsZero() && ended.Before(in.c.opt.Since) {
			in.c.metrics.old.Inc()
			continue
		}
		kept, places = append(kept, o), append(places, i)
	}
	verdicts := make([]store.Verdict, len(offers))
	got, err := in.commitAll(ctx, kept, cursors)
	if err != nil {
		return nil, err
	}
	for i, v := range got {
		verdicts[places[i]] = v
		in.c.metrics.verdict(in.source, v)
		if o := &kept[i]; v == store.Added || v == store.Changed {
			if o.State == store.Waiting && o.Cause == "" {
				in.c.handin.fresh(o.Session)
			}
		}
	}
	return verdicts, nil
}

// fill completes an offer.
func (in *intake) fill(o *store.Offer, now time.Time) {
	o.Source = in.source
	if o.State == "" {
		o.State = store.Waiting
	}
	o.Doubtful = o.Doubtful || doubtful(o.Start, now)
	if !o.Doubtful && longOver(o.Start, endOf(o), now) {
		o.Backfill = true
	}
}

// doubtful says whether no clock that goes about right can have told a start.
func doubtful(start, now time.Time) bool {
	return start.Year() < 2000 && !start.IsZero() || start.After(now.Add(24*time.Hour))
}

// longOver says whether a session ended so long ago that it is backfill.
func longOver(start, end, now time.Time) bool {
	return !end.IsZero() && !doubtful(start, now) && now.Sub(end) > backfillAge
}

// endOf gives when a session ended, as far as is known.
func endOf(o *store.Offer) time.Time {
	if o.End.IsZero() && !o.Start.IsZero() {
		return o.Start.Add(o.Duration)
	}
	return o.End
}

// backfillGroup is how many sessions of long ago are offered in one
// transaction: few, since what is live waits for it.
const backfillGroup = 16

// commitAll offers until the store has it: what is live first and together,
// backfill after it in short transactions, the last one with the positions.
func (in *intake) commitAll(ctx context.Context, offers []store.Offer, cursors []store.Cursor) ([]store.Verdict, error) {
	var live, past []int
	for i := range offers {
		if offers[i].Backfill {
			past = append(past, i)
		} else {
			live = append(live, i)
		}
	}
	if len(live) > 0 {
		in.c.lived.Store(int64(in.now()))
	}
	verdicts := make([]store.Verdict, len(offers))
	groups := append([][]int{live}, slices.Collect(slices.Chunk(past, backfillGroup))...)
	for n, places := range groups {
		if n > 0 && in.patient && !in.rest(ctx) {
			return nil, ctx.Err()
		}
		group, at := make([]store.Offer, len(places)), []store.Cursor(nil)
		for k, i := range places {
			group[k] = offers[i]
		}
		if n == len(groups)-1 {
			at = cursors
		}
		if len(group)+len(at) == 0 {
			continue
		}
		got, err := in.commit(ctx, group, at)
		if err != nil {
			return nil, err
		}
		for k, i := range places {
			verdicts[i] = got[k]
		}
	}
	return verdicts, nil
}

// Beside live sessions, whoever reads the past rests for as long as it works.
const (
	liveLately = time.Second
	restMost   = 100 * time.Millisecond
)

// rest waits before the next group of backfill for as long as the last one took,
// from the end of the rest before it, where live sessions were offered lately.
// It is false where the context ended.
func (in *intake) rest(ctx context.Context) bool {
	now := in.now()
	worked := min(now-in.rested, restMost)
	in.rested = now
	if lived := in.c.lived.Load(); lived == 0 || now-time.Duration(lived) > liveLately {
		return ctx.Err() == nil
	}
	ok := sleep(ctx, worked)
	in.rested = in.now()
	return ok
}

// commit offers in one transaction until the store has it. Where the store
// refuses a list for good, it is halved until the offer at fault stands alone;
// that one is kept among the rejected.
func (in *intake) commit(ctx context.Context, offers []store.Offer, cursors []store.Cursor) ([]store.Verdict, error) {
	var got []store.Verdict
	err := in.retry(ctx, "offer", func() (err error) {
		got, err = in.c.opt.Store.Offer(ctx, offers, cursors)
		return err
	})
	switch {
	case err == nil || ctx.Err() != nil:
		return got, err
	case len(offers) > 1:
		half := len(offers) / 2
		first, err := in.commit(ctx, offers[:half], nil)
		if err != nil {
			return nil, err
		}
		second, err := in.commit(ctx, offers[half:], cursors)
		return append(first, second...), err
	case len(offers) == 0:
		return nil, err
	}
	in.c.opt.Log.Error("the store refuses a session", "source", in.source, "ref", offers[0].Ref, "error", err)
	in.c.metrics.refused.Inc()
	reason := fmt.Sprintf("offer of %q refused: %v", offers[0].Ref, err)
	if err := in.retry(ctx, "reject", func() error {
		return in.c.opt.Store.Reject(ctx, store.Rejected{Time: time.Now(), Subject: "offer", Reason: reason})
	}); err != nil {
		return nil, err
	}
	if len(cursors) > 0 {
		_, err := in.commit(ctx, nil, cursors)
		return []store.Verdict{store.Same}, err
	}
	return []store.Verdict{store.Same}, nil
}

// known asks the store what it knows of references, any number of them.
func (in *intake) known(ctx context.Context, refs []string) (map[string]store.Known, error) {
	const most = 500
	all := make(map[string]store.Known, len(refs))
	for len(refs) > 0 {
		n := min(len(refs), most)
		var got map[string]store.Known
		err := in.retry(ctx, "known", func() (err error) {
			got, err = in.c.opt.Store.Known(ctx, refs[:n])
			return err
		})
		if err != nil {
			return nil, err
		}
		for ref, k := range got {
			all[ref] = k
		}
		refs = refs[n:]
	}
	return all, nil
}

// cursors gives stored positions by name.
func (in *intake) cursors(ctx context.Context, prefix string) (map[string][]byte, error) {
	var got []store.Cursor
	err := in.retry(ctx, "cursors", func() (err error) {
		got, err = in.c.opt.Store.Cursors(ctx, prefix)
		return err
	})
	all := make(map[string][]byte, len(got))
	for _, c := range got {
		all[c.Name] = c.Value
	}
	return all, err
}

// retry calls f until it gives no error that passes.
func (in *intake) retry(ctx context.Context, what string, f func() error) error {
	wait := backoff{least: 50 * time.Millisecond, most: 10 * time.Second}
	name := "store:" + in.source
	for {
		err := f()
		if err == nil {
			if wait.tries > 0 && in.c.opt.Board.Clear(part, name) {
				in.c.opt.Log.Info("the store takes sessions again", "source", in.source)
			}
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if !store.Later(err) || errors.Is(err, context.Canceled) {
			return fmt.Errorf("%s: %w", what, err)
		}
		if wait.tries >= 3 && in.c.opt.Board.Set(health.Condition{Part: part, Name: name, Cause: "the store takes no sessions: " + err.Error(), Cure: "it is tried again; see what the store says"}) {
			in.c.opt.Log.Warn("the store takes no sessions", "source", in.source, "error", err)
		}
		wait.sleep(ctx)
	}
}

// backoff waits longer each time, with jitter.
type backoff struct {
	least, most time.Duration
	tries       int
}

// next gives how long to wait this time.
func (b *backoff) next() time.Duration {
	d := min(b.most, b.least<<min(b.tries, 20))
	b.tries++
	return d/2 + rand.N(d)
}

// sleep waits; false where the context ended.
func (b *backoff) sleep(ctx context.Context) bool { return sleep(ctx, b.next()) }

// sleep waits; false where the context ended.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
