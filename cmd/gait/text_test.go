package main

import (
	"bytes"
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"gait/profile"
	"gait/profile/explain"
	"gait/recording"
)

func TestNumbers(t *testing.T) {
	for want, got := range map[string]string{
		"0": number(0), "12": number(12), "0.0667": number(1.0 / 15), "1235": number(1234.5), "-0.5": number(-0.5),
		"undefined": number(math.NaN()), "infinite": number(math.Inf(-1)), "1.00e-07": number(1e-7), "1.00e+20": number(1e20),
		"250 ms": quantity(0.25, "s"), "2.5 s": quantity(2.5, "s"), "0 s": quantity(0, "s"), "3": quantity(3, "count"),
		"1 key": count(1, "key", "keys"), "1,234,567 keys": count(1234567, "key", "keys"), "-1,000": grouped(-1000), "-100": grouped(-100),
		"12 bytes": howMuch(12), "1.5 KB": howMuch(1536), "8 GB": howMuch(8 << 30),
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestHowLong(t *testing.T) {
	for want, d := range map[string]time.Duration{
		"0 s": 0, "5 ns": 5, "1 µs": time.Microsecond, "120 ms": 120 * time.Millisecond, "2.4 s": 2400 * time.Millisecond,
		"1 min 05 s": 65 * time.Second, "2 h 03 min": 2*time.Hour + 3*time.Minute, "6 days 4 h": 148 * time.Hour,
	} {
		if got := howLong(d); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestBar(t *testing.T) {
	for share, want := range map[float64]string{0: "     ", 1: "█████", 0.5: "██▌  ", 0.75: "███▊ ", 7: "█████", -1: "     "} {
		if got := bar(share); got != want {
			t.Errorf("%v: %q, want %q", share, got, want)
		}
	}
}

func TestWrapKeepsWordsAndWidth(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := rapid.SliceOfN(rapid.StringMatching(`[a-zäö·]{1,12}`), 0, 30).Draw(t, "words")
		width := rapid.IntRange(12, 60).Draw(t, "width")
		lines := wrap(strings.Join(words, " "), width)
		for _, line := range lines {
			if cells(line) > width || line == "" {
				t.Fatalf("%q has %d cells", line, cells(line))
			}
		}
		if got := strings.Join(lines, " "); got != strings.Join(words, " ") {
			t.Fatalf("%q", got)
		}
	})
}

func TestClipKeepsWidth(t *testing.T) {
	if got := clip("abcdef", 4); got != "abc…" {
		t.Errorf("%q", got)
	}
	if got := clipLeft("abcdef", 4); got != "…def" {
		t.Errorf("%q", got)
	}
	if clip("ab", 0) != "" || clipLeft("ab", 0) != "" || clip("äö", 2) != "äö" {
		t.Error("short texts are cut wrongly")
	}
}

func TestLimitFlagsDefaultToTheReadersLimits(t *testing.T) {
	c, _, errs := testConsole()
	var p commands
	parser, _, err := newParser(t.Context(), c, &p, func(int) {})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := parser.Parse([]string{"profile", "x"}); err != nil {
		t.Fatal(err, errs)
	}
	if got := p.Profile.limits(); got != recording.DefaultLimits() {
		t.Errorf("got %+v, want %+v", got, recording.DefaultLimits())
	}
}

func TestSizesAndTimesReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := byteSize(rapid.Int64Range(0, 1<<50).Draw(t, "size"))
		if rapid.Bool().Draw(t, "round") {
			s = s >> 20 << 20
		}
		var back byteSize
		if err := back.UnmarshalText([]byte(s.String())); err != nil || back != s {
			t.Fatalf("%s came back as %s (%v)", s, back, err)
		}
		l := longTime(time.Duration(rapid.Int64Range(0, 1000).Draw(t, "hours")) * time.Hour)
		var again longTime
		if err := again.UnmarshalText([]byte(l.String())); err != nil || again != l {
			t.Fatalf("%s came back as %s (%v)", l, again, err)
		}
	})
	for _, bad := range []string{"", "B", "x", "-1", "1.5MB", "9999999999GB", "0x10"} {
		if err := new(byteSize).UnmarshalText([]byte(bad)); err == nil {
			t.Errorf("%q is a size", bad)
		}
	}
	for _, bad := range []string{"", "d", "-1d", "99999999d", "7"} {
		if err := new(longTime).UnmarshalText([]byte(bad)); err == nil {
			t.Errorf("%q is a stretch of time", bad)
		}
	}
}

func TestEveryThresholdCanBePutIntoWords(t *testing.T) {
	var b bytes.Buffer
	writeMarkdown(&b, primitives())
	page := b.String()
	for _, p := range primitives() {
		if !strings.Contains(page, `<a id="`+p.Name+`"></a>`) {
			t.Errorf("%s has no anchor", p.Name)
		}
		for _, x := range p.Thresholds {
			if explain.Unit(p, x.Measure) == "" {
				t.Errorf("%s compares %s, which is none of its measures", p.Name, x.Measure)
			}
		}
		if explain.Silence(p.Doc) == "" || p.Kind == profile.Label && takes(p) == "" {
			t.Errorf("%s says too little of itself", p.Name)
		}
	}
}
