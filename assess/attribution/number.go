package attribution

import (
	"fmt"
	"math"
	"strconv"

	"gait/internal/stats"
)

// number applies the rules of numbers to three observations or more: where the
// population's coefficient of variation of L is above 1.0 the state is
// conflicted; else, with at least 3 in P, where the mean of L is 30 % or more
// of P's mean away from it, drifting; else stable. A mean of 0, which nothing
// can be compared with, is unknown. The confidence is the share of L that lies
// within 30 % of L's mean. The shown value is an exponentially weighted average
// with 0.3 for the newest and decides nothing.
func (s *State) number(points []Point) {
	last, before := s.lastAndBefore(points, func(p *Point) string { return short(p.Number) })
	n := len(points)
	s.Value = short(average(points))
	s.measure("observations", float64(n), Least)
	if n < Least {
		s.Reasons = append(s.Reasons, fmt.Sprintf("only %s; %d are needed", observations(n), Least))
		return
	}
	l, p := scaled(last, before)
	mean, was := stats.Mean(l), stats.Mean(p)
	if mean == 0 {
		s.Reasons = append(s.Reasons, "the mean of the last ones is 0, and nothing is a share of 0")
		return
	}
	cv := math.Abs(stats.PCV(l))
	s.measure("last_cv", cv, Scatter)
	s.Confidence = agreeing(l, mean)
	if cv > Scatter {
		s.Name = Conflicted
		s.Reasons = append(s.Reasons, fmt.Sprintf("the last %s scatter by %.2f of their mean", observations(len(l)), cv))
		return
	}
	s.Reasons = append(s.Reasons, fmt.Sprintf("the last %s scatter by %.2f of their mean, not by more than %.1f", observations(len(l)), cv, Scatter))
	s.moved(mean, was, len(p))
}

// moved compares the mean of L with that of so many before it.
func (s *State) moved(mean, was float64, n int) {
	if n < Least {
		s.Name = Stable
		s.Reasons = append(s.Reasons, fmt.Sprintf("only %s before them, too few to differ from", observations(n)))
		return
	}
	if was == 0 {
		s.Confidence = 0
		s.Reasons = append(s.Reasons, "the mean of those before is 0, and nothing is a share of 0")
		return
	}
	shift := math.Abs(mean-was) / math.Abs(was)
	s.measure("shift", shift, Shift)
	s.Name = Stable
	if shift >= Shift {
		s.Name = Drifting
	}
	s.Reasons = append(s.Reasons, fmt.Sprintf("their mean is %.2f of the earlier mean away from it; %.2f is drifting", shift, Shift))
}

// scaled gives the numbers of L and P divided by one power of two, the least
// above them all, so that no sum runs over and no digit is lost.
func scaled(last, before []Point) (l, p []float64) {
	most := 0.0
	for _, points := range [][]Point{last, before} {
		for i := range points {
			most = max(most, math.Abs(points[i].Number))
		}
	}
	_, exp := math.Frexp(most)
	share := func(points []Point) (x []float64) {
		for i := range points {
			x = append(x, math.Ldexp(points[i].Number, -exp))
		}
		return x
	}
	return share(last), share(before)
}

// agreeing is the share of numbers that lie within 30 % of their mean.
func agreeing(x []float64, mean float64) float64 {
	n := 0
	for _, v := range x {
		if math.Abs(v-mean) <= Shift*math.Abs(mean) {
			n++
		}
	}
	return float64(n) / float64(len(x))
}

// average weighs each number with 0.3 against all before it.
func average(points []Point) float64 {
	a := points[0].Number
	for i := 1; i < len(points); i++ {
		a = Weight*points[i].Number + (1-Weight)*a
	}
	return a
}

// short writes a number with four digits that count.
func short(v float64) string { return strconv.FormatFloat(v, 'g', 4, 64) }
