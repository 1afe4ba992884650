package collect

import (
	"context"
	"encoding/json"
	"strings"
	"sync"
	"time"

	"gait/recording"
	"gait/store"
)

// recorded is what a line session_recorded says. Its names were checked.
type recorded struct {
	decoy, service, id string
	address            string // canonical; empty where unknown
	end                time.Time
	duration           time.Duration
	bytes              int64 // of input and output; 0 where it does not say
}

// pendingPrefix begins the references of sessions that wait to be found.
const pendingPrefix = "pending:"

func pendingRef(ref string) bool { return strings.HasPrefix(ref, pendingPrefix) }

// pending is the reference under which the session waits to be found.
func (r *recorded) pending() string {
	return pendingPrefix + r.decoy + "/" + r.service + "#" + r.id
}

// start is when the session began, as far as the line says.
func (r *recorded) start() time.Time { return r.end.Add(-r.duration) }

// How long sessions are looked for.
const (
	findGrace  = 2 * time.Second // before the cause is told: the line may come before the recording's
	findPace   = 250 * time.Millisecond
	findAgain  = 30 * time.Second
	mostWaiter = 50_000 // kept in memory; more wait in the store alone
)

// finder finds the recordings of sessions that a log told of, and keeps looking
// for those that it did not find.
type finder struct {
	c  *Collector
	in *intake

	mu      sync.Mutex
	waiters map[string]*waiter // by the reference under which they wait
	over    bool               // more wait in the store

	stands map[string]bool // causes that were told, by key; for run alone
}

// waiter is a session that waits to be found, or to be whole.
type waiter struct {
	recorded
	ref   string
	cause *cause
	since time.Time     // when it was found first, by the wall clock
	began time.Duration // when it came here, by ours
	next  time.Duration
}

func newFinder(c *Collector) *finder {
	return &finder{c: c, in: &intake{c: c, source: "syslog"}, waiters: map[string]*waiter{}, stands: map[string]bool{}}
}

// take takes in sessions that a log told of, with the position that they stand
// for: those that are found are offered, the others wait under their cause;
// beside them what else there is to offer.
func (f *finder) take(ctx context.Context, list []recorded, beside []store.Offer, cursors ...store.Cursor) error {
	s := newSearch(f.c)
	if err := s.prefetch(ctx, list); err != nil {
		return err
	}
	offers := beside
	var after []func()
	for i := range list {
		r := &list[i]
		got := s.find(ctx, r)
		if err := ctx.Err(); err != nil {
			return err
		}
		offers = append(offers, got.offers(r, "")...)
		if got.cause != nil {
			w := &waiter{recorded: *r, ref: got.ref(r), cause: got.cause, since: time.Now(), began: f.c.now(), next: f.c.now() + findPace}
			after = append(after, func() { f.add(w) })
		} else {
			after = append(after, func() { got.done(r) })
		}
	}
	if _, err := f.in.offer(ctx, offers, cursors...); err != nil {
		return err
	}
	for _, g := range after {
		g()
	}
	return nil
}

// add keeps a waiter in memory, as far as there is room.
func (f *finder) add(w *waiter) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if _, there := f.waiters[w.ref]; there {
		return
	}
	if len(f.waiters) >= mostWaiter {
		f.over = true
		return
	}
	f.waiters[w.ref] = w
}

// released takes a row that waits to be found and has no cause: somebody asked
// for another try.
func (f *finder) released(s store.Session) {
	if w := waiterOf(&s); w != nil {
		w.began, w.next = f.c.now(), 0
		f.add(w)
	}
}

// waiterOf makes a waiter of a row; nil where it is none.
func waiterOf(s *store.Session) *waiter {
	var p recording.Place
	if json.Unmarshal(s.Place, &p) != nil || !pendingRef(s.Ref) && (s.CauseKind != store.CauseBytes || p.Bytes == 0) {
		return nil
	}
	w := &waiter{ref: s.Ref, since: s.Found, recorded: recorded{
		decoy: s.Decoy, service: s.Service, id: s.ID, address: s.Address, end: s.End, duration: s.Duration, bytes: p.Bytes,
	}}
	if s.CauseKind != "" {
		w.cause = &cause{kind: s.CauseKind, path: s.Cause, text: s.Cause}
	}
	return w
}

// run looks again for what was not found, until the context ends.
func (f *finder) run(ctx context.Context) {
	f.load(ctx)
	again, told := f.c.now()+findAgain, time.Duration(0)
	for sleep(ctx, findPace) {
		all := f.c.now() >= again
		if all {
			again = f.c.now() + findAgain
		}
		f.look(ctx, all)
		if all {
			f.groups(ctx)
			f.load(ctx)
		}
		if now := f.c.now(); now-told >= time.Second {
			told = now
			f.tellCauses()
		}
	}
}

// load takes over from the store what waits to be found: at the start, and
// where there was no room for it before.
func (f *finder) load(ctx context.Context) {
	f.mu.Lock()
	room := len(f.waiters) < mostWaiter/2 && (f.over || f.c.opt.Bus == nil) || f.c.now() < findAgain
	f.over = f.over && !room
	f.mu.Unlock()
	if !room {
		return
	}
	var rows []store.Session
	ask := func(q store.WaitingQuery) error {
		q.Now = time.Now()
		return f.in.retry(ctx, "waiting", func() error {
			got, err := f.c.opt.Store.Waiting(ctx, q)
			rows = append(rows, got...)
			return err
		})
	}
	err := ask(store.WaitingQuery{CauseKinds: finderKinds, Limit: mostWaiter})
	if err == nil && f.c.opt.Bus == nil { // else those without a cause come by the hand-in
		err = ask(store.WaitingQuery{Limit: trickleRows})
	}
	if err != nil {
		if ctx.Err() == nil {
			f.c.opt.Log.Error("sessions that wait for their recordings cannot be listed", "error", err)
		}
		return
	}
	for i := range rows {
		if w := waiterOf(&rows[i]); w != nil {
			w.began = f.c.now() - findGrace
			f.add(w)
		}
	}
}

// finderKinds are the causes for which sessions wait to be found, in the order
// in which they are looked for.
var finderKinds = []string{
	store.CauseService, store.CauseOutside, store.CauseUnreadable, store.CauseNoFile, store.CauseNoSession, store.CauseBytes,
}

// look looks again for the waiters whose time has come, or for all.
func (f *finder) look(ctx context.Context, all bool) {
	now := f.c.now()
	var due []*waiter
	f.mu.Lock()
	for _, w := range f.waiters {
		if all || w.next <= now && (now-w.began < findAgain || w.cause == nil) {
			w.next = now + min(max(now-w.began, findPace), findAgain)
			due = append(due, w)
		}
	}
	f.mu.Unlock()
	s := newSearch(f.c)
	for len(due) > 0 && ctx.Err() == nil {
		n := min(len(due), 256)
		if err := f.again(ctx, s, due[:n]); err != nil {
			if ctx.Err() == nil {
				f.c.opt.Log.Error("sessions cannot be looked for again", "error", err)
			}
			return
		}
		due = due[n:]
	}
}

// again looks for some waiters once more.
func (f *finder) again(ctx context.Context, s *search, list []*waiter) error {
	told := make([]recorded, len(list))
	for i, w := range list {
		told[i] = w.recorded
	}
	if err := s.prefetch(ctx, told); err != nil {
		return err
	}
	var offers []store.Offer
	var found []func()
	for _, w := range list {
		got := s.find(ctx, &w.recorded)
		if err := ctx.Err(); err != nil {
			return err
		}
		if got.cause == nil && pendingRef(w.ref) { // many at once, where a cause is gone
			offers = append(offers, got.offers(&w.recorded, w.ref)...)
			found = append(found, func() { got.done(&w.recorded); f.drop(w) })
			continue
		}
		if err := f.settle(ctx, w, got); err != nil {
			return err
		}
	}
	if _, err := f.in.offer(ctx, offers); err != nil {
		return err
	}
	for _, g := range found {
		g()
	}
	return nil
}
