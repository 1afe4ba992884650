package collect

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"gait/recording/feed"
	"gait/recording/shard"
)

// FeedOptions say where recorders (gait record) bring their sessions, and which
// decoys they are taken for.
type FeedOptions struct {
	Socket string // path of the socket that they connect to
	Root   string // of the shards that are written
	// Decoys are names: one for all who connect, and UID=NAME for those of one
	// user. Whoever has no name is refused.
	Decoys  []string
	Service string // of all; default ssh

	Log     *slog.Logger
	Metrics prometheus.Registerer
}

// Feed takes sessions from recorders and writes them into shards, where they
// are found like any other.
type Feed struct {
	opt     FeedOptions
	trust   feed.Trust
	skipped *prometheus.CounterVec

	mu       sync.Mutex
	listener *feed.Listener           // open and not served yet; else nil
	writers  map[string]*shard.Writer // by decoy
	told     time.Time                // when it was told last that a session is not kept
}

// NewFeed opens the socket. The error says what is wrong with it, or with a
// name.
func NewFeed(opt FeedOptions) (*Feed, error) {
	if opt.Log == nil {
		opt.Log = slog.New(slog.DiscardHandler)
	}
	if opt.Service == "" {
		opt.Service = "ssh"
	}
	f := &Feed{opt: opt, writers: map[string]*shard.Writer{}}
	var err error
	if f.trust, err = feedTrust(opt); err != nil {
		return nil, err
	}
	reg := registrar{r: opt.Metrics}
	f.skipped = reg.counters("recorded_skipped_total", "Sessions of recorders that were not kept.", "reason")
	if reg.err != nil {
		return nil, fmt.Errorf("register metrics: %w", reg.err)
	}
	if f.listener, err = feed.Listen(opt.Socket); err != nil {
		return nil, err
	}
	return f, nil
}

// feedTrust reads the names of decoys.
func feedTrust(opt FeedOptions) (feed.Trust, error) {
	t := feed.Trust{Decoys: map[int]string{}, Service: opt.Service}
	if !shard.ServiceName(opt.Service) {
		return t, fmt.Errorf("%q can be no service: up to 32 lower-case letters, digits and dashes", opt.Service)
	}
	for _, text := range opt.Decoys {
		user, name, mapped := strings.Cut(text, "=")
		if !mapped {
			name = text
		}
		if !shard.DecoyName(name) {
			return t, fmt.Errorf("%q can be no decoy's name: up to 63 lower-case letters, digits and dashes", name)
		}
		uid, err := strconv.ParseUint(user, 10, 31)
		switch {
		case !mapped && t.Decoy != "":
			return t, fmt.Errorf("both %s and %s are to be the name of all decoys; write UID=NAME for those of one user", t.Decoy, name)
		case !mapped:
			t.Decoy = name
			continue
		case err != nil:
			return t, fmt.Errorf("%q is no user's number; write UID=NAME", user)
		}
		t.Decoys[int(uid)] = name
	}
	if t.Decoy == "" && len(t.Decoys) == 0 {
		return t, errors.New("a name for the decoy is missing")
	}
	return t, nil
}

// Names are the decoys' names, in order.
func (f *Feed) Names() []string {
	var list []string
	if f.trust.Decoy != "" {
		list = append(list, f.trust.Decoy)
	}
	for _, name := range f.trust.Decoys {
		list = append(list, name)
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// Run takes sessions until the context ends; those that are still open end
// then. It may be run again where it broke.
func (f *Feed) Run(ctx context.Context) error {
	l := f.take()
	if l == nil {
		var err error
		if l, err = feed.Listen(f.opt.Socket); err != nil {
			return err
		}
	}
	err := feed.Serve(ctx, l, feed.Options{Writer: f.writer, Believe: f.trust.Believe, Log: f.opt.Log})
	return errors.Join(err, f.closeWriters())
}

// take gives the open listener, once.
func (f *Feed) take() *feed.Listener {
	f.mu.Lock()
	defer f.mu.Unlock()
	l := f.listener
	f.listener = nil
	return l
}

// writer gives the writer of a decoy.
func (f *Feed) writer(decoy, service string) (*shard.Writer, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if w := f.writers[decoy]; w != nil {
		return w, nil
	}
	w, err := shard.NewWriter(shard.WriterOptions{Root: f.opt.Root, Decoy: decoy, Service: service, Skipped: f.skip})
	if err == nil {
		f.writers[decoy] = w
	}
	return w, err
}

// skip is told of a session that is not kept.
func (f *Feed) skip(reason string) {
	f.skipped.WithLabelValues(reason).Inc()
	f.mu.Lock()
	defer f.mu.Unlock()
	if now := time.Now(); now.Sub(f.told) > 10*time.Second {
		f.told = now
		f.opt.Log.Warn("a session is not recorded", "reason", reason, "folder", f.opt.Root)
	}
}

func (f *Feed) closeWriters() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	var errs []error
	for _, w := range f.writers {
		errs = append(errs, w.Close())
	}
	clear(f.writers)
	return errors.Join(errs...)
}

// Close closes the socket where the feed was never run.
func (f *Feed) Close() error {
	if l := f.take(); l != nil {
		return l.Close()
	}
	return nil
}
