// Command torture kills the system again and again while sessions come in, and
// then counts: every session must be in the store exactly once, with the
// observations that reading its recording offline gives, and every stored
// observation must have been announced with its last value.
//
// It works in rounds. An odd round runs "gait run", with everything in one
// process, on a file system of 64 MB that is filled and freed; an even one runs
// collect, two workers and serve as processes against a NATS server and a
// PostgreSQL server of its own, which are killed and started again too. In both,
// processes are killed with SIGKILL at random moments, and the clock that they
// see is stepped an hour forth and back.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
)

// options are what the user asks for.
type options struct {
	kills   int
	round   int
	seed    uint64
	rate    float64
	pause   time.Duration
	mode    string
	keep    bool
	verbose bool
	dir     string // where everything lies; made and removed by the program
	gait    string // the program under test
}

func main() {
	var o options
	flag.IntVar(&o.kills, "n", 200, "how many kills in all")
	flag.IntVar(&o.round, "round", 100, "how many kills in a round")
	flag.Uint64Var(&o.seed, "seed", uint64(time.Now().UnixNano()), "seed of all chance but the machine's")
	flag.Float64Var(&o.rate, "rate", 4, "sessions a second")
	flag.DurationVar(&o.pause, "pause", 700*time.Millisecond, "longest pause between two blows")
	flag.StringVar(&o.mode, "mode", "both", "one (gait run), many (processes) or both in turn")
	flag.BoolVar(&o.keep, "keep", false, "leave the folder with stores, logs and recordings")
	flag.BoolVar(&o.verbose, "v", false, "tell every kill")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, &o); err != nil {
		fmt.Fprintln(os.Stderr, "torture:", err)
		stop()
		os.Exit(1)
	}
}

// run tortures in rounds.
func run(ctx context.Context, o *options) (err error) {
	fmt.Printf("torture: %d kills, seed %d (repeat with -seed)\n", o.kills, o.seed)
	if o.dir, err = os.MkdirTemp("", "gait-torture-"); err != nil {
		return err
	}
	// The servers run as other users, who must get through.
	if err := os.Chmod(o.dir, 0o755); err != nil {
		return err
	}
	defer func() {
		if o.keep || err != nil {
			fmt.Println("torture: all is left in", o.dir)
			return
		}
		err = errors.Join(err, os.RemoveAll(o.dir))
	}()
	if o.gait, err = build(ctx, o.dir); err != nil {
		return fmt.Errorf("build: %w", err)
	}
	total := tally{}
	for n := 1; total.kills < o.kills; n++ {
		t, err := round(ctx, o, n, min(o.round, o.kills-total.kills))
		total.add(t)
		if err != nil {
			return fmt.Errorf("round %d: %w", n, err)
		}
	}
	fmt.Printf("torture: passed: %s\n", total)
	return nil
}

// round makes a world, tortures it and checks it.
func round(ctx context.Context, o *options, n, kills int) (t tally, err error) {
	many := o.mode == "many" || o.mode == "both" && n%2 == 0
	w, err := newWorld(ctx, o, roundName{n, many})
	if err != nil {
		return t, err
	}
	start := time.Now()
	if t, err = w.torture(ctx, kills); err == nil {
		var checked tally
		checked, err = w.check(ctx)
		t.sessions, t.observations = checked.sessions, checked.observations
	}
	if err = errors.Join(err, w.close()); err != nil {
		return t, err
	}
	fmt.Printf("round %d, %s: %s, all there once and announced, %.0f s\n", n, w.name.kind(), t, time.Since(start).Seconds())
	if !o.keep {
		err = os.RemoveAll(w.dir)
	}
	return t, err
}

// roundName tells rounds apart.
type roundName struct {
	n    int
	many bool
}

func (r roundName) kind() string {
	if r.many {
		return "processes"
	}
	return "one process"
}

func (r roundName) dir(of string) string { return filepath.Join(of, fmt.Sprintf("round-%d", r.n)) }

// tally is what was done to a world, and what was found in it.
type tally struct {
	kills, stops, fills, steps int
	sessions, observations     int
}

func (t *tally) add(u tally) {
	t.kills += u.kills
	t.stops += u.stops
	t.fills += u.fills
	t.steps += u.steps
	t.sessions += u.sessions
	t.observations += u.observations
}

// String tells it in words.
func (t tally) String() string {
	return fmt.Sprintf("%d kills, %d stops of bus or store, %d fillings of the disk, %d steps of the clock, %d sessions, %d observations",
		t.kills, t.stops, t.fills, t.steps, t.sessions, t.observations)
}
