package rhythm

import (
	"fmt"
	"math/rand/v2"
	"os"
	"reflect"
	"slices"
	"testing"
	"time"
)

var monday = time.Date(2024, 9, 2, 0, 0, 0, 0, time.UTC)

// record makes a record of starts, each session of the same duration, seen
// until 40 days after the last one.
func record(duration time.Duration, starts ...time.Time) (r Record) {
	for i, t := range starts {
		r.Sessions = append(r.Sessions, Session{Ref: fmt.Sprintf("s%05d", i), Start: t, Duration: duration})
		if until := t.AddDate(0, 0, 40); until.After(r.Until) {
			r.Until = until
		}
	}
	return r
}

// at gives times so many hours into so many days from a Monday on, where keep
// says so.
func at(days int, hours []float64, keep func(t time.Time) bool) (starts []time.Time) {
	for d := range days {
		for _, hour := range hours {
			t := monday.AddDate(0, 0, d).Add(time.Duration(hour * float64(time.Hour)))
			if keep == nil || keep(t) {
				starts = append(starts, t)
			}
		}
	}
	return starts
}

// says gives the value of a primitive, "" for silence.
func says(r Record, p *Primitive) string {
	for _, o := range Read(r) {
		if o.Primitive == p.Name {
			return o.Value
		}
	}
	return ""
}

// shaken moves times by up to so many hours each way.
func shaken(seed uint64, hours float64, starts []time.Time) []time.Time {
	rnd := rand.New(rand.NewPCG(seed, 1))
	for i := range starts {
		starts[i] = starts[i].Add(time.Duration((2*rnd.Float64() - 1) * hours * float64(time.Hour)))
	}
	return starts
}

// wandering gives sessions at random times of the day, one about every so many
// hours.
func wandering(seed uint64, days int, every float64) (starts []time.Time) {
	rnd := rand.New(rand.NewPCG(seed, 2))
	for h := rnd.ExpFloat64() * every; h < float64(24*days); h += rnd.ExpFloat64() * every {
		starts = append(starts, monday.Add(time.Duration(h*float64(time.Hour))))
	}
	return starts
}

func working(t time.Time) bool { return t.Weekday() != time.Saturday && t.Weekday() != time.Sunday }

// abroad gives the same hours by the clocks of a place whose clocks change.
func abroad(days int, hour float64, zone string, t *testing.T) (starts []time.Time) {
	t.Helper()
	place, err := time.LoadLocation(zone)
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skipf("no time zones here: %v", err)
	}
	for d := range days {
		x := monday.AddDate(0, 0, d)
		starts = append(starts, time.Date(x.Year(), x.Month(), x.Day(), 0, 0, 0, 0, place).Add(time.Duration(hour*float64(time.Hour))))
	}
	return shaken(7, 1, starts)
}

// off leaves out the days of a calendar.
func off(days func(int) []time.Time) func(time.Time) bool {
	return func(t time.Time) bool {
		return !slices.ContainsFunc(days(t.Year()), func(d time.Time) bool { return dayOf(d) == dayOf(t) })
	}
}

func TestPrimitivesReachEveryValueAndSilence(t *testing.T) {
	office := []float64{8, 9.5, 11, 13, 14.5, 16}
	reached := map[string]bool{}
	for _, c := range []struct {
		name string
		p    *Primitive
		r    Record
		want string
	}{
		{"nine evenings", SessionTiming, record(0, at(9, []float64{20}, nil)...), ""},
		{"fourteen evenings", SessionTiming, record(0, at(14, []float64{20}, nil)...), "daily_hours"},
		{"ten evenings in nine days", SessionTiming, record(0, at(10, []float64{20}, nil)...), ""},
		{"around midnight", SessionTiming, record(time.Hour, shaken(1, 2, at(30, []float64{24}, nil))...), "daily_hours"},
		{"at random", SessionTiming, record(time.Minute, wandering(1, 60, 10)...), "around_the_clock"},
		{"at random, few", SessionTiming, record(time.Minute, wandering(1, 20, 20)...), ""},
		{"every hour", SessionTiming, record(time.Minute, at(40, hoursOf(24), nil)...), "around_the_clock"},

		{"one day, fresh", Persistence, until(record(0, at(1, office, nil)...), 20), ""},
		{"one day, long ago", Persistence, until(record(0, at(1, office, nil)...), 31), "one_day"},
		{"a night", Persistence, until(record(0, monday.Add(23*time.Hour), monday.Add(25*time.Hour)), 40), "one_day"},
		{"three days", Persistence, until(record(0, at(3, office, nil)...), 4), "returning"},
		{"three weeks", Persistence, record(0, at(21, office, nil)...), "returning"},
		{"four weeks", Persistence, record(0, at(28, office, nil)...), "persistent"},
		{"twice, far apart", Persistence, record(0, monday, monday.AddDate(1, 0, 0)), "returning"},

		{"twelve starts", LifecycleMarkersIdlePeriodicity, record(0, at(12, []float64{3}, nil)...), ""},
		{"thirteen starts", LifecycleMarkersIdlePeriodicity, record(0, at(13, []float64{3}, nil)...), "periodic"},
		{"daily within an hour", LifecycleMarkersIdlePeriodicity, record(0, shaken(3, 0.5, at(30, []float64{3}, nil))...), "periodic"},
		{"irregular", LifecycleMarkersIdlePeriodicity, record(0, wandering(4, 30, 20)...), "irregular"},

		{"lunch", MealBreakGaps, record(50*time.Minute, shaken(5, 0.1, at(30, []float64{8, 9, 10, 11, 13.5, 14.5, 15.5, 16.5}, working))...), "present"},
		{"no lunch", MealBreakGaps, record(50*time.Minute, shaken(5, 0.1, at(30, []float64{8, 9, 10, 11, 12, 13, 14, 15, 16}, working))...), "absent"},
		{"nine days", MealBreakGaps, record(50*time.Minute, at(9, []float64{8, 9, 10, 11, 13.5, 14.5, 15.5, 16.5}, nil)...), ""},

		{"a break each hour", PeriodicMicroPauses, record(50*time.Minute, at(6, hoursOf(6), nil)...), "periodic"},
		{"four days", PeriodicMicroPauses, record(50*time.Minute, at(4, hoursOf(9), nil)...), ""},
		{"breaks at random", PeriodicMicroPauses, pausing(record(5*time.Hour, at(10, []float64{8}, nil)...)), "irregular"},

		{"Berlin", DstBehavior, record(time.Hour, abroad(300, 20, "Europe/Berlin", t)...), "northern"},
		{"New York", DstBehavior, record(time.Hour, abroad(300, 20, "America/New_York", t)...), "northern"},
		{"Sydney", DstBehavior, record(time.Hour, abroad(300, 20, "Australia/Sydney", t)...), "southern"},
		{"Shanghai", DstBehavior, record(time.Hour, abroad(300, 20, "Asia/Shanghai", t)...), "none"},
		{"no change of clocks", DstBehavior, record(time.Hour, at(30, []float64{20}, nil)...), ""},
		{"at random all year", DstBehavior, record(time.Hour, wandering(6, 400, 20)...), ""},

		{"working days", WeekendCadence, record(0, at(56, office, working)...), "quiet_saturday_sunday"},
		{"seven weeks", WeekendCadence, record(0, at(49, office, working)...), ""},
		{"from Sunday to Thursday", WeekendCadence, record(0, at(56, office, func(t time.Time) bool { return t.Weekday() < time.Friday })...), "quiet_friday_saturday"},
		{"weekends", WeekendCadence, record(0, at(80, office, func(t time.Time) bool { return !working(t) })...), "busy_saturday_sunday"},
		{"every day", WeekendCadence, record(0, at(56, office, nil)...), "even"},

		{"a German", HolidayGaps, record(0, at(500, office, func(t time.Time) bool { return working(t) && off(westernEuropean)(t) })...), "western_european"},
		{"an American", HolidayGaps, record(0, at(500, office, func(t time.Time) bool { return working(t) && off(unitedStates)(t) })...), "united_states"},
		{"a Russian", HolidayGaps, record(0, at(700, office, func(t time.Time) bool { return working(t) && off(russian)(t) })...), "russian"},
		{"a Greek", HolidayGaps, record(0, at(1200, office, off(orthodox))...), "orthodox"},
		{"a Chinese", HolidayGaps, record(0, at(1200, office, off(chineseFixed))...), "chinese_fixed"},
		{"nobody", HolidayGaps, record(0, at(1200, office, nil)...), "none"},
		{"eleven months", HolidayGaps, record(0, at(330, office, off(westernEuropean))...), ""},
		{"a tenth of the days", HolidayGaps, record(0, wandering(9, 1200, 240)...), ""},
	} {
		got := says(c.r, c.p)
		if got != c.want {
			t.Errorf("%s: %s says %q, want %q", c.name, c.p.Name, got, c.want)
		}
		reached[c.p.Name+"="+got] = true
	}
	for _, p := range All {
		for _, v := range append(slices.Clone(p.Values), "") {
			if !reached[p.Name+"="+v] {
				t.Errorf("no case reaches %s of %s", v, p.Name)
			}
		}
	}
}

func hoursOf(n int) (hours []float64) {
	for i := range n {
		hours = append(hours, float64(i)+0.25)
	}
	return hours
}

// until sets how many days after the first session was looked.
func until(r Record, days int) Record {
	r.Until = r.Sessions[0].Start.AddDate(0, 0, days)
	return r
}

// pausing adds pauses at random times.
func pausing(r Record) Record {
	rnd := rand.New(rand.NewPCG(11, 3))
	for i := range r.Sessions {
		for at := time.Duration(0); at < r.Sessions[i].Duration; at += time.Duration(rnd.ExpFloat64()*40+2) * time.Minute {
			r.Sessions[i].Pauses = append(r.Sessions[i].Pauses, Pause{at, 2 * time.Minute})
		}
	}
	return r
}

// Visitors who come at random keep nothing: over 120 of them, at rates from one
// session in three days to eight a day and with sessions in clumps, no habit is
// claimed more often than once in sixty.
func TestVisitorsAtRandomHaveNoHabits(t *testing.T) {
	claims := map[string]int{}
	const visitors = 120
	spoke := map[string]int{}
	for seed := range uint64(visitors) {
		every := []float64{72, 24, 12, 6, 3}[seed%5]
		days := 400
		if every >= 6 && seed/5%2 == 0 {
			days = 1200
		}
		starts := wandering(100+seed, days, every)
		if seed%2 == 1 { // each is followed by others soon
			rnd := rand.New(rand.NewPCG(seed, 4))
			for _, s := range slices.Clone(starts) {
				for range rnd.IntN(4) {
					s = s.Add(time.Duration(rnd.ExpFloat64() * 40 * float64(time.Minute)))
					starts = append(starts, s)
				}
			}
		}
		rnd := rand.New(rand.NewPCG(seed, 5))
		for _, o := range Read(record(time.Duration(1+rnd.IntN(20))*time.Minute, starts...)) {
			spoke[o.Primitive]++
			if !slices.Contains([]string{"around_the_clock", "persistent", "returning", "irregular", "absent", "none", "even"}, o.Value) {
				claims[o.Primitive+" "+o.Value]++
			}
		}
	}
	for claim, n := range claims {
		t.Logf("%s: %d of %d", claim, n, visitors)
		if n > visitors/60 {
			t.Errorf("%s is claimed of %d of %d", claim, n, visitors)
		}
	}
	for _, p := range []*Primitive{SessionTiming, Persistence, LifecycleMarkersIdlePeriodicity, WeekendCadence, HolidayGaps, PeriodicMicroPauses} {
		if spoke[p.Name] < visitors/10 {
			t.Errorf("%s spoke of %d of %d only: this does not test it", p.Name, spoke[p.Name], visitors)
		}
	}
}

func TestOrderAndRepetitionChangeNothing(t *testing.T) {
	r := record(50*time.Minute, shaken(5, 0.1, at(500, []float64{8, 9, 10, 11, 13.5, 14.5, 15.5}, working))...)
	want := Read(r)
	if len(want) < 6 {
		t.Fatalf("only %d primitives speak", len(want))
	}
	rnd := rand.New(rand.NewPCG(1, 1))
	for range 5 {
		rnd.Shuffle(len(r.Sessions), func(i, j int) { r.Sessions[i], r.Sessions[j] = r.Sessions[j], r.Sessions[i] })
		r.Sessions = append(r.Sessions, r.Sessions[3], r.Sessions[9])
		if got := Read(r); !reflect.DeepEqual(got, want) {
			t.Fatalf("another order says %v, want %v", got, want)
		}
	}
}

// A clock that was never set counts from 1970, and behind Greenwich from before.
func TestHoursBefore1970(t *testing.T) {
	before, after := at(60, []float64{20}, working), at(60, []float64{20}, working)
	back := 60 * 366 * 24 * time.Hour
	back -= back % (7 * 24 * time.Hour)
	for i := range before {
		before[i] = before[i].Add(-back)
	}
	if before[len(before)-1].Year() > 1969 {
		t.Fatalf("the last session is of %s", before[len(before)-1])
	}
	value := func(list []Observation) string {
		for _, o := range list {
			if o.Primitive == SessionTiming.Name {
				return fmt.Sprint(o.Value, o.Measures)
			}
		}
		return ""
	}
	got, want := value(Read(record(time.Minute, before...))), value(Read(record(time.Minute, after...)))
	if got == "" || got != want {
		t.Errorf("before 1970 the hours of the day are %q, after %q", got, want)
	}
}

func TestClocksThatCannotBeReliedOn(t *testing.T) {
	good := record(time.Minute, at(60, []float64{20}, working)...)
	want := Read(good)
	bad := good
	bad.Sessions = slices.Clone(good.Sessions)
	for i, s := range []time.Time{{}, time.Date(1, 1, 2, 0, 0, 0, 0, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC), time.Date(-5000, 1, 1, 0, 0, 0, 0, time.UTC), time.Unix(1<<40, 0), time.Unix(-1<<60, 0)} {
		bad.Sessions = append(bad.Sessions, Session{Ref: fmt.Sprint("bad", i), Start: s, Duration: -1 << 62}, Session{Ref: fmt.Sprint("worse", i), Start: s, Duration: 1<<63 - 1})
	}
	if got := Read(bad); !reflect.DeepEqual(got, want) {
		t.Errorf("bad clocks change what is said:\n%v\n%v", got, want)
	}
	for _, until := range []time.Time{{}, time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)} {
		bad.Until = until
		Read(bad)
	}
	many := record(24*time.Hour, wandering(3, 1800, 1)...)
	if len(many.Sessions) < 20000 {
		t.Fatalf("only %d sessions", len(many.Sessions))
	}
	for _, o := range Read(many) {
		if o.Sessions > MostSessions || len(o.EvidenceRefs) > maxRefs {
			t.Errorf("%s of %d sessions with %d references", o.Primitive, o.Sessions, len(o.EvidenceRefs))
		}
	}
}

// FuzzRead reads sessions out of bytes: five each.
func FuzzRead(f *testing.F) {
	f.Add([]byte{1, 2, 3, 4, 5}, int64(1_800_000_000))
	f.Add(make([]byte, 500), int64(0))
	f.Fuzz(func(t *testing.T, data []byte, until int64) {
		r := Record{Until: time.Unix(until, 0)}
		for i := 0; i+5 <= len(data) && i < 5000; i += 5 {
			back := time.Duration(int(data[i])<<16|int(data[i+1])<<8|int(data[i+2])) * 17 * time.Second
			r.Sessions = append(r.Sessions, Session{
				Ref: fmt.Sprint(i), Start: r.Until.Add(-back), Duration: time.Duration(int8(data[i+3])) * 20 * time.Minute,
				Pauses: []Pause{{time.Duration(int8(data[i+4])) * time.Minute, time.Duration(data[i+4]) * time.Minute / 8}},
			})
		}
		for _, o := range Read(r) {
			p := All[slices.IndexFunc(All, func(p *Primitive) bool { return p.Name == o.Primitive })]
			if !slices.Contains(p.Values, o.Value) || o.Confidence <= 0 || o.Confidence > 1 || len(o.Reasons) == 0 {
				t.Fatalf("%+v", o)
			}
			for _, m := range o.Measures {
				if m.Name == "chance" && (m.Value < 0 || m.Value > 1) {
					t.Fatalf("%+v", o)
				}
			}
		}
	})
}
