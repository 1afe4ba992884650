package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"gait/collect"
	"gait/store"
	"gait/store/sqlite"
)

// behindBacklog measures the delay while very many sessions of long ago are to
// be profiled: while they are found and taken in, in files of then and in files
// that were copied just now; and when all of them wait in the store.
func (l *live) behindBacklog() error {
	fmt.Printf("\nfrom end record to event, ms, before %d sessions of long ago\n"+delayHead, l.backlog, "", "p50", "p95", "p99", "most", "memory, most")
	for _, v := range []struct {
		name         string
		fresh, taken bool
	}{{"found meanwhile", false, false}, {"in new files", true, false}, {"wait in the store", false, true}} {
		if err := l.behind(v.name, v.fresh, v.taken); err != nil {
			return fmt.Errorf("%s: %w", v.name, err)
		}
	}
	return nil
}

// behind measures one kind of backlog, at two rates.
func (l *live) behind(name string, fresh, taken bool) error {
	dir := filepath.Join(l.dir, "backlog")
	if err := l.tinyShards(dir, l.backlog, fresh); err != nil {
		return err
	}
	if taken {
		if err := l.takeIn(dir); err != nil {
			return err
		}
	}
	s, err := l.boot(dir)
	if err != nil {
		return err
	}
	before, _, err := s.progress()
	if err != nil {
		return err
	}
	for _, rate := range []int{10, 200} {
		if err := s.delays(fmt.Sprintf("%s, %d sessions/s", name, rate), rate); err != nil {
			return err
		}
	}
	done, _, err := s.progress()
	if err != nil {
		return err
	}
	fmt.Printf("  meanwhile %d sessions in all were stored\n", done-before)
	return errors.Join(s.halt(), os.RemoveAll(dir))
}

// takeIn fills a store with all sessions below a folder, as ones that wait.
func (l *live) takeIn(dir string) error {
	data := filepath.Join(dir, "data")
	if err := os.MkdirAll(data, 0o700); err != nil {
		return err
	}
	db, err := sqlite.Open(l.ctx, filepath.Join(data, "gait.db"), store.Options{})
	if err != nil {
		return err
	}
	return errors.Join(l.collectAll(db, filepath.Join(dir, "shards")), db.Close())
}

// collectAll runs a collector until every session waits in the store.
func (l *live) collectAll(db store.Store, shards string) error {
	c, err := collect.New(collect.Options{Store: db, Shards: []string{shards}})
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(l.ctx)
	ended := make(chan error, 1)
	go func() { ended <- c.Run(ctx) }()
	began, here := time.Now(), int64(0)
	for here < int64(l.backlog) && time.Since(began) < 30*time.Minute && ctx.Err() == nil && err == nil {
		time.Sleep(time.Second)
		var stats store.Stats
		if stats, err = db.Stats(ctx); err == nil {
			here = stats.Sessions[store.Waiting]
		}
	}
	took := time.Since(began)
	stop()
	<-ended // the context's error
	if err != nil || here < int64(l.backlog) {
		return errors.Join(fmt.Errorf("%d of %d sessions were taken in", here, l.backlog), err)
	}
	fmt.Printf("  %d sessions were taken in, %.0f/s\n", here, float64(here)/took.Seconds())
	return nil
}

// tinyShards writes many small sessions of the past, 100,000 a shard and day.
// The files look as old as what is in them, or as if they came just now.
func (l *live) tinyShards(dir string, n int, fresh bool) error {
	since := time.Now().Add(-30 * 24 * time.Hour)
	const perShard = 100_000
	for at := 0; at < n; at += perShard {
		day := since.Add(time.Duration(at/perShard) * 24 * time.Hour).UTC().Truncate(24 * time.Hour)
		f, err := newFeedAt(filepath.Join(dir, "shards", "decky-old", "ssh", "transcripts", "sessions-"+day.Format(time.DateOnly)+".jsonl"))
		if err != nil {
			return err
		}
		for i := range min(perShard, n-at) {
			if err := f.tiny(day.Add(time.Duration(i) * 800 * time.Millisecond)); err != nil {
				return err
			}
		}
		if err := f.flush(); err != nil {
			return err
		}
		if err := f.file.Close(); err != nil {
			return err
		}
		if fresh {
			continue
		}
		if err := os.Chtimes(f.file.Name(), day, day.Add(24*time.Hour)); err != nil {
			return err
		}
	}
	return nil
}
