package rhythm

import (
	"fmt"
	"slices"
	"time"

	"gait"
	"gait/profile"
)

const (
	holidaySpan     = 365 // days that sessions must span
	holidayDays     = 100 // active days that it takes
	holidayCompared = 6   // weeks on each side whose same days of the week are compared with
	holidayLeast    = 6   // such days that it takes
	holidayActive   = 0.5 // share of them that must be active, or a quiet one says nothing
	holidayApart    = 10  // days between holidays of one group, at most
	holidayGroups   = 3   // quiet groups that it takes
)

// HolidayGaps is whose holidays an identity keeps.
var HolidayGaps = &Primitive{
	Primitive: profile.Primitive{
		Name:   "cultural.holiday_gaps",
		Title:  "Holidays",
		Kind:   profile.Label,
		Values: append(calendarNames(), "none"),
		Doc: "For each calendar of holidays, each holiday within the span is compared with the same days of the week up to 6 weeks before and after it that are no holidays of that calendar: with k of n of them active, " +
			"it would be active with probability (k + 1) / (n + 2). It counts where n is at least 6 and that is at least 0.5. Holidays up to 10 days apart are one group, since one absence may cover them; a group is quiet where none of its days that count is active, " +
			"by chance with the largest of its days' probabilities of being quiet. The calendar with the least probable number of quiet groups counts where that, times the number of calendars, is at most 0.001 and at least 3 groups are quiet; " +
			"where for every calendar all groups quiet would have been so improbable, and none is, the value is none. Confidence 0.60. Silent where sessions span less than 365 days, with fewer than 100 active days, and where neither can be said.",
		Rules: 1,
		Measures: []profile.MeasureDoc{
			{Name: "span", Unit: "days", Doc: "from the first active day to the last"},
			{Name: "active_days", Unit: "count", Doc: "active days"},
			{Name: "groups", Unit: "count", Doc: "groups of holidays of the calendar that count"},
			{Name: "quiet", Unit: "count", Doc: "quiet ones"},
			{Name: "chance", Unit: "share", Doc: "probability of so many, times the number of calendars"},
		},
		Thresholds: []gait.Threshold{
			{Measure: "span", Bound: holidaySpan, Says: "silent below"},
			{Measure: "active_days", Bound: holidayDays, Says: "silent below"},
			{Measure: "quiet", Bound: holidayGroups, Says: "at least: the calendar's"},
			{Measure: "chance", Bound: Chance, Says: "at most: the calendar's"},
		},
	},
	Read: readHolidays,
}

func calendarNames() (names []string) {
	for _, c := range calendars {
		names = append(names, c.name)
	}
	return names
}

func readHolidays(h *History) Answer {
	if h.span() < holidaySpan || len(h.days) < holidayDays {
		return silent
	}
	best, could := Answer{}, true
	least := 2.0
	for _, c := range calendars {
		quiet, chances := h.kept(c)
		chance := min(1, float64(len(calendars))*atLeast(chances, quiet))
		if chance < least {
			least = chance
			best = Answer{Value: c.name, Confidence: 0.60, Measures: []float64{float64(h.span()), float64(len(h.days)), float64(len(chances)), float64(quiet), chance}}
			best.Reasons = []string{fmt.Sprintf("%d of %d groups of %s holidays are quiet; by chance that has probability %.1g", quiet, len(chances), c.name, chance)}
		}
		could = could && len(chances) >= holidayGroups && float64(len(calendars))*atLeast(chances, len(chances)) <= Chance
	}
	switch {
	case least <= Chance && best.Measures[3] >= holidayGroups:
		return best
	case least > Chance && could:
		best.Value = "none"
		return best
	}
	return silent
}

// kept counts the quiet groups of a calendar's holidays, and gives the chance
// of each group to be quiet.
func (h *History) kept(c calendar) (quiet int, chances []float64) {
	holidays := h.holidays(c)
	last, still := 0, false
	for _, d := range holidays {
		p, counts := h.usual(d, holidays)
		if !counts {
			continue
		}
		active := h.active(d)
		if len(chances) == 0 || d-last > holidayApart {
			chances, still = append(chances, 1-p), !active
			if still {
				quiet++
			}
		} else {
			chances[len(chances)-1] = max(chances[len(chances)-1], 1-p)
			if still && active {
				quiet, still = quiet-1, false
			}
		}
		last = d
	}
	return quiet, chances
}

// holidays gives the days of a calendar between the first active day and the
// last, sorted.
func (h *History) holidays(c calendar) (list []int) {
	first, last := h.days[0], h.days[len(h.days)-1]
	for year := yearOf(first); year <= yearOf(last); year++ {
		for _, t := range c.days(year) {
			if d := dayOf(t); d >= first && d <= last {
				list = append(list, d)
			}
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// usual gives the probability that a day would be active, by the same days of
// the week around it, and whether it can be told and is likely.
func (h *History) usual(d int, holidays []int) (p float64, counts bool) {
	n, k := 0, 0
	for w := -holidayCompared; w <= holidayCompared; w++ {
		x := d + 7*w
		if w == 0 || x < h.days[0] || x > h.days[len(h.days)-1] {
			continue
		}
		if _, off := slices.BinarySearch(holidays, x); off {
			continue
		}
		n++
		if h.active(x) {
			k++
		}
	}
	p = float64(k+1) / float64(n+2)
	return p, n >= holidayLeast && p >= holidayActive
}

// active says whether a session began on a day.
func (h *History) active(d int) bool {
	_, found := slices.BinarySearch(h.days, d)
	return found
}

func yearOf(d int) int { return time.Unix(int64(d)*86400, 0).UTC().Year() }
