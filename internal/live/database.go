package main

import (
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver
)

// database makes a database of its own on the PostgreSQL server, and gives its
// DSN and what takes it away again.
func (l *live) database() (dsn string, drop func(), err error) {
	u, err := url.Parse(l.postgres)
	if err != nil || u.Scheme == "" {
		return "", nil, errors.Join(errors.New("-postgres has to be a URL"), err)
	}
	db, err := sql.Open("pgx", l.postgres)
	if err != nil {
		return "", nil, err
	}
	name := fmt.Sprintf("gait_live_%d", time.Now().UnixNano())
	if _, err := db.ExecContext(l.ctx, "CREATE DATABASE "+name); err != nil {
		return "", nil, errors.Join(err, db.Close())
	}
	u.Path = "/" + name
	return u.String(), func() {
		if _, err := db.Exec("DROP DATABASE " + name + " WITH (FORCE)"); err != nil {
			fmt.Fprintln(os.Stderr, "live: take away the database:", err)
		}
		db.Close()
	}, nil
}
