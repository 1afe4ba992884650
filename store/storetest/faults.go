package storetest

import (
	"context"
	"database/sql/driver"
	"errors"
	"io"
	"strings"
	"sync"
)

// errFault is what a fault gives that is no lost connection.
var errFault = errors.New("a fault that was asked for")

// faults lets one operation on the connections of a driver fail. It counts
// statements prepared and run, begins, commits, and rollbacks.
type faults struct {
	mu    sync.Mutex
	left  int   // operations until the fault; 0 for none
	err   error // what it gives
	after bool  // the operation takes effect all the same
	done  bool  // it came
	only  func(what string) bool
}

// arm asks for a fault at the n-th operation from here.
func (f *faults) arm(n int, err error, after bool, only func(string) bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.left, f.err, f.after, f.only, f.done = n, err, after, only, false
}

// came says whether the fault came, and asks for no more.
func (f *faults) came() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.left = 0
	return f.done
}

// around does an operation, or lets it fail.
func (f *faults) around(what string, operation func() error) error {
	f.mu.Lock()
	hit := false
	if f.left > 0 && (f.only == nil || f.only(what)) {
		f.left--
		hit = f.left == 0
	}
	err, after := f.err, f.after
	f.done = f.done || hit
	f.mu.Unlock()
	if !hit {
		return operation()
	}
	if after {
		operation() // its own error is of no interest
	}
	return err
}

// ending says whether a statement ends a transaction.
func ending(what string) bool {
	what = strings.ToUpper(what)
	return strings.HasPrefix(what, "COMMIT")
}

// faultyDriver opens connections of another driver with faults.
type faultyDriver struct {
	driver.Driver
	f *faults
}

// Open opens a connection.
func (d faultyDriver) Open(name string) (driver.Conn, error) {
	c, err := d.Driver.Open(name)
	if err != nil {
		return nil, err
	}
	return faultyConn{c, d.f}, nil
}

// faultyConnector opens connections of another connector with faults.
type faultyConnector struct {
	driver.Connector
	f *faults
}

// Connect opens a connection.
func (c faultyConnector) Connect(ctx context.Context) (driver.Conn, error) {
	inner, err := c.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return faultyConn{inner, c.f}, nil
}

type faultyConn struct {
	driver.Conn
	f *faults
}

// PrepareContext prepares a statement.
func (c faultyConn) PrepareContext(ctx context.Context, query string) (s driver.Stmt, err error) {
	err = c.f.around("prepare", func() (err error) {
		s, err = c.Conn.(driver.ConnPrepareContext).PrepareContext(ctx, query)
		return err
	})
	if err != nil {
		return nil, err
	}
	return faultyStmt{s, c.f, query}, nil
}

// BeginTx begins a transaction.
func (c faultyConn) BeginTx(ctx context.Context, opts driver.TxOptions) (tx driver.Tx, err error) {
	err = c.f.around("BEGIN", func() (err error) {
		tx, err = c.Conn.(driver.ConnBeginTx).BeginTx(ctx, opts)
		return err
	})
	if err != nil {
		if tx != nil {
			tx.Rollback() // as if the connection had ended
		}
		return nil, err
	}
	return faultyTx{tx, c.f}, nil
}

// ExecContext runs a statement.
func (c faultyConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (r driver.Result, err error) {
	e, ok := c.Conn.(driver.ExecerContext)
	if !ok {
		return nil, driver.ErrSkip
	}
	err = c.f.around(query, func() (err error) { r, err = e.ExecContext(ctx, query, args); return err })
	return r, err
}

// QueryContext runs a statement that gives rows.
func (c faultyConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (rows driver.Rows, err error) {
	q, ok := c.Conn.(driver.QueryerContext)
	if !ok {
		return nil, driver.ErrSkip
	}
	err = c.f.around(query, func() (err error) { rows, err = q.QueryContext(ctx, query, args); return err })
	if err != nil && rows != nil {
		rows.Close()
	}
	return rows, err
}

// CheckNamedValue lets the driver take its own kinds of arguments.
func (c faultyConn) CheckNamedValue(v *driver.NamedValue) error {
	if k, ok := c.Conn.(driver.NamedValueChecker); ok {
		return k.CheckNamedValue(v)
	}
	return driver.ErrSkip
}

// ResetSession is asked before a connection is used again.
func (c faultyConn) ResetSession(ctx context.Context) error {
	if r, ok := c.Conn.(driver.SessionResetter); ok {
		return r.ResetSession(ctx)
	}
	return nil
}

// IsValid says whether a connection can be used again.
func (c faultyConn) IsValid() bool {
	v, ok := c.Conn.(driver.Validator)
	return !ok || v.IsValid()
}

type faultyTx struct {
	driver.Tx
	f *faults
}

// Commit commits, or fails: then nothing took effect, or all of it.
func (t faultyTx) Commit() error {
	committed := false
	err := t.f.around("COMMIT", func() error { committed = true; return t.Tx.Commit() })
	if err != nil && !committed {
		t.Tx.Rollback() // the engine does so with what it did not commit
	}
	return err
}

// Rollback rolls back whatever happens.
func (t faultyTx) Rollback() error {
	tried := false
	err := t.f.around("ROLLBACK", func() error { tried = true; return t.Tx.Rollback() })
	if err != nil && !tried {
		t.Tx.Rollback()
	}
	return err
}

type faultyStmt struct {
	driver.Stmt
	f     *faults
	query string
}

// ExecContext runs the statement.
func (s faultyStmt) ExecContext(ctx context.Context, args []driver.NamedValue) (r driver.Result, err error) {
	err = s.f.around(s.query, func() (err error) { r, err = s.Stmt.(driver.StmtExecContext).ExecContext(ctx, args); return err })
	return r, err
}

// QueryContext runs the statement and gives its rows.
func (s faultyStmt) QueryContext(ctx context.Context, args []driver.NamedValue) (rows driver.Rows, err error) {
	err = s.f.around(s.query, func() (err error) {
		rows, err = s.Stmt.(driver.StmtQueryContext).QueryContext(ctx, args)
		return err
	})
	if err != nil {
		if rows != nil {
			rows.Close()
		}
		return nil, err
	}
	return faultyRows{rows, s.f}, nil
}

type faultyRows struct {
	driver.Rows
	f *faults
}

// Next reads a row.
func (r faultyRows) Next(dest []driver.Value) error {
	var end error
	err := r.f.around("next", func() error {
		err := r.Rows.Next(dest)
		if errors.Is(err, io.EOF) {
			end, err = err, nil
		}
		return err
	})
	if err != nil {
		return err
	}
	return end
}
