package collect

import (
	"context"

	"gait/store"
)

// handin publishes sessions that wait.
type handin struct {
	c *Collector
}

func newHandin(c *Collector) *handin { return &handin{c: c} }

// fresh hands in a session that was just offered.
func (h *handin) fresh(s store.Session) {}

func (h *handin) run(ctx context.Context) { <-ctx.Done() }
