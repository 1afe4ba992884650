package serve

import (
	"bytes"
	"context"
	"math"
	"strconv"
	"time"
	"unicode/utf8"

	"gait"
	"gait/term"
)

// cutting says in which pieces a recording is played.
type cutting struct {
	bytes, events int   // of a segment
	work          int64 // of a terminal, in a segment
	segments      int
	all           int64 // of a terminal, in all
	snapshots     int   // bytes of what is kept of screens
}

// cuttings are made so that a segment is loaded and played up to its end in a
// fraction of the time in which a jump must be done, and that no recording
// keeps us, or a browser, busy for long.
var cuttings = cutting{bytes: 1 << 20, events: 20_000, work: 20_000_000, segments: 2000, all: 4_000_000_000, snapshots: 24 << 20}

// Bounds of what else is told of a recording.
const (
	pieceBytes  = 16 << 10 // of one event as it is played
	maxMarkers  = 1000
	maxLabel    = 200 // bytes
	maxQuiet    = 20_000
	quietFrom   = 2_000_000 // microseconds
	leastLength = 1000      // microseconds of a recording
)

// playback is a recording that is opened to be played in segments.
type playback struct {
	rec       *gait.Session
	cut       cutting
	tag       string
	segments  []segment
	end       *place // where it is cut; nil where it is not
	every     int    // each so many segments the screen is kept
	duration  int64
	markers   []playbackMarker
	quiet     [][2]float64
	events    int64
	truncated string
}

// segment is where a part of a recording begins.
type segment struct {
	at   place
	init string // brings a terminal to the state at its start; only of some
}

// place is a place among the pieces of a recording, and what is carried over it.
type place struct {
	event, offset int
	at            int64 // microseconds: nothing after it is earlier
	held          [gait.Output + 1]string
	markers       int
	cols, rows    int
}

// piece is an event as it is played. Its text is valid UTF-8.
type piece struct {
	at   int64
	kind gait.Kind
	text []byte
}

var pieceCodes = [...]string{gait.Input: "i", gait.Output: "o", gait.Resize: "r", gait.Marker: "m", gait.Exec: "exec"}

// open cuts a recording into segments. It is nil where there is nothing to
// play; the error is the context's.
func open(ctx context.Context, rec *gait.Session, c cutting) (*playback, error) {
	p := &playback{rec: rec, cut: c, every: 1, truncated: rec.Truncated}
	p.tag = strconv.FormatInt(rec.Extent, 36) + "-" + strconv.FormatInt(int64(rec.Len()), 36)
	first := term.NewScreen(sideOr(rec.Width, 80), sideOr(rec.Height, 24))
	cols, rows := first.Size()
	o := &opening{p: p, screen: first, shown: -1, least: quietFrom}
	if err := o.run(ctx, place{cols: cols, rows: rows}); err != nil || p.events == 0 {
		return nil, err
	}
	p.duration = max(o.shown, leastLength)
	if n := len(p.segments) - 1; p.segments[n].at.at >= p.duration {
		p.duration += leastLength
	}
	o.quietUntil(p.duration)
	return p, nil
}

func sideOr(n, otherwise int) int {
	if n < 1 {
		return otherwise
	}
	return n
}

// opening is the one pass over a recording in which its segments are found.
type opening struct {
	p             *playback
	screen        *term.Screen
	bytes, events int   // of this segment
	work          int64 // at its start
	shown         int64 // time of the last piece; -1 before the first
	heard         int64 // time of the last input or output
	kept          int   // bytes of snapshots
	least         int64 // of a quiet stretch
}

func (o *opening) run(ctx context.Context, at place) error {
	p := o.p
	p.segments = append(p.segments, segment{at: at})
	for {
		before := at
		x, ok := p.next(&at)
		if !ok {
			return nil
		}
		if o.full(len(x.text)) {
			if err := ctx.Err(); err != nil {
				return err
			}
			if len(p.segments) >= p.cut.segments || o.screen.Work() > p.cut.all {
				p.truncated = "it makes a terminal do more than can be played: what comes after this is left out"
				p.end = &before
				return nil
			}
			before.at = max(before.at, o.shown+1)
			before.at = max(before.at, x.at)
			at = before
			x, _ = p.next(&at)
			o.begin(before)
		}
		o.take(x, &at)
	}
}

// full says whether a piece of so many bytes belongs to the next segment.
func (o *opening) full(size int) bool {
	c := &o.p.cut
	return o.events > 0 && (o.bytes+size > c.bytes || o.events >= c.events || o.screen.Work()-o.work > c.work)
}

// begin begins a segment. Where the screens become too much, only every second
// one is kept.
func (o *opening) begin(at place) {
	p := o.p
	o.bytes, o.events, o.work = 0, 0, o.screen.Work()
	s := segment{at: at}
	if n := len(p.segments); n%p.every == 0 {
		s.init = o.screen.Restore()
		o.kept += len(s.init)
	}
	p.segments = append(p.segments, s)
	for o.kept > p.cut.snapshots && p.every < len(p.segments) {
		p.every *= 2
		for i := range p.segments {
			if i%p.every != 0 {
				o.kept -= len(p.segments[i].init)
				p.segments[i].init = ""
			}
		}
	}
}

// take plays a piece on the screen.
func (o *opening) take(x piece, at *place) {
	show(o.screen, x, at)
	o.bytes += len(x.text)
	o.events++
	o.p.events++
	if x.kind == gait.Marker {
		o.p.markers = append(o.p.markers, playbackMarker{x.at, string(x.text)})
	}
	if x.kind == gait.Input || x.kind == gait.Output {
		o.quietUntil(x.at)
		o.heard = x.at
	}
	o.shown = x.at
}

// quietUntil notes that nothing was heard up to a time. Where there are too
// many such stretches, the shorter ones go.
func (o *opening) quietUntil(at int64) {
	if at-o.heard < o.least {
		return
	}
	p := o.p
	p.quiet = append(p.quiet, [2]float64{seconds(o.heard), seconds(at)})
	for len(p.quiet) > maxQuiet {
		o.least *= 2
		kept := p.quiet[:0]
		for _, q := range p.quiet {
			if q[1]-q[0] >= seconds(o.least) {
				kept = append(kept, q)
			}
		}
		p.quiet = kept
	}
}

// show plays a piece on a screen.
func show(screen *term.Screen, x piece, at *place) {
	switch x.kind {
	case gait.Output:
		screen.Feed(x.text)
	case gait.Resize:
		screen.Resize(at.cols, at.rows)
	}
}

// next gives the piece at a place, and goes to the next.
func (p *playback) next(at *place) (piece, bool) {
	for at.event < p.rec.Len() {
		e := p.rec.Event(at.event)
		x := piece{at: max(at.at, p.time(at.event, e)), kind: e.Kind}
		switch e.Kind {
		case gait.Input, gait.Output:
			x.text = at.whole(e)
		case gait.Resize:
			x.text = at.resized(e.Data)
		case gait.Marker:
			x.text = at.label(e.Data)
		default:
			x.text = valid(e.Data)
		}
		if at.offset == 0 {
			at.event++
		}
		if at.at = x.at; len(x.text) > 0 {
			return x, true
		}
	}
	for k := gait.Input; k <= gait.Output; k++ {
		if held := at.held[k]; held != "" {
			at.held[k] = ""
			return piece{at.at, k, valid([]byte(held))}, true
		}
	}
	return piece{}, false
}

// time gives when an event is shown, in microseconds. Resizes and markers may
// be written with any time: they are never later than what comes after them.
func (p *playback) time(i int, e gait.Event) int64 {
	t := min(e.Time, p.rec.Last())
	if e.Kind == gait.Resize || e.Kind == gait.Marker {
		for j, end := i+1, min(i+100, p.rec.Len()); j < end; j++ {
			if at, _, k := p.rec.Span(j); k != gait.Resize && k != gait.Marker {
				t = min(t, at)
				break
			}
		}
	}
	return max(int64(t/time.Microsecond), 0)
}

// whole gives the text of an event, or of a part of a large one, with the
// beginning of a character that was held back, and without one that it cuts.
func (at *place) whole(e gait.Event) []byte {
	data := e.Data[at.offset:]
	if len(data) > pieceBytes {
		data = data[:pieceBytes]
		at.offset += pieceBytes
	} else {
		at.offset = 0
	}
	if held := at.held[e.Kind]; held != "" {
		data = append([]byte(held), data...)
	}
	n := len(data)
	for k := 1; k < utf8.UTFMax && k <= n; k++ {
		if tail := data[n-k:]; utf8.RuneStart(tail[0]) {
			if !utf8.FullRune(tail) {
				n -= k
			}
			break
		}
	}
	at.held[e.Kind] = string(data[n:])
	return valid(data[:n])
}

// resized gives a size as it is played: one that a player can bear.
func (at *place) resized(data []byte) []byte {
	c, r, _ := bytes.Cut(data, []byte("x"))
	cols, err1 := strconv.Atoi(string(c))
	rows, err2 := strconv.Atoi(string(r))
	if err1 != nil || err2 != nil || cols < 1 || rows < 1 {
		return nil
	}
	at.cols, at.rows = min(cols, term.MaxCols), min(rows, term.MaxRows)
	return []byte(strconv.Itoa(at.cols) + "x" + strconv.Itoa(at.rows))
}

// label gives the text of a marker; of the first ones only.
func (at *place) label(data []byte) []byte {
	if at.markers++; at.markers > maxMarkers {
		return nil
	}
	return valid(data[:min(len(data), maxLabel)])
}

// valid gives data with U+FFFD for every byte that is no part of a character.
func valid(data []byte) []byte {
	if utf8.Valid(data) {
		return data
	}
	return []byte(string([]rune(string(data))))
}

// screen gives the screen at the start of the n-th segment, from the nearest
// one that is kept.
func (p *playback) screen(n int) *term.Screen {
	from := n - n%p.every
	at := p.segments[from].at
	s := term.NewScreen(at.cols, at.rows)
	s.Feed([]byte(p.segments[from].init))
	for at.event != p.segments[n].at.event || at.offset != p.segments[n].at.offset {
		x, ok := p.next(&at)
		if !ok {
			break
		}
		show(s, x, &at)
	}
	return s
}

// size is about how much memory it takes.
func (p *playback) size() int64 {
	n := heldBytes(p.rec) + int64(200*len(p.segments)+16*len(p.quiet)+64*len(p.markers))
	for i := range p.segments {
		n += int64(len(p.segments[i].init))
	}
	return n
}

// seconds gives microseconds as JSON has them.
func seconds(us int64) float64 { return math.Round(float64(us)) / 1e6 }
