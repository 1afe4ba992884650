package shard

import (
	"fmt"
	"slices"
	"sync"

	"gait"
	"gait/recording/reader"
)

// How sessions are put into batches. A batch holds about batchBytes of lines or
// openSessions, which are all built at once. Where its lines lie scattered among
// those of other sessions, it grows up to scatteredBytes and batchSessions, so
// that the passes over the file stay few: as many as the file has times
// scatteredBytes. A session of more than heavyBytes is read by itself, and one
// at a time. A worker keeps keepBytes of memory from one batch to the next.
const (
	batchBytes     = 1 << 20
	openSessions   = 64
	batchSessions  = 1 << 14
	scatteredBytes = 32 << 20
	heavyBytes     = 32 << 20
	scattered      = 4 // the span of a batch over its own bytes
	keepBytes      = 4 << 20
	usualLine      = 80
)

// batch is the sessions from to to - 1.
type batch struct {
	r        *Recording
	from, to int
	own      int64
}

// Batches divides the sessions.
func (r *Recording) Batches() []reader.Batch {
	var list []reader.Batch
	x := r.index
	for n := 0; n < x.entries.n; {
		b := &batch{r: r, from: n}
		var spans []extent
		first, last := int64(-1), int64(0)
		for ; n < x.entries.n; n++ {
			e := x.entries.at(n)
			full := b.own+e.own > batchBytes || n-b.from == openSessions
			if n > b.from && (b.own+e.own > scatteredBytes || n-b.from == batchSessions || full && last-first <= scattered*b.own) {
				break
			}
			b.own += e.own
			spans = x.ranges(spans[:0], n)
			if first < 0 {
				first = spans[0].from
			}
			last = max(last, spans[len(spans)-1].to)
		}
		b.to = n
		list = append(list, b)
	}
	return list
}

// Size is the number of bytes of the batch's own lines.
func (b *batch) Size() int64 { return b.own }

// Each reads the sessions of the batch in order of first appearance.
func (b *batch) Each(f func(*gait.Session) error) error {
	w := workers.Get().(*worker)
	defer workers.Put(w)
	w.reset(b.r)
	if b.own > heavyBytes {
		b.r.heavy.Lock()
		defer b.r.heavy.Unlock()
	}
	var err error
	if b.to-b.from <= openSessions {
		err = w.build(b.from, b.to, f)
	} else {
		err = w.collect(b, f)
	}
	b.r.merge(w.odd)
	return err
}

// Session reads one session by its id. The error is [reader.ErrNoSession] where
// there is none, and a [reader.Error] where the file holds more sessions than
// may be and this one is none of those that were taken.
func (r *Recording) Session(id string) (*gait.Session, error) {
	k := keyOf([]byte(id))
	n, _ := r.index.find(&k)
	if n < 0 && r.index.entries.n >= r.index.max {
		return nil, &reader.Error{
			Path: r.src.Path, At: -1, What: fmt.Sprintf("holds %d sessions before this one, if it is in there, and more are not read", r.index.max),
			Do: "raise --max-sessions; each takes 64 bytes of memory",
		}
	}
	if n < 0 {
		return nil, reader.ErrNoSession
	}
	w := workers.Get().(*worker)
	defer workers.Put(w)
	w.reset(r)
	var got *gait.Session
	err := w.build(n, n+1, func(s *gait.Session) error {
		got = s.Clone()
		return nil
	})
	if err == nil && got == nil {
		err = reader.ErrNoSession
	}
	return got, err
}

var workers = sync.Pool{New: func() any { return new(worker) }}

// worker holds what reading a batch takes, to be used again for the next one.
type worker struct {
	r       *Recording
	scan    scanner
	open    []*assembler  // sessions that are being built
	odd     gait.Oddities // of what belongs to no session
	extents []extent
	raw     []byte

	todo []extent // ranges that are still to be read
	line rawLine  // the line of the file at hand,
	got  finder   // and the session's line in it
	err  error

	refs  []ref
	order []uint32
	ends  []uint32
}

// ref is one line in raw.
type ref struct {
	at    int64 // offset in the file
	off   uint32
	size  uint32
	entry uint32 // from the first of the batch
	idAt  int16
	long  bool
}

func (w *worker) reset(r *Recording) {
	w.r, w.odd = r, nil
	w.scan.reset(r.src, r.index.covered, r.limits.Line)
	if cap(w.raw) > keepBytes {
		w.raw = nil
	}
	if cap(w.refs) > keepBytes/64 {
		w.refs, w.order = nil, nil
	}
}

// begin gives a fresh session to build, the i-th of those at once.
func (w *worker) begin(i int) *assembler {
	if i == len(w.open) {
		w.open = append(w.open, new(assembler))
	}
	w.open[i].begin(w.r)
	return w.open[i]
}

// build reads the sessions from to to - 1, all at once.
func (w *worker) build(from, to int, f func(*gait.Session) error) error {
	for i := range to - from {
		w.begin(i)
	}
	for w.walk(w.ranges(from, to)); w.next(); {
		if n := w.got.entry; n >= from && n < to {
			w.open[n-from].line(w.got.line, w.got.idAt, w.line.at+w.got.off, w.line.long)
		}
	}
	if w.err != nil {
		return w.err
	}
	for i := range to - from {
		if err := w.finish(w.open[i], f); err != nil {
			return err
		}
	}
	return nil
}

// walk begins to go through the lines of some ranges.
func (w *worker) walk(ranges []extent) {
	w.todo, w.err, w.line = ranges, nil, rawLine{}
	w.got.reset(w.r.index, false)
	w.scan.seek(0, 0)
}

// next goes to the next line of any session, whose number is then in w.got;
// false at the end of the ranges, or where w.err says why.
func (w *worker) next() bool {
	for {
		var more bool
		if w.line.long {
			more, w.err = w.scan.rest(&w.line)
			w.line.long = false
			if w.err == nil && !more {
				continue
			}
		} else {
			more, w.err = w.scan.next(&w.line)
		}
		if w.err != nil {
			return false
		}
		if !more {
			if len(w.todo) == 0 {
				return false
			}
			w.scan.seek(w.todo[0].from, w.todo[0].to)
			w.todo = w.todo[1:]
			continue
		}
		if w.got.find(&w.line) {
			return true
		}
	}
}

// collect reads the lines of many sessions that lie scattered, and then builds
// one after the other.
func (w *worker) collect(b *batch, f func(*gait.Session) error) error {
	w.raw, w.refs = slices.Grow(w.raw[:0], int(b.own)), slices.Grow(w.refs[:0], int(b.own/usualLine))
	for w.walk(w.ranges(b.from, b.to)); w.next(); {
		if w.got.entry < b.from || w.got.entry >= b.to {
			continue
		}
		w.refs = append(w.refs, ref{
			at: w.line.at + w.got.off, off: uint32(len(w.raw)), size: uint32(len(w.got.line)),
			entry: uint32(w.got.entry - b.from), idAt: int16(w.got.idAt), long: w.line.long,
		})
		w.raw = append(w.raw, w.got.line...)
	}
	if w.err != nil {
		return w.err
	}
	w.sort(b.to - b.from)
	from := uint32(0)
	for _, end := range w.ends {
		a := w.begin(0)
		for _, i := range w.order[from:end] {
			x := &w.refs[i]
			a.line(w.raw[x.off:x.off+x.size], int(x.idAt), x.at, x.long)
		}
		from = end
		if err := w.finish(a, f); err != nil {
			return err
		}
	}
	return nil
}

// sort puts the lines of each session together and keeps their order.
func (w *worker) sort(sessions int) {
	w.ends = slices.Grow(w.ends[:0], sessions)[:sessions]
	clear(w.ends)
	for i := range w.refs {
		w.ends[w.refs[i].entry]++
	}
	sum := uint32(0)
	for i, n := range w.ends {
		w.ends[i] = sum
		sum += n
	}
	w.order = slices.Grow(w.order[:0], len(w.refs))[:len(w.refs)]
	for i := range w.refs {
		place := &w.ends[w.refs[i].entry]
		w.order[*place] = uint32(i)
		*place++
	}
}

// ranges joins the extents of the sessions from to to - 1.
func (w *worker) ranges(from, to int) []extent {
	all := w.extents[:0]
	for n := from; n < to; n++ {
		all = w.r.index.ranges(all, n)
	}
	w.extents = all
	slices.SortFunc(all, func(a, b extent) int {
		if a.from < b.from {
			return -1
		}
		return 1
	})
	joined := all[:1]
	for _, x := range all[1:] {
		if end := &joined[len(joined)-1].to; x.from-*end < nearby {
			*end = max(*end, x.to)
		} else {
			joined = append(joined, x)
		}
	}
	return joined
}

// finish hands out the session, unless nothing of it could be read.
func (w *worker) finish(a *assembler, f func(*gait.Session) error) error {
	s := a.end()
	if s == nil {
		w.odd.Merge(a.session.Oddities)
		return nil
	}
	return f(s)
}
