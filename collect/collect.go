// Package collect knows when a session has ended and where its recording is.
//
// Each source (shards, Cowrie's logs, folders of finished recordings, syslog)
// runs on a goroutine of its own and offers what it finds to the store, in one
// transaction with the position that the offer stands for. What was offered is
// handed in: published as attacker.session.ended, live sessions at once,
// backfill at a trickle. A sweep at the start and every few minutes compares
// every source with the store, so that nothing depends on having been awake.
//
// A session has ended when its recording says so, when a log says so, or when
// it has been silent for longer than Options.Idle on the collector's own
// monotonic clock. A session for which no recording is found waits under its
// cause, which is tested again until it is gone.
//
// Positions, files and names come from outside and are checked; nothing that
// was typed or printed is kept or told.
package collect

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"gait/bus"
	"gait/internal/fault"
	"gait/internal/health"
	"gait/recording"
	"gait/store"
)

// part is the collector's name on the board.
const part = "collect"

// Options say what is collected, and where it goes. Store is needed; durations
// that are zero stand for their defaults.
type Options struct {
	Store   store.Store
	Bus     bus.Bus            // nil where there is none: the profiler is poked
	Library *recording.Library // of all folders below; one is made where none is given

	Shards      []string // roots of trees of shards
	Cowrie      []string // folders of Cowrie
	Recordings  []string // folders of finished recordings
	Syslog      []string // file:PATH, udp://HOST:PORT, tcp://HOST:PORT, unix:PATH
	SyslogAllow []string // peers: ADDRESS, ADDRESS/BITS, each with =DECOY where it speaks for that one; default loopback
	Services    []string // default ssh, telnet

	Idle   time.Duration // silence after which a session counts as ended; 10 min
	GiveUp time.Duration // how long a session waits for its recording; 24 h
	Sweep  time.Duration // between sweeps; 5 min
	Since  time.Time     // sessions that ended before are left out; zero for none

	Board   *health.Board
	Gate    *health.Gate
	Log     *slog.Logger
	Metrics prometheus.Registerer
	Poke    func() // tells a profiler in the same process that a session waits
}

// filled gives the options with all defaults in place.
func (o Options) filled() Options {
	if len(o.Services) == 0 {
		o.Services = []string{"ssh", "telnet"}
	}
	if o.Idle <= 0 {
		o.Idle = 10 * time.Minute
	}
	if o.GiveUp <= 0 {
		o.GiveUp = 24 * time.Hour
	}
	if o.Sweep <= 0 {
		o.Sweep = 5 * time.Minute
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Poke == nil {
		o.Poke = func() {}
	}
	return o
}

// Collector is the stage.
type Collector struct {
	opt     Options
	sources []source
	shards  []*shards // those of the sources that are trees of shards
	finder  *finder
	begun   time.Time    // of the monotonic clock
	lived   atomic.Int64 // when live sessions were offered last, on that clock; 0 for never
	handin  *handin
	causes  *causes
	metrics *metrics
}

// New makes a collector. The error says which option cannot be used.
func New(opt Options) (*Collector, error) {
	opt = opt.filled()
	if opt.Store == nil {
		return nil, errors.New("collect: no store was given")
	}
	if opt.Library == nil {
		opt.Library = recording.NewLibrary(recording.LibraryOptions{Roots: slices.Concat(opt.Shards, opt.Cowrie, opt.Recordings)})
	}
	c := &Collector{opt: opt, begun: time.Now()}
	var err error
	if c.metrics, err = newMetrics(opt.Metrics); err != nil {
		return nil, fmt.Errorf("collect: register metrics: %w", err)
	}
	c.causes = newCauses(opt)
	c.handin = newHandin(c)
	if err := c.assemble(); err != nil {
		return nil, err
	}
	return c, nil
}

// Run collects until the context ends, and gives the context's error.
func (c *Collector) Run(ctx context.Context) error {
	var wait sync.WaitGroup
	for _, s := range c.sources {
		wait.Go(func() { c.keep(ctx, s) })
	}
	wait.Go(func() { c.handin.run(ctx) })
	wait.Go(func() { c.causes.run(ctx) })
	wait.Go(func() { c.finder.run(ctx) })
	wait.Wait()
	return ctx.Err()
}

// now is the collector's monotonic clock: it never steps.
func (c *Collector) now() time.Duration { return time.Since(c.begun) }

// keep runs a source, again after a while where it ends or breaks.
func (c *Collector) keep(ctx context.Context, s source) {
	in := &intake{c: c, source: s.name()}
	wait := backoff{least: time.Second, most: time.Minute}
	name := "source:" + s.title()
	for ctx.Err() == nil {
		err := c.once(ctx, s, in)
		if ctx.Err() != nil {
			return
		}
		if err == nil {
			c.opt.Board.Clear(part, name)
			return
		}
		if c.opt.Board.Set(health.Condition{Part: part, Name: name, Cause: s.title() + " is not followed: " + err.Error(), Cure: "it is tried again; see the log where that does not help"}) {
			c.opt.Log.Warn("a source is not followed", "source", s.title(), "error", err)
		}
		wait.sleep(ctx)
	}
}

// once runs a source. A fault in it ends the source, not the program.
func (c *Collector) once(ctx context.Context, s source, in *intake) (err error) {
	defer func() {
		if x := recover(); x != nil {
			err = errors.New("fault: " + fault.Text(x))
		}
	}()
	return s.run(ctx, in)
}
