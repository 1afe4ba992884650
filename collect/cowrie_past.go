package collect

import (
	"context"

	"gait/recording"
	"gait/recording/cowrie"
)

// pastMuch is from how many unread bytes of logs on they have a reader of their
// own.
const pastMuch = 4 << 20

// cowriePast reads what a Cowrie wrote before we came, where that is much: it
// offers all of it in order, with its positions, at the pace at which the store
// takes it. Whoever follows the same logs meanwhile runs ahead: it offers only
// what ended lately, and stores no positions before all of the past is told.
type cowriePast struct {
	s        *cowrieSource
	ended    chan error // gets a value when it ends: nil when all is told
	progress progress
	left     int64
}

// readPast begins to read the past, from the positions that are stored.
func (s *cowrieSource) readPast(ctx context.Context, stored map[string][]byte) *cowriePast {
	p := &cowriePast{ended: make(chan error, 1), s: &cowrieSource{
		home: recording.NewCowrieHome(s.home.Path(), recording.Options{}), label: s.label, key: s.key, in: s.in.forPast(),
		wait: s.wait, aged: s.aged,
	}}
	p.s.load(stored)
	go func() {
		defer p.s.home.Close()
		p.ended <- p.run(ctx)
	}()
	return p
}

// run reads until there is nothing more to be read.
func (p *cowriePast) run(ctx context.Context) error {
	p.s.walk(ctx)
	p.left = p.s.behind()
	for again := true; again; {
		again = false
		for _, g := range p.s.groups {
			more, err := g.read(ctx)
			if err == nil {
				err = g.wait(ctx)
			}
			if err != nil {
				return err
			}
			again = again || more
		}
		p.tell()
		if err := ctx.Err(); err != nil {
			return err
		}
		p.s.walk(ctx)
	}
	p.s.in.options().Board.Tell(part, "sweep of "+p.s.title(), p.progress.state(0, p.s.in.now()))
	return nil
}

// tell says how far it is.
func (p *cowriePast) tell() {
	left, now := p.s.behind(), p.s.in.now()
	p.progress.done(int(max(p.left-left, 0)), now)
	p.left = left
	p.s.in.c.metrics.behind.WithLabelValues(p.s.label).Set(float64(left))
	p.s.in.options().Board.Tell(part, "sweep of "+p.s.title(), p.progress.state(left, now))
}

// wait waits until it has ended.
func (p *cowriePast) wait() { <-p.ended }

// meetPast takes note that all of the past is told. From then on positions are
// stored by whoever follows the logs. The error is that of the reader.
func (s *cowrieSource) meetPast() error {
	if s.past == nil || s.skips {
		return nil
	}
	select {
	case err := <-s.past.ended:
		s.past.ended <- err // for whoever waits
		if err != nil {
			return err
		}
		s.past = nil
		for _, g := range s.groups {
			g.dirty = true
		}
	default:
	}
	return nil
}

// leave leaves a connection that is long over to the reader of the past.
func (g *cowrieGroup) leave(v *cowrie.Visit) {
	for i := range v.Terminals() {
		if x, ok := v.Terminal(i); ok {
			g.s.strays.claim(x.Names)
		}
	}
	v.Hold(false)
	delete(g.visits, v)
}
