package main

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"gait/internal/address"
	"gait/store"
)

// forgetCmd erases a subject.
type forgetCmd struct {
	dbFlags
	DryRun  bool   `help:"Only say what would go."`
	Subject string `arg:"" help:"An address, or a session: its id or evidence reference."`
}

// Help says what is erased and what is not.
func (*forgetCmd) Help() string {
	return `From the store go observations, sessions, the attacker, and events that name them. What remains is a hash of each
session's reference, so that no sweep brings it back. Sessions in shards below the data folder, which gait's own recorder
wrote, are cut out of them. Recordings elsewhere belong to others: they are listed and not touched.

Backups, exports, outputs and what was sent over the bus are not reached: see docs/privacy.md.`
}

// Run erases the subject, or says what would go.
func (f *forgetCmd) Run(ctx context.Context, c *console) error {
	subject := store.Subject{Session: f.Subject}
	if a := address.Canonical(f.Subject); a != "" {
		subject = store.Subject{Address: a}
	}
	return f.with(ctx, store.Options{ReadOnly: f.DryRun}, func(db store.Store) error {
		gone, err := db.Forget(ctx, subject, true)
		if err != nil {
			return fmt.Errorf("%s: %w", f.Subject, err)
		}
		cut := &cutter{dir: filepath.Join(f.Data, shardsDir), now: c.now(), dry: f.DryRun}
		if !f.DryRun {
			if gone, err = db.Forget(ctx, subject, false); err != nil {
				return fmt.Errorf("%s: %w", f.Subject, err)
			}
			entry := store.AuditEntry{Time: time.Now(), Who: "local", Action: "forget", Subject: hashed(f.Subject)}
			if err := db.Audit(ctx, entry); err != nil {
				return err
			}
		}
		return f.tell(c, &gone, cut)
	})
}

// tell says what went, and goes through the recordings.
func (f *forgetCmd) tell(c *console, gone *store.Erased, cut *cutter) error {
	verb := "erased"
	if f.DryRun {
		verb = "would erase"
	}
	fmt.Fprintf(c.out, "%s %s, %s, %s, %s\n", verb, count(int64(len(gone.Attackers)), "attacker", "attackers"),
		count(int64(len(gone.Sessions)), "session", "sessions"), count(gone.Observations, "observation", "observations"),
		count(gone.Rejected, "rejected event", "rejected events"))
	var foreign []string
	failed := false
	for _, r := range byPath(gone.Sessions) {
		switch what, err := cut.sessions(r); {
		case err != nil:
			failed = true
			fmt.Fprintf(c.err, "gait: %s: %s\n", printable(r.path), printable(err.Error()))
		case what == "":
			foreign = append(foreign, r.path)
		default:
			fmt.Fprintf(c.out, "%s: %s\n", printable(r.path), what)
		}
	}
	if len(foreign) > 0 {
		fmt.Fprintln(c.out, "recordings of others that still hold it; gait does not touch them:")
		for _, path := range foreign {
			fmt.Fprintf(c.out, "  %s\n", printable(path))
		}
	}
	if failed {
		return errFailed
	}
	return nil
}
