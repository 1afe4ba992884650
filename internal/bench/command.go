package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"time"
)

// cost is what one run of a command took.
type cost struct {
	wall, cpu time.Duration
	peak      int64 // bytes of memory
}

// time runs a command some times and gives the run with the median time.
// Output goes to /dev/null, as wc and its like are measured.
func (b *bench) time(rounds int, name string, args ...string) (cost, error) {
	var runs []cost
	for range rounds {
		cmd := exec.Command(name, args...)
		cmd.Stderr = os.Stderr
		start := time.Now()
		if err := cmd.Run(); err != nil {
			return cost{}, fmt.Errorf("%s: %w", filepath.Base(name), err)
		}
		c := cost{wall: time.Since(start), cpu: cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()}
		c.peak = cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss << 10
		runs = append(runs, c)
	}
	slices.SortFunc(runs, func(x, y cost) int { return int(x.wall - y.wall) })
	return runs[len(runs)/2], nil
}

// profile runs gait profile with a number of workers.
func (b *bench) profile(rounds, workers int, path string) (cost, error) {
	return b.time(rounds, b.gait, "profile", "-q", "-o", "jsonl", "--workers", strconv.Itoa(workers), path)
}

// whole measures the way from a file to JSON lines.
func (b *bench) whole(size int64) error {
	path := filepath.Join(b.dir, "typical.jsonl")
	size, err := create(path, 1, typical(size))
	if err != nil {
		return err
	}
	n, err := countShard(path)
	if err != nil {
		return err
	}
	fmt.Printf("\nFrom file to JSON lines: a shard of %s, %d sessions, %d events\n", mb(size), n.sessions, n.events)
	fmt.Printf("%-36s %9s %9s %12s %12s %9s\n", "", "time", "MB/s", "events/s", "sessions/s", "peak")
	show := func(name string, c cost) {
		s := c.wall.Seconds()
		fmt.Printf("%-36s %9s %9.0f %12.0f %12.0f %9s\n", name, ms(c.wall), float64(size)/1e6/s, float64(n.events)/s, float64(n.sessions)/s, mb(c.peak))
	}
	for _, workers := range []int{1, 2} {
		c, err := b.oneCore(workers == 1, b.rounds, path, workers)
		if err != nil {
			return err
		}
		show(fmt.Sprintf("gait profile, %d core(s)", workers), c)
	}
	for _, other := range [][]string{{"wc", "-l"}, {"cat"}} {
		c, err := b.time(b.rounds, other[0], append(other[1:], path)...)
		if err != nil {
			return err
		}
		show(other[0], c)
	}
	d, err := encodingJSON(path)
	if err != nil {
		return err
	}
	show("one pass of encoding/json", cost{wall: d})
	return nil
}

// oneCore runs gait profile; with pin set on a single core.
func (b *bench) oneCore(pin bool, rounds int, path string, workers int) (cost, error) {
	if !pin {
		return b.profile(rounds, workers, path)
	}
	if _, err := exec.LookPath("taskset"); err != nil {
		return b.profile(rounds, workers, path)
	}
	return b.time(rounds, "taskset", "-c", "0", b.gait, "profile", "-q", "-o", "jsonl", "--workers", "1", path)
}

// extremes measures shards that are as bad as a file can be within its limits.
func (b *bench) extremes(big int64) error {
	if big == 0 {
		return nil
	}
	fmt.Printf("\nExtremes: time and peak memory of gait profile\n")
	for _, x := range []struct {
		name  string
		write func(*generator)
	}{
		{mb(big) + ", typical", typical(big)},
		{"2,000,000 events in one session", oneSession(2_000_000, 100)},
		{"2,000,000 events, a command in two", oneSession(2_000_000, 2)},
		{"1,000,000 sessions of one event", manySessions(1_000_000, 1, false)},
		{"100,000 sessions in turn, 20 lines each", manySessions(100_000, 20, true)},
		{"1,000 sessions in turn, 2,000 lines each", manySessions(1_000, 2_000, true)},
	} {
		path := filepath.Join(b.dir, "extreme.jsonl")
		size, err := create(path, 2, x.write)
		if err != nil {
			return err
		}
		c, err := b.profile(1, 2, path)
		if err != nil {
			return err
		}
		fmt.Printf("%-42s %9s of file %9s %9s peak\n", x.name, mb(size), ms(c.wall), mb(c.peak))
		os.Remove(path)
	}
	return nil
}

func mb(n int64) string {
	if n == 0 {
		return "-"
	}
	return fmt.Sprintf("%.1f MB", float64(n)/1e6)
}

func ms(d time.Duration) string {
	if d < 10*time.Millisecond {
		return d.Round(10 * time.Microsecond).String()
	}
	return d.Round(time.Millisecond).String()
}
