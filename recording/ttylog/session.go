package ttylog

import (
	"errors"
	"io"
	"time"

	"gait"
	"gait/recording/reader"
)

// survey looks over the next session of the file. The error is io.EOF where
// there is none. A record that opens another session is held back.
func (s *scanner) survey() (facts, error) {
	var f facts
	r, err := s.next()
	if err != nil {
		return f, err
	}
	var prefix [echoPrefix]byte
	for {
		if r.op != opOpen {
			n := 0
			if r.op == opWrite {
				if n, err = io.ReadFull(s, prefix[:min(r.kept, echoPrefix)]); broken(err) {
					return f, err
				}
			}
			f.add(r, prefix[:n])
		}
		r, err = s.next()
		if err == io.EOF {
			return f, nil
		}
		if err != nil {
			return f, err
		}
		if r.op == opOpen {
			s.hold()
			return f, nil
		}
	}
}

// broken says whether an error is one of reading, not the end of the data.
func broken(err error) bool {
	return err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF)
}

// build makes the events of one session.
type build struct {
	reader.Builder
	facts facts
	lim   reader.Limits
	src   *reader.Source
	in    *scanner
	start int64 // microseconds since 1970
	ended bool
	buf   []byte
}

// session reads the next session of the file into b.Session, by the facts of
// the first look over it.
func (b *build) session() error {
	s := b.Session
	b.in.odd = &s.Oddities
	r, err := b.in.next()
	if err != nil {
		return err
	}
	b.start = r.time
	b.header(r)
	if r.op != opOpen {
		s.Oddities.Add(gait.OddNoHeader, 1, r.at)
		b.in.hold()
	}
	if err := b.putExec(); err != nil {
		return err
	}
	for {
		r, err = b.in.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		if r.op == opOpen {
			b.in.hold()
			break
		}
		if err := b.add(r); err != nil {
			return err
		}
	}
	b.finish()
	return nil
}

// header fills in what the opening record and the first look tell.
func (b *build) header(r record) {
	s := b.Session
	s.Start = time.UnixMicro(r.time).UTC()
	s.Format, s.Path = name, b.src.Path
	s.Fidelity = gait.Fidelity{
		Input:      b.facts.granularity(),
		Resolution: time.Microsecond,
		Clock:      gait.ClockWall,
		Lossless:   true,
		Output:     true,
		Swapped:    b.facts.swapped(),
		Closed:     "end of file",
	}
	if b.facts.unclear() {
		s.Oddities.Add(gait.OddUnclear, 1, r.at)
	}
	if r.time < firstSecond*1e6 || r.time > lastSecond*1e6 {
		s.Oddities.Add(gait.OddClockStep, 1, r.at)
	}
}

// putExec puts the command of a session without a terminal first, at the time
// of the first record: what was printed was printed by it, even where the
// recorder wrote the command down when it was over.
func (b *build) putExec() error {
	if !b.facts.execs() {
		return nil
	}
	r := b.facts.exec
	data := io.NewSectionReader(b.src, r.at+int64(b.in.lay), r.kept)
	r.time = b.facts.first.time
	return b.put(gait.Exec, r, data)
}

// add makes an event of a record.
func (b *build) add(r record) error {
	odd := &b.Session.Oddities
	switch {
	case b.ended:
		odd.Add(gait.OddAfterEnd, 1, r.at)
	case r.tty != 0:
		odd.Add(gait.OddChannel, 1, r.at)
	case r.op == opClose:
		b.close(r)
	case r.op == opExec:
		odd.Add(gait.OddBadRecord, 1, r.at)
	default:
		if k := b.facts.kind(r.dir); k != gait.Exec {
			return b.put(k, r, b.in)
		}
	}
	return nil
}

// put appends an event, its data piece by piece. A record that does not fit
// into the limit of bytes cuts the session and leaves nothing of itself.
func (b *build) put(k gait.Kind, r record, data io.Reader) error {
	if b.Session.Truncated != "" {
		return nil
	}
	if r.kept > b.lim.Bytes-b.Session.Extent {
		b.Cut("bytes over limit")
		return nil
	}
	if r.kept == 0 && r.size > 0 {
		return nil // cut right behind its header, and counted as cut
	}
	e := gait.Event{Time: time.Duration(r.time-b.start) * time.Microsecond, Kind: k}
	for got, more := int64(0), true; more; {
		n, err := io.ReadFull(data, b.buf[:min(r.kept-got, chunk)])
		if broken(err) {
			return err
		}
		switch {
		case got == 0:
			e.Data = b.buf[:n]
			more = b.Add(e, r.at)
		case n > 0:
			more = b.Extend(k, b.buf[:n])
		}
		got += int64(n)
		more = more && err == nil && got < r.kept
	}
	return nil
}

// close ends the session at a CLOSE record; players stop there too.
func (b *build) close(r record) {
	s := b.Session
	b.ended = true
	s.Fidelity.Closed = "close record"
	s.End.Seen = true
	s.End.Time = time.Duration(r.time-b.start) * time.Microsecond
	if s.End.Time < s.Last() {
		s.Oddities.Add(gait.OddTimeBack, 1, r.at)
		s.End.Time = s.Last()
	}
	if s.End.Time > b.lim.Duration {
		b.Cut("time over limit")
		s.End.Time = s.Last()
	}
}

func (b *build) finish() {
	s := b.Session
	if !b.ended {
		s.Oddities.Add(gait.OddUnclosed, 1, -1)
	}
	if b.in.lost {
		b.Cut("bad record")
	}
}
