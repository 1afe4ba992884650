package rhythm

import "math"

// atLeast gives the probability that at least k of independent events happen,
// each with its own probability.
func atLeast(p []float64, k int) float64 {
	if k <= 0 {
		return 1
	}
	if k > len(p) {
		return 0
	}
	some := make([]float64, k) // that exactly so many of the events so far happen
	some[0] = 1
	all := 0.0 // that at least k did
	for _, q := range p {
		all += some[k-1] * q
		for i := k - 1; i > 0; i-- {
			some[i] = some[i]*(1-q) + some[i-1]*q
		}
		some[0] *= 1 - q
	}
	return min(all, 1)
}

// binomial gives the probability of at least k of n where each has probability
// p.
func binomial(n, k int, p float64) float64 {
	if k <= 0 {
		return 1
	}
	sum := 0.0
	for i := k; i <= n; i++ {
		sum += math.Exp(choose(n, i) + float64(i)*math.Log(p) + float64(n-i)*math.Log(1-p))
	}
	return min(sum, 1)
}

// choose is the logarithm of the number of ways to choose k of n.
func choose(n, k int) float64 {
	a, _ := math.Lgamma(float64(n + 1))
	b, _ := math.Lgamma(float64(k + 1))
	c, _ := math.Lgamma(float64(n - k + 1))
	return a - b - c
}

// sums gives the distribution of a sum of independent numbers of 0, 1 and 2,
// each with its own probabilities.
func sums(of [][3]float64) []float64 {
	all := make([]float64, 1, 2*len(of)+1)
	all[0] = 1
	for _, p := range of {
		all = append(all, 0, 0)
		for i := len(all) - 1; i >= 0; i-- {
			v := all[i] * p[0]
			if i > 0 {
				v += all[i-1] * p[1]
			}
			if i > 1 {
				v += all[i-2] * p[2]
			}
			all[i] = v
		}
	}
	return all
}
