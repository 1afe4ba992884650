package cowrie

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"time"

	"gait"
	"gait/recording/reader"
)

// Parts finds what the place of a session refers to. The errors are
// fs.ErrNotExist where something is not there.
type Parts interface {
	// Terminal opens a terminal log by its base name. Where there are several,
	// the one is meant that begins in the given time.
	Terminal(name string, from, to time.Time) (*reader.Neighbour, error)
	// Log opens an event log by the name that the follower was given for it.
	// It stays open until the session was read.
	Log(name string) (*reader.Source, error)
}

// Read reads a session by the place that a follower gave for it. The error is
// or wraps fs.ErrNotExist where its terminal log or event log is gone, else a
// *reader.Error.
func Read(where json.RawMessage, parts Parts, lim reader.Limits) (*gait.Session, error) {
	var p place
	if err := json.Unmarshal(where, &p); err != nil || !isSession(p.Session) || p.N < 1 || p.N > maxLogs ||
		p.Terminal == nil && len(p.Spans) == 0 || len(p.Spans) > maxSpans {
		return nil, &reader.Error{At: -1, What: "does not say where in Cowrie's logs the session is", Err: err}
	}
	c := p.connection()
	var found *gait.Session
	t := sitting{r: &Recording{lim: lim}, f: func(s *gait.Session) error { found = s.Clone(); return nil }}
	if p.Terminal != nil {
		t.r.files = terminals{parts}
		if err := t.terminal(c, 0); err != nil {
			return nil, err
		}
	} else {
		c.skip = 0
		if err := t.spans(c, &p, parts); err != nil {
			return nil, err
		}
	}
	if found == nil {
		return nil, reader.ErrNoSession
	}
	return found, nil
}

// terminals is the folder of the terminal logs among parts.
type terminals struct{ Parts }

// Open opens a terminal log of any time.
func (d terminals) Open(name string) (*reader.Neighbour, error) {
	return d.Terminal(name, time.Time{}, time.Time{})
}

// spans reads a session of command lines out of the stretches of logs that
// they stand in, as [Open] would.
func (t *sitting) spans(c *connection, p *place, parts Parts) error {
	again := newConnection(connKey{p.Sensor, p.Session}, true, p.Start, -1)
	x := parser{lim: t.r.lim}
	x.emit = func(e *event, ref lineRef) {
		if string(e.Session) != p.Session || string(e.Sensor) != p.Sensor || e.kind == other {
			return
		}
		at, timed := e.time()
		if e.kind == connect {
			again.repeated = again.repeated || timed && at == p.Start && len(again.lines) > 0
			return
		}
		if at, ok := again.admit(e, at, timed, ref.off); ok {
			again.last = max(again.last, at)
			switch {
			case e.kind == closed:
				again.ended = true
			case e.kind == input && len(again.lines) <= t.r.lim.Events:
				again.lines = append(again.lines, ref)
			}
		}
	}
	for _, s := range p.Spans {
		src, err := parts.Log(s.Log)
		if err != nil {
			return err
		}
		t.r.logs = append(t.r.logs, src)
		if err := x.stretch(src, s, []byte(p.Session)); err != nil {
			return err
		}
		x.log++
	}
	x.dropTail()
	t.r.joined = x.joined
	c.lines = again.lines
	if len(c.lines) == 0 {
		return reader.ErrNoSession
	}
	err := t.commands(c, int64(p.Missing))
	var s stopped
	if errors.As(err, &s) {
		return s.err
	}
	return err
}

// stretch goes through a stretch of a log and reads the lines that hold an id.
func (x *parser) stretch(src *reader.Source, s span, id []byte) error {
	if s.From < 0 || s.To < s.From || src.Size < s.To {
		return &reader.Error{Path: src.Path, At: s.From, What: "the log is shorter than it was", Err: fs.ErrNotExist}
	}
	l := newLines(io.NewSectionReader(src, s.From, s.To-s.From), x.lim.Line)
	for first := true; ; first = false {
		ln, err := l.next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return &reader.Error{Path: src.Path, At: s.From + ln.at, What: "cannot read the log", Err: err}
		}
		if ln.long || !first && ln.whole && !bytes.Contains(ln.data, id) {
			continue
		}
		ln.at += s.From
		x.line(ln, first && s.From == 0)
	}
}
