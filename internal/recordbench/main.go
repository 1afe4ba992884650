// Command recordbench measures what a recorder costs beside script(1) and no
// recorder at all, all of them in one run and in turn, so that what else the
// machine does hits each alike:
//
//	go build -o /tmp/gait ./cmd/gait && go run ./internal/recordbench -gait /tmp/gait
//
// It prints the seconds of processor time for each gigabyte of output (of the
// shell, what prints and what records, together), how long a key takes to come
// back, and the memory of what records: what it has for itself, all that is
// mapped, and the peak of that. What is mapped is mostly the program's file, which
// all recorders share, as much of it as the system brings when a byte is asked for; so it
// prints too what each of a hundred takes that run at once.
package main

import (
	"context"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"time"

	"gait/recording/feed"
	"gait/recording/shard"
)

// way is one way to run a shell, and what was measured of it.
type way struct {
	name   string
	before []string // arguments before the shell's
	quoted bool     // the shell is given to it as one text
	cost   []float64
	took   []float64
	keys   []time.Duration
	rss    int // in kB
	peak   int
	own    int
}

// crowd is how many recorders are measured together.
const crowd = 100

func main() {
	gait := flag.String("gait", "bin/gait", "the program to measure")
	rounds := flag.Int("rounds", 3, "how often each way is measured")
	size := flag.Int64("mb", 128, "megabytes of output each time")
	keys := flag.Int("keys", 300, "keys each time")
	flag.Parse()
	if err := measure(*gait, *rounds, *size<<20, *keys); err != nil {
		fmt.Fprintln(os.Stderr, "recordbench:", err)
		os.Exit(1)
	}
}

// measure takes all ways in turn, and prints what came out.
func measure(gait string, rounds int, size int64, keys int) error {
	gait, err := filepath.Abs(gait)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "recordbench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	socket := filepath.Join(dir, "run", "record.sock")
	stop, err := collect(socket, dir)
	if err != nil {
		return err
	}
	defer stop()
	record := []string{gait, "record", "--config=none", "--sink=none", "--decoy=web-01"}
	ways := []*way{
		{name: "no recorder"},
		{name: "script to /dev/null", before: []string{"script", "-q", "/dev/null", "-c"}, quoted: true},
		{name: "script to a file", before: []string{"script", "-q", "-T", filepath.Join(dir, "times"), filepath.Join(dir, "log"), "-c"}, quoted: true},
		{name: "gait record to a collector", before: append(slices.Clone(record), "--socket="+socket, "--")},
		{name: "gait record --shards", before: append(slices.Clone(record), "--shards="+filepath.Join(dir, "direct"), "--")},
	}
	for round := range rounds {
		for i := range ways {
			w := ways[(i+round)%len(ways)]
			if err := w.flood(size); err != nil {
				return fmt.Errorf("%s: %w", w.name, err)
			}
			if err := w.typed(keys); err != nil {
				return fmt.Errorf("%s: %w", w.name, err)
			}
		}
	}
	report(ways, rounds, size)
	each, err := ways[len(ways)-1].crowd(crowd)
	if err != nil {
		return err
	}
	fmt.Printf("\n%d recorders at once take %.1f MB each\n", crowd, float64(each)/1024)
	return nil
}

// collect runs a collector in this process, whose time is not counted.
func collect(socket, dir string) (stop func(), err error) {
	w, err := shard.NewWriter(shard.WriterOptions{Root: filepath.Join(dir, "shards"), Decoy: "web-01", Service: "ssh"})
	if err != nil {
		return nil, err
	}
	l, err := feed.Listen(socket)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = feed.Serve(ctx, l, feed.Options{
			Writer:  func(string, string) (*shard.Writer, error) { return w, nil },
			Believe: feed.Trust{Decoy: "web-01", Service: "ssh"}.Believe,
			Log:     slog.New(slog.DiscardHandler),
		})
	}()
	return func() { cancel(); <-done }, nil
}

// report prints the table. What a way adds is compared with no recorder, round
// by round.
func report(ways []*way, rounds int, size int64) {
	fmt.Printf("%d rounds of %d MB\n\n%-28s %12s %10s %10s %10s %9s %9s %9s\n", rounds, size>>20,
		"", "CPU s/GB", "s/GB", "key p50", "key p99", "own MB", "RSS MB", "peak MB")
	for _, w := range ways {
		slices.Sort(w.keys)
		fmt.Printf("%-28s %12.3f %10.2f %10s %10s %9.1f %9.1f %9.1f\n", w.name, middle(w.cost), middle(w.took),
			w.key(0.5), w.key(0.99), float64(w.own)/1024, float64(w.rss)/1024, float64(w.peak)/1024)
	}
	fmt.Println()
	for _, w := range ways[1:] {
		var ratio []float64
		for i := range w.cost {
			ratio = append(ratio, w.cost[i]/ways[1].cost[i])
		}
		fmt.Printf("%-28s %6.3f times script's CPU, key +%v p50, +%v p99\n", w.name, middle(ratio),
			w.key(0.5)-ways[0].key(0.5), w.key(0.99)-ways[0].key(0.99))
	}
}

// key gives a quantile of the delays of keys, which are sorted.
func (w *way) key(q float64) time.Duration {
	return w.keys[int(q*float64(len(w.keys)-1))].Round(time.Microsecond)
}

// middle gives the median.
func middle(x []float64) float64 {
	x = slices.Clone(x)
	slices.Sort(x)
	return x[len(x)/2]
}
