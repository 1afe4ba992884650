package sqlstore

import (
	"context"
	"database/sql"
	"fmt"

	"gait/store"
)

// The kinds of changes by the numbers that stand in rows.
const (
	kindSession    = 0
	kindForgotten  = 1
	kindConclusion = 2
)

// mostChanges bounds what one call gives.
const mostChanges = 10_000

// Changes gives changes with positions above a position, in order.
func (s *Store) Changes(ctx context.Context, after int64, limit int) (list []store.Change, err error) {
	if limit <= 0 || limit > mostChanges {
		limit = mostChanges
	}
	err = s.read(ctx, func(ctx context.Context, t *Tx) error {
		list = nil
		return t.each(ctx, func(row scanner) error {
			c, err := readChange(row)
			list = append(list, c)
			return err
		}, `SELECT c.first, c.position, c.ts, c.kind, c.ref, c.uuid, s.ref, s.revision, s.backfill, s.position, a.uuid, x.payload
			FROM changes c LEFT JOIN sessions s ON s.n = c.session LEFT JOIN attackers a ON a.n = c.attacker LEFT JOIN conclusions x ON x.position = c.position
			WHERE c.position > $1 ORDER BY c.position LIMIT $2`, after, limit)
	})
	if err != nil {
		return nil, fmt.Errorf("reading changes: %w", err)
	}
	return list, nil
}

func readChange(row scanner) (store.Change, error) {
	var c store.Change
	var ts, kind int64
	var ref, revision, attacker sql.NullString
	var backfill sql.NullBool
	var position sql.NullInt64
	if err := row.Scan(&c.First, &c.Last, &ts, &kind, &c.Ref, &c.Attacker, &ref, &revision, &backfill, &position, &attacker, (*[]byte)(&c.Payload)); err != nil {
		return c, err
	}
	c.Time = Time(ts)
	switch kind {
	case kindForgotten:
		c.Kind, c.Ref, c.Attacker = "forgotten", Unescape(c.Ref), Unescape(c.Attacker)
		return c, nil
	case kindConclusion:
		c.Kind, c.Attacker, c.Stale = "attribution", attacker.String, c.Payload == nil
		return c, nil
	}
	c.Kind, c.Ref, c.Attacker, c.Backfill = "session", Unescape(ref.String), attacker.String, backfill.Bool
	if c.Stale = position.Int64 != c.Last; !c.Stale {
		c.Revision = Unescape(revision.String)
	}
	return c, nil
}

// Positions gives the position below which changes are no longer kept, and the
// newest one.
func (s *Store) Positions(ctx context.Context) (oldest, newest int64, err error) {
	err = s.read(ctx, func(ctx context.Context, t *Tx) error {
		return t.row(ctx, `SELECT (SELECT value FROM counters WHERE name = 'oldest'), (SELECT value FROM counters WHERE name = 'changes')`).Scan(&oldest, &newest)
	})
	if err != nil {
		return 0, 0, fmt.Errorf("reading the positions of changes: %w", err)
	}
	return oldest, newest, nil
}

// positions takes n positions of the change log and gives the last of them. The
// row of the counter stays locked until the transaction ends, so that positions
// are seen in the order of commits: it is the last lock that a transaction takes.
func (t *Tx) positions(ctx context.Context, n int64) (last int64, err error) {
	err = t.row(ctx, `UPDATE counters SET value = value + $1 WHERE name = 'changes' RETURNING value`, n).Scan(&last)
	if err != nil {
		return 0, fmt.Errorf("taking positions of the change log: %w", err)
	}
	t.changed()
	return last, nil
}
