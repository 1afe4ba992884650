package main

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"gait/assess/evaluate"
	"gait/assess/typist"
)

// attribution measures how often several people are suspected.
func (e *evalCmd) attribution(ctx context.Context, c *console, samples []evaluate.Sample, streams []typist.Stream) (*evaluate.AttributionFigures, error) {
	bar := startProgress(c, int64(evaluate.AttributionSteps(samples)), func(n int64) string { return count(n, "step", "steps") }, e.Quiet)
	defer bar.stop()
	return evaluate.Attribution(samples, streams, typist.Shipped(), func() error {
		bar.done(1)
		return ctx.Err()
	})
}

// attribution writes how often several people are suspected.
func (p *evalPage) attribution(f *evaluate.AttributionFigures) {
	p.section("several people suspected", fmt.Sprintf("Sessions of %d keys of %d people, judged after each session; typing is compared by odds of all others. "+
		"The state alone is no evidence.", f.Keys, f.Persons))
	g := &grid{head: []string{"WHOSE SESSIONS", "PEOPLE OR PAIRS SUSPECTED", "HISTORIES", "ASSESSMENTS", "STATE ALONE"}}
	row := func(name string, t *evaluate.TurnFigures) {
		g.add(name, rateText(t.Subjects), rateText(t.Histories), rateText(t.Assessments), rateText(t.State))
	}
	row("one person, in order", f.One)
	row("one person, two tasks in turns", f.OneInTurns)
	row("two people in turns", f.TwoInTurns)
	p.grid(g)
	p.section("by primitive", "histories of which it said multi_actor, of those in which it spoke")
	g = &grid{head: []string{"PRIMITIVE", "ONE PERSON", "TWO TASKS", "TWO PEOPLE"}}
	names := map[string]bool{}
	for _, t := range []*evaluate.TurnFigures{f.One, f.OneInTurns, f.TwoInTurns} {
		for name := range t.Primitives {
			names[name] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(names)) {
		g.add(name, rateText(f.One.Primitives[name]), rateText(f.OneInTurns.Primitives[name]), rateText(f.TwoInTurns.Primitives[name]))
	}
	p.grid(g)
}
