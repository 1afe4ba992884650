package collect

import (
	"context"
	"time"

	"gait/store"
)

// trickle hands in backfill; false where there is none.
func (h *handin) trickle(ctx context.Context, n int) bool {
	if len(h.backfill) == 0 {
		h.fetch(ctx)
		return false
	}
	n = min(n, len(h.backfill))
	if n == 0 {
		return false
	}
	list := h.backfill[:n]
	h.backfill = h.backfill[n:]
	if h.publish(ctx, list, "backfill") {
		h.progress.done(n, h.c.now())
	}
	return true
}

// fetched is backfill that was taken from the store.
type fetched struct {
	rows  []store.Session
	left  int64         // how much there is, about; -1 where it was not counted
	count time.Duration // how long counting took
}

// fetch takes backfill from the store, on the side: that takes long where there
// is much, and what is live is not to wait for it.
func (h *handin) fetch(ctx context.Context) {
	now := h.c.now()
	if h.fetching || now-h.empty < trickleIdle {
		return
	}
	h.fetching = true
	most, counts := trickleRows+len(h.sent), now-h.counted >= handLook
	go func() {
		f := fetched{rows: h.rows(ctx, true, most), left: -1}
		switch {
		case len(f.rows) < min(most, handRows):
			f.left = int64(len(f.rows))
		case counts:
			began := h.c.now()
			if stats, err := h.c.opt.Store.Stats(ctx); err == nil {
				f.left = stats.Sessions[store.Waiting]
			}
			f.count = h.c.now() - began
		}
		h.fetched <- f
	}()
}

// take takes over what was fetched, and puts on the board how much there is.
func (h *handin) take(f fetched) {
	now := h.c.now()
	h.fetching, h.backfill = false, h.unsent(f.rows, true)
	if len(h.backfill) == 0 {
		h.empty = now
	}
	if f.left < 0 {
		return
	}
	h.counted = now
	if f.count > 50*time.Millisecond {
		h.counted += 100 * f.count // counting is not to cost more than a hundredth of the time
	}
	h.c.opt.Board.Tell(part, "backfill", h.progress.state(f.left, now))
}
