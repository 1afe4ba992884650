package collect

import (
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"strings"
	"time"

	"gait/recording"
	"gait/recording/cowrie"
	"gait/store"
)

// cowrieGroup is the event logs of one folder, which are read one after the
// other, the oldest first. The last one is that which Cowrie writes to.
type cowrieGroup struct {
	s       *cowrieSource
	name    string
	f       *cowrie.Follower
	order   []*cowrieLog // that are there
	logs    map[string]*cowrieLog
	current *cowrieLog // that the follower is at
	begun   bool       // the stored place to begin at was found, or given up
	from    *cowrieFrom
	visits  map[*cowrie.Visit]*cowrieVisit
	dirty   bool // cursors are to be written
	gone    []string
}

// cowrieLog is one log and how far it was read.
type cowrieLog struct {
	recording.CowrieLog
	id    string
	known int64 // read up to here in an earlier life
	at    int64
	size  int64         // as it lay there last
	grew  time.Duration // when it was seen to have grown
	ended bool          // read to its end, which does not move any more
	there bool
}

// cowrieFrom is where another life begins to read.
type cowrieFrom struct {
	Mark     cowrie.Mark   `json:"mark"`
	Headless []cowrie.Mark `json:"headless,omitempty"`
}

// logCursor is the stored position of one log.
type logCursor struct {
	At int64 `json:"at"`
}

// restore takes over a stored position: {key}{group}:from or
// {key}{group}:log:{id}.
func (s *cowrieSource) restore(name string, value []byte) {
	group, rest, ok := strings.Cut(strings.TrimPrefix(name, s.key), ":")
	if !ok {
		return
	}
	g := s.group(group)
	if id, ok := strings.CutPrefix(rest, "log:"); ok {
		var c logCursor
		if json.Unmarshal(value, &c) == nil && c.At >= 0 {
			g.logs[id] = &cowrieLog{id: id, at: c.At, known: c.At}
		}
		return
	}
	var from cowrieFrom
	if rest == "from" && json.Unmarshal(value, &from) == nil {
		g.from = &from
	}
}

// list takes over which logs are there.
func (g *cowrieGroup) list(logs []recording.CowrieLog) {
	for _, l := range g.logs {
		l.there = false
	}
	g.order = g.order[:0]
	now := g.s.in.now()
	for _, found := range logs {
		l := g.find(found.Head)
		if l.there && !found.Plain {
			continue // a packed copy of one that is there
		}
		if !l.there {
			g.order = append(g.order, l)
		}
		if found.Size != l.size {
			l.size, l.grew = found.Size, now
		}
		if l.CowrieLog.Path != "" && l.Plain != found.Plain || l.there {
			l.grew = now
		}
		l.CowrieLog, l.there = found, true
	}
	if !g.begun {
		g.begin()
	}
	for id, l := range g.logs {
		if !l.there && l != g.current && len(g.order) > 0 {
			delete(g.logs, id)
			g.gone = append(g.gone, id)
		}
	}
}

// find gives the log that begins in a way, under its longest id.
func (g *cowrieGroup) find(head []byte) *cowrieLog {
	id := recording.LogID(head)
	if l := g.logs[id]; l != nil {
		return l
	}
	for old, l := range g.logs {
		if recording.SameLog(old, head) {
			delete(g.logs, old)
			g.gone = append(g.gone, old)
			if g.from != nil {
				g.from.rename(old, id)
			}
			l.id = id
			if g.current == l {
				g.f.Rename(id)
			}
			g.logs[id] = l
			g.dirty = true
			return l
		}
	}
	l := &cowrieLog{id: id, grew: -time.Hour}
	g.logs[id] = l
	return l
}

func (f *cowrieFrom) rename(old, id string) {
	if f.Mark.Log == old {
		f.Mark.Log = id
	}
	for i := range f.Headless {
		if f.Headless[i].Log == old {
			f.Headless[i].Log = id
		}
	}
}

// begin goes back to where the stored place says that reading begins.
func (g *cowrieGroup) begin() {
	if len(g.order) == 0 {
		return
	}
	g.begun = true
	if g.from == nil {
		return
	}
	for i, l := range g.order {
		for j := range g.from.Headless {
			if recording.SameLog(g.from.Headless[j].Log, l.Head) {
				g.from.Headless[j].Log = l.id
			}
		}
		if l.id != g.from.Mark.Log && !recording.SameLog(g.from.Mark.Log, l.Head) {
			continue
		}
		l.at = min(l.at, g.from.Mark.At)
		for _, later := range g.order[i+1:] {
			later.at = 0
		}
	}
	g.f.Headless(g.from.Headless)
	g.from = nil
}

// read reads on in all logs, at most some MB in all. more says that there is
// more.
func (g *cowrieGroup) read(ctx context.Context) (more bool, err error) {
	left := int64(cowrieChunk)
	for i, l := range g.order {
		if l.ended && !(l.Plain && g.s.in.now()-l.grew < cowrieCalm) {
			continue
		}
		calm := g.s.in.now()-l.grew > cowrieCalm || time.Since(time.Unix(0, l.Changed())) > time.Minute
		final := !l.Plain || i < len(g.order)-1 && calm
		n, done, err := g.readLog(l, left, final)
		if errors.Is(err, recording.ErrReplaced) || errors.Is(err, fs.ErrNotExist) {
			g.s.walked = 0 // it was renamed, or began anew: look again
			return false, g.tell(ctx, n > 0)
		}
		g.complain(l, err)
		if err != nil {
			continue
		}
		left -= n
		l.ended = done && final
		if left <= 0 || !done {
			return true, g.tell(ctx, true)
		}
		if i < len(g.order)-1 && !final && g.behind(l) {
			break // its last line may still be written
		}
	}
	return false, g.tell(ctx, left < cowrieChunk)
}

// behind says whether a log has a last line that is not read.
func (g *cowrieGroup) behind(l *cowrieLog) bool { return l.Plain && l.at < l.size }

// complain tells of a log that cannot be read, and that it can be again.
func (g *cowrieGroup) complain(l *cowrieLog, err error) {
	key := store.CauseUnreadable + ":" + l.Path
	if err == nil {
		g.s.in.c.causes.gone(key)
		return
	}
	g.s.in.c.causes.met(unreadable(l.Path, err))
}

// readLog reads on in one log.
func (g *cowrieGroup) readLog(l *cowrieLog, most int64, final bool) (n int64, done bool, err error) {
	if l.Plain && l.at >= l.size && !final && g.s.in.now()-l.grew > cowrieCalm && g.current == l {
		if fresh, err := g.s.home.SizeOf(l.CowrieLog); err != nil || fresh == l.size {
			return 0, true, err
		}
	}
	r, err := g.s.home.OpenLog(l.CowrieLog, l.id, l.at)
	if err != nil {
		return 0, true, err
	}
	defer r.Close()
	if g.current != l {
		g.f.Begin(l.id, l.at, l.known)
		g.current = l
	}
	n, done, err = g.f.Read(r, most, final)
	l.at += n
	if err != nil {
		return n, done, err
	}
	if g.behind(l) && n > 0 {
		l.grew = g.s.in.now()
	}
	g.s.in.c.metrics.read.WithLabelValues(g.s.label).Add(float64(n))
	g.dirty = g.dirty || n > 0
	return n, done, nil
}

// cursors gives the positions to be stored with what was told.
func (g *cowrieGroup) cursors() (list []store.Cursor) {
	if !g.dirty || g.s.past != nil {
		return nil // all before a position has to be told
	}
	prefix := g.s.key + g.name + ":"
	var from cowrieFrom
	from.Mark, from.Headless = g.f.Oldest()
	if len(from.Headless) > mostHeadless {
		from.Headless = from.Headless[:mostHeadless]
	}
	list = append(list, store.Cursor{Name: prefix + "from", Value: encode(from)})
	for id, l := range g.logs {
		if l.at != l.known || l == g.current {
			at := max(l.at, l.known)
			list = append(list, store.Cursor{Name: prefix + "log:" + id, Value: encode(logCursor{at})})
		}
	}
	for _, id := range g.gone {
		if g.logs[id] == nil {
			list = append(list, store.Cursor{Name: prefix + "log:" + id})
		}
	}
	return list
}

// mostHeadless bounds the size of a cursor.
const mostHeadless = 500

// stored notes that the positions were stored.
func (g *cowrieGroup) stored() {
	g.dirty, g.gone = false, nil
	for _, l := range g.logs {
		l.known = max(l.at, l.known)
	}
}

func encode(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic("collect: a position cannot be written: " + err.Error())
	}
	return b
}
