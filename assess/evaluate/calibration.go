package evaluate

import (
	"math"
	"slices"
)

// bins of the reliability table, equally wide.
const bins = 10

// simulations are how often a perfectly calibrated predictor is made up.
const simulations = 200

// Bin is one row of a reliability table: among all statements "class c has
// probability p" with p in the bin, how probable they were held to be and how
// often they held. Weights are those of the figures.
type Bin struct {
	From   float64  `json:"from"`
	To     float64  `json:"to"`
	N      int      `json:"n"` // statements
	Weight float64  `json:"weight"`
	Stated *float64 `json:"stated"` // mean probability
	Held   *float64 `json:"held"`   // share that was true
}

// Reliability says how far stated probabilities can be taken at their word.
type Reliability struct {
	Bins []Bin `json:"bins"`
	// Error is the expected calibration error: the weighted mean distance
	// between Stated and Held.
	Error float64 `json:"calibration_error"`
	// Perfect is the mean of that error over predictors that are calibrated
	// perfectly and made the same statements; Perfect95 bounds 95 % of them.
	Perfect   float64 `json:"perfect_error"`
	Perfect95 float64 `json:"perfect_error_95"`
}

// reliability measures verdicts with probabilities; nil without any.
func reliability(list []verdict) *Reliability {
	truth := make([]int, len(list))
	for i, v := range list {
		truth[i] = v.truth
	}
	r := &Reliability{Bins: table(list, truth)}
	if len(list) == 0 {
		return nil
	}
	r.Error = distance(r.Bins)
	c := chance(seed)
	errors := make([]float64, simulations)
	for i := range errors {
		for j, v := range list {
			truth[j] = c.pick(v.p)
		}
		errors[i] = distance(table(list, truth))
		r.Perfect += errors[i] / simulations
	}
	slices.Sort(errors)
	r.Perfect95 = quantile(errors, 0.95)
	return r
}

// table sorts the statements into bins.
func table(list []verdict, truth []int) []Bin {
	out := make([]Bin, bins)
	var stated, held [bins]float64
	for i, v := range list {
		for c, p := range v.p {
			b := min(int(p*bins), bins-1)
			out[b].N++
			out[b].Weight += v.weight
			stated[b] += v.weight * p
			if truth[i] == c {
				held[b] += v.weight
			}
		}
	}
	for b := range out {
		o := &out[b]
		o.From, o.To = float64(b)/bins, float64(b+1)/bins
		if o.Weight > 0 {
			s, h := stated[b]/o.Weight, held[b]/o.Weight
			o.Stated, o.Held = &s, &h
		}
	}
	return out
}

// distance is the calibration error of a table.
func distance(list []Bin) float64 {
	sum, weight := 0.0, 0.0
	for _, b := range list {
		if b.Stated != nil {
			sum += b.Weight * math.Abs(*b.Stated-*b.Held)
			weight += b.Weight
		}
	}
	if weight == 0 {
		return 0
	}
	return sum / weight
}

// quantile takes a quantile of sorted numbers.
func quantile(sorted []float64, q float64) float64 {
	return sorted[min(int(q*float64(len(sorted))), len(sorted)-1)]
}
