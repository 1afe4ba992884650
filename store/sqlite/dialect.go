package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"

	driver "modernc.org/sqlite"
	codes "modernc.org/sqlite/lib"

	"gait/store/sqlstore"
)

// dialect says what SQLite needs.
func dialect(path string) *sqlstore.Dialect {
	return &sqlstore.Dialect{
		Name: "sqlite",
		Words: map[string]string{
			"text": "TEXT", "blob": "BLOB", "serial": "INTEGER PRIMARY KEY AUTOINCREMENT", "norowid": " WITHOUT ROWID",
			"key":    "INTEGER PRIMARY KEY",
			"id_hex": "LOWER(HEX(o.id))",
		},
		Readers:    readers,
		Checkpoint: `PRAGMA wal_checkpoint(PASSIVE)`,
		HasVersion: `SELECT COUNT(*) > 0 FROM sqlite_master WHERE name = 'goose_db_version'`,
		Later:      later,
		Again:      func(error) bool { return false }, // the driver has waited already
		Insert:     insert,
		Size:       func(context.Context, *sql.DB) (int64, error) { return size(path) },
		Used: `SELECT (p.page_count - f.freelist_count) * s.page_size
			FROM pragma_page_count() p, pragma_freelist_count() f, pragma_page_size() s`,
		Vacuum: vacuum,
		Damage: damage,
	}
}

// later says whether an error passes: locked, full, or the disk failed.
func later(err error) bool {
	var e *driver.Error
	if !errors.As(err, &e) {
		return false
	}
	switch e.Code() & 0xff {
	case codes.SQLITE_BUSY, codes.SQLITE_LOCKED, codes.SQLITE_FULL, codes.SQLITE_IOERR, codes.SQLITE_INTERRUPT,
		codes.SQLITE_NOMEM, codes.SQLITE_CANTOPEN, codes.SQLITE_PROTOCOL:
		return true
	}
	return false
}

// insert writes observations row by row: one statement for many rows is not
// faster. Anonymous placeholders are, since the driver does not look up names.
func insert(ctx context.Context, t *sqlstore.Tx, rows []sqlstore.Row) error {
	const query = `INSERT INTO observation
		(session, primitive, attacker, value, hashed, confidence, window_start, window_end, ts, rules, id)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	for i := range rows {
		r := &rows[i]
		_, err := t.Exec(ctx, query, r.Session, r.Primitive, r.Attacker, r.Value, r.Hashed, r.Confidence,
			r.Start, r.End, r.Time, r.Rules, r.ID[:])
		if err != nil {
			return fmt.Errorf("inserting observations: %w", err)
		}
	}
	return nil
}

// size is that of the file and what lies beside it.
func size(path string) (int64, error) {
	var n int64
	for _, name := range []string{path, path + "-wal"} {
		if info, err := os.Stat(name); err == nil {
			n += info.Size()
		} else if name == path {
			return 0, fmt.Errorf("size of the store: %w", err)
		}
	}
	return n, nil
}

func vacuum(ctx context.Context, db sqlstore.Runner) error {
	// Statistics are not made: with them SQLite would prepare statements anew for
	// other arguments, and what is asked here does not need them.
	for _, query := range []string{"VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"} {
		if _, err := db.ExecContext(ctx, query); err != nil {
			return fmt.Errorf("%s: %w", query, err)
		}
	}
	return nil
}

// damage asks SQLite to look through the whole file.
func damage(ctx context.Context, db sqlstore.Runner) ([]string, error) {
	rows, err := db.QueryContext(ctx, "PRAGMA integrity_check(100)")
	if err != nil {
		return nil, fmt.Errorf("looking for damage: %w", err)
	}
	defer rows.Close()
	var faults []string
	for rows.Next() {
		var line string
		if err := rows.Scan(&line); err != nil {
			return nil, fmt.Errorf("looking for damage: %w", err)
		}
		if line != "ok" {
			faults = append(faults, line)
		}
	}
	return faults, rows.Err()
}
