package explain

import (
	"math"
	"strconv"
)

// Number writes a number with three digits that matter; whole numbers below a
// million stay whole.
func Number(x float64) string {
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

// Quantity writes a number with its unit, as measures have them.
func Quantity(x float64, unit string) string {
	switch {
	case math.IsNaN(x) || math.IsInf(x, 0):
		return Number(x)
	case unit == "share" && x > 0 && x < 1e-4:
		return "under 0.0001"
	case unit == "s" && x != 0 && math.Abs(x) < 1:
		return Number(x*1e3) + " ms"
	case unit == "s":
		return Number(x) + " s"
	}
	return Number(x)
}
