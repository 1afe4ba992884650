// Command live measures the running system: how soon it is ready, how much
// memory it takes, how many sessions a second it stores and announces, how long
// it takes from the end record of a session to its event, and how long lists
// take. It runs the built program, with recordings that it makes up, on
// loopback and in a folder of its own. Machines are noisy: compare the figures
// within one run.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// live is one run of measurements.
type live struct {
	ctx      context.Context
	dir      string
	gait     string
	postgres string // DSN; empty leaves PostgreSQL out
	sessions int    // in the throughput runs
	backlog  int    // sessions that wait as backfill
	stored   []int  // sizes of stores that the delay is measured with
	seconds  int    // of each measurement of delays
}

// parts are what can be measured, in order.
var parts = []struct {
	name string
	run  func(*live) error
}{
	{"start", (*live).start},
	{"rate", (*live).rate},
	{"delay", (*live).delay},
	{"backlog", (*live).behindBacklog},
	{"shard", (*live).besideShards},
	{"cowrie", (*live).besideCowrie},
	{"store", (*live).besideStores},
}

func main() {
	l := &live{}
	var only, sizes string
	flag.StringVar(&only, "only", "", "parts to measure, with commas: start, rate, delay, backlog, shard, cowrie, store")
	flag.StringVar(&l.gait, "gait", "", "program to measure; built when empty")
	flag.StringVar(&l.postgres, "postgres", os.Getenv("GAIT_TEST_POSTGRES"), "PostgreSQL to measure too")
	flag.IntVar(&l.sessions, "sessions", 10_000, "sessions in the measurements of the rate")
	flag.IntVar(&l.backlog, "backlog", 1_000_000, "sessions that wait as backfill")
	flag.StringVar(&sizes, "stored", "1,100000,1000000", "sessions in the stores that the delay is measured with")
	flag.IntVar(&l.seconds, "seconds", 20, "how long each delay is measured")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	l.ctx = ctx
	err := l.sizes(sizes)
	if err == nil {
		err = l.run(only)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "live:", err)
		stop()
		os.Exit(1)
	}
}

func (l *live) sizes(list string) error {
	for s := range strings.SplitSeq(list, ",") {
		var n int
		if _, err := fmt.Sscan(s, &n); err != nil {
			return fmt.Errorf("-stored: %w", err)
		}
		l.stored = append(l.stored, n)
	}
	return nil
}

func (l *live) run(only string) (err error) {
	if l.dir, err = os.MkdirTemp("", "gait-live-"); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(l.dir)) }()
	if l.gait == "" {
		l.gait = filepath.Join(l.dir, "gait")
		build := exec.CommandContext(l.ctx, "go", "build", "-o", l.gait, "./cmd/gait")
		build.Stderr = os.Stderr
		if err := build.Run(); err != nil {
			return fmt.Errorf("build: %w", err)
		}
	}
	fmt.Printf("the running system, %s, %d cores\n", runtime.Version(), runtime.NumCPU())
	for _, p := range parts {
		if only != "" && !slices.Contains(strings.Split(only, ","), p.name) {
			continue
		}
		if err := p.run(l); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
	}
	return nil
}
