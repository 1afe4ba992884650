package rhythm

import (
	"fmt"
	"math"
	"time"

	"gait"
	"gait/profile"
)

const (
	timingVisits = 10 // that it takes for hours of the day
	timingDays   = 14 // that they must span
	timingNone   = 30 // visits that it takes to say that there are none
	timingHours  = 18 // hours of the day that sessions must have touched for that
)

// SessionTiming is whether an identity keeps hours of the day.
var SessionTiming = &Primitive{
	Primitive: profile.Primitive{
		Name:   "temporal.session_timing",
		Title:  "Hours of the day",
		Kind:   profile.Label,
		Values: []string{"daily_hours", "around_the_clock"},
		Doc: "Sessions less than 6 hours apart are one visit, cut after 24 hours. Each hour of UTC that a visit touches is an arrow on the dial of " +
			"a day; a visit's arrows are added, and then those of all visits. Were each visit's time of day an accident, the squared length of " +
			"the whole divided by the sum of the squared lengths of the visits, x, would exceed any value with probability exp(-x). " +
			"Where that is at most 0.001 the value is daily_hours; else, with at least 30 visits that touched at least 18 hours of the day, around_the_clock. " +
			"Confidence 0.70, with fewer than 20 visits 0.50. Silent with fewer than 10 visits, or where they span fewer than 14 days.",
		Rules: 1,
		Measures: []profile.MeasureDoc{
			{Name: "visits", Unit: "count", Doc: "visits"},
			{Name: "span", Unit: "days", Doc: "from the first active day to the last"},
			{Name: "chance", Unit: "share", Doc: "probability that visits at random times gather so much"},
			{Name: "gathering", Unit: "share", Doc: "length of the whole by the number of hours touched"},
			{Name: "centre", Unit: "hour", Doc: "hour of UTC that they gather around"},
			{Name: "hours", Unit: "count", Doc: "hours of the day that were touched"},
		},
		Thresholds: []gait.Threshold{
			{Measure: "visits", Bound: timingVisits, Says: "silent below"},
			{Measure: "span", Bound: timingDays, Says: "silent below"},
			{Measure: "chance", Bound: Chance, Says: "at most: daily_hours"},
			{Measure: "hours", Bound: timingHours, Says: "at least, with 30 visits: around_the_clock"},
		},
	},
	Read: readTiming,
}

func readTiming(h *History) Answer {
	n := len(h.visits)
	if n < timingVisits || h.span() < timingDays {
		return silent
	}
	var x, y, squares, cells float64
	var touched [24]bool
	for i := range h.visits {
		vx, vy := 0.0, 0.0
		for _, hour := range h.visits[i].hours() {
			of := (hour%24 + 24) % 24 // hours before 1970 are negative
			touched[of] = true
			sin, cos := math.Sincos(2 * math.Pi * (float64(of) + 0.5) / 24)
			vx, vy, cells = vx+cos, vy+sin, cells+1
		}
		x, y, squares = x+vx, y+vy, squares+vx*vx+vy*vy
	}
	chance := 1.0
	if squares > 1e-9 {
		chance = math.Exp(-(x*x + y*y) / squares)
	}
	hours := 0
	for _, t := range touched {
		if t {
			hours++
		}
	}
	centre := math.Mod(math.Atan2(y, x)/(2*math.Pi)*24+24, 24)
	a := Answer{Confidence: sure(n, timingVisits), Measures: []float64{float64(n), float64(h.span()), chance, math.Hypot(x, y) / cells, centre, float64(hours)}}
	switch {
	case chance <= Chance:
		a.Value = "daily_hours"
		a.Reasons = []string{fmt.Sprintf("%d visits gather around %02d:%02d UTC; at random times they would so with probability %.1g", n, int(centre), int(centre*60)%60, chance)}
	case n >= timingNone && hours >= timingHours:
		a.Value = "around_the_clock"
		a.Reasons = []string{fmt.Sprintf("%d visits touch %d hours of the day and gather no more than chance has it (%.2g)", n, hours, chance)}
	default:
		return silent
	}
	return a
}

// hours gives the hours since 1970 that the visit's sessions touch, each once.
func (v *visit) hours() (list []int64) {
	for i := range v.sessions {
		s := &v.sessions[i]
		for t := s.Start.Truncate(time.Hour); !t.After(s.Start.Add(s.Duration)); t = t.Add(time.Hour) {
			if hour := t.Unix() / 3600; len(list) == 0 || hour > list[len(list)-1] {
				list = append(list, hour)
			}
		}
	}
	return list
}
