package collect

import (
	"context"
	"fmt"
	"time"

	"gait"
	"gait/recording"
	"gait/recording/shard"
	"gait/store"
)

// rawOf is how many bytes of input and output a session holds.
func rawOf(s *gait.Session) int64 {
	return int64(len(s.Block(gait.Input)) + len(s.Block(gait.Output)))
}

// finding is where the recording of a session is, or why there is none. With a
// place and a cause the recording is there, and not whole.
type finding struct {
	c     *Collector
	cause *cause
	place *place // nil where nothing holds the session

	sight shard.Sighting
	hot   bool // it is being followed
	known *store.Known
	raw   int64 // bytes of input and output
	whole bool  // raw was counted from the session's beginning

	// What was read of it, where it was.
	read    bool
	end     bool
	address string
	start   time.Time
}

// whole compares the bytes of a recording with what its log says.
func (s *search) whole(ctx context.Context, r *recorded, got *finding) {
	if r.bytes <= 0 {
		return
	}
	if !got.whole {
		x, err := s.c.opt.Library.Read(ctx, recording.Place{Format: shard.FormatName, Path: got.place.path(r), Session: r.id})
		if err != nil {
			return // whoever profiles it hears why
		}
		got.raw, got.whole = rawOf(x), true
	}
	if got.raw >= r.bytes {
		return
	}
	got.cause = &cause{
		kind: store.CauseBytes, path: got.place.path(r),
		text: fmt.Sprintf("%q holds less of sessions than their recorder says it wrote", got.place.path(r)),
		cure: "they are read again; after the time to give up they are profiled as they are",
	}
	got.place.view.shards.hold(r, got.place.name)
}

// ref is the reference under which the session has its row.
func (g *finding) ref(r *recorded) string {
	if g.place == nil {
		return r.pending()
	}
	return g.place.ref(r)
}

// offers gives what the store is to be told: of an address in the recording
// first, then of what the log says.
func (g *finding) offers(r *recorded, replaces string) []store.Offer {
	o := store.Offer{Session: store.Session{
		Ref: g.ref(r), ID: r.id, Decoy: r.decoy, Service: r.service, Address: r.address,
		Start: r.start(), End: r.end, Duration: r.duration, Closed: store.ClosedLogged,
	}, Replaces: replaces}
	p := recording.Place{Format: shard.FormatName, Session: r.id, Bytes: r.bytes}
	if g.place != nil {
		p.Path = g.place.path(r)
		o.Format, o.Path = p.Format, p.Path
	}
	if g.hot {
		p.Weight = heavy(&g.sight)
	}
	o.Place = placed(p)
	if g.cause != nil {
		o.Cause, o.CauseKind, o.NextTry = g.cause.text, g.cause.kind, g.c.patience(time.Time{})
	}
	inside, start := g.address, g.start
	switch {
	case g.hot:
		o.Size, o.EndSeen, inside, start = g.sight.Size, g.sight.End, g.sight.Address, g.sight.Start
	case g.known != nil:
		o.Size, o.EndSeen = g.known.Size, g.known.EndSeen
	default:
		o.EndSeen = g.end
	}
	if !start.IsZero() {
		o.Start = start
	}
	if inside == "" || inside == r.address {
		o.Header = inside != ""
		return []store.Offer{o}
	}
	first := o
	first.Address, first.Header = inside, true
	if r.address == "" {
		return []store.Offer{first}
	}
	o.Replaces = ""
	return []store.Offer{first, o} // they differ: the store sees it
}

// done lets go of a session that was offered.
func (g *finding) done(r *recorded) {
	if g.place != nil {
		g.place.view.shards.let(r, g.place.name, g.sight)
	}
}
