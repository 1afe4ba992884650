package rhythm

import (
	"fmt"

	"gait"
	"gait/profile"
)

const (
	weekendWeeks = 8  // with an active day that it takes
	weekendDays  = 20 // active days that it takes
	weekendTests = 3  // that are made of one identity
)

// WeekendCadence is whether an identity keeps a weekend.
var WeekendCadence = &Primitive{
	Primitive: profile.Primitive{
		Name:   "cultural.weekend_cadence",
		Title:  "Weekends",
		Kind:   profile.Label,
		Values: []string{"quiet_saturday_sunday", "quiet_friday_saturday", "busy_saturday_sunday", "even"},
		Doc: "Each week, from Monday to Sunday in UTC, has active days, on which a session began. Of them those on Saturday and Sunday are counted, and those on Friday and Saturday. " +
			"Were the place in the week an accident, each week's pattern could have been turned by any number of days; over all weeks that gives each count an exact probability. " +
			"Where a count so low, or one of Saturday and Sunday so high, has a probability of at most 0.001 / 3, the value is that one, of several the least probable; else, where a count of 0 would have been so improbable, even. " +
			"Confidence 0.70, with fewer than 16 weeks 0.50. Silent with fewer than 8 weeks with an active day or fewer than 20 active days.",
		Rules: 1,
		Measures: []profile.MeasureDoc{
			{Name: "weeks", Unit: "count", Doc: "weeks with an active day"},
			{Name: "active_days", Unit: "count", Doc: "active days"},
			{Name: "saturday_sunday", Unit: "share", Doc: "active days on Saturday or Sunday; 0.29 by chance"},
			{Name: "friday_saturday", Unit: "share", Doc: "active days on Friday or Saturday; 0.29 by chance"},
			{Name: "chance", Unit: "share", Doc: "smallest of the three probabilities"},
		},
		Thresholds: []gait.Threshold{
			{Measure: "weeks", Bound: weekendWeeks, Says: "silent below"},
			{Measure: "active_days", Bound: weekendDays, Says: "silent below"},
			{Measure: "chance", Bound: Chance / weekendTests, Says: "at most: not even"},
		},
	},
	Read: readWeekend,
}

func readWeekend(h *History) Answer {
	weeks := h.weeks()
	n := len(h.days)
	if len(weeks) < weekendWeeks || n < weekendDays {
		return silent
	}
	sunday, all := around(weeks, 5, 6)
	friday, others := around(weeks, 4, 5)
	busy := tail(all, sunday, true)
	low, lowFriday := tail(all, sunday, false), tail(others, friday, false)
	chance := min(busy, low, lowFriday)
	a := Answer{Confidence: sure(len(weeks), weekendWeeks), Measures: []float64{
		float64(len(weeks)), float64(n), float64(sunday) / float64(n), float64(friday) / float64(n), chance,
	}}
	switch bound := Chance / weekendTests; {
	case chance > bound && tail(all, 0, false) <= bound && tail(others, 0, false) <= bound:
		a.Value = "even"
	case chance > bound:
		return silent
	case chance == low:
		a.Value = "quiet_saturday_sunday"
	case chance == lowFriday:
		a.Value = "quiet_friday_saturday"
	default:
		a.Value = "busy_saturday_sunday"
	}
	a.Reasons = []string{fmt.Sprintf("of %d active days in %d weeks %d are a Saturday or Sunday and %d a Friday or Saturday", n, len(weeks), sunday, friday)}
	return a
}

// week marks the active days of a week, Monday first.
type week [7]bool

// weeks gives the weeks that have an active day.
func (h *History) weeks() (list []week) {
	last := 0
	for _, d := range h.days {
		monday := d - ((d+3)%7+7)%7 // the first day of 1970 was a Thursday
		if len(list) == 0 || monday != last {
			list, last = append(list, week{}), monday
		}
		list[len(list)-1][d-monday] = true
	}
	return list
}

// around counts the active days on two days of the week, and gives the
// distribution of that count where each week may be turned by any number of
// days.
func around(weeks []week, a, b int) (count int, distribution []float64) {
	var each [][3]float64
	for _, w := range weeks {
		var p [3]float64
		for turn := range 7 {
			n := 0
			for _, d := range [2]int{a, b} {
				if w[(d+turn)%7] {
					n++
				}
			}
			p[n] += 1. / 7
			if turn == 0 {
				count += n
			}
		}
		each = append(each, p)
	}
	return count, sums(each)
}

// tail gives the probability of a count so high, or so low.
func tail(distribution []float64, count int, high bool) (p float64) {
	for i, q := range distribution {
		if high && i >= count || !high && i <= count {
			p += q
		}
	}
	return min(p, 1)
}
