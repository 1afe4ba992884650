package sqlstore

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"gait/store"
)

// Announced marks revisions as announced.
func (s *Store) Announced(ctx context.Context, done []store.Revision) error {
	done = slices.Clone(done)
	slices.SortFunc(done, func(a, b store.Revision) int { return cmp.Compare(a.Ref, b.Ref) })
	err := s.write(ctx, func(ctx context.Context, t *Tx) error {
		for _, r := range done {
			err := t.send(ctx, `UPDATE sessions SET announced = TRUE WHERE ref = $1 AND revision = $2 AND NOT announced`, Escape(r.Ref), Escape(r.Revision))
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("marking as announced: %w", err)
	}
	return nil
}

// mostAnnounced bounds what one call gives.
const mostAnnounced = 1000

// Unannounced gives sessions whose present revision has not been announced.
func (s *Store) Unannounced(ctx context.Context, limit int) (list []store.Announcement, err error) {
	if limit <= 0 || limit > mostAnnounced {
		limit = mostAnnounced
	}
	err = s.read(ctx, func(ctx context.Context, t *Tx) error {
		list = nil
		var rows []sessionRow
		err := t.each(ctx, func(row scanner) error {
			r, err := readSession(row)
			rows = append(rows, r)
			return err
		}, `SELECT `+sessionColumns+` FROM `+sessionTables+` WHERE s.position > 0 AND NOT s.announced ORDER BY s.position LIMIT $1`, limit)
		if err != nil {
			return err
		}
		for part := range slices.Chunk(rows, mostLoaded) {
			all, err := t.load(ctx, part)
			if err != nil {
				return err
			}
			for i, r := range part {
				list = append(list, store.Announcement{Session: r.Session, Position: r.position, Observations: all[i]})
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading what is unannounced: %w", err)
	}
	return list, nil
}
