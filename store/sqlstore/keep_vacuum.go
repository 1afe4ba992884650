package sqlstore

import (
	"context"
	"database/sql"
	"fmt"
)

// Vacuum gives the space of what was deleted back.
func (s *Store) Vacuum(ctx context.Context) error {
	if s.options.ReadOnly {
		return errReadOnly
	}
	err := s.borrow(ctx, s.writers, s.writer, func(r Runner) error { return s.dialect.Vacuum(ctx, r) })
	if err != nil {
		return s.classify(ctx, fmt.Errorf("giving space back: %w", err))
	}
	return nil
}

// borrow calls f with a connection, to run statements outside of a transaction.
func (s *Store) borrow(ctx context.Context, kept *conns, pool *sql.DB, f func(Runner) error) error {
	if kept == nil {
		c, err := pool.Conn(ctx)
		if err != nil {
			return err
		}
		defer c.Close() // gives it back to the pool
		return f(c)
	}
	c, err := kept.take(ctx)
	if err != nil {
		return err
	}
	err = f(c.c)
	kept.give(c, err != nil)
	return err
}

// patiently is read for what takes long, or waits for others while it reads.
func (s *Store) patiently(ctx context.Context, f work) error {
	return s.read(ctx, func(ctx context.Context, t *Tx) error {
		if s.dialect.Patient != "" {
			if err := t.once(ctx, func(scanner) error { return nil }, s.dialect.Patient); err != nil {
				return err
			}
		}
		return f(ctx, t)
	})
}
