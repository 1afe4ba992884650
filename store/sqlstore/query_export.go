package sqlstore

import (
	"context"
	"errors"
	"fmt"

	"gait"
	"gait/store"
)

var errViewLost = fmt.Errorf("%w: the connection was lost, and with it the view that was being read", store.ErrLater)

// Export calls f with every stored observation, session by session in the order
// in which the sessions were found, those of one in the order of their names.
func (s *Store) Export(ctx context.Context, f func(*gait.Observation) error) error {
	begun := false
	var stopped error // by f
	err := s.patiently(ctx, func(ctx context.Context, t *Tx) error {
		if begun {
			return errViewLost // another view could tell things twice
		}
		for after := int64(0); ; {
			list, err := t.exported(ctx, after)
			if err != nil || len(list) == 0 {
				return err
			}
			after = list[len(list)-1].n
			all, err := t.load(ctx, list)
			if err != nil {
				return err
			}
			begun = true
			for _, observations := range all {
				for i := range observations {
					if stopped = f(&observations[i]); stopped != nil {
						return nil
					}
				}
			}
		}
	})
	if stopped != nil {
		return stopped
	}
	if err != nil && !errors.Is(err, context.Canceled) {
		err = fmt.Errorf("reading all observations: %w", err)
	}
	return err
}

// exported gives the next sessions that have observations.
func (t *Tx) exported(ctx context.Context, after int64) (list []sessionRow, err error) {
	err = t.each(ctx, func(row scanner) error {
		r, err := readSession(row)
		list = append(list, r)
		return err
	}, `SELECT `+sessionColumns+` FROM `+sessionTables+` WHERE s.n > $1 AND s.observations > 0 ORDER BY s.n LIMIT $2`, after, mostLoaded)
	return list, err
}
