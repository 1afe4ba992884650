package attribution

import (
	"fmt"
	"slices"
)

// hash applies the rules of hashes: the changes are the distinct values in the
// 24 hours before the last observation, that one included, minus 1. None is
// stable, 1 or 2 drifting, more are conflicted; confidence 1 / (1 + changes).
// Hashes are compared whole: two that differ in one bit differ.
func (s *State) hash(points []Point) {
	last := &points[len(points)-1]
	from := last.Start.Add(-HashWindow)
	known := map[string]bool{}
	for i := len(points) - 1; i >= 0 && !points[i].Start.Before(from); i-- {
		if v := points[i].Value; !known[v] {
			known[v] = true
			if len(s.Last) < LastMost {
				s.Last = append(s.Last, seen(&points[i], func(p *Point) string { return p.Value }))
			}
		}
	}
	slices.Reverse(s.Last)
	changes := len(known) - 1
	s.Value = last.Value
	s.Confidence = 1 / float64(1+changes)
	s.measure("changes", float64(changes), HashDrifts)
	switch {
	case changes == 0:
		s.Name = Stable
	case changes <= HashDrifts:
		s.Name = Drifting
	default:
		s.Name = Conflicted
	}
	s.Reasons = append(s.Reasons, fmt.Sprintf("%d distinct in the 24 hours before the last observation; up to %d are drifting, more conflicted", len(known), HashDrifts+1))
}
