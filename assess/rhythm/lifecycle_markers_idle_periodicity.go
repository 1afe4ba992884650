package rhythm

import (
	"fmt"
	"time"

	"gait"
	"gait/internal/stats"
	"gait/profile"
)

const (
	idleGaps  = 12          // that it takes
	idleMost  = 1000        // newest gaps that are looked at
	idleShare = 0.60        // of gaps beside the median
	idleApart = time.Minute // sessions that begin closer are one
	// idleChance is the share of gaps within 10 % of their median where sessions
	// come at random: 2^-0.9 - 2^-1.1.
	idleChance = 0.0694
)

// LifecycleMarkersIdlePeriodicity is whether an identity comes back at fixed intervals.
var LifecycleMarkersIdlePeriodicity = &Primitive{
	Primitive: profile.Primitive{
		Name:   "temporal.lifecycle_markers.idle_periodicity",
		Title:  "Fixed intervals",
		Kind:   profile.Label,
		Values: []string{"periodic", "irregular"},
		Doc: "Gaps are the times from the start of one session to that of the next; sessions that begin less than a minute apart are one, and the newest 1,000 gaps count. " +
			"Where at least 0.60 of them lie within 10 % of their median, and sessions at random would do so with a probability of at most 0.001, the value is periodic, " +
			"else irregular. Confidence 0.70, with fewer than 24 gaps 0.50. Silent with fewer than 12 gaps.",
		Rules: 1,
		Measures: []profile.MeasureDoc{
			{Name: "gaps", Unit: "count", Doc: "gaps between sessions"},
			{Name: "near", Unit: "share", Doc: "gaps within 10 % of the median"},
			{Name: "median", Unit: "s", Doc: "median gap"},
			{Name: "chance", Unit: "share", Doc: "probability of so many where sessions come at random"},
		},
		Thresholds: []gait.Threshold{
			{Measure: "gaps", Bound: idleGaps, Says: "silent below"},
			{Measure: "near", Bound: idleShare, Says: "at least: periodic"},
			{Measure: "chance", Bound: Chance, Says: "at most: periodic"},
		},
	},
	Read: readIdle,
}

func readIdle(h *History) Answer {
	var gaps []float64
	last := h.sessions[0].Start
	for _, s := range h.sessions[1:] {
		if d := s.Start.Sub(last); d >= idleApart {
			gaps, last = append(gaps, d.Seconds()), s.Start
		}
	}
	gaps = gaps[max(0, len(gaps)-idleMost):]
	if len(gaps) < idleGaps {
		return silent
	}
	near, median := beside(gaps)
	share, chance := float64(near)/float64(len(gaps)), binomial(len(gaps), near, idleChance)
	a := Answer{Value: "irregular", Confidence: sure(len(gaps), idleGaps), Measures: []float64{float64(len(gaps)), share, median, chance}}
	if share >= idleShare && chance <= Chance {
		a.Value = "periodic"
	}
	a.Reasons = []string{fmt.Sprintf("%d of %d gaps lie within 10 %% of %s", near, len(gaps), span(median))}
	return a
}

// beside counts the numbers within 10 % of their median.
func beside(x []float64) (near int, median float64) {
	median = stats.Median(append([]float64(nil), x...))
	for _, v := range x {
		if v >= 0.9*median && v <= 1.1*median {
			near++
		}
	}
	return near, median
}

// span writes seconds in words.
func span(s float64) string {
	return time.Duration(s * float64(time.Second)).Round(time.Second).String()
}
