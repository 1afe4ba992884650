package main

import (
	"fmt"
	"math"
	"strconv"
	"time"
)

// number writes a number with three digits that matter; whole numbers below a
// million stay whole.
func number(x float64) string {
	switch {
	case math.IsNaN(x):
		return "undefined"
	case math.IsInf(x, 0):
		return "infinite"
	case x == math.Trunc(x) && math.Abs(x) < 1e6:
		return strconv.FormatInt(int64(x), 10)
	}
	if a := math.Abs(x); a < 1e-4 || a >= 1e15 {
		return strconv.FormatFloat(x, 'e', 2, 64)
	}
	return strconv.FormatFloat(rounded(x), 'f', -1, 64)
}

// rounded keeps three digits that matter, and all before the point.
func rounded(x float64) float64 {
	scale := math.Pow(10, 2-math.Floor(math.Log10(math.Abs(x))))
	if scale < 1 {
		scale = 1
	}
	return math.Round(x*scale) / scale
}

// quantity writes a number with its unit, as measures have them.
func quantity(x float64, unit string) string {
	switch {
	case math.IsNaN(x) || math.IsInf(x, 0):
		return number(x)
	case unit == "s" && x != 0 && math.Abs(x) < 1:
		return number(x*1e3) + " ms"
	case unit == "s":
		return number(x) + " s"
	}
	return number(x)
}

// count writes a number of things.
func count(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return grouped(n) + " " + many
}

// grouped writes a whole number with commas between its thousands.
func grouped(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// howLong writes a stretch of time in its two largest units.
func howLong(d time.Duration) string {
	switch {
	case d == 0:
		return "0 s"
	case d < time.Microsecond:
		return number(float64(d)) + " ns"
	case d < time.Millisecond:
		return number(float64(d)/1e3) + " µs"
	case d < time.Second:
		return number(float64(d)/1e6) + " ms"
	case d < time.Minute:
		return number(math.Round(float64(d)/1e8)/10) + " s"
	case d < time.Hour:
		d = d.Round(time.Second)
		return fmt.Sprintf("%d min %02d s", d/time.Minute, d%time.Minute/time.Second)
	case d < 48*time.Hour:
		d = d.Round(time.Minute)
		return fmt.Sprintf("%d h %02d min", d/time.Hour, d%time.Hour/time.Minute)
	}
	d = d.Round(time.Hour)
	return fmt.Sprintf("%d days %d h", d/day, d%day/time.Hour)
}

// howMuch writes a number of bytes in the unit that suits it.
func howMuch(n int64) string {
	if n < 1024 {
		return count(n, "byte", "bytes")
	}
	x, i := float64(n)/1024, 0
	for ; x >= 1024 && i < 3; i++ {
		x /= 1024
	}
	return number(x) + " " + []string{"KB", "MB", "GB", "TB"}[i]
}
