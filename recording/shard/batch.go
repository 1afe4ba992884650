package shard

import (
	"slices"
	"sync"

	"gait"
	"gait/recording/reader"
)

// How sessions are put into batches. A batch holds about batchBytes of lines.
// Where its lines lie scattered among those of other sessions, it grows up to
// scatteredBytes, so that the passes over the file stay few: as many as the
// file has times scatteredBytes. A session of more than heavyBytes is read by
// itself, straight from the file, and one at a time. A worker keeps keepBytes
// of memory from one batch to the next.
const (
	batchBytes     = 1 << 20
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
			if n > b.from && (b.own+e.own > scatteredBytes || n-b.from >= batchSessions ||
				b.own+e.own > batchBytes && (last-first) <= scattered*b.own) {
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
	if b.to-b.from == 1 {
		err = w.stream(b.from, f)
	} else {
		err = w.collect(b, f)
	}
	b.r.merge(w.odd)
	return err
}

// Session reads one session by its id.
func (r *Recording) Session(id string) (*gait.Session, error) {
	k := keyOf([]byte(id))
	n, _ := r.index.find(&k)
	if n < 0 {
		return nil, reader.ErrNoSession
	}
	w := workers.Get().(*worker)
	defer workers.Put(w)
	w.reset(r)
	var got *gait.Session
	err := w.stream(n, func(s *gait.Session) error {
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
	build   assembler
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

// stream reads one session straight from the file.
func (w *worker) stream(n int, f func(*gait.Session) error) error {
	w.extents = w.r.index.ranges(w.extents[:0], n)
	w.build.begin(w.r)
	for w.walk(w.extents); w.next(); {
		if w.got.entry == n {
			w.build.line(w.got.line, w.got.idAt, w.line.at+w.got.off, w.line.long)
		}
	}
	if w.err != nil {
		return w.err
	}
	return w.finish(f)
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

// collect reads the lines of many sessions and then builds one after the other.
func (w *worker) collect(b *batch, f func(*gait.Session) error) error {
	w.raw, w.refs = slices.Grow(w.raw[:0], int(b.own)), slices.Grow(w.refs[:0], int(b.own/usualLine))
	for w.walk(w.ranges(b)); w.next(); {
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
		w.build.begin(w.r)
		for _, i := range w.order[from:end] {
			x := &w.refs[i]
			w.build.line(w.raw[x.off:x.off+x.size], int(x.idAt), x.at, x.long)
		}
		from = end
		if err := w.finish(f); err != nil {
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

// ranges joins the extents of all sessions of a batch.
func (w *worker) ranges(b *batch) []extent {
	all := w.extents[:0]
	for n := b.from; n < b.to; n++ {
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
func (w *worker) finish(f func(*gait.Session) error) error {
	s := w.build.end()
	if s == nil {
		w.odd.Merge(w.build.session.Oddities)
		return nil
	}
	return f(s)
}
