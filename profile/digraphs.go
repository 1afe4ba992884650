package profile

import "gait/internal/stats"

// flightEdges are the upper edges, in seconds, of the buckets that a
// digraph's median flight time falls in. An edge belongs to the bucket above.
var flightEdges = [...]float64{0.03, 0.06, 0.12, 0.25, 0.5, 1.0}

// maxFlight is the longest gap, in seconds, that counts as a flight time.
const maxFlight = 1.5

// Digraph is two chars that were typed one after the other. A char is a code
// point, or 0x110000 plus the byte where it is not part of valid UTF-8.
type Digraph struct {
	First, Second rune
	Count         int
	Bucket        int // of the median flight time, 0 to 6
}

// digraphTable collects flight times by digraph.
type digraphTable struct {
	ready   bool
	list    []Digraph
	samples int
	ascii   [128 * 128]uint16 // number of an ASCII digraph plus 1
	other   map[[2]rune]uint32
	flights []float64 // of the first digraph, then of the second, ...
	ends    []uint32  // where the flights of each digraph end
}

// Digraphs gives the distinct digraphs in order of first appearance, and the
// number of flight times in them. The list is valid as long as the view.
func (k *Keys) Digraphs() (list []Digraph, samples int) {
	t := &k.digraphs
	if !t.ready {
		t.reset()
		t.count(k)
		t.sum(k)
		t.ready = true
	}
	return t.list, t.samples
}

func (t *digraphTable) reset() {
	for _, d := range t.list {
		if d.First < 128 && d.Second < 128 {
			t.ascii[d.First<<7|d.Second] = 0
		}
	}
	clear(t.other)
	t.list, t.ends, t.samples = t.list[:0], t.ends[:0], 0
}

// each calls f with every digraph that counts and its flight time.
func (k *Keys) each(f func(a, b rune, gap float64)) {
	before := rune(-1)
	for i := range k.Strokes {
		if !k.Strokes[i].Single() {
			before = -1
			continue
		}
		c := char(k.Data(i))
		if before >= 0 {
			if gap := k.Gap(i); gap > 0 && gap <= maxFlight && !k.Strokes[i].timeless() {
				f(before, c, gap)
			}
		}
		before = c
	}
}

// count numbers the digraphs and counts each.
func (t *digraphTable) count(k *Keys) {
	k.each(func(a, b rune, _ float64) {
		n, ok := t.number(a, b)
		if !ok {
			n = t.add(a, b)
		}
		t.list[n].Count++
		t.samples++
	})
}

// number gives the place of a digraph in the list. ASCII digraphs past the
// 65,535th stand in the map like all others.
func (t *digraphTable) number(a, b rune) (uint32, bool) {
	if a < 128 && b < 128 {
		if n := t.ascii[a<<7|b]; n > 0 {
			return uint32(n - 1), true
		}
	}
	n, ok := t.other[[2]rune{a, b}]
	return n, ok
}

func (t *digraphTable) add(a, b rune) uint32 {
	n := uint32(len(t.list))
	t.list = append(t.list, Digraph{First: a, Second: b})
	if a < 128 && b < 128 && n < 1<<16-1 {
		t.ascii[a<<7|b] = uint16(n + 1)
		return n
	}
	if t.other == nil {
		t.other = map[[2]rune]uint32{}
	}
	t.other[[2]rune{a, b}] = n
	return n
}

// sum puts the flight times of each digraph together and finds the bucket of
// their median.
func (t *digraphTable) sum(k *Keys) {
	total := uint32(0)
	for i := range t.list {
		t.ends = append(t.ends, total)
		total += uint32(t.list[i].Count)
	}
	if cap(t.flights) < t.samples {
		t.flights = make([]float64, t.samples+t.samples/4)
	}
	flights := t.flights[:t.samples]
	k.each(func(a, b rune, gap float64) {
		n, _ := t.number(a, b)
		flights[t.ends[n]] = gap
		t.ends[n]++
	})
	from := uint32(0)
	for i := range t.list {
		t.list[i].Bucket = bucket(stats.Median(flights[from:t.ends[i]]))
		from = t.ends[i]
	}
}

func bucket(seconds float64) int {
	for i, edge := range flightEdges {
		if seconds < edge {
			return i
		}
	}
	return len(flightEdges)
}
