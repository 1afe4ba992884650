package regex

import (
	"fmt"
	"testing"
)

func TestMatches(t *testing.T) {
	ere, sed := Options{Extended: true}, Options{Escapes: true}
	for _, c := range []struct {
		pattern string
		o       Options
		text    string
		want    string // the first match and its groups
	}{
		{`a*`, Options{}, "aab", "[0 2]"}, {`*a`, Options{}, "*a", "[0 2]"}, {`a\+`, Options{}, "baa", "[1 3]"}, {`\(a\)\(b\)`, Options{}, "ab", "[0 2 0 1 1 2]"},
		{`a\|b`, Options{}, "b", "[0 1]"}, {`a\{2\}`, Options{}, "aaa", "[0 2]"}, {`a{2}`, Options{}, "a{2}", "[0 4]"}, {`a$b`, Options{}, "a$b", "[0 3]"}, {`a^b`, Options{}, "a^b", "[0 3]"},
		{`(a|ab)(c|bcd)`, ere, "abcd", "[0 4 0 1 1 4]"}, {`a{2,}`, ere, "aaa", "[0 3]"}, {`a{,2}`, ere, "aaa", "[0 2]"}, {`a{x`, ere, "a{x", "[0 3]"}, {`*a`, ere, "a", "[0 1]"}, {`a**`, ere, "aa", "[0 2]"}, {`a+?`, ere, "aa", "[0 2]"},
		{`[]a]`, ere, "]", "[0 1]"}, {`[^]a]`, ere, "b", "[0 1]"}, {`[a\]`, ere, `\`, "[0 1]"}, {`[[:digit:]x-z]+`, ere, "a1y", "[1 3]"}, {`\<b\>`, ere, "a b", "[2 3]"}, {`\w+`, ere, "-ab_1", "[1 5]"},
		{`(.)\1`, ere, "abba", "[1 3 1 2]"}, {`a\nb`, sed, "a\nb", "[0 3]"}, {`[\n]`, sed, "a\nb", "[1 2]"}, {`\x41`, sed, "A", "[0 1]"}, {`é`, ere, "né", "[1 3]"}, {`ab`, Options{Fixed: true, Fold: true}, "xAB", "[1 3]"}, {`foo`, Options{Word: true}, "foobar foo", "[7 10]"}, {`foo`, Options{Line: true}, "foo", "[0 3]"},
		{`\d+(?=x)`, Options{Perl: true}, "a12x", "[1 3]"}, {"\xff", Options{}, "a\xff", "[1 2]"},
	} {
		re, err := Compile(c.pattern, c.o)
		if err != nil {
			t.Errorf("%s: %v", c.pattern, err)
			continue
		}
		if got := fmt.Sprint(re.Find([]byte(c.text))); got != c.want {
			t.Errorf("%s in %q: %s, want %s", c.pattern, c.text, got, c.want)
		}
	}
}

func TestMistakes(t *testing.T) {
	for pattern, want := range map[string]string{
		`\(`: `Unmatched ( or \(`, `\)`: `Unmatched ) or \)`, `[`: "Unmatched [, [^, [:, [., or [=", `a\{1`: `Unmatched \{`, `a\{2,1\}`: `Invalid content of \{\}`, `[b-a]`: "Invalid range end",
		`[[:foo:]]`: "Invalid character class name", `\1`: "Invalid back reference", `a\`: "Trailing backslash", `a\{99999\}`: "Regular expression too big",
	} {
		if _, err := Compile(pattern, Options{}); err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", pattern, err, want)
		}
	}
}

func FuzzCompile(f *testing.F) {
	for _, s := range []string{`a\(b\)*c`, `[[:alpha:]]\{2,3\}`, `(a|b)+?\1`, `[^]-a]**`} {
		f.Add(s, "abc")
	}
	f.Fuzz(func(t *testing.T, pattern, text string) {
		for _, o := range []Options{{}, {Extended: true}, {Escapes: true, Fold: true}} {
			if re, err := Compile(pattern, o); err == nil && len(text) < 200 {
				re.All([]byte(text), -1)
			}
		}
	})
}
