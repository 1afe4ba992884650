package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
)

// besideStores measures the delay with stores that hold much already. The
// benchmark of the store's lists makes them.
func (l *live) besideStores() error {
	fmt.Printf("\nfrom end record to event, ms, by what the store holds already (10 sessions/s)\n"+delayHead, "", "p50", "p95", "p99", "most", "memory, most")
	for _, n := range l.stored {
		dir := filepath.Join(l.dir, fmt.Sprintf("store-%d", n))
		if err := l.fillStore(filepath.Join(dir, "data"), n); err != nil {
			return err
		}
		s, err := l.boot(dir)
		if err != nil {
			return err
		}
		if err := s.delays(fmt.Sprintf("%d sessions", n), 10); err != nil {
			return err
		}
		if err := s.halt(); err != nil {
			return err
		}
		if err := os.RemoveAll(dir); err != nil {
			return err
		}
	}
	return nil
}

// fillStore makes a store of so many sessions, with 38 observations each.
func (l *live) fillStore(data string, sessions int) error {
	if err := os.MkdirAll(data, 0o700); err != nil {
		return err
	}
	cmd := exec.CommandContext(l.ctx, "go", "test", "./store/sqlstore", "-run", "^$", "-bench", "List/sqlite", "-benchtime", "1x", "-timeout", "30m")
	cmd.Env = append(os.Environ(), "GAIT_BENCH_SESSIONS="+strconv.Itoa(sessions), "GAIT_BENCH_OBSERVATIONS=38", "GAIT_BENCH_KEEP="+data)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("fill a store: %w\n%s", err, out)
	}
	return nil
}
