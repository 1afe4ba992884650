package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// Statement is one that is sent with others.
type Statement struct {
	Query string
	Args  []any
}

// mostSent bounds how many statements are sent together.
const mostSent = 256

// send runs a statement whose result nobody waits for. Where every statement
// costs a way to the server and back, several are sent together: at the latest
// before something else is asked of the transaction, and before its commit. An
// error may come that late.
func (t *Tx) send(ctx context.Context, query string, args ...any) error {
	if t.wire == nil {
		_, err := t.exec(ctx, query, args...)
		return err
	}
	t.sent = append(t.sent, Statement{query, args})
	if len(t.sent) >= mostSent {
		return t.flush(ctx)
	}
	return nil
}

// Send runs a statement whose result nobody waits for, for drivers.
func (t *Tx) Send(ctx context.Context, query string, args ...any) error {
	return t.send(ctx, query, args...)
}

// flush runs what was sent and waits for it.
func (t *Tx) flush(ctx context.Context) error {
	if len(t.sent) == 0 {
		return nil
	}
	list := t.sent
	t.sent = t.sent[:0]
	defer clear(list)
	var failed error
	err := t.wire.Raw(func(driver any) error {
		var ok bool
		if ok, failed = t.pipeline(ctx, driver, list); !ok {
			failed = errNoPipeline
		}
		return nil // the connection is judged by what it says next
	})
	if err != nil {
		return fmt.Errorf("sending statements: %w", err)
	}
	if !errors.Is(failed, errNoPipeline) {
		return failed
	}
	for _, s := range list {
		if _, err := t.on.ExecContext(ctx, s.Query, s.Args...); err != nil {
			return err
		}
	}
	return nil
}

// errNoPipeline says that the connection is none that statements can be sent on
// together.
var errNoPipeline = errors.New("no pipeline")

// wired does work in a transaction of a pool whose connections statements can
// be sent on together.
func (s *Store) wired(ctx context.Context, f func(t *Tx) error) error {
	c, err := s.writer.Conn(ctx)
	if err != nil {
		return err
	}
	defer c.Close() // gives it back to the pool
	tx, err := c.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // does nothing after a commit
	t := &Tx{on: tx}
	if s.dialect.Pipeline != nil {
		t.wire, t.pipeline = c, s.dialect.Pipeline
	}
	err = f(t)
	if err == nil {
		err = t.flush(ctx)
	}
	if err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	t.finish()
	return nil
}

// wire is the part of a connection that statements are sent on.
type wire interface {
	Raw(f func(driver any) error) error
}

var _ wire = (*sql.Conn)(nil)
