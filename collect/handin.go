package collect

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"gait/bus"
	"gait/internal/health"
	"gait/recording"
	"gait/store"
)

// How sessions are handed in.
const (
	handGroup   = 256              // published at once
	handQueue   = 1 << 14          // fresh ones that wait to be published; the rest is found waiting
	handAgain   = 30 * time.Second // after which a session that still waits is handed in again
	handFresh   = 2 * time.Second
	handLook    = 5 * time.Second // between looks for such sessions
	handRows    = 4096            // taken from the store at once, at most
	trickleMost = 48              // sessions before the profiler while backfill is added
	tricklePace = 20 * time.Millisecond
	trickleIdle = time.Second
	trickleRows = 1024 // backfill taken from the store at once
)

// profilers are those who take what is handed in.
var profilers = bus.Consumer{Name: "profiler", Stream: bus.StreamSessions, Subject: bus.SubjectSessionEnded}

// handin publishes sessions that wait: live ones as they are offered, those
// that still wait a while later again, and backfill while the profiler has
// little else to do. What the bus does not take stays waiting in the store and
// is handed in later.
type handin struct {
	c    *Collector
	wake chan struct{}

	mu    sync.Mutex
	queue []store.Session
	asked bool // somebody wants what waits to be looked for at once

	// Used by run alone.
	sent     map[string]time.Duration // when each was handed in, on the monotonic clock
	pruned   time.Duration
	looked   time.Duration
	counted  time.Duration
	backfill []store.Session // taken from the store and not handed in yet
	fetched  chan fetched
	fetching bool          // backfill is being taken from the store
	empty    time.Duration // when there was none last
	progress progress
	wait     backoff
	until    time.Duration // nothing is published before
}

func newHandin(c *Collector) *handin {
	return &handin{
		c: c, wake: make(chan struct{}, 1), sent: map[string]time.Duration{}, fetched: make(chan fetched, 1),
		looked: -handLook, counted: -handLook, empty: -trickleIdle, wait: backoff{least: 100 * time.Millisecond, most: 30 * time.Second},
	}
}

// fresh hands in a session that was just offered.
func (h *handin) fresh(s store.Session) {
	if h.c.opt.Bus == nil {
		h.c.opt.Poke()
		return
	}
	if !s.Backfill {
		h.mu.Lock()
		if len(h.queue) < handQueue {
			h.queue = append(h.queue, s)
		}
		h.mu.Unlock()
	}
	select {
	case h.wake <- struct{}{}:
	default:
	}
}

// look has what waits looked for at once.
func (h *handin) look() {
	if h.c.opt.Bus == nil {
		h.c.opt.Poke()
		return
	}
	h.mu.Lock()
	h.asked = true
	h.mu.Unlock()
	select {
	case h.wake <- struct{}{}:
	default:
	}
}

// run publishes until the context ends.
func (h *handin) run(ctx context.Context) {
	if h.c.opt.Bus == nil {
		<-ctx.Done()
		return
	}
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-h.wake:
		case <-timer.C:
		case f := <-h.fetched:
			h.take(f)
		}
		timer.Reset(h.step(ctx))
	}
}

// step publishes what there is to publish and says when to come again.
func (h *handin) step(ctx context.Context) time.Duration {
	h.mu.Lock()
	fresh, asked := h.queue, h.asked
	h.queue, h.asked = nil, false
	h.mu.Unlock()
	now := h.c.now()
	if asked {
		h.looked = -handLook
	}
	if now < h.until {
		return h.until - now // the fresh ones are found waiting
	}
	if !h.publish(ctx, fresh, "live") {
		return h.until - now
	}
	h.prune(now)
	busy, err := h.before(ctx)
	if err != nil {
		h.refused(ctx, err)
		return h.until - now
	}
	if busy >= trickleMost {
		return tricklePace
	}
	if now-h.looked >= handLook {
		h.looked = now
		if again := h.waiting(ctx, handGroup); len(again) > 0 {
			h.looked = -handLook // there may be more
			h.publish(ctx, again, "again")
			return tricklePace
		}
	}
	if h.trickle(ctx, trickleMost-busy) {
		return tricklePace
	}
	return trickleIdle
}

// before counts the sessions that the profiler has before it.
func (h *handin) before(ctx context.Context) (int, error) {
	undelivered, unanswered, err := h.c.opt.Bus.Pending(ctx, profilers)
	return undelivered + unanswered, err
}

// waiting gives sessions that wait and were not handed in lately: of those that
// wait, the ones that were handed in come first until they are profiled.
func (h *handin) waiting(ctx context.Context, most int) []store.Session {
	return h.unsent(h.rows(ctx, false, most+len(h.sent)), false)
}

// rows gives sessions that wait, at most so many; none where the store cannot
// tell, which is asked again soon.
func (h *handin) rows(ctx context.Context, backfill bool, most int) []store.Session {
	rows, err := h.c.opt.Store.Waiting(ctx, store.WaitingQuery{Now: time.Now(), Backfill: &backfill, Limit: min(most, handRows)})
	if err != nil {
		if ctx.Err() == nil {
			h.c.opt.Log.Debug("the store does not say what waits", "error", err)
		}
		return nil
	}
	return rows
}

// unsent leaves those out that were handed in lately.
func (h *handin) unsent(rows []store.Session, backfill bool) []store.Session {
	kept, now := rows[:0], time.Now()
	for _, s := range rows {
		if age := now.Sub(s.Updated); age >= 0 && age < handFresh && !backfill && !pendingRef(s.Ref) {
			continue // it was offered just now, and comes by itself
		}
		if pendingRef(s.Ref) {
			h.c.finder.released(s)
		} else if _, lately := h.sent[s.Ref]; !lately {
			kept = append(kept, s)
		}
	}
	return kept
}

// publish publishes sessions; false where the bus did not take them all.
func (h *handin) publish(ctx context.Context, list []store.Session, kind string) bool {
	for len(list) > 0 {
		n := min(len(list), handGroup)
		messages := make([]bus.Message, n)
		for i := range messages {
			messages[i] = ended(&list[i])
		}
		errs := h.c.opt.Bus.PublishAll(ctx, messages)
		now := h.c.now()
		var failed error
		taken := 0
		for i := range n {
			if errs != nil && errs[i] != nil {
				failed = errs[i]
				continue
			}
			taken++
			h.sent[list[i].Ref] = now
		}
		h.c.metrics.handed.WithLabelValues(kind).Add(float64(taken))
		if failed != nil {
			h.c.metrics.delayed.Add(float64(n - taken))
			h.refused(ctx, failed)
			return false
		}
		h.taken()
		list = list[n:]
	}
	return true
}

// refused waits for the bus, longer each time.
func (h *handin) refused(ctx context.Context, err error) {
	if ctx.Err() != nil {
		return
	}
	h.until = h.c.now() + h.wait.next()
	cure := "they wait in the store and are handed in when it answers"
	if errors.Is(err, bus.ErrFull) {
		cure = "they wait in the store and are handed in when it has room: see that a profiler runs"
	}
	if h.wait.tries > 1 && h.c.opt.Board.Set(health.Condition{Part: part, Name: "hand-in", Cause: "sessions cannot be handed in: " + err.Error(), Cure: cure}) {
		h.c.opt.Log.Warn("sessions cannot be handed in; they wait in the store", "error", err)
	}
}

// taken notes that the bus takes sessions.
func (h *handin) taken() {
	h.wait.tries, h.until = 0, 0
	if h.c.opt.Board.Clear(part, "hand-in") {
		h.c.opt.Log.Info("sessions are handed in again")
	}
}

// prune forgets what was handed in a while ago.
func (h *handin) prune(now time.Duration) {
	if now-h.pruned < handAgain/4 {
		return
	}
	h.pruned = now
	for ref, at := range h.sent {
		if now-at >= handAgain {
			delete(h.sent, ref)
		}
	}
}

// unknown stands in an event for a decoy or a service that the recording does
// not tell.
const unknown = "-"

// ended makes the event that tells of a session.
func ended(s *store.Session) bus.Message {
	e := bus.SessionEnded{
		SessionID: s.ID, AttackerIP: bus.NoAddress, Decoy: cmp.Or(s.Decoy, unknown), Service: cmp.Or(s.Service, unknown),
		DurationS: s.Duration.Seconds(),
		Recording: &bus.RecordingRef{Format: s.Format, Path: s.Path, EvidenceRef: s.Ref},
	}
	if s.Address != "" && !s.Disputed {
		e.AttackerIP = s.Address
	}
	if end := s.End.UTC(); !end.IsZero() && end.Year() > 0 && end.Year() < 10000 {
		e.EndedAt = end.Format(time.RFC3339Nano)
	}
	switch {
	case !bus.Plain(s.Path):
		e.Recording.Path = "" // the reference finds it too
	case s.Format == "shard":
		e.ShardPath = s.Path
	}
	m := bus.Message{Subject: bus.SubjectSessionEnded, Data: e.JSON()}
	if s.Backfill {
		m.Header = map[string]string{bus.HeaderBackfill: "1"}
	}
	return m
}

// placed writes down a place as rows hold it.
func placed(p recording.Place) json.RawMessage {
	b, err := json.Marshal(p)
	if err != nil {
		panic("collect: a place of texts cannot be written: " + err.Error())
	}
	return b
}
