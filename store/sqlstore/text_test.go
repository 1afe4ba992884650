package sqlstore

import (
	"math"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestEscapeKeepsEveryByte(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := rapid.SliceOf(rapid.OneOf(rapid.Byte(), rapid.SampledFrom([]byte("\\x0a\x00\xac\xe6")))).Draw(t, "text")
		s := string(b)
		e := Escape(s)
		if !utf8.ValidString(e) || strings.ContainsRune(e, 0) {
			t.Fatalf("%q became %q", s, e)
		}
		if got := Unescape(e); got != s {
			t.Fatalf("%q came back as %q", s, got)
		}
	})
}

func TestEscapedPrefixesStayPrefixes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "text")
		for i := range s { // where characters begin
			if !strings.HasPrefix(Escape(s), Escape(s[:i])) {
				t.Fatalf("%q is no prefix of %q", Escape(s[:i]), Escape(s))
			}
		}
	})
}

func TestUnescapeTakesAnything(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		Unescape(string(rapid.SliceOf(rapid.SampledFrom([]byte(`\x0aAg`))).Draw(t, "text")))
	})
}

func TestCutKeepsCharactersWhole(t *testing.T) {
	for _, c := range []struct {
		text string
		n    int
		want string
	}{{"abc", 3, "abc"}, {"abcd", 3, "abc"}, {"aüb", 2, "a"}, {"aüb", 3, "aü"}, {"\xff\xff", 1, "\xff"}, {"日", 2, ""}, {"", 0, ""}} {
		if got := cut(c.text, c.n); got != c.want {
			t.Errorf("cut(%q, %d) is %q, want %q", c.text, c.n, got, c.want)
		}
	}
}

func TestTimesComeBack(t *testing.T) {
	for _, at := range []time.Time{{}, time.Unix(0, 0), time.Unix(-1, 5), time.Unix(1767225600, 123456789)} {
		got := Time(Nanos(at))
		if !got.Equal(at) || got.IsZero() != at.IsZero() || got.Location() != time.UTC {
			t.Errorf("%v came back as %v", at, got)
		}
	}
	for year, want := range map[int]int64{-9000: math.MinInt64 + 1, 1600: math.MinInt64 + 1, 2300: math.MaxInt64, 90000: math.MaxInt64} {
		if got := Nanos(time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC)); got != want {
			t.Errorf("the year %d is %d, want %d", year, got, want)
		}
	}
}

func TestMarksAndPad(t *testing.T) {
	for n, want := range map[int]string{1: "$3", 2: "$3,$4", 3: "$3,$4,$5,$6"} {
		if got := Marks(3, n); got != want {
			t.Errorf("%d marks are %q, want %q", n, got, want)
		}
		list := make([]int, n)
		if got := len(Pad([]any{0, 0}, list)); got != strings.Count(want, "$")+2 {
			t.Errorf("%d arguments for %q", got, want)
		}
	}
}
