package attribution

import (
	"fmt"
	"math"
	"testing"
	"time"
)

func numbers(list ...float64) (points []Point) {
	for i, v := range list {
		points = append(points, Point{Start: noon.AddDate(0, 0, i), Session: fmt.Sprintf("s%03d", i), Number: v, Rules: 1})
	}
	return points
}

func TestNumberFollowsItsRules(t *testing.T) {
	for _, c := range []struct {
		list []float64
		name Name
		sure float64
	}{
		{nil, Unknown, 0},
		{[]float64{1, 1}, Unknown, 0},
		{[]float64{1, 1, math.NaN(), math.Inf(1)}, Unknown, 0},
		{[]float64{1, 1, 1}, Stable, 1},
		{[]float64{0, 0, 0}, Unknown, 0},
		{[]float64{-1, 0, 1}, Unknown, 0},
		{[]float64{1, 1.25, 0.75, 1.25, 0.75}, Stable, 1},
		{[]float64{1, 1.5, 0.5, 1.5, 0.5}, Stable, 0.2},
		{[]float64{0, 2, 0, 2}, Stable, 0}, // a coefficient of variation of exactly 1
		{[]float64{0, 0, 2, 0, 2}, Conflicted, 0},
		{[]float64{0, 0, -2, 0, -2}, Conflicted, 0},
		// The earlier mean counts from three on.
		{[]float64{9, 9, 1, 1, 1, 1, 1}, Stable, 1},
		{[]float64{9, 9, 9, 1, 1, 1, 1, 1}, Drifting, 1},
		{[]float64{100, 100, 100, 130, 130, 130, 130, 130}, Drifting, 1},
		{[]float64{100, 100, 100, 129, 129, 129, 129, 129}, Stable, 1},
		{[]float64{100, 100, 100, 70, 70, 70, 70, 70}, Drifting, 1},
		{[]float64{100, 100, 100, 71, 71, 71, 71, 71}, Stable, 1},
		{[]float64{-100, -100, -100, -130, -130, -130, -130, -130}, Drifting, 1},
		{[]float64{0, 0, 0, 1, 1, 1, 1, 1}, Unknown, 0},
		// Scattering goes before the earlier mean.
		{[]float64{0, 0, 0, 0, 0, 2, 0, 2}, Conflicted, 0},
		// Large numbers and the smallest run over nowhere.
		{[]float64{math.MaxFloat64, math.MaxFloat64, math.MaxFloat64, math.MaxFloat64, math.MaxFloat64, math.MaxFloat64, math.MaxFloat64, math.MaxFloat64}, Stable, 1},
		{[]float64{5e-324, 5e-324, 5e-324}, Stable, 1},
	} {
		s := Number(numbers(c.list...))
		if s.Name != c.name || math.Abs(s.Confidence-c.sure) > 1e-12 {
			t.Errorf("%v: %s %.3f, want %s %.3f (%v)", c.list, s.Name, s.Confidence, c.name, c.sure, s.Reasons)
		}
		for _, m := range s.Measures {
			if math.IsNaN(m.Value) || math.IsInf(m.Value, 0) {
				t.Errorf("%v: %s is %v", c.list, m.Name, m.Value)
			}
		}
	}
	if s := Number(numbers(10, 20)); s.Value != "13" {
		t.Errorf("the shown average of 10 and 20 is %s", s.Value)
	}
}

// hours makes points of letters at hours before noon.
func hours(letters string, at ...float64) (points []Point) {
	for i, v := range letters {
		points = append(points, Point{Start: noon.Add(-time.Duration(at[i] * float64(time.Hour))), Session: fmt.Sprint(i), Value: string(v), Rules: 1})
	}
	return points
}

func TestHashFollowsItsRules(t *testing.T) {
	for _, c := range []struct {
		points []Point
		name   Name
		sure   float64
	}{
		{nil, Unknown, 0},
		{hours("?", 0)[:0], Unknown, 0},
		{hours("A", 0), Stable, 1},
		{hours("AAA", 30, 10, 0), Stable, 1},
		{hours("BA", 24, 0), Drifting, 0.5}, // 24 hours belong to it
		{hours("BA", 24.001, 0), Stable, 1}, // and not a moment more
		{hours("BAB", 3, 2, 1), Drifting, 0.5},
		{hours("ABC", 3, 2, 1), Drifting, 1. / 3},
		{hours("ABCD", 4, 3, 2, 1), Conflicted, 0.25},
		{hours("ABCA", 4, 3, 2, 1), Drifting, 1. / 3},
		{hours("ABCDE", 5, 4, 3, 2, 1), Conflicted, 0.2},
	} {
		s := Hash(c.points)
		if s.Name != c.name || s.Confidence != c.sure {
			t.Errorf("%d points: %s %.3f, want %s %.3f (%v)", len(c.points), s.Name, s.Confidence, c.name, c.sure, s.Reasons)
		}
	}
	s := Hash(hours("ABA", 3, 2, 1))
	if s.Value != "A" || len(s.Last) != 2 || s.Last[0].Value != "B" || s.Last[1].Session != "2" {
		t.Errorf("%s, last %v", s.Value, s.Last)
	}
}
