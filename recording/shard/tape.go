package shard

import (
	"strconv"
	"sync"
	"time"

	"gait"
)

const (
	// maxData is the longest data of one line. Readers take lines of up to 1 MB,
	// and a byte may take six.
	maxData = 128 << 10
	// tellEvery is how often a tape says what it did not keep.
	tellEvery = time.Second
	// raced is by how much an event may come behind a later one of another
	// channel because their goroutines raced.
	raced = 10 * time.Millisecond
	// maxReason bounds the reason of an end.
	maxReason = 64
)

// Tape keeps one session. Its methods are safe for concurrent use; times are
// monotonic since the session's start. They wait for the disk, but never fail.
//
// Where the budget of output is spent, the shard says so once, then at most
// once a second how much was not kept, and keys, sizes and the end go on; so it
// is with keys. While the disk is too full, or does not take what is written,
// output is not kept either, and keys are tried.
type Tape struct {
	w       *Writer
	id      string
	address uint64
	skipped string // why nothing is kept

	turn    chan struct{} // holds a value while somebody works on what follows
	file    *file         // nil where nothing is kept
	last    time.Duration
	in, out lane
	resize  lane
	over    bool // a limit was reached,
	truncs  bool // and the shard says so
	ended   bool
	totals  Totals
}

// lane is one channel of a tape.
type lane struct {
	ch     byte
	spent  bool          // its budget is
	failed bool          // the last line could not be written
	tells  bool          // it was said already that something is not kept,
	told   time.Duration // the last time then
	owed   int64         // bytes not kept of which nothing was said yet
	last   time.Duration // of the last event
	came   int64         // bytes
	kept   int64         // bytes
	events int64         // that were kept
}

// Totals are what became of a session.
type Totals struct {
	Kept    bool   // its header is in the shard, and the shard was not deleted
	Skipped string // why it is not kept
	Events  int64  // all that came, with those that were not kept

	BytesIn, BytesOut int64 // all that came
	KeptIn, KeptOut   int64 // what is in the shard
	Truncated         bool  // input or output is missing
	Duration          time.Duration
}

// Input keeps what the operator sent.
func (t *Tape) Input(at time.Duration, data []byte) { t.put(&t.in, at, data) }

// Output keeps what the terminal received.
func (t *Tape) Output(at time.Duration, data []byte) { t.put(&t.out, at, data) }

// Resize keeps the size of the terminal, in characters.
func (t *Tape) Resize(at time.Duration, cols, rows int) {
	var buf [24]byte
	b := strconv.AppendInt(buf[:0], int64(cols), 10)
	b = strconv.AppendInt(append(b, 'x'), int64(rows), 10)
	t.put(&t.resize, at, b)
}

// Missing counts what came on a channel, i or o, in so many events and never
// reached the tape: it is said in the shard as if the tape had not kept it.
func (t *Tape) Missing(at time.Duration, m Missing, events int64) {
	l := &t.out
	if m.Channel == 'i' {
		l = &t.in
	}
	t.turn <- struct{}{}
	defer func() { <-t.turn }()
	if t.ended || m.Bytes <= 0 || l.came > 1<<60 {
		return
	}
	t.totals.Events += max(events, 0)
	l.came += m.Bytes
	if t.file == nil {
		return
	}
	t.fits(l, m.Bytes)
	l.owed += m.Bytes
	t.tell(l, max(at, 0))
}

// put keeps an event where it may be kept and can be.
func (t *Tape) put(l *lane, at time.Duration, data []byte) {
	if len(data) == 0 {
		return
	}
	t.turn <- struct{}{} // whoever came first is first, as no mutex promises
	defer func() { <-t.turn }()
	if t.ended {
		return
	}
	t.totals.Events++
	l.came += int64(len(data))
	if t.file == nil {
		return
	}
	at = max(at, 0)
	t.tell(&t.in, at)
	t.tell(&t.out, at)
	before := l.kept
	if t.fits(l, int64(len(data))) {
		t.keep(l, at, data)
	}
	if missing := int64(len(data)) - (l.kept - before); missing > 0 {
		l.owed += missing
		t.tell(l, at)
	}
}

// fits says whether data may be kept.
func (t *Tape) fits(l *lane, size int64) bool {
	o := &t.w.o
	switch l.ch {
	case 'r':
		return l.events < resizeEvents
	case 'i':
		l.spent = l.spent || l.kept+size > o.Input || l.events >= inputEvents
	case 'o':
		l.spent = l.spent || l.kept+size > o.Output || l.events >= outputEvents
		now := o.Now()
		if !l.spent && (l.failed || t.w.room() < o.FreeOutput || t.file.lost(now.UnixNano())) {
			return false
		}
		if t.w.addresses.spent(t.address, now, 0) >= o.Day {
			t.over = true
			return false
		}
	}
	t.over = t.over || l.spent
	return !l.spent
}

// keep writes an event, in several lines where its data is too long for one.
func (t *Tape) keep(l *lane, at time.Duration, data []byte) {
	for len(data) > 0 {
		part := data[:min(len(data), maxData)]
		data = data[len(part):]
		stamp := t.stamp(l, at)
		if err := t.write(t.file, func(e *Encoder) { e.Event(t.id, stamp, l.ch, part) }); err != nil {
			l.failed = true
			return
		}
		l.events++
		l.kept += int64(len(part))
	}
}

// stamp gives the time to write for an event: whole microseconds, and never one
// twice on a channel. An event that came before one of another channel and lost
// the race with it gets the other one's time, as readers would have it.
func (t *Tape) stamp(l *lane, at time.Duration) time.Duration {
	at = at.Truncate(time.Microsecond)
	if at < t.last && t.last-at < raced {
		at = t.last
	}
	if at <= l.last {
		at = l.last + time.Microsecond
	}
	l.last, t.last = at, max(t.last, at)
	return at
}

// tell says in the shard what of a channel was not kept: at once where that is
// new, then once a second.
func (t *Tape) tell(l *lane, at time.Duration) {
	if l.owed == 0 || l.ch == 'r' || l.tells && at-l.told < tellEvery {
		return
	}
	l.tells, l.told = true, at
	t.owe(l, at)
}

func (t *Tape) owe(l *lane, at time.Duration) {
	if t.over && !t.truncs {
		t.truncs = t.write(t.file, func(e *Encoder) { e.Trunc(t.id) }) == nil
	}
	if t.write(t.file, func(e *Encoder) { e.Skip(t.id, at, Missing{l.ch, l.owed}) }) == nil {
		l.owed, l.failed = 0, false
	}
}

// End ends the session: what is still owed is said, then the end record is
// written. Reasons are exit, signal, hangup and limit. Nothing is kept after
// it, and another End gives the totals of the first.
func (t *Tape) End(at time.Duration, reason string) Totals {
	t.turn <- struct{}{} // whoever came first is first, as no mutex promises
	defer func() { <-t.turn }()
	if t.ended {
		return t.totals
	}
	t.ended = true
	s := &t.totals
	s.Duration = max(at, t.last, 0)
	s.BytesIn, s.BytesOut, s.KeptIn, s.KeptOut = t.in.came, t.out.came, t.in.kept, t.out.kept
	s.Truncated = s.KeptIn < s.BytesIn || s.KeptOut < s.BytesOut
	s.Skipped = t.skipped
	if t.file == nil {
		return *s
	}
	for _, l := range []*lane{&t.in, &t.out} {
		if l.owed > 0 {
			t.owe(l, s.Duration)
		}
	}
	end := gait.End{Time: s.Duration, Reason: reason[:min(len(reason), maxReason)], Events: s.Events, BytesIn: s.BytesIn, BytesOut: s.BytesOut}
	_ = t.write(t.file, func(e *Encoder) { e.End(t.id, end) })
	s.Kept = !t.file.lost(t.w.o.Now().UnixNano())
	t.w.release(t.file)
	t.file = nil
	return *s
}

// encoders are shared by all tapes, so that one that is open takes little.
var encoders = sync.Pool{New: func() any { return new(Encoder) }}

// write writes one line, and counts it for the session's address.
func (t *Tape) write(f *file, line func(*Encoder)) error {
	e := encoders.Get().(*Encoder)
	e.w, e.err = f, nil
	line(e)
	if e.err == nil {
		t.w.addresses.spent(t.address, t.w.o.Now(), int64(len(e.line)))
	}
	err := e.err
	if e.w, e.err = nil, nil; cap(e.line) <= maxData {
		encoders.Put(e)
	}
	return err
}
