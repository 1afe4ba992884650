package cowrie

import (
	"errors"
	"io/fs"
	"strings"
	"time"

	"gait"
	"gait/recording/reader"
	"gait/recording/ttylog"
)

// sitting reads the sessions of connections, one after the other.
type sitting struct {
	r    *Recording
	f    func(*gait.Session) error
	odd  gait.Oddities // beside the sessions
	s    gait.Session  // for sessions of lines
	buf  []byte
	fail error // the first terminal log that could not be read
}

// stopped wraps an error of the caller's function, to tell it from errors of
// reading.
type stopped struct{ err error }

func (s stopped) Error() string { return s.err.Error() }

func (t *sitting) give(s *gait.Session) error {
	if err := t.f(s); err != nil {
		return stopped{err}
	}
	return nil
}

// connection reads the sessions of one connection: those of its terminal logs,
// or, where none of them is there, what the log says of its commands. The
// error is the caller's.
func (t *sitting) connection(c *connection) error {
	found, missing := 0, int64(0)
	for i := range c.logs {
		err := t.terminal(c, i)
		var e *reader.Error
		var s stopped
		switch {
		case err == nil:
			found++
		case errors.As(err, &s):
			return s.err
		case errors.Is(err, fs.ErrNotExist):
			missing++
		case errors.As(err, &e) && e.Err == nil:
			t.odd.Add(gait.OddBadRecord, 1, -1) // something else than a terminal log
			missing++
		default:
			found++
			if t.fail == nil {
				t.fail = err
			}
		}
	}
	if found == 0 && len(c.lines) > 0 {
		err := t.commands(c, missing)
		var s stopped
		if errors.As(err, &s) {
			return s.err
		}
		return err
	}
	if missing > 0 {
		t.odd.Add(gait.OddMissingFile, missing, -1)
	}
	return nil
}

// open finds the file of a terminal log, under its final name or its first.
func (t *sitting) open(c *connection, l *ttyRef) (*reader.Neighbour, error) {
	err := error(fs.ErrNotExist)
	if t.r.files == nil {
		return nil, err
	}
	open := t.r.files.Open
	if d, ok := t.r.files.(Timed); ok {
		from, to := l.window(c).begins()
		open = func(name string) (*reader.Neighbour, error) { return d.Terminal(name, from, to) }
	}
	for _, name := range [...]string{l.name, l.opened} {
		if name == "" {
			continue
		}
		var n *reader.Neighbour
		if n, err = open(name); err == nil {
			return n, nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return nil, &reader.Error{Path: name, At: -1, What: "cannot open a terminal log that the log names", Err: err}
		}
	}
	return nil, err
}

// terminal reads the session of the connection's i-th terminal log.
func (t *sitting) terminal(c *connection, i int) error {
	l := &c.logs[i]
	file, err := t.open(c, l)
	if err != nil {
		return err
	}
	defer file.Close()
	best, least, begun := 0, int64(-1), false
	_, err = ttylog.Each(&file.Source, t.r.lim, func(n int, last bool, s *gait.Session) error {
		if begun = begun || n > 1 || !last; !begun {
			return t.finish(c, i, s, false)
		}
		if d := l.distance(c, s); least < 0 || d < least {
			best, least = n, d
		}
		return nil
	})
	if err != nil || !begun {
		return err
	}
	_, err = ttylog.Each(&file.Source, t.r.lim, func(n int, _ bool, s *gait.Session) error {
		if n != best {
			return nil
		}
		s.Oddities.Add(gait.OddManyRecords, 1, -1)
		return t.finish(c, i, s, true)
	})
	return err
}

// distance says how far a recording lies from what the log says of it, in
// microseconds: where a file holds several, the nearest is the connection's.
func (l *ttyRef) distance(c *connection, s *gait.Session) int64 {
	begun := s.Start.UnixMicro()
	d := begun - c.start
	switch {
	case l.openAt != 0:
		d = begun - l.openAt
	case l.closeAt != 0 && s.End.Seen:
		d = begun + s.End.Time.Microseconds() - l.closeAt
	}
	return max(d, -d)
}

// finish adds what the log knows to a session of a terminal log.
func (t *sitting) finish(c *connection, i int, s *gait.Session, several bool) error {
	l := &c.logs[i]
	c.header(&s.Header, c.skip+i+1)
	s.Oddities.Merge(c.odd)
	shared := l.shared(c, s.Start.UnixMicro(), several)
	if shared {
		s.Fidelity.SharedTiming = true
		s.Oddities.Add(gait.OddDuplicate, 1, -1)
		s.Start = time.UnixMicro(max(l.openAt, c.start)).UTC()
	}
	if !s.End.Seen && l.closeAt > 0 && s.Truncated == "" {
		s.End.Seen, s.Fidelity.Closed = true, "log line"
		s.End.Time = s.Last()
		if d := time.UnixMicro(l.closeAt).Sub(s.Start); !shared && d > s.Last() && d <= t.r.lim.Duration {
			s.End.Time = d
		}
	}
	if !c.ended && s.Oddities.Count(gait.OddUnclosed) == 0 {
		s.Oddities.Add(gait.OddUnclosed, 1, -1)
	}
	return t.give(s)
}

// commands makes a session of the lines that the log holds.
func (t *sitting) commands(c *connection, missing int64) error {
	s := &t.s
	s.Reset()
	b := reader.NewBuilder(s, t.r.lim)
	c.header(&s.Header, 1)
	s.Path = t.r.logs[c.home].Path
	s.Start = time.UnixMicro(c.start).UTC()
	s.Fidelity = gait.Fidelity{Input: gait.GranularityLine, Resolution: time.Microsecond, Clock: gait.ClockWall, Closed: "end of file"}
	s.Oddities.Merge(c.odd)
	if missing > 0 {
		s.Oddities.Add(gait.OddMissingFile, missing, -1)
	}
	for _, ref := range c.lines {
		if more, err := t.command(&b, c, ref); err != nil || !more {
			if err != nil {
				return err
			}
			break
		}
	}
	if c.cut {
		b.Cut("events over limit")
	}
	if c.ended {
		s.Fidelity.Closed = "log line"
		s.End.Seen = true
		s.End.Time = max(min(time.Duration(c.closed-c.start)*time.Microsecond, t.r.lim.Duration), s.Last())
	} else {
		s.Oddities.Add(gait.OddUnclosed, 1, -1)
	}
	return t.give(s)
}

// command reads one command again and appends it. It is false once the session
// is cut at a limit.
func (t *sitting) command(b *reader.Builder, c *connection, ref lineRef) (bool, error) {
	var data []byte
	if ref.log < 0 {
		data = t.r.joined[ref.off]
	} else {
		src := t.r.logs[ref.log]
		if cap(t.buf) < int(ref.size) {
			t.buf = make([]byte, ref.size)
		}
		data = t.buf[:ref.size]
		if n, err := src.ReadAt(data, ref.off); n < len(data) {
			if src.Size >= ref.off+int64(ref.size) && !eof(err) {
				return false, &reader.Error{Path: src.Path, At: ref.off, What: "cannot read the log", Err: err}
			}
			data = data[:n]
		}
	}
	e, ok := decode(data)
	if !ok || e.kind != input || string(e.Session) != c.id {
		b.Session.Oddities.Add(gait.OddChangedFile, 1, ref.off)
		return true, nil
	}
	text := string(e.Input)
	if n := strings.Count(text, "\uFFFD"); n > 0 {
		b.Session.Oddities.Add(gait.OddReplacement, int64(n), ref.off)
	}
	at := gait.NoTime
	if us, ok := e.time(); ok {
		at = time.Duration(us-c.start) * time.Microsecond
	}
	return b.Add(gait.Event{Time: at, Kind: gait.Input, Data: append([]byte(text), '\n')}, ref.off), nil
}
