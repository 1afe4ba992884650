package cowrie

import (
	"errors"
	"io"
	"iter"
	"maps"
	"strings"
	"sync"

	"gait"
	"gait/recording/reader"
)

// batchSize is how many connections are read by one worker at a time.
const batchSize = 64

// Recording is what one or more logs of Cowrie hold: the sessions of their
// connections. It may be read on several goroutines at once.
type Recording struct {
	logs   []*reader.Source
	files  reader.Dir
	lim    reader.Limits
	conns  []*connection
	joined [][]byte
	total  int
	claims map[string]bool
	times  func() map[string][]*window // of those that name a terminal log
	size   int64

	mu  sync.Mutex
	odd gait.Oddities
	// read holds the oddities that each batch came upon, so that reading one
	// again does not count them twice.
	read []gait.Oddities
}

// Open reads logs once, in the order of their time, and knows their sessions
// then: what was rotated away comes first, the log in use last. Terminal logs
// are looked up in files by their base names when a session is read; files may
// be nil, and its Open must be safe to call from several goroutines. The logs
// must stay open as long as the recording is used.
//
// The error is a *reader.Error where a log cannot be read, or where none of
// the logs holds an event of Cowrie.
func Open(logs []*reader.Source, files reader.Dir, lim reader.Limits) (*Recording, error) {
	x := newIndex(lim)
	r := &Recording{logs: logs, files: files, lim: lim, claims: map[string]bool{}}
	r.times = sync.OnceValue(r.windows)
	for _, src := range logs {
		if err := x.read(src); err != nil {
			return nil, err
		}
		r.size += src.Size
	}
	x.finish()
	if x.events == 0 && x.seen > 0 {
		return nil, &reader.Error{Path: logs[0].Path, At: -1, What: "no line is an event of Cowrie",
			Do: "give the log that Cowrie's jsonlog output writes, cowrie.json"}
	}
	for _, c := range x.conns {
		for _, l := range c.logs {
			r.claim(l.name)
			r.claim(l.opened)
		}
	}
	r.conns, r.joined, r.total, r.odd = x.conns, x.joined, x.total, x.odd
	r.read = make([]gait.Oddities, len(r.Batches()))
	return r, nil
}

func (r *Recording) claim(base string) {
	if base != "" {
		r.claims[base] = true
	}
}

// Claims says whether the logs name a terminal log of this base name. Its
// session is read with the logs, and needs no reading of its own.
func (r *Recording) Claims(base string) bool { return r.claims[base] }

// Names gives the base names for which Claims is true.
func (r *Recording) Names() iter.Seq[string] { return maps.Keys(r.claims) }

// Connections is the number of connections in the logs, most of which hold no
// session: a client that only tried passwords, or none. Where logs overlap, a
// connection without a session may count twice.
func (r *Recording) Connections() int { return r.total }

// Format is "cowrie".
func (r *Recording) Format() string { return name }

// Batches gives the sessions of 64 connections each, in the order in which the
// connections appeared first.
func (r *Recording) Batches() []reader.Batch {
	var all []reader.Batch
	for from := 0; from < len(r.conns); from += batchSize {
		all = append(all, &batch{r, len(all), r.conns[from:min(from+batchSize, len(r.conns))]})
	}
	return all
}

// Session reads one session by its id: the connection's session in the log,
// with "~2" and so on where several connections have the same one, and with
// "-2" and so on for its second and further terminal logs.
func (r *Recording) Session(id string) (*gait.Session, error) {
	var found *gait.Session
	var fail error
	for _, c := range r.conns {
		if id != c.name && !strings.HasPrefix(id, c.name+"-") {
			continue
		}
		t := sitting{r: r, f: func(s *gait.Session) error {
			if s.ID != id {
				return nil
			}
			found = s.Clone()
			return errFound
		}}
		if err := t.connection(c); err != nil && err != errFound {
			return nil, err
		}
		if found != nil {
			return found, nil
		}
		if t.fail != nil {
			fail = t.fail
		}
	}
	if fail != nil {
		return nil, fail
	}
	return nil, reader.ErrNoSession
}

// errFound ends a search.
var errFound = errors.New("found")

// Oddities gives what was odd about the logs, and about terminal logs that gave
// no session.
func (r *Recording) Oddities() gait.Oddities {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := append(gait.Oddities(nil), r.odd...)
	for _, o := range r.read {
		all.Merge(o)
	}
	return all
}

// batch is some connections of a recording.
type batch struct {
	r     *Recording
	n     int
	conns []*connection
}

// Size is the batch's share of the bytes of the logs.
func (b *batch) Size() int64 {
	all := int64(len(b.r.conns))
	from := int64(b.n * batchSize)
	return b.r.size*(from+int64(len(b.conns)))/all - b.r.size*from/all
}

// Each reads the sessions of the batch. A terminal log that cannot be read
// does not stop it: the first such error is returned at the end.
func (b *batch) Each(f func(*gait.Session) error) error {
	t := sitting{r: b.r, f: f}
	for _, c := range b.conns {
		if err := t.connection(c); err != nil {
			return err
		}
	}
	b.r.mu.Lock()
	b.r.read[b.n] = t.odd
	b.r.mu.Unlock()
	return t.fail
}

func eof(err error) bool { return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) }
