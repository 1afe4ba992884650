package typist

import (
	"math"

	"gait/assess/population"
)

// A sum packs three sums over digraphs, or over classes, into one number, so
// that a comparison adds one number for each. The upper 28 bits are the log
// likelihood ratio in steps of 1 / ratioUnit nats, the next 22 a weighted
// measure of distance or agreement in steps of 1 / measureUnit, the lowest 14
// the weights. No sum of [MaxGaps] gaps leaves its field. Sums of whole numbers
// do not depend on their order, so that all ways to compare agree to the bit.
type sum uint64

const (
	ratioUnit    = 1024
	measureUnit  = 128
	ratioShift   = 36
	measureShift = 14
	mostDistance = 6 // standard deviations
)

func (s sum) ratio() float64 { return float64(int64(s)>>ratioShift) / ratioUnit }

// measure is the weighted mean of the second field; 0 where nothing was shared.
func (s sum) measure() float64 {
	weight := s & (1<<measureShift - 1)
	if weight == 0 {
		return 0
	}
	return float64(s>>measureShift&(1<<(ratioShift-measureShift)-1)) / measureUnit / float64(weight)
}

// pairing is how two noisy views of one measure relate: its variance between
// persons, and the whole variance of both views.
type pairing struct {
	a, b  float64 // one over the variances of the views
	cross float64
	scale float64
	bias  float64
}

// pair gives the relation of two sessions in which a measure was taken from a
// and b gaps; per is the number of gaps that the variance within is of.
func pair(f population.Figures, a, b, per float64) pairing {
	noise := acrossTasks * f.Between
	va, vb := f.Between+noise+f.Within*per/a, f.Between+noise+f.Within*per/b
	r := f.Between * f.Between / (va * vb)
	return pairing{1 / va, 1 / vb, 2 * f.Between / (va * vb), 1 / (2 * (1 - r)), -math.Log(1-r) / 2}
}

// ratio is the log likelihood ratio of "two views of one value" against "two
// values", of two distances from the mean. It is the same with both exchanged,
// to the bit.
func (p *pairing) ratio(x, y float64) float64 {
	return p.of(float64(x*x*p.a)+float64(y*y*p.b), float64(x*y))
}

// of is ratio by the sum of the weighted squares of both distances and by their
// product.
func (p *pairing) of(squares, product float64) float64 {
	return p.bias - p.scale*(squares-product*p.cross) + squares/2
}

// most is the largest ratio that one distance can have with any other: the
// ratio is a parabola in the other one.
func (p *pairing) most(x float64) float64 {
	return p.ratio(x, p.scale*p.cross*x/((2*p.scale-1)*p.b))
}

func fixedRatio(x float64) sum { return sum(int64(math.Floor(x*ratioUnit+0.5))) << ratioShift }

// deviations is the distance of two digraphs' means in standard deviations.
func deviations(f population.Figures, d float64) float64 {
	return min(math.Abs(d)/math.Sqrt(f.Within+f.Between), mostDistance)
}

// distance packs a distance with the weight of the rarer of two digraphs.
func distance(deviations float64, na, nb uint32) sum {
	weight := min(digraphCounts[na], digraphCounts[nb])
	return sum(int64(deviations*weight*measureUnit+0.5))<<measureShift | sum(weight)
}

// quantiles are four points that stand for a normal distribution.
var quantiles = [4]float64{-1.15, -0.32, 0.32, 1.15}

// tails is twice the area beyond z of the normal distribution, in 1 / tailUnit,
// by z in steps of 1 / tailSteps.
const (
	tailUnit  = 1024
	tailSteps = 64
)

var tails = func() (t [8 * tailSteps]uint32) {
	for i := range t {
		t[i] = uint32(tailUnit*math.Erfc((float64(i)+0.5)/tailSteps/math.Sqrt2) + 0.5)
	}
	return t
}()

// agreement says how well the gaps of two classes lie in each other's
// distribution, in 1 / measureUnit: d apart, with spreads of the codes a and b.
func agreement(d float64, a, b uint32) sum {
	total := uint32(0)
	sa, sb := spreads[a], spreads[b]
	for _, q := range quantiles {
		total += tail((d+float64(q*sb))/sa) + tail((d+float64(q*sa))/sb)
	}
	return sum(total * measureUnit / (2 * uint32(len(quantiles)) * tailUnit))
}

func tail(z float64) uint32 {
	if i := int(math.Abs(z) * tailSteps); i < len(tails) {
		return tails[i]
	}
	return 0
}

// digraphSum compares one digraph of two sessions.
func (m *Model) digraphSum(number int, a, b uint32) sum {
	f := m.digraphs[number]
	na, nb := a>>countShift&15, b>>countShift&15
	p := pair(f, digraphCounts[na], digraphCounts[nb], 1)
	return fixedRatio(p.ratio(meanOf(a), meanOf(b))) + distance(deviations(f, meanOf(a>>rawShift)-meanOf(b>>rawShift)), na, nb)
}

// classSum compares one class of two sessions.
func (m *Model) classSum(number int, a, b uint32) sum {
	na, nb := a>>countShift&15, b>>countShift&15
	p := pair(m.classes[number], classCounts[na], classCounts[nb], 1)
	weight := sum(min(classCounts[na], classCounts[nb]))
	return fixedRatio(p.ratio(meanOf(a), meanOf(b))) +
		weight*(agreement(meanOf(a>>rawShift)-meanOf(b>>rawShift), a>>spreadShift, b>>spreadShift)<<measureShift|1)
}

// shared walks over what two sessions have in common.
func shared(a, b []mark, f func(number int, a, b uint32) sum) (total sum) {
	for len(a) > 0 && len(b) > 0 {
		switch {
		case a[0].number < b[0].number:
			a = a[1:]
		case a[0].number > b[0].number:
			b = b[1:]
		default:
			total += f(a[0].number, a[0].code, b[0].code)
			a, b = a[1:], b[1:]
		}
	}
	return total
}

// largestStep is the largest distance of two distributions, in 1 / 255.
func largestStep(a, b *[ksPoints]uint8) (most int) {
	for i, x := range a {
		most = max(most, int(x)-int(b[i]), int(b[i])-int(x))
	}
	return most
}
