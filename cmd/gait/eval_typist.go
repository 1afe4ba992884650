package main

import (
	"compress/gzip"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"gait/assess/evaluate"
	"gait/assess/typist"
)

// sampleBytes bounds what is read of a file of digraph samples, unpacked.
const sampleBytes = 1 << 30

// sampleFiles lists the files of digraph samples in a folder.
func sampleFiles(dir string) []string {
	var list []string
	for _, end := range []string{".tsv", ".tsv.gz"} {
		found, err := filepath.Glob(filepath.Join(escapeGlob(dir), "digraphs.*"+end))
		if err == nil { // the pattern is ours
			list = append(list, found...)
		}
	}
	slices.Sort(list)
	return list
}

// readSamples reads a file of digraph samples, packed or not.
func readSamples(path string) ([]typist.Stream, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(path, ".gz") {
		z, err := gzip.NewReader(f)
		if err != nil {
			return nil, err
		}
		defer z.Close()
		r = z
	}
	return typist.ReadSamples(io.LimitReader(r, sampleBytes))
}

// streams gives what known people typed: the samples in the folders, or where
// there are none the recordings that are labelled as a person's, each a place
// of its own.
func (x *corpus) streams(dirs []string) (list []typist.Stream) {
	for _, dir := range dirs {
		for _, path := range sampleFiles(dir) {
			found, err := readSamples(path)
			if err != nil {
				x.fail(failure{path, bareError(err)})
				continue
			}
			list = append(list, found...)
		}
	}
	if len(list) > 0 {
		return list
	}
	for i, s := range x.samples {
		if s.Kind == evaluate.Person {
			list = append(list, typist.StreamOf(s.Session, s.Group, strconv.Itoa(i)))
		}
	}
	return list
}

// typist measures how well typists are told apart; nil where no two sessions
// of one person can be compared.
func (e *evalCmd) typist(ctx context.Context, c *console, streams []typist.Stream) (map[string]*evaluate.TypistFigures, error) {
	places := map[string]int{}
	repeated := false
	for _, s := range streams {
		if len(s.Blocks) >= typist.MinKeys/typist.BlockKeys {
			places[s.Person]++
			repeated = repeated || places[s.Person] > 1
		}
	}
	if !repeated {
		return nil, nil
	}
	bar := startProgress(c, int64(evaluate.TypistSteps()), func(n int64) string { return count(n, "step", "steps") }, e.Quiet)
	defer bar.stop()
	return evaluate.Typist(streams, func() error {
		bar.done(1)
		return ctx.Err()
	})
}

// typist writes how well typists are told apart.
func (p *evalPage) typist(r map[string]*evaluate.TypistFigures) {
	first := r[strconv.Itoa(typist.Lengths[0])]
	p.section("typist", fmt.Sprintf("Sessions of different places by %s: how often the same hands are missed where as often two persons are taken for one (EER). "+
		"Each person and each pair of persons weighs the same; weights and bounds have seen neither person. Ranges: persons drawn anew.", count(int64(first.Persons), "person", "persons")))
	g := &grid{head: []string{"KEYS", "SESSIONS", "PAIRS", "EER", "POOLED", "TICKS", "JITTER 20", "MISSED AT 5 %", "AT 1 %", "RATIO", "ITAD", "KS", "MANHATTAN", "SIMHASH"}}
	for _, keys := range typist.Lengths {
		f := r[strconv.Itoa(keys)]
		m := f.Methods
		g.add(strconv.Itoa(keys), strconv.Itoa(f.Sessions), strconv.Itoa(f.Pairs), ranged(f.BalancedEER, f.Interval), figure(f.PooledEER),
			figure(f.TicksBalancedEER), figure(f.Jitter["20"]), figure(f.Misses["0.05"]), figure(f.Misses["0.01"]),
			figure(m["likelihood_ratio"].BalancedEER), figure(m["itad"].BalancedEER), figure(m["ks"].BalancedEER),
			figure(m["scaled_manhattan"].BalancedEER), figure(m["simhash64"].BalancedEER))
	}
	p.grid(g)
	p.section("typist: stated bounds", "The upper 95 % bound of false accepts that is stated, and what came true with unseen persons.")
	g = &grid{head: []string{"KEYS", "STATED", "CAME TRUE", "FOLDS"}}
	for _, keys := range typist.Lengths {
		for _, b := range r[strconv.Itoa(keys)].FalseAccepts {
			g.add(strconv.Itoa(keys), figure(&b.Stated), figure(&b.Realised), strconv.Itoa(b.Folds))
		}
	}
	p.grid(g)
}
