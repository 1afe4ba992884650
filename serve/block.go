package serve

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sort"
	"time"

	"gait"
	"gait/store"
)

// Types of live events.
const (
	typeSnapshot    = "snapshot"
	typeObservation = "observation"
	typeSession     = "session"
	typeConclusion  = "attribution"
	typeReset       = "reset"
)

// block is what there is to tell of one change: the texts of its events as
// they go over the wire, one after the other. It is never changed.
type block struct {
	attacker string
	reset    bool  // something was forgotten: everybody begins anew
	last     int64 // position of the last event
	text     []byte
	events   []eventEnd
}

// eventEnd is where the text of an event ends.
type eventEnd struct {
	position int64
	end      int
}

// after gives the texts of the events above a position.
func (b *block) after(position int64) []byte {
	i := sort.Search(len(b.events), func(i int) bool { return b.events[i].position > position })
	if i == 0 {
		return b.text
	}
	return b.text[b.events[i-1].end:]
}

// size is about how much memory the block takes.
func (b *block) size() int { return cap(b.text) + 16*cap(b.events) + 96 }

// scribe makes blocks of changes. It is not safe for concurrent use.
type scribe struct {
	store   store.Store
	id      string
	encoder gait.Encoder
	raw     []byte
	escaped bytes.Buffer
}

// block makes the text of a change; nil where there is nothing to tell, since
// the session has changed again and a later change tells it.
func (s *scribe) block(ctx context.Context, c store.Change) (*block, error) {
	if c.Stale {
		return nil, nil
	}
	b := &block{attacker: c.Attacker, last: c.Last}
	switch c.Kind {
	case "forgotten":
		b.reset = true
		return b, nil
	case "attribution":
		s.escaped.Reset()
		json.HTMLEscape(&s.escaped, c.Payload)
		s.add(b, event{position: c.Last, typ: typeConclusion, at: c.Time, payload: s.escaped.Bytes()})
		return b, nil
	}
	x, err := s.store.Session(ctx, c.Ref)
	if errors.Is(err, store.ErrNotFound) || err == nil && x.Revision != c.Revision {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read a session that changed: %w", err)
	}
	d := sessionOf(&x)
	if !c.Backfill {
		observed, err := observedIn(ctx, s.store, c.Ref)
		if err != nil {
			return nil, err
		}
		d.Leading = leadingOf(observed)
		for i := range observed {
			// A revision that was replaced between the two reads has a later
			// change of its own, which tells it.
			if o := &observed[i]; o.Revision == c.Revision && c.First+int64(i) < c.Last {
				s.observation(b, c, i, o)
			}
		}
	}
	return b, s.session(b, c, &d)
}

// add appends the text of an event.
func (s *scribe) add(b *block, e event) {
	e.id = s.id
	b.text = appendEvent(b.text, e)
	b.events = append(b.events, eventEnd{e.position, len(b.text)})
}

func (s *scribe) observation(b *block, c store.Change, i int, o *gait.Observation) {
	s.raw = s.encoder.Append(s.raw[:0], o, false)
	s.escaped.Reset()
	json.HTMLEscape(&s.escaped, s.raw)
	s.add(b, event{position: c.First + int64(i), typ: typeObservation, at: c.Time, payload: s.escaped.Bytes()})
}

func (s *scribe) session(b *block, c store.Change, d *session) error {
	d.Backfill = c.Backfill
	payload, err := json.Marshal(d)
	if err != nil {
		return fmt.Errorf("write a session as JSON: %w", err)
	}
	s.add(b, event{position: c.Last, typ: typeSession, at: c.Time, payload: payload})
	return nil
}

// event is one live event before it is text.
type event struct {
	id       string // of the store; empty for an event without an id
	position int64
	typ      string
	at       time.Time
	payload  []byte // JSON without line feeds
}

// appendEvent appends an event as text/event-stream has it. JSON holds no line
// feeds, so that the data is one line.
func appendEvent(b []byte, e event) []byte {
	if e.id != "" {
		b = append(b, "id: "...)
		b = append(appendEventID(b, e.id, e.position), '\n')
	}
	b = append(append(b, "event: "...), e.typ...)
	b = append(b, "\ndata: {\"v\":1,\"type\":\""...)
	b = append(append(b, e.typ...), `","ts":`...)
	b = gait.AppendSeconds(b, time.Duration(e.at.UnixNano()))
	b = append(append(b, `,"payload":`...), e.payload...)
	return append(b, "}\n\n"...)
}
