package profiler

import (
	"context"

	"golang.org/x/sync/semaphore"

	"gait/recording/shard"
)

// byteBudget bounds what is read at once by all workers. Sessions of up to
// 64 MB exist: however many workers there are, they read about that much.
const byteBudget = 64 << 20

// usualWeight is what a session is taken to weigh of which nothing else is
// known, in bytes.
const usualWeight = 256 << 10

// budget is what may be read at once.
type budget struct{ bytes *semaphore.Weighted }

func newBudget() budget { return budget{semaphore.NewWeighted(byteBudget)} }

// take waits until there is room for a session, and gives what gives the room
// back. Where the context ends before there is nothing to be given back, and
// reading the session ends as soon.
func (b budget) take(ctx context.Context, weight int64) (give func()) {
	if b.bytes.Acquire(ctx, weight) != nil {
		return func() {}
	}
	return func() { b.bytes.Release(weight) }
}

// weight is about how many bytes it takes to read the task's session, at most
// the whole budget. Sources measure sizes in ways of their own; those of
// shards are places in the file.
func (t *task) weight() int64 {
	n := max(usualWeight, t.place.Weight, t.place.Bytes)
	if t.place.Format != shard.FormatName {
		n = max(n, t.row.Size)
	}
	return min(n, byteBudget)
}
