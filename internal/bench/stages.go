package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"gait"
	"gait/profile"
	"gait/profile/suite"
	"gait/recording/reader"
	"gait/recording/shard"
)

// counts is what is in a shard.
type counts struct{ sessions, events int }

// source opens a file for reading at any place.
func source(path string) (*reader.Source, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	return &reader.Source{ReaderAt: f, Size: info.Size(), Name: filepath.Base(path), Path: path}, nil
}

// each opens a shard and calls f with every session.
func each(path string, f func(*gait.Session)) error {
	src, err := source(path)
	if err != nil {
		return err
	}
	defer src.ReaderAt.(io.Closer).Close()
	rec, err := shard.Format{}.Open(src, reader.DefaultLimits())
	if err != nil {
		return err
	}
	for _, b := range rec.Batches() {
		if err := b.Each(func(s *gait.Session) error { f(s); return nil }); err != nil {
			return err
		}
	}
	return nil
}

func countShard(path string) (n counts, err error) {
	err = each(path, func(s *gait.Session) {
		n.sessions++
		n.events += s.Len()
	})
	return n, err
}

// encodingJSON decodes every line with encoding/json, once.
func encodingJSON(path string) (time.Duration, error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	start := time.Now()
	for r := bufio.NewReaderSize(f, 1<<20); ; {
		line, err := r.ReadSlice('\n')
		if err == io.EOF {
			return time.Since(start), nil
		}
		if err != nil {
			return 0, err
		}
		var l struct {
			Sid string  `json:"sid"`
			T   float64 `json:"t"`
			Ch  string  `json:"ch"`
			D   string  `json:"d"`
		}
		if err := json.Unmarshal(line, &l); err != nil {
			return 0, err
		}
	}
}

// nothing is a primitive that looks at one fact and says nothing.
func nothing(name string, look func(*profile.View)) *profile.Primitive {
	return &profile.Primitive{Name: name, Observe: func(v *profile.View) profile.Answer {
		look(v)
		return profile.Silent
	}}
}

// stages measures how far one core gets with each stage added to those before.
func (b *bench) stages() error {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	path := filepath.Join(b.dir, "typical.jsonl")
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	facts := []*profile.Primitive{
		nothing("keys", func(v *profile.View) { v.Keys().Bursts() }),
		nothing("commands", func(v *profile.View) { v.Commands().Rhythm() }),
		nothing("screen", func(v *profile.View) { v.Screen() }),
		nothing("words", func(v *profile.View) { v.Words() }),
	}
	var out []byte
	now := time.Now()
	view, all := profile.NewEngine(facts), profile.NewEngine(suite.All)
	fmt.Printf("\nOne core, in this process, each stage with those before it\n%-36s %9s %9s %16s\n", "", "time", "MB/s", "allocs/event")
	for _, s := range []struct {
		name string
		run  func() error
	}{
		{"index", func() error {
			src, err := source(path)
			if err != nil {
				return err
			}
			defer src.ReaderAt.(io.Closer).Close()
			return shard.NewRecording(src, reader.DefaultLimits()).Grow(true)
		}},
		{"sessions (lines, bytes, events)", func() error { return each(path, func(*gait.Session) {}) }},
		{"view (keys, commands, screen, words)", func() error { return each(path, func(s *gait.Session) { view.Profile(s, now) }) }},
		{"all primitives", func() error { return each(path, func(s *gait.Session) { all.Profile(s, now) }) }},
		{"envelopes", func() error {
			return each(path, func(s *gait.Session) {
				out = out[:0]
				r := all.Profile(s, now)
				for i := range r.Observations {
					out = append(r.Encoder.Append(out, &r.Observations[i], false), '\n')
				}
			})
		}},
	} {
		d, allocs, err := b.inProcess(s.run)
		if err != nil {
			return err
		}
		n, err := countShard(path)
		if err != nil {
			return err
		}
		fmt.Printf("%-36s %9s %9.0f %16.3f\n", s.name, ms(d), float64(info.Size())/1e6/d.Seconds(), float64(allocs)/float64(n.events))
	}
	return nil
}

// inProcess gives the median time of a function and its allocations.
func (b *bench) inProcess(run func() error) (time.Duration, uint64, error) {
	var times []time.Duration
	var before, after runtime.MemStats
	for range b.rounds {
		runtime.ReadMemStats(&before)
		start := time.Now()
		if err := run(); err != nil {
			return 0, 0, err
		}
		times = append(times, time.Since(start))
		runtime.ReadMemStats(&after)
	}
	slices.Sort(times)
	return times[len(times)/2], after.Mallocs - before.Mallocs, nil
}

// growth shows the time per event as sessions and shards grow.
func (b *bench) growth() error {
	fmt.Printf("\nGrowth: nanoseconds per event in this process\n%-30s %12s %12s\n", "events in one session", "few commands", "many")
	engine := profile.NewEngine(suite.All)
	now := time.Now()
	perEvent := func(write func(*generator)) (float64, error) {
		path := filepath.Join(b.dir, "growth.jsonl")
		if _, err := create(path, 3, write); err != nil {
			return 0, err
		}
		n, err := countShard(path)
		if err != nil {
			return 0, err
		}
		repeat := max(1, 200_000/n.events)
		d, _, err := b.inProcess(func() error {
			for range repeat {
				if err := each(path, func(s *gait.Session) { engine.Profile(s, now) }); err != nil {
					return err
				}
			}
			return nil
		})
		return float64(d.Nanoseconds()) / float64(n.events*repeat), err
	}
	for _, events := range []int{1_000, 10_000, 100_000, 1_000_000, 2_000_000} {
		few, err := perEvent(oneSession(events, events))
		if err != nil {
			return err
		}
		many, err := perEvent(oneSession(events, 3))
		if err != nil {
			return err
		}
		fmt.Printf("%-30d %12.0f %12.0f\n", events, few, many)
	}
	fmt.Printf("%-30s %12s %12s\n", "sessions of 20 events a shard", "one by one", "in turn")
	for _, sessions := range []int{1, 100, 10_000, 100_000} {
		single, err := perEvent(manySessions(sessions, 20, false))
		if err != nil {
			return err
		}
		turn, err := perEvent(manySessions(sessions, 20, true))
		if err != nil {
			return err
		}
		fmt.Printf("%-30d %12.0f %12.0f\n", sessions, single, turn)
	}
	return nil
}

// single reads sessions one by one out of a big shard whose index is warm.
func (b *bench) single(big int64) error {
	if big == 0 {
		return nil
	}
	path := filepath.Join(b.dir, "big.jsonl")
	if _, err := create(path, 2, typical(big)); err != nil {
		return err
	}
	src, err := source(path)
	if err != nil {
		return err
	}
	defer src.ReaderAt.(io.Closer).Close()
	start := time.Now()
	rec, err := shard.Format{}.Open(src, reader.DefaultLimits())
	if err != nil {
		return err
	}
	indexed := time.Since(start)
	ids, err := someIDs(rec)
	if err != nil {
		return err
	}
	engine := profile.NewEngine(suite.All)
	var times []time.Duration
	for _, id := range ids {
		start := time.Now()
		s, err := rec.Session(id)
		if err != nil {
			return err
		}
		engine.Profile(s, start)
		times = append(times, time.Since(start))
	}
	slices.Sort(times)
	fmt.Printf("\nOne of %d sessions out of %s, read and profiled: p50 %s, p99 %s, most %s; the index took %s before\n",
		len(ids), mb(src.Size), ms(times[len(times)/2]), ms(times[len(times)*99/100]), ms(times[len(times)-1]), ms(indexed))
	return nil
}

// someIDs gives the first session of every batch: ids from all over the file.
func someIDs(rec reader.Recording) (ids []string, err error) {
	stop := errors.New("enough")
	for _, b := range rec.Batches() {
		err := b.Each(func(s *gait.Session) error {
			ids = append(ids, s.ID)
			return stop
		})
		if err != nil && err != stop {
			return nil, err
		}
	}
	return ids, nil
}
