package collect

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"sync"
	"time"

	"gait/internal/health"
	"gait/internal/reach"
	"gait/store"
)

// cause is why something cannot be collected.
type cause struct {
	kind string // one of the store's
	path string // a path or name by which causes of a kind are told apart
	text string // in words, with the path
	cure string
}

func (c *cause) key() string { return c.kind + ":" + c.path }

// unreadable finds why a path cannot be read.
func unreadable(path string, err error) *cause {
	p := reach.Why(path)
	if p == nil { // it can be by now, or the file system itself is at fault
		var inner *fs.PathError
		if errors.As(err, &inner) {
			err = inner.Err
		}
		return &cause{kind: store.CauseUnreadable, path: path, text: reach.Quote(path) + " cannot be read: " + err.Error(), cure: "it is tried again; see what its file system says"}
	}
	return &cause{kind: store.CauseUnreadable, path: p.Path, text: reach.Quote(p.Path) + " " + p.What, cure: p.Cure}
}

// How causes are told.
const (
	causeAgain = time.Minute      // between two warnings of one cause
	causeTest  = 30 * time.Second // between two tests whether a cause still stands
	mostCauses = 1000
)

// causes are those that stand: each is warned of when it is first met, and then
// once a minute with how often it was met; the board shows it until it is gone.
type causes struct {
	board *health.Board
	log   *slog.Logger
	begun time.Time

	mu    sync.Mutex
	stand map[string]*standing
}

// standing is a cause that stands.
type standing struct {
	cause
	met    int64
	untold int64
	told   time.Duration
}

func newCauses(opt Options) *causes {
	return &causes{board: opt.Board, log: opt.Log, begun: time.Now(), stand: map[string]*standing{}}
}

// met notes that a cause was met.
func (c *causes) met(x *cause) { c.add(x, 1) }

// waits notes that so many sessions wait for a cause.
func (c *causes) waits(x tally) {
	c.mu.Lock()
	before := int64(0)
	if s := c.stand[x.cause.key()]; s != nil {
		before = s.met
	}
	c.mu.Unlock()
	if x.n > before {
		c.add(x.cause, x.n-before)
	}
}

func (c *causes) add(x *cause, n int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.stand[x.key()]
	if s == nil {
		if len(c.stand) >= mostCauses {
			return
		}
		s = &standing{cause: *x, told: time.Since(c.begun)}
		c.stand[x.key()] = s
		c.log.Warn("cannot be collected", "cause", x.text, "do", x.cure)
		n--
		s.met++
	}
	s.untold += n
	s.met += n
	c.board.Set(health.Condition{Part: part, Name: x.key(), Cause: x.text, Cure: x.cure})
}

// gone notes that a cause does not stand any more; an empty key is none.
func (c *causes) gone(key string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.stand[key]
	if s == nil {
		return
	}
	delete(c.stand, key)
	c.board.Clear(part, key)
	c.log.Info("can be collected again", "was", s.text, "met", s.met)
}

// run repeats warnings until the context ends, and takes causes back that have
// gone by themselves.
func (c *causes) run(ctx context.Context) {
	tested := time.Since(c.begun)
	for sleep(ctx, time.Second) {
		now := time.Since(c.begun)
		c.repeat(now)
		if now-tested >= causeTest {
			tested = now
			c.test()
		}
	}
}

// repeat warns again of what was met again.
func (c *causes) repeat(now time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, s := range c.stand {
		if s.untold > 0 && now-s.told >= causeAgain {
			c.log.Warn("still cannot be collected", "cause", s.text, "do", s.cure, "times", s.untold)
			s.untold, s.told = 0, now
		}
	}
}

// test looks whether paths can be read again.
func (c *causes) test() {
	c.mu.Lock()
	var keys, paths []string
	for key, s := range c.stand {
		if s.kind == store.CauseUnreadable {
			keys, paths = append(keys, key), append(paths, s.path)
		}
	}
	c.mu.Unlock()
	for i, path := range paths {
		if p := reach.Why(path); p == nil || p.Path != path {
			c.gone(keys[i])
		}
	}
}
