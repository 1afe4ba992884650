package cowrie

import (
	"strings"
	"time"

	"gait"
)

// Visit is a connection that a follower tells of. It changes as the log goes
// on, while the follower reads.
type Visit struct {
	connection
	prev, next *Visit
	begun      Mark
	bare       bool   // it began without its connect event
	spans      []span // where its commands stand
	commands   int64
	seen       time.Duration // when the log last spoke of it
	ending     time.Duration // when a terminal log of it ended that was not told; 0 for none
	over       Over
	told       bool // given by Take, and nothing has changed since
	waits      bool // in the list of those to be told
	held       bool
	gone       bool
}

// Over says why a connection counts as over.
type Over string

// Why a connection is over: it is not, the log says so, or nothing was heard
// of it.
const (
	NotOver Over = ""
	Closed  Over = "session.closed"
	Silent  Over = "silence"
)

// span is a stretch of a log.
type span struct {
	Log  string `json:"l"`
	From int64  `json:"f"`
	To   int64  `json:"t"`
}

// maxSpans bounds over how many logs the commands of a connection are followed.
const maxSpans = 64

// event takes in one event.
func (f *Follower) event(e *event, ref lineRef) {
	f.events++
	if e.kind == other {
		return
	}
	if !isSession(string(e.Session)) {
		f.odd.Add(gait.OddForeignLine, 1, -1)
		return
	}
	t, timed := e.time()
	if !timed {
		t = 0
	}
	v := f.find(e, t, ref)
	if v == nil {
		return
	}
	t, ok := v.admit(e, t, timed, ref.off)
	if !ok {
		return
	}
	f.clock = max(f.clock, t)
	v.seen = f.now()
	f.keep(v, e, t, ref)
}

// find gives the connection that an event belongs to, a new one where it
// begins one. It is nil where the event is to be passed over.
func (f *Follower) find(e *event, t int64, ref lineRef) *Visit {
	key := connKey{string(e.Sensor), string(e.Session)}
	v := f.live[key]
	switch {
	case v == nil && e.kind == closed:
		return nil
	case v != nil && e.kind != connect:
		return v
	case v != nil && v.lead(t):
		return v
	case v != nil && v.start == t:
		f.odd.Add(gait.OddSecondHeader, 1, -1)
		v.repeated = true
		return nil
	}
	begun := f.mark(ref)
	if e.kind == connect {
		if v != nil {
			f.end(v, Silent)
		}
	} else if f.passed(key, begun) {
		return nil
	}
	if f.line.n >= maxOpen {
		f.evict()
	}
	key = connKey{f.names.intern(key.sensor), strings.Clone(key.session)}
	v = &Visit{connection: *newConnection(key, e.kind == connect, t, ref.off), begun: begun, bare: e.kind != connect}
	f.live[key] = v
	f.line.add(v)
	f.total++
	return v
}

// passed says whether an event without a connection belongs to one that was
// over in an earlier life.
func (f *Follower) passed(key connKey, at Mark) bool {
	if f.headers[at] {
		delete(f.headers, at)
		return false
	}
	if _, ok := f.past.get(key); ok {
		return true
	}
	if at.At >= f.known {
		return false
	}
	f.past.put(connKey{strings.Clone(key.sensor), strings.Clone(key.session)}, struct{}{})
	return true
}

// mark gives the place at which an event begins.
func (f *Follower) mark(ref lineRef) Mark {
	if ref.log < 0 {
		return Mark{f.logs[f.tailIn.log], f.tailIn.off}
	}
	return Mark{f.logs[ref.log], ref.off}
}

// keep adds an event to its connection, within the limits.
func (f *Follower) keep(v *Visit, e *event, t int64, ref lineRef) {
	if (e.kind == logOpen || e.kind == logClosed) && len(v.logs) > 0 && f.logsIn >= maxOpenLogs {
		f.odd.Add(gait.OddSessionsLimit, 1, -1)
		return
	}
	empty, logs := v.empty(), len(v.logs)
	if e.kind == input && v.commands <= int64(f.lim.Events) {
		v.commands++
		v.span(f, ref)
	}
	v.apply(e, t)
	v.protocol, v.client, v.hassh = f.names.intern(v.protocol), f.names.intern(v.client), f.names.intern(v.hassh)
	f.logsIn += len(v.logs) - logs
	if empty && !v.empty() {
		f.name(v)
	}
	switch {
	case e.kind == closed:
		f.end(v, Closed)
		f.closed = append(f.closed, v)
	case e.kind != logClosed && e.kind != input && e.kind != logOpen:
	case v.over == Closed:
		f.tell(v)
	case e.kind == logClosed:
		if v.ending == 0 {
			v.ending = v.seen
		}
		v.reopen()
		f.tell(v)
	default:
		v.reopen()
	}
}

// reopen takes back that a connection is over because nothing was heard of it.
func (v *Visit) reopen() {
	if v.over == Silent {
		v.over, v.told = NotOver, false
	}
}

// empty says whether nothing was done in the connection that can be profiled.
func (v *Visit) empty() bool { return len(v.logs) == 0 && v.commands == 0 }

// name tells connections of one id apart.
func (f *Follower) name(v *Visit) {
	n, _ := f.ids.get(v.id)
	f.ids.put(v.id, n+1)
	if v.connection.name = v.id; n > 0 {
		v.connection.name += "~" + itoa(n+1)
	}
}

// span notes where a command stands.
func (v *Visit) span(f *Follower, ref lineRef) {
	if ref.log < 0 { // the line ends where the first line of the present log does
		v.extend(span{f.logs[f.tailIn.log], f.tailIn.off, f.tailIn.off + int64(f.tailIn.size)})
		v.extend(span{f.logs[f.log], 0, int64(ref.size - f.tailIn.size)})
		return
	}
	v.extend(span{f.logs[ref.log], ref.off, ref.off + int64(ref.size)})
}

func (v *Visit) extend(s span) {
	n := len(v.spans)
	switch {
	case n > 0 && v.spans[n-1].Log == s.Log && v.spans[n-1].From <= s.From:
		v.spans[n-1].To = max(v.spans[n-1].To, s.To)
	case n < maxSpans:
		v.spans = append(v.spans, s)
	default:
		v.cut = true
	}
}

// end says that a connection is over.
func (f *Follower) end(v *Visit, why Over) {
	v.over = why
	if v.empty() {
		if why == Silent {
			f.drop(v)
		}
		return
	}
	f.tell(v)
}

// tell puts a connection on the list of those to be told.
func (f *Follower) tell(v *Visit) {
	v.told = false
	if !v.waits {
		v.waits = true
		f.due = append(f.due, v)
	}
}

// drop forgets a connection.
func (f *Follower) drop(v *Visit) {
	if v.gone {
		return
	}
	v.gone = true
	key := connKey{v.sensor, v.id}
	if f.live[key] == v {
		delete(f.live, key)
	}
	f.line.remove(v)
	f.logsIn -= len(v.logs)
	f.disown(v)
}

// evict makes room: of the oldest connections one in which nothing was done,
// else the oldest.
func (f *Follower) evict() {
	f.dropped++
	f.odd.Add(gait.OddSessionsLimit, 1, -1)
	v := f.line.front()
	for n := 0; v != nil && n < 64; n++ {
		if v.empty() {
			f.drop(v)
			return
		}
		v = f.line.after(v)
	}
	v = f.line.front()
	f.end(v, Silent)
	f.drop(v)
}

// Take gives the connections of which there is something to tell: they are
// over, or terminal logs of them are. idle is how long nothing must have been
// heard of one that has not ended. What is given must be held (see
// [Visit.Hold]) until it is told.
func (f *Follower) Take(idle time.Duration) []*Visit {
	now := f.now()
	f.age(now, idle)
	var ready []*Visit
	n := 0
	for _, v := range f.due {
		if v.over == NotOver && v.ending != 0 && now-v.ending < settle {
			f.due[n] = v
			n++
			continue
		}
		v.waits, v.told, v.ending = false, true, 0
		f.own(v)
		ready = append(ready, v)
	}
	clear(f.due[n:])
	f.due = f.due[:n]
	return ready
}

// age ends what nothing was heard of, by our clock or by the log's, and
// forgets what is over.
func (f *Follower) age(now, idle time.Duration) {
	n, over := 0, len(f.closed)-maxGrace
	for i, v := range f.closed {
		late := i < over || now-v.seen > linger || f.clock-v.last > linger.Microseconds()
		if late && !v.held && !v.waits {
			f.drop(v)
			continue
		}
		f.closed[n] = v
		n++
	}
	clear(f.closed[n:])
	f.closed = f.closed[:n]
	for v := f.line.front(); v != nil; {
		next := f.line.after(v)
		silent := now - v.seen
		long := silent > forget || f.clock-v.last > 2*forget.Microseconds()
		switch {
		case v.over == NotOver && (silent > idle || long):
			f.end(v, Silent)
		case v.over == Silent && long && !v.waits && !v.held:
			f.drop(v)
		}
		v = next
	}
}

// Hold keeps a connection, also when it is over; with false it may go.
func (v *Visit) Hold(on bool) { v.held = on }

// Gone says that the follower has forgotten the connection.
func (v *Visit) Gone() bool { return v.gone }
