// Package acts cuts what an operator sent into acts. An act is what was done at
// one moment: one key, one line that arrived whole, one paste. It is the unit
// by which the assessments count, since events are a matter of the recorder:
// one line can be one event or twenty.
//
// Three rules make acts of input. Input less than [Together] apart, with no
// output between, is one act. A line and a lone line end less than [LineEnd]
// later are one. The lines of a here-document that arrive whole belong to the
// act that opened it. A command that was given at login is an act of its own.
//
// The package looks at kinds, times and bytes of events and at nothing else of
// a recording. It is pure, linear, and keeps a bounded amount of memory.
package acts

import (
	"bytes"
	"time"

	"gait"
)

// Together is the time below which input with no output between is one act,
// LineEnd the one below which a lone line end belongs to the line before it.
const (
	Together = 10 * time.Millisecond
	LineEnd  = 500 * time.Millisecond
)

// Kind says what an act was.
type Kind uint8

// The kinds. A Key is one char or one control sequence, or two or three chars
// that came together, as fast hands send them. A Line is at least one char and
// a line end in one piece. A Chunk is four chars or more without a line end. An
// Enter is a line end alone, a Login a command that was given at login.
const (
	Key Kind = iota
	Line
	Chunk
	Enter
	Login
)

var kindNames = [...]string{"key", "line", "chunk", "enter", "login"}

// String gives the kind's name.
func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "unknown"
}

// Act is one act. Times count from the session's start.
type Act struct {
	Kind       Kind
	Start, End time.Duration // of its first and its last input
	// Quiet is the time from the end of the output before it to its start, where
	// there was output since the act before it; else -1.
	Quiet time.Duration
	// Shown is the number of bytes of output since the act before it.
	Shown int
	Bytes int // of input
	Lines int // line ends in it
	From  int // where its bytes begin in the block of input; of a Login, in the block of exec
	Here  bool
}

// Reader makes acts of events that come one by one. The zero value is ready.
// Feed gives at most one act that has become whole; Close gives the last one. What
// they give is the reader's own, and valid until the next event is taken.
type Reader struct {
	acts   [2]Act // the latest, and the one before it
	latest uint8
	open   bool          // the latest may yet grow
	last   time.Duration // of the latest input
	output time.Duration // end of the latest output
	shown  int
	broken bool // output came since the latest input
	in     int  // bytes of input so far
	exec   int
	cr     bool // the latest byte was a carriage return
	here   hereDoc
	data   shape
}

// Reset forgets the session and keeps the memory.
func (r *Reader) Reset() {
	*r = Reader{here: hereDoc{line: r.here.line[:0], word: r.here.word[:0]}}
}

// act is the latest act.
func (r *Reader) act() *Act { return &r.acts[r.latest&1] }

// Shown takes an event of output by its time and its size in bytes, which is
// all that counts of it.
func (r *Reader) Shown(at time.Duration, size int) {
	r.output, r.broken = at, true
	r.shown += size
}

// Feed takes the next event and gives the act that it ends, nil where it ends
// none.
func (r *Reader) Feed(e gait.Event) *Act {
	switch e.Kind {
	case gait.Output:
		r.Shown(e.Time, len(e.Data))
	case gait.Input:
		return r.Input(e.Time, e.Data)
	case gait.Exec:
		done := r.begin(e.Time, r.exec)
		r.exec += len(e.Data)
		a := r.act()
		a.Kind, a.Bytes = Login, len(e.Data)
		return done
	}
	return nil
}

// Close ends the act that is open; nil where none is.
func (r *Reader) Close() *Act {
	if !r.open {
		return nil
	}
	r.open = false
	return r.act()
}

// Input is Feed of an event of input.
func (r *Reader) Input(at time.Duration, data []byte) (done *Act) {
	if !r.joins(at, data) {
		done = r.begin(at, r.in)
	}
	r.in += len(data)
	r.last, r.broken = at, false
	a := r.act()
	a.End = at
	a.Bytes += len(data)
	if len(data) == 1 && data[0] >= ' ' {
		r.key(data[0])
	} else if !r.line(a, data) {
		r.data.add(data)
		var ends int
		ends, r.cr = r.here.feed(data, r.cr)
		a.Lines += ends
	}
	if r.here.open() {
		a.Here = true
	}
	a.Kind = r.data.kind(a.Lines)
	return done
}

// line takes an event of input that is one line of some ASCII chars and the byte
// that ends it: what the general way makes of it, in one pass. Of any other, and
// where a line has begun before it, nothing is taken.
func (r *Reader) line(a *Act, data []byte) bool {
	n := len(data) - 1
	if n < chunk || looks[data[n]] != ends || len(r.here.line) > 0 {
		return false
	}
	var look uint8
	for _, b := range data[:n] {
		look |= looks[b]
	}
	if look&^less != 0 {
		return false
	}
	a.Lines++
	r.cr = data[n] == '\r'
	if r.data.chars < chunk {
		r.data.chars, r.data.other = chunk, true
	}
	if look != 0 || r.here.open() {
		r.here.end(data[:min(n, maxLine)])
	}
	return true
}

// Keys takes events of a session from the i-th on, data being the input that
// begins there, as long as each is output, or one byte that is no control char and
// begins an act of its own behind a Key or an Enter, and as long as times has room
// for the times of the keys. It gives how many events it took, how many of them are
// keys, and the kind of the act that the first key ends; each further key ends the
// key before it. Where there is no key nothing is taken, and Feed is to be called.
func (r *Reader) Keys(s *gait.Session, i int, data []byte, times []time.Duration) (events, keys int, ended Kind) {
	a := r.act()
	if !r.open || a.Kind != Key && a.Kind != Enter {
		return 0, 0, 0
	}
	last, output, shown, broken := r.last, r.output, r.shown, r.broken
	var before, quiet = 0, time.Duration(0) // of the latest key: output before it, and the time since
	n := s.Len()
	from := i
	for ; i < n; i++ {
		at, size, kind := s.Span(i)
		if kind == gait.Output {
			output, broken, shown = at, true, shown+size
			continue
		}
		if kind != gait.Input || size != 1 || keys == len(times) || data[keys] < ' ' || !broken && at-last < Together {
			break
		}
		times[keys] = at
		keys++
		before, quiet = shown, at-output
		last, broken, shown = at, false, 0
	}
	if keys == 0 {
		return 0, 0, 0
	}
	if before == 0 {
		quiet = -1
	}
	ended = a.Kind
	r.last, r.output, r.shown, r.broken = last, output, shown, broken
	*a = Act{Kind: Key, Start: last, End: last, Quiet: quiet, Shown: before, Bytes: 1, From: r.in + keys - 1, Here: r.here.open()}
	r.in += keys
	if room := maxLine - len(r.here.line); room > 0 {
		r.here.line = append(r.here.line, data[:min(room, keys-1)]...)
	}
	r.data = shape{}
	r.key(data[keys-1])
	return i - from, keys, ended
}

// key takes one byte that is no control char: what the general way makes of it.
func (r *Reader) key(b byte) {
	r.cr = false
	if r.data.chars < chunk {
		r.data.chars++
		r.data.other = true
	}
	if len(r.here.line) < maxLine {
		r.here.line = append(r.here.line, b)
	}
}

// joins says whether an event belongs to the open act.
func (r *Reader) joins(at time.Duration, data []byte) bool {
	a := r.act()
	if !r.open || a.Kind == Login {
		return false
	}
	gap := at - r.last
	switch {
	case !r.broken && gap < Together:
		return true
	case gap < LineEnd && onlyLineEnd(data) && a.Lines == 0 && a.Kind == Chunk:
		return true
	}
	whole := a.Kind == Line || a.Kind == Chunk
	return whole && r.here.open() && (len(data) >= chunk || bytes.ContainsAny(data, "\r\n"))
}

// begin starts an act, and gives the one that was open, nil where none was.
func (r *Reader) begin(at time.Duration, from int) (done *Act) {
	done = r.Close()
	r.latest ^= 1
	a := r.act()
	a.Kind, a.Start, a.End, a.Quiet = Key, at, at, -1
	if r.shown > 0 {
		a.Quiet = at - r.output
	}
	a.Shown, a.Bytes, a.Lines, a.From, a.Here = r.shown, 0, 0, from, false
	r.shown = 0
	r.data, r.open = shape{}, true
	return done
}

// Of gives the acts of a whole session, appended to dst.
func Of(s *gait.Session, dst []Act) []Act {
	var r Reader
	for _, e := range s.Events() {
		if a := r.Feed(e); a != nil {
			dst = append(dst, *a)
		}
	}
	if a := r.Close(); a != nil {
		dst = append(dst, *a)
	}
	return dst
}
