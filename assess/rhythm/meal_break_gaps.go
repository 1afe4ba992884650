package rhythm

import (
	"fmt"
	"time"

	"gait"
	"gait/profile"
)

const (
	mealVisits   = 10 // long visits that it takes
	mealDays     = 14 // days that they must span
	mealSessions = 4  // of a long visit
	mealLeast    = 6 * time.Hour
	mealMost     = 16 * time.Hour
	mealShort    = 30 * time.Minute  // of a break
	mealLong     = 150 * time.Minute // of a break
	mealHalves   = 48                // times of day that are tried
	mealShare    = 0.50              // of long visits with the break
)

// MealBreakGaps is whether long visits break off at the same time of day.
var MealBreakGaps = &Primitive{
	Primitive: profile.Primitive{
		Name:   "cultural.meal_break_gaps",
		Title:  "Break at the same time of day",
		Kind:   profile.Label,
		Values: []string{"present", "absent"},
		Doc: "Long visits have at least 4 sessions and last 6 to 16 hours. Of each the longest time without a session is taken, where it lasts 30 to 150 minutes. " +
			"For each half hour of the day the visits are counted whose break holds it; a break of length g in a visit of length w would hold a given time with a probability of at most g / (w - g). " +
			"Where the best half hour lies in the break of at least 0.50 of the long visits, and the probability of so many, times the 48 half hours that were tried, is at most 0.001, " +
			"the value is present, else absent. Confidence 0.70, with fewer than 20 long visits 0.50. Silent with fewer than 10 long visits, or where they span fewer than 14 days.",
		Rules: 1,
		Measures: []profile.MeasureDoc{
			{Name: "long_visits", Unit: "count", Doc: "visits of 6 to 16 hours with at least 4 sessions"},
			{Name: "breaks", Unit: "count", Doc: "of them, those whose longest time without a session is a break"},
			{Name: "at", Unit: "hour", Doc: "time of UTC that most breaks hold"},
			{Name: "holding", Unit: "share", Doc: "long visits whose break holds it"},
			{Name: "chance", Unit: "share", Doc: "probability of that by chance"},
		},
		Thresholds: []gait.Threshold{
			{Measure: "long_visits", Bound: mealVisits, Says: "silent below"},
			{Measure: "holding", Bound: mealShare, Says: "at least: present"},
			{Measure: "chance", Bound: Chance, Says: "at most: present"},
		},
	},
	Read: readMeals,
}

func readMeals(h *History) Answer {
	var long []*visit
	for i := range h.visits {
		if v := &h.visits[i]; len(v.sessions) >= mealSessions && v.end.Sub(v.start) >= mealLeast && v.end.Sub(v.start) <= mealMost {
			long = append(long, v)
		}
	}
	n := len(long)
	if n < mealVisits || dayOf(long[n-1].start)-dayOf(long[0].start) < mealDays {
		return silent
	}
	var held [mealHalves]int
	var probabilities []float64
	for _, v := range long {
		from, length := v.longest()
		if length < mealShort || length > mealLong {
			continue
		}
		probabilities = append(probabilities, min(1, length.Hours()/(v.end.Sub(v.start)-length).Hours()))
		first := from.Truncate(30 * time.Minute)
		if first.Before(from) {
			first = first.Add(30 * time.Minute)
		}
		for t := first; t.Before(from.Add(length)); t = t.Add(30 * time.Minute) {
			held[int(clock(t)*2)%mealHalves]++
		}
	}
	best := 0
	for i, k := range held {
		if k > held[best] {
			best = i
		}
	}
	share, chance := float64(held[best])/float64(n), min(1, mealHalves*atLeast(probabilities, held[best]))
	a := Answer{Value: "absent", Confidence: sure(n, mealVisits), Measures: []float64{float64(n), float64(len(probabilities)), float64(best) / 2, share, chance}}
	if share >= mealShare && chance <= Chance {
		a.Value = "present"
	}
	a.Reasons = []string{fmt.Sprintf("%d of %d long visits have a break that holds %02d:%02d UTC", held[best], n, best/2, best%2*30)}
	return a
}

// longest gives the longest time without a session inside the visit.
func (v *visit) longest() (from time.Time, length time.Duration) {
	end := v.start
	for i := range v.sessions {
		s := &v.sessions[i]
		if d := s.Start.Sub(end); d > length {
			from, length = end, d
		}
		if e := s.Start.Add(s.Duration); e.After(end) {
			end = e
		}
	}
	return from, length
}
