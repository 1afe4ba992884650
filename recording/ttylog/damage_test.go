package ttylog

import (
	"encoding/binary"
	"strings"
	"testing"
	"time"

	"gait"
	"gait/recording/reader"
)

func TestCutAnywhere(t *testing.T) {
	whole := new(log).open(0).out(1, "$ ").in(1000, "ls\r").out(1001, "ls\r\n").close(2000).Bytes()
	for n := int(packed); n < len(whole); n++ {
		all, _ := read(t, whole[:n], reader.DefaultLimits())
		s := all[0]
		if len(all) != 1 || s.End.Seen || s.Oddities.Count(gait.OddUnclosed) != 1 {
			t.Fatalf("cut at %d: %d sessions, %+v", n, len(all), s.Header)
		}
		full := new(log).open(0)
		if n == full.Len() || n == full.out(1, "$ ").Len() || n == full.in(1000, "ls\r").Len() || n == full.out(1001, "ls\r\n").Len() {
			if s.Oddities.Count(gait.OddCutRecord) != 0 {
				t.Errorf("cut between records at %d: %v", n, s.Oddities)
			}
			continue
		}
		if s.Oddities.Count(gait.OddCutRecord) != 1 {
			t.Errorf("cut at %d: %v", n, s.Oddities)
		}
	}
	if s := one(t, new(log).open(0).out(1, "").in(1000, "ls\r").cut(1)); text(s) != "i@1s:ls" || s.Oddities.Count(gait.OddEmptyEvent) != 1 {
		t.Errorf("%q, %v", text(s), s.Oddities)
	}
}

// cut takes bytes off the end.
func (l *log) cut(n int) *log { l.Truncate(l.Len() - n); return l }

func TestBadRecords(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(l *log)
		bad   int64
	}{
		"op":               {func(l *log) { l.rec(77, 1, 1500_000, "lost") }, 1},
		"direction":        {func(l *log) { l.rec(opWrite, 9, 1500_000, "lost") }, 1},
		"exec":             {func(l *log) { l.rec(opExec, 1, 1500_000, "lost") }, 1},
		"two":              {func(l *log) { l.rec(9, 1, 1, "lost").rec(9, 1, 1, "lost") }, 1},
		"bytes":            {func(l *log) { l.WriteString("garbage in between, odd in length") }, 1},
		"a record inside":  {func(l *log) { l.rec(opWrite, 9, 1500_000, new(log).in(1600, "fake").String()) }, 1},
		"a good, long one": {func(l *log) { l.rec(77, 1, 1500_000, strings.Repeat("y", 50_000)) }, 1},
		"negative length":  {func(l *log) { l.rec(opWrite, 1, 0, ""); binary.LittleEndian.PutUint32(l.Bytes()[l.Len()-16:], 1<<31) }, 1},
		"microseconds":     {func(l *log) { l.rec(opWrite, 1, 0, ""); binary.LittleEndian.PutUint32(l.Bytes()[l.Len()-4:], 1e6) }, 1},
	} {
		l := new(log).open(0).in(1000, "a")
		c.spoil(l)
		s := one(t, l.in(2000, "b").close(3000))
		if text(s) != "i@1s:a i@2s:b" || s.Oddities.Count(gait.OddBadRecord) != c.bad || !s.End.Seen {
			t.Errorf("%s: %q, %v", name, text(s), s.Oddities)
		}
	}
}

func TestNothingBehindABadRecord(t *testing.T) {
	l := new(log).open(0).in(1000, "a")
	l.WriteString(strings.Repeat("z", window+100))
	s := one(t, l.in(2000, "b").close(3000))
	if text(s) != "i@1s:a" || s.Truncated != "bad record" || s.End.Seen {
		t.Errorf("%q, %q, %v", text(s), s.Truncated, s.Oddities)
	}
}

func TestAnotherTerminal(t *testing.T) {
	l := new(log).open(0).in(1000, "a").in(1500, "x")
	l.Bytes()[l.Len()-21] = 1
	s := one(t, l.in(2000, "b").close(3000))
	if text(s) != "i@1s:a i@2s:b" || s.Oddities.Count(gait.OddChannel) != 1 {
		t.Errorf("%q, %v", text(s), s.Oddities)
	}
}

func TestLimits(t *testing.T) {
	l := new(log).open(0).in(1000, "aaaa").out(2000, "bbbb").in(90_000, "cccc").close(91_000).open(100_000).in(100_001, "d").close(100_002)
	for name, c := range map[string]struct {
		set  func(*reader.Limits)
		text string
		why  string
	}{
		"bytes":    {func(m *reader.Limits) { m.Bytes = 7 }, "i@1s:aaaa", "bytes over limit"},
		"events":   {func(m *reader.Limits) { m.Events = 1 }, "i@1s:aaaa", "events over limit"},
		"duration": {func(m *reader.Limits) { m.Duration = time.Minute }, "i@1s:aaaa o@2s:bbbb", "time over limit"},
		"exactly":  {func(m *reader.Limits) { m.Bytes, m.Events = 12, 3 }, "i@1s:aaaa o@2s:bbbb i@1m30s:cccc", ""},
	} {
		lim := reader.DefaultLimits()
		c.set(&lim)
		all, _ := read(t, l.Bytes(), lim)
		if len(all) != 2 || text(all[0]) != c.text || all[0].Truncated != c.why || text(all[1]) != "i@1ms:d" || all[1].Truncated != "" {
			t.Errorf("%s: %q, %q", name, text(all[0]), all[0].Truncated)
		}
		if e := all[0].End.Time; e > lim.Duration {
			t.Errorf("%s: end at %v", name, e)
		}
	}
}

func TestHugeLengthTakesNoMemory(t *testing.T) {
	l := new(log).open(0).in(1000, "rest")
	binary.LittleEndian.PutUint32(l.Bytes()[packed+8:], 1<<31-1)
	var s *gait.Session
	if n := testing.Benchmark(func(b *testing.B) {
		for b.Loop() {
			s = one(t, l)
		}
	}).AllocedBytesPerOp(); n > 2<<20 {
		t.Errorf("%d bytes allocated", n)
	}
	if text(s) != "i@1s:rest" || s.Oddities.Count(gait.OddCutRecord) != 1 {
		t.Errorf("%q, %v", text(s), s.Oddities)
	}
}

func TestLargeRecord(t *testing.T) {
	data := strings.Repeat("0123456789", 20_000)
	s := one(t, new(log).open(0).in(1, data).out(2, data).close(3))
	if s.Len() != 2 || string(s.Event(0).Data) != data || string(s.Event(1).Data) != data {
		t.Fatal("a large record did not come back whole")
	}
	s = one(t, new(log).open(0).out(1, "x").third(2, data).close(3))
	if s.Len() != 2 || s.Event(0).Kind != gait.Exec || string(s.Event(0).Data) != data {
		t.Fatal("a large command did not come back whole")
	}
}
