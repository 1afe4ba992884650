package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// world is a whole system with its recordings, for one round.
type world struct {
	o     *options
	name  roundName
	dir   string
	dice  *rand.Rand
	feed  *process   // writes sessions
	parts []*process // what is killed
	back  []*process // bus and store, where they are processes of their own
	disk  string     // a small file system; empty where there is none
	heard *hearer    // what was announced; nil where nobody can listen
	stop  context.CancelFunc
}

// newWorld makes a world and starts everything in it.
func newWorld(ctx context.Context, o *options, name roundName) (*world, error) {
	w := &world{o: o, name: name, dir: name.dir(o.dir), dice: rand.New(rand.NewPCG(o.seed, uint64(name.n)))}
	for _, d := range []string{w.dir, w.path("shards"), w.path("data"), w.path("logs")} {
		if err := os.Mkdir(d, 0o755); err != nil {
			return nil, err
		}
	}
	if err := os.WriteFile(w.path("clock"), []byte("0"), 0o644); err != nil {
		return nil, err
	}
	ctx, w.stop = context.WithCancel(ctx)
	start := w.one
	if name.many {
		start = w.many
	}
	if err := start(ctx); err != nil {
		return nil, errors.Join(err, w.close())
	}
	w.feed = w.process("simulate", "simulate", "--shards", w.path("shards"), "--rate", strconv.FormatFloat(o.rate, 'f', -1, 64)+"/s",
		"--speed", "60", "--decoys", "3", "--seed", strconv.FormatUint(o.seed+uint64(name.n), 10))
	w.feed.env = nil // what is recorded has one clock
	w.feed.supervise(ctx)
	return w, nil
}

// path is a place in the world.
func (w *world) path(elem ...string) string {
	return filepath.Join(append([]string{w.dir}, elem...)...)
}

// process makes a process of the program under test.
func (w *world) process(name string, args ...string) *process {
	return &process{name: name, path: w.o.gait, args: args, env: []string{"GAIT_CLOCK=" + w.path("clock")}, log: w.path("logs", name+".log")}
}

// smallDisk is the size of the file system that is filled.
const smallDisk = 64 << 20

// one starts everything in one process, with its data on a small disk.
func (w *world) one(ctx context.Context) error {
	if err := syscall.Mount("gait-torture", w.path("data"), "tmpfs", 0, "mode=0700,size="+strconv.Itoa(smallDisk)); err != nil {
		return fmt.Errorf("a file system of %d MB: %w (mounting needs root)", smallDisk>>20, err)
	}
	w.disk = w.path("data")
	p := w.process("run", "run", "--data", w.path("data"), "--shards", w.path("shards"), "--listen", "127.0.0.1:0",
		"--min-free", "6MB", "--output", "jsonl:"+w.path("announced.jsonl"))
	w.parts = []*process{p}
	p.supervise(ctx)
	return nil
}

// many starts a process for each stage, and the servers between them.
func (w *world) many(ctx context.Context) error {
	bus, url, err := w.natsServer()
	if err != nil {
		return err
	}
	base, dsn, err := w.postgresServer(ctx)
	if err != nil {
		return err
	}
	w.back = []*process{bus, base}
	for _, p := range w.back {
		p.supervise(ctx)
	}
	if err := w.answers(ctx, dsn); err != nil {
		return err
	}
	w.heard = hear(ctx, url)
	common := []string{"--store", dsn, "--nats", url}
	roots := []string{"--shards", w.path("shards")}
	for _, p := range [][]string{
		append([]string{"collect", "collect"}, roots...),
		append([]string{"work-1", "work"}, roots...),
		append([]string{"work-2", "work"}, roots...),
		append([]string{"serve", "serve", "--listen", "127.0.0.1:0"}, roots...),
	} {
		part := w.process(p[0], append(p[1:], common...)...)
		w.parts = append(w.parts, part)
		part.supervise(ctx)
	}
	return nil
}

// store gives the flags by which commands find the store.
func (w *world) store() []string {
	if w.name.many {
		return []string{"--store", w.dsn()}
	}
	return []string{"--data", w.path("data")}
}

// close ends everything.
func (w *world) close() (err error) {
	w.stop()
	for _, p := range append(append([]*process{w.feed}, w.parts...), w.back...) {
		if p != nil && p.done != nil {
			<-p.done
		}
	}
	if w.disk != "" {
		for range 50 { // what was killed may still hold it for a moment
			if err = syscall.Unmount(w.disk, 0); err == nil {
				break
			}
			time.Sleep(100 * time.Millisecond)
		}
	}
	return err
}
