package rhythm

import "time"

// calendar is a set of days that people of some countries have off. Its days
// are fixed in the year, counted from Easter, or a weekday of a month: days
// that hang on the moon or are announced each year are not in it.
type calendar struct {
	name   string
	source string // where the days are from
	days   func(year int) []time.Time
}

// calendars are those that are tried, in the order in which they are named.
var calendars = []calendar{
	{"western_european", "days off in most of western Europe; Easter by Meeus, Astronomical Algorithms, chapter 8", westernEuropean},
	{"united_states", "5 U.S.C. 6103(a)", unitedStates},
	{"russian", "Labour Code of the Russian Federation, article 112", russian},
	{"orthodox", "days off in Greece, Romania and Bulgaria alike; Easter by Meeus, Astronomical Algorithms, chapter 8", orthodox},
	{"chinese_fixed", "Regulation on Public Holidays for National Annual Festivals and Memorial Days, State Council of China: those of the solar calendar alone", chineseFixed},
}

func date(year int, m time.Month, d int) time.Time {
	return time.Date(year, m, d, 0, 0, 0, 0, time.UTC)
}

// dates gives days of a year as month and day.
func dates(year int, of ...[2]int) (list []time.Time) {
	for _, d := range of {
		list = append(list, date(year, time.Month(d[0]), d[1]))
	}
	return list
}

// after gives days so many days away from Easter.
func after(easter time.Time, days ...int) (list []time.Time) {
	for _, d := range days {
		list = append(list, easter.AddDate(0, 0, d))
	}
	return list
}

func westernEuropean(year int) []time.Time {
	// Good Friday, Easter Monday, Ascension, Whit Monday.
	return append(dates(year, [2]int{1, 1}, [2]int{5, 1}, [2]int{12, 25}, [2]int{12, 26}), after(easter(year), -2, 1, 39, 50)...)
}

func unitedStates(year int) []time.Time {
	memorial := nth(year, time.May, time.Monday, 5)
	if memorial.Month() != time.May {
		memorial = memorial.AddDate(0, 0, -7)
	}
	return append(dates(year, [2]int{1, 1}, [2]int{6, 19}, [2]int{7, 4}, [2]int{11, 11}, [2]int{12, 25}),
		nth(year, time.January, time.Monday, 3), nth(year, time.February, time.Monday, 3), memorial,
		nth(year, time.September, time.Monday, 1), nth(year, time.October, time.Monday, 2), nth(year, time.November, time.Thursday, 4))
}

func russian(year int) []time.Time {
	return dates(year, [2]int{1, 1}, [2]int{1, 2}, [2]int{1, 3}, [2]int{1, 4}, [2]int{1, 5}, [2]int{1, 6}, [2]int{1, 7}, [2]int{1, 8},
		[2]int{2, 23}, [2]int{3, 8}, [2]int{5, 1}, [2]int{5, 9}, [2]int{6, 12}, [2]int{11, 4})
}

func orthodox(year int) []time.Time {
	// Good Friday, Easter Monday.
	return append(dates(year, [2]int{1, 1}, [2]int{5, 1}, [2]int{12, 25}, [2]int{12, 26}), after(orthodoxEaster(year), -2, 1)...)
}

func chineseFixed(year int) []time.Time {
	return dates(year, [2]int{1, 1}, [2]int{5, 1}, [2]int{10, 1}, [2]int{10, 2}, [2]int{10, 3})
}

// easter is Easter Sunday of the western churches, by Meeus.
func easter(year int) time.Time {
	a, b, c := year%19, year/100, year%100
	d, e, f := b/4, b%4, (b+8)/25
	g := (b - f + 1) / 3
	h := (19*a + b - d - g + 15) % 30
	i, k := c/4, c%4
	l := (32 + 2*e + 2*i - h - k) % 7
	m := (a + 11*h + 22*l) / 451
	n := h + l - 7*m + 114
	return date(year, time.Month(n/31), n%31+1)
}

// orthodoxEaster is Easter Sunday of the eastern churches: by Meeus in the
// Julian calendar, moved to the Gregorian one.
func orthodoxEaster(year int) time.Time {
	d := (19*(year%19) + 15) % 30
	e := (2*(year%4) + 4*(year%7) - d + 34) % 7
	n := d + e + 114
	return date(year, time.Month(n/31), n%31+1).AddDate(0, 0, year/100-year/400-2)
}
