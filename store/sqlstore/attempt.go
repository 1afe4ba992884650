package sqlstore

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"gait/store"
)

// Begin raises the attempts of sessions by one.
func (s *Store) Begin(ctx context.Context, refs []string) (list []store.Session, err error) {
	// Where the outcome of a commit was not known and all runs again, attempts
	// that stand already at what the first run made of them are not raised again.
	raised := map[int64]int{}
	err = s.write(ctx, func(ctx context.Context, t *Tx) error {
		list = nil
		rows, err := t.sessionsOf(ctx, s.dialect, refs)
		if err != nil {
			return err
		}
		for _, r := range byRef(rows) {
			if to, again := raised[r.n]; !again || r.Attempts != to {
				r.Attempts++
			}
			raised[r.n] = r.Attempts
			if err := t.send(ctx, `UPDATE sessions SET attempts = $2 WHERE n = $1`, r.n, r.Attempts); err != nil {
				return err
			}
		}
		for _, ref := range refs {
			if r := rows[ref]; r != nil {
				list = append(list, r.Session)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("beginning with sessions: %w", err)
	}
	return list, nil
}

// byRef gives rows in the order of their references.
func byRef(rows map[string]*sessionRow) []*sessionRow {
	list := make([]*sessionRow, 0, len(rows))
	for _, r := range rows {
		list = append(list, r)
	}
	slices.SortFunc(list, func(a, b *sessionRow) int { return cmp.Compare(a.Ref, b.Ref) })
	return list
}

// Settle writes what became of sessions that were tried and not saved.
func (s *Store) Settle(ctx context.Context, list []store.Settlement) error {
	refs := make([]string, len(list))
	for i, one := range list {
		switch one.State {
		case store.Waiting, store.Parked, store.Unrecorded:
		default:
			return fmt.Errorf("settling a session: it cannot become %q", string(one.State))
		}
		refs[i] = one.Ref
	}
	err := s.write(ctx, func(ctx context.Context, t *Tx) error {
		rows, err := t.sessionsOf(ctx, s.dialect, refs)
		if err != nil {
			return err
		}
		now := time.Now()
		for _, one := range list { // the rows are locked: the order is free
			r := rows[one.Ref]
			if r == nil {
				continue
			}
			if !one.Keep {
				r.Attempts = 0
			}
			r.State, r.Cause, r.CauseKind, r.NextTry, r.Updated = one.State, one.Cause, one.CauseKind, one.NextTry, now
			if err := t.updateState(ctx, r); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("settling sessions: %w", err)
	}
	return nil
}

// updateState writes where a session stands and why.
func (t *Tx) updateState(ctx context.Context, r *sessionRow) error {
	state, err := stateNumber(r.State)
	if err != nil {
		return err
	}
	return t.send(ctx, `UPDATE sessions SET state = $2, attempts = $3, cause = $4, cause_kind = $5, next_try = $6, updated = $7 WHERE n = $1`,
		r.n, state, r.Attempts, text(r.Cause, maxCause), text(r.CauseKind, maxKind), Nanos(r.NextTry), Nanos(r.Updated))
}

// Release puts sessions back to waiting.
func (s *Store) Release(ctx context.Context, which store.Release) (n int, err error) {
	released := map[int64]bool{} // over all runs, where the outcome of one is not known
	err = s.write(ctx, func(ctx context.Context, t *Tx) error {
		rows, err := t.held(ctx, s.dialect, which)
		if err != nil {
			return err
		}
		now := time.Now()
		for _, r := range rows {
			r.free()
			r.State, r.Updated = store.Waiting, now
			if err := t.updateState(ctx, r); err != nil {
				return err
			}
			released[r.n] = true
		}
		n = len(released)
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("letting sessions go on: %w", err)
	}
	return n, nil
}

// held reads and locks the sessions that are to go on: those named that do not
// simply wait, those that wait or are parked for a cause, or all that are parked.
func (t *Tx) held(ctx context.Context, d *Dialect, which store.Release) (list []*sessionRow, err error) {
	if len(which.Refs) > 0 {
		rows, err := t.sessionsOf(ctx, d, which.Refs)
		for _, r := range byRef(rows) {
			if r.State != store.Waiting || r.Attempts > 0 || r.Cause != "" || r.CauseKind != "" || !r.NextTry.IsZero() {
				list = append(list, r)
			}
		}
		return list, err
	}
	w := &where{}
	switch {
	case which.CauseKind != "":
		w.add("s.cause_kind <> ''")
		w.add("s.cause_kind = ?", text(which.CauseKind, maxKind))
		w.add("s.state IN (0, 4)")
		if which.Cause != "" {
			w.add("s.cause = ?", text(which.Cause, maxCause))
		}
	case which.All:
		w.add("s.state = 4")
	default:
		return nil, nil
	}
	err = t.locked(ctx, d, func(row scanner) error {
		r, err := readSession(row)
		list = append(list, &r)
		return err
	}, w.sql(), w.args...)
	return list, err
}

// Waiting gives sessions that wait and whose time has come.
func (s *Store) Waiting(ctx context.Context, q store.WaitingQuery) (list []store.Session, err error) {
	if q.Limit <= 0 {
		q.Limit = 100
	}
	err = s.read(ctx, func(ctx context.Context, t *Tx) error {
		list = nil
		for _, backfill := range []bool{false, true} {
			if q.Backfill != nil && *q.Backfill != backfill || len(list) >= q.Limit {
				continue
			}
			if err := t.waiting(ctx, q, backfill, &list); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading what waits: %w", err)
	}
	return list, nil
}

// waiting adds the sessions that wait among the live ones, or the backfill.
func (t *Tx) waiting(ctx context.Context, q store.WaitingQuery, backfill bool, list *[]store.Session) error {
	w := &where{}
	w.add("s.state = 0")
	w.add("s.backfill = ?", backfill)
	if q.CauseKinds == nil {
		w.add("s.next_try <= ?", Nanos(q.Now))
	} else {
		w.add("s.cause_kind <> ''")
		terms := make([]any, 0, len(q.CauseKinds))
		for _, kind := range q.CauseKinds {
			terms = append(terms, text(kind, maxKind))
		}
		if len(terms) == 0 {
			return nil
		}
		w.add("s.cause_kind IN ("+marksOf(len(terms))+")", terms...)
	}
	if !q.Before.IsZero() {
		w.add("s.updated < ?", Nanos(q.Before))
	}
	limit := w.text("?", q.Limit-len(*list))
	return t.once(ctx, func(row scanner) error {
		r, err := readSession(row)
		*list = append(*list, r.Session)
		return err
	}, `SELECT `+sessionColumns+` FROM `+sessionTables+` WHERE `+w.sql()+` ORDER BY s.end_ts, s.n LIMIT `+limit, w.args...)
}

// marksOf gives n question marks with commas between them, for terms.
func marksOf(n int) string {
	b := make([]byte, 0, 2*n)
	for i := range n {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(b, '?')
	}
	return string(b)
}
