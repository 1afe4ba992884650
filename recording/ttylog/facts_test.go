package ttylog

import (
	"strings"
	"testing"
	"time"

	"gait"
)

func TestExec(t *testing.T) {
	for name, l := range map[string]*log{
		"command first":  new(log).open(0).third(5, "uname -a").out(9, "Linux").close(20),
		"command behind": new(log).open(0).out(5, "Linux").third(9, "uname -a").close(20),
	} {
		s := one(t, l)
		want := "e@5ms:uname -a o@9ms:Linux"
		if name == "command behind" {
			want = "e@5ms:uname -a o@5ms:Linux"
		}
		if text(s) != want || s.Fidelity.Input != gait.GranularityLine || len(s.Oddities) != 0 {
			t.Errorf("%s: %q, %v, %v", name, text(s), s.Fidelity.Input, s.Oddities)
		}
	}
}

func TestOperatorsKeysAreNotTheAttackers(t *testing.T) {
	s := one(t, new(log).open(0).out(1, "$ ").in(5, "l").third(9, "x").in(12, "s").close(20))
	if got := text(s); got != "o@1ms:$  i@5ms:l m@9ms:x i@12ms:s" {
		t.Errorf("%q", got)
	}
	s = one(t, new(log).open(0).third(9, "x").third(12, "y").close(20))
	if got := text(s); got != "m@9ms:x m@12ms:y" {
		t.Errorf("without keys of the attacker: %q", got)
	}
}

func TestSwappedDirections(t *testing.T) {
	const line = "uname -a\r"
	for name, c := range map[string]struct {
		l       *log
		swapped bool
		unclear bool
	}{
		"right":                {new(log).open(0).out(1, "$ ").typed(100, 1, 2, line), false, false},
		"swapped":              {new(log).open(0).in(1, "$ ").typed(100, 2, 1, line), true, false},
		"swapped, keys first":  {new(log).open(0).typed(100, 2, 1, line), true, false},
		"too little":           {new(log).open(0).in(1, "$ ").typed(100, 2, 1, "id\r"), false, false},
		"too little to follow": {new(log).open(0).out(1, "$ ").typed(100, 2, 1, "abcd"), false, true},
		"both ways":            {new(log).open(0).in(1, "$ ").typed(100, 2, 1, line).typed(5000, 1, 2, line), false, true},
		"two bot's lines":      {new(log).open(0).in(1, "$ ").out(50, "enable\n").in(52, "enable\r\n$ ").out(90, "system\n").in(93, "system\r\n"), true, false},
		"one line":             {new(log).open(0).in(1, "$ ").out(50, "enable\n").in(52, "enable\r\n$ "), false, false},
		"slow answers":         {new(log).open(0).in(1, "$ ").out(50, "enable\n").in(152, "enable\r\n$ ").out(290, "system\n").in(393, "system\r\n"), false, false},
		"doubled letters":      {new(log).open(0).out(1, "$ ").typed(100, 1, 2, strings.Repeat("a", 50)), false, false},
		"no echo":              {new(log).open(0).out(1, "$ ").in(5, "$ ").in(9, "aa").out(13, "bb"), false, false},
	} {
		s := one(t, c.l.close(60_000))
		if s.Fidelity.Swapped != c.swapped || s.Oddities.Count(gait.OddUnclear) != int64(boolInt(c.unclear)) {
			t.Errorf("%s: swapped %v, %v", name, s.Fidelity.Swapped, s.Oddities)
		}
		if c.swapped && name != "two bot's lines" && string(s.Block(gait.Input)) != line {
			t.Errorf("%s: input %q", name, s.Block(gait.Input))
		}
	}
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// pasted writes one-byte inputs, gap microseconds apart.
func pasted(n int, gap int64) *log {
	l := new(log).open(0)
	for i := range n {
		l.rec(opWrite, 1, 1_000_000+int64(i)*gap, "x")
	}
	return l
}

func TestGranularity(t *testing.T) {
	for name, c := range map[string]struct {
		l    *log
		want gait.Granularity
	}{
		"nothing typed":          {new(log).open(0).out(1, "$ "), gait.GranularityPacket},
		"typed":                  {pasted(50, 150_000), gait.GranularityPacket},
		"typed for long":         {pasted(100, 150_000), gait.GranularityKey},
		"a burst":                {pasted(8, 20), gait.GranularityKey},
		"too short a burst":      {pasted(7, 20), gait.GranularityPacket},
		"1 ms apart":             {pasted(50, 1000), gait.GranularityPacket},
		"just below 1 ms":        {pasted(50, 999), gait.GranularityKey},
		"a burst and an arrow":   {pasted(50, 20).in(2000, "\x1b[A"), gait.GranularityPacket},
		"long, and one packet":   {pasted(500, 150_000).in(200_000, "ls"), gait.GranularityPacket},
		"a burst behind the end": {new(log).open(0).in(1, "a").close(2).typed(3, 1, 2, "abcdefghijklm"), gait.GranularityPacket},
	} {
		if s := one(t, c.l); s.Fidelity.Input != c.want {
			t.Errorf("%s: %v, want %v", name, s.Fidelity.Input, c.want)
		}
	}
	if s := one(t, pasted(8, 20)); s.Len() != 8 {
		t.Errorf("records of a paste were joined: %d events", s.Len())
	}
}

func TestClockSteps(t *testing.T) {
	s := one(t, new(log).open(1000).in(2000, "a").in(1500, "b").in(500, "c").in(2500, "d").close(2400))
	if got := text(s); got != "i@1s:a i@1s:b i@1s:c i@1.5s:d" {
		t.Errorf("%q", got)
	}
	if n := s.Oddities.Count(gait.OddTimeBack); n != 3 || s.End.Time != 1500*time.Millisecond {
		t.Errorf("%v, end %v", s.Oddities, s.End.Time)
	}
}
