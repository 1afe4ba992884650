package cowrie

import (
	"io"
	"time"

	"gait"
	"gait/recording/reader"
)

// Follower reads event logs as they grow and tells of connections as they end.
// It is to the same logs what [Open] is, with the same references and ids, but
// keeps only what is not over yet: it runs for years in bounded memory.
//
// Logs are fed one after the other, the oldest first: [Follower.Begin] names a
// log by what it begins with, [Follower.Read] takes in what is there. A line
// that is split over two logs is put together. After each Read the caller asks
// [Follower.Take] what there is to tell.
//
// A reader that starts again begins at [Follower.Oldest] and tells up to where
// it had read: what was told before is told again with the same references,
// and nothing is told twice under two.
//
// Where the answers can differ from those of Open:
//   - A connection that nothing was heard of for an hour, or that is one of
//     more than 65,536 that are open, is forgotten. What the log says of it
//     later counts as another connection, without a header.
//   - A terminal log belongs to the first session that says that it is no
//     duplicate, of those of the last 65,536 terminal logs. A log that does not
//     say so at all belongs to the first that came, also where a later one says
//     that it is no duplicate.
//   - Two connections of one id in one log are told apart as "~2" and so on
//     among the last 65,536 with anything in them.
//   - Marks of what was odd outside of sessions are counts without places.
//
// It is for one goroutine.
type Follower struct {
	parser
	lines lines
	base  time.Time

	logs  []string // identities of the logs by number; old ones are empty
	at    int64    // where the next line of the present log begins
	known int64    // below this the present log was read in an earlier life
	long  bool     // in the middle of a line that is too long
	first bool     // nothing of the present log was read

	live    map[connKey]*Visit
	line    ring // all that are kept, in the order of their first lines
	due     []*Visit
	closed  []*Visit // closed ones, the oldest first, that may still get late lines
	headers map[Mark]bool
	past    recent[connKey, struct{}]
	names   pool
	ids     recent[string, int]
	owners  recent[string, claim]
	clock   int64 // the latest time in the logs
	logsIn  int   // terminal logs of all that are kept
	total   int
	dropped int
}

// Bounds of what a follower keeps.
const (
	maxOpen      = 1 << 16 // connections
	maxRecent    = 1 << 16 // ids and owners of terminal logs
	maxPast      = 1 << 13 // ids of connections that were over in an earlier life
	maxOpenLogs  = 1 << 18 // terminal logs of connections that are open
	maxHeadless  = 500
	maxLogsKnown = 1 << 16
)

// How long a follower waits.
const (
	// linger is how long a closed connection is kept for late lines.
	linger = 10 * time.Minute
	// settle is how long the end of a terminal log waits for the end of its
	// connection, which mostly is the next line.
	settle = 250 * time.Millisecond
	// forget is how long nothing is heard of a connection until it is forgotten.
	forget = time.Hour
)

// Mark is a place in a log.
type Mark struct {
	Log string `json:"log"` // as the caller named it
	At  int64  `json:"at"`
}

// NewFollower makes a follower.
func NewFollower(lim reader.Limits) *Follower {
	f := &Follower{
		parser: parser{lim: lim, apart: true}, base: time.Now(),
		live: map[connKey]*Visit{}, names: pool{},
		past:   newRecent[connKey, struct{}](maxPast),
		ids:    newRecent[string, int](maxRecent),
		owners: newRecent[string, claim](maxRecent),
	}
	f.line.init()
	f.emit = f.event
	f.log = -1
	return f
}

// Begin says that what is read from now on stands in the log of this name,
// from a byte on. What lies below known was read in an earlier life: lines
// there that belong to no connection that began since are over, and passed by.
func (f *Follower) Begin(log string, at, known int64) {
	if f.log >= 0 && f.logs[f.log] == log {
		f.at, f.known, f.long, f.first = at, known, false, at == 0
		return
	}
	f.logs = append(f.logs, log)
	f.log = len(f.logs) - 1
	f.at, f.known, f.long, f.first = at, known, false, at == 0
	if len(f.logs) > maxLogsKnown {
		f.logs[len(f.logs)-maxLogsKnown] = ""
	}
}

// Rename gives the present log another name: it was named by less of its
// beginning than there is now.
func (f *Follower) Rename(log string) { f.logs[f.log] = log }

// Headless tells a new follower which of the connections that it is to read
// again had begun without their connect event; see [Follower.Oldest].
func (f *Follower) Headless(list []Mark) {
	f.headers = make(map[Mark]bool, len(list))
	for _, m := range list {
		f.headers[m] = true
	}
}

// Read takes in whole lines, at most a number of bytes more or less, and gives
// how many bytes they were. r gives what follows in the present log after what
// was taken in of it, and is good for one call, since more may be read of it
// than is taken in. done says that there is no more at present; with final set
// there never will be: a last line without its end is kept for what the next
// log begins with.
func (f *Follower) Read(r io.Reader, most int64, final bool) (n int64, done bool, err error) {
	l := &f.lines
	if l.in == nil {
		*l = *newLines(r, f.lim.Line)
	} else {
		l.reset(r)
	}
	from := f.at
	for f.at-from < most {
		ln, err := l.next()
		if err == io.EOF {
			return f.at - from, true, nil
		}
		if err != nil {
			return f.at - from, false, &reader.Error{Path: f.logs[f.log], At: f.at, What: "cannot read the log", Err: err}
		}
		if !ln.whole && !ln.long && !f.long && !final {
			return f.at - from, true, nil
		}
		at := f.at
		f.at = from + l.end
		if ln.long || f.long {
			if !f.long {
				f.odd.Add(gait.OddLongLine, 1, -1)
			}
			f.long = !ln.whole
			continue
		}
		ln.at = at
		first := f.first
		f.first = false
		f.parser.line(ln, first)
	}
	return f.at - from, false, nil
}

// Here gives how far was read. A half line that waits for the next log is not
// read yet.
func (f *Follower) Here() Mark {
	if f.tail != nil {
		return Mark{f.logs[f.tailIn.log], f.tailIn.off}
	}
	if f.log < 0 {
		return Mark{}
	}
	return Mark{f.logs[f.log], f.at}
}

// Oldest gives where reading has to begin in another life to know all that is
// not over yet, and where connections begin that have no connect event.
func (f *Follower) Oldest() (Mark, []Mark) {
	var headless []Mark
	for m := range f.headers { // not come to yet
		headless = append(headless, m)
	}
	at := f.Here()
	for v := f.line.front(); v != nil; v = f.line.after(v) {
		if v == f.line.front() {
			at = v.begun
		}
		if v.bare && len(headless) < maxHeadless {
			headless = append(headless, v.begun)
		}
	}
	return at, headless
}

// Open is the number of connections that are kept.
func (f *Follower) Open() int { return f.line.n }

// Seen gives how many connections there were, and how many of them were
// forgotten before they were over.
func (f *Follower) Seen() (all, dropped int) { return f.total, f.dropped }

// Oddities gives what was odd outside of connections.
func (f *Follower) Oddities() gait.Oddities { return f.odd }

func (f *Follower) now() time.Duration { return time.Since(f.base) }

// Settling says whether there is something that will be told soon: terminal
// logs that ended a moment ago.
func (f *Follower) Settling() bool { return len(f.due) > 0 }
