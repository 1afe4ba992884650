// Package postgres keeps the store in PostgreSQL (14 or newer), for several
// processes and machines at once.
//
// The connection string may name several hosts and target_session_attrs; it is
// read as libpq reads it. Without target_session_attrs a server that only
// reads is passed over, so that a failover is followed by itself.
//
// Commits are as durable as the server makes them: with synchronous_commit on,
// what was answered survives a crash of the server. With Options.Strict the
// connection asks for that whatever the server's default is.
package postgres

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"hash/fnv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"gait/store"
	"gait/store/sqlstore"
)

// connections is how many a process opens at most; one more listens.
const connections = 16

// Open opens the store in a database, makes the tables where they are not
// there, and brings their schema up to date, one process after the other.
func Open(ctx context.Context, dsn string, o store.Options) (store.Store, error) {
	return OpenConnector(ctx, dsn, o, func(c driver.Connector) driver.Connector { return c })
}

// OpenConnector opens a store over connections that wrap puts something around,
// such as what lets operations fail.
func OpenConnector(ctx context.Context, dsn string, o store.Options, wrap func(driver.Connector) driver.Connector) (store.Store, error) {
	config, err := configure(dsn, o)
	if err != nil {
		return nil, err
	}
	db := sql.OpenDB(wrap(stdlib.GetConnector(*config)))
	db.SetMaxOpenConns(connections)
	db.SetMaxIdleConns(connections)
	db.SetConnMaxIdleTime(5 * time.Minute)
	d := dialect(config)
	if err := prepare(ctx, config, d, o); err != nil {
		return nil, errors.Join(fmt.Errorf("opening the store in PostgreSQL: %w", err), db.Close())
	}
	s, err := sqlstore.New(ctx, sqlstore.Config{Writer: db, Reader: db, Dialect: d, Options: o})
	if err != nil {
		return nil, fmt.Errorf("opening the store in PostgreSQL: %w", err)
	}
	return s, nil
}

// settings are asked for where the connection string says nothing of them.
var settings = map[string]string{
	"application_name":                    "gait",
	"client_encoding":                     "UTF8",
	"statement_timeout":                   "60s",
	"lock_timeout":                        "20s",
	"idle_in_transaction_session_timeout": "600s",
}

// configure reads a connection string. Its error never holds the password.
func configure(dsn string, o store.Options) (*pgx.ConnConfig, error) {
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, errors.New("the connection string of PostgreSQL cannot be read: it looks like postgres://user@host:5432/name, or host=NAME dbname=NAME")
	}
	if config.ValidateConnect == nil && !o.ReadOnly {
		config.ValidateConnect = pgconn.ValidateConnectTargetSessionAttrsReadWrite
	}
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = 5 * time.Second
	}
	for name, value := range settings {
		if config.RuntimeParams[name] == "" {
			config.RuntimeParams[name] = value
		}
	}
	if o.Strict {
		config.RuntimeParams["synchronous_commit"] = "on"
	}
	if o.Schema != "" {
		config.RuntimeParams["search_path"] = pgx.Identifier{o.Schema}.Sanitize()
	}
	return config, nil
}

// prepare makes the schema and brings it up to date, on connections of its own:
// a change of the schema may take as long as it needs.
func prepare(ctx context.Context, config *pgx.ConnConfig, d *sqlstore.Dialect, o store.Options) error {
	config = config.Copy()
	config.RuntimeParams["statement_timeout"] = "0"
	db := stdlib.OpenDB(*config)
	defer db.Close()
	if o.Schema != "" && !o.ReadOnly && !o.Beside {
		if _, err := db.ExecContext(ctx, "CREATE SCHEMA IF NOT EXISTS "+pgx.Identifier{o.Schema}.Sanitize()); err != nil {
			return d.Classify(fmt.Errorf("making the schema %s: %w", o.Schema, err))
		}
	}
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockID(lockID(o.Schema)), lock.WithLockTimeout(1, 300))
	if err != nil {
		return fmt.Errorf("preparing the lock of the schema: %w", err)
	}
	return sqlstore.Migrate(ctx, sqlstore.Migration{
		DB: db, Dialect: d, Goose: goose.DialectPostgres, Options: o,
		Locked: []goose.ProviderOption{goose.WithSessionLocker(locker)},
	})
}

// lockID is the number of the advisory lock under which a schema is changed.
func lockID(schema string) int64 {
	h := fnv.New64a()
	h.Write([]byte("gait schema " + schema)) // never fails
	return int64(h.Sum64() >> 1)
}

// channel is where changes are told. A database may hold several stores, in
// schemas of their own; a name of PostgreSQL has at most 63 bytes.
func channel(config *pgx.ConnConfig) string {
	h := fnv.New64a()
	h.Write([]byte(config.RuntimeParams["search_path"])) // never fails
	return fmt.Sprintf("gait_%x", h.Sum64())
}
