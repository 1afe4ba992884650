package evaluate

import "math"

// Interval is a range that holds the true value in at least 95 % of all
// measurements like this one.
type Interval [2]float64

// Exact gives the interval of Clopper and Pearson for a share of which hits
// were seen in n trials: it is never too narrow, whatever the share. Without a
// trial it is all from 0 to 1.
func Exact(hits, n int) Interval {
	if n <= 0 {
		return Interval{0, 1}
	}
	const tail = 0.025
	k, m := float64(hits), float64(n-hits)
	low, high := 0.0, 1.0
	if hits > 0 {
		low = betaQuantile(tail, k, m+1)
	}
	if hits < n {
		high = betaQuantile(1-tail, k+1, m)
	}
	return Interval{low, high}
}

// betaQuantile finds where the distribution function of Beta(a, b) reaches p,
// by halving.
func betaQuantile(p, a, b float64) float64 {
	low, high := 0.0, 1.0
	for range 64 {
		mid := (low + high) / 2
		if betaShare(mid, a, b) < p {
			low = mid
		} else {
			high = mid
		}
	}
	return (low + high) / 2
}

// betaShare is the distribution function of Beta(a, b) at x: the regularised
// incomplete beta function.
func betaShare(x, a, b float64) float64 {
	switch {
	case x <= 0:
		return 0
	case x >= 1:
		return 1
	case x > (a+1)/(a+b+2):
		return 1 - betaShare(1-x, b, a)
	}
	la, _ := math.Lgamma(a)
	lb, _ := math.Lgamma(b)
	lab, _ := math.Lgamma(a + b)
	front := math.Exp(lab - la - lb + a*math.Log(x) + b*math.Log1p(-x))
	return front * betaFraction(x, a, b) / a
}

// betaFraction is the continued fraction of the incomplete beta function,
// evaluated from the front (Lentz). It converges where x is below
// (a+1)/(a+b+2).
func betaFraction(x, a, b float64) float64 {
	const tiny, rounds = 1e-300, 1000
	away := func(v float64) float64 {
		if math.Abs(v) < tiny {
			return tiny
		}
		return v
	}
	c := 1.0
	d := 1 / away(1-(a+b)*x/(a+1))
	f := d
	for i := 1; i <= rounds; i++ {
		m := float64(i)
		even := m * (b - m) * x / ((a + 2*m - 1) * (a + 2*m))
		d = 1 / away(1+even*d)
		c = away(1 + even/c)
		f *= c * d
		odd := -(a + m) * (a + b + m) * x / ((a + 2*m) * (a + 2*m + 1))
		d = 1 / away(1+odd*d)
		c = away(1 + odd/c)
		f *= c * d
		if math.Abs(c*d-1) < 1e-14 {
			break
		}
	}
	return f
}

// Rate is a count of what came true with its share and exact interval.
type Rate struct {
	N        int       `json:"n"`
	Hits     int       `json:"hits"`
	Share    *float64  `json:"share"` // null without a trial
	Interval *Interval `json:"interval"`
}

// rate puts a count into a rate.
func rate(hits, n int) Rate {
	r := Rate{N: n, Hits: hits}
	if n > 0 {
		share, ci := float64(hits)/float64(n), Exact(hits, n)
		r.Share, r.Interval = &share, &ci
	}
	return r
}
