package rhythm

import (
	"fmt"

	"gait"
	"gait/profile"
)

const (
	persistGone  = 30 // days without a session after which one day was all
	persistWeeks = 4  // different weeks for a persistent one
	persistSpan  = 28 // days that they must span
)

// Persistence is whether an identity comes back.
var Persistence = &Primitive{
	Primitive: profile.Primitive{
		Name:   "temporal.persistence",
		Title:  "Coming back",
		Kind:   profile.Label,
		Values: []string{"one_day", "returning", "persistent"},
		Doc: "Active days are days of UTC on which a session began. With sessions in at least 4 different weeks (of 7 days from the first active day on) that span " +
			"at least 28 days the value is persistent; else, with at least 2 active days that do not just lie side by side, returning; else, where at least 30 days have passed since, one_day. " +
			"Confidence 0.80. Silent where one active day, or two neighbours, is all and it is too early to know.",
		Rules: 1,
		Measures: []profile.MeasureDoc{
			{Name: "active_days", Unit: "count", Doc: "days on which a session began"},
			{Name: "weeks", Unit: "count", Doc: "weeks in which one did"},
			{Name: "span", Unit: "days", Doc: "from the first active day to the last"},
			{Name: "since", Unit: "days", Doc: "days since the last one"},
		},
		Thresholds: []gait.Threshold{
			{Measure: "weeks", Bound: persistWeeks, Says: "at least, with a span of 28 days: persistent"},
			{Measure: "span", Bound: persistSpan, Says: "at least, with 4 weeks: persistent"},
			{Measure: "since", Bound: persistGone, Says: "at least, with a single day: one_day"},
		},
	},
	Read: readPersistence,
}

func readPersistence(h *History) Answer {
	weeks := map[int]bool{}
	for _, d := range h.days {
		weeks[(d-h.days[0])/7] = true
	}
	n, span, since := len(h.days), h.span(), h.until-h.days[len(h.days)-1]
	a := Answer{Confidence: 0.80, Measures: []float64{float64(n), float64(len(weeks)), float64(span), float64(since)}}
	switch {
	case len(weeks) >= persistWeeks && span >= persistSpan:
		a.Value = "persistent"
		a.Reasons = []string{fmt.Sprintf("sessions on %d days, in %d different weeks, over %d days", n, len(weeks), span)}
	case span > 2: // two neighbours may be one night
		a.Value = "returning"
		a.Reasons = []string{fmt.Sprintf("sessions on %d days over %d days", n, span)}
	case since >= persistGone:
		a.Value = "one_day"
		a.Reasons = []string{fmt.Sprintf("all sessions lie within a day or a night, and %d days have passed since", since)}
	default:
		return silent
	}
	return a
}
