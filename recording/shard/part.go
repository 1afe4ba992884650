package shard

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"iter"
	"runtime"

	"gait"
	"gait/internal/ordered"
)

// partBytes is how much of a file is indexed by itself. Parts are indexed on
// all cores and joined in order, so that the index does not depend on how many
// there are.
const partBytes = 4 << 20

// part is the index of the lines that begin in a range of the file.
type part struct {
	*index
	odd  gait.Oddities
	next int64 // where the line after the last one begins; 0 where none began
	err  error
}

// lastLine says what becomes of a last line that no line feed ends.
type lastLine uint8

const (
	lastWaits lastLine = iota // it is left for the next time
	lastWhole                 // it counts where it is whole
	lastAny                   // it counts
)

// counts says whether such a line counts. A whole JSON object cannot go on:
// what comes next in the file is a line feed.
func (o lastLine) counts(line []byte) bool {
	return o == lastAny || o == lastWhole && len(line) > 0 && line[len(line)-1] == '}' && json.Valid(bytes.TrimLeft(line, "\x00"))
}

// scan indexes what is not indexed yet.
func (r *Recording) scan(last lastLine) error {
	start, size := r.index.covered, r.src.Size
	if size-start <= r.partBytes {
		return r.join(r.part(start, size, last))
	}
	return ordered.Map(context.Background(), runtime.GOMAXPROCS(0), r.ranges(start, size),
		func(_ int, x extent) *part {
			if x.from == start {
				return r.part(x.from, x.to, last)
			}
			from, err := r.lineStart(x.from, x.to)
			if err != nil {
				return &part{index: newIndex(0), err: err}
			}
			return r.part(from, x.to, last)
		}, r.join)
}

// ranges cuts what lies between two places.
func (r *Recording) ranges(from, to int64) iter.Seq[extent] {
	return func(yield func(extent) bool) {
		for at := from; at < to; at += r.partBytes {
			if !yield(extent{at, min(at+r.partBytes, to), -1}) {
				return
			}
		}
	}
}

// part indexes the lines of a range that begins with one. A last line of the file that no
// line feed ends counts as last says.
func (r *Recording) part(from, to int64, last lastLine) *part {
	p := &part{index: newIndex(r.limits.Sessions)}
	var (
		s scanner
		l rawLine
		f finder
	)
	f.reset(p.index, true)
	s.reset(r.src, r.src.Size, r.limits.Line)
	s.seek(from, to)
	for {
		var more bool
		if more, p.err = s.next(&l); !more || l.open && !last.counts(l.data) {
			return p
		}
		entry := p.note(&l, &f)
		if l.long {
			if p.err = p.rest(&s, &l, &f, entry); p.err != nil {
				return p
			}
		}
		p.next = l.next
	}
}

// lineStart gives the first place from which a line begins, or to.
func (r *Recording) lineStart(from, to int64) (int64, error) {
	var s scanner
	var l rawLine
	s.reset(r.src, to, int(to-from)+1)
	s.seek(from-1, to)
	if more, err := s.next(&l); !more || l.open {
		return to, err
	}
	return l.next, nil
}

// note notes where a line of a session is and gives the session's number, -1
// where it has none.
func (p *part) note(l *rawLine, f *finder) int {
	if !l.long {
		if entry := f.quick(l.data); entry >= 0 {
			p.index.note(entry, l.at, l.next)
			return entry
		}
	}
	ours := f.search(l)
	if f.odd != "" {
		p.odd.Add(f.odd, 1, l.at)
	}
	if !ours {
		return -1
	}
	if f.entry < 0 {
		p.odd.Add(gait.OddSessionsLimit, 1, l.at)
		return -1
	}
	p.index.note(f.entry, l.at, l.next)
	return f.entry
}

// rest passes over a long line, which is all its session's, but for a whole
// line that stands at its end.
func (p *part) rest(s *scanner, l *rawLine, f *finder, entry int) error {
	p.odd.Add(gait.OddLongLine, 1, l.at)
	from := l.next
	found, err := s.rest(l)
	if err != nil {
		return err
	}
	if entry >= 0 {
		p.index.note(entry, from, l.next)
	}
	if found {
		p.note(l, f)
	}
	return nil
}

// join adds a part to the index of the whole. Parts come in order.
func (r *Recording) join(p *part) error {
	if p.err != nil && p.err != io.EOF {
		return p.err
	}
	var list []extent
	for n := range p.entries.n {
		e := p.entries.at(n)
		to := r.index.add(&e.key)
		if to < 0 {
			p.odd.Add(gait.OddSessionsLimit, 1, e.from)
			continue
		}
		list = p.ranges(list[:0], n)
		for _, x := range list {
			r.index.note(to, x.from, x.to)
		}
		own := r.index.entries.at(to)
		for _, x := range list {
			own.own -= x.to - x.from // what note took for its own lines
		}
		own.own += e.own
	}
	r.index.covered = max(r.index.covered, p.next)
	r.merge(p.odd)
	return nil
}
