package attribution

import "fmt"

// label applies the rules of labels. W is clear on v if v has at least 4 of W,
// or all of W where W has 3 or fewer.
//
//  1. Fewer than 3 observations: unknown.
//  2. L clear on v: stable if P has fewer than 3 or is clear on v, else drifting.
//  3. L not clear, of at least 4 observations and exactly 2 values, with
//     changes >= 2 * max(1, repeats): multi_actor, confidence at most 0.6. A
//     change is a pair of neighbours in L that differ, a repeat one that agrees.
//  4. Else conflicted.
func (s *State) label(points []Point) {
	last, before := s.lastAndBefore(points, func(p *Point) string { return p.Value })
	n := len(points)
	value, most, values := frequent(last)
	s.Value = value
	s.measure("observations", float64(n), Least)
	if n < Least {
		s.Reasons = append(s.Reasons, fmt.Sprintf("only %s; %d are needed", observations(n), Least))
		return
	}
	s.Confidence = float64(most) / float64(len(last))
	s.measure("last_most_frequent", float64(most), clearFrom(len(last)))
	s.Reasons = append(s.Reasons, fmt.Sprintf("%d of the last %s are %s", most, observations(len(last)), value))
	if float64(most) >= clearFrom(len(last)) {
		s.against(before, value)
		return
	}
	changes, repeats := turns(last)
	s.measure("changes", float64(changes), float64(2*max(1, repeats)))
	s.measure("last_values", float64(values), 2)
	if len(last) >= AlternateL && values == 2 && changes >= 2*max(1, repeats) {
		s.Name, s.Confidence = MultiActor, min(s.Confidence, MostSure)
		s.Reasons = append(s.Reasons, fmt.Sprintf("two values take turns: %d of %d steps change the value", changes, changes+repeats),
			"by itself no evidence of several people: one person's sessions do so too")
		return
	}
	s.Name = Conflicted
	s.Reasons = append(s.Reasons, fmt.Sprintf("no value has enough of them; %d values, %d changes and %d repeats are no taking of turns", values, changes, repeats))
}

// against compares a value that L is clear on with what was before.
func (s *State) against(before []Point, value string) {
	had := 0
	for i := range before {
		if before[i].Value == value {
			had++
		}
	}
	if len(before) < Least {
		s.Name = Stable
		s.Reasons = append(s.Reasons, fmt.Sprintf("only %s before them, too few to differ from", observations(len(before))))
		return
	}
	s.measure("before_same", float64(had), clearFrom(len(before)))
	s.Name = Drifting
	if float64(had) >= clearFrom(len(before)) {
		s.Name = Stable
	}
	s.Reasons = append(s.Reasons, fmt.Sprintf("of the %s before them %d are %s", observations(len(before)), had, value))
}

// clearFrom is how many of a value make so many observations clear on it.
func clearFrom(n int) float64 { return float64(min(n, ClearMost)) }

// frequent gives the most frequent value, of equals the one seen last, how
// often it is there, and how many different ones there are.
func frequent(points []Point) (value string, most, values int) {
	for i := len(points) - 1; i >= 0; i-- {
		count, later := 0, false
		for j := range points {
			if points[j].Value == points[i].Value {
				count++
				later = later || j > i
			}
		}
		if later {
			continue // counted already
		}
		values++
		if count > most {
			value, most = points[i].Value, count
		}
	}
	return value, most, values
}

// turns counts neighbours that differ and neighbours that agree.
func turns(points []Point) (changes, repeats int) {
	for i := 1; i < len(points); i++ {
		if points[i].Value == points[i-1].Value {
			repeats++
		} else {
			changes++
		}
	}
	return changes, repeats
}

func observations(n int) string {
	if n == 1 {
		return "1 observation"
	}
	return fmt.Sprintf("%d observations", n)
}
