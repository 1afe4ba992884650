package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"gait/bus"
	"gait/decoy"
	"gait/internal/disk"
	"gait/internal/health"
	"gait/recording"
	"gait/store"
)

// parts are what one process runs.
type parts struct {
	collect, profile, serve, decoy bool
}

// runFlags are all that can be said of a whole system.
type runFlags struct {
	dataFlags
	storeFlags
	watchFlags
	busFlags
	workFlags
	serveFlags
	keepFlags
	decoyFlags
	logFlags
}

// system is what one process runs, and what its parts share.
type system struct {
	opt     *runFlags
	parts   parts
	console *console
	began   time.Time

	log      *slog.Logger
	board    *health.Board
	gate     *health.Gate
	registry *prometheus.Registry
	store    store.Store
	bus      bus.Bus // nil for none
	library  *recording.Library
	listener net.Listener // nil where nothing is served
	closers  []func() error
	duties   []duty
	poke     func()       // tells the profiler that a session waits; nil without one
	token    string       // of other commands on this machine
	decoy    *decoy.Decoy // nil where none is asked for
}

// duty is something that goes on until its context ends.
type duty struct {
	name string
	run  func(context.Context) error
	// ends says that the program ends where the job does, since it would be of
	// no use without it.
	ends bool
}

// folders of the data folder.
const (
	shardsDir  = "shards"
	uploadsDir = "uploads"
	busDir     = "bus"
	tempDir    = "tmp"
	databaseAt = "gait.db"
	runFileAt  = "run.json"
	handsAt    = "reading"
)

func newSystem(c *console, opt *runFlags, p parts) *system {
	return &system{
		opt: opt, parts: p, console: c, began: time.Now(), log: newLog(c, &opt.logFlags),
		board: health.NewBoard(), gate: new(health.Gate), registry: newRegistry(),
	}
}

// newLog makes the log: text for people who watch, JSON for programs.
func newLog(c *console, f *logFlags) *slog.Logger {
	opt := &slog.HandlerOptions{Level: slog.LevelInfo}
	if f.Debug {
		opt.Level = slog.LevelDebug
	}
	if f.Log == "json" || f.Log != "text" && !c.errTerminal {
		return slog.New(slog.NewJSONHandler(c.err, opt))
	}
	opt.ReplaceAttr = func(groups []string, a slog.Attr) slog.Attr {
		if len(groups) == 0 && a.Key == slog.TimeKey {
			return slog.String(slog.TimeKey, a.Value.Time().Format(time.TimeOnly))
		}
		return a
	}
	return slog.New(slog.NewTextHandler(c.err, opt))
}

// path is a place in the data folder.
func (y *system) path(elem ...string) string {
	return filepath.Join(append([]string{y.opt.Data}, elem...)...)
}

// start opens everything that the parts need, and makes them.
func (y *system) start(ctx context.Context) error {
	steps := []func(context.Context) error{y.openFolder, y.openListener, y.openStore, y.openBus, y.openLibrary}
	if y.parts.profile {
		steps = append(steps, y.makeProfiler)
	}
	if y.parts.collect {
		steps = append(steps, y.makeCollector, y.makeFeed, y.makeKeeper)
	}
	if y.parts.decoy {
		steps = append(steps, y.makeDecoy)
	}
	if y.parts.serve {
		steps = append(steps, y.makeServer, y.makeOutputs, y.writeRunFile)
	}
	steps = append(steps, y.makeInside)
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// later notes what is to be closed, in reverse order.
func (y *system) later(c io.Closer) { y.closers = append(y.closers, c.Close) }

// close gives everything back, the last that was opened first.
func (y *system) close() (err error) {
	for len(y.closers) > 0 {
		last := y.closers[len(y.closers)-1]
		y.closers = y.closers[:len(y.closers)-1]
		err = errors.Join(err, last())
	}
	return err
}

// openFolder makes the data folder, for nobody but its owner.
func (y *system) openFolder(context.Context) error {
	abs, err := filepath.Abs(y.opt.Data)
	if err != nil {
		return fmt.Errorf("data folder: %w", err)
	}
	y.opt.Data = abs
	if err := disk.Local(abs); err != nil && (!y.opt.postgres() || y.ownBus()) {
		return fmt.Errorf("data folder: %w", err)
	}
	if err := ownFolders(abs, y.path(tempDir), y.path(shardsDir)); err != nil {
		return err
	}
	return y.clearTemp()
}

// ownFolders makes the data folder, and others in it, for nobody but its owner.
func ownFolders(data string, more ...string) error {
	for _, dir := range append([]string{data}, more...) {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			return fmt.Errorf("data folder: %w", err)
		}
	}
	info, err := os.Stat(data)
	if err != nil {
		return fmt.Errorf("data folder: %w", err)
	}
	if info.Mode().Perm()&0o022 != 0 {
		return fmt.Errorf("data folder %s: others may write to it: chmod go-w %s", data, data)
	}
	return nil
}

// clearTemp removes what an earlier process unpacked and could not remove.
// Processes that share a data folder have folders of their own in it.
func (y *system) clearTemp() error {
	if y.opt.postgres() {
		dir, err := os.MkdirTemp(y.path(tempDir), "p")
		if err != nil {
			return fmt.Errorf("data folder: %w", err)
		}
		y.closers = append(y.closers, func() error { return os.RemoveAll(dir) })
	}
	return nil
}

// ownBus says whether the bus runs inside this process.
func (y *system) ownBus() bool { return !y.opt.NoBus && y.opt.Nats == "" }

// openListener takes the port before anything else is done: another program
// on it is the most usual reason why a start fails.
func (y *system) openListener(ctx context.Context) error {
	if !y.parts.serve {
		return nil
	}
	l, err := y.listen(ctx, y.opt.Listen)
	if err != nil {
		return fmt.Errorf("%w (another gait may run there; --listen takes another address, port 0 any that is free)", err)
	}
	y.listener = l
	return nil
}

// listen listens on an address until the system is closed.
func (y *system) listen(ctx context.Context, address string) (net.Listener, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	y.closers = append(y.closers, func() error { // whoever serves on it has usually closed it already
		if err := l.Close(); !errors.Is(err, net.ErrClosed) {
			return err
		}
		return nil
	})
	return l, nil
}

// openLibrary makes what reads recordings.
func (y *system) openLibrary(context.Context) error {
	o := &y.opt.rootFlags
	roots := []string{y.path(shardsDir)}
	for _, list := range [][]string{o.Shards, o.Cowrie, o.Recordings} {
		roots = append(roots, list...)
	}
	y.library = recording.NewLibrary(recording.LibraryOptions{Roots: roots, Limits: y.opt.limits(), TempDir: y.path(tempDir)})
	y.later(y.library)
	return nil
}
