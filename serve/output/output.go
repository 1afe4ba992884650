// Package output hands what changes to others: into a file of JSON lines, or
// to a web address. Each output reads the change log on its own and keeps its
// own position in the store, so that one that is slow or away holds nobody up.
//
// An output gives every session at least once, with the values it had last, in
// the order of the change log. A session that changes again before it was
// given is given once. After a crash the last ones may be given again, after an
// orderly stop none; ids tell.
// An output that is new begins with what happens from then on.
package output

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"gait"
	"gait/internal/health"
	"gait/store"
)

// Options say what goes where.
type Options struct {
	Store   store.Store
	Specs   []Spec
	Board   *health.Board
	Log     *slog.Logger          // nil: slog.Default
	Metrics prometheus.Registerer // nil: none are kept
}

// Outputs are all outputs of a process.
type Outputs struct {
	workers []*worker
}

// New makes outputs ready. Nothing is opened before [Outputs.Run].
func New(o Options) (*Outputs, error) {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	given := prometheus.NewCounterVec(prometheus.CounterOpts{
		Name: "gait_output_sessions_total", Help: "Sessions given to an output, by what came of it.",
	}, []string{"output", "result"})
	if o.Metrics != nil {
		if err := o.Metrics.Register(given); err != nil {
			return nil, fmt.Errorf("register metrics of outputs: %w", err)
		}
	}
	all, seen := &Outputs{}, map[string]bool{}
	for _, spec := range o.Specs {
		name := spec.name()
		if seen[name] {
			return nil, fmt.Errorf("output %s is given twice", name)
		}
		seen[name] = true
		all.workers = append(all.workers, &worker{
			name: name, spec: spec, store: o.Store, board: o.Board, log: o.Log.With("output", name), sink: spec.sink(o.Log),
			given: given.WithLabelValues(name, "given"), refused: given.WithLabelValues(name, "refused"),
		})
	}
	return all, nil
}

// Run gives until the context ends.
func (o *Outputs) Run(ctx context.Context) error {
	var all sync.WaitGroup
	for _, w := range o.workers {
		all.Go(func() { w.run(ctx) })
	}
	all.Wait()
	return nil
}

// item is one session to be given.
type item struct {
	id       string // {store}-{position}
	time     time.Time
	session  store.Session
	observed []gait.Observation
	backfill bool
}

// sink is where items go.
type sink interface {
	// put gives one item. It may keep it back until flush. errRefused says that
	// this item will never be taken; every other error is tried again.
	put(ctx context.Context, x *item) error
	// flush makes sure of what was put.
	flush(ctx context.Context) error
	// close ends it.
	close() error
}

// errRefused says that an item was refused for good.
var errRefused = errors.New("refused by the receiver")

// position is what is kept of an output in the store.
type position struct {
	After int64 `json:"after"`
}

func parsePosition(value []byte) (int64, bool) {
	var p position
	if json.Unmarshal(value, &p) != nil || p.After < 0 {
		return 0, false
	}
	return p.After, true
}
