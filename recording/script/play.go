package script

import (
	"bytes"
	"io"
	"math"
	"time"

	"gait"
	"gait/internal/decimal"
	"gait/internal/lines"
	"gait/recording/reader"
)

// player reads a recording: it follows the timing file and takes bytes from
// the streams.
type player struct {
	rec  *recording
	s    *gait.Session
	b    reader.Builder
	open []io.Closer

	timing        *lines.Reader
	output, input *stream // nil where there is none, equal where one file holds both

	now       time.Duration
	duration  time.Duration // as the recording states
	buf       []byte
	saw       [256]bool // kinds of entries
	started   bool      // START_TIME was seen
	shortfall bool      // output was missing
}

// newPlayer opens the files of a recording.
func newPlayer(r *recording) (*player, error) {
	s := &gait.Session{}
	p := &player{rec: r, s: s, b: reader.NewBuilder(s, r.lim)}
	if r.missing > 0 {
		s.Oddities.Add(gait.OddMissingFile, r.missing, -1)
	}
	src, err := p.source(r.timing)
	if err == nil {
		p.timing = lines.NewReader(src.Reader(), r.lim.Line)
		p.output, err = p.stream(r.output)
	}
	if err == nil && r.input.same(r.output) {
		p.input = p.output
	} else if err == nil {
		p.input, err = p.stream(r.input)
	}
	if err != nil {
		p.close()
		return nil, err
	}
	return p, nil
}

func (p *player) source(at place) (*reader.Source, error) {
	src, c, err := at.open()
	if err == nil {
		p.open = append(p.open, c)
	}
	return src, err
}

// stream opens a file of bytes and takes what its first line tells.
func (p *player) stream(at place) (*stream, error) {
	if at.empty() {
		return nil, nil
	}
	src, err := p.source(at)
	if err != nil {
		return nil, err
	}
	s, first, err := newStream(src)
	if err == nil && p.s.Start.IsZero() {
		preamble(&p.s.Header, &p.s.Oddities, first)
	}
	return s, err
}

func (p *player) close() {
	for _, c := range p.open {
		c.Close()
	}
}

// play follows the timing file to its end, or until the session is cut.
func (p *player) play() error {
	odd := &p.s.Oddities
	for {
		line, at, whole, err := p.timing.Next()
		switch {
		case err == io.EOF:
			return nil
		case err == lines.ErrLong:
			odd.Add(gait.OddLongLine, 1, at)
			p.b.Cut("line over limit")
			return nil
		case err != nil:
			return err
		}
		if len(bytes.Trim(line, " \r")) == 0 {
			continue
		}
		e, ok := parseEntry(line)
		switch {
		case !ok && bytes.IndexByte(line, 0) >= 0:
			odd.Add(gait.OddNUL, 1, at)
			continue
		case !ok:
			odd.Add(gait.OddTornLine, 1, at)
			continue
		case !whole:
			odd.Add(gait.OddTornLine, 1, at) // its number may be cut, its bytes are there
		}
		if goOn, err := p.entry(&e, at); err != nil || !goOn {
			return err
		}
	}
}

// entry takes one entry. It is false where nothing more is to be read.
func (p *player) entry(e *entry, at int64) (bool, error) {
	p.saw[e.kind] = true
	if e.kind == 'H' {
		return p.header(e, at), nil
	}
	if p.s.End.Seen {
		p.s.Oddities.Add(gait.OddAfterEnd, 1, at)
		return true, nil
	}
	t := p.advance(e.delay)
	switch e.kind {
	case 'I':
		return p.data(gait.Event{Time: t, Kind: gait.Input}, p.input, e.bytes, at)
	case 'O':
		return p.data(gait.Event{Time: t, Kind: gait.Output}, p.output, e.bytes, at)
	case 'S':
		return p.signal(t, e.rest, at), nil
	}
	p.s.Oddities.Add(gait.OddChannel, 1, at)
	return true, nil
}

// advance adds a delay and gives the time of the entry; the sum stays at the
// largest time, which is beyond any limit, once it is reached.
func (p *player) advance(d time.Duration) time.Duration {
	switch {
	case d == gait.NoTime:
		return d
	case d > math.MaxInt64-p.now:
		p.now = math.MaxInt64
	default:
		p.now += d
	}
	return p.now
}

// data takes n bytes of a stream as one event. A timing file that states more
// than there are gets what there is. No more is read than a session may hold.
func (p *player) data(e gait.Event, s *stream, n, at int64) (bool, error) {
	if s == nil {
		return true, nil
	}
	over := n > s.left
	n = min(n, s.left)
	if n > p.rec.lim.Bytes-p.s.Extent {
		p.b.Cut("bytes over limit")
		return false, nil
	}
	var err error
	if p.buf, err = s.take(p.buf[:0], n); err != nil {
		return false, err
	}
	if over || int64(len(p.buf)) < n {
		p.s.Oddities.Add(gait.OddOverRead, 1, at)
		p.shortfall = p.shortfall || e.Kind == gait.Output
		if len(p.buf) == 0 {
			return true, nil
		}
	}
	e.Data = p.buf
	return p.b.Add(e, at), nil
}

// signal takes a change of the window's size as a resize and every other
// signal as a marker.
func (p *player) signal(t time.Duration, rest []byte, at int64) bool {
	size, resized := bytes.CutPrefix(rest, []byte("SIGWINCH"))
	if !resized {
		return p.b.Add(gait.Event{Time: t, Kind: gait.Marker, Data: rest}, at)
	}
	data, ok := window(size)
	if !ok {
		p.s.Oddities.Add(gait.OddBadRecord, 1, at)
		return true
	}
	return p.b.Add(gait.Event{Time: t, Kind: gait.Resize, Data: data}, at)
}

// header takes a header entry. A second start is another recording, which was
// appended; it is not followed.
func (p *player) header(e *entry, at int64) bool {
	name, value := e.header()
	switch name {
	case "START_TIME":
		if p.started || p.s.End.Seen {
			p.s.Oddities.Add(gait.OddManyRecords, 1, at)
			return false
		}
		p.started = true
	case "DURATION":
		if ns, _, ok := decimal.Parse([]byte(value)); ok {
			p.duration = time.Duration(ns)
		}
	case "EXIT_CODE":
		p.s.End = gait.End{Seen: true, Reason: "exit"}
	}
	setHeader(&p.s.Header, &p.s.Oddities, name, value)
	return true
}
