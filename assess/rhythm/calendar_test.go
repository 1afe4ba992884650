package rhythm

import (
	"math"
	"testing"
	"time"
)

func TestEaster(t *testing.T) {
	for _, c := range [][2]string{
		{"2000-04-23", "2000-04-30"}, {"2008-03-23", "2008-04-27"}, {"2011-04-24", "2011-04-24"}, {"2019-04-21", "2019-04-28"},
		{"2024-03-31", "2024-05-05"}, {"2025-04-20", "2025-04-20"}, {"2026-04-05", "2026-04-12"}, {"2038-04-25", "2038-04-25"},
	} {
		year := int(c[0][0]-'0')*1000 + int(c[0][1]-'0')*100 + int(c[0][2]-'0')*10 + int(c[0][3]-'0')
		if w, o := easter(year).Format(time.DateOnly), orthodoxEaster(year).Format(time.DateOnly); w != c[0] || o != c[1] {
			t.Errorf("%d: %s and %s, want %s and %s", year, w, o, c[0], c[1])
		}
	}
	for year := 1583; year < 10000; year++ {
		for _, e := range []time.Time{easter(year), orthodoxEaster(year)} {
			if e.Weekday() != time.Sunday {
				t.Fatalf("%s is no Sunday", e.Format(time.DateOnly))
			}
		}
	}
}

func TestDaysOfTheWeekInAMonth(t *testing.T) {
	for want, got := range map[string]time.Time{
		"2025-03-09": sunday(2025, time.March, 2), "2025-11-02": sunday(2025, time.November, 1), "2026-11-01": sunday(2026, time.November, 1),
		"2025-11-27": nth(2025, time.November, time.Thursday, 4), "2026-05-25": unitedStates(2026)[7], "2021-05-31": unitedStates(2021)[7],
	} {
		if got.Format(time.DateOnly) != want {
			t.Errorf("%s, want %s", got.Format(time.DateOnly), want)
		}
	}
}

func TestChances(t *testing.T) {
	for _, c := range []struct{ got, want float64 }{
		{binomial(10, 0, 0.3), 1},
		{binomial(10, 10, 0.5), 1. / 1024},
		{binomial(3, 2, 0.5), 0.5},
		{atLeast([]float64{0.5, 0.5, 0.5}, 2), 0.5},
		{atLeast([]float64{0.1, 0.2}, 2), 0.02},
		{atLeast([]float64{0.1, 0.2}, 1), 0.28},
		{atLeast([]float64{0.1, 0.2}, 0), 1},
		{atLeast([]float64{0.1, 0.2}, 3), 0},
		{atLeast([]float64{1, 1, 1}, 3), 1},
		{sums([][3]float64{{0.25, 0.5, 0.25}, {0.5, 0.5, 0}})[0], 0.125},
		{sums([][3]float64{{0.25, 0.5, 0.25}, {0.5, 0.5, 0}})[3], 0.125},
		{sums(nil)[0], 1},
	} {
		if math.Abs(c.got-c.want) > 1e-12 {
			t.Errorf("%v, want %v", c.got, c.want)
		}
	}
}
