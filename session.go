package gait

import (
	"iter"
	"strings"
	"time"
)

// Header is what a recording says of a session before and beside its events.
// Fields that a format does not know are zero.
type Header struct {
	ID      string    // session id, unique within its file
	Start   time.Time // wall-clock start; zero where unknown
	Width   int       // columns
	Height  int       // rows
	Env     []Var     // environment, in the order written
	Title   string
	Command string // what was run, for recordings of one command

	Format      string // "shard", "ttylog", "cowrie", "asciicast", "script"
	Path        string // where the recording was found
	EvidenceRef string // what does not change when the file moves
	Decoy       string
	Service     string
	SourceIP    string // the operator's address, canonical; empty where unknown
	SourcePort  int
	Client      string // client version string
	HASSH       string // fingerprint of the client's key exchange, see IsHASSH
	Login       Login
	Obfuscated  bool // the client hid its key times

	Fidelity  Fidelity
	End       End
	Truncated string // why the session was cut; empty where it is whole
	Extent    int64  // bytes of event data that were read
}

// IsHASSH says whether a text is a fingerprint of a key exchange: the 32 hex
// digits of an MD5, in small letters. Anything else is text of somebody's choice.
func IsHASSH(s string) bool {
	return len(s) == 32 && strings.Trim(s, "0123456789abcdef") == ""
}

// Var is one environment variable.
type Var struct{ Name, Value string }

// Login says which kinds of credentials were presented. The credentials
// themselves are never kept.
type Login struct {
	Attempts  int
	Succeeded bool
	Password  bool
	PublicKey bool
}

// End is what a recording says of how its session ended.
type End struct {
	Seen     bool
	Time     time.Duration
	Reason   string // "exit", "signal", "hangup", "limit", ... or empty
	Events   int64  // as the end record states; zero where it does not
	BytesIn  int64
	BytesOut int64
}

// Session is one visit to a shell: a header and a list of events. Events are
// kept at 24 bytes each beside their data. Inputs and outputs lie one after
// the other in two blocks of bytes, so that what was typed, or printed, across
// many events can be read as one piece.
type Session struct {
	Header
	Oddities Oddities

	events []event
	blocks [Exec + 1][]byte
	last   time.Duration
}

// event is the kept form: 24 bytes.
type event struct {
	time time.Duration
	off  uint32 // in the block of its kind
	size uint32
	kind Kind
}

// Append adds an event and keeps a copy of its data. An event without data is
// none and is counted as an oddity. Time never goes back: where an input,
// output or exec is earlier than the latest of them, or its time is negative
// or [NoTime], it gets that latest time and the oddity is counted at the byte
// offset "at" (-1 where unknown). Resizes and markers move no other event.
//
// The data of all events of a kind must stay below 4 GB; readers limit a
// session to far less.
func (s *Session) Append(e Event, at int64) {
	s.AppendBlock(e.Time, e.Kind, append(s.blocks[e.Kind], e.Data...), at)
}

// AppendBlock adds an event whose data was appended to the block of its kind by
// the caller: block is Block(k) and the data after it. It is Append without
// another copy.
func (s *Session) AppendBlock(t time.Duration, k Kind, block []byte, at int64) {
	from := len(s.blocks[k])
	size := len(block) - from
	if size == 0 {
		s.Oddities.Add(OddEmptyEvent, 1, at)
		return
	}
	if t < s.last {
		t = s.clamp(t, at)
	}
	if k != Resize && k != Marker {
		s.last = t
	}
	s.events = append(s.events, event{t, uint32(from), uint32(size), k})
	s.blocks[k] = block
	s.Extent += int64(size)
}

// clamp counts a time that goes back and gives the one to take for it.
func (s *Session) clamp(t time.Duration, at int64) time.Duration {
	if t == NoTime {
		s.Oddities.Add(OddTimeBad, 1, at)
	} else {
		s.Oddities.Add(OddTimeBack, 1, at)
	}
	return s.last
}

// Extend adds data to the last event, which must be of the given kind: the
// recorder cut one read into pieces.
func (s *Session) Extend(k Kind, data []byte) {
	e := &s.events[len(s.events)-1]
	e.size += uint32(len(data))
	s.blocks[k] = append(s.blocks[k], data...)
	s.Extent += int64(len(data))
}

// Len is the number of events.
func (s *Session) Len() int { return len(s.events) }

// Event gives the i-th event. Its data is the session's own.
func (s *Session) Event(i int) Event {
	e := &s.events[i]
	end := e.off + e.size
	return Event{Time: e.time, Kind: e.kind, Data: s.blocks[e.kind][e.off:end:end]}
}

// Events iterates over all events in file order.
func (s *Session) Events() iter.Seq2[int, Event] {
	return func(yield func(int, Event) bool) {
		for i := range s.events {
			if !yield(i, s.Event(i)) {
				return
			}
		}
	}
}

// Span gives the time and the size in bytes of the i-th event, and its kind,
// without touching the data.
func (s *Session) Span(i int) (time.Duration, int, Kind) {
	e := &s.events[i]
	return e.time, int(e.size), e.kind
}

// Block gives the data of all events of a kind as one piece, in file order.
func (s *Session) Block(k Kind) []byte { return s.blocks[k] }

// Last is the largest time of an input, output or exec so far.
func (s *Session) Last() time.Duration { return s.last }

// Active is the time from the first input, output or exec to the last.
func (s *Session) Active() time.Duration {
	for i := range s.events {
		if e := &s.events[i]; e.kind != Resize && e.kind != Marker {
			return s.last - e.time
		}
	}
	return 0
}

// keep is the largest block that a reset session holds on to.
const keep = 128 << 10

// Reset empties the session for another one and keeps its memory, unless a
// very large session had been in it.
func (s *Session) Reset() {
	for k := range s.blocks {
		s.blocks[k] = s.blocks[k][:0]
		if cap(s.blocks[k]) > keep {
			s.blocks[k] = nil
		}
	}
	s.events = s.events[:0]
	if cap(s.events) > keep/24 {
		s.events = nil
	}
	env := s.Env[:0]
	s.Header, s.Oddities, s.last = Header{}, s.Oddities[:0], 0
	s.Env = env
}

// Clone gives an independent copy, for readers that hand out a session which
// is valid only for a while.
func (s *Session) Clone() *Session {
	c := *s
	c.events = append([]event(nil), s.events...)
	for k := range s.blocks {
		c.blocks[k] = append([]byte(nil), s.blocks[k]...)
	}
	c.Env = append([]Var(nil), s.Env...)
	c.Oddities = append(Oddities(nil), s.Oddities...)
	return &c
}
