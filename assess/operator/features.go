package operator

import (
	"slices"
	"time"

	"gait"
	"gait/profile/acts"
)

// Features are the numbers that the terms read. They hold no text. A number
// that there was nothing to compute from is 0; the count beside it says so.
type Features struct {
	Acts   int32
	Whole  int32 // acts that are whole lines or pieces of 4 chars and more
	Typed  int32 // chars that came one by one, as keys do
	Logins int32 // commands given at login

	// Rhythm of single keys. Pauses above [LongestPause] are no rhythm, held
	// keys are left out.
	Gaps      int32
	CV        float64 // standard deviation of the gaps by their mean
	MedianGap float64 // s

	// Pairs is the number of gaps between chars that the next five were read
	// from, 0 where they were too few. Slope tells how log gaps follow the means
	// that pairs of keys have among people: 1 is as people do, 0 not at all;
	// SlopeError is its standard error, SlopeSpread how much it differs between
	// persons. Repeat tells how much more alike the gaps of one pair are than
	// others, in standard deviations of what chance gives; RepeatUnit is what it
	// would be where the pair explained everything.
	Pairs                          int32
	Slope, SlopeError, SlopeSpread float64
	Repeat, RepeatUnit             float64

	// Whole lines.
	Waits     int32   // lines that came after output
	WaitP10   float64 // s from the end of output to the line, 10th percentile
	WaitP50   float64
	WaitP90   float64
	LongestIn float64 // bytes in the longest act
	MostLines float64 // line ends in the act that has the most

	Shapes uint64 // which shapes of content occur, one bit each
	Loader uint32 // which command sequences of known loaders occur, one bit each
	Client uint8  // kind of client by its version and key exchange
}

// LongestPause is the longest gap between keys, in seconds, that counts as
// rhythm.
const LongestPause = 5.0

// perSecond is how many microseconds a second has.
const perSecond = 1_000_000

// Bounds of what is remembered of one session.
const (
	maxGaps  = 1 << 14
	maxWaits = 1 << 12
)

// Reader reads the features of a session event by event. The zero value is
// ready; [Reader.Reset] makes it so again and keeps its memory.
type Reader struct {
	acts  acts.Reader
	f     Features
	gaps  []gap
	more  sums // of gaps beyond maxGaps
	waits []time.Duration
	pairs pairs
	keys  keyChain
	text  shapes
	limit int32
	at    [64]time.Duration // of keys that are taken together
	tmp   []float64
	order []time.Duration // the waits, sorted
}

// Reset forgets the session, and begins one of which at most limit acts are
// read; 0 stands for all.
func (r *Reader) Reset(limit int) {
	r.acts.Reset()
	r.text.reset()
	r.gaps, r.waits = r.gaps[:0], r.waits[:0]
	r.f, r.keys, r.more, r.limit = Features{}, keyChain{}, sums{}, int32(limit)
}

// Read gives the features of a session, or of its first acts where acts is
// above 0.
func Read(s *gait.Session, acts int) Features {
	var r Reader
	return r.Read(s, acts)
}

// Read is [Read] with memory that is kept. What comes next is Reset.
func (r *Reader) Read(s *gait.Session, acts int) Features { return *r.read(s, acts) }

// read is [Reader.Read] without a copy.
func (r *Reader) read(s *gait.Session, acts int) *Features {
	r.Reset(acts)
	r.Header(&s.Header)
	input := s.Block(gait.Input)
	read, end := 0, 0 // bytes of input whose text was read, and that came so far
	for i, n := 0, s.Len(); i < n && !r.full(); i++ {
		at, size, kind := s.Span(i)
		if kind == gait.Input && size == 1 && acts == 0 {
			if events, keys := r.typed(s, i, input[end:]); events > 0 {
				i, end = i+events-1, end+keys
				continue
			}
		}
		switch kind {
		case gait.Output:
			r.acts.Shown(at, size)
		case gait.Input:
			if r.input(at, input[end:end+size]) {
				end += size
			}
		case gait.Exec:
			r.text.feed(input[read:end])
			read = end
			r.Feed(s.Event(i))
		}
	}
	r.text.feed(input[read:end])
	r.close(true)
	return &r.f
}

// typed takes events from the i-th on, data being the input that begins there, as
// long as they are keys and output: what the general way makes of them, in two
// passes. It gives how many events it took, and how many keys.
func (r *Reader) typed(s *gait.Session, i int, data []byte) (events, keys int) {
	events, keys, ended := r.acts.Keys(s, i, data, r.at[:])
	if keys == 0 {
		return 0, 0
	}
	r.f.Acts += int32(keys)
	r.f.Typed += int32(keys)
	if ended != acts.Key {
		r.f.Typed--
	}
	c := &r.keys
	last, before := c.last, c.at
	for n, time := range r.at[:keys] {
		key, at := codeOf[data[n]], micros(time)
		if !c.has || c.runs > 0 || key == last && key != 0 {
			c.last, c.at = last, before
			r.key(key, at)
			last, before = c.last, c.at
			continue
		}
		if gap := at - before; gap >= together {
			c.held = false
			r.gap(gap, placeOf(last, key))
		}
		last, before = key, at
	}
	c.last, c.at = last, before
	return events, keys
}

// input takes an event of input without its text; false where the acts were
// enough before it.
func (r *Reader) input(at time.Duration, data []byte) bool {
	if a := r.acts.Input(at, data); a != nil {
		r.act(a)
	}
	if r.full() {
		return false
	}
	r.feed(at, data)
	return true
}

// Header takes what the header says of the client.
func (r *Reader) Header(h *gait.Header) { r.f.Client = clientOf(h) }

func (r *Reader) full() bool { return r.limit > 0 && r.f.Acts >= r.limit }

// Feed takes the next event and says whether an act became whole by it.
func (r *Reader) Feed(e gait.Event) bool {
	a := r.acts.Feed(e)
	if a != nil {
		r.act(a)
	}
	ended := a != nil
	if ended && r.full() {
		return true
	}
	switch e.Kind {
	case gait.Input:
		r.feed(e.Time, e.Data)
		r.text.feed(e.Data)
	case gait.Exec:
		r.text.login(e.Data)
	}
	return ended
}

// Features gives what was read so far. With closed the act that is open counts
// as whole.
func (r *Reader) Features(closed bool) Features {
	c := *r // whatever is added to its lists lies beyond the ends of r's
	c.close(closed)
	r.tmp, r.order, r.pairs = c.tmp, c.order, c.pairs // memory
	return c.f
}

// close ends the reading; with closed the act that is open counts.
func (r *Reader) close(closed bool) {
	if a := r.acts.Close(); a != nil && closed && !r.full() {
		r.act(a)
	}
	f := &r.f
	all, median := r.rhythm()
	f.Gaps, f.CV, f.MedianGap = int32(all.n), all.spread(), median/perSecond
	r.pairs.read(f, r.gaps, median)
	f.Waits = int32(len(r.waits))
	r.order = append(r.order[:0], r.waits...)
	slices.Sort(r.order)
	f.WaitP10, f.WaitP50, f.WaitP90 = quantile(r.order, 0.1), quantile(r.order, 0.5), quantile(r.order, 0.9)
	f.Shapes, f.Loader = r.text.seen, r.text.loaders
}

// act counts one act that is whole.
func (r *Reader) act(a *acts.Act) {
	r.f.Acts++
	switch a.Kind {
	case acts.Login:
		r.f.Logins++
		return
	case acts.Key:
		r.f.Typed++
		return
	case acts.Enter:
		return
	}
	r.f.Whole++
	if x := float64(a.Bytes); x > r.f.LongestIn {
		r.f.LongestIn = x
	}
	if x := float64(a.Lines); x > r.f.MostLines {
		r.f.MostLines = x
	}
	if a.Quiet >= 0 && len(r.waits) < maxWaits {
		r.waits = append(r.waits, a.Quiet)
	}
}

// quantile is the p-quantile of a sorted list of waits in seconds, linear between
// neighbours; 0 of none.
func quantile(x []time.Duration, p float64) float64 {
	if len(x) == 0 {
		return 0
	}
	at := p * float64(len(x)-1)
	i := int(at)
	low := waited(x[i])
	if i+1 == len(x) {
		return low
	}
	return low + (at-float64(i))*(waited(x[i+1])-low)
}

// waited is a wait in seconds, at least a millisecond.
func waited(d time.Duration) float64 { return max(float64(micros(d))/perSecond, 0.001) }

// micros is a time in whole microseconds, the finest step that all formats can
// write.
func micros(d time.Duration) int64 {
	const unit = uint64(time.Microsecond) // division is quicker without a sign
	if d < 0 {
		return -int64((uint64(-d) + unit/2) / unit)
	}
	return int64((uint64(d) + unit/2) / unit)
}
