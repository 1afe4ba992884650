package sqlstore

import (
	"context"
	"errors"
	"fmt"

	"gait/store"
)

const (
	maxBuckets = 2000
	// maxCauses bounds the groups of sessions with one cause.
	maxCauses = 1000
)

// Counts gives what happened over time, one bucket for each step from Since
// on, also where nothing happened.
func (s *Store) Counts(ctx context.Context, q store.CountsQuery) ([]store.Bucket, error) {
	buckets, err := emptyBuckets(q)
	if err != nil || len(buckets) == 0 {
		return nil, err
	}
	err = s.read(ctx, func(ctx context.Context, t *Tx) error {
		for i := range buckets {
			buckets[i] = store.Bucket{Start: buckets[i].Start}
		}
		w := &where{}
		w.add("start_ts >= ? AND start_ts < ?", Nanos(q.Since), Nanos(q.Until))
		if q.Attacker != "" {
			if err := t.attackedBy(ctx, w, q.Attacker, 20*fewRows); err != nil || w.never {
				return err
			}
		}
		if q.Decoy != "" {
			w.add(plain("decoy", true)+" = ?", Escape(q.Decoy))
		}
		return t.fill(ctx, buckets, q, w)
	})
	if err != nil {
		return nil, fmt.Errorf("counting over time: %w", err)
	}
	return buckets, nil
}

// emptyBuckets gives the buckets of a query with nothing in them.
func emptyBuckets(q store.CountsQuery) ([]store.Bucket, error) {
	switch span := q.Until.Sub(q.Since); {
	case q.Since.IsZero() || q.Until.IsZero():
		return nil, errors.New("counts over time need a beginning and an end")
	case q.Step <= 0:
		return nil, errors.New("counts over time need a step above zero")
	case span <= 0:
		return nil, nil
	case (span-1)/q.Step >= maxBuckets:
		return nil, fmt.Errorf("%s in steps of %s are more than %d buckets", span, q.Step, maxBuckets)
	}
	var buckets []store.Bucket
	for at := q.Since; at.Before(q.Until); at = at.Add(q.Step) {
		buckets = append(buckets, store.Bucket{Start: at.UTC()})
	}
	return buckets, nil
}

// fill counts the sessions of each bucket, one walk along a piece of the index
// after the other: grouping all of them at once would sort them first.
func (t *Tx) fill(ctx context.Context, buckets []store.Bucket, q store.CountsQuery, w *where) error {
	query := fmt.Sprintf(`SELECT COUNT(*), COUNT(DISTINCT attacker), CAST(COALESCE(SUM(commands), 0) AS BIGINT) FROM sessions WHERE %s`, w.sql())
	for i := range buckets {
		b := &buckets[i]
		until := b.Start.Add(q.Step)
		if until.After(q.Until) {
			until = q.Until
		}
		w.args[0], w.args[1] = Nanos(b.Start), Nanos(until)
		if err := t.row(ctx, query, w.args...).Scan(&b.Sessions, &b.Attackers, &b.Commands); err != nil {
			return err
		}
	}
	return nil
}

// Causes groups the sessions that wait or are parked by their cause, the most
// frequent first.
func (s *Store) Causes(ctx context.Context) (list []store.CauseCount, err error) {
	err = s.read(ctx, func(ctx context.Context, t *Tx) error {
		list = nil
		err := t.each(ctx, func(row scanner) error {
			var c store.CauseCount
			var state, oldest int64
			err := row.Scan(&state, &c.CauseKind, &c.Cause, &c.Count, &oldest, &c.Example)
			c.CauseKind, c.Cause, c.Oldest, c.Example = Unescape(c.CauseKind), Unescape(c.Cause), Time(oldest), Unescape(c.Example)
			c.State = states[state] // one of the two that are asked for
			list = append(list, c)
			return err
		}, `SELECT g.state, g.cause_kind, g.cause, g.many, g.oldest, s.ref FROM (
				SELECT state, cause_kind, cause, COUNT(*) AS many, MIN(found) AS oldest, MIN(n) AS example FROM sessions
				WHERE cause_kind <> '' AND state IN ($1, $2) GROUP BY cause_kind, cause, state ORDER BY many DESC LIMIT $3) AS g
			JOIN sessions s ON s.n = g.example ORDER BY g.many DESC, g.cause_kind, g.cause, g.state`,
			stateWaiting, stateParked, maxCauses)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("grouping causes: %w", err)
	}
	return list, nil
}
