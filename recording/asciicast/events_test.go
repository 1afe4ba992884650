package asciicast

import (
	"strings"
	"testing"
	"time"

	"gait"
	"gait/recording/reader"
)

// TestLines reads one line of version 2 after an event at one second.
func TestLines(t *testing.T) {
	const nothing = ""
	for line, want := range map[string]struct{ event, odd string }{
		`[2.5,"i","x"]`:                              {"input 2.5s \"x\"", ""},
		" [ 2.5 , \"i\" , \"x\" ] \r":                {"input 2.5s \"x\"", ""},
		`[2.500000001,"i","x"]`:                      {"input 2.500000001s \"x\"", ""},
		`[25e-1,"i","x"]`:                            {"input 2.5s \"x\"", ""},
		`[2.5,"\u0069","x"]`:                         {"input 2.5s \"x\"", ""},
		`[2.5,"i","x","more",{"a":[1]}]`:             {"input 2.5s \"x\"", ""},
		`[2.5,"i","a\"]\\"]`:                         {"input 2.5s \"a\\\"]\\\\\"", ""},
		`[2.5,"o","\u0000\udcff\u00e9\ud83d\ude00"]`: {"output 2.5s \"\\x00\\xffé😀\"", ""},
		"[2.5,\"o\",\"\xff\xc3\"]":                   {"output 2.5s \"\\xff\\xc3\"", ""},
		"[2.5,\"\\u006f\",\"\xff\xc3\"]":             {"output 2.5s \"\\xff\\xc3\"", ""},
		`[2.5,"o","\ud800"]`:                         {"output 2.5s \"\\xed\\xa0\\x80\"", gait.OddSurrogate},
		`[2.5,"o","\ufffd"]`:                         {"output 2.5s \"\ufffd\"", gait.OddReplacement},
		"[2.5,\"o\",\"\ufffd\"]":                     {"output 2.5s \"\ufffd\"", gait.OddReplacement},
		`[2.5,"o",7]`:                                {"output 2.5s \"7\"", ""},
		`[NaN,"o","x"]`:                              {"output 1s \"x\"", gait.OddTimeBad},
		`[-Infinity,"o","x"]`:                        {"output 1s \"x\"", gait.OddTimeBad},
		`[null,"o","x"]`:                             {"output 1s \"x\"", gait.OddTimeBad},
		`["2.5","o","x"]`:                            {"output 1s \"x\"", gait.OddTimeBad},
		`[-2,"o","x"]`:                               {"output 1s \"x\"", gait.OddTimeBad},
		`[0.5,"o","x"]`:                              {"output 1s \"x\"", gait.OddTimeBack},
		`[2.5,"exec","uname -a"]`:                    {"exec 2.5s \"uname -a\"", ""},
		`[2.5,"z","x"]`:                              {nothing, gait.OddChannel},
		`[2.5,"","x"]`:                               {nothing, gait.OddChannel},
		`[2.5,"o",""]`:                               {nothing, gait.OddEmptyEvent},
		`[2.5,"r","80 x 24"]`:                        {nothing, gait.OddBadRecord},
		`[2.5,"r","0x24"]`:                           {nothing, gait.OddBadRecord},
		`[2.5,"r","80x99999"]`:                       {nothing, gait.OddBadRecord},
		`[2.5,"r","8e1x24"]`:                         {nothing, gait.OddBadRecord},
		`[2.5,"o"]`:                                  {nothing, gait.OddForeignLine},
		`[2.5,"o",[1]]`:                              {nothing, gait.OddForeignLine},
		`[2.5,7,"x"]`:                                {nothing, gait.OddForeignLine},
		`{"a":1}`:                                    {nothing, gait.OddForeignLine},
		`"text"`:                                     {nothing, gait.OddForeignLine},
		`{"version":2,"width":80,"height":24}`:       {nothing, gait.OddSecondHeader},
		`[2.5,"o","x`:                                {nothing, gait.OddTornLine},
		`[2.5,"o","x"`:                               {nothing, gait.OddTornLine},
		`[2.5,"o","\x"]`:                             {nothing, gait.OddTornLine},
		"[2.5,\"o\",\"a\tb\"]":                       {nothing, gait.OddTornLine},
		`[abc,"o","x"]`:                              {nothing, gait.OddTornLine},
		`[2.5 "o" "x"]`:                              {nothing, gait.OddTornLine},
		`[,,]`:                                       {nothing, gait.OddTornLine},
		`[2.5,"o",}]`:                                {nothing, gait.OddTornLine},
		`[2.5,"o","x"]]`:                             {nothing, gait.OddTornLine},
		`# comment`:                                  {nothing, gait.OddTornLine},
		`garbage`:                                    {nothing, gait.OddTornLine},
		"\x00\x00\x00":                               {nothing, gait.OddNUL},
		"\x00\x00[2.5,\"o\",\"x\"]":                  {"output 2.5s \"x\"", gait.OddNUL},
		"":                                           {nothing, ""},
	} {
		s := readText(t, headV2+"[1.000000,\"o\",\"-\"]\n"+line+"\n[3,\"o\",\"+\"]\n")
		all := list(s)
		got := strings.TrimSuffix(strings.TrimPrefix(all, "output 1s \"-\"\n"), "output 3s \"+\"\n")
		if strings.TrimSuffix(got, "\n") != want.event || len(all)-len(got) != len("output 1s \"-\"\noutput 3s \"+\"\n") {
			t.Errorf("%q: %s", line, all)
		}
		if want.odd == "" && len(s.Oddities) > 0 || want.odd != "" && (len(s.Oddities) != 1 || s.Oddities.Count(want.odd) != 1) {
			t.Errorf("%q: %v, want %q", line, s.Oddities, want.odd)
		}
	}
}

func TestOddityTellsWhere(t *testing.T) {
	text := headV2 + "[1,\"o\",\"x\"]\ntorn\n"
	s := readText(t, text)
	if len(s.Oddities) != 1 || s.Oddities[0].First != int64(strings.Index(text, "torn")) {
		t.Fatal(s.Oddities)
	}
}

func TestIntervalsThatAreNoNumber(t *testing.T) {
	s := readText(t, headV3+`[1,"o","a"]`+"\n"+`[NaN,"o","b"]`+"\n"+`[-1,"i","c"]`+"\n"+`[1,"o","d"]`+"\n")
	if got := list(s); got != "output 1s \"a\"\noutput 1s \"b\"\ninput 1s \"c\"\noutput 2s \"d\"\n" || s.Oddities.Count(gait.OddTimeBad) != 2 {
		t.Errorf("%s%v", got, s.Oddities)
	}
}

func TestLastLine(t *testing.T) {
	whole := readText(t, headV2+`[1,"o","a"]`+"\n"+`[2,"o","b"]`)
	if whole.Len() != 2 || len(whole.Oddities) > 0 {
		t.Errorf("%s%v", list(whole), whole.Oddities)
	}
	half := readText(t, headV2+`[1,"o","a"]`+"\n"+`[2,"o","b`)
	if half.Len() != 1 || half.Oddities.Count(gait.OddTornLine) != 1 {
		t.Errorf("%s%v", list(half), half.Oddities)
	}
}

func TestFidelity(t *testing.T) {
	for events, want := range map[string]gait.Fidelity{
		"":                                     {Output: true},
		`[1,"o","x"]`:                          {Output: true, Resolution: time.Second},
		`[1.5,"i","x"]`:                        {Input: gait.GranularityPacket, Resolution: time.Millisecond},
		`[1.123,"i","x"]` + "\n[2,\"o\",\"\"]": {Input: gait.GranularityPacket, Output: true, Resolution: time.Millisecond},
		`[1.1234,"o","x"]`:                     {Output: true, Resolution: time.Microsecond},
		`[1.123456789,"m","x"]`:                {Output: true, Resolution: time.Nanosecond},
		`[0.30000000000000004,"o","x"]`:        {Output: true, Resolution: time.Microsecond},
		`[NaN,"o","x"]`:                        {Output: true},
	} {
		want.Clock, want.Closed = gait.ClockMonotonic, "end of file"
		if s := readText(t, headV2+events+"\n"); s.Fidelity != want {
			t.Errorf("%s: %+v", events, s.Fidelity)
		}
	}
}

func TestLimits(t *testing.T) {
	line, rest := `[1,"o","abc"]`+"\n", "[2,\"o\",\"later\"]\n"
	for name, c := range map[string]struct {
		text string
		set  func(*reader.Limits)
		want string
		n    int
	}{
		"line":     {headV2 + line + `[1,"o","` + strings.Repeat("x", 100) + `"]` + "\n" + rest, func(l *reader.Limits) { l.Line = 90 }, "line over limit", 1},
		"v1 frame": {`{"version":1,"stdout":[[1,"abc"],[1,"` + strings.Repeat("x", 100) + `"],[2,"later"]]}`, func(l *reader.Limits) { l.Line = 90 }, "line over limit", 1},
		"v1 field": {`{"version":1,"stdout":[[1,"abc"]],"title":"` + strings.Repeat("x", 100) + `"}`, func(l *reader.Limits) { l.Line = 90 }, "", 1},
		"events":   {headV2 + line + line + rest, func(l *reader.Limits) { l.Events = 2 }, "events over limit", 2},
		"bytes":    {headV2 + line + line + rest, func(l *reader.Limits) { l.Bytes = 7 }, "bytes over limit", 2},
		"time":     {headV2 + line + `[604801,"o","x"]` + "\n" + line, nil, "time over limit", 1},
		"infinite": {headV2 + line + `[1e999,"o","x"]` + "\n" + line, nil, "time over limit", 1},
		"v3 sum":   {headV3 + line + `[9e9,"q","x"]` + "\n" + `[9e9,"o","x"]` + "\n" + line, nil, "time over limit", 1},
		"v3 exit":  {headV3 + line + `[9e9,"x","0"]` + "\n", nil, "time over limit", 1},
		"v1 sum":   {`{"version":1,"stdout":[[1,"abc"],[1e9,"x"],[1,"y"]]}`, nil, "time over limit", 1},
	} {
		lim := reader.DefaultLimits()
		if c.set != nil {
			c.set(&lim)
		}
		s := read(t, c.text, lim)
		if s.Truncated != c.want || s.Len() != c.n || s.End.Seen {
			t.Errorf("%s: %q after %d events", name, s.Truncated, s.Len())
		}
		if s.EvidenceRef != readText(t, c.text).EvidenceRef {
			t.Errorf("%s: a limit changes the evidence reference", name)
		}
	}
}

func TestDeepNesting(t *testing.T) {
	deep := strings.Repeat("[", 400_000)
	for _, text := range []string{
		headV2 + deep + "\n" + `[1,"o","x"]`,
		headV2 + `[1,"o",` + deep + "\n" + `[1,"o","x"]`,
		headV2 + `[` + deep + strings.Repeat("]", 400_000) + `,"o","x"]` + "\n" + `[1,"o","x"]`,
		`{"version":1,"width":80,"stdout":[[1,"x"],` + deep,
		`{"version":1,"width":80,"stdout":[[1,"x"]],"env":` + strings.Repeat(`{"a":`, 150_000),
	} {
		if s := readText(t, text); s.Len() != 1 || len(s.Oddities) != 1 {
			t.Errorf("%.60q: %d events, %v", text, s.Len(), s.Oddities)
		}
	}
}
