package rhythm

import (
	"fmt"
	"time"

	"gait"
	"gait/profile"
)

const (
	pauseLeast     = time.Minute
	pauseMost      = 15 * time.Minute
	pauseIntervals = 20   // that it takes
	pauseVisits    = 5    // that they must come from
	pauseShare     = 0.50 // of intervals beside the median
	// pauseChance is taken for the share of intervals within 10 % of their median
	// by chance; it is higher than that of sessions at random, since pauses and
	// the work between them are bounded in length.
	pauseChance = 0.25
)

// PeriodicMicroPauses is whether short breaks come at fixed intervals.
var PeriodicMicroPauses = &Primitive{
	Primitive: profile.Primitive{
		Name:   "cultural.periodic_micro_pauses",
		Title:  "Short breaks",
		Kind:   profile.Label,
		Values: []string{"periodic", "irregular"},
		Doc: "Short breaks are times of 1 to 15 minutes without a session inside a visit, and pauses of that length inside sessions where they are known. An interval runs " +
			"from the start of a break to that of the next one in the same visit. Where at least 0.50 of the intervals lie within 10 % of their median, and a quarter of them each by chance " +
			"would do so with a probability of at most 0.001, the value is periodic, else irregular. Confidence 0.70, with fewer than 40 intervals 0.50. " +
			"Silent with fewer than 20 intervals, or from fewer than 5 visits.",
		Rules: 1,
		Measures: []profile.MeasureDoc{
			{Name: "intervals", Unit: "count", Doc: "intervals between breaks"},
			{Name: "visits", Unit: "count", Doc: "visits that they come from"},
			{Name: "near", Unit: "share", Doc: "intervals within 10 % of the median"},
			{Name: "median", Unit: "s", Doc: "median interval"},
			{Name: "chance", Unit: "share", Doc: "probability of so many by chance"},
		},
		Thresholds: []gait.Threshold{
			{Measure: "intervals", Bound: pauseIntervals, Says: "silent below"},
			{Measure: "visits", Bound: pauseVisits, Says: "silent below"},
			{Measure: "near", Bound: pauseShare, Says: "at least: periodic"},
			{Measure: "chance", Bound: Chance, Says: "at most: periodic"},
		},
	},
	Read: readPauses,
}

func readPauses(h *History) Answer {
	var intervals []float64
	visits := 0
	for i := range h.visits {
		breaks := h.visits[i].breaks()
		for j := 1; j < len(breaks); j++ {
			intervals = append(intervals, breaks[j].Sub(breaks[j-1]).Seconds())
		}
		if len(breaks) > 1 {
			visits++
		}
	}
	n := len(intervals)
	if n < pauseIntervals || visits < pauseVisits {
		return silent
	}
	near, median := beside(intervals)
	share, chance := float64(near)/float64(n), binomial(n, near, pauseChance)
	a := Answer{Value: "irregular", Confidence: sure(n, pauseIntervals), Measures: []float64{float64(n), float64(visits), share, median, chance}}
	if share >= pauseShare && chance <= Chance {
		a.Value = "periodic"
	}
	a.Reasons = []string{fmt.Sprintf("%d of %d intervals between short breaks lie within 10 %% of %s", near, n, span(median))}
	return a
}

// breaks gives the starts of the visit's short breaks in their order.
func (v *visit) breaks() (list []time.Time) {
	add := func(at time.Time, length time.Duration) {
		if length >= pauseLeast && length <= pauseMost && (len(list) == 0 || at.After(list[len(list)-1])) {
			list = append(list, at)
		}
	}
	end := v.start
	for i := range v.sessions {
		s := &v.sessions[i]
		if i > 0 {
			add(end, s.Start.Sub(end))
		}
		for _, p := range s.Pauses[:min(len(s.Pauses), maxPauses)] {
			if p.After >= 0 && p.After <= s.Duration {
				add(s.Start.Add(p.After), p.Length)
			}
		}
		if e := s.Start.Add(s.Duration); e.After(end) {
			end = e
		}
	}
	return list
}
