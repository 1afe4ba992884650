package sqlstore

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
)

// mostStatements bounds what a connection keeps prepared: what is asked for
// beyond it is prepared each time.
const mostStatements = 256

// conns hands out connections that keep their statements prepared, for engines
// whose driver does not. There are at most as many as there are slots.
type conns struct {
	db    *sql.DB
	slots chan *conn // nil where none has been opened yet
	ended chan struct{}
}

// conn is a connection that one transaction has for itself.
type conn struct {
	c    *sql.Conn
	kept map[string]*sql.Stmt
}

func newConns(db *sql.DB, n int) *conns {
	p := &conns{db: db, slots: make(chan *conn, n), ended: make(chan struct{})}
	for range n {
		p.slots <- nil
	}
	return p
}

// take waits for a connection. It goes back with give.
func (p *conns) take(ctx context.Context) (*conn, error) {
	var c *conn
	select {
	case <-p.ended:
		return nil, errClosed
	default:
	}
	select {
	case c = <-p.slots:
	case <-p.ended:
		return nil, errClosed
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if c != nil {
		return c, nil
	}
	opened, err := p.db.Conn(ctx)
	if err != nil {
		p.slots <- nil
		return nil, err
	}
	return &conn{opened, map[string]*sql.Stmt{}}, nil
}

// give takes a connection back; one that may be broken is not used again.
func (p *conns) give(c *conn, broken bool) {
	if broken {
		c.drop()
		c = nil
	}
	p.slots <- c
}

// close waits for all connections and closes them.
func (p *conns) close() error {
	close(p.ended)
	var errs []error
	for range cap(p.slots) {
		if c := <-p.slots; c != nil {
			for _, s := range c.kept {
				errs = append(errs, s.Close())
			}
			errs = append(errs, c.c.Close())
		}
	}
	return errors.Join(errs...)
}

// drop closes the connection itself, and does not give it back to the pool. Its
// statements are closed before: with one of them open, SQLite would keep the
// connection, and the transaction on it.
func (c *conn) drop() {
	for _, s := range c.kept {
		s.Close() // what cannot be closed is as good as closed
	}
	c.c.Raw(func(any) error { return driver.ErrBadConn }) // gives back just that error
}

// prepared gives a statement that is kept; nil where no more are kept.
func (c *conn) prepared(ctx context.Context, query string) (*sql.Stmt, error) {
	if s := c.kept[query]; s != nil {
		return s, nil
	}
	if len(c.kept) >= mostStatements {
		return nil, nil
	}
	s, err := c.c.PrepareContext(ctx, query)
	if err != nil {
		return nil, err
	}
	c.kept[query] = s
	return s, nil
}
