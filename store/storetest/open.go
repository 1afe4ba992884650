// Package storetest holds every store to the contract of package store, and
// opens stores for the tests of others.
package storetest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"os"
	"path/filepath"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver, to take schemas away

	"gait/store"
	"gait/store/postgres"
	"gait/store/sqlite"
)

// PostgresDSN names the environment variable with the connection string of a
// PostgreSQL that tests may use. Each test takes a schema of its own there.
const PostgresDSN = "GAIT_TEST_POSTGRES"

// SQLite opens a fresh SQLite store that goes with the test.
func SQLite(t testing.TB) store.Store {
	t.Helper()
	return opened(t)(sqlite.Open(context.Background(), filepath.Join(t.TempDir(), "gait.db"), store.Options{}))
}

// Postgres opens a fresh store in a schema of its own that goes with the test.
// The test is skipped where there is no PostgreSQL for tests.
func Postgres(t testing.TB) store.Store {
	t.Helper()
	dsn, schema := Schema(t)
	return opened(t)(postgres.Open(context.Background(), dsn, store.Options{Schema: schema}))
}

// opened gives a function that closes a store with the test, or ends the test
// where it could not be opened.
func opened(t testing.TB) func(store.Store, error) store.Store {
	return func(s store.Store, err error) store.Store {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() {
			if err := s.Close(); err != nil {
				t.Errorf("closing the store: %v", err)
			}
		})
		return s
	}
}

// Schema gives the connection string of the PostgreSQL for tests, and the name
// of a schema that is dropped with the test. The test is skipped where there
// is none.
func Schema(t testing.TB) (dsn, schema string) {
	t.Helper()
	dsn = os.Getenv(PostgresDSN)
	if dsn == "" {
		t.Skipf("%s is not set: PostgreSQL is not tested", PostgresDSN)
	}
	var b [6]byte
	rand.Read(b[:])
	schema = "gait_test_" + hex.EncodeToString(b[:])
	t.Cleanup(func() {
		db, err := sql.Open("pgx", dsn)
		if err != nil {
			t.Error(err)
			return
		}
		defer db.Close()
		if _, err := db.Exec(`DROP SCHEMA IF EXISTS "` + schema + `" CASCADE`); err != nil {
			t.Errorf("dropping the schema of the test: %v", err)
		}
	})
	return dsn, schema
}

// SQLitePlace gives a fresh place for a SQLite store.
func SQLitePlace(t testing.TB) Place {
	path := filepath.Join(t.TempDir(), "gait.db")
	return func(o store.Options) (store.Store, error) {
		return sqlite.Open(context.Background(), path, o)
	}
}

// PostgresPlace gives a fresh place for a store in PostgreSQL. The test is
// skipped where there is none for tests.
func PostgresPlace(t testing.TB) Place {
	t.Helper()
	dsn, schema := Schema(t)
	return func(o store.Options) (store.Store, error) {
		o.Schema = schema
		return postgres.Open(context.Background(), dsn, o)
	}
}
