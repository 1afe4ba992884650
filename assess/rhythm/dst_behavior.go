package rhythm

import (
	"fmt"
	"math"
	"time"

	"gait"
	"gait/profile"
)

const (
	dstVisits = 10   // on each side of the changes of clocks
	dstDays   = 56   // on each side that are looked at
	dstError  = 0.19 // hours of standard error above which an hour cannot be seen
	dstSigmas = 3.3  // standard errors that what is denied must lie away: once in a thousand
	dstNear   = 0.15 // hours beside what is claimed that are always near enough
)

// DstBehavior is whether an identity's hours move with the clocks.
var DstBehavior = &Primitive{
	Primitive: profile.Primitive{
		Name:   "cultural.dst_behavior",
		Title:  "Change of clocks",
		Kind:   profile.Label,
		Values: []string{"northern", "southern", "none"},
		Doc: "Clocks change in Europe on the last Sundays of March and October, in North America on the second of March and the first of November, in Australia on the first of April and October. " +
			"So the eight weeks before the second Sunday of March are compared with those after the first of April, and the eight before the first Sunday of October with those after the first of November. " +
			"The middle of each visit is a time of day in UTC; the shift is the mean after minus the mean before, with its standard error e. Where clocks go forward, people come an hour earlier by UTC: " +
			"in spring an hour earlier is northern, an hour later southern, and in autumn the other way round. A shift is an hour where it lies within max(0.15 h, 2e) of it and at least 3.3e from none, " +
			"and none where it lies so near to none and at least 3.3e from an hour each way; the newest change that can be told counts. Confidence 0.60. " +
			"Silent without 10 visits on each side of a change, with e above 0.19 h, and with a shift that is neither.",
		Rules: 1,
		Measures: []profile.MeasureDoc{
			{Name: "before", Unit: "count", Doc: "visits in the eight weeks before"},
			{Name: "after", Unit: "count", Doc: "visits in the eight weeks after"},
			{Name: "shift", Unit: "hours", Doc: "mean time of day after minus that before"},
			{Name: "error", Unit: "hours", Doc: "standard error of the shift"},
		},
		Thresholds: []gait.Threshold{
			{Measure: "before", Bound: dstVisits, Says: "silent below"},
			{Measure: "after", Bound: dstVisits, Says: "silent below"},
			{Measure: "error", Bound: dstError, Says: "silent above"},
		},
	},
	Read: readDST,
}

// change is a time of the year in which clocks change somewhere: the days
// before the first change and after the last.
type change struct {
	before, after time.Time
	northern      float64 // hours that northern people come later by UTC
}

// changes lists those of a year, the newest first.
func changes(year int) [2]change {
	return [2]change{
		{sunday(year, time.October, 1), sunday(year, time.November, 1).AddDate(0, 0, 1), 1},
		{sunday(year, time.March, 2), sunday(year, time.April, 1).AddDate(0, 0, 1), -1},
	}
}

// sunday gives the n-th Sunday of a month.
func sunday(year int, m time.Month, n int) time.Time { return nth(year, m, time.Sunday, n) }

// nth gives the n-th day of a week in a month.
func nth(year int, m time.Month, d time.Weekday, n int) time.Time {
	first := time.Date(year, m, 1, 0, 0, 0, 0, time.UTC)
	return first.AddDate(0, 0, (int(d)-int(first.Weekday())+7)%7+7*(n-1))
}

func readDST(h *History) Answer {
	first, last := h.sessions[0].Start.Year(), h.sessions[len(h.sessions)-1].Start.Year()
	for year := last; year >= first; year-- {
		for _, c := range changes(year) {
			if a := h.shifted(c); a.Value != "" {
				return a
			}
		}
	}
	return silent
}

// shifted says what a change of clocks did to the times of the visits.
func (h *History) shifted(c change) Answer {
	var before, after []float64
	var seen []Session
	for i := range h.visits {
		v := &h.visits[i]
		at := v.start.Add(v.end.Sub(v.start) / 2)
		switch {
		case !at.Before(c.before.AddDate(0, 0, -dstDays)) && at.Before(c.before):
			before = append(before, clock(at))
		case !at.Before(c.after) && at.Before(c.after.AddDate(0, 0, dstDays)):
			after = append(after, clock(at))
		default:
			continue
		}
		seen = append(seen, v.sessions[0])
	}
	if len(before) < dstVisits || len(after) < dstVisits {
		return silent
	}
	shift, e := difference(before, after)
	if e > dstError {
		return silent
	}
	is := func(hours float64) bool { return math.Abs(shift-hours) <= max(dstNear, 2*e) }
	not := func(hours float64) bool { return math.Abs(shift-hours) >= dstSigmas*e }
	a := Answer{Confidence: 0.60, Measures: []float64{float64(len(before)), float64(len(after)), shift, e}, Refs: refs(seen)}
	switch {
	case is(0) && not(1) && not(-1):
		a.Value = "none"
	case is(c.northern) && not(0):
		a.Value = "northern"
	case is(-c.northern) && not(0):
		a.Value = "southern"
	default:
		return silent
	}
	a.Reasons = []string{fmt.Sprintf("after the clocks changed between %s and %s the visits came %+.2f hours later by UTC, with a standard error of %.2f",
		c.before.Format(time.DateOnly), c.after.Format(time.DateOnly), shift, e)}
	return a
}

// difference gives the mean of times of day minus that of others before, and
// its standard error, in hours. Times are taken around the middle of them all,
// so that midnight is no border.
func difference(before, after []float64) (shift, e float64) {
	var x, y float64
	for _, list := range [][]float64{before, after} {
		for _, t := range list {
			sin, cos := math.Sincos(2 * math.Pi * t / 24)
			x, y = x+cos, y+sin
		}
	}
	middle := math.Atan2(y, x) / (2 * math.Pi) * 24
	moments := func(list []float64) (mean, variance float64) {
		n := float64(len(list))
		for _, t := range list {
			mean += math.Remainder(t-middle, 24) / n
		}
		for _, t := range list {
			d := math.Remainder(t-middle, 24) - mean
			variance += d * d / (n - 1)
		}
		return mean, variance / n
	}
	m1, v1 := moments(before)
	m2, v2 := moments(after)
	return m2 - m1, math.Sqrt(v1 + v2)
}
