package main

import (
	"fmt"
	"math"
	"strconv"
	"time"

	"gait/profile/explain"
)

// number writes a number with three digits that matter.
func number(x float64) string { return explain.Number(x) }

// quantity writes a number with its unit, as measures have them.
func quantity(x float64, unit string) string { return explain.Quantity(x, unit) }

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
