// Package profiler is the stage between the end of a session and its profile:
// it takes attacker.session.ended, reads that session's recording, asks all
// primitives, stores what they answer, and announces it.
//
// [Profiler.Handle] is the whole of it for one event, without loop or bus. Run
// is the same steps as a pipeline: events are checked and compared with the
// store in batches, begun in groups, read and extracted by workers, each with
// an engine of its own, and stored in groups of whatever is ready. An event is
// acknowledged once the store has its answer.
//
// # Promises
//
// Nothing is lost: an event without an answer is delivered again, and a session
// without an answer keeps waiting in the store. Nothing is counted twice: a
// session is known by its evidence reference, and the same revision of it is
// stored once, however often its event comes.
//
// What cannot be done now (the store is away or full, the disk is nearly full)
// is done later and counts against nobody. A recording that cannot be read puts
// its session off, with the cause in its row, for longer each time; after
// GiveUp it is parked, and one that is not whole is profiled as incomplete. The
// event of a session that was put off is done with: whoever hands in what waits
// in the store publishes another when its time has come.
//
// A session that kills the process, or never ends, costs itself alone. Attempts
// are raised before it is read, and given back by the next process where the
// session was not being read when this one died (see Options.Hands). A session
// whose last attempt had no answer is read with nothing else under way, and
// after three of them it is parked unread. A session that takes longer than Watchdog ends Run with a
// [StuckError]: a goroutine cannot be stopped from outside, so the process has
// to be started anew.
//
// Old and new releases may work side by side: a profile never takes the place of
// one made with a higher sum of rules numbers.
//
// # Announcing
//
// What was stored is published observation by observation, by a loop of its own
// that takes it from memory or, where that is full or was lost, from the store.
// A bus that is full or away holds up no profiling. Without a bus sessions stay
// unannounced in the store, so that a bus that is attached later gets them.
//
// # Concluding
//
// What is concluded of an attacker from all sessions ([Assessor]) comes after
// their profiles, by a loop of its own that has a small share of one core. A
// session marks its attacker as due in the transaction that stores it, so that
// nothing is lost and nothing concluded twice, whatever dies. Conclusions are
// published from the store, as observations are. Of the reference's reading
// nothing is concluded.
//
// With a typist, how a session was typed is stored with its profile, and compared
// with all other attackers in the same loop; links that are strong enough are
// proposed. Nobody is merged by it.
//
// Nothing that was typed or printed reaches a log line, a metric, the bus or a
// cause: labels, numbers, hashes and names of files only.
package profiler

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"gait"
	"gait/assess"
	"gait/assess/typist"
	"gait/bus"
	"gait/internal/health"
	"gait/profile"
	"gait/recording"
	"gait/store"
)

// part is the stage's name on the board.
const part = "profiler"

// Library reads one session. [recording.Library] is one; the errors are those
// that it gives.
type Library interface {
	// Read gives the session of a place. It is the caller's alone.
	Read(ctx context.Context, p recording.Place) (*gait.Session, error)
}

// Options say what a profiler works with. Store and Library are needed.
type Options struct {
	Store   store.Store
	Bus     bus.Bus // nil where there is none: sessions that wait are asked of the store
	Library Library
	Workers int  // 0 stands for as many as there are cores
	Compat  bool // the reference's reading; the store must be made for the same
	// Strict publishes the ten public fields of an observation alone.
	Strict   bool
	GiveUp   time.Duration // after which a session that cannot be read is parked; 0 stands for 24 h
	Watchdog time.Duration // after which a session never ends; 0 stands for 30 s
	// Hands is the path of a small file, this process's alone, that tells the
	// next one which sessions were being read when this one died; only those
	// count as tried. Where it is empty, all that were begun do.
	Hands string
	// Typist, where it is set, has kept how each session was typed, and links
	// proposed between attackers who type alike.
	Typist *typist.Model
	// AcceptLinks is the strength, in posterior log odds, from which such a link
	// is accepted without anybody where something besides typing speaks for it as
	// well; 0 leaves all to people.
	AcceptLinks float64
	// Primitives are asked of every session; nil stands for all there are.
	Primitives []*profile.Primitive

	Board   *health.Board
	Gate    *health.Gate
	Log     *slog.Logger
	Metrics prometheus.Registerer
}

// Profiler is the stage. It is safe for concurrent use.
type Profiler struct {
	store      store.Store
	bus        bus.Bus
	library    Library
	workers    int
	giveUp     time.Duration
	watchdog   time.Duration
	primitives []*profile.Primitive
	typist     *typist.Model // nil where nothing is kept of how people type
	accept     float64       // links, from these log odds on; 0 for none
	// reading is an engine that reads nothing and tells readings apart.
	reading   *profile.Engine
	board     *health.Board
	gate      *health.Gate
	log       *slog.Logger
	metrics   *metrics
	anew      atomic.Int64 // sessions that had a profile and got another
	differs   atomic.Int64 // primitives that answered differently then
	announcer *announcer   // nil without a bus
	concluder *concluder   // nil where the store holds the reference's reading
	engines   sync.Pool
	handsAt   string
	now       func() time.Time

	queue  *queue
	budget budget
	poke   chan struct{}
	hands  *hands
	every  time.Duration // between looks for sessions that wait

	// Of a run.
	started  atomic.Bool
	arrivals chan []*task
	ready    chan *task
	results  chan *task
	running  []running
}

// New makes a profiler. It does nothing before [Profiler.Run] or
// [Profiler.Handle]. The error is that of options that cannot work, or of
// metrics that are registered already.
func New(o Options) (*Profiler, error) {
	if o.Store == nil || o.Library == nil {
		return nil, errors.New("make profiler: a store and a library are needed")
	}
	if o.Compat != o.Store.Compat() {
		return nil, store.ErrCompat
	}
	if o.Compat && o.Typist != nil {
		return nil, errors.New("make profiler: the reference's reading keeps nothing of how people type")
	}
	if o.AcceptLinks != 0 && (o.Typist == nil || !(o.AcceptLinks >= typist.ProposeLogOdds)) {
		return nil, fmt.Errorf("make profiler: links are compared and accepted from log odds of %.3g on, not from %g", typist.ProposeLogOdds, o.AcceptLinks)
	}
	if o.Workers <= 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	if o.GiveUp <= 0 {
		o.GiveUp = 24 * time.Hour
	}
	if o.Watchdog <= 0 {
		o.Watchdog = 30 * time.Second
	}
	if o.Primitives == nil {
		o.Primitives = assess.All
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	p := &Profiler{
		store: o.Store, bus: o.Bus, library: o.Library, workers: o.Workers, giveUp: o.GiveUp, watchdog: o.Watchdog,
		primitives: o.Primitives, typist: o.Typist, accept: o.AcceptLinks, board: o.Board, gate: o.Gate, log: o.Log, now: time.Now,
		queue: newQueue(o.Workers), budget: newBudget(),
		poke: make(chan struct{}, 1), every: pollEvery, handsAt: o.Hands, hands: &hands{},
	}
	p.reading = p.newEngine()
	p.engines.New = func() any { return p.newEngine() }
	var err error
	if p.metrics, err = newMetrics(o.Metrics, o.Primitives, p.queue); err != nil {
		return nil, err
	}
	if o.Bus != nil {
		p.announcer = newAnnouncer(p, o.Strict)
	}
	if !o.Compat {
		if p.concluder, err = newConcluder(p); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// newEngine makes an engine for a worker, of the reading that the store holds.
func (p *Profiler) newEngine() *profile.Engine {
	return profile.EngineOf(p.primitives, p.store.Compat())
}

// Poke tells that sessions wait in the store. It never blocks.
func (p *Profiler) Poke() {
	select {
	case p.poke <- struct{}{}:
	default:
	}
}
