// Package sqlstore is the store over database/sql: the SQL, the schema and the
// transactions that store/sqlite and store/postgres share.
//
// All SQL runs on both engines as it stands: placeholders are $1, $2, ...;
// numbers are BIGINT, times nanoseconds since 1970 (see [Nanos]), lists are
// spelled out with [Marks]. What differs is a [Dialect].
//
// Text that comes from outside goes into a column only through [Escape], and
// comes back through [Unescape]: one engine would refuse, the other mangle,
// what is no valid UTF-8.
//
// # Transactions
//
// A method reads through [Store.read] and writes through [Store.write]. Both
// hand out a [Tx]; the function that they are given may run more than once, so
// it sets what it returns anew each time, and leaves nothing behind elsewhere.
// Rows are locked in one order by all writers, so that they cannot wait for
// each other in a circle: sessions by reference, then attackers by address,
// then the row of the change log's counter, last of all.
package sqlstore

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"sync"

	"gait/store"
)

// Config is what a driver opens a store with.
type Config struct {
	// Writer is the pool for writes; on an engine with one writer it holds one
	// connection. Reader is the pool for reads; it may be the same.
	Writer, Reader *sql.DB
	Dialect        *Dialect
	Options        store.Options
	// Release gives back what the driver holds besides, such as a lock. It is
	// called once, after the pools have been closed. It may be nil.
	Release func() error
}

// Store is the store of both engines.
type Store struct {
	writer, reader *sql.DB
	dialect        *Dialect
	options        store.Options
	log            *slog.Logger
	id             string
	compat         bool
	words          *words
	queue          *queue // nil where every write has its own transaction
	bell           *bell
	checkpoints    *checkpoints // nil where the engine needs none
	writers        *conns       // nil where the driver keeps statements itself
	readers        *conns
	release        func() error
	closing        sync.Once
	closed         error
}

// New gives the store of two open pools whose schema is in place; see
// [Migrate]. It takes over everything in the configuration, also when it fails.
func New(ctx context.Context, c Config) (*Store, error) {
	s := &Store{
		writer: c.Writer, reader: c.Reader, dialect: c.Dialect, options: c.Options,
		log: c.Options.Log, release: c.Release,
	}
	if n := c.Dialect.Readers; n > 0 {
		s.writers, s.readers = newConns(c.Writer, 1), newConns(c.Reader, n)
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	s.words = newWords(s)
	if c.Dialect.Readers > 0 {
		s.queue = newQueue(s)
	}
	if c.Dialect.Checkpoint != "" && !s.options.ReadOnly && !s.options.Beside {
		s.checkpoints = newCheckpoints(s)
	}
	s.bell = newBell(s)
	err := s.identify(ctx)
	if err == nil {
		err = s.words.load(ctx)
	}
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// identify reads the store's name and reading, and gives a new store both.
func (s *Store) identify(ctx context.Context) error {
	if !s.options.ReadOnly && !s.options.Beside {
		if err := s.name(ctx); err != nil {
			return err
		}
	}
	var compat string
	err := s.read(ctx, func(ctx context.Context, t *Tx) error {
		return t.row(ctx, `SELECT (SELECT value FROM meta WHERE name = 'id'), (SELECT value FROM meta WHERE name = 'compat')`).Scan(&s.id, &compat)
	})
	if err != nil {
		return fmt.Errorf("reading the store's name: %w", err)
	}
	s.compat = compat == "true"
	if s.compat != s.options.Compat && !s.options.ReadOnly && !s.options.Beside {
		return fmt.Errorf("%w: made with --compat: %t, opened with --compat: %t", store.ErrCompat, s.compat, s.options.Compat)
	}
	return nil
}

// name gives the store a name and a reading where it has none.
func (s *Store) name(ctx context.Context) error {
	id := randomName()
	err := s.write(ctx, func(ctx context.Context, t *Tx) error {
		const insert = `INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING`
		if _, err := t.exec(ctx, insert, "id", id); err != nil {
			return err
		}
		_, err := t.exec(ctx, insert, "compat", fmt.Sprint(s.options.Compat))
		return err
	})
	if err != nil {
		return fmt.Errorf("naming the store: %w", err)
	}
	return nil
}

// ID is the random name that the store got when it was made.
func (s *Store) ID() string { return s.id }

// Compat says whether the store holds the reference's reading.
func (s *Store) Compat() bool { return s.compat }

// Ping says whether the store can be read and written now.
func (s *Store) Ping(ctx context.Context) error {
	if s.options.ReadOnly {
		return s.read(ctx, func(ctx context.Context, t *Tx) error {
			var n int64
			return t.row(ctx, `SELECT value FROM counters WHERE name = 'changes'`).Scan(&n)
		})
	}
	return s.write(ctx, func(ctx context.Context, t *Tx) error {
		_, err := t.exec(ctx, `UPDATE counters SET value = value WHERE name = 'words'`)
		return err
	})
}

// Close ends all use. It waits for what is under way.
func (s *Store) Close() error {
	s.closing.Do(func() {
		s.bell.stop()
		if s.queue != nil {
			s.queue.stop()
		}
		if s.checkpoints != nil {
			s.checkpoints.stop()
		}
		var errs []error
		if s.readers != nil {
			errs = append(errs, s.readers.close(), s.writers.close())
		}
		if s.reader != s.writer {
			errs = append(errs, s.reader.Close())
		}
		errs = append(errs, s.writer.Close())
		if s.release != nil {
			errs = append(errs, s.release())
		}
		s.closed = errors.Join(errs...)
	})
	return s.closed
}
