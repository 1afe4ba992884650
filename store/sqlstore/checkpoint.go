package sqlstore

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// When the log of an engine that has one is brought into its file.
const (
	checkEvery   = 500 * time.Millisecond
	checkCommits = 100              // at once after so many
	checkQuiet   = 10 * time.Second // and after any, this long after the last time
	checkPages   = 4000             // in the log, from which on it begins anew
)

// checkpoints brings what was committed from the log into the file, beside the
// writer: waiting for the disk takes long, and would hold every write up. Only
// what came meanwhile is left to a moment in which nobody writes, after which
// the log begins anew. Where this does not keep up, the engine does the same
// within a commit.
type checkpoints struct {
	s       *Store
	commits atomic.Int64
	cancel  context.CancelFunc
	loop    sync.WaitGroup
}

func newCheckpoints(s *Store) *checkpoints {
	ctx, cancel := context.WithCancel(context.Background())
	k := &checkpoints{s: s, cancel: cancel}
	k.loop.Go(func() { k.run(ctx) })
	return k
}

func (k *checkpoints) stop() {
	k.cancel()
	k.loop.Wait()
}

// run begins with what the last process left: where one dies after the other,
// none lives to do it later, and the log would take all room.
func (k *checkpoints) run(ctx context.Context) {
	k.once(ctx)
	tick := time.NewTicker(checkEvery)
	defer tick.Stop()
	seen, last := int64(0), time.Now()
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		n := k.commits.Load()
		if n == seen || n-seen < checkCommits && time.Since(last) < checkQuiet {
			continue
		}
		seen = n
		k.once(ctx)
		last = time.Now()
	}
}

// once brings over what there is. An error is no news: what fails here fails in
// the next commits too, and nothing hangs on it before.
func (k *checkpoints) once(ctx context.Context) {
	var busy, pages, done int64
	err := k.s.writer.QueryRowContext(ctx, k.s.dialect.Checkpoint).Scan(&busy, &pages, &done)
	if err != nil || pages < checkPages {
		return
	}
	c, err := k.s.writers.take(ctx)
	if err != nil {
		return
	}
	err = c.c.QueryRowContext(ctx, k.s.dialect.Checkpoint).Scan(&busy, &pages, &done)
	k.s.writers.give(c, err != nil)
}
