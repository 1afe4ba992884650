package cowrie

import (
	"strings"
	"testing"
	"time"

	"gait"
	"gait/recording/reader"
)

func TestBadLines(t *testing.T) {
	good := func(ms int, cmd string) string { return new(log).command(ms, "s1", cmd).String() }
	half := good(1500, "half")[:60]
	for name, c := range map[string]struct {
		spoilt string
		want   string // commands between a and z
		odd    gait.Oddities
	}{
		"none":  {"", "", nil},
		"blank": {"\r\n   \n", "", nil},
		"torn":  {half + "\n", "", gait.Oddities{{Kind: gait.OddTornLine, Count: 1}}},
		"torn and glued": {half + good(1600, "b"), "b ", gait.Oddities{
			{Kind: gait.OddResync, Count: 1}, {Kind: gait.OddTornLine, Count: 1}}},
		"two glued":        {strings.TrimSpace(good(1600, "b")) + good(1700, "c"), "b c ", gait.Oddities{{Kind: gait.OddResync, Count: 1}}},
		"glued, cut":       {strings.TrimSpace(good(1600, "b")) + half + "\n", "b ", gait.Oddities{{Kind: gait.OddTornLine, Count: 1}}},
		"NUL":              {strings.Repeat("\x00", 99) + good(1600, "b"), "b ", gait.Oddities{{Kind: gait.OddNUL, Count: 1}}},
		"NUL alone":        {strings.Repeat("\x00", 99) + "\n", "", gait.Oddities{{Kind: gait.OddNUL, Count: 1}}},
		"foreign":          {`{"level":"info","msg":"hi"}` + "\n[1]\n", "", gait.Oddities{{Kind: gait.OddForeignLine, Count: 1}, {Kind: gait.OddTornLine, Count: 1}}},
		"no session":       {`{"eventid":"cowrie.command.input","input":"x"}` + "\n", "", gait.Oddities{{Kind: gait.OddForeignLine, Count: 1}}},
		"enrichment":       {`{"eventid":"cowrie.greynoise.result","x":[{"a":1}]}` + "\n", "", nil},
		"wrong types":      {`{"eventid":"cowrie.command.input","session":"s1","sensor":"web-01","timestamp":"` + at(1600) + `","input":"b","width":{"a":[1]},"duplicate":"maybe","password":7,"src_port":"x"}` + "\n", "b ", nil},
		"input is no text": {`{"eventid":"cowrie.command.input","session":"s1","sensor":"web-01","timestamp":"` + at(1600) + `","input":{"b":1}}` + "\n", " ", nil},
		"long":             {`{"eventid":"` + strings.Repeat("x", 1<<20) + good(1600, "b"), "", gait.Oddities{{Kind: gait.OddLongLine, Count: 1}}},
		"nested":           {strings.Repeat(`{"a":`, 100_000) + "\n", "", gait.Oddities{{Kind: gait.OddTornLine, Count: 1}}},
	} {
		l := new(log).connect(0, "s1").command(1000, "s1", "a")
		l.WriteString(c.spoilt)
		l.command(2000, "s1", "z").closed(3000, "s1")
		r := open(t, nil, l)
		s := sessions(t, r)[0]
		if got := strings.ReplaceAll(string(s.Block(gait.Input)), "\n", " "); got != "a "+c.want+"z " {
			t.Errorf("%s: commands %q", name, got)
		}
		odd := r.Oddities()
		if len(odd) != len(c.odd) {
			t.Errorf("%s: %v", name, odd)
		}
		for _, o := range c.odd {
			if odd.Count(o.Kind) != o.Count {
				t.Errorf("%s: %v, want %v", name, odd, o)
			}
		}
	}
}

func TestTimes(t *testing.T) {
	for stamp, want := range map[string]time.Duration{
		`"timestamp":"2021-03-29T06:40:01.500000Z"`:                          1500 * time.Millisecond,
		`"timestamp":"2021-03-29T08:40:01.500000+0200"`:                      1500 * time.Millisecond,
		`"timestamp":"2021-03-29T08:40:01.500000+02:00"`:                     1500 * time.Millisecond,
		`"timestamp":"2021-03-29T01:10:01.5-0530"`:                           1500 * time.Millisecond,
		`"timestamp":"2021-03-29T06:40:01"`:                                  time.Second,
		`"timestamp":"2021-03-29 06:40:01.000001"`:                           time.Second + time.Microsecond,
		`"epoch":1617000001500`:                                              1500 * time.Millisecond,
		`"timestamp":"yesterday","epoch":"1617000001500"`:                    1500 * time.Millisecond,
		`"timestamp":"2021-03-29T06:39:59Z"`:                                 time.Second, // back, so the latest so far
		`"timestamp":"0001-01-01T00:00:00Z"`:                                 time.Second,
		`"timestamp":"9999-01-01T00:00:00Z"`:                                 time.Second,
		`"timestamp":17,"epoch":{}`:                                          time.Second,
		`"timestamp":"2021-03-29T06:40:01.500000Z","duration":"4.2"`:         1500 * time.Millisecond,
		`"timestamp":"2021-03-29T06:40:01.500000Z","duration_ms":"-1","a":9`: 1500 * time.Millisecond,
	} {
		l := new(log).connect(0, "s1").command(1000, "s1", "a")
		l.WriteString(`{"eventid":"cowrie.command.input","session":"s1","sensor":"web-01","input":"b",` + stamp + "}\n")
		s := one(t, nil, l)
		if s.Len() != 2 || s.Event(1).Time != want {
			t.Errorf("%s: %q, want %v", stamp, shown(s), want)
		}
		back := s.Oddities.Count(gait.OddTimeBack) + s.Oddities.Count(gait.OddTimeBad)
		if (want == time.Second) != (back > 0) && !strings.Contains(stamp, "40:01\"") {
			t.Errorf("%s: %v", stamp, s.Oddities)
		}
	}
}

func TestRotatedLogs(t *testing.T) {
	whole := new(log).connect(0, "s1").command(1000, "s1", "a").command(2000, "s1", "b").command(3000, "s1", "c").closed(4000, "s1").Bytes()
	for cut := range whole {
		var one, two log
		one.Write(whole[:cut])
		two.Write(whole[cut:])
		r := open(t, nil, &one, new(log), &two)
		all := sessions(t, r)
		if len(all) != 1 || shown(all[0]) != "i@1s:a\n i@2s:b\n i@3s:c\n" || len(r.Oddities()) != 0 || len(all[0].Oddities) != 0 || !all[0].End.Seen {
			t.Fatalf("cut at %d: %d sessions, %v", cut, len(all), r.Oddities())
		}
	}
}

func TestHalfALineAtTheEnd(t *testing.T) {
	whole := new(log).connect(0, "s1").command(1000, "s1", "a").closed(4000, "s1")
	var cut log
	cut.Write(whole.Bytes()[:whole.Len()-30])
	for _, next := range []*log{new(log), new(log).connect(9000, "s2")} {
		r := open(t, nil, &cut, next)
		s := sessions(t, r)[0]
		if r.Oddities().Count(gait.OddTornLine) != 1 || s.Oddities.Count(gait.OddUnclosed) != 1 || s.Fidelity.Closed != "end of file" || s.End.Seen {
			t.Errorf("%v, %v, %+v", r.Oddities(), s.Oddities, s.End)
		}
	}
}

func TestLogGivenTwice(t *testing.T) {
	l := new(log).connect(0, "s1").command(1000, "s1", "a").command(2000, "s1", "b").tty(2100, "s1", "f", false)
	rest := new(log).closed(3000, "s1").connect(4000, "s2").command(5000, "s2", "c")
	var both log
	both.Write(l.Bytes())
	both.Write(rest.Bytes())
	r := open(t, nil, l, &both)
	all := sessions(t, r)
	if len(all) != 2 || shown(all[0]) != "i@1s:a\n i@2s:b\n" || !all[0].End.Seen || shown(all[1]) != "i@1s:c\n" {
		t.Fatalf("%d sessions, %q", len(all), shown(all[0]))
	}
	if r.Oddities().Count(gait.OddSecondHeader) != 1 || r.Connections() != 2 {
		t.Errorf("%v, %d connections", r.Oddities(), r.Connections())
	}
}

func TestLateAndAfterTheEnd(t *testing.T) {
	l := new(log).connect(0, "s1").command(1000, "s1", "a").closed(2000, "s1").
		command(3000, "s1", "never").
		ev(4000, "s1", "command.input", `"input":"late","late":true`)
	s := one(t, nil, l)
	if shown(s) != "i@1s:a\n i@4s:late\n" || s.End.Time != 4*time.Second || s.Oddities.Count(gait.OddAfterEnd) != 1 {
		t.Errorf("%q, %v, %v", shown(s), s.End, s.Oddities)
	}
}

func TestNoConnectEvent(t *testing.T) {
	l := new(log).command(1000, "s1", "a").command(2000, "s1", "b").closed(3000, "s1").closed(4000, "s2")
	s := one(t, nil, l)
	if shown(s) != "i@0s:a\n i@1s:b\n" || s.Oddities.Count(gait.OddNoHeader) != 1 || s.SourceIP != "198.51.100.7" ||
		s.EvidenceRef != "cowrie:web-01/-/20210329T064001.000000Z-s1#1" {
		t.Errorf("%q, %v, %+v", shown(s), s.Oddities, s.Header)
	}
}

func TestLimits(t *testing.T) {
	l := new(log)
	for i, s := range []string{"s1", "s2", "s3"} {
		l.connect(i*10_000, s).command(i*10_000+1000, s, "aaaa").command(i*10_000+9000, s, "bbbb").closed(i*10_000+9500, s)
	}
	for name, c := range map[string]struct {
		set   func(*reader.Limits)
		count int
		first string
		why   string
	}{
		"sessions": {func(m *reader.Limits) { m.Sessions = 2 }, 2, "i@1s:aaaa\n i@9s:bbbb\n", ""},
		"events":   {func(m *reader.Limits) { m.Events = 1 }, 3, "i@1s:aaaa\n", "events over limit"},
		"bytes":    {func(m *reader.Limits) { m.Bytes = 9 }, 3, "i@1s:aaaa\n", "bytes over limit"},
		"duration": {func(m *reader.Limits) { m.Duration = 5 * time.Second }, 3, "i@1s:aaaa\n", "time over limit"},
	} {
		lim := reader.DefaultLimits()
		c.set(&lim)
		r, err := Open([]*reader.Source{source("l", l.Bytes())}, nil, lim)
		if err != nil {
			t.Fatal(err)
		}
		all := sessions(t, r)
		if len(all) != c.count || shown(all[0]) != c.first || all[0].Truncated != c.why || all[0].End.Time > lim.Duration {
			t.Errorf("%s: %d sessions, %q, %q", name, len(all), shown(all[0]), all[0].Truncated)
		}
		if (c.count < 3) != (r.Oddities().Count(gait.OddSessionsLimit) > 0) {
			t.Errorf("%s: %v", name, r.Oddities())
		}
	}
}
