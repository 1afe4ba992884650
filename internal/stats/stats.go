// Package stats holds the statistics that decide observations. They are our
// own, since their exact definitions decide values: the median of an even
// count is the mean of the two middle values, quantiles are of type 7 (the
// default of R and numpy), and the two coefficients of variation differ in
// their divisor. Results for empty input are NaN.
package stats

import (
	"math"
	"math/bits"
	"slices"
)

// Mean is the arithmetic mean, NaN of nothing.
func Mean(x []float64) float64 {
	if len(x) == 0 {
		return math.NaN()
	}
	sum := 0.0
	for _, v := range x {
		sum += v
	}
	return sum / float64(len(x))
}

// squares gives the mean and the sum of squared distances from it.
func squares(x []float64) (mean, sum float64) {
	mean = Mean(x)
	for _, v := range x {
		d := v - mean
		sum += d * d
	}
	return mean, sum
}

// PCV is the population standard deviation divided by the mean; NaN where
// there are no values or the mean is 0.
func PCV(x []float64) float64 {
	mean, sum := squares(x)
	if mean == 0 {
		return math.NaN()
	}
	return math.Sqrt(sum/float64(len(x))) / mean
}

// SCV is the sample standard deviation (divisor n - 1) divided by the mean; NaN
// where there are fewer than two values or the mean is 0.
func SCV(x []float64) float64 {
	if len(x) < 2 {
		return math.NaN()
	}
	mean, sum := squares(x)
	if mean == 0 {
		return math.NaN()
	}
	return math.Sqrt(sum/float64(len(x)-1)) / mean
}

// Pearson is the correlation of two series of the same length; NaN where one
// of them is constant or there are fewer than two pairs.
func Pearson(x, y []float64) float64 {
	if len(x) < 2 || len(x) != len(y) {
		return math.NaN()
	}
	mx, my := Mean(x), Mean(y)
	var xy, xx, yy float64
	for i := range x {
		dx, dy := x[i]-mx, y[i]-my
		xy += dx * dy
		xx += dx * dx
		yy += dy * dy
	}
	if xx == 0 || yy == 0 {
		return math.NaN()
	}
	return xy / math.Sqrt(xx*yy)
}

// Quantile is the quantile q (0 to 1) of type 7: linear between the order
// statistics around (n - 1) * q. It reorders x; NaN of nothing.
func Quantile(x []float64, q float64) float64 {
	if len(x) == 0 {
		return math.NaN()
	}
	h := float64(len(x)-1) * q
	k := int(h)
	lo := Select(x, k)
	if f := h - float64(k); f > 0 {
		return lo + f*(slices.Min(x[k+1:])-lo)
	}
	return lo
}

// Median is the middle value, or the mean of the two middle values for an even
// count. It reorders x; NaN of nothing.
func Median(x []float64) float64 {
	n := len(x)
	switch n {
	case 0:
		return math.NaN()
	case 1:
		return x[0]
	case 2:
		return (x[0] + x[1]) / 2
	}
	upper := Select(x, n/2)
	if n%2 == 1 {
		return upper
	}
	return (slices.Max(x[:n/2]) + upper) / 2
}

// Select gives the k-th smallest value (k from 0) and reorders x so that no
// value before it is larger and none after it smaller. It is linear: after a
// bounded number of bad pivots it sorts what is left.
func Select(x []float64, k int) float64 {
	lo, hi := 0, len(x)
	for depth := 2 * bits.Len(uint(len(x))); hi-lo > 12; depth-- {
		if depth == 0 {
			slices.Sort(x[lo:hi])
			return x[k]
		}
		pivot := median3(x[lo], x[lo+(hi-lo)/2], x[hi-1])
		at := lo + below(x[lo:hi], pivot)
		if k < at {
			hi = at
			continue
		}
		if lo = at + equal(x[at:hi], pivot); k < lo {
			return pivot
		}
	}
	for i := lo + 1; i < hi; i++ {
		for j := i; j > lo && x[j] < x[j-1]; j-- {
			x[j], x[j-1] = x[j-1], x[j]
		}
	}
	return x[k]
}

func median3(a, b, c float64) float64 { return max(min(a, b), min(max(a, b), c)) }

// below brings the values below the pivot to the front and counts them. It
// moves every value and compares without a branch: which way a comparison goes
// cannot be foretold, and a wrong guess costs more than a move.
func below(x []float64, pivot float64) (n int) {
	p := order(pivot)
	for i, v := range x {
		x[i] = x[n]
		x[n] = v
		_, less := bits.Sub64(order(v), p, 0)
		n += int(less)
	}
	return n
}

// order maps a number to one whose order as a whole number is the same.
func order(v float64) uint64 {
	b := math.Float64bits(v)
	return b ^ (uint64(int64(b)>>63) | 1<<63)
}

// equal brings the values that equal the pivot, which is the smallest, to the
// front and counts them.
func equal(x []float64, pivot float64) (n int) {
	for i, v := range x {
		if v == pivot {
			x[i], x[n] = x[n], v
			n++
		}
	}
	return n
}
