package profiler

import (
	"context"
	"errors"
	"sync"
	"time"

	"gait"
	"gait/bus"
	"gait/internal/health"
	"gait/store"
)

// Bounds of the announcer: sessions that it holds in memory, and those that it
// publishes together.
const (
	announceQueue = 256
	announceGroup = 64
)

// How often the store is asked for sessions that nobody announced, and how
// long a fresh one is left to whoever stored it.
const (
	announceSweep = 30 * time.Second
	announceAge   = 5 * time.Second
)

// announcer publishes what was stored until the bus has taken it, and only then
// marks it in the store. It never holds up profiling: what it cannot keep in
// memory it takes from the store later.
type announcer struct {
	p       *Profiler
	letters letters

	mu      sync.Mutex
	queue   []parcel
	held    map[store.Revision]bool // those of the queue
	missed  bool                    // the store may hold what the queue does not
	closing bool
	wake    chan struct{}
}

// parcel is what is announced of one session.
type parcel struct {
	revision     store.Revision
	backfill     bool
	observations []gait.Observation
	stored       time.Time
}

func newAnnouncer(p *Profiler, strict bool) *announcer {
	return &announcer{p: p, letters: letters{strict: strict}, held: map[store.Revision]bool{}, missed: true, wake: make(chan struct{}, 1)}
}

// renew makes it ready for another run.
func (a *announcer) renew() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.queue, a.missed, a.closing = nil, true, false
	clear(a.held)
}

// offer takes a session that was just stored.
func (a *announcer) offer(t *task) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.queue) >= announceQueue {
		a.missed = true
		return
	}
	x := parcel{store.Revision{Ref: t.ref(), Revision: t.saved.Revision}, t.backfill, t.profile.Observations, time.Now()}
	a.queue = append(a.queue, x)
	a.held[x.revision] = true
	a.ring()
}

// ring wakes the loop.
func (a *announcer) ring() {
	select {
	case a.wake <- struct{}{}:
	default:
	}
}

// close asks the loop to end when it has published what it holds.
func (a *announcer) close() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.closing = true
	a.ring()
}

// over says whether the loop was asked to end and holds nothing any more.
func (a *announcer) over() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.closing && len(a.queue) == 0
}

// run announces until the context ends, or until it was asked to end.
func (a *announcer) run(ctx context.Context) {
	sweep := time.NewTicker(announceSweep)
	defer sweep.Stop()
	pause := 100 * time.Millisecond
	for turn := 0; ctx.Err() == nil && !a.over(); turn++ {
		list, err := a.next(ctx, turn)
		if err == nil && len(list) == 0 {
			select {
			case <-a.wake:
			case <-sweep.C:
				err = a.forgotten(ctx)
			case <-ctx.Done():
			}
		} else if err == nil {
			err = a.announce(ctx, list)
		}
		if err == nil {
			pause = 100 * time.Millisecond
			continue
		}
		if a.trouble(ctx, err) {
			return
		}
		select {
		case <-time.After(jitter(pause)):
		case <-ctx.Done():
		}
		pause = min(2*pause, 30*time.Second)
	}
}

// trouble notes that announcing failed. It says whether the loop has to end:
// what is left is announced after the next start.
func (a *announcer) trouble(ctx context.Context, err error) (end bool) {
	a.mu.Lock()
	a.queue, a.missed = nil, true
	clear(a.held)
	end = a.closing
	a.mu.Unlock()
	if ctx.Err() != nil {
		return true
	}
	c := health.Condition{Part: part, Name: "announce", Cause: "observations are not announced: " + err.Error(),
		Cure: "nothing is lost: they wait in the store, and profiling goes on"}
	if a.p.board.Set(c) {
		a.p.log.Warn("observations are not announced; they wait in the store", "error", err)
	}
	return end
}

// next gives what to announce: of memory, and in turn with that of the store
// where something is in there alone.
func (a *announcer) next(ctx context.Context, turn int) ([]parcel, error) {
	a.mu.Lock()
	missed := a.missed && !a.closing
	if n := min(len(a.queue), announceGroup); n > 0 && (!missed || turn%2 == 0) {
		list := a.queue[:n:n]
		a.queue = a.queue[n:]
		a.mu.Unlock()
		return list, nil
	}
	a.missed = a.missed && a.closing
	a.mu.Unlock()
	if !missed {
		return nil, nil
	}
	return a.fetch(ctx, 0)
}

// forgotten looks for sessions in the store that nobody announced: those of
// processes that died. Fresh ones are left to whoever stored them.
func (a *announcer) forgotten(ctx context.Context) error {
	list, err := a.fetch(ctx, announceAge)
	if err != nil || len(list) == 0 {
		return err
	}
	return a.announce(ctx, list)
}

// fetch takes sessions from the store that are not in memory, and notes
// whether there may be more.
func (a *announcer) fetch(ctx context.Context, age time.Duration) ([]parcel, error) {
	got, err := a.p.store.Unannounced(ctx, announceGroup)
	if err != nil {
		return nil, err
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.missed = a.missed || len(got) == announceGroup
	list := make([]parcel, 0, len(got))
	for i := range got {
		s := &got[i].Session
		r := store.Revision{Ref: s.Ref, Revision: s.Revision}
		old := a.p.now().Sub(s.Updated)
		if a.held[r] || old >= 0 && old < age {
			continue
		}
		list = append(list, parcel{r, s.Backfill, got[i].Observations, time.Now()})
	}
	return list, nil
}

// announce publishes sessions, and marks those of which the bus has every
// observation. The error is the first that passes.
func (a *announcer) announce(ctx context.Context, list []parcel) error {
	messages, whose := a.letters.write(list)
	failed := make([]error, len(list))
	for i, err := range a.p.bus.PublishAll(ctx, messages) {
		if err == nil {
			continue
		}
		if errors.Is(err, bus.ErrSubject) || errors.Is(err, bus.ErrTooLarge) {
			a.p.metrics.unsent.Inc()
			a.p.log.Error("the bus can never take an observation; it is in the store alone", "subject", messages[i].Subject, "error", err)
			continue
		}
		failed[whose[i]] = err
	}
	var first error
	done := make([]store.Revision, 0, len(list))
	for i := range list {
		if failed[i] != nil {
			first = failed[i]
			continue
		}
		done = append(done, list[i].revision)
		a.p.metrics.announced.Add(float64(len(list[i].observations)))
		a.p.metrics.lag.Observe(time.Since(list[i].stored).Seconds())
	}
	if len(done) > 0 {
		if err := a.p.store.Announced(ctx, done); err != nil {
			return err
		}
	}
	a.mu.Lock()
	for _, x := range list {
		delete(a.held, x.revision)
	}
	a.mu.Unlock()
	if first == nil && a.p.board.Clear(part, "announce") {
		a.p.log.Info("observations are announced again")
	}
	return first
}
