package collect

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"gait/recording"
	"gait/store"
)

// groupKinds are the causes of parked and waiting sessions that may be gone
// without anybody telling: their paths are looked at again.
var groupKinds = []string{store.CauseService, store.CauseOutside, store.CauseUnreadable, store.CauseNoFile, store.CauseNoSession}

// mostGroups is how many causes are tested in one round.
const mostGroups = 200

// groups tests, for each cause for which sessions are parked or put off, one of
// them; where it can be read now all of them go on.
func (f *finder) groups(ctx context.Context) {
	list, err := f.c.opt.Store.Causes(ctx)
	if err != nil {
		return // the next round asks again
	}
	tested := 0
	for _, g := range list {
		if !slices.Contains(groupKinds, g.CauseKind) || pendingRef(g.Example) && g.State == store.Waiting {
			continue // those that wait to be found are in memory
		}
		if tested++; tested > mostGroups || ctx.Err() != nil {
			return
		}
		if err := f.group(ctx, &g); err != nil && ctx.Err() == nil {
			f.c.opt.Log.Warn("sessions cannot be let go on", "cause", g.Cause, "error", err)
		}
	}
}

// group tests one cause.
func (f *finder) group(ctx context.Context, g *store.CauseCount) error {
	row, err := f.c.opt.Store.Session(ctx, g.Example)
	if err != nil {
		return err
	}
	if !f.readable(ctx, &row) {
		return nil
	}
	if pendingRef(row.Ref) {
		return f.unpark(ctx, g)
	}
	n := 0
	err = f.in.retry(ctx, "release", func() (err error) {
		n, err = f.c.opt.Store.Release(ctx, store.Release{CauseKind: g.CauseKind, Cause: g.Cause})
		return err
	})
	if err != nil {
		return err
	}
	f.c.opt.Log.Info("sessions go on whose cause is gone", "cause", g.Cause, "sessions", n)
	f.c.handin.look()
	return nil
}

// unpark lets sessions wait again that were parked before they were found. They
// keep the cause until they are looked for, so that nobody else tries them.
func (f *finder) unpark(ctx context.Context, g *store.CauseCount) error {
	q := store.SessionQuery{States: []store.State{store.Parked}, PageQuery: store.PageQuery{Limit: 1000}}
	for {
		page, err := f.c.opt.Store.Sessions(ctx, q)
		if err != nil {
			return err
		}
		var list []store.Settlement
		for i := range page.Items {
			if s := &page.Items[i]; pendingRef(s.Ref) && s.CauseKind == g.CauseKind && s.Cause == g.Cause {
				list = append(list, store.Settlement{Ref: s.Ref, State: store.Waiting, Cause: s.Cause, CauseKind: s.CauseKind, NextTry: f.c.patience(time.Time{})})
			}
		}
		if err := f.in.retry(ctx, "settle", func() error { return f.c.opt.Store.Settle(ctx, list) }); err != nil {
			return err
		}
		if q.Cursor = page.Next; q.Cursor == "" {
			break
		}
	}
	f.mu.Lock()
	f.over = true
	f.mu.Unlock()
	return nil
}

// readable says whether what a row waits for is there now.
func (f *finder) readable(ctx context.Context, row *store.Session) bool {
	if pendingRef(row.Ref) {
		w := waiterOf(row)
		if w == nil {
			return false
		}
		s := newSearch(f.c)
		if s.prefetch(ctx, []recorded{w.recorded}) != nil {
			return false
		}
		got := s.find(ctx, &w.recorded)
		return ctx.Err() == nil && (got.cause == nil || got.cause.text != row.Cause)
	}
	var p recording.Place
	if json.Unmarshal(row.Place, &p) != nil || p.Path == "" {
		return false
	}
	_, err := f.c.opt.Library.Read(ctx, p)
	return err == nil
}
