package store

import "log/slog"

// Options say how a store is opened. The zero value opens it for all use.
type Options struct {
	// Compat makes a new store for the reference's reading. A store that is
	// there already must have been made the same way, else the error is
	// [ErrCompat].
	Compat bool
	// Beside opens a store that another process runs on: the data folder is
	// not locked, nothing is migrated, and whether it holds the reference's
	// reading is not asked. SQLite only; PostgreSQL never locks, but is not
	// migrated then either.
	Beside bool
	// ReadOnly refuses all writes. It implies Beside.
	ReadOnly bool
	// Strict makes every commit wait for the disk, so that not even a power
	// loss takes back what was answered. Without it a power loss may cost the
	// commits of the last moments on SQLite, never the file; a process that is
	// killed costs nothing either way.
	Strict bool
	// Schema is the PostgreSQL schema that holds the tables, made where it is
	// not there; empty for the one that the connection finds first.
	Schema string
	// Log is told what takes long or is done on the side, such as a migration
	// and where the copy before it lies. It may be nil.
	Log *slog.Logger
}
