package script

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"gait"
	"gait/recording/reader"
)

func TestDetect(t *testing.T) {
	for text, want := range map[string]bool{
		begun: true,
		"Script started on Tue 01 Jan 2019 10:00:00 AM UTC\n":                                 true,
		"Skript gestartet am 2026-01-01 10:00:00+00:00 [TERM=\"xterm\" TTY=\"/dev/pts/0\"]\n": true,
		"Skript gestartet am 2026-01-01 10:00:00+00:00 [<nicht auf Terminal>]\r\n":            true,
		headers("o", "i"):                    true,
		"H 0.000000 COMMAND a\nrest of it\n": true,
		body:                                 true,
		"0.100000 2\n":                       true,
		"0.100000 2":                         true,
		"0.100000 2\n12.345678 100\n0.0":     true,
		"0.100000 2\nhello\n":                false,
		"0.1 2\n":                            false,
		"0.100000 2 3\n":                     false,
		"0.100000\n":                         false,
		"\n":                                 false,
		"":                                   false,
		"I am a text\n":                      false,
		"O 0.1 2\n":                          false,
		"H 0.000000 hello\n":                 false,
		"H 1.000000 START_TIME x\n":          false,
		"S 0.100000 something\n":             false,
		"hello 2026-01-01 10:00:00 [<nick> text]\n": false,
		"hello [TERM=\"x\"]\n":                      false,
		"{\"version\":2}\n":                         false,
		"1714521600 user host\n":                    false,
		"script started\n":                          false,
		"0.100000 " + strings.Repeat("9", 5000):     false,
	} {
		if got := (Format{}).Detect([]byte(text)[:min(len(text), reader.HeadSize)]); got != want {
			t.Errorf("%.60q: %v", text, got)
		}
	}
}

// TestLines plays one line between two outputs of a byte each.
func TestLines(t *testing.T) {
	for line, want := range map[string]struct{ event, odd string }{
		"I 0.5 2":                             {"input 1.5s \"bc\"", ""},
		"O 0.500000 2\r":                      {"output 1.5s \"bc\"", ""},
		"0.500000 2":                          {"output 1.5s \"bc\"", ""},
		"I 5e-1 2":                            {"input 1.5s \"bc\"", ""},
		"I nan 2":                             {"input 1s \"bc\"", gait.OddTimeBad},
		"I -1.000000 2":                       {"input 1s \"bc\"", gait.OddTimeBad},
		"I 0.5 0":                             {"", gait.OddEmptyEvent},
		"S 0.5 SIGWINCH ROWS=40 COLS=120":     {"resize 1.5s \"120x40\"", ""},
		"S 0.5 SIGWINCH COLS=120 ROWS=40":     {"resize 1.5s \"120x40\"", ""},
		"S 0.5 SIGWINCH ROWS=0 COLS=120":      {"", gait.OddBadRecord},
		"S 0.5 SIGWINCH ROWS=+4 COLS=120":     {"", gait.OddBadRecord},
		"S 0.5 SIGWINCH COLS=99999999 ROWS=1": {"", gait.OddBadRecord},
		"S 0.5 SIGWINCH":                      {"", gait.OddBadRecord},
		"S 0.5 SIGINT":                        {"marker 1.5s \"SIGINT\"", ""},
		"Q 0.5 something":                     {"", gait.OddChannel},
		"H 0.5 TERM x":                        {"", ""},
		"H 0.5 START_TIME soon":               {"", ""},
		"":                                    {"", ""},
		"torn":                                {"", gait.OddTornLine},
		"I 0.5":                               {"", gait.OddTornLine},
		"I 0.5 x":                             {"", gait.OddTornLine},
		"I 0.5 -2":                            {"", gait.OddTornLine},
		"0.5":                                 {"", gait.OddTornLine},
		"word 2":                              {"", gait.OddTornLine},
		"\x00\x00\x00":                        {"", gait.OddNUL},
	} {
		d := files{"a": begun + "abcdefgh" + done, "timing": "O 1.000000 1\n" + line + "\nO 1.000000 1\n"}
		src := d.source("a", d["a"])
		src.Timing = "timing"
		s := readSource(t, src, reader.DefaultLimits())
		lines := strings.SplitAfter(list(s), "\n")
		got := strings.TrimSuffix(strings.Join(lines[1:len(lines)-2], ""), "\n")
		if got != want.event {
			t.Errorf("%q: %s", line, list(s))
		}
		if want.odd == "" && len(s.Oddities) > 0 || want.odd != "" && (len(s.Oddities) != 1 || s.Oddities.Count(want.odd) != 1) {
			t.Errorf("%q: %v, want %q", line, s.Oddities, want.odd)
		}
	}
}

func TestMoreBytesThanThereAre(t *testing.T) {
	for _, n := range []string{"100", "99999999", "9223372036854775807", "99999999999999999999999999"} {
		d := files{"a": begun + "abc", "timing": "O 1.000000 1\nO 1.000000 " + n + "\nO 1.000000 1\nI 1.000000 5\n"}
		src := d.source("a", d["a"])
		src.Timing = "timing"
		s := readSource(t, src, reader.DefaultLimits())
		if list(s) != "output 1s \"a\"\noutput 2s \"bc\"\n" || s.Oddities.Count(gait.OddOverRead) != 3 || !s.Fidelity.OutputPartial {
			t.Errorf("%s: %s%v", n, list(s), s.Oddities)
		}
	}
}

func TestSecondRecording(t *testing.T) {
	d := files{"io.log": begun + "$ ll\xff\r" + done, "io.tm": headers("io.log", "io.log") + body + ending + headers("x", "y") + body}
	if s := d.read(t, "io.tm"); list(s) != events || s.Oddities.Count(gait.OddManyRecords) != 1 {
		t.Errorf("%s%v", list(s), s.Oddities)
	}
	d["io.tm"] = headers("io.log", "io.log") + body + ending + "O 0.100000 3\n"
	if s := d.read(t, "io.tm"); list(s) != events || s.Oddities.Count(gait.OddAfterEnd) != 1 {
		t.Errorf("%s%v", list(s), s.Oddities)
	}
}

func TestCutTiming(t *testing.T) {
	d := files{"io.log": begun + "$ ll\xff\r", "io.tm": headers("io.log", "io.log") + "O 0.100000 2\nI 0.500000 1"}
	s := d.read(t, "io.tm")
	if s.Len() != 2 || s.Oddities.Count(gait.OddTornLine) != 1 || s.Oddities.Count(gait.OddUnclosed) != 1 || s.End.Seen {
		t.Errorf("%s%v", list(s), s.Oddities)
	}
}

func TestLimits(t *testing.T) {
	for name, c := range map[string]struct {
		timing string
		set    func(*reader.Limits)
		want   string
		n      int
	}{
		"line":   {"O 1.000000 1\nS 1.000000 SIGTERM " + strings.Repeat("x", 200) + "\nO 1.000000 1\n", func(l *reader.Limits) { l.Line = 150 }, "line over limit", 1},
		"events": {"O 1.000000 1\nO 1.000000 1\nO 1.000000 1\n", func(l *reader.Limits) { l.Events = 2 }, "events over limit", 2},
		"bytes":  {"O 1.000000 1\nO 1.000000 3\nO 1.000000 1\n", func(l *reader.Limits) { l.Bytes = 3 }, "bytes over limit", 1},
		"time":   {"O 1.000000 1\nO 604800.000000 3\nO 1.000000 1\n", nil, "time over limit", 1},
		"sum":    {"O 1.000000 1\nQ 9e9 x\nQ 9e9 x\nO 1.000000 3\n", nil, "time over limit", 1},
	} {
		lim := reader.DefaultLimits()
		if c.set != nil {
			c.set(&lim)
		}
		d := files{"a": begun + "abcdefgh" + done, "timing": c.timing}
		src := d.source("a", d["a"])
		src.Timing = "timing"
		s := readSource(t, src, lim)
		if s.Truncated != c.want || s.Len() != c.n || s.End.Seen {
			t.Errorf("%s: %q after %d events", name, s.Truncated, s.Len())
		}
	}
}

func TestPreamble(t *testing.T) {
	for line, want := range map[string]string{
		begun: "2026-05-08T10:00:00Z 100x30 \"\" [{TERM xterm}]",
		"Script started on 2026-05-08 12:00:00+0200 [COMMAND=\"bash -i\" <not executed on terminal>]\n":                         "2026-05-08T10:00:00Z 0x0 \"bash -i\" []",
		"Script started on 2026-05-08 10:00:00,250000Z [COMMAND=\"sh -c \"a\" <b]\" TERM=\"vt\" COLUMNS=\"-1\" LINES=\"-1\"]\n": "2026-05-08T10:00:00.25Z 0x0 \"sh -c \\\"a\\\" <b]\" [{TERM vt}]",
		"Skript gestartet am 2026-05-08 10:00:00+00:00 [TERM=\"x\" TTY=\"/dev/t\" COLUMNS=\"80\" LINES=\"24\"]":                 "2026-05-08T10:00:00Z 80x24 \"\" [{TERM x}]",
		"Script started on Tue 01 Jan 2019 10:00:00 AM UTC\n":                                                                   "0001-01-01T00:00:00Z 0x0 \"\" []",
		"Script started on 9999-05-08 12:00:00+02:00\n":                                                                         "0001-01-01T00:00:00Z 0x0 \"\" []",
		"Script started on 1999-05-08 12:00:00+00:00\n":                                                                         "1999-05-08T12:00:00Z 0x0 \"\" []",
		"":                              "0001-01-01T00:00:00Z 0x0 \"\" []",
		"Script started on [COMMAND=\"": "0001-01-01T00:00:00Z 0x0 \"\" []",
	} {
		var h gait.Header
		var odd gait.Oddities
		preamble(&h, &odd, line)
		got := fmt.Sprintf("%s %dx%d %q %v", h.Start.Format(time.RFC3339Nano), h.Width, h.Height, h.Command, h.Env)
		if got != want {
			t.Errorf("%s\ngot  %s\nwant %s", line, got, want)
		}
		if doubtful := strings.Contains(line, "9999") || strings.Contains(line, "1999"); (odd.Count(gait.OddClockStep) == 1) != doubtful {
			t.Errorf("%s: %v", line, odd)
		}
	}
}

func TestFirstLineIsSkippedWhateverItSays(t *testing.T) {
	for _, first := range []string{"\n", "another tongue\n", strings.Repeat("x", 300_000) + "\n"} {
		d := files{"o": first + "abc", "s.tm": headers("o", "") + "O 0.100000 3\n"}
		if s := d.read(t, "s.tm"); list(s) != "output 100ms \"abc\"\n" {
			t.Errorf("%.20q: %s", first, list(s))
		}
	}
	d := files{"o": "no line feed", "s.tm": headers("o", "") + "O 0.100000 3\n"}
	if s := d.read(t, "s.tm"); s.Len() != 0 || s.Oddities.Count(gait.OddOverRead) != 1 {
		t.Errorf("%s%v", list(s), s.Oddities)
	}
}
