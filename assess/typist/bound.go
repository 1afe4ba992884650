package typist

import (
	"math"
	"slices"
)

// The scores, in log odds, that bounds are kept at.
const (
	boundLeast = -6.0
	boundStep  = 0.5
	boundCount = 33
)

// boundRound is what bounds are rounded up to.
const boundRound = 1e-4

// resamples are how often persons are drawn anew for a bound.
const resamples = 400

// upper is the share of resamples below the bound.
const upper = 0.95

// bounds gives upper bounds of how often two persons score at least as high,
// by score: persons are drawn anew with replacement, and 95 % of the draws lie
// below. None is less than 3 / (pairs of persons), which is as low as so many
// pairs can show.
func (s *lengthSample) bounds(f *Fusion) []float64 {
	rates := map[[2]int]*[boundCount]float64{}
	count := map[[2]int]float64{}
	persons := map[int]int{}
	for i := range s.list {
		c := &s.list[i]
		if c.A == c.B {
			continue
		}
		g := [2]int{min(c.A, c.B), max(c.A, c.B)}
		if rates[g] == nil {
			rates[g] = new([boundCount]float64)
		}
		for _, p := range g {
			if _, ok := persons[p]; !ok {
				persons[p] = len(persons)
			}
		}
		count[g]++
		score := f.Bias + dot(&f.Weights, &c.Parts)
		for b := range boundCount {
			if score >= boundLeast+float64(b)*boundStep {
				rates[g][b]++
			}
		}
	}
	groups := make([]pairRate, 0, len(rates))
	for g, r := range rates {
		for b := range r {
			r[b] /= count[g]
		}
		groups = append(groups, pairRate{persons[g[0]], persons[g[1]], r})
	}
	slices.SortFunc(groups, func(a, b pairRate) int { return (a.a-b.a)*len(persons) + a.b - b.b })
	return upperBounds(groups, len(persons))
}

// pairRate is how often two persons score at least as high as each step.
type pairRate struct {
	a, b  int
	rates *[boundCount]float64
}

func upperBounds(groups []pairRate, persons int) []float64 {
	draws := make([][]float64, boundCount)
	state := uint64(1)
	drawn := make([]float64, persons)
	for range resamples {
		clear(drawn)
		for range persons {
			state = state*6364136223846793005 + 1442695040888963407
			drawn[(state>>33)%uint64(persons)]++
		}
		total := 0.0
		var sums [boundCount]float64
		for _, g := range groups {
			w := drawn[g.a] * drawn[g.b]
			total += w
			for b, r := range g.rates {
				sums[b] += w * r
			}
		}
		for b := range draws {
			if total > 0 {
				draws[b] = append(draws[b], sums[b]/total)
			}
		}
	}
	floor := leastRate(persons)
	bounds := make([]float64, boundCount)
	for b, d := range draws {
		slices.Sort(d)
		bounds[b] = floor
		if len(d) > 0 {
			bounds[b] = max(floor, math.Ceil(d[int(upper*float64(len(d)-1))]/boundRound)*boundRound)
		}
	}
	return bounds
}

// leastRate is the smallest rate that so many persons can show: three in all
// their pairs. It is 1 where there is no pair.
func leastRate(persons int) float64 {
	if pairs := persons * (persons - 1) / 2; pairs > 3 {
		return 3 / float64(pairs)
	}
	return 1
}

// LeastRate is the smallest false-accept rate that the model's calibration can
// show. No bound is as low or lower.
func (m *Model) LeastRate() float64 { return leastRate(m.Persons) }

// Bound gives the upper 95 % bound of the false-accept rate at a score: how
// often two persons score as high or higher. It is not measured where it would
// lie at [Model.LeastRate] or below. Between the lengths that were measured the
// shorter one's holds.
func (m *Model) Bound(s Score) (rate float64, measured bool) {
	i, _ := m.between(float64(s.Gaps))
	bounds := m.fusion[i].Bounds
	at := int(math.Floor((s.LogOdds - boundLeast) / boundStep))
	if at < 0 || len(bounds) == 0 {
		return 1, true
	}
	rate = bounds[min(at, len(bounds)-1)]
	return rate, rate > m.LeastRate()+boundRound
}
