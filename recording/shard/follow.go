package shard

import (
	"encoding/hex"
	"io"
	"sync"
	"time"

	"gait/recording/reader"
)

// Sighting is what following a shard tells of one session.
type Sighting struct {
	ID      string
	Address string        // canonical, from the header; empty where it has none
	Start   time.Time     // from the header; zero where not known
	Length  time.Duration // time of its last event, or what its end record says
	Size    int64         // where its last line ends in the file
	Raw     int64         // bytes of input and output in the lines seen
	Lines   int64         // bytes of those lines
	Header  bool          // its header was seen: it was seen from its beginning
	End     bool          // its end record was seen
	Trunc   bool          // the recorder stopped at its limit
	Grown   time.Duration // when its last line was seen, on the caller's clock
}

// Follower reads what is appended to a shard, and remembers of each session
// what it takes to see that it ended. A session is remembered from its first
// line until it is forgotten: about a hundred bytes each. It is not safe for
// concurrent use.
type Follower struct {
	limits reader.Limits
	at     int64 // bytes read
	mark   [markSize]byte
	torn   int64

	slots []followed
	free  []uint32
	by    map[key]uint32
	odd   map[key]string // ids that are no UUID
	ended []uint32       // slots whose end was seen, in order; some may be free again
	data  []byte         // of the line at hand
	last  struct {       // the session of the last line
		id   [uuidLen]byte
		slot uint32
		is   bool
	}
}

// followed is one session; a free slot is all zero.
type followed struct {
	key   key
	flags uint8
	addr  [16]byte
	start int64 // Unix microseconds
	last  time.Duration
	to    int64
	raw   int64
	lines int64
	grown time.Duration
}

const (
	flagUsed = 1 << iota
	flagHeader
	flagStart
	flagAddress
	flagEnd
	flagTrunc
	flagGiven
)

// NewFollower begins before the first byte of a file.
func NewFollower(lim reader.Limits) *Follower {
	f := &Follower{limits: lim}
	f.reset()
	return f
}

func (f *Follower) reset() {
	f.at, f.mark = 0, [markSize]byte{}
	f.slots, f.free, f.ended = nil, nil, nil
	f.by, f.odd = map[key]uint32{}, map[key]string{}
	f.last.is = false
}

// Position is how many bytes of the file were read.
func (f *Follower) Position() int64 { return f.at }

// Torn counts the lines that could not be read.
func (f *Follower) Torn() int64 { return f.torn }

// Resume begins a new follower at a place where one like it was before, with
// its Mark: what lies before is taken for read. Where the file does not begin
// as the mark says, Grow begins at its start.
func (f *Follower) Resume(at int64, mark string) {
	f.reset()
	b, err := hex.DecodeString(mark)
	if err == nil && len(b) == len(f.mark) && at > 0 {
		f.at, f.mark = at, [markSize]byte(b)
	}
}

// Len is how many sessions are remembered.
func (f *Follower) Len() int { return len(f.by) }

// Mark is a hash of the first and the last 4 KB of what was read.
func (f *Follower) Mark() string { return hex.EncodeToString(f.mark[:]) }

// MarkOf is the Mark of a follower that has read size bytes.
func MarkOf(src io.ReaderAt, size int64) (string, error) {
	mark, err := shortMark(src, size)
	return hex.EncodeToString(mark[:]), err
}

// markSize is how much of a fingerprint is kept.
const markSize = 16

func shortMark(src io.ReaderAt, size int64) ([markSize]byte, error) {
	mark, err := fingerprint(src, size)
	return [markSize]byte(mark[:markSize]), err
}

// Growth is what Grow is told.
type Growth struct {
	Source io.ReaderAt
	Size   int64         // of the file, unpacked
	Now    time.Duration // on the caller's clock
	Most   int64         // bytes to read at once; 0 for all
}

// Grown is what came of it.
type Grown struct {
	Read  int64 // bytes
	More  bool  // there is more to be read at once
	Anew  bool  // the file was another one, or shorter, and is read from its start
	Error error // what reading met; what was read until then counts
}

// Grow reads what was appended, up to the last line feed. A last line without
// one counts where it is whole: what follows it is a line feed, or nothing.
// Where the file does not begin with what was read before, all sessions are
// forgotten and it is read from its start.
func (f *Follower) Grow(g Growth) (out Grown) {
	if f.at > 0 {
		mark, err := [markSize]byte{}, error(nil)
		if g.Size >= f.at {
			mark, err = shortMark(g.Source, f.at)
		}
		if err != nil {
			out.Error = err
			return out
		}
		if g.Size < f.at || mark != f.mark {
			f.reset()
			out.Anew = true
		}
	}
	to := g.Size
	if g.Most > 0 {
		to = min(to, f.at+g.Most)
	}
	from := f.at
	out.Error = f.scan(g, to)
	out.Read = f.at - from
	out.More = out.Error == nil && to < g.Size && out.Read > 0
	if mark, err := shortMark(g.Source, f.at); err == nil {
		f.mark = mark
	} else if out.Error == nil {
		out.Error = err
	}
	return out
}

var scanners = sync.Pool{New: func() any { return new(scanner) }}

// scan reads the lines that begin before a place.
func (f *Follower) scan(g Growth, to int64) error {
	s := scanners.Get().(*scanner)
	defer func() {
		if s.r = nil; cap(s.buf) <= 4*window {
			scanners.Put(s)
		}
	}()
	var l rawLine
	s.reset(g.Source, g.Size, f.limits.Line)
	s.seek(f.at, to)
	for {
		more, err := s.next(&l)
		if err != nil || !more || l.open && !l.long && !lastWhole.counts(l.data) {
			return err
		}
		if l.long {
			if slot, ok := f.slot(lineID(l.data)); ok {
				f.grow(slot, &l, g.Now)
			}
			f.torn++
			whole, err := s.rest(&l)
			if err != nil {
				return err
			}
			if f.at = l.next; !whole {
				continue
			}
		}
		f.line(&l, g.Now)
		f.at = l.next
	}
}

// grow notes that a session has another line.
func (f *Follower) grow(slot uint32, l *rawLine, now time.Duration) *followed {
	x := &f.slots[slot]
	x.to, x.grown = l.next, now
	x.lines += int64(len(l.data))
	return x
}

// line takes in one line of the file.
func (f *Follower) line(l *rawLine, now time.Duration) {
	got := found{line: l.data, idAt: uuidLen}
	slot, ok := f.same(l.data)
	if !ok {
		if got = locate(l.data); got.id == nil {
			if got.odd != "" {
				f.torn++
			}
			return
		}
		if slot, ok = f.slot(got.id); !ok {
			return
		}
	}
	if f.slots[slot].flags&flagEnd != 0 {
		return
	}
	x := f.grow(slot, l, now)
	var p parsed
	if got.idAt > 0 {
		p = parse(got.line, got.idAt)
	} else {
		p = parseAny(got.line)
	}
	switch p.kind {
	case lineEvent:
		if p.time > x.last {
			x.last = p.time
		}
		if p.ch == 'i' || p.ch == 'o' {
			x.raw += f.unescaped(p.text)
		}
	case lineHeader:
		x.header(p.body)
	case lineTrunc:
		x.flags |= flagTrunc
	case lineEnd:
		x.end(p.body)
		f.ended = append(f.ended, slot)
	case lineTorn:
		f.torn++
	}
}

// same gives the slot of the session of the last line, where this line is
// another of its.
func (f *Follower) same(d []byte) (uint32, bool) {
	const from = len(`{"sid":"`)
	if !f.last.is || len(d) <= from+uuidLen || d[from+uuidLen] != '"' || string(d[:from]) != string(sidMark) ||
		!sameID(&f.last.id, (*[uuidLen]byte)(d[from:])) || glued(d[from+uuidLen:]) {
		return 0, false
	}
	return f.last.slot, true
}

// slot gives the slot of a session, made where it has none; false where there
// are too many.
func (f *Follower) slot(id []byte) (uint32, bool) {
	if id == nil {
		return 0, false
	}
	k := keyOf(id)
	slot, ok := f.by[k]
	if !ok {
		if len(f.by) >= f.limits.Sessions {
			return 0, false
		}
		if n := len(f.free); n > 0 {
			slot, f.free = f.free[n-1], f.free[:n-1]
		} else {
			slot = uint32(len(f.slots))
			f.slots = append(f.slots, followed{})
		}
		f.slots[slot] = followed{key: k, flags: flagUsed}
		f.by[k] = slot
		if k[0] == 0 {
			f.odd[k] = string(id)
		}
	}
	if f.last.is = len(id) == uuidLen; f.last.is {
		copy(f.last.id[:], id)
		f.last.slot = slot
	}
	return slot, true
}
