package main

import (
	"bufio"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"

	"gait"
	"gait/internal/simulate"
)

// pot writes what a Cowrie records, as visits that just ended.
type pot struct {
	log   *os.File
	tty   string
	dice  *rand.Rand
	kinds [][]template
	names map[string]bool // of terminal logs that are there
}

// cowrieDirs are where a Cowrie keeps its logs and its terminal logs.
var cowrieDirs = []string{filepath.Join("var", "log", "cowrie"), filepath.Join("var", "lib", "cowrie", "tty")}

// newPot opens the log of a Cowrie for appending.
func newPot(dir string) (*pot, error) {
	for _, d := range cowrieDirs {
		if err := os.MkdirAll(filepath.Join(dir, d), 0o700); err != nil {
			return nil, err
		}
	}
	log, err := os.OpenFile(filepath.Join(dir, cowrieDirs[0], "cowrie.json"), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	return &pot{
		log: log, tty: filepath.Join(dir, cowrieDirs[1]), dice: rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 2)),
		kinds: templates(), names: map[string]bool{},
	}, nil
}

// one writes one visit that ends now and gives its id and how many events it
// has.
func (p *pot) one() (id string, events int, err error) {
	kind := p.kinds[p.dice.IntN(len(p.kinds))]
	s := kind[p.dice.IntN(len(kind))].session
	s.Start = time.Now().Add(-s.End.Time - time.Second).UTC()
	lines, id, err := p.visit(s)
	if err != nil {
		return "", 0, err
	}
	_, err = p.log.Write(lines)
	return id, s.Len(), err
}

// visit gives the lines of a visit, after it has written its terminal log.
func (p *pot) visit(s *gait.Session) (lines []byte, id string, err error) {
	s.SourceIP = fmt.Sprintf("2001:db8::%x:%x", p.dice.IntN(16), p.dice.IntN(1<<12))
	name, records := simulate.TTYLog(s)
	v := simulate.CowrieVisit{Session: s, ID: fmt.Sprintf("%012x", p.dice.Uint64()>>16), Sensor: "live", Name: name, Duplicate: p.names[name]}
	if !v.Duplicate {
		p.names[name] = true
		var b []byte
		for _, r := range records {
			b = append(b, r.Data...)
		}
		if err := os.WriteFile(filepath.Join(p.tty, name), b, 0o600); err != nil {
			return nil, "", err
		}
	}
	for _, e := range v.Events() {
		lines = append(lines, e.Line().Data...)
	}
	return lines, v.ID, nil
}

// past writes logs of the past, 10,000 visits a log and day.
func (p *pot) past(dir string, n int) error {
	const perLog = 10_000
	for at := 0; at < n; at += perLog {
		day := time.Now().UTC().Truncate(24*time.Hour).AddDate(0, 0, -2-(n-at)/perLog)
		f, err := os.Create(filepath.Join(dir, cowrieDirs[0], "cowrie.json."+day.Format(time.DateOnly)))
		if err != nil {
			return err
		}
		w := bufio.NewWriter(f)
		for i := range min(perLog, n-at) {
			s := p.kinds[i%len(p.kinds)][i%len(p.kinds[0])].session
			s.Start = day.Add(time.Duration(i) * 8 * time.Second)
			lines, _, err := p.visit(s)
			if err != nil {
				return errors.Join(err, f.Close())
			}
			w.Write(lines) // Flush tells
		}
		if err := errors.Join(w.Flush(), f.Close(), os.Chtimes(f.Name(), day, day.Add(24*time.Hour))); err != nil {
			return err
		}
	}
	return nil
}

// besideCowrie measures the delay of a Cowrie's sessions, alone and while a
// tenth of the backlog stands in its older logs.
func (l *live) besideCowrie() error {
	fmt.Printf("\nfrom the last line of Cowrie's log to event, ms (10 sessions/s)\n"+delayHead, "", "p50", "p95", "p99", "most", "memory, most")
	for _, n := range []int{0, l.backlog / 10} {
		dir := filepath.Join(l.dir, fmt.Sprintf("cowrie-%d", n))
		p, err := newPot(filepath.Join(dir, "pot"))
		if err != nil {
			return err
		}
		if err := p.past(filepath.Join(dir, "pot"), n); err != nil {
			return err
		}
		s, err := l.boot(dir, "--cowrie", filepath.Join(dir, "pot"))
		if err != nil {
			return err
		}
		if err := s.first(p); err != nil {
			return err
		}
		took, err := s.follow(p, 10)
		if err != nil {
			return err
		}
		_, most := s.memory()
		fmt.Printf("%-44s %s  %s\n", fmt.Sprintf("%d older sessions", n), quantiles(took), mb(most))
		if err := errors.Join(s.halt(), p.log.Close(), os.RemoveAll(dir)); err != nil {
			return err
		}
	}
	return nil
}
