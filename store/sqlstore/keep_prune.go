package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gait/store"
)

const (
	// pruneStep is how many sessions go in one step, and mostPruned how many
	// may.
	pruneStep  = 200
	mostPruned = 5000
	// changesStep is how many changes go in one step.
	changesStep = 5000
	// forgottenKept is how long a change says that something was forgotten.
	forgottenKept = 24 * time.Hour
)

// Prune deletes a small step of what is beyond what is kept.
func (s *Store) Prune(ctx context.Context, r store.Retention) (store.Pruned, error) {
	var out store.Pruned
	if r.Age <= 0 && r.Size <= 0 {
		return out, nil
	}
	if r.Now.IsZero() {
		r.Now = time.Now()
	}
	if r.Step <= 0 {
		r.Step = pruneStep
	}
	r.Step = min(r.Step, mostPruned)
	size, err := s.bytesUsed(ctx, r.Size)
	if err != nil {
		return out, fmt.Errorf("deleting what is not kept: %w", err)
	}
	err = s.write(ctx, func(ctx context.Context, t *Tx) (err error) {
		out, err = s.prune(ctx, t, r, r.Size > 0 && size > r.Size)
		return err
	})
	if err != nil {
		return store.Pruned{}, fmt.Errorf("deleting what is not kept: %w", err)
	}
	return out, nil
}

// prune is one step in its transaction; full says that the database is too big.
func (s *Store) prune(ctx context.Context, t *Tx, r store.Retention, full bool) (out store.Pruned, err error) {
	before := Nanos(r.Now.Add(-r.Age))
	var numbers []int64
	if r.Age > 0 {
		if numbers, err = t.endedBefore(ctx, before, r.Step); err != nil {
			return out, err
		}
	}
	if full && len(numbers) == 0 {
		if numbers, err = t.oldest(ctx, r.Step); err != nil {
			return out, err
		}
	}
	if len(numbers) > 0 {
		e := s.erasing(t)
		list, err := e.lock(ctx, numbers)
		if err == nil {
			err = e.take(ctx, list)
		}
		if err == nil {
			_, err = e.finish(ctx)
		}
		if err != nil {
			return out, err
		}
		out.Sessions, out.Observations = int64(len(list)), e.observations
	}
	if r.Age <= 0 {
		before = unknownTime
	}
	out.Changes, err = t.pruneChanges(ctx, before, Nanos(r.Now.Add(-forgottenKept)))
	return out, err
}

// endedBefore gives the sessions that ended before a time, as far as is known,
// the oldest first.
func (t *Tx) endedBefore(ctx context.Context, before int64, limit int) ([]int64, error) {
	return t.numbers(ctx, `SELECT n FROM sessions WHERE start_ts < $1
		AND CASE WHEN end_ts > $2 THEN end_ts WHEN start_ts > $2 THEN start_ts ELSE found END < $1
		ORDER BY start_ts, n LIMIT $3`, before, int64(unknownTime), limit)
}

// oldest gives the sessions that began first; those of which that is not known
// come last.
func (t *Tx) oldest(ctx context.Context, limit int) ([]int64, error) {
	list, err := t.numbers(ctx, `SELECT n FROM sessions WHERE start_ts > $1 ORDER BY start_ts, n LIMIT $2`, int64(unknownTime), limit)
	if err == nil && len(list) == 0 {
		list, err = t.numbers(ctx, `SELECT n FROM sessions ORDER BY n LIMIT $1`, limit)
	}
	return list, err
}

// numbers gives the numbers of rows that a query finds.
func (t *Tx) numbers(ctx context.Context, query string, args ...any) (list []int64, err error) {
	err = t.each(ctx, func(row scanner) error {
		var n int64
		err := row.Scan(&n)
		list = append(list, n)
		return err
	}, query, args...)
	return list, err
}

// pruneChanges deletes the oldest changes up to the first that is neither older
// than a time nor about something that is gone or has changed again: whoever is
// behind them has nothing to learn from them, and begins anew. What was
// forgotten before another time counts as gone.
func (t *Tx) pruneChanges(ctx context.Context, before, forgotten int64) (int64, error) {
	var last, n int64
	err := t.each(ctx, func(row scanner) error {
		var position, ts int64
		var stale bool
		if err := row.Scan(&position, &ts, &stale); err != nil {
			return err
		}
		if ts >= before && !stale {
			return errEnough
		}
		last = position
		n++
		return nil
	}, `SELECT c.position, c.ts, CASE WHEN c.kind = $2 THEN c.ts < $3 WHEN c.kind = $4 THEN x.position IS NULL ELSE s.n IS NULL OR s.position <> c.position END
		FROM changes c LEFT JOIN sessions s ON s.n = c.session LEFT JOIN conclusions x ON x.position = c.position
		ORDER BY c.position LIMIT $1`, changesStep, kindForgotten, forgotten, kindConclusion)
	if err != nil && !errors.Is(err, errEnough) {
		return 0, fmt.Errorf("looking for changes to delete: %w", err)
	}
	if n == 0 {
		return 0, nil
	}
	for _, query := range []string{`DELETE FROM conclusions WHERE position <= $1`, `DELETE FROM changes WHERE position <= $1`} {
		if _, err := t.exec(ctx, query, last); err != nil {
			return 0, fmt.Errorf("deleting changes: %w", err)
		}
	}
	if _, err := t.exec(ctx, `UPDATE counters SET value = $1 WHERE name = 'oldest' AND value < $1`, last); err != nil {
		return 0, fmt.Errorf("noting which changes are kept: %w", err)
	}
	return n, nil
}

var errEnough = errors.New("enough")

// bytesUsed gives how many bytes the database holds, without what is free in
// it; 0 where nobody asks. Where the engine cannot tell, it is the size on disk
// when it last grew or shrank, in proportion to the sessions there are now:
// deleted rows leave room that is used again and stays on disk.
func (s *Store) bytesUsed(ctx context.Context, asked int64) (used int64, err error) {
	if asked <= 0 {
		return 0, nil
	}
	if s.dialect.Used != "" {
		err := s.read(ctx, func(ctx context.Context, t *Tx) error { return t.row(ctx, s.dialect.Used).Scan(&used) })
		return used, err
	}
	size, err := s.dialect.Size(ctx, s.reader)
	if err != nil {
		return 0, err
	}
	err = s.write(ctx, func(ctx context.Context, t *Tx) error {
		var sessions, known, then int64
		err := t.row(ctx, `SELECT (SELECT COUNT(*) FROM sessions), COALESCE((SELECT value FROM counters WHERE name = 'size'), 0),
			COALESCE((SELECT value FROM counters WHERE name = 'size_sessions'), 0)`).Scan(&sessions, &known, &then)
		if err != nil {
			return err
		}
		if known == size && then > 0 {
			used = int64(float64(size) * float64(sessions) / float64(then))
			return nil
		}
		used = size
		for name, value := range map[string]int64{"size": size, "size_sessions": sessions} {
			_, err := t.exec(ctx, `INSERT INTO counters (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value`, name, value)
			if err != nil {
				return err
			}
		}
		return nil
	})
	return used, err
}
