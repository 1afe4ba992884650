package gnu

import (
	"cmp"
	"strings"
	"unicode"

	"gait/decoy/proc"
)

// Collate gives the order of names in the locale of a process: of bytes in C,
// else first by letters and digits without regard to case, then by case, then
// by everything.
func Collate(p *proc.Process) func(a, b string) int {
	l := locale(p, "LC_COLLATE")
	if l == "C" || l == "POSIX" || strings.HasPrefix(l, "C.") {
		return strings.Compare
	}
	return Alphabetic
}

// Alphabetic is the order of a language: first by letters and digits without
// regard to case, then by case with small letters first, then by everything.
func Alphabetic(a, b string) int {
	x, y := a, b
	byCase := 0
	for {
		var r, s rune
		r, x = letter(x)
		s, y = letter(y)
		if r == 0 || s == 0 {
			if r != s {
				return cmp.Compare(r, s)
			}
			break
		}
		if c := cmp.Compare(unicode.ToLower(r), unicode.ToLower(s)); c != 0 {
			return c
		}
		if byCase == 0 && r != s {
			byCase = 1
			if unicode.IsLower(r) {
				byCase = -1
			}
		}
	}
	if byCase != 0 {
		return byCase
	}
	return strings.Compare(a, b)
}

// letter gives the next letter or digit of a text, 0 for none, and what follows.
func letter(s string) (rune, string) {
	for i, r := range s {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return r, s[i+len(string(r)):]
		}
	}
	return 0, ""
}

// Version is the order of names with numbers in them, as ls -v and sort -V have
// it: "a2" before "a10".
func Version(a, b string) int {
	if c := versions(trimSuffixes(a), trimSuffixes(b)); c != 0 {
		return c
	}
	if c := versions(a, b); c != 0 {
		return c
	}
	return strings.Compare(a, b)
}

// trimSuffixes takes ".tar.gz" and the like off a name.
func trimSuffixes(s string) string {
	for {
		at := strings.LastIndexByte(s, '.')
		if at <= 0 || at+1 == len(s) || !unicode.IsLetter(rune(s[at+1])) || strings.IndexFunc(s[at+1:], func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '~' }) >= 0 {
			return s
		}
		s = s[:at]
	}
}

func versions(a, b string) int {
	for a != "" || b != "" {
		x, y := prefix(a, false), prefix(b, false)
		for i := range max(len(x), len(y)) {
			if c := cmp.Compare(weight(x, i), weight(y, i)); c != 0 {
				return c
			}
		}
		a, b = a[len(x):], b[len(y):]
		x, y = prefix(a, true), prefix(b, true)
		a, b = a[len(x):], b[len(y):]
		x, y = strings.TrimLeft(x, "0"), strings.TrimLeft(y, "0")
		if c := cmp.Or(cmp.Compare(len(x), len(y)), strings.Compare(x, y)); c != 0 {
			return c
		}
	}
	return 0
}

// prefix gives the digits, or what is none, at the beginning of a text.
func prefix(s string, digits bool) string {
	for i := range len(s) {
		if (s[i] >= '0' && s[i] <= '9') != digits {
			return s[:i]
		}
	}
	return s
}

// weight is the rank of a character among versions: ~, the end, letters, others.
func weight(s string, i int) int {
	switch {
	case i >= len(s):
		return 0
	case s[i] == '~':
		return -1
	case s[i]|0x20 >= 'a' && s[i]|0x20 <= 'z':
		return int(s[i])
	}
	return int(s[i]) + 256
}
