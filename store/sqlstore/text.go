package sqlstore

import (
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// Escape makes text fit for a column of both engines, without losing a byte:
// NUL and bytes that are not part of valid UTF-8 become \xHH, a backslash
// becomes two. What is a prefix of a text is a prefix of it escaped, where no
// character is cut.
func Escape(s string) string {
	plain := 0
	for plain < len(s) && s[plain] != 0 && s[plain] < utf8.RuneSelf && s[plain] != '\\' {
		plain++
	}
	if plain == len(s) || !strings.ContainsAny(s[plain:], "\x00\\") && utf8.ValidString(s[plain:]) {
		return s
	}
	b := append(make([]byte, 0, len(s)+16), s[:plain]...)
	for i := plain; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == '\\':
			b = append(b, `\\`...)
		case r == 0 || r == utf8.RuneError && n == 1:
			const digits = "0123456789abcdef"
			b = append(b, '\\', 'x', digits[s[i]>>4], digits[s[i]&15])
		default:
			b = append(b, s[i:i+n]...)
		}
		i += n
	}
	return string(b)
}

// Unescape gives back what was given to Escape.
func Unescape(s string) string {
	at := strings.IndexByte(s, '\\')
	if at < 0 {
		return s
	}
	b := append(make([]byte, 0, len(s)), s[:at]...)
	for i := at; i < len(s); {
		if s[i] == '\\' && i+3 < len(s) && s[i+1] == 'x' {
			if n, err := strconv.ParseUint(s[i+2:i+4], 16, 8); err == nil {
				b = append(b, byte(n))
				i += 4
				continue
			}
		}
		if s[i] == '\\' && i+1 < len(s) && s[i+1] == '\\' {
			i++
		}
		b = append(b, s[i])
		i++
	}
	return string(b)
}

// cut shortens a text to at most n bytes without cutting a character, before
// it is escaped.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// unknownTime stands in a column for a time that is not known.
const unknownTime = math.MinInt64

// Nanos gives a time as it stands in a column: nanoseconds since 1970, the
// smallest number for the zero time. Times that do not fit (before 1677, after
// 2262) become the nearest that do.
func Nanos(t time.Time) int64 {
	switch {
	case t.IsZero():
		return unknownTime
	case t.Unix() <= math.MinInt64/1_000_000_000:
		return unknownTime + 1
	case t.Unix() >= math.MaxInt64/1_000_000_000:
		return math.MaxInt64
	}
	return t.UnixNano()
}

// Time gives back, in UTC, what was given to Nanos.
func Time(n int64) time.Time {
	if n == unknownTime {
		return time.Time{}
	}
	return time.Unix(0, n).UTC()
}

// Marks gives the placeholders $from, $from+1, ... for n arguments, with commas
// between them, and grows to the next power of two so that few different
// statements come about: see [Pad].
func Marks(from, n int) string {
	var b []byte
	for i := range padded(n) {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(append(b, '$'), int64(from+i), 10)
	}
	return string(b)
}

// Pad repeats the last of some arguments until there are as many as Marks has
// placeholders for. The list must not be empty.
func Pad[T any](args []any, list []T) []any {
	for _, v := range list {
		args = append(args, v)
	}
	for range padded(len(list)) - len(list) {
		args = append(args, list[len(list)-1])
	}
	return args
}

func padded(n int) int {
	p := 1
	for p < n {
		p *= 2
	}
	return p
}
