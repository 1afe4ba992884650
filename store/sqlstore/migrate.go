package sqlstore

import (
	"bytes"
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"strings"

	"github.com/pressly/goose/v3"

	"gait/store"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

// Migration is a database whose schema is to be brought up to date.
type Migration struct {
	DB      *sql.DB
	Dialect *Dialect
	Goose   goose.Dialect
	// Locked holds options that make sure that only one process migrates.
	Locked  []goose.ProviderOption
	Options store.Options
	// Before is called before a schema that is there is changed, with its
	// number; an error stops the migration. It may be nil.
	Before func(ctx context.Context, from int64) error
}

// Migrate brings the schema up to date, or only looks at it where the options
// say so. A schema of a newer release is [store.ErrNewer].
//
// Steps only add (tables, columns with a default, indexes), so that the
// previous release goes on beside them; what is no longer used is dropped by
// the release after the next.
func Migrate(ctx context.Context, m Migration) error {
	files, err := fs.Sub(migrationFiles, "migrations")
	if err != nil {
		return err
	}
	options := append([]goose.ProviderOption{goose.WithDisableGlobalRegistry(true), goose.WithSlog(slog.New(slog.DiscardHandler))}, m.Locked...)
	provider, err := goose.NewProvider(m.Goose, m.DB, wordFS{files, m.Dialect.replacer()}, options...)
	if err != nil {
		return fmt.Errorf("preparing the schema: %w", err)
	}
	var newest int64
	for _, s := range provider.ListSources() {
		newest = max(newest, s.Version)
	}
	have, err := SchemaVersion(ctx, m.DB, m.Dialect)
	if err != nil {
		return m.Dialect.Classify(fmt.Errorf("reading the schema's number: %w", err))
	}
	switch {
	case have > newest:
		return fmt.Errorf("%w: its schema has number %d, this one knows up to %d", store.ErrNewer, have, newest)
	case have == newest:
		return nil
	case m.Options.Beside || m.Options.ReadOnly:
		if have == 0 {
			return fmt.Errorf("%w: nothing has been stored there yet", store.ErrNotFound)
		}
		return fmt.Errorf("the schema has number %d and must be brought to %d first: run gait db migrate", have, newest)
	}
	if have > 0 && m.Before != nil {
		if err := m.Before(ctx, have); err != nil {
			return fmt.Errorf("before changing the schema from number %d to %d: %w", have, newest, err)
		}
	}
	if _, err := provider.Up(ctx); err != nil {
		return m.Dialect.Classify(fmt.Errorf("changing the schema from number %d to %d: %w", have, newest, err))
	}
	return nil
}

// SchemaVersion gives the number of the schema that a database holds, 0 for
// none.
func SchemaVersion(ctx context.Context, db *sql.DB, d *Dialect) (int64, error) {
	var there bool
	if err := db.QueryRowContext(ctx, d.HasVersion).Scan(&there); err != nil || !there {
		return 0, err
	}
	var version int64
	err := db.QueryRowContext(ctx, `SELECT COALESCE(MAX(version_id), 0) FROM goose_db_version WHERE is_applied`).Scan(&version)
	return version, err
}

// replacer puts the dialect's words into migrations.
func (d *Dialect) replacer() *strings.Replacer {
	var pairs []string
	for name, word := range d.Words {
		pairs = append(pairs, "{{"+name+"}}", word)
	}
	return strings.NewReplacer(pairs...)
}

// wordFS is a folder of migrations with a dialect's words in them.
type wordFS struct {
	fs.FS
	words *strings.Replacer
}

// Open opens a file with the words put in; folders stay as they are.
func (w wordFS) Open(name string) (fs.File, error) {
	f, err := w.FS.Open(name)
	if err != nil {
		return nil, err
	}
	if info, err := f.Stat(); err != nil || info.IsDir() {
		return f, err
	}
	text, err := io.ReadAll(f)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	return wordFile{f, bytes.NewReader([]byte(w.words.Replace(string(text))))}, nil
}

// wordFile is a file that is read from memory.
type wordFile struct {
	fs.File
	text *bytes.Reader
}

// Read reads the text with the words put in.
func (f wordFile) Read(p []byte) (int, error) { return f.text.Read(p) }
