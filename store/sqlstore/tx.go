package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"gait/internal/fault"
	"gait/store"
)

// Tx is a transaction. Statements are kept prepared where that helps.
type Tx struct {
	on    Runner
	conn  *conn // nil where the driver keeps statements itself
	after []func()
	rings bool // others are told that something changed
	// What was sent and not waited for, on the connection that it goes over; nil
	// where every statement is run at once.
	wire     wire
	sent     []Statement
	pipeline func(ctx context.Context, driver any, list []Statement) (bool, error)
}

// Runner runs statements: a pool, a connection, or a transaction.
type Runner interface {
	// ExecContext runs a statement that gives no rows.
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	// QueryContext runs a statement that gives rows.
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	// QueryRowContext runs a statement that gives one row.
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// exec runs a statement.
func (t *Tx) exec(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if s, err := t.prepared(ctx, query); err != nil {
		return nil, err
	} else if s != nil {
		return s.ExecContext(ctx, args...)
	}
	return t.on.ExecContext(ctx, query, args...)
}

// query runs a statement that gives rows. They must be closed, or read to the
// end, before anything else is asked of the transaction.
func (t *Tx) query(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if s, err := t.prepared(ctx, query); err != nil {
		return nil, err
	} else if s != nil {
		return s.QueryContext(ctx, args...)
	}
	return t.on.QueryContext(ctx, query, args...)
}

// row runs a statement that gives one row.
func (t *Tx) row(ctx context.Context, query string, args ...any) scanner {
	if s, err := t.prepared(ctx, query); err != nil {
		return failedRow{err}
	} else if s != nil {
		return s.QueryRowContext(ctx, args...)
	}
	return t.on.QueryRowContext(ctx, query, args...)
}

// prepared gives the statement that is kept for a text, nil for none.
// It runs what was sent first.
func (t *Tx) prepared(ctx context.Context, query string) (*sql.Stmt, error) {
	if t.conn == nil {
		return nil, t.flush(ctx)
	}
	return t.conn.prepared(ctx, query)
}

// Exec runs a statement, for drivers.
func (t *Tx) Exec(ctx context.Context, query string, args ...any) (sql.Result, error) {
	return t.exec(ctx, query, args...)
}

// scanner is a row that can be read.
type scanner interface{ Scan(dest ...any) error }

type failedRow struct{ err error }

// Scan gives the error that kept the row from being asked for.
func (r failedRow) Scan(...any) error { return r.err }

// each calls f with all rows of a query.
func (t *Tx) each(ctx context.Context, f func(row scanner) error, query string, args ...any) error {
	rows, err := t.query(ctx, query, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		if err := f(rows); err != nil {
			return err
		}
	}
	return rows.Err()
}

// changed tells those who watch, once the transaction is committed.
func (t *Tx) changed() { t.rings = true }

// committed asks for f to be called once the transaction is committed.
func (t *Tx) committed(f func()) { t.after = append(t.after, f) }

// work is what is done in a transaction. The context is the one that the
// transaction lives by, not that of the caller.
type work func(ctx context.Context, t *Tx) error

// read runs f in a transaction that sees one consistent view and writes
// nothing. Errors that pass wrap [store.ErrLater].
func (s *Store) read(ctx context.Context, f work) error {
	return s.again(ctx, func() error {
		if s.readers != nil {
			return s.readers.run(ctx, "BEGIN", func(t *Tx) error { return f(ctx, t) })
		}
		tx, err := s.reader.BeginTx(ctx, s.dialect.Snapshot)
		if err != nil {
			return err
		}
		defer tx.Rollback() // nothing was written
		return f(ctx, &Tx{on: tx})
	})
}

// write runs f in a transaction that is committed when f gives nil, and rolled
// back else. Where it cannot be told whether the commit took effect, f runs
// again: whatever it does must come to the same when it is done twice. On an
// engine with one writer, f shares the transaction with others that wait; when
// the context ends before f has begun, it never runs. Errors that pass wrap
// [store.ErrLater].
func (s *Store) write(ctx context.Context, f work) error {
	if s.options.ReadOnly {
		return errReadOnly
	}
	if s.queue != nil {
		return s.queue.do(ctx, f)
	}
	return s.again(ctx, func() error { return s.commit(ctx, []work{f}) })
}

// writeLater is write for what nobody waits for: on an engine with one writer
// it gives way to everything else.
func (s *Store) writeLater(ctx context.Context, f work) error {
	if s.queue == nil || s.options.ReadOnly {
		return s.write(ctx, f)
	}
	return s.queue.later(ctx, f)
}

var errReadOnly = errors.New("the store was opened for reading only")

// mostRuns is how often a transaction is run that the engine breaks off.
const mostRuns = 5

// again runs f until it ends in something other than a conflict with another
// transaction or a lost connection, a few times at most.
func (s *Store) again(ctx context.Context, f func() error) error {
	for n := 1; ; n++ {
		err := f()
		if err == nil || n == mostRuns || ctx.Err() != nil || !s.dialect.again(err) {
			return s.classify(ctx, err)
		}
		select {
		case <-time.After(time.Duration(n*n) * 5 * time.Millisecond):
		case <-ctx.Done():
		}
	}
}

// commit does works in one transaction. A fault in one of them is an error, and
// takes the transaction back: the writer serves all.
func (s *Store) commit(ctx context.Context, list []work) (err error) {
	defer func() {
		if x := recover(); x != nil {
			err = errors.New("a fault in the store: " + fault.Text(x))
		}
	}()
	all := func(t *Tx) error {
		for _, f := range list {
			if err := f(ctx, t); err != nil {
				return err
			}
		}
		if t.rings && s.dialect.Notify != nil {
			if err := s.dialect.Notify(ctx, t); err != nil {
				return fmt.Errorf("telling others of a change: %w", err)
			}
		}
		t.committed(func() {
			if t.rings {
				s.bell.ring()
			}
		})
		return nil
	}
	if s.writers != nil {
		err := s.writers.run(ctx, "BEGIN IMMEDIATE", all)
		if s.checkpoints != nil {
			s.checkpoints.commits.Add(1)
		}
		return err
	}
	return s.wired(ctx, all)
}

func (t *Tx) finish() {
	for _, f := range t.after {
		f()
	}
}

// run does work in a transaction of a connection of its own. The transaction is
// ended whatever happens; a connection on which that fails is closed, which
// ends it too.
func (p *conns) run(ctx context.Context, begin string, f func(t *Tx) error) error {
	c, err := p.take(ctx)
	if err != nil {
		return err
	}
	broken := true
	defer func() { p.give(c, broken) }()
	t := &Tx{on: c.c, conn: c}
	if _, err := t.exec(ctx, begin); err != nil {
		return err
	}
	if err := f(t); err != nil {
		_, failed := t.exec(context.WithoutCancel(ctx), "ROLLBACK")
		broken = failed != nil || ctx.Err() != nil
		return err
	}
	if _, err := t.exec(ctx, "COMMIT"); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	broken = false
	t.finish()
	return nil
}

// classify gives an error as callers see it: that of the context where it has
// ended, [store.ErrLater] around what passes, [store.ErrNotFound] for no row.
func (s *Store) classify(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if cause := ctx.Err(); cause != nil && !errors.Is(err, cause) {
		return fmt.Errorf("%w: %w", cause, err)
	}
	return s.dialect.Classify(err)
}

// Classify gives an error of the engine as callers see it.
func (d *Dialect) Classify(err error) error {
	switch {
	case err == nil || errors.Is(err, store.ErrLater) || errors.Is(err, store.ErrNotFound):
		return err
	case errors.Is(err, sql.ErrNoRows):
		return store.ErrNotFound
	case cutOff(err) || d.Later(err):
		return fmt.Errorf("%w: %w", store.ErrLater, err)
	}
	return err
}
