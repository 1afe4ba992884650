package awk

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// value is a number, a text, or a text that came from outside and counts as a
// number where it looks like one.
type value struct {
	s    string
	n    float64
	form form
}

type form uint8

const (
	unset   form = iota
	number_      // n
	text_        // s
	numeric      // s from outside that looks like the number n
)

func num(n float64) value { return value{n: n, form: number_} }
func str(s string) value  { return value{s: s, form: text_} }

func truth(b bool) value {
	if b {
		return num(1)
	}
	return num(0)
}

// outside makes the value of a text that was read.
func outside(s string) value {
	t := strings.TrimSpace(s)
	if t == "" {
		return str(s)
	}
	if c := t[0]; c > '9' && c != 'i' && c != 'n' && c != 'I' && c != 'N' {
		return str(s)
	}
	if n, size := number(t); size == len(t) {
		return value{s: s, n: n, form: numeric}
	}
	return str(s)
}

// number reads the number at the beginning of a text, and how long it is.
func number(s string) (n float64, size int) {
	i := 0
	digits := func(set string) bool {
		from := i
		for i < len(s) && strings.IndexByte(set, s[i]) >= 0 {
			i++
		}
		return i > from
	}
	if i < len(s) && (s[i] == '+' || s[i] == '-') {
		i++
	}
	if strings.HasPrefix(strings.ToLower(s[i:min(i+2, len(s))]), "0x") {
		sign := i
		i += 2
		if digits("0123456789abcdefABCDEF") {
			v, _ := strconv.ParseUint(s[sign+2:i], 16, 64)
			if s[0] == '-' {
				return -float64(v), i
			}
			return float64(v), i
		}
		i = sign
	}
	ok := digits("0123456789")
	if i < len(s) && s[i] == '.' {
		i++
		ok = digits("0123456789") || ok
	}
	if !ok {
		return 0, 0
	}
	end := i
	if i < len(s) && s[i]|32 == 'e' {
		i++
		if i < len(s) && (s[i] == '+' || s[i] == '-') {
			i++
		}
		if digits("0123456789") {
			end = i
		}
	}
	n, _ = strconv.ParseFloat(s[:end], 64)
	return n, end
}

// float gives the value as a number.
func (v value) float() float64 {
	switch v.form {
	case number_, numeric:
		return v.n
	case unset:
		return 0
	}
	n, _ := number(strings.TrimLeft(v.s, " \t\n\r\f\v"))
	return n
}

// isNumber says whether it is compared as a number.
func (v value) isNumber() bool { return v.form == number_ || v.form == numeric || v.form == unset }

// true says whether it counts as true.
func (v value) true() bool {
	switch v.form {
	case number_, numeric:
		return v.n != 0
	case unset:
		return false
	}
	return v.s != ""
}

// text gives the value as a text, by a format for numbers that are not whole.
func (v value) text(format string) string {
	if v.form != number_ {
		return v.s
	}
	if v.n == math.Trunc(v.n) && math.Abs(v.n) <= math.MaxInt32 {
		return strconv.FormatInt(int64(v.n), 10)
	}
	return formatFloat(format, v.n)
}

// formatFloat writes a number by a format of one conversion.
func formatFloat(format string, n float64) string {
	switch {
	case math.IsNaN(n):
		if math.Signbit(n) {
			return "-nan"
		}
		return "nan"
	case math.IsInf(n, 1):
		return "inf"
	case math.IsInf(n, -1):
		return "-inf"
	case format == "%.6g":
		return fmt.Sprintf("%.6g", n)
	}
	return sprintf(nil, format, []value{num(n)})
}
