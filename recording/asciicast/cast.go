package asciicast

import (
	"bytes"
	"math"
	"time"

	"gait"
	"gait/recording/reader"
)

// cast is one recording while it is read.
type cast struct {
	s   *gait.Session
	b   reader.Builder
	lim reader.Limits

	frame  frame
	now    time.Duration // sum of the intervals (versions 1 and 3)
	digits int           // most decimals of a time, -1 before the first
	input  bool          // an input event was seen
	output bool
	term   string // version 3's "type" of the terminal
}

func newCast(lim reader.Limits) *cast {
	s := &gait.Session{}
	return &cast{s: s, b: reader.NewBuilder(s, lim), lim: lim, digits: -1}
}

// finish completes the header from what was read.
func (c *cast) finish(version int) *gait.Session {
	h := &c.s.Header
	h.ID, h.Format = sessionID, Name
	if c.term != "" && !hasVar(h.Env, "TERM") {
		h.Env = append(h.Env, gait.Var{Name: "TERM", Value: c.term})
	}
	f := &h.Fidelity
	f.Output = c.output || !c.input
	if c.input {
		f.Input = gait.GranularityPacket
	}
	if version > 1 {
		f.Clock = gait.ClockMonotonic
	}
	f.Resolution = resolution(c.digits)
	f.Closed = "end of file"
	if h.End.Seen {
		f.Closed = "exit record"
	}
	return c.s
}

// resolution is the step of times that are written with so many decimals.
// Recorders cut trailing zeros, so that more than three mean microseconds.
// Decimals beyond nine come from a float, not from a clock.
func resolution(digits int) time.Duration {
	switch {
	case digits < 0:
		return 0
	case digits == 0:
		return time.Second
	case digits <= 3:
		return time.Millisecond
	case digits == 9:
		return time.Nanosecond
	}
	return time.Microsecond
}

func hasVar(env []gait.Var, name string) bool {
	for _, v := range env {
		if v.Name == name {
			return true
		}
	}
	return false
}

// advance adds an interval and gives the time of the event; the sum stays at
// the largest time, which is beyond any limit, once it is reached.
func (c *cast) advance(d time.Duration) time.Duration {
	switch {
	case d == gait.NoTime:
		return gait.NoTime
	case d > math.MaxInt64-c.now:
		c.now = math.MaxInt64
	default:
		c.now += d
	}
	return c.now
}

// event puts the frame into the session. It is false once the session is cut.
func (c *cast) event(t time.Duration, at int64) bool {
	f := &c.frame
	c.digits = max(c.digits, f.digits)
	odd := &c.s.Oddities
	kind := gait.Kind(0)
	switch string(f.code) {
	case "i":
		kind, c.input = gait.Input, true
	case "o":
		kind, c.output = gait.Output, true
	case "m":
		kind = gait.Marker
	case codeExec:
		kind = gait.Exec
	case "r":
		if kind = gait.Resize; !size(f.data) {
			odd.Add(gait.OddBadRecord, 1, at)
			return true
		}
	case "x":
		return c.end(t)
	default:
		odd.Add(gait.OddChannel, 1, at)
		return true
	}
	if f.lone > 0 {
		odd.Add(gait.OddSurrogate, int64(f.lone), at)
	}
	if n := bytes.Count(f.data, []byte("\ufffd")); n > 0 {
		odd.Add(gait.OddReplacement, int64(n), at)
	}
	return c.b.Add(gait.Event{Time: t, Kind: kind, Data: f.data}, at)
}

// end takes the exit record. It is false where its time is beyond the limit.
func (c *cast) end(t time.Duration) bool {
	if t > c.lim.Duration {
		c.b.Cut("time over limit")
		return false
	}
	c.s.End = gait.End{Seen: true, Time: max(t, c.s.Last()), Reason: "exit"}
	return true
}

// size says whether b is "COLSxROWS".
func size(b []byte) bool {
	cols, rows, ok := bytes.Cut(b, []byte("x"))
	return ok && side(cols) && side(rows)
}

func side(b []byte) bool {
	for _, c := range b {
		if c < '0' || c > '9' {
			return false
		}
	}
	return integer(b, maxSide) > 0
}
