package main

import (
	"bytes"
	"fmt"
	"slices"
	"time"

	"gait"
	"gait/internal/simulate"
	"gait/recording/asciicast"
	"gait/recording/shard"
)

// shardPath is where a decoy named decky-01 would put the visits of that day.
const shardPath = "decky-01/ssh/transcripts/sessions-2026-05-08.jsonl"

// castVisitor is the visitor who is in the cast, and so not in the shard.
const castVisitor = "typist"

// addShard writes one visit of each other visitor as if all had been there
// within minutes: their lines stand between each other in the order of their
// times.
func addShard(files folder) error {
	type line struct {
		at   time.Time
		text []byte
	}
	var all []line
	for i, v := range simulate.Visitors {
		if v.Name == castVisitor {
			continue
		}
		s := v.Session(1)
		s.Start = time.Date(2026, 5, 8, 9, 10, 20*i, 0, time.UTC)
		var b bytes.Buffer
		if err := shard.NewEncoder(&b).Session(s); err != nil {
			return err
		}
		lines := bytes.SplitAfter(b.Bytes(), []byte("\n"))
		lines = lines[:len(lines)-1]
		times := lineTimes(s)
		if len(lines) != len(times) {
			return fmt.Errorf("visitor %s: %d lines for %d times", v.Name, len(lines), len(times))
		}
		for i, at := range times {
			all = append(all, line{s.Start.Add(at), lines[i]})
		}
	}
	slices.SortStableFunc(all, func(a, b line) int { return a.at.Compare(b.at) })
	for _, l := range all {
		files[shardPath] = append(files[shardPath], l.text...)
	}
	return nil
}

// lineTimes gives the time of each line of a session in a shard: its header,
// every event that does not stand in the header, and the end record.
func lineTimes(s *gait.Session) []time.Duration {
	times := []time.Duration{0}
	for _, e := range s.Events() {
		if e.Kind != gait.Exec {
			times = append(times, e.Time)
		}
	}
	return append(times, s.End.Time)
}

// addCast writes a visit as asciinema records it when asked to keep the keys.
func addCast(files folder) error {
	s := simulate.Find(castVisitor).Session(2)
	s.Title = "a visit with keys"
	var b bytes.Buffer
	if err := asciicast.Write(&b, s); err != nil {
		return err
	}
	files["casts/visit.cast"] = b.Bytes()
	return nil
}
