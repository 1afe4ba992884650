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
// Feed gives at most one act that has become whole; Close gives the last one.
type Reader struct {
	act    Act
	open   bool
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

// Shown takes an event of output by its time and its size in bytes, which is
// all that counts of it.
func (r *Reader) Shown(at time.Duration, size int) {
	r.output, r.broken = at, true
	r.shown += size
}

// Feed takes the next event and gives the act that it ends, if it ends one.
func (r *Reader) Feed(e gait.Event) (Act, bool) {
	switch e.Kind {
	case gait.Output:
		r.Shown(e.Time, len(e.Data))
	case gait.Input:
		return r.input(e)
	case gait.Exec:
		done, ok := r.Close()
		r.begin(e, r.exec)
		r.exec += len(e.Data)
		r.act.Kind, r.act.Bytes, r.open = Login, len(e.Data), true
		r.data = shape{}
		return done, ok
	}
	return Act{}, false
}

// Close ends the act that is open, if there is one.
func (r *Reader) Close() (Act, bool) {
	ok := r.open
	r.open = false
	return r.act, ok
}

// input joins an event of input to the open act, or begins another.
func (r *Reader) input(e gait.Event) (done Act, ended bool) {
	if !r.joins(e) {
		done, ended = r.Close()
		r.begin(e, r.in)
		r.data, r.open = shape{}, true
	}
	r.in += len(e.Data)
	r.last, r.broken = e.Time, false
	r.act.End = e.Time
	r.act.Bytes += len(e.Data)
	if len(e.Data) == 1 && e.Data[0] >= ' ' {
		r.key(e.Data[0])
	} else {
		r.act.Lines += r.lineEnds(e.Data)
		r.data.add(e.Data)
		r.here.feed(e.Data)
	}
	if r.here.open() {
		r.act.Here = true
	}
	r.act.Kind = r.data.kind(r.act.Lines)
	return done, ended
}

// Key takes an event of input of one byte that is no control char, where it
// begins an act of its own behind a Key or an Enter, and gives the kind of the act
// that it ends. Where it does not, nothing is taken, and Feed is to be called.
func (r *Reader) Key(at time.Duration, b byte) (ended Kind, ok bool) {
	if !r.open || r.act.Kind != Key && r.act.Kind != Enter || !r.broken && at-r.last < Together {
		return 0, false
	}
	ended = r.act.Kind
	a := &r.act
	a.Kind, a.Start, a.End, a.Quiet = Key, at, at, -1
	if r.shown > 0 {
		a.Quiet = at - r.output
	}
	a.Shown, a.Bytes, a.Lines, a.From, a.Here = r.shown, 1, 0, r.in, r.here.open()
	r.in++
	r.last, r.broken, r.shown = at, false, 0
	r.data = shape{}
	r.key(b)
	return ended, true
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
func (r *Reader) joins(e gait.Event) bool {
	if !r.open || r.act.Kind == Login {
		return false
	}
	gap := e.Time - r.last
	switch {
	case !r.broken && gap < Together:
		return true
	case gap < LineEnd && onlyLineEnd(e.Data) && r.act.Lines == 0 && r.act.Kind == Chunk:
		return true
	}
	whole := r.act.Kind == Line || r.act.Kind == Chunk
	return whole && r.here.open() && (len(e.Data) >= chunk || bytes.ContainsAny(e.Data, "\r\n"))
}

// begin starts an act at an event.
func (r *Reader) begin(e gait.Event, from int) {
	r.act = Act{Start: e.Time, End: e.Time, Quiet: -1, Shown: r.shown, From: from}
	if r.shown > 0 {
		r.act.Quiet = e.Time - r.output
	}
	r.shown = 0
}

// lineEnds counts line ends: CR, LF, and CR LF as one, even when it is cut.
func (r *Reader) lineEnds(data []byte) (n int) {
	cr := r.cr
	for _, b := range data {
		if b == '\r' || b == '\n' && !cr {
			n++
		}
		cr = b == '\r'
	}
	r.cr = cr
	return n
}

// Of gives the acts of a whole session, appended to dst.
func Of(s *gait.Session, dst []Act) []Act {
	var r Reader
	for _, e := range s.Events() {
		if a, ok := r.Feed(e); ok {
			dst = append(dst, a)
		}
	}
	if a, ok := r.Close(); ok {
		dst = append(dst, a)
	}
	return dst
}
