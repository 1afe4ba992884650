package evaluate

import (
	"bytes"
	"math"
	"strconv"
	"time"

	"gait"
	"gait/internal/stats"
)

// rule is a trivial way to tell sessions apart: a look at one thing. What it
// sees has no meaning by itself; the best meaning is given to it afterwards.
type rule struct {
	name  string
	title string
	see   func(s *gait.Session) string
}

// rules are what any figure is compared with. They see what the operator's
// features must not see, such as the type of the file.
var rules = []rule{
	{"file_type", "type of the file", func(s *gait.Session) string { return s.Format }},
	{"busybox", `"busybox" in the input`, func(s *gait.Session) string {
		return strconv.FormatBool(bytes.Contains(bytes.ToLower(s.Block(gait.Input)), []byte("busybox")))
	}},
	{"duration", "lasts over 20 s", func(s *gait.Session) string { return strconv.FormatBool(s.Active() > 20*time.Second) }},
	{"bands", "variation of gaps from 0.7 to 1.5", func(s *gait.Session) string {
		cv := gapVariation(s)
		return strconv.FormatBool(cv >= 0.7 && cv <= 1.5)
	}},
	{"variation", "variation of gaps over 1", func(s *gait.Session) string { return strconv.FormatBool(gapVariation(s) > 1) }},
}

// gapVariation is the coefficient of variation of the gaps between a session's
// inputs, NaN where there are fewer than two inputs or no time passes.
func gapVariation(s *gait.Session) float64 {
	var gaps []float64
	before, any := time.Duration(0), false
	for i := range s.Len() {
		at, _, kind := s.Span(i)
		if kind != gait.Input {
			continue
		}
		if any {
			gaps = append(gaps, gait.Seconds(at-before))
		}
		before, any = at, true
	}
	if len(gaps) == 0 {
		return math.NaN()
	}
	return stats.PCV(gaps)
}

// mostSights bounds how many different things a rule may see before it is
// given the commonest meanings instead of the best.
const mostSights = 6

// hindsight gives the best macro-F1 that a rule can reach on samples when what
// it sees may mean any class: the meanings are chosen with the answers at
// hand, so that nothing that has to predict may fall behind it.
func hindsight(list []verdict, seen []string, classes int) float64 {
	number := map[string]int{}
	for _, v := range seen {
		if _, ok := number[v]; !ok {
			number[v] = len(number)
		}
	}
	judged := append([]verdict(nil), list...)
	meaning := make([]int, len(number))
	try := func() float64 {
		for i := range judged {
			judged[i].taken = meaning[number[seen[i]]]
		}
		return score(judged, classes).macroF1
	}
	if len(number) > mostSights {
		commonest(list, seen, number, meaning)
		return try()
	}
	best := math.NaN()
	for {
		if f := try(); math.IsNaN(best) || f > best {
			best = f
		}
		i := 0
		for ; i < len(meaning); i++ {
			if meaning[i]++; meaning[i] < classes {
				break
			}
			meaning[i] = 0
		}
		if i == len(meaning) {
			return best
		}
	}
}

// commonest gives each sight the class that has most of its weight.
func commonest(list []verdict, seen []string, number map[string]int, meaning []int) {
	weight := map[[2]int]float64{}
	for i, v := range list {
		n := number[seen[i]]
		weight[[2]int{n, v.truth}] += v.weight
		if weight[[2]int{n, v.truth}] > weight[[2]int{n, meaning[n]}] {
			meaning[n] = v.truth
		}
	}
}
