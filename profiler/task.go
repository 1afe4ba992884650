package profiler

import (
	"encoding/json"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"gait/bus"
	"gait/recording"
	"gait/store"
)

// maxAttempts is how often a session is begun that gives no answer.
const maxAttempts = 3

// task is one session on its way from an event, or from a row that waits, to
// its answer.
type task struct {
	offer      store.Offer // what the event says; of a row only Ref and ID
	event      bool        // it came with an event
	known      store.Known
	deliveries []bus.Delivery // to be answered with it
	next       *task          // an event of the same session that came after this one was begun

	row      store.Session // as it was begun
	place    recording.Place
	backfill bool
	suspect  bool // begun before and not answered
	begun    bool // taken from its line; the queue's
	unread   bool // begun, and no worker is done with it; the queue's
	since    time.Time

	profile *store.Profile    // what was read
	settle  *store.Settlement // or what becomes of the session instead
	saved   store.Saved
	out     Outcome
}

// ofEvent makes a task of an event.
func ofEvent(o store.Offer) *task {
	return &task{offer: o, event: true, backfill: o.Backfill, since: time.Now(), out: Outcome{Ref: o.Ref, Session: o.ID}}
}

// ofRow makes a task of a session that waits in the store.
func ofRow(s *store.Session) *task {
	t := &task{backfill: s.Backfill, since: time.Now(), out: Outcome{Ref: s.Ref, Session: s.ID}}
	t.offer.Ref, t.offer.ID, t.offer.Size = s.Ref, s.ID, s.Size
	t.known = store.Known{
		Size: s.Size, EndSeen: s.EndSeen, Address: s.Address, State: s.State, CauseKind: s.CauseKind,
		Path: s.Path, Attempts: s.Attempts, NextTry: s.NextTry, Rules: s.Rules,
	}
	return t
}

func (t *task) ref() string { return t.offer.Ref }

// answer ends a task that needs no reading.
func (t *task) answer(why Reason, state store.State) {
	t.out.Reason, t.out.State = why, state
}

// begin takes over the row as it stands with its attempts raised.
func (t *task) begin(row *store.Session) {
	t.row = *row
	t.backfill = t.backfill || row.Backfill
	t.place = recording.Place{}
	if json.Unmarshal(row.Place, &t.place) != nil || t.place.Path == "" && len(t.place.Extra) == 0 {
		t.place = recording.Place{}
		_ = json.Unmarshal(t.offer.Place, &t.place) // it is our own, or not there
	}
}

// put puts the session off, or parks it.
func (t *task) put(s store.Settlement, why Reason) {
	s.Ref, s.Cause = t.ref(), harmless(s.Cause)
	t.settle, t.profile = &s, nil
	t.out.Reason, t.out.State, t.out.Cause = why, s.State, s.Cause
}

// forLater gives the task's attempt back: nothing was decided.
func (t *task) forLater() {
	t.put(store.Settlement{State: store.Waiting}, Store)
	t.out.Later = true
}

// maxCause bounds the text of a cause.
const maxCause = 1 << 10

// harmless gives a text without control characters and of bounded length:
// causes hold paths, which may be somebody else's work.
func harmless(s string) string {
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == utf8.RuneError {
			return '?'
		}
		return r
	}, s)
	if len(s) <= maxCause {
		return s
	}
	return strings.ToValidUTF8(s[:maxCause], "") + "..."
}

// comeAgain asks for the task's events again, for nothing was decided.
func (t *task) comeAgain() {
	for _, d := range t.deliveries {
		_ = d.Later(0) // without an answer they come again too, only later
	}
}
