package collect

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"os"
	"path/filepath"
	"sync"
	"time"
	"unicode/utf8"

	"gait/recording"
	"gait/recording/shard"
	"gait/store"
)

// How a tree of shards is looked at.
const (
	shardChunk   = 4 << 20 // read of one file at once
	pastChunk    = 1 << 20 // and of what lay there before
	mostTold     = 10_000  // things passed over that are told of
	shardBatch   = 512     // sessions offered at once
	shardTick    = time.Second
	shardQuiet   = 5 * time.Second // between looks at files that did not grow lately
	shardBusy    = 10 * time.Minute
	shardGap     = 10 * time.Millisecond  // between two ticks, whatever the system tells
	shardList    = 100 * time.Millisecond // between two looks at all folders
	shardDays    = 2                      // days before today whose files are followed whatever their age
	shardSettled = time.Hour              // after which a file that did not change is left to the sweep
	shardTurn    = 50 * time.Millisecond  // how long one file may offer before the others have their turn
)

// shards follows one tree of shards. One goroutine follows the files that are
// written to; another, the sweep, compares all others with the store, so that
// years of them hold up nothing.
type shards struct {
	root     string // absolute
	services map[string]bool
	library  *recording.Library
	in       *intake
	past     *intake // of the sweep
	hints    *hints
	key      string // of its cursors

	mu     sync.Mutex           // not held while the store is asked
	dirs   map[string]*shardDir // by {decoy}/{service}
	tree   map[string]*listing  // folders by their path below the root
	told   map[string]bool
	lost   string        // what is wrong with the root, as the causes know it
	ready  bool          // the tree was listed once
	listed time.Duration // when it was last
	early  bool          // it is to be listed again soon

	marks *shardMarks   // of the sweep and the follower, with a lock of its own
	owing chan struct{} // has a value when a followed file leaves something to the sweep
}

// shardSources makes the sources of trees of shards.
func shardSources(opt Options) (list []*shards, err error) {
	services := map[string]bool{}
	for _, s := range opt.Services {
		if !shard.ServiceName(s) {
			return nil, fmt.Errorf("collect: %q can be no service: lower-case letters, digits and dashes", s)
		}
		services[s] = true
	}
	seen := map[string]bool{}
	for _, root := range opt.Shards {
		abs, err := filepath.Abs(root)
		if err != nil || root == "" || !utf8.ValidString(abs) {
			return nil, fmt.Errorf("collect: the path of shards %q cannot be used: %w", root, errors.Join(err, errors.New("it must be a path in UTF-8")))
		}
		if seen[abs] {
			continue
		}
		seen[abs] = true
		h := fnv.New64a()
		h.Write([]byte(abs))
		list = append(list, &shards{
			root: abs, services: services, library: opt.Library, key: fmt.Sprintf("shards:%016x:", h.Sum64()),
			dirs: map[string]*shardDir{}, tree: map[string]*listing{}, told: map[string]bool{}, owing: make(chan struct{}, 1),
		})
	}
	return list, nil
}

// name is "shards".
func (s *shards) name() string { return "shards" }

// title names the root.
func (s *shards) title() string { return "shards in " + s.root }

// run follows the tree until the context ends.
func (s *shards) run(ctx context.Context, in *intake) error {
	s.mu.Lock()
	s.in, s.past = in, in.forPast()
	s.mu.Unlock()
	stored, err := in.cursors(ctx, s.key)
	if err != nil {
		return err
	}
	s.marks = newShardMarks(s.key, stored)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	s.hints = newHints(in.options().Log)
	var wait sync.WaitGroup
	defer wait.Wait()
	wait.Go(func() { s.hints.run(ctx) })
	swept := make(chan error, 1)
	wait.Go(func() { swept <- s.sweeps(ctx) })
	if err := s.follow(ctx, swept); err != nil {
		cancel()
		return err
	}
	return ctx.Err()
}

// follow looks at the files that are written to, every second and whenever the
// system tells of a change.
func (s *shards) follow(ctx context.Context, swept <-chan error) error {
	timer := time.NewTimer(0)
	defer timer.Stop()
	dirty := map[string]bool{}
	for {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case err := <-swept:
			return err
		case path := <-s.hints.changes():
			dirty[path] = true
			if !sleep(ctx, shardGap) {
				return ctx.Err()
			}
			for more := true; more; {
				select {
				case path := <-s.hints.changes():
					dirty[path] = true
				default:
					more = false
				}
			}
		case <-timer.C:
			dirty[""] = true
		}
		began := s.in.now()
		all := dirty[""]
		if err := s.tick(ctx, dirty); err != nil {
			return err
		}
		clear(dirty)
		if all {
			timer.Reset(max(shardTick, 10*(s.in.now()-began)))
		} else if s.early {
			timer.Reset(shardList)
		}
	}
}

// tick looks at files once: all that are due, or those at which something
// happened. It goes on while there is more to read or to offer, the files in
// turn; files of which much is left from before come last, a few at a time.
func (s *shards) tick(ctx context.Context, dirty map[string]bool) error {
	for again := true; again; {
		again = false
		root, err := s.open()
		if err != nil {
			return nil // it was told; the next tick tries again
		}
		again, err = s.turn(ctx, root, s.due(root, dirty))
		root.Close()
		if err != nil {
			return err
		}
	}
	return s.settle(ctx)
}

// turn looks at files and offers what ended in them. It says whether there is
// more of either.
func (s *shards) turn(ctx context.Context, root *os.Root, files []*shardFile) (again bool, err error) {
	began := s.in.now()
	files, late := s.order(files)
	for i, f := range files {
		if i >= late && s.in.now()-began > shardTurn {
			return true, nil
		}
		more := s.look(root, f)
		if err := s.harvest(ctx, f); err != nil {
			return false, err
		}
		again = again || more || f.behind
	}
	return again, ctx.Err()
}

// order puts files last of which there is much left from before, and says from
// where on they are.
func (s *shards) order(files []*shardFile) (sorted []*shardFile, late int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var last []*shardFile
	for _, f := range files {
		if f.first && f.again {
			last = append(last, f)
		} else {
			sorted = append(sorted, f)
		}
	}
	return append(sorted, last...), len(sorted)
}

// open opens the root, and tells where it cannot be.
func (s *shards) open() (*os.Root, error) {
	root, err := os.OpenRoot(s.root)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err == nil {
		if s.lost != "" {
			s.in.c.causes.gone(s.lost)
			s.lost = ""
		}
		return root, nil
	}
	cause := unreadable(s.root, err)
	if s.lost != cause.key() {
		s.in.c.causes.gone(s.lost)
		s.lost = cause.key()
	}
	s.in.c.causes.met(cause)
	return nil, err
}

// tellOnce says once that something in the tree is passed over, and counts it.
func (s *shards) tellOnce(rel, why, cure string) {
	if s.told[rel] || len(s.told) >= mostTold {
		return
	}
	s.told[rel] = true
	s.in.c.metrics.names.WithLabelValues(why).Inc()
	s.in.options().Log.Info("passed over below the shards", "path", filepath.Join(s.root, rel), "why", why, "do", cure)
}

// offer makes an offer of a session that ended.
func (f *shardFile) offer(s *shard.Sighting) store.Offer {
	o := store.Offer{Session: store.Session{
		Ref: f.ref(s.ID), ID: s.ID, Decoy: f.dir.decoy, Service: f.dir.service, Address: s.Address,
		Format: shard.FormatName, Path: f.path(), Start: s.Start, Duration: s.Length,
		Closed: store.ClosedSilence, EndSeen: s.End, Size: s.Size,
	}, Header: s.Address != ""}
	o.Place = placed(recording.Place{Format: shard.FormatName, Path: o.Path, Session: s.ID, Weight: heavy(s)})
	if s.End {
		o.Closed = store.ClosedEnd
	}
	o.End, o.Backfill = f.endOf(s), !f.live
	return o
}

// muchWeight is from how many bytes on a place says what its session weighs.
const muchWeight = 256 << 10

// heavy gives the weight of a session that has much.
func heavy(s *shard.Sighting) int64 {
	if s.Lines < muchWeight {
		return 0
	}
	return s.Lines
}

// endOf gives when a session of the file ended, as far as is known.
func (f *shardFile) endOf(s *shard.Sighting) time.Time {
	if s.Start.IsZero() {
		return f.changed
	}
	return s.Start.Add(s.Length)
}
