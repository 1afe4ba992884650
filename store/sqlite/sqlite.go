// Package sqlite keeps the store in one SQLite file.
//
// The file is written by one process at a time, which holds a lock beside it;
// others may open it beside that one, to read or for a write now and then. It
// is in WAL mode: readers and the writer do not wait for each other.
//
// # What survives
//
// What was answered without an error survives the end of the process in any
// form. A loss of power, or a crash of the system, may take back the commits
// since the last checkpoint (seconds, or a few megabytes of the log), never more, and never
// damages the file: what is lost so is found again by the sweep, since the
// recordings are still there. With Options.Strict every commit waits for the
// disk, and nothing is lost then either.
//
// The file must lie on a local file system: locks and shared memory, on which
// SQLite's safety rests, do not work on NFS, SMB and 9p.
package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"

	"github.com/pressly/goose/v3"
	_ "modernc.org/sqlite" // the driver

	"gait/store"
	"gait/store/sqlstore"
)

// readers is how many transactions read at once.
const readers = 6

// Open opens the store in a file, makes it where it is not there, and brings
// its schema up to date. Before a schema is changed the file is copied; see
// [Backups]. The folder must be there.
func Open(ctx context.Context, path string, o store.Options) (store.Store, error) {
	return OpenDriver(ctx, "sqlite", path, o)
}

// OpenDriver opens a store over another driver that is registered with
// database/sql, such as one that lets operations of SQLite's fail.
func OpenDriver(ctx context.Context, driver, path string, o store.Options) (store.Store, error) {
	s, err := opener{driver}.open(ctx, path, o)
	if err != nil {
		return nil, err
	}
	return s, nil
}

// opener opens stores over a driver of database/sql.
type opener struct{ driver string }

func (p opener) open(ctx context.Context, path string, o store.Options) (*sqlstore.Store, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("opening the store: %w", err)
	}
	if err := local(filepath.Dir(path)); err != nil {
		return nil, fmt.Errorf("opening the store %s: %w", path, err)
	}
	o.Beside = o.Beside || o.ReadOnly
	release := func() error { return nil }
	if o.Beside {
		if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
			return nil, fmt.Errorf("opening the store %s: %w: the file is not there", path, store.ErrNotFound)
		}
	} else {
		if release, err = lock(path); err != nil {
			return nil, err
		}
		if err := create(path); err != nil {
			return nil, errors.Join(fmt.Errorf("making the store: %w", err), release())
		}
	}
	writer, err := p.pool(path, o, 1)
	if err != nil {
		return nil, errors.Join(err, release())
	}
	d := dialect(path)
	err = sqlstore.Migrate(ctx, sqlstore.Migration{
		DB: writer, Dialect: d, Goose: goose.DialectSQLite3, Options: o,
		Before: func(ctx context.Context, from int64) error { return backUp(ctx, writer, o, copyOf(path, from)) },
	})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("opening the store %s: %w", path, err), writer.Close(), release())
	}
	only := o
	only.ReadOnly = true
	reader, err := p.pool(path, only, readers)
	if err != nil {
		return nil, errors.Join(err, writer.Close(), release())
	}
	s, err := sqlstore.New(ctx, sqlstore.Config{Writer: writer, Reader: reader, Dialect: d, Options: o, Release: release})
	if err != nil {
		return nil, fmt.Errorf("opening the store %s: %w", path, err)
	}
	return s, nil
}

// pool opens connections to the file; none is made yet.
func (p opener) pool(path string, o store.Options, n int) (*sql.DB, error) {
	pragmas := []string{
		"busy_timeout(5000)", "journal_mode(WAL)", "foreign_keys(1)", "trusted_schema(0)",
		"wal_autocheckpoint(8000)", "journal_size_limit(16777216)", "temp_store(2)",
	}
	if o.Strict {
		pragmas = append(pragmas, "synchronous(FULL)")
	} else {
		pragmas = append(pragmas, "synchronous(NORMAL)")
	}
	if o.ReadOnly {
		pragmas = append(pragmas, "query_only(1)", "cache_size(-4096)")
	} else {
		pragmas = append(pragmas, "cache_size(-32768)")
	}
	query := url.Values{"_pragma": pragmas, "_dqs": {"0"}, "_defensive": {"1"}}
	if !o.ReadOnly {
		query.Set("_txlock", "immediate")
	}
	dsn := (&url.URL{Scheme: "file", Path: path, RawQuery: query.Encode()}).String()
	db, err := sql.Open(p.driver, dsn)
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", path, err)
	}
	// One more than transactions hold on to: for upkeep outside of them.
	db.SetMaxOpenConns(n + 1)
	db.SetMaxIdleConns(n + 1)
	return db, nil
}

// create makes an empty file that only its owner reads, where there is none.
func create(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}
