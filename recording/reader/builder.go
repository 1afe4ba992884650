package reader

import (
	"bytes"
	"time"

	"gait"
)

// Builder puts events into a session within limits.
type Builder struct {
	Session *gait.Session
	limits  Limits
	lines   int // line ends of the input so far
}

// NewBuilder starts a session.
func NewBuilder(s *gait.Session, lim Limits) Builder { return Builder{Session: s, limits: lim} }

// Add appends an event; at is its byte offset in the file. It returns false
// once the session is cut at a limit: nothing is added from then on.
//
// A time that is no finite number is given as [gait.NoTime]; a time that is
// too large for a Duration as the largest one, which is beyond any limit.
func (b *Builder) Add(e gait.Event, at int64) bool {
	return b.AddBlock(e.Time, e.Kind, append(b.Session.Block(e.Kind), e.Data...), at)
}

// AddBlock is Add for data that the caller has appended to the session's block
// of its kind: block is Session.Block(k) and the data after it.
func (b *Builder) AddBlock(t time.Duration, k gait.Kind, block []byte, at int64) bool {
	s := b.Session
	data := block[len(s.Block(k)):]
	switch {
	case s.Truncated != "":
		return false
	case s.Len() >= b.limits.Events:
		s.Truncated = "events over limit"
	case s.Extent+int64(len(data)) > b.limits.Bytes:
		s.Truncated = "bytes over limit"
	case t > b.limits.Duration:
		s.Truncated = "time over limit"
	case k == gait.Input && b.over(data):
		s.Truncated = "lines over limit"
	default:
		s.AppendBlock(t, k, block, at)
		return true
	}
	return false
}

// over counts the line ends of input: a few bytes can hold millions of
// commands, which take more memory than the events that they came in.
func (b *Builder) over(data []byte) bool {
	if len(data) == 1 {
		if data[0] == '\r' || data[0] == '\n' {
			b.lines++
		}
	} else {
		b.lines += bytes.Count(data, []byte{'\r'}) + bytes.Count(data, []byte{'\n'})
	}
	return b.lines > b.limits.Lines
}

// Extend adds data to the last event, which is of kind k. It returns false
// once the session is cut at a limit.
func (b *Builder) Extend(k gait.Kind, data []byte) bool {
	s := b.Session
	if s.Truncated != "" {
		return false
	}
	if s.Extent+int64(len(data)) > b.limits.Bytes {
		s.Truncated = "bytes over limit"
		return false
	}
	if k == gait.Input && b.over(data) {
		s.Truncated = "lines over limit"
		return false
	}
	s.Extend(k, data)
	return true
}

// Cut marks the session as cut for a reason, unless it is cut already.
func (b *Builder) Cut(reason string) {
	if b.Session.Truncated == "" {
		b.Session.Truncated = reason
	}
}
