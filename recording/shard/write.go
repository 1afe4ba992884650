package shard

import (
	"io"
	"strconv"
	"strings"
	"time"

	"gait"
	"gait/internal/jsonstr"
)

// Encoder writes sessions as lines of a shard: pure ASCII, every byte as it
// was. A character that is valid UTF-8 is written as \uXXXX, any other byte
// from 0x80 on as the lone surrogate \udcXX, which is what the reference
// reader makes of a raw byte. Each line goes out in one write.
//
// Never is one time written twice in a row on a channel: the later event gets
// one microsecond more, so that no reader takes two events for one read that
// was cut. Times are written to the microsecond. Markers have no place in a
// shard and are left out.
type Encoder struct {
	w    io.Writer
	line []byte
	err  error
}

// NewEncoder writes to w.
func NewEncoder(w io.Writer) *Encoder { return &Encoder{w: w} }

// Session writes a whole session: its header, its events and, where its end
// was seen, an end record. The error is the writer's.
func (e *Encoder) Session(s *gait.Session) error {
	e.Header(s)
	var last [gait.Exec + 1]time.Duration
	for k := range last {
		last[k] = -1
	}
	for _, ev := range s.Events() {
		at := ev.Time.Truncate(time.Microsecond)
		if at <= last[ev.Kind] {
			at = last[ev.Kind] + time.Microsecond
		}
		if ch := channel(ev.Kind); ch != 0 {
			last[ev.Kind] = at
			e.Event(s.ID, at, ch, ev.Data)
		}
	}
	if missing := s.End.BytesOut - int64(len(s.Block(gait.Output))); s.Fidelity.OutputPartial {
		e.Skip(s.ID, s.Last(), Missing{'o', max(missing, 0)})
	}
	switch {
	case s.Truncated != "":
		e.Trunc(s.ID)
	case s.End.Seen:
		e.End(s.ID, s.End)
	}
	return e.err
}

// channel gives the letter of a kind, 0 where a shard has none.
func channel(k gait.Kind) byte {
	switch k {
	case gait.Input:
		return 'i'
	case gait.Output:
		return 'o'
	case gait.Resize:
		return 'r'
	}
	return 0
}

// open begins a line of a session.
func (e *Encoder) open(id string) {
	e.line = append(e.line[:0], sidMark...)
	if len(id) == uuidLen && !strings.ContainsFunc(id, escaped) {
		e.line = append(e.line, id...)
	} else {
		e.line = jsonstr.Append(e.line, []byte(id))
	}
	e.line = append(e.line, `",`...)
}

// escaped says whether a character of an id cannot stand as it is.
func escaped(r rune) bool { return r < ' ' || r >= 0x7f || r == '"' || r == '\\' }

// close ends the line and writes it.
func (e *Encoder) close() {
	e.line = append(e.line, "}\n"...)
	if e.err == nil {
		_, e.err = e.w.Write(e.line)
	}
}

// text appends a key and a string.
func (e *Encoder) text(key, value string) {
	e.line = append(append(append(e.line, '"'), key...), `":"`...)
	e.line = append(jsonstr.Append(e.line, []byte(value)), '"')
}

// number appends a key and a whole number.
func (e *Encoder) number(key string, n int64) {
	e.line = append(append(append(e.line, '"'), key...), `":`...)
	e.line = strconv.AppendInt(e.line, n, 10)
}

// Header writes a session's header line. Fields that are not known are left
// out, but for the size and the start, which readers expect.
func (e *Encoder) Header(s *gait.Session) { e.header(&s.Header, execOf(s)) }

// header does the same for a session that is yet to come, with the command
// that was given at login.
func (e *Encoder) header(s *gait.Header, exec string) {
	e.open(s.ID)
	e.line = append(e.line, `"hdr":{"version":2,`...)
	e.number("width", int64(s.Width))
	e.line = append(e.line, ',')
	e.number("height", int64(s.Height))
	if !s.Start.IsZero() {
		e.line = append(e.line, ',')
		e.number("timestamp", s.Start.Unix())
	}
	e.line = append(e.line, `,"env":{`...)
	for i, v := range s.Env {
		if i > 0 {
			e.line = append(e.line, ',')
		}
		e.text(string(jsonstr.Append(nil, []byte(v.Name))), v.Value)
	}
	e.line = append(e.line, '}')
	for _, f := range [...]struct{ key, value string }{
		{"src_ip", s.SourceIP}, {"service", s.Service}, {"client", s.Client}, {"hassh", hasshOf(s)}, {"exec", exec},
	} {
		if f.value != "" {
			e.line = append(e.line, ',')
			e.text(f.key, f.value)
		}
	}
	if s.SourcePort > 0 {
		e.line = append(e.line, ',')
		e.number("src_port", int64(s.SourcePort))
	}
	if s.Obfuscated {
		e.line = append(e.line, `,"obfuscated":true`...)
	}
	e.line = append(e.line, '}')
	e.close()
}

// hasshOf gives the fingerprint that a header states; what is none is left out.
func hasshOf(s *gait.Header) string {
	if !gait.IsHASSH(s.HASSH) {
		return ""
	}
	return s.HASSH
}

// execOf gives the command of the first exec event; a shard has one a session.
func execOf(s *gait.Session) string { return string(s.Block(gait.Exec)) }

// Event writes one event; ch is i, o or r, and t has whole microseconds.
func (e *Encoder) Event(id string, t time.Duration, ch byte, data []byte) {
	e.open(id)
	e.line = append(e.line, `"t":`...)
	e.line = gait.AppendSeconds(e.line, t)
	e.line = append(append(append(e.line, `,"ch":"`...), ch), `","d":"`...)
	e.line = append(jsonstr.Append(e.line, data), '"')
	e.close()
}

// Trunc writes that the recorder stopped at its limit. Where lines of what was
// skipped follow, it stopped for these alone and went on with the rest.
func (e *Encoder) Trunc(id string) {
	e.open(id)
	e.line = append(e.line, `"trunc":true`...)
	e.close()
}

// Missing is data of a channel, i or o, that was not kept.
type Missing struct {
	Channel byte
	Bytes   int64
}

// Skip writes how much was not kept since the last line of this kind.
func (e *Encoder) Skip(id string, t time.Duration, m Missing) {
	e.open(id)
	e.line = append(e.line, `"skip":{"t":`...)
	e.line = gait.AppendSeconds(e.line, t.Truncate(time.Microsecond))
	e.line = append(append(append(e.line, `,"ch":"`...), m.Channel), `",`...)
	e.number("bytes", m.Bytes)
	e.line = append(e.line, '}')
	e.close()
}

// End writes an end record.
func (e *Encoder) End(id string, end gait.End) {
	e.open(id)
	e.line = append(e.line, `"end":{"t":`...)
	e.line = gait.AppendSeconds(e.line, end.Time.Truncate(time.Microsecond))
	e.line = append(e.line, ',')
	e.text("reason", end.Reason)
	for _, n := range [...]struct {
		key string
		n   int64
	}{{"events", end.Events}, {"bytes_i", end.BytesIn}, {"bytes_o", end.BytesOut}} {
		e.line = append(e.line, ',')
		e.number(n.key, n.n)
	}
	e.line = append(e.line, '}')
	e.close()
}
