package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"gait"
	"gait/assess/operator"
	"gait/recording"
)

// followEvery is the shortest time between two looks at a recording that
// grows; a look that takes long is followed by a rest as long.
const followEvery = 250 * time.Millisecond

// following watches one session while it goes on and says after each act who
// is at the keys.
type following struct {
	c      *console
	path   string
	id     string
	opt    recording.Options
	judge  operator.Setting
	asJSON bool

	reader operator.Reader
	seen   int // events taken
	acts   int32
	size   int64
	time   time.Time
}

// run looks again and again until the session ends or the context does.
func (f *following) run(ctx context.Context) error {
	if f.path == "-" {
		return usageError{"--follow: standard input cannot be looked at twice; name the recording"}
	}
	f.reader.Reset(0)
	for {
		began := time.Now()
		ended, err := f.look(ctx)
		if err != nil || ended {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(max(followEvery, time.Since(began))):
		}
	}
}

// look takes what the recording has grown by. It says whether the session has
// ended.
func (f *following) look(ctx context.Context) (ended bool, err error) {
	info, err := os.Stat(f.path)
	if err != nil {
		return false, told(f.path, err)
	}
	if info.Size() == f.size && info.ModTime().Equal(f.time) {
		return false, nil
	}
	f.size, f.time = info.Size(), info.ModTime()
	s, err := oneSession(ctx, f.path, f.id, f.opt)
	if ctx.Err() != nil {
		return true, nil
	}
	if err != nil {
		return false, told(f.path, err)
	}
	if s.Len() < f.seen {
		return false, errors.New(printable(f.path) + ": it became shorter; it is not one session that goes on")
	}
	if f.seen == 0 {
		f.reader.Header(&s.Header)
	}
	for i := f.seen; i < s.Len(); i++ {
		if e := s.Event(i); f.reader.Feed(e) {
			if err := f.tell(e.Time, false); err != nil {
				return false, err
			}
		}
	}
	f.seen = s.Len()
	if !s.End.Seen {
		return false, nil
	}
	return true, f.tell(s.Last(), true)
}

// tell writes what is thought now.
func (f *following) tell(at time.Duration, closed bool) error {
	features := f.reader.Features(closed)
	if features.Acts == f.acts && !closed {
		return nil
	}
	f.acts = features.Acts
	v := f.judge.Judge(features)
	if f.asJSON {
		return f.tellJSON(at, closed, &features, &v)
	}
	_, err := fmt.Fprintf(f.c.out, "%8.1f s  %4d acts  %4d keys  %-15v  %s%s\n", gait.Seconds(at), features.Acts, features.Typed, v.Class, shares(&v), because(v.Terms))
	return err
}

// because names the strongest terms.
func because(terms []operator.Term) string {
	const most = 3
	list := slices.Clone(terms)
	slices.SortStableFunc(list, func(a, b operator.Term) int { return cmp.Compare(b.Amount, a.Amount) })
	var parts []string
	for _, t := range list[:min(most, len(list))] {
		parts = append(parts, fmt.Sprintf("%s %+.1f %s", t.Name, t.Amount, t.Toward))
	}
	if len(parts) == 0 {
		return ""
	}
	return "  (" + strings.Join(parts, "; ") + ")"
}

// toldTerm is a term as JSON writes it.
type toldTerm struct {
	Name   string  `json:"name"`
	Text   string  `json:"text"`
	Toward string  `json:"toward"`
	Nats   float64 `json:"nats"`
}

func (f *following) tellJSON(at time.Duration, closed bool, features *operator.Features, v *operator.Verdict) error {
	line := struct {
		T           float64            `json:"t"`
		Acts        int32              `json:"acts"`
		Keys        int32              `json:"keys"`
		Ended       bool               `json:"ended"`
		Class       string             `json:"class"`
		Probability map[string]float64 `json:"probability"`
		Terms       []toldTerm         `json:"terms"`
	}{gait.Seconds(at), features.Acts, features.Typed, closed, v.Class.String(), map[string]float64{}, []toldTerm{}}
	for i, name := range operator.Names()[:operator.Classes] {
		line.Probability[name] = v.Probability[i]
	}
	for _, t := range v.Terms {
		line.Terms = append(line.Terms, toldTerm{t.Name, t.Text, t.Toward, t.Amount})
	}
	return json.NewEncoder(f.c.out).Encode(&line)
}
