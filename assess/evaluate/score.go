package evaluate

import "math"

// verdict is one sample that was judged. Classes are numbers from 0.
type verdict struct {
	truth  int
	taken  int       // the class it was taken for; -1 where no answer was given
	p      []float64 // how likely each class was held to be at equal priors; sums to 1
	group  string    // the person, model or script
	weight float64
}

// weigh gives each class the weight 1, each group of it an equal part of
// that, and each sample of a group an equal part of the group's: 65
// recordings of one script count as much as one of another.
func weigh(list []verdict) {
	type key struct {
		class int
		group string
	}
	size := map[key]int{}
	groups := map[int]int{}
	for _, v := range list {
		k := key{v.truth, v.group}
		if size[k] == 0 {
			groups[v.truth]++
		}
		size[k]++
	}
	for i := range list {
		v := &list[i]
		v.weight = 1 / (float64(groups[v.truth]) * float64(size[key{v.truth, v.group}]))
	}
}

// scores are what verdicts are worth. A class without a sample is left out of
// all means and has no numbers.
type scores struct {
	classes []classScore
	macroF1 float64 // mean over the classes with samples; NaN of none
	cllr    float64 // bits
}

// classScore is one class's part.
type classScore struct {
	n, groups             int
	precision, recall, f1 float64 // NaN where undefined
	hits                  int
	taken                 []float64 // share of the class taken for each class, and last for none
}

// score computes precision, recall and F1 of each class, their mean and Cllr
// from weighted verdicts.
func score(list []verdict, classes int) scores {
	s := scores{classes: make([]classScore, classes)}
	right, said, total := make([]float64, classes), make([]float64, classes), make([]float64, classes)
	names := make([]map[string]bool, classes)
	for i := range s.classes {
		s.classes[i].taken = make([]float64, classes+1)
		names[i] = map[string]bool{}
	}
	for _, v := range list {
		c := &s.classes[v.truth]
		c.n++
		names[v.truth][v.group] = true
		total[v.truth] += v.weight
		to := v.taken
		if to < 0 {
			to = classes
		} else {
			said[to] += v.weight
		}
		c.taken[to] += v.weight
		if v.taken == v.truth {
			c.hits++
			right[v.truth] += v.weight
		}
	}
	sum, present := 0.0, 0
	for i := range s.classes {
		c := &s.classes[i]
		c.groups = len(names[i])
		c.precision, c.recall, c.f1 = ratio(right[i], said[i]), ratio(right[i], total[i]), math.NaN()
		for j := range c.taken {
			c.taken[j] = ratio(c.taken[j], total[i])
		}
		if c.n == 0 {
			c.precision = math.NaN()
			continue
		}
		c.f1 = 2 * right[i] / (said[i] + total[i])
		sum += c.f1
		present++
	}
	s.macroF1 = ratio(sum, float64(present))
	s.cllr = cllr(list)
	return s
}

func ratio(a, b float64) float64 {
	if b == 0 {
		return math.NaN()
	}
	return a / b
}

// leastLikely bounds how wrong a probability can be: a class that was held to
// be impossible and was true costs 40 bits, not all there are.
const leastLikely = 0x1p-40

// cllr is the cost of log-likelihood ratios at equal priors, in bits: the mean
// over the classes that have samples of the weighted mean of -log2 of the
// probability that the true class was given. Nothing known costs log2 of the
// number of classes, and with two classes this is the usual Cllr.
func cllr(list []verdict) float64 {
	cost, total := map[int]float64{}, map[int]float64{}
	most := 0
	for _, v := range list {
		if v.p == nil {
			continue
		}
		most = max(most, v.truth)
		cost[v.truth] -= v.weight * math.Log2(max(v.p[v.truth], leastLikely))
		total[v.truth] += v.weight
	}
	sum, n := 0.0, 0
	for c := 0; c <= most; c++ {
		if total[c] > 0 {
			sum += cost[c] / total[c]
			n++
		}
	}
	return ratio(sum, float64(n))
}

// narrow puts the classes of verdicts together, or leaves them out: to gives
// the new number of each class, -1 for one whose samples and probabilities go.
// The parts of a new class had a prior each; it gets the prior of the others,
// so that its parts are averaged. The new verdicts are weighed anew.
func narrow(j judged, to []int) (list []verdict, samples []subject) {
	n := 0
	for _, c := range to {
		n = max(n, c+1)
	}
	parts := make([]float64, n)
	for _, c := range to {
		if c >= 0 {
			parts[c]++
		}
	}
	for i, v := range j.verdicts {
		if to[v.truth] < 0 {
			continue
		}
		w := verdict{truth: to[v.truth], group: v.group, p: make([]float64, n)}
		sum := 0.0
		for c, p := range v.p {
			if to[c] >= 0 {
				w.p[to[c]] += p / parts[to[c]]
				sum += p / parts[to[c]]
			}
		}
		for c := range w.p {
			w.p[c] = share(w.p[c], sum, n)
			if w.p[c] > w.p[w.taken] {
				w.taken = c
			}
		}
		list, samples = append(list, w), append(samples, j.samples[i])
	}
	weigh(list)
	return list, samples
}

// share is a part of a sum, and an equal part where the sum is nothing.
func share(part, sum float64, n int) float64 {
	if sum <= 0 {
		return 1 / float64(n)
	}
	return part / sum
}
