package sqlstore

import (
	"context"
	"fmt"
	"time"

	"gait/store"
)

// stepRows is how many rows one transaction of a long work looks at, so that
// others get their turn.
const stepRows = 2000

// outdated is what a profile made by older rules looks like. The state is any
// that a profile was stored with.
const outdated = `revision <> '' AND state IN (1, 2, 3) AND (rules < $1 OR $1 = 0) AND start_ts >= $2`

// Outdated marks sessions as waiting whose profile was made by older rules, the
// first found first, in steps that each stand for themselves. None is marked
// twice by one call, even where workers profile it again meanwhile.
func (s *Store) Outdated(ctx context.Context, q store.OutdatedQuery) (int, error) {
	since := Nanos(q.Since) // the smallest number where it is zero
	if q.Dry {
		return s.countOutdated(ctx, q.Rules, since)
	}
	done := 0
	for after, more := int64(0), true; more && (q.Limit <= 0 || done < q.Limit); {
		limit := stepRows
		if q.Limit > 0 {
			limit = min(limit, q.Limit-done)
		}
		var marked []int64
		var refs []string
		err := s.write(ctx, func(ctx context.Context, t *Tx) (err error) {
			marked, refs, err = t.markOutdated(ctx, []any{q.Rules, since, after, limit}, s.dialect)
			return err
		})
		if err != nil {
			return done, fmt.Errorf("marking outdated profiles: %w", err)
		}
		done += len(marked)
		if more = len(marked) == limit; more {
			after = marked[limit-1]
		}
		if q.Marked != nil && len(refs) > 0 {
			if err := q.Marked(refs); err != nil {
				return done, err
			}
		}
	}
	return done, nil
}

func (s *Store) countOutdated(ctx context.Context, rules, since int64) (n int, err error) {
	err = s.read(ctx, func(ctx context.Context, t *Tx) error {
		return t.row(ctx, `SELECT COUNT(*) FROM sessions WHERE `+outdated, rules, since).Scan(&n)
	})
	if err != nil {
		return 0, fmt.Errorf("counting outdated profiles: %w", err)
	}
	return n, nil
}

// markOutdated marks the next sessions and gives their numbers, in order, and
// their references. The arguments are the sum of rules, the earliest start, the number of the session
// to begin behind, and how many at most.
func (t *Tx) markOutdated(ctx context.Context, args []any, d *Dialect) (marked []int64, refs []string, err error) {
	err = t.each(ctx, func(row scanner) error {
		var n int64
		var ref string
		err := row.Scan(&n, &ref)
		marked, refs = append(marked, n), append(refs, Unescape(ref))
		return err
	}, `SELECT s.n, s.ref FROM sessions s WHERE `+outdated+` AND s.n > $3 ORDER BY s.n LIMIT $4`+d.forUpdate("s"), args...)
	if err != nil {
		return nil, nil, err
	}
	for _, n := range marked {
		_, err := t.exec(ctx, `UPDATE sessions SET state = $2, attempts = 0, cause = '', cause_kind = '', next_try = $3, backfill = TRUE, updated = $4 WHERE n = $1`,
			n, stateWaiting, int64(unknownTime), Nanos(time.Now()))
		if err != nil {
			return nil, nil, err
		}
	}
	return marked, refs, nil
}
