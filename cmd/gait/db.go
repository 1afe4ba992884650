package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gait"
	"gait/store"
	"gait/store/postgres"
	"gait/store/sqlite"
)

// dbCmd is about the database.
type dbCmd struct {
	Status  dbStatusCmd  `cmd:"" default:"withargs" help:"Say what is in it, by state and by primitive."`
	Migrate dbMigrateCmd `cmd:"" help:"Bring it to the schema of this release; gait run does so by itself. SQLite is copied before."`
	Check   dbCheckCmd   `cmd:"" help:"Look for damage, and for rows that contradict each other."`
	Assess  dbAssessCmd  `cmd:"" help:"Draw all conclusions about attackers anew; also while the system runs."`
	Vacuum  dbVacuumCmd  `cmd:"" help:"Give room back to the disk."`
	Export  dbExportCmd  `cmd:"" help:"Print every stored observation; also while the system runs."`
	Backup  dbBackupCmd  `cmd:"" help:"Copy a SQLite database to a file; also while the system runs."`
	Restore dbRestoreCmd `cmd:"" help:"List the copies of a SQLite database, or put one in its place."`
}

// dbFlags say which database is meant.
type dbFlags struct {
	dataFlags
	storeFlags
}

// with opens the database, lets f use it and closes it.
func (d *dbFlags) with(ctx context.Context, opt store.Options, f func(store.Store) error) error {
	db, err := d.storeFlags.open(ctx, d.Data, opt)
	if err != nil {
		return err
	}
	return errors.Join(f(db), db.Close())
}

// dbStatusCmd says what is in the database.
type dbStatusCmd struct {
	dbFlags
	Output string `short:"o" enum:"table,json" default:"table" help:"Form: table to read, or json."`
}

// Run prints it.
func (d *dbStatusCmd) Run(ctx context.Context, c *console) error {
	return d.with(ctx, store.Options{ReadOnly: true}, func(db store.Store) error {
		s, err := db.Stats(ctx)
		if err != nil {
			return err
		}
		if d.Output == "json" {
			return json.NewEncoder(c.out).Encode(statusJSON(&s))
		}
		w := bufio.NewWriter(c.out)
		line := func(name, text string) { fmt.Fprintf(w, "%s%s\n", pad(name, 16), text) }
		line("engine", fmt.Sprintf("%s, schema %d", s.Engine, s.Schema))
		line("size", howMuch(s.Bytes))
		line("attackers", grouped(s.Attackers))
		for _, state := range states {
			line(string(state), count(s.Sessions[state], "session", "sessions"))
		}
		line("unannounced", count(s.Unannounced, "session", "sessions"))
		line("rejected", count(s.Rejected, "event", "events"))
		line("tombstones", grouped(s.Tombstones))
		line("change log", count(s.Changes, "change", "changes"))
		line("observations", grouped(s.Observations))
		width := 0
		for _, v := range s.ByPrimitive {
			width = max(width, cells(v.Primitive))
		}
		for _, v := range s.ByPrimitive {
			fmt.Fprintf(w, "  %s  %s\n", pad(printable(v.Primitive), width), grouped(v.Count))
		}
		return w.Flush()
	})
}

// states are all states of a session, in the order in which they are told.
var states = []store.State{store.Waiting, store.Profiled, store.Incomplete, store.Empty, store.Parked, store.Unrecorded}

// statusJSON gives what is in the database with names as the API has them.
func statusJSON(s *store.Stats) any {
	sessions, primitives := map[string]int64{}, map[string]int64{}
	for _, state := range states {
		sessions[string(state)] = s.Sessions[state]
	}
	for _, v := range s.ByPrimitive {
		primitives[v.Primitive] = v.Count
	}
	return map[string]any{
		"engine": s.Engine, "schema": s.Schema, "bytes": s.Bytes, "attackers": s.Attackers, "sessions": sessions,
		"observations": s.Observations, "by_primitive": primitives, "unannounced": s.Unannounced, "rejected": s.Rejected,
		"tombstones": s.Tombstones, "changes": s.Changes,
	}
}

// dbMigrateCmd brings the database to the schema of this release.
type dbMigrateCmd struct{ dbFlags }

// Run opens the database as its owner would, which migrates it.
func (d *dbMigrateCmd) Run(ctx context.Context, c *console) error {
	db, err := d.own(ctx, c)
	if err != nil {
		return err
	}
	s, err := db.Stats(ctx)
	if err = errors.Join(err, db.Close()); err != nil {
		return err
	}
	_, err = fmt.Fprintf(c.out, "%s, schema %d\n", s.Engine, s.Schema)
	return err
}

// own opens the database as the one process that has it.
func (d *dbFlags) own(ctx context.Context, c *console) (store.Store, error) {
	opt := store.Options{Compat: d.Compat, Log: newLog(c, &logFlags{Log: "auto"})}
	if d.postgres() {
		db, err := postgres.Open(ctx, d.Store, opt)
		if err != nil {
			return nil, fmt.Errorf("store: %s", withoutSecrets(err))
		}
		return db, nil
	}
	y := newSystem(c, &runFlags{dataFlags: d.dataFlags, storeFlags: d.storeFlags}, parts{})
	if err := y.openFolder(ctx); err != nil {
		return nil, err
	}
	db, err := sqlite.Open(ctx, y.path(databaseAt), opt)
	if err != nil {
		return nil, hinted(err, d.Data)
	}
	return db, nil
}

// dbCheckCmd looks for damage.
type dbCheckCmd struct{ dbFlags }

// Run prints a line for each fault.
func (d *dbCheckCmd) Run(ctx context.Context, c *console) error {
	return d.with(ctx, store.Options{ReadOnly: true}, func(db store.Store) error {
		faults, err := db.Check(ctx)
		if err != nil {
			return err
		}
		for _, f := range faults {
			fmt.Fprintln(c.out, printable(f))
		}
		if len(faults) > 0 {
			return errFailed
		}
		_, err = fmt.Fprintln(c.out, "no fault was found")
		return err
	})
}

// dbVacuumCmd gives room back to the disk.
type dbVacuumCmd struct{ dbFlags }

// Run does so, and says how much.
func (d *dbVacuumCmd) Run(ctx context.Context, c *console) error {
	return d.with(ctx, store.Options{}, func(db store.Store) error {
		before, err := db.Stats(ctx)
		if err == nil {
			err = db.Vacuum(ctx)
		}
		if err != nil {
			return err
		}
		after, err := db.Stats(ctx)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(c.out, "%s, before %s\n", howMuch(after.Bytes), howMuch(before.Bytes))
		return err
	})
}

// dbExportCmd prints observations.
type dbExportCmd struct {
	dbFlags
	Output         string `short:"o" enum:"jsonl" default:"jsonl" help:"Form: jsonl, one observation a line."`
	StrictEnvelope bool   `help:"Write observations with the fields of the public schema alone."`
}

// Run prints every stored observation as its envelope, from one consistent
// view.
func (d *dbExportCmd) Run(ctx context.Context, c *console) error {
	return d.with(ctx, store.Options{ReadOnly: true}, func(db store.Store) error {
		w := bufio.NewWriterSize(c.out, outputBuffer)
		var line []byte
		err := db.Export(ctx, func(o *gait.Observation) error {
			line = append(o.AppendJSON(line[:0], d.StrictEnvelope), '\n')
			_, err := w.Write(line)
			return err
		})
		if err != nil {
			return err
		}
		return w.Flush()
	})
}

// dbBackupCmd copies the database.
type dbBackupCmd struct {
	dataFlags
	File string `arg:"" help:"File to write; it must not be there yet."`
}

// Run copies it. The copy is of one moment, and for its owner's eyes alone.
func (d *dbBackupCmd) Run(ctx context.Context, c *console) error {
	if err := sqlite.Copy(ctx, filepath.Join(d.Data, databaseAt), d.File); err != nil {
		return err
	}
	info, err := os.Stat(d.File)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(c.out, "%s, %s\n", printable(d.File), howMuch(info.Size()))
	return err
}

// dbRestoreCmd brings back a copy.
type dbRestoreCmd struct {
	dataFlags
	Copy string `arg:"" optional:"" help:"The copy: its path, its name, or newest. Without it the copies are listed."`
}

// Run lists the copies or puts one in place. What was there is kept.
func (d *dbRestoreCmd) Run(ctx context.Context, c *console) error {
	path := filepath.Join(d.Data, databaseAt)
	list, err := sqlite.Backups(path)
	if err != nil {
		return err
	}
	if d.Copy == "" {
		g := &grid{head: []string{"TIME", "SCHEMA", "SIZE", "COPY"}}
		for _, b := range list {
			g.add(moment(&b.Time), fmt.Sprint(b.Schema), howMuch(b.Size), b.Path)
		}
		if len(list) == 0 {
			fmt.Fprintf(c.err, "there is no copy in %s; one is made before each migration\n", printable(d.Data))
			return nil
		}
		return g.print(c)
	}
	from := d.Copy
	switch i := slices.IndexFunc(list, func(b sqlite.Backup) bool { return filepath.Base(b.Path) == d.Copy }); {
	case i >= 0:
		from = list[i].Path
	case d.Copy == "newest" && len(list) > 0:
		from = list[0].Path
	case !strings.ContainsRune(d.Copy, filepath.Separator):
		return fmt.Errorf("%s holds no copy %s", d.Data, d.Copy)
	}
	kept, err := sqlite.Restore(ctx, path, from)
	if err != nil {
		return hinted(err, d.Data)
	}
	fmt.Fprintf(c.out, "%s is in place of %s\n", printable(from), printable(path))
	if kept != "" {
		fmt.Fprintf(c.out, "what was there is kept as %s\n", printable(kept))
	}
	return nil
}
