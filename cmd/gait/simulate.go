package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"gait/internal/simulate"
)

// simulateCmd writes made-up sessions where a honeypot would.
type simulateCmd struct {
	Shards    string   `placeholder:"DIR" help:"Root of the shards to write to; by itself ./gait-data/shards, which gait run watches."`
	Cowrie    string   `placeholder:"DIR" help:"Write as Cowrie does instead: its event log and terminal logs below this folder."`
	Kinds     []string `placeholder:"KIND" help:"Kinds of visitors, with commas between them; all by itself. --kinds=list explains them."`
	Rate      rate     `default:"0.2/s" placeholder:"N/s" help:"How many sessions begin: each second (0.5/s), minute (30/min) or hour (100/h)."`
	Count     uint64   `placeholder:"N" help:"End after so many sessions; by itself there is no end."`
	For       longTime `placeholder:"TIME" help:"Begin no session after this time; those that were begun are played to their end."`
	Speed     string   `default:"1" placeholder:"X" help:"How many times faster than people sessions are played; instant writes each at once, as if it had just ended."`
	Decoys    int      `default:"3" placeholder:"N" help:"How many decoys are visited."`
	Addresses int      `default:"60" placeholder:"N" help:"How many addresses visitors come from."`
	Seed      uint64   `placeholder:"N" help:"Makes the same sessions again, but for their times; by itself each run makes others."`
	Quiet     bool     `short:"q" help:"Say nothing but what fails."`
}

// Help says what the sessions are.
func (*simulateCmd) Help() string {
	return `Sessions are written live: a line at a time, with the rhythm of the visitor. All addresses are those set aside for
documentation, and the machine that is visited is invented.

Examples:
  gait simulate --rate 1 --speed 10
  gait simulate --kinds human,claude-cl --count 20 --speed instant
  gait simulate --cowrie /tmp/cowrie --rate 0.5`
}

// Validate is called by the parser.
func (s *simulateCmd) Validate() error {
	switch {
	case s.Decoys < 1 || s.Decoys > 1000:
		return errors.New("--decoys: must be from 1 to 1000")
	case s.Addresses < 1 || s.Addresses > math.MaxInt32:
		return errors.New("--addresses: must be at least 1")
	case s.Shards != "" && s.Cowrie != "":
		return errors.New("--shards and --cowrie cannot be used together: run it twice")
	}
	_, err := s.speed()
	return err
}

// speed gives the factor; infinity writes sessions at once.
func (s *simulateCmd) speed() (float64, error) {
	if s.Speed == "instant" {
		return math.Inf(1), nil
	}
	var x float64
	if _, err := fmt.Sscanf(s.Speed, "%g", &x); err != nil || !(x >= 0.01) || x > 10_000 {
		return 0, errors.New("--speed: write a number from 0.01 to 10000, or instant")
	}
	return x, nil
}

// Run plays sessions until their time, their number or the context ends.
func (s *simulateCmd) Run(ctx context.Context, c *console) error {
	if len(s.Kinds) == 1 && s.Kinds[0] == "list" {
		for _, v := range simulate.Visitors {
			fmt.Fprintf(c.out, "%-10s %s\n", v.Name, v.Doc)
		}
		return nil
	}
	kinds, err := simulate.Choose(s.Kinds)
	if err != nil {
		return usageError{"--kinds: " + err.Error()}
	}
	if s.Seed == 0 {
		s.Seed = rand.Uint64()
	}
	t := newTheatre(s, simulate.Crowd{Visitors: kinds, Decoys: s.Decoys, Addresses: s.Addresses, Seed: s.Seed})
	defer t.scene.close()
	if !s.Quiet {
		fmt.Fprintf(c.err, "writing made-up sessions below %s (seed %d); Ctrl-C stops\n", printable(s.root()), s.Seed)
	}
	err = t.play(ctx, c)
	if !s.Quiet {
		fmt.Fprintf(c.err, "%s, %d played to the end\n", count(int64(t.begun), "session", "sessions"), t.ended)
	}
	if ctx.Err() != nil { // ending it is the usual way to end it
		return nil
	}
	return err
}

// root is the folder that is written to.
func (s *simulateCmd) root() string {
	switch {
	case s.Cowrie != "":
		return s.Cowrie
	case s.Shards != "":
		return s.Shards
	}
	return filepath.Join(defaultData, "shards")
}

// newTheatre prepares the play.
func newTheatre(s *simulateCmd, crowd simulate.Crowd) *theatre {
	t := &theatre{crowd: crowd, rate: float64(s.Rate), count: s.Count, duration: time.Duration(s.For)}
	t.speed, _ = s.speed()
	files := &appender{}
	if s.Cowrie != "" {
		t.scene = &cowrieScene{root: s.Cowrie, appender: files}
	} else {
		t.scene = &shardScene{root: s.root(), appender: files}
	}
	return t
}

// rate is how often something happens in a second.
type rate float64

// UnmarshalText reads a rate such as 0.5, 0.5/s, 30/min or 100/h.
func (r *rate) UnmarshalText(text []byte) error {
	number, unit, _ := strings.Cut(string(text), "/")
	seconds := map[string]float64{"": 1, "s": 1, "min": 60, "m": 60, "h": 3600}[unit]
	x, err := strconv.ParseFloat(number, 64)
	if err != nil || seconds == 0 || !(x > 0) || x/seconds > 100_000 {
		return fmt.Errorf("%q is no rate; write 0.5/s, 30/min or 100/h", text)
	}
	*r = rate(x / seconds)
	return nil
}
