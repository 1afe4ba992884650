package typist

import (
	"cmp"
	"math"
	"slices"
)

// Lengths are the lengths of sessions, in keys, that comparisons are calibrated
// at.
var Lengths = [5]int{100, 200, 300, 500, 1000}

// Compared is a comparison of two sessions of known persons, both of about the
// same length.
type Compared struct {
	A, B  int // the persons by number
	Keys  int // one of [Lengths]
	Parts [Parts]float64
}

// ridge is what the squares of the fusion's weights cost, beside a mean log
// loss in nats; the parts are brought to a standard deviation of 1 first.
// There are few persons and seven weights, so it is strong.
const ridge = 0.1

// perGroup is how many comparisons of the same two persons at one length are
// fitted on at most; the group weighs the same however many they are.
const perGroup = 40

// mostSamples is how many comparisons of one length are fitted on at most, as
// far as each group keeps one.
const mostSamples = 20000

// Calibrate gives a model with the same figures whose fusion is fitted on
// comparisons of known persons: seven weights common to all lengths, and a
// slope and a bias for each length. Each person and each pair of persons weighs
// the same. A length without comparisons of both kinds keeps its fusion.
func (m *Model) Calibrate(list []Compared) *Model {
	n := *m
	var lengths []lengthSample
	for _, keys := range Lengths {
		if s := sampleOf(list, keys); s.same > 0 && s.other > 0 {
			lengths = append(lengths, s)
		}
	}
	if len(lengths) == 0 {
		return &n
	}
	if len(lengths) == len(Lengths) {
		n.Persons = math.MaxInt
	}
	weights := fuse(lengths)
	n.fusion = slices.Clone(m.fusion)
	for i := range lengths {
		s := &lengths[i]
		f := Fusion{Keys: s.keys}
		raw := make([]float64, len(s.list))
		for j, c := range s.list {
			raw[j] = dot(&weights, s.standard(&c.Parts))
		}
		slope, bias := s.platt(raw)
		f.Bias = bias
		for p := range f.Weights {
			f.Weights[p] = slope * weights[p] / s.sd[p]
			f.Bias -= f.Weights[p] * s.mean[p]
		}
		f.Bounds = s.bounds(&f)
		n.fusion[slices.Index(Lengths[:], s.keys)] = f
		n.Persons = min(n.Persons, s.persons)
	}
	n.derive()
	return &n
}

// lengthSample are the comparisons at one length, with what each weighs.
type lengthSample struct {
	keys        int
	list        []Compared
	weight      []float64 // half of all for one person, half for two
	same, other int       // groups
	persons     int
	mean, sd    [Parts]float64
}

func sampleOf(list []Compared, keys int) (s lengthSample) {
	s.keys = keys
	groups := map[[2]int][]Compared{}
	var order [][2]int
	for _, c := range list {
		if c.Keys != keys {
			continue
		}
		g := [2]int{min(c.A, c.B), max(c.A, c.B)}
		if groups[g] == nil {
			order = append(order, g)
			if c.A == c.B {
				s.same++
			} else {
				s.other++
			}
		}
		groups[g] = append(groups[g], c)
	}
	slices.SortFunc(order, func(a, b [2]int) int { return cmp.Or(a[0]-b[0], a[1]-b[1]) })
	seen := map[int]bool{}
	for _, g := range order {
		seen[g[0]], seen[g[1]] = true, true
		of := s.other
		if g[0] == g[1] {
			of = s.same
		}
		members := groups[g]
		n := min(len(members), max(mostSamples/len(order), 1), perGroup)
		for i := range n {
			s.list = append(s.list, members[i*len(members)/n])
			s.weight = append(s.weight, 1/float64(2*of*n))
		}
	}
	s.persons = len(seen)
	s.moments()
	return s
}

// moments takes the weighted mean and standard deviation of each part.
func (s *lengthSample) moments() {
	for p := range s.mean {
		square := 0.0
		for i, c := range s.list {
			s.mean[p] += s.weight[i] * c.Parts[p]
			square += s.weight[i] * c.Parts[p] * c.Parts[p]
		}
		s.sd[p] = math.Sqrt(max(square-s.mean[p]*s.mean[p], 1e-9))
	}
}

func (s *lengthSample) standard(parts *[Parts]float64) *[Parts]float64 {
	var x [Parts]float64
	for p := range x {
		x[p] = (parts[p] - s.mean[p]) / s.sd[p]
	}
	return &x
}

func dot(a, b *[Parts]float64) (total float64) {
	for i, x := range a {
		total += x * b[i]
	}
	return total
}

// fuse fits the weights that are common to all lengths.
func fuse(lengths []lengthSample) (weights [Parts]float64) {
	var fit logistic
	fit.ridge = ridge
	for i := range lengths {
		s := &lengths[i]
		for j, c := range s.list {
			y := 0.0
			if c.A == c.B {
				y = 1
			}
			fit.add(s.standard(&c.Parts)[:], y, s.weight[j]/float64(len(lengths)))
		}
	}
	copy(weights[:], fit.solve())
	return weights
}

// platt fits slope and bias of log odds to scores. The targets are those of
// Platt: what so many persons and pairs of persons would be believed to show
// at most, so that few persons give no certainty.
func (s *lengthSample) platt(raw []float64) (slope, bias float64) {
	var fit logistic
	for i, c := range s.list {
		y := 1 / float64(s.other+2)
		if c.A == c.B {
			y = float64(s.same+1) / float64(s.same+2)
		}
		fit.add([]float64{raw[i]}, y, s.weight[i])
	}
	w := fit.solve()
	return max(w[0], 0), w[1]
}
