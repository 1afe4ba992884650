package main

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"time"
)

// start measures how soon the system is ready and what memory it takes when
// nothing happens.
func (l *live) start() error {
	dir := filepath.Join(l.dir, "start")
	var ready []time.Duration
	var idle int64
	for range 7 {
		s, err := l.boot(dir)
		if err != nil {
			return err
		}
		ready = append(ready, s.ready)
		if len(ready) == 7 {
			time.Sleep(5 * time.Second)
			idle, _ = s.memory()
			used := s.cpu()
			time.Sleep(5 * time.Second)
			fmt.Printf("\nidle: %s of memory, %.1f %% of one core\n", mb(idle), float64(s.cpu()-used)/float64(5*time.Second)*100)
		}
		if err := s.halt(); err != nil {
			return err
		}
	}
	slices.Sort(ready)
	fmt.Printf("start to ready: median %d ms, most %d ms of %d starts (the first one makes the store)\n",
		ready[len(ready)/2].Milliseconds(), ready[len(ready)-1].Milliseconds(), len(ready))
	return nil
}

// counts is what the system says of how much it has done.
type counts struct {
	Sessions    map[string]int64 `json:"sessions"`
	Unannounced int64            `json:"unannounced"`
}

// rate measures how many sessions a second go from their shard into the store
// and onto the bus.
func (l *live) rate() error {
	fmt.Printf("\nfrom shard to stored and announced: %d sessions\n%-24s %12s %12s %10s %10s %12s\n", l.sessions,
		"", "sessions/s", "events/s", "memory", "most", "cores used")
	type variant struct {
		name  string
		flags []string
	}
	list := []variant{{"SQLite", nil}, {"SQLite, no bus", []string{"--no-bus"}}}
	if l.postgres != "" {
		dsn, drop, err := l.database()
		if err != nil {
			return fmt.Errorf("PostgreSQL: %w", err)
		}
		defer drop()
		list = append(list, variant{"PostgreSQL", []string{"--store", dsn}})
	}
	for i, v := range list {
		if err := l.rateOf(filepath.Join(l.dir, fmt.Sprintf("rate-%d", i)), v.name, v.flags); err != nil {
			return fmt.Errorf("%s: %w", v.name, err)
		}
	}
	return nil
}

func (l *live) rateOf(dir, name string, flags []string) error {
	f, err := newFeed(filepath.Join(dir, "shards"), "decky-01")
	if err != nil {
		return err
	}
	events := 0
	for range l.sessions {
		_, n, err := f.one()
		if err != nil {
			return err
		}
		events += n
	}
	s, err := l.boot(dir, flags...)
	if err != nil {
		return err
	}
	s.quiet = slices.Contains(flags, "--no-bus")
	begun := time.Now()
	if err := s.settled(int64(l.sessions)); err != nil {
		return err
	}
	took := time.Since(begun).Seconds() + s.ready.Seconds()
	now, most := s.memory()
	fmt.Printf("%-24s %12.0f %12.0f %10s %10s %12.2f\n", name, float64(l.sessions)/took, float64(events)/took, mb(now), mb(most), s.cpu().Seconds()/took)
	return s.halt()
}

// settled waits until so many sessions are stored and announced.
func (s *system) settled(n int64) error {
	deadline := time.Now().Add(10 * time.Minute)
	for time.Now().Before(deadline) {
		done, waits, err := s.progress()
		if err != nil {
			return err
		}
		if done >= n && (waits == 0 || s.quiet) {
			return nil
		}
		time.Sleep(250 * time.Millisecond)
	}
	return fmt.Errorf("not all sessions were stored and announced within 10 minutes\n%s", tail(s.errs.Bytes()))
}

// quantiles sorts durations and tells their quantiles.
func quantiles(d []time.Duration) string {
	slices.Sort(d)
	at := func(q float64) time.Duration { return d[min(int(q*float64(len(d))), len(d)-1)] }
	return fmt.Sprintf("%8.1f %8.1f %8.1f %8.1f", ms(at(0.5)), ms(at(0.95)), ms(at(0.99)), ms(d[len(d)-1]))
}

func ms(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

const delayHead = "%-44s %8s %8s %8s %8s  %s\n"

// delay measures the time from the end record to the event, at two rates.
func (l *live) delay() error {
	fmt.Printf("\nfrom end record to event, ms\n"+delayHead, "", "p50", "p95", "p99", "most", "memory, most")
	for _, rate := range []int{10, 200} {
		s, err := l.boot(filepath.Join(l.dir, fmt.Sprintf("delay-%d", rate)))
		if err != nil {
			return err
		}
		if err := s.delays(fmt.Sprintf("%d sessions/s", rate), rate); err != nil {
			return err
		}
		if err := s.halt(); err != nil {
			return err
		}
	}
	return nil
}

// delays measures and prints one row.
func (s *system) delays(name string, rate int) error {
	f, err := newFeed(s.shards, "decky-live")
	if err != nil {
		return err
	}
	defer f.file.Close()
	took, err := s.follow(f, rate)
	if err != nil {
		return err
	}
	_, most := s.memory()
	fmt.Printf("%-44s %s  %s\n", name, quantiles(took), mb(most))
	return nil
}

// besideShards measures the delay in shards that hold much already.
func (l *live) besideShards() error {
	fmt.Printf("\nfrom end record to event, ms, by what the shard holds already (10 sessions/s)\n"+delayHead, "", "p50", "p95", "p99", "most", "memory, most")
	for _, n := range []int{0, 100_000, 1_000_000} {
		dir := filepath.Join(l.dir, fmt.Sprintf("shard-%d", n))
		f, err := newFeed(filepath.Join(dir, "shards"), "decky-live")
		if err != nil {
			return err
		}
		for i := range n {
			// The day is today's, the sessions are long over.
			if err := f.tiny(time.Now().Add(-2*time.Hour - time.Duration(i)*time.Millisecond)); err != nil {
				return err
			}
		}
		if err := f.flush(); err != nil {
			return err
		}
		s, err := l.boot(dir, "--since", "1h", "--max-sessions", "2000000")
		if err != nil {
			return err
		}
		err = s.first(f)
		if err == nil {
			err = s.delays(fmt.Sprintf("%d sessions", n), 10)
		}
		if err := errors.Join(err, s.halt(), f.file.Close()); err != nil {
			return err
		}
	}
	return nil
}
