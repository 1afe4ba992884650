package collect

import "context"

// causes are why sessions wait for their recordings.
type causes struct {
	opt Options
}

func newCauses(opt Options) *causes { return &causes{opt: opt} }

func (c *causes) run(ctx context.Context) { <-ctx.Done() }
