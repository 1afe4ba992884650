// Command bench measures the engine on shards that it makes up, and prints
// tables. What it runs is the built program, as a user runs it; the stages
// within are measured in this process. Machines are noisy: compare the ratios
// within one run.
package main

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
)

// bench is one run of all measurements.
type bench struct {
	dir    string // for shards and the program
	gait   string // the program
	rounds int
}

func main() {
	var (
		size   = flag.Int64("size", 120, "size of the shard in MB")
		big    = flag.Int64("big", 1024, "size of the big shard in MB; 0 leaves the big ones out")
		rounds = flag.Int("rounds", 5, "runs of each command; the median counts")
		bin    = flag.String("gait", "", "program to measure; built when empty")
		pgo    = flag.String("pgo", "", "only write the profile that the compiler optimises by to this file")
		write  = flag.String("write", "", "only write the shard to this file")
	)
	flag.Parse()
	if *write != "" {
		if _, err := create(*write, 1, typical(*size<<20)); err != nil {
			fmt.Fprintln(os.Stderr, "bench:", err)
			os.Exit(1)
		}
		return
	}
	dir, err := os.MkdirTemp("", "gait-bench")
	if err == nil {
		b := &bench{dir: dir, gait: *bin, rounds: *rounds}
		if *pgo != "" {
			err = b.pgo(*pgo, *size<<20)
		} else {
			err = b.run(*size<<20, *big<<20)
		}
		os.RemoveAll(dir)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func (b *bench) run(size, big int64) error {
	if b.gait == "" {
		b.gait = filepath.Join(b.dir, "gait")
		build := exec.Command("go", "build", "-o", b.gait, "./cmd/gait")
		build.Stderr = os.Stderr
		if err := build.Run(); err != nil {
			return fmt.Errorf("build: %w", err)
		}
	}
	fmt.Printf("%s, %s, %d cores\n", measured, runtime.Version(), runtime.NumCPU())
	for _, step := range []func() error{
		func() error { return b.whole(size) },
		func() error { return b.extremes(big) }, // a child's peak counts what this process held when it forked
		b.stages,
		b.growth,
		func() error { return b.single(big) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}
