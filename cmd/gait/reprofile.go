package main

import (
	"context"
	"fmt"

	"gait/profile"
	"gait/store"
)

// reprofileCmd has sessions profiled again.
type reprofileCmd struct {
	dbFlags
	OlderThan int64     `placeholder:"RULES" help:"Only sessions profiled with a smaller sum of rules numbers; by itself that of this release."`
	All       bool      `help:"All sessions, whatever they were profiled with."`
	Since     sinceTime `placeholder:"WHEN" help:"Only sessions that began since: a date, or 30d for so long ago."`
	DryRun    bool      `help:"Only say how many."`
	Wait      bool      `help:"Stay until all of them are done, and say what came of it."`
}

// Help says how it goes on.
func (*reprofileCmd) Help() string {
	return `Sessions are marked, and whatever runs (gait run, gait work) profiles them after all live ones, and announces each new profile.
With --wait the command stays until that is done, and says how many sessions were profiled anew, how many values
changed by it, and how many could not be, and why; Ctrl-C ends the waiting and nothing else. Without it, how far
it is stands in gait_profiled_again_total and gait_values_changed_total of the metrics, under "profiled again" of
/api/v1/health, and in the log line of each session.

Stop what runs of an older release first: it would take its share of the sessions and read them by its own rules.`
}

// Run marks the sessions.
func (r *reprofileCmd) Run(ctx context.Context, c *console) error {
	if r.OlderThan < 0 || r.All && r.OlderThan > 0 {
		return usageError{"--older-than must be above 0, and does not go with --all"}
	}
	if r.Wait && r.DryRun {
		return usageError{"--wait and --dry-run do not go together"}
	}
	return r.with(ctx, store.Options{ReadOnly: r.DryRun}, func(db store.Store) error {
		q := store.OutdatedQuery{Rules: r.rules(db.Compat()), Since: r.Since.time(c.now()), Dry: r.DryRun}
		if r.Wait {
			return r.wait(ctx, c, db, q)
		}
		n, err := db.Outdated(ctx, q)
		if err != nil {
			return err
		}
		verb := "will be profiled again"
		if r.DryRun {
			verb = "would be profiled again"
		}
		_, err = fmt.Fprintf(c.out, "%s %s\n", count(int64(n), "session", "sessions"), verb)
		return err
	})
}

// rules gives the sum of rules numbers below which profiles are made again; 0
// for all.
func (r *reprofileCmd) rules(compat bool) int64 {
	if r.OlderThan > 0 || r.All {
		return r.OlderThan
	}
	return ourRules(compat)
}

// ourRules is the sum of the rules numbers of this release, by which a reading
// answers.
func ourRules(compat bool) int64 { return int64(profile.EngineOf(primitives(), compat).Rules()) }
