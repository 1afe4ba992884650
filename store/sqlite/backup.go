package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"gait/store"
)

// Backup is a copy of the store that was made before its schema was changed.
type Backup struct {
	Path   string
	Schema int64 // number of the schema in it
	Time   time.Time
	Size   int64
}

const backupTime = "20060102T150405Z"

var backupName = regexp.MustCompile(`^\.schema-([0-9]{1,9})\.([0-9]{8}T[0-9]{6}Z)\.bak$`)

// copyOf names the copy of a file with a schema.
func copyOf(path string, schema int64) string {
	return fmt.Sprintf("%s.schema-%d.%s.bak", path, schema, time.Now().UTC().Format(backupTime))
}

// backUp copies the whole database to a file. It is there whole or not at all.
func backUp(ctx context.Context, db *sql.DB, o store.Options, to string) error {
	part := to + ".part"
	if err := os.Remove(part); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("copying the store: %w", err)
	}
	if _, err := db.ExecContext(ctx, "VACUUM INTO ?", part); err != nil {
		os.Remove(part) // what there is of it is of no use
		return fmt.Errorf("copying the store to %s: %w", part, err)
	}
	if err := os.Chmod(part, 0o600); err != nil {
		return fmt.Errorf("copying the store: %w", err)
	}
	if err := settle(part, to); err != nil {
		return fmt.Errorf("copying the store: %w", err)
	}
	if o.Log != nil {
		o.Log.Info("store copied before its schema is changed", "copy", to)
	}
	return nil
}

// Copy copies a store to a file that must not be there yet, also while a
// process runs on it. The copy is whole, and of one moment.
func Copy(ctx context.Context, path, to string) (err error) {
	if _, err := os.Stat(path); err != nil {
		return fmt.Errorf("copying the store: %w", err)
	}
	if _, err := os.Lstat(to); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("copying the store to %s: %w", to, errors.Join(fs.ErrExist, err))
	}
	if path, err = filepath.Abs(path); err != nil {
		return fmt.Errorf("copying the store: %w", err)
	}
	db, err := opener{driver: "sqlite"}.pool(path, store.Options{}, 1)
	if err != nil {
		return err
	}
	return errors.Join(backUp(ctx, db, store.Options{}, to), db.Close())
}

// settle puts a file that was written under its name, and on the disk.
func settle(part, name string) error {
	f, err := os.OpenFile(part, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(part, name); err != nil {
		return err
	}
	return syncDir(filepath.Dir(name))
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Backups lists the copies of a store, the newest first.
func Backups(path string) ([]Backup, error) {
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		return nil, fmt.Errorf("copies of the store: %w", err)
	}
	var list []Backup
	for _, e := range entries {
		rest, ours := strings.CutPrefix(e.Name(), filepath.Base(path))
		m := backupName.FindStringSubmatch(rest)
		if !ours || m == nil || !e.Type().IsRegular() {
			continue
		}
		info, err := e.Info()
		if err != nil {
			return nil, fmt.Errorf("copies of the store: %w", err)
		}
		schema, _ := strconv.ParseInt(m[1], 10, 64) // digits, and few
		at, err := time.Parse(backupTime, m[2])
		if err != nil {
			continue
		}
		list = append(list, Backup{filepath.Join(filepath.Dir(path), e.Name()), schema, at, info.Size()})
	}
	slices.SortFunc(list, func(a, b Backup) int { return b.Time.Compare(a.Time) })
	return list, nil
}

// Restore puts a copy in the place of a store that no process uses. What was
// there is kept beside it; its path is given, empty where there was nothing.
func Restore(ctx context.Context, path, backup string) (kept string, err error) {
	path, err = filepath.Abs(path)
	if err != nil {
		return "", fmt.Errorf("restoring the store: %w", err)
	}
	release, err := lock(path)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, release()) }()
	part := path + ".restore.part"
	if err := copyFile(backup, part); err != nil {
		return "", fmt.Errorf("restoring %s: %w", backup, err)
	}
	if err := sound(ctx, part); err != nil {
		os.Remove(part) // it is of no use
		return "", fmt.Errorf("restoring %s: %w", backup, err)
	}
	if kept, err = putAside(ctx, path); err != nil {
		return "", fmt.Errorf("keeping what was in %s: %w", path, err)
	}
	if err := settle(part, path); err != nil {
		return kept, fmt.Errorf("restoring %s: %w", backup, err)
	}
	return kept, nil
}

func copyFile(from, to string) error {
	in, err := os.Open(from)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := os.OpenFile(to, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Close())
}

// sound refuses a file that is no whole store.
func sound(ctx context.Context, path string) error {
	db, err := opener{driver: "sqlite"}.pool(path, store.Options{ReadOnly: true}, 1)
	if err != nil {
		return err
	}
	defer db.Close()
	faults, err := damage(ctx, db)
	if err != nil {
		return err
	}
	if len(faults) > 0 {
		return fmt.Errorf("the copy is damaged: %s", faults[0])
	}
	var n int
	if err := db.QueryRowContext(ctx, `SELECT COUNT(*) FROM meta WHERE name = 'id'`).Scan(&n); err != nil || n != 1 {
		return errors.Join(errors.New("it is no store of gait"), err)
	}
	return nil
}

// putAside keeps a database under another name. The log beside it goes away
// first: SQLite would apply it to whatever lies under the name next.
func putAside(ctx context.Context, path string) (string, error) {
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return "", nil
	} else if err != nil {
		return "", err
	}
	if db, err := (opener{driver: "sqlite"}).pool(path, store.Options{}, 1); err == nil {
		// Brings the log into the file; one that is damaged is kept as it is.
		db.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)")
		db.Close()
	}
	kept := path + ".replaced." + time.Now().UTC().Format(backupTime)
	if err := copyFile(path, kept); err != nil {
		return "", err
	}
	if err := os.Rename(path+"-wal", kept+"-wal"); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	if err := os.Remove(path + "-shm"); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	return kept, nil
}
