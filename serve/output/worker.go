package output

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"gait"
	"gait/internal/health"
	"gait/store"
)

// worker feeds one output.
type worker struct {
	name           string
	spec           Spec
	store          store.Store
	sink           sink
	board          *health.Board
	log            *slog.Logger
	given, refused prometheus.Counter

	after int64 // everything up to this position has been given
	saved int64 // as the store has it
	begun bool
	fails int
	// pause waits, or is false where the context ends first.
	pause func(context.Context, time.Duration) bool
}

const (
	readAtOnce = 64 // changes
	firstPause = time.Second
	longPause  = 5 * time.Minute
	longSpell  = 2 // failures in a row from which the trouble is told
	saveWithin = 10 * time.Second
)

// cursorPrefix begins the names of the positions in the store.
const cursorPrefix = "output/"

func (w *worker) run(ctx context.Context) {
	changed, stop := w.store.Watch()
	defer stop()
	defer func() {
		if err := w.sink.close(); err != nil {
			w.log.Warn("the output was not closed well", "err", err)
		}
	}()
	if w.pause == nil {
		w.pause = pause
	}
	for ctx.Err() == nil {
		more, err := w.step(ctx)
		switch {
		case err != nil && ctx.Err() == nil:
			if !w.pause(ctx, w.trouble(err)) {
				return
			}
		case more:
		default:
			select {
			case <-changed:
			case <-ctx.Done():
			}
		}
	}
}

func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// trouble tells of a failure, and gives how long to wait.
func (w *worker) trouble(err error) time.Duration {
	w.fails++
	if w.fails == longSpell {
		w.log.Warn("the output takes nothing; it goes on where it stopped", "err", err)
	}
	if w.fails >= longSpell {
		w.board.Set(health.Condition{
			Part: "output", Name: w.name, Cause: "the output " + w.name + " takes nothing: " + err.Error(),
			Cure: "mend the receiver; nothing is lost as long as the change log is kept",
		})
	}
	d := min(longPause, firstPause<<min(w.fails-1, 16))
	var told *retryAfter
	if errors.As(err, &told) {
		d = max(d, min(told.wait, longPause))
	}
	return d/2 + rand.N(d/2+1)
}

// mended tells that the output takes what it is given again.
func (w *worker) mended() {
	w.fails = 0
	if w.board.Clear("output", w.name) {
		w.log.Info("the output takes what it is given again")
	}
}

// step gives the next changes. It says whether there may be more at once.
func (w *worker) step(ctx context.Context) (more bool, err error) {
	if !w.begun {
		if err := w.begin(ctx); err != nil {
			return false, err
		}
	}
	changes, err := w.store.Changes(ctx, w.after, readAtOnce)
	if err != nil {
		return false, fmt.Errorf("read the change log: %w", err)
	}
	done := w.after
	var failed error
	for _, c := range changes {
		if failed = w.give(ctx, c); failed != nil {
			break
		}
		done = c.Last
	}
	if done > w.after {
		if err := w.sink.flush(ctx); err != nil {
			return false, err
		}
		w.after = done
	}
	if err := w.save(ctx); failed == nil {
		failed = err
	}
	if failed == nil {
		w.mended()
	}
	return len(changes) > 0, failed
}

// begin finds out where to go on.
func (w *worker) begin(ctx context.Context) error {
	name := cursorPrefix + w.name
	cursors, err := w.store.Cursors(ctx, name)
	if err != nil {
		return fmt.Errorf("read the output's position: %w", err)
	}
	oldest, newest, err := w.store.Positions(ctx)
	if err != nil {
		return fmt.Errorf("read the change log: %w", err)
	}
	w.after, w.saved = newest, -1
	for _, c := range cursors {
		if after, ok := parsePosition(c.Value); c.Name == name && ok && after <= newest {
			w.after, w.saved = after, after
		}
	}
	if w.after+1 < oldest {
		w.log.Warn("changes that the output never got are no longer kept", "missing", oldest-1-w.after)
		w.after = oldest - 1
	}
	w.begun = true
	return w.save(ctx)
}

// save stores the position, also when the context has ended: what was given
// before is not to be given again.
func (w *worker) save(ctx context.Context) error {
	if w.after == w.saved {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), saveWithin)
	defer cancel()
	value, err := json.Marshal(position{w.after})
	if err != nil {
		return fmt.Errorf("write the output's position: %w", err)
	}
	if _, err := w.store.Offer(ctx, nil, []store.Cursor{{Name: cursorPrefix + w.name, Value: value}}); err != nil {
		return fmt.Errorf("store the output's position: %w", err)
	}
	w.saved = w.after
	return nil
}

// give gives what a change tells, unless a later one tells it better.
func (w *worker) give(ctx context.Context, c store.Change) error {
	if c.Stale || c.Kind != "session" {
		return nil
	}
	x, err := w.store.Session(ctx, c.Ref)
	if errors.Is(err, store.ErrNotFound) || err == nil && x.Revision != c.Revision {
		return nil
	}
	if err != nil {
		return fmt.Errorf("read a session: %w", err)
	}
	p, err := w.store.Observations(ctx, store.ObservationQuery{PageQuery: store.PageQuery{Limit: 1000}, Ref: c.Ref})
	if err != nil {
		return fmt.Errorf("read a session's observations: %w", err)
	}
	if !w.spec.wants(&x, p.Items) {
		return nil
	}
	err = w.sink.put(ctx, &item{
		id: w.store.ID() + "-" + strconv.FormatInt(c.Last, 10), time: c.Time, session: x, observed: byPrimitive(p.Items), backfill: c.Backfill,
	})
	if errors.Is(err, errRefused) {
		w.refused.Inc()
		w.log.Warn("the receiver refused a session for good; the output goes on with the next", "position", c.Last, "err", err)
		return nil
	}
	if err == nil {
		w.given.Inc()
	}
	return err
}

// byPrimitive puts observations into the order of the change log.
func byPrimitive(list []gait.Observation) []gait.Observation {
	slices.SortFunc(list, func(a, b gait.Observation) int { return cmp.Compare(a.Primitive, b.Primitive) })
	return list
}
