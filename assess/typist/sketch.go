package typist

import (
	"math"
	"slices"
)

// A sketch is a vector made ready for comparison under one model. All that is
// compared stands in few bits, so that the comparison with a hundred thousand
// is a walk through tables; a pair compared alone uses the same numbers.
type sketch struct {
	size     uint8 // level of the number of gaps
	offset   float32
	scalars  [4]float32
	digraphs []mark
	classes  []mark
	steps    [ksPoints]uint8
}

// mark is what is known of one digraph, or of one class, in a session.
//
// The code holds, from the lowest bit: 8 bits of the mean distance from the
// table's mean without the session's pace, 4 bits of how often it occurred, 8
// bits of the mean distance as it was, and for classes 4 bits of the spread.
type mark struct {
	number int
	code   uint32
}

const (
	meanStep    = 0.02 // of the mean distances, in units of the log gap
	meanCenter  = 128
	countShift  = 8
	rawShift    = 12
	spreadShift = 20
)

// counts are what the 4 bits of an occurrence mean: at least so many.
var digraphCounts = [16]float64{0, 1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 16, 20, 28, 40, 64}
var classCounts = [16]float64{0, 1, 2, 3, 5, 7, 10, 15, 20, 30, 45, 65, 100, 150, 250, 400}

// spreads are what the 4 bits of a spread mean: each 18 % more than the last.
var spreads = func() (s [16]float64) {
	for i := range s {
		s[i] = 0.1 * math.Pow(1.18, float64(i))
	}
	return s
}()

// spreadWeight is the number of gaps that the table's spread of a class counts
// as beside those of the session.
const spreadWeight = 6

// sizeLevels are the sizes of sessions that are told apart, each a tenth more
// than the last, from MinKeys / 2 on.
const sizeLevels = 40

var sizes = func() (n [sizeLevels]int) {
	for i := range n {
		n[i] = int(math.Round(MinKeys / 2 * math.Pow(1.1, float64(i))))
	}
	return n
}()

func sizeOf(level int) int { return sizes[level] }

func sizeLevel(gaps int) uint8 {
	n := sizeLevels - 1
	for n > 0 && sizeOf(n) > gaps {
		n--
	}
	return uint8(n)
}

// ksPoints are the places at which distributions of all gaps are compared.
const ksPoints = 31

func countCode(counts *[16]float64, n int) uint32 {
	c := uint32(15)
	for counts[c] > float64(n) {
		c--
	}
	return c
}

func meanCode(x float64) uint32 {
	return uint32(min(max(math.Round(x/meanStep)+meanCenter, 0), 255))
}

func meanOf(code uint32) float64 { return (float64(code&255) - meanCenter) * meanStep }

// sketch makes a vector ready.
func (m *Model) sketch(v *Vector) *sketch {
	s := &sketch{size: sizeLevel(len(v.gaps))}
	total := 0.0
	var byClass = make([]moments, len(m.classes))
	all := make([]byte, 0, len(v.gaps))
	var cells []moments
	v.each(func(number int, gaps []byte) {
		class, mean := m.figures(number)
		var x moments
		for _, g := range gaps {
			r := logOf(g) - mean
			x.add(r)
			byClass[class].add(r)
		}
		cells = append(cells, x)
		total += x.sum
		all = append(all, gaps...)
	})
	offset := total / float64(max(len(v.gaps), 1))
	s.offset = float32(offset)
	for i, c := range v.cells {
		if c.number < len(m.digraphs) {
			s.digraphs = append(s.digraphs, mark{c.number, cells[i].code(offset, &digraphCounts)})
		}
	}
	for i, x := range byClass {
		if x.n > 0 {
			sd := math.Sqrt((x.squares() + spreadWeight*m.classes[i].Within) / (x.n + spreadWeight))
			s.classes = append(s.classes, mark{i, x.code(offset, &classCounts) | spreadCode(sd)<<spreadShift})
		}
	}
	slices.Sort(all)
	s.whole(v, all)
	return s
}

// figures gives the class of a cell and the table's mean for it.
func (m *Model) figures(number int) (class int, mean float64) {
	if number < len(m.digraphs) {
		return classes().of[number], m.digraphs[number].Mean
	}
	class = number - len(m.digraphs)
	return class, m.classes[class].Mean
}

// whole takes the measures of all gaps, which are sorted.
func (s *sketch) whole(v *Vector, all []byte) {
	if len(all) == 0 {
		return
	}
	var x moments
	for _, g := range all {
		x.add(logOf(g))
	}
	at := func(q float64) float64 {
		h := q * float64(len(all)-1)
		i := int(h)
		return logOf(all[i]) + (h-float64(i))*(logOf(all[min(i+1, len(all)-1)])-logOf(all[i]))
	}
	for i, x := range [4]float64{
		math.Sqrt(x.squares() / x.n),
		math.Sqrt(float64(v.backspaces) / float64(max(v.keys, 1))),
		at(0.9) - at(0.5), at(0.5) - at(0.1),
	} {
		s.scalars[i] = float32(x)
	}
	i := 0
	for p := range s.steps {
		for i < len(all) && int(all[i])*(ksPoints+1) < gapTop*(p+1) {
			i++
		}
		s.steps[p] = uint8(math.Round(255 * float64(i) / float64(len(all))))
	}
}

// logOf gives the log gap of a stored one.
func logOf(g byte) float64 { return shortestLog + float64(g)/gapSteps }

func spreadCode(sd float64) uint32 {
	n := uint32(0)
	for n < 15 && math.Abs(spreads[n+1]-sd) < math.Abs(spreads[n]-sd) {
		n++
	}
	return n
}

// moments are the sums over some numbers.
type moments struct{ n, sum, square float64 }

func (m *moments) add(x float64) { m.n, m.sum, m.square = m.n+1, m.sum+x, m.square+x*x }

// squares is the sum of squared distances from the mean.
func (m *moments) squares() float64 { return max(m.square-m.sum*m.sum/m.n, 0) }

// code packs the mean and the count.
func (m *moments) code(offset float64, counts *[16]float64) uint32 {
	mean := m.sum / m.n
	return meanCode(mean-offset) | countCode(counts, int(m.n))<<countShift | meanCode(mean)<<rawShift
}
