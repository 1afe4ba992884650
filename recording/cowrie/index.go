package cowrie

import (
	"strings"

	"gait"
	"gait/recording/reader"
)

const (
	// maxGrace is how many closed connections without any command are kept for
	// lines that come late, before they are forgotten.
	maxGrace = 4096
	// maxLines bounds the places of commands that are kept, at 16 bytes each;
	// connections beyond it end with a mark.
	maxLines = 16 << 20
	// maxNames bounds the strings that are kept once for all connections.
	maxNames = 1 << 16
)

// index reads logs once and keeps, of each connection, what its sessions need.
type index struct {
	parser
	conns []*connection
	live  map[connKey]*connection
	grace []*connection // closed and empty, oldest first
	gone  int           // forgotten connections that conns still holds
	kept  int           // connections and terminal logs that count to the limit
	lines int
	total int // connections, with those that were forgotten
	names pool
}

// connKey tells live connections apart. The time of the connection is the
// third part of its identity: a second connect event makes another one.
type connKey struct{ sensor, session string }

func newIndex(lim reader.Limits) *index {
	x := &index{parser: parser{lim: lim}, live: map[connKey]*connection{}, names: pool{}}
	x.emit = x.event
	return x
}

// event takes in one event.
func (x *index) event(e *event, ref lineRef) {
	x.events++
	if e.kind == other {
		return
	}
	if !isSession(string(e.Session)) {
		x.odd.Add(gait.OddForeignLine, 1, ref.off)
		return
	}
	t, timed := e.time()
	if !timed {
		t = 0
	}
	c := x.find(e, t, ref)
	if c == nil {
		return
	}
	t, ok := c.admit(e, t, timed, ref.off)
	if !ok {
		return
	}
	x.keep(c, e, t, ref)
}

// keep adds an event to its connection, within the limits.
func (x *index) keep(c *connection, e *event, t int64, ref lineRef) {
	logs := len(c.logs)
	switch {
	case (e.kind == logOpen || e.kind == logClosed) && logs > 0 && x.kept >= x.lim.Sessions:
		x.odd.Add(gait.OddSessionsLimit, 1, ref.off)
		return
	case e.kind == input && x.lines >= maxLines:
		c.cut = true
	case e.kind == input && len(c.lines) <= x.lim.Events:
		c.lines = append(c.lines, ref)
		x.lines++
	}
	c.apply(e, t)
	c.protocol, c.client, c.hassh = x.names.intern(c.protocol), x.names.intern(c.client), x.names.intern(c.hassh)
	x.kept += max(0, len(c.logs)-max(logs, 1))
	if e.kind == closed && c.empty() {
		x.retire(c)
	}
}

// find gives the connection that an event belongs to, a new one where it
// begins one. It is nil where the event is to be passed over.
func (x *index) find(e *event, t int64, ref lineRef) *connection {
	key := connKey{string(e.Sensor), string(e.Session)}
	c := x.live[key]
	switch {
	case c == nil && e.kind == closed:
		return nil
	case c != nil && e.kind != connect:
		return c
	case c != nil && c.lead(t):
		return c
	case c != nil && c.start == t:
		x.odd.Add(gait.OddSecondHeader, 1, ref.off)
		c.repeated = true
		return nil
	case x.kept >= x.lim.Sessions:
		x.odd.Add(gait.OddSessionsLimit, 1, ref.off)
		return nil
	}
	key = connKey{x.names.intern(key.sensor), strings.Clone(key.session)}
	c = newConnection(key, e.kind == connect, t, ref.off)
	c.home = max(int(ref.log), 0)
	x.live[key] = c
	x.conns = append(x.conns, c)
	x.kept++
	x.total++
	return c
}

// firstTime is the year 2000, in microseconds since 1970: no honeypot is older.
const firstTime = 946684800 * 1_000_000

// retire forgets connections without commands, a while after they closed.
func (x *index) retire(c *connection) {
	x.grace = append(x.grace, c)
	if len(x.grace) < 2*maxGrace {
		return
	}
	for _, c := range x.grace[:maxGrace] {
		if !c.empty() || c.home == forgotten {
			continue
		}
		key := connKey{c.sensor, c.id}
		if x.live[key] == c {
			delete(x.live, key)
		}
		c.home = forgotten
		x.kept--
		x.gone++
	}
	x.grace = append(x.grace[:0], x.grace[maxGrace:]...)
	if x.gone > len(x.conns)/2 {
		x.compact()
	}
}

// forgotten stands for the home of a connection that is no longer kept.
const forgotten = -1

// compact removes forgotten connections from the list.
func (x *index) compact() {
	n := 0
	for _, c := range x.conns {
		if c.home != forgotten {
			x.conns[n] = c
			n++
		}
	}
	clear(x.conns[n:])
	x.conns = x.conns[:n]
	x.gone = 0
}

// finish ends the reading: what is left are connections with something to
// profile, each with a name of its own.
func (x *index) finish() {
	x.dropTail()
	for _, c := range x.conns {
		if c.empty() {
			c.home = forgotten
		}
	}
	x.compact()
	own(x.conns)
	names := make(map[string]int, len(x.conns))
	for _, c := range x.conns {
		names[c.id]++
		c.name = c.id
		if n := names[c.id]; n > 1 {
			c.name += "~" + itoa(n)
		}
	}
	x.live, x.grace, x.names = nil, nil, nil
}

// pool keeps one copy of strings that many connections have in common.
type pool map[string]string

func (p pool) intern(s string) string {
	if s == "" {
		return ""
	}
	if known, ok := p[s]; ok {
		return known
	}
	s = strings.Clone(s)
	if len(p) < maxNames {
		p[s] = s
	}
	return s
}
