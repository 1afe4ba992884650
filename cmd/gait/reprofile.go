package main

import (
	"context"
	"fmt"

	"gait/store"
)

// reprofileCmd has sessions profiled again.
type reprofileCmd struct {
	dbFlags
	OlderThan int64     `placeholder:"RULES" help:"Only sessions profiled with a smaller sum of rules numbers; by itself that of this release."`
	All       bool      `help:"All sessions, whatever they were profiled with."`
	Since     sinceTime `placeholder:"WHEN" help:"Only sessions that began since: a date, or 30d for so long ago."`
	DryRun    bool      `help:"Only say how many."`
}

// Help says how it goes on.
func (*reprofileCmd) Help() string {
	return `Sessions are marked, and whatever runs (gait run, gait work) profiles them after all live ones, and announces each new profile.
How far it is stands in gait_profiled_again_total and gait_values_changed_total of the metrics, under
"profiled again" of /api/v1/health, and in the log line of each session.`
}

// Run marks the sessions.
func (r *reprofileCmd) Run(ctx context.Context, c *console) error {
	if r.OlderThan < 0 || r.All && r.OlderThan > 0 {
		return usageError{"--older-than must be above 0, and does not go with --all"}
	}
	rules := r.OlderThan
	if rules == 0 && !r.All {
		for _, p := range primitives() {
			rules += int64(p.Rules)
		}
	}
	return r.with(ctx, store.Options{ReadOnly: r.DryRun}, func(db store.Store) error {
		n, err := db.Outdated(ctx, store.OutdatedQuery{Rules: rules, Since: r.Since.time(c.now()), Dry: r.DryRun})
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
