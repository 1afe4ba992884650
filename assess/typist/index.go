package typist

import (
	"math"
	"slices"
)

// Index holds many typists, to compare one session with all of them. It does
// so exactly: every typist is scored, and gets the score that [Model.Score]
// gives. It keeps the typists by digraph, so that one session is compared by
// walking through the lists of its own digraphs.
//
// An index is not safe for concurrent use.
type Index struct {
	m        *Model
	digraphs [][]posting // by number of the digraph
	classes  [][]uint32  // by class, then by typist: codes, 0 where there is none
	steps    [][ksPoints]uint8
	sizes    []uint8
	scalars  [][5]float32 // the pace, then the shape
	gone     []bool
	free     []int // slots without postings
	dead     int   // slots that are gone and still have postings

	first, second []sum // scratch: sums of digraphs and of classes, by typist
}

// posting is one typist's mark of a digraph.
type posting struct{ typist, code uint32 }

// Match is a typist of an index with its score.
type Match struct {
	Typist int // as given by [Index.Add]
	Score  Score
}

// NewIndex makes an empty index.
func (m *Model) NewIndex() *Index {
	return &Index{m: m, digraphs: make([][]posting, len(m.digraphs)), classes: make([][]uint32, len(m.classes))}
}

// Len counts the typists.
func (x *Index) Len() int { return len(x.gone) - len(x.free) - x.dead }

// Add takes a typist in and gives its number. Numbers of typists that were
// removed are used again. A vector that is too short or of another table is an
// error.
func (x *Index) Add(v *Vector) (typist int, err error) {
	if err := x.m.usable(v); err != nil {
		return 0, err
	}
	s := x.m.sketch(v)
	if n := len(x.free); n > 0 {
		typist, x.free = x.free[n-1], x.free[:n-1]
	} else {
		typist = len(x.gone)
		x.steps, x.sizes, x.gone = append(x.steps, s.steps), append(x.sizes, 0), append(x.gone, false)
		x.scalars = append(x.scalars, [5]float32{})
		for c := range x.classes {
			x.classes[c] = append(x.classes[c], 0)
		}
	}
	x.gone[typist], x.steps[typist], x.sizes[typist] = false, s.steps, s.size
	x.scalars[typist] = [5]float32{s.offset, s.scalars[0], s.scalars[1], s.scalars[2], s.scalars[3]}
	for _, d := range s.digraphs {
		x.digraphs[d.number] = append(x.digraphs[d.number], posting{uint32(typist), d.code})
	}
	for _, c := range s.classes {
		x.classes[c.number][typist] = c.code
	}
	return typist, nil
}

// Remove takes a typist out.
func (x *Index) Remove(typist int) {
	if typist < 0 || typist >= len(x.gone) || x.gone[typist] {
		return
	}
	x.gone[typist] = true
	for c := range x.classes {
		x.classes[c][typist] = 0
	}
	if x.dead++; x.dead > 16 && x.dead*4 > len(x.gone) {
		x.sweep()
	}
}

// sweep drops the postings of typists that are gone.
func (x *Index) sweep() {
	for d := range x.digraphs {
		x.digraphs[d] = slices.DeleteFunc(x.digraphs[d], func(p posting) bool { return x.gone[p.typist] })
	}
	x.free, x.dead = x.free[:0], 0
	for i, gone := range x.gone {
		if gone {
			x.free = append(x.free, i)
		}
	}
}

// Best gives the typists that are most likely to have typed a session, at most
// so many, the likeliest first. All are scored, however many there are.
func (x *Index) Best(v *Vector, most int) ([]Match, error) {
	if err := x.m.usable(v); err != nil {
		return nil, err
	}
	s := x.m.sketch(v)
	x.first, x.second = cleared(x.first, len(x.gone)), cleared(x.second, len(x.gone))
	var t lookup
	for _, d := range s.digraphs {
		x.addDigraph(d, &t)
	}
	for _, c := range s.classes {
		x.addClass(c, &t)
	}
	return x.best(s, most), nil
}

func cleared(x []sum, n int) []sum {
	x = slices.Grow(x[:0], n)[:n]
	clear(x)
	return x
}

// lookup are the terms of one digraph or class of a session, by what stands in
// the code of another one's: the mean and the count, and what lies above them.
type lookup struct{ low, high [1 << rawShift]sum }

// fewPostings is the length of a list from which tables are made for it.
const fewPostings = 1000

func (x *Index) addDigraph(mine mark, t *lookup) {
	list := x.digraphs[mine.number]
	if len(list) < fewPostings {
		for _, p := range list {
			x.first[p.typist] += x.m.digraphSum(mine.number, mine.code, p.code)
		}
		return
	}
	x.m.digraphLookup(mine, t)
	first := x.first
	for _, p := range list {
		first[p.typist] += t.low[p.code&(1<<rawShift-1)] + t.high[p.code>>countShift&(1<<rawShift-1)]
	}
}

// digraphLookup makes the tables of a digraph: what [Model.digraphSum] gives of
// each mean and count, and of each count and mean as it was.
func (m *Model) digraphLookup(mine mark, t *lookup) {
	f := m.digraphs[mine.number]
	n := mine.code >> countShift & 15
	var apart [256]float64
	for r := range uint32(256) {
		apart[r] = deviations(f, meanOf(mine.code>>rawShift)-meanOf(r))
	}
	for other := uint32(1); other < 16; other++ {
		p := pair(f, digraphCounts[n], digraphCounts[other], 1)
		for y := range uint32(256) {
			t.low[other<<countShift|y] = fixedRatio(p.ratio(meanOf(mine.code), meanOf(y)))
			t.high[y<<(rawShift-countShift)|other] = distance(apart[y], n, other)
		}
	}
}

func (x *Index) addClass(mine mark, t *lookup) {
	n := mine.code >> countShift & 15
	var weights [16]sum
	for other := uint32(1); other < 16; other++ {
		weights[other] = sum(min(classCounts[n], classCounts[other]))
		p := pair(x.m.classes[mine.number], classCounts[n], classCounts[other], 1)
		for y := range uint32(256) {
			t.low[other<<countShift|y] = fixedRatio(p.ratio(meanOf(mine.code), meanOf(y)))
		}
	}
	clear(t.low[:1<<countShift])
	for y := range uint32(256) {
		d := meanOf(mine.code>>rawShift) - meanOf(y)
		for s := range uint32(16) {
			t.high[s<<8|y] = agreement(d, mine.code>>spreadShift, s)<<measureShift | 1
		}
	}
	second := x.second
	for i, c := range x.classes[mine.number] {
		second[i] += t.low[c&(1<<rawShift-1)] + weights[c>>countShift&15]*t.high[c>>rawShift&(1<<rawShift-1)]
	}
}

// best finishes the scores and keeps the highest.
func (x *Index) best(s *sketch, most int) (list []Match) {
	w := x.m.newWhole(s)
	least := math.Inf(-1)
	for i, gone := range x.gone {
		if gone {
			continue
		}
		pace, shape := w.compare(x.sizes[i], &x.scalars[i])
		rest := [3]float64{pace, shape, float64(largestStep(&s.steps, &x.steps[i]))}
		score := x.m.score(min(s.size, x.sizes[i]), x.m.parts(x.first[i], x.second[i], rest))
		if len(list) == most && score.LogOdds <= least || most <= 0 {
			continue
		}
		at, _ := slices.BinarySearchFunc(list, score.LogOdds, func(m Match, odds float64) int {
			if m.Score.LogOdds >= odds {
				return -1
			}
			return 1
		})
		if len(list) == most {
			list = list[:most-1]
		}
		list = slices.Insert(list, at, Match{i, score})
		least = list[len(list)-1].Score.LogOdds
	}
	return list
}

// whole compares pace and shape of one session with those of many.
type whole struct {
	pairs [5][sizeLevels]pairing
	means [5]float64
	mine  [5]float64
}

func (m *Model) newWhole(s *sketch) *whole {
	w := &whole{}
	mine := float64(sizeOf(int(s.size)))
	for i := range w.pairs {
		f, x := m.offset, s.offset
		if i > 0 {
			f, x = m.scalars[i-1], s.scalars[i-1]
		}
		w.means[i], w.mine[i] = f.Mean, float64(x)-f.Mean
		for size := range sizeLevels {
			w.pairs[i][size] = pair(f, mine, float64(sizeOf(size)), sizeOfFigures)
		}
	}
	return w
}

func (w *whole) compare(size uint8, scalars *[5]float32) (pace, shape float64) {
	pace = w.pairs[0][size].ratio(w.mine[0], float64(scalars[0])-w.means[0])
	for i := 1; i < len(scalars); i++ {
		shape += w.pairs[i][size].ratio(w.mine[i], float64(scalars[i])-w.means[i])
	}
	return pace, shape
}

// Bytes is about how much memory the index takes.
func (x *Index) Bytes() (n int) {
	for _, d := range x.digraphs {
		n += 8 * cap(d)
	}
	for _, c := range x.classes {
		n += 4 * cap(c)
	}
	return n + ksPoints*cap(x.steps) + cap(x.sizes) + 20*cap(x.scalars) + cap(x.gone) + 8*(cap(x.first)+cap(x.second))
}
