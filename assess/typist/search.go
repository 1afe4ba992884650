package typist

import (
	"math"
	"slices"
)

// Best gives the typists that are most likely to have typed a session, at most
// so many, the likeliest first. All are compared, however many there are.
func (x *Index) Best(v *Vector, most int) ([]Match, error) {
	if err := x.m.usable(v); err != nil {
		return nil, err
	}
	s := x.m.sketch(v)
	blocks := (len(x.gone) + blockSize - 1) / blockSize
	x.first, x.second = cleared(x.first, blocks*blockSize), cleared(x.second, len(x.gone))
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
// the code of another one's: ratios by the mean and the count, measures by what
// lies above the mean. They are small, so that both stay in the nearest cache:
// a measure and its weight take no more than 32 bits.
type lookup struct {
	ratios   [1 << rawShift]sum
	measures [1 << rawShift]uint32
}

// of is the term of a posting.
func (t *lookup) of(p uint32) sum {
	return t.ratios[p&(1<<rawShift-1)] + sum(t.measures[p>>countShift&(1<<rawShift-1)])
}

// fewPostings is the length of a list from which tables are made for it.
const fewPostings = 1000

func (x *Index) addDigraph(mine mark, t *lookup) {
	d := &x.digraphs[mine.number]
	if d.len() < fewPostings {
		for block, list := range d.blocks {
			first := x.first[block<<blockBits:]
			for _, p := range list {
				first[p>>codeBits] += x.m.digraphSum(mine.number, mine.code, p&(1<<codeBits-1))
			}
		}
		return
	}
	x.m.digraphLookup(mine, d.counts, t)
	for block, list := range d.blocks {
		t.addTo((*[blockSize]sum)(x.first[block<<blockBits:]), list)
	}
}

// addTo adds the terms of the postings of one block, four at a time.
func (t *lookup) addTo(first *[blockSize]sum, list []uint32) {
	for len(list) >= 4 {
		p := (*[4]uint32)(list)
		a, b, c, d := p[0], p[1], p[2], p[3]
		first[a>>codeBits] += t.of(a)
		first[b>>codeBits] += t.of(b)
		first[c>>codeBits] += t.of(c)
		first[d>>codeBits] += t.of(d)
		list = list[4:]
	}
	for _, p := range list {
		first[p>>codeBits] += t.of(p)
	}
}

// meanSquares are the squares of what the codes of means stand for.
var meanSquares = func() (t [256]float64) {
	for code := range t {
		t[code] = meanOf(uint32(code)) * meanOf(uint32(code))
	}
	return t
}()

// ratioLookup makes the ratios of one's mean with all means of another's count.
func (t *lookup) ratioLookup(p *pairing, mean float64, count uint32) {
	square := float64(mean * mean * p.a)
	row := t.ratios[count<<countShift:][:256]
	for code := range row {
		row[code] = fixedRatio(p.of(square+float64(meanSquares[code]*p.b), float64(mean*meanOf(uint32(code)))))
	}
}

// digraphLookup makes the tables of a digraph for the counts that occur: what
// [Model.digraphSum] gives of each mean and count, and of each count and mean as
// it was.
func (m *Model) digraphLookup(mine mark, counts uint16, t *lookup) {
	f := m.digraphs[mine.number]
	n := mine.code >> countShift & 15
	mean := meanOf(mine.code)
	for other := uint32(1); other < 16; other++ {
		if counts>>other&1 != 0 {
			p := pair(f, digraphCounts[n], digraphCounts[other], 1)
			t.ratioLookup(&p, mean, other)
		}
	}
	for y := range uint32(256) {
		apart := deviations(f, meanOf(mine.code>>rawShift)-meanOf(y))
		row := t.measures[y<<(rawShift-countShift):][:16]
		for other := range n {
			row[other] = uint32(distance(apart, n, other))
		}
		same := uint32(distance(apart, n, n)) // the rarer of both is mine
		for other := n; other < 16; other++ {
			row[other] = same
		}
	}
}

func (x *Index) addClass(mine mark, t *lookup) {
	c := &x.classes[mine.number]
	n := mine.code >> countShift & 15
	var weights [16]sum
	for other := uint32(1); other < 16; other++ {
		if c.counts>>other&1 != 0 {
			weights[other] = sum(min(classCounts[n], classCounts[other]))
			p := pair(x.m.classes[mine.number], classCounts[n], classCounts[other], 1)
			t.ratioLookup(&p, meanOf(mine.code), other)
		}
	}
	clear(t.ratios[:1<<countShift]) // where a typist has none of the class
	for s := range uint32(16) {
		if c.spreads>>s&1 == 0 && s > 0 {
			continue
		}
		for y := range uint32(256) {
			d := meanOf(mine.code>>rawShift) - meanOf(y)
			t.measures[s<<8|y] = uint32(agreement(d, mine.code>>spreadShift, s)<<measureShift | 1)
		}
	}
	second := x.second[:len(c.codes)]
	for i, code := range c.codes {
		second[i] += t.ratios[code&(1<<rawShift-1)] + weights[code>>countShift&15]*sum(t.measures[code>>rawShift&(1<<rawShift-1)])
	}
}

// best finishes the scores and keeps the highest. What a typist can score at
// most is known before pace, shape and steps are compared: who cannot come into
// the list needs no more.
func (x *Index) best(s *sketch, most int) (list []Match) {
	if most <= 0 {
		return nil
	}
	w := x.m.newWhole(s)
	least := math.Inf(-1) // that the list takes
	for i, gone := range x.gone {
		if gone {
			continue
		}
		size := x.sizes[i]
		l := &x.m.levels[min(s.size, size)]
		if w.most[size]+l.weights[PartDigraphs]*x.first[i].ratio()+l.weights[PartClasses]*x.second[i].ratio()+
			l.weights[PartAgreement]*x.second[i].measure()-l.weights[PartDistance]*x.first[i].measure() < least {
			continue
		}
		pace, shape := w.compare(size, &x.scalars[i])
		parts := x.m.parts(x.first[i], x.second[i], [3]float64{pace, shape, float64(largestStep(&s.steps, &x.steps[i]))})
		score := x.m.score(min(s.size, size), parts)
		if len(list) == most && score.LogOdds <= least {
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
		if len(list) == most {
			least = list[most-1].Score.LogOdds
		}
	}
	return list
}

// whole compares pace and shape of one session with those of many.
type whole struct {
	pairs [5][sizeLevels]pairing
	means [5]float64
	mine  [5]float64
	most  [sizeLevels]float64 // log odds that pace, shape and steps can add at most
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
	for size := range sizeLevels {
		w.most[size] = w.bound(size, &m.levels[min(int(s.size), size)])
	}
	return w
}

// bound is the most that pace, shape and steps can add to the log odds of a
// typist of a size, and a little more than any rounding makes of it.
func (w *whole) bound(size int, l *level) float64 {
	const rounding = 1e-6
	weights := &l.weights
	if weights[PartPace] < 0 || weights[PartShape] < 0 {
		return math.Inf(1) // there is no limit to how much two sessions differ
	}
	most := l.bias + max(-weights[PartKS], 0) + rounding
	for i := range w.pairs {
		weight := weights[PartShape]
		if i == 0 {
			weight = weights[PartPace]
		}
		most += weight * w.pairs[i][size].most(w.mine[i])
	}
	return most
}

func (w *whole) compare(size uint8, scalars *[5]float32) (pace, shape float64) {
	pace = w.pairs[0][size].ratio(w.mine[0], float64(scalars[0])-w.means[0])
	for i := 1; i < len(scalars); i++ {
		shape += w.pairs[i][size].ratio(w.mine[i], float64(scalars[i])-w.means[i])
	}
	return pace, shape
}
