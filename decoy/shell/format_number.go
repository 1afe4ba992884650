package shell

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

func formatInteger(verb byte, flags string, prec int, n int64) string {
	unsigned := uint64(n)
	var text string
	sign := ""
	switch verb {
	case 'd', 'i':
		text = strconv.FormatInt(n, 10)
		if n < 0 {
			sign, text = "-", text[1:]
		} else if strings.Contains(flags, "+") {
			sign = "+"
		} else if strings.Contains(flags, " ") {
			sign = " "
		}
	case 'u':
		text = strconv.FormatUint(unsigned, 10)
	case 'o':
		text = strconv.FormatUint(unsigned, 8)
		if strings.Contains(flags, "#") && text[0] != '0' {
			text = "0" + text
		}
	case 'x', 'X':
		text = strconv.FormatUint(unsigned, 16)
		if strings.Contains(flags, "#") && unsigned != 0 {
			sign = "0x"
		}
		if verb == 'X' {
			text, sign = strings.ToUpper(text), strings.ToUpper(sign)
		}
	}
	if prec > len(text) {
		text = strings.Repeat("0", prec-len(text)) + text
	}
	return sign + text
}

// integer reads an argument as a number, as strtol does.
func (f *formatter) integer() int64 {
	a, ok := f.next()
	if !ok || a == "" {
		return 0
	}
	if a[0] == '\'' || a[0] == '"' {
		r, _ := utf8.DecodeRuneInString(a[1:])
		if len(a) == 1 {
			r = 0
		}
		return int64(r)
	}
	s := strings.TrimLeft(a, " \t\n")
	neg := strings.HasPrefix(s, "-")
	t := strings.TrimLeft(s, "+-")
	base := 10
	switch {
	case strings.HasPrefix(t, "0x"), strings.HasPrefix(t, "0X"):
		base, t = 16, t[2:]
	case strings.HasPrefix(t, "0"):
		base = 8
	}
	n := 0
	for n < len(t) && digit(lowerByte(t[n]), 36) >= 0 && digit(lowerByte(t[n]), 36) < int64(base) {
		n++
	}
	if n < len(t) || n == 0 {
		f.bad(a, n == 0 && base != 8)
	}
	if n == 0 {
		return 0
	}
	v, err := strconv.ParseUint(t[:n], base, 64)
	if err != nil || neg && v > math.MaxInt64+1 {
		f.in.complain("printf: warning: %s: %s", a, "Numerical result out of range")
		f.status = 1
		v = math.MaxInt64
	}
	if neg {
		return -int64(v)
	}
	return int64(v)
}

func lowerByte(c byte) byte {
	if c >= 'A' && c <= 'Z' {
		return c | 32
	}
	return c
}

func (f *formatter) bad(a string, none bool) {
	if f.in.posix {
		if none {
			f.in.complain("printf: %s: expected numeric value", a)
		} else {
			f.in.complain("printf: %s: not completely converted", a)
		}
	} else {
		f.in.complain("printf: %s: invalid %snumber", a, base0(a))
	}
	f.status = 1
}

func (f *formatter) float() float64 {
	a, ok := f.next()
	if !ok || a == "" {
		return 0
	}
	v, err := strconv.ParseFloat(strings.TrimSpace(a), 64)
	if err != nil && !errors.Is(err, strconv.ErrRange) {
		f.bad(a, true)
	}
	return v
}

// time formats %(format)T.
func (f *formatter) time() string {
	a, ok := f.next()
	now := f.in.s.world.Now()
	if n, good := parseInt(a); ok && good && n >= 0 {
		now = time.Unix(n, 0).UTC()
	} else if ok && a == "-2" {
		now = f.in.began
	}
	return strftime(or(f.date, "%X"), now)
}

// strftime formats a time as the C library does for what prompts and printf
// use.
func strftime(format string, t time.Time) string {
	layouts := map[byte]string{'Y': "2006", 'm': "01", 'd': "02", 'H': "15", 'M': "04", 'S': "05", 'y': "06", 'b': "Jan", 'B': "January", 'a': "Mon", 'A': "Monday",
		'F': "2006-01-02", 'T': "15:04:05", 'e': "_2", 'I': "03", 'p': "PM", 'Z': "MST", 'z': "-0700", 'D': "01/02/06", 'R': "15:04", 'X': "15:04:05", 'x': "01/02/06", 'c': "Mon Jan _2 15:04:05 2006", 'j': "002", 'h': "Jan"}
	var b strings.Builder
	for i := 0; i < len(format); i++ {
		if format[i] != '%' || i+1 == len(format) {
			b.WriteByte(format[i])
			continue
		}
		i++
		switch l, ok := layouts[format[i]]; {
		case ok:
			b.WriteString(t.Format(l))
		case format[i] == 's':
			b.WriteString(itoa(t.Unix()))
		case format[i] == 'n':
			b.WriteByte('\n')
		case format[i] == 't':
			b.WriteByte('\t')
		case format[i] == 'u':
			b.WriteString(itoa(int64((int(t.Weekday())+6)%7 + 1)))
		case format[i] == '%':
			b.WriteByte('%')
		default:
			b.WriteByte('%')
			b.WriteByte(format[i])
		}
	}
	return b.String()
}

// base0 names the base of a number that begins with 0, as bash complains of it.
func base0(a string) string {
	switch {
	case !strings.HasPrefix(a, "0"):
		return ""
	case strings.HasPrefix(a, "0x") || strings.HasPrefix(a, "0X"):
		return "hex "
	}
	return "octal "
}
