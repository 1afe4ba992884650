package record

import (
	"sync"
	"time"

	"gait/recording/shard"
)

// How much waits in memory for a tape: output up to one bound, keys and sizes up
// to another one above it.
const (
	waitOutput = 1 << 20
	waitAll    = 2 << 20
	waitEvents = 1 << 16
	// early is how much output wakes the tape out of a pause.
	early = 256 << 10
	// pause lets output come together that comes in many small pieces; keys do
	// not wait for it when nothing else comes.
	pause = 2 * time.Millisecond
	// tellEvery is how often a tape is told what it did not get.
	tellEvery = time.Second
	// settled is after how long a session takes no more memory than it needs; many
	// are over by then.
	settled = 300 * time.Millisecond
	// endWithin is how long the end of a session waits for its tape.
	endWithin = 3 * time.Second
	// Limits of a tape that is not there yet.
	limitInput  = 4 << 20
	limitOutput = 10 << 20
)

// deck takes the events of a session at once, and hands them to a tape on a
// goroutine of its own, so that whoever copies bytes never waits for a tape: not
// for one that is being opened, that hangs, or that breaks. What does not fit is
// counted, and the tape told of it. Its methods are safe for concurrent use.
type deck struct {
	began time.Time
	wake  chan struct{} // holds a value when the tape has something to do

	mu      sync.Mutex
	list    []entry
	data    []byte
	asleep  bool // the tape's goroutine waits for wake,
	resting bool // for a short while
	closed  bool // no event comes any more
	in, out lane
	latest  time.Duration // of an event
	events  int64         // all that came
	reason  string
	ended   time.Duration

	done   chan struct{} // closed when the tape's goroutine has ended
	totals shard.Totals  // then what the tape says of the session,
	why    string        // or why it says nothing
	id     string
}

// lane is one channel of a deck.
type lane struct {
	ch         byte
	most       int64 // bytes that the tape keeps
	came, sent int64
	spent      bool
	owed, owes int64 // bytes and events of which the tape was told nothing yet
	told       time.Duration
}

// entry is one event that waits. Its data lies behind that of the one before.
type entry struct {
	at         time.Duration
	ch         byte
	size       int32 // columns for a size
	rows       int32
	owed, owes int64
}

// newDeck makes a deck of a session that begins now. open opens its tape, on
// the goroutine of the deck, and gives the session's id; without a tape it says
// why there is none.
func newDeck(began time.Time, open func() (tape Tape, id, why string)) *deck {
	d := &deck{began: began, wake: make(chan struct{}, 1), done: make(chan struct{})}
	d.in = lane{ch: 'i', most: limitInput, told: -tellEvery}
	d.out = lane{ch: 'o', most: limitOutput, told: -tellEvery}
	go d.run(open)
	return d
}

// now is the time of the session.
func (d *deck) now() time.Duration { return time.Since(d.began) }

// after gives the time of an event that comes now. Whoever copies one way takes the
// time of what it read and may yet lose the race with the other way: a recording's
// time never goes back.
func (d *deck) after(at time.Duration) time.Duration {
	d.latest = max(d.latest, at)
	return d.latest
}

// input takes what was typed.
func (d *deck) input(at time.Duration, data []byte) { d.put(&d.in, at, data) }

// output takes what was shown.
func (d *deck) output(at time.Duration, data []byte) { d.put(&d.out, at, data) }

// resize takes the size of the terminal.
func (d *deck) resize(at time.Duration, cols, rows int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed || len(d.list) >= waitEvents {
		return
	}
	d.events++
	d.list = append(d.list, entry{at: d.after(at), ch: 'r', size: int32(cols), rows: int32(rows)})
	d.rouse()
}

// put takes an event of a channel.
func (d *deck) put(l *lane, at time.Duration, data []byte) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.closed {
		return
	}
	at = d.after(at)
	d.events++
	l.came += int64(len(data))
	if !d.takes(l, len(data)) {
		l.owed += int64(len(data))
		l.owes++
		if at-l.told >= tellEvery {
			d.owe(l, at)
		}
		return
	}
	if l.owed > 0 {
		d.owe(l, at)
	}
	l.sent += int64(len(data))
	d.list = append(d.list, entry{at: at, ch: l.ch, size: int32(len(data))})
	d.data = append(d.data, data...)
	d.rouse()
}

// takes says whether an event may wait for the tape. A budget that is spent
// stays so, as the tape itself has it.
func (d *deck) takes(l *lane, size int) bool {
	l.spent = l.spent || l.sent+int64(size) > l.most
	most := waitAll
	if l.ch == 'o' {
		most = waitOutput
	}
	return !l.spent && len(d.data)+size <= most && len(d.list) < waitEvents
}

// owe has the tape told of what it did not get of a channel.
func (d *deck) owe(l *lane, at time.Duration) {
	if len(d.list) >= waitEvents+2 {
		return
	}
	d.list = append(d.list, entry{at: at, ch: 'm', size: int32(l.ch), owed: l.owed, owes: l.owes})
	l.owed, l.owes, l.told = 0, 0, at
	d.rouse()
}

// rouse wakes the tape's goroutine where it sleeps, and where it only rests if
// much has come.
func (d *deck) rouse() {
	if d.asleep && (!d.resting || len(d.data) >= early || d.closed) {
		d.asleep = false
		d.wake <- struct{}{} // it has room: asleep is set before each wait
	}
}

// end ends the session and gives what became of it. It waits for the tape only a
// little.
func (d *deck) end(at time.Duration, reason string) (shard.Totals, string) {
	d.mu.Lock()
	at = d.after(at)
	for _, l := range []*lane{&d.in, &d.out} {
		if l.owed > 0 {
			d.owe(l, at)
		}
	}
	d.closed, d.ended, d.reason = true, at, reason
	d.rouse()
	d.mu.Unlock()
	late := time.NewTimer(endWithin)
	defer late.Stop()
	select {
	case <-d.done:
		if d.why == "" {
			return d.totals, d.id
		}
	case <-late.C:
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.lost(), d.id
}

// lost are the totals of a session that is not known to be kept.
func (d *deck) lost() shard.Totals {
	why := d.why
	if why == "" {
		why = skippedStuck
	}
	return shard.Totals{
		Skipped: why, Events: d.events, BytesIn: d.in.came, BytesOut: d.out.came,
		Truncated: d.in.came+d.out.came > 0, Duration: d.ended,
	}
}

// run opens the tape and plays to it until the session ends. A tape that breaks
// ends nothing but itself.
func (d *deck) run(open func() (Tape, string, string)) {
	defer close(d.done)
	defer func() {
		if recover() != nil {
			d.settle("", skippedStuck, 0, 0)
		}
	}()
	tape, id, why := open()
	later := time.AfterFunc(settled, trim)
	defer later.Stop()
	if tape == nil {
		d.settle(id, why, 0, 0)
		d.play(nil)
		return
	}
	in, out := tape.Limits()
	d.settle(id, "", in, out)
	d.play(tape)
	d.totals = tape.End(d.ended, d.reason)
}

// settle notes what is known of the tape.
func (d *deck) settle(id, why string, in, out int64) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if id != "" {
		d.id = id
	}
	d.why, d.in.most, d.out.most = why, in, out
}

// play hands events to the tape until no more can come. Without one they are
// only counted.
func (d *deck) play(tape Tape) {
	var list []entry
	var data []byte
	rest := time.NewTimer(0)
	defer rest.Stop()
	for {
		list, data = d.take(list, data)
		if list == nil {
			return
		}
		if tape == nil {
			continue
		}
		hand(tape, list, data)
		if len(data) >= 4<<10 {
			rest.Reset(pause)
			d.sleep(rest.C)
		}
	}
}

// hand hands events to a tape.
func hand(tape Tape, list []entry, data []byte) {
	for i := range list {
		e := &list[i]
		switch e.ch {
		case 'i':
			tape.Input(e.at, data[:e.size])
			data = data[e.size:]
		case 'o':
			tape.Output(e.at, data[:e.size])
			data = data[e.size:]
		case 'r':
			tape.Resize(e.at, int(e.size), int(e.rows))
		case 'm':
			tape.Missing(e.at, shard.Missing{Channel: byte(e.size), Bytes: e.owed}, e.owes)
		}
	}
}

// sleep waits for a short while, unless much comes.
func (d *deck) sleep(until <-chan time.Time) {
	d.mu.Lock()
	if d.closed || len(d.data) >= early {
		d.mu.Unlock()
		return
	}
	d.asleep, d.resting = true, true
	d.mu.Unlock()
	select {
	case <-d.wake:
	case <-until:
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.asleep, d.resting = false, false
	select {
	case <-d.wake: // it came together with the time
	default:
	}
}

// take waits for events and gives them; what it gave before is used again. It
// gives nil when the session has ended and all is given.
func (d *deck) take(list []entry, data []byte) ([]entry, []byte) {
	d.mu.Lock()
	for len(d.list) == 0 && !d.closed {
		d.asleep = true
		d.mu.Unlock()
		<-d.wake
		d.mu.Lock()
	}
	defer d.mu.Unlock()
	if len(d.list) == 0 {
		return nil, nil
	}
	l, b := d.list, d.data
	d.list, d.data = list[:0], data[:0]
	if cap(d.data) > 2*early {
		d.data = nil
	}
	return l, b
}
