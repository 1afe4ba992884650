package typist

import (
	"fmt"
	"math"

	"gait/assess/population"
)

// FitPersons is how many persons a fit needs at least.
const FitPersons = 30

// priorPersons is the weight of the starting table in a fit, in persons.
const priorPersons = 200

// leastVariance bounds fitted variances from below.
const leastVariance = 1e-3

// FewPersons is the error of a fit on too few persons.
type FewPersons struct{ Found int }

// Error says what is needed and what was found.
func (e FewPersons) Error() string {
	return fmt.Sprintf("a table needs sessions of at least %d persons, of each at least two of %d keys; %d such persons were found", FitPersons, MinKeys, e.Found)
}

// Fit gives a model fitted on sessions of known persons: streams of one person
// at different places are its sessions. Every figure and every weight is the
// mean of the starting model's, which counts as 200 persons, and what the
// sessions show, which counts as many as there are persons that show it. Fewer
// than [FitPersons] are refused with [FewPersons].
func (m *Model) Fit(streams []Stream) (*Model, error) {
	enough := map[string]int{}
	var used []Stream
	for _, s := range streams {
		if len(s.Blocks) >= MinKeys/BlockKeys {
			enough[s.Person]++
			used = append(used, s)
		}
	}
	persons := 0
	for _, n := range enough {
		if n > 1 {
			persons++
		}
	}
	if persons < FitPersons {
		return nil, FewPersons{persons}
	}
	n := m.refigure(used)
	var list []Compared
	for _, keys := range Lengths {
		n.Compare(spread(n.Cut(used, keys, Exact), mostFitted), keys, func(_, _ int, c Compared) { list = append(list, c) })
	}
	n = n.fuseAnew(list)
	n.Version = n.file().version()
	return n, nil
}

// mostFitted is how many sessions of one length a fit compares, evenly chosen.
const mostFitted = 1000

func spread(list []Typed, most int) []Typed {
	if len(list) <= most {
		return list
	}
	kept := make([]Typed, most)
	for i := range kept {
		kept[i] = list[i*len(list)/most]
	}
	return kept
}

// fuseAnew fits the fusion anew and shrinks it to the one before.
func (m *Model) fuseAnew(list []Compared) *Model {
	n := m.Calibrate(list)
	for i := range n.fusion {
		f, old := &n.fusion[i], &m.fusion[i]
		s := sampleOf(list, f.Keys)
		if s.same == 0 || s.other == 0 {
			continue
		}
		own := float64(s.persons)
		f.Bias = shrink(old.Bias, f.Bias, own)
		for p := range f.Weights {
			f.Weights[p] = shrink(old.Weights[p], f.Weights[p], own)
		}
		f.Bounds = s.bounds(f)
	}
	n.derive()
	return n
}

func shrink(prior, own, persons float64) float64 {
	return (priorPersons*prior + persons*own) / (priorPersons + persons)
}

// shown collects what persons show of one measure.
type shown struct {
	persons         float64 // of whom there is a mean
	mean            float64 // sum of the persons' means
	within, samples float64 // squares within sessions, and how many free ones
	pairs, product  float64 // persons with two sessions, and their covariance
	varied          float64 // persons with squares
}

// shrunk brings a figure and what was shown of it together.
func (s *shown) shrunk(f population.Figures) population.Figures {
	if s.persons > 0 {
		f.Mean = shrink(f.Mean, s.mean/s.persons, s.persons)
	}
	if s.samples > 0 {
		f.Within = max(shrink(f.Within, s.within/s.samples, s.varied), leastVariance)
	}
	if s.pairs > 1 {
		f.Between = max(shrink(f.Between, s.product/s.pairs, s.pairs), leastVariance)
	}
	return f
}

// fitted is one stream as the fit sees it.
type fitted struct {
	offset   float64
	scalars  [4]float64
	digraphs map[int]*moments
}

// refigure fits the figures of typing.
func (m *Model) refigure(streams []Stream) *Model {
	byPerson := map[string][]*fitted{}
	var order []string
	for _, s := range streams {
		if byPerson[s.Person] == nil {
			order = append(order, s.Person)
		}
		byPerson[s.Person] = append(byPerson[s.Person], m.fitted(s))
	}
	n := *m
	n.digraphs = make([]population.Figures, len(m.digraphs))
	for d, f := range m.digraphs {
		var s shown
		for _, name := range order {
			s.digraph(byPerson[name], d, f.Mean)
		}
		n.digraphs[d] = s.shrunk(f)
	}
	whole := func(f population.Figures, of func(*fitted) float64) population.Figures {
		var s shown
		for _, name := range order {
			s.whole(byPerson[name], f.Mean, of)
		}
		return s.shrunk(f)
	}
	n.offset = whole(m.offset, func(x *fitted) float64 { return x.offset })
	for i := range n.scalars {
		n.scalars[i] = whole(m.scalars[i], func(x *fitted) float64 { return x.scalars[i] })
	}
	n.derive()
	return &n
}

// fitted takes the first [MaxGaps] gaps of a stream together.
func (m *Model) fitted(s Stream) *fitted {
	var b Builder
	for _, block := range s.Blocks {
		for _, g := range block {
			b.Add(g.First, g.Second, g.MS[Exact])
		}
	}
	v := b.Vector(m.Version)
	ready := m.sketch(v)
	x := &fitted{offset: float64(ready.offset), digraphs: map[int]*moments{}}
	for i, s := range ready.scalars {
		x.scalars[i] = float64(s)
	}
	v.each(func(number int, gaps []byte) {
		if number >= len(m.digraphs) {
			return
		}
		x.digraphs[number] = &moments{}
		for _, g := range gaps {
			x.digraphs[number].add(logOf(g))
		}
	})
	return x
}

// digraph adds what one person shows of a digraph.
func (s *shown) digraph(sessions []*fitted, number int, mean float64) {
	var all moments
	var apart []float64
	free := 0.0
	for _, x := range sessions {
		d := x.digraphs[number]
		if d == nil {
			continue
		}
		all.n, all.sum = all.n+d.n, all.sum+d.sum
		s.within += d.squares()
		free += d.n - 1
		apart = append(apart, d.sum/d.n-mean-x.offset)
	}
	if all.n == 0 {
		return
	}
	s.persons++
	s.mean += all.sum / all.n
	if free > 0 {
		s.samples += free
		s.varied++
	}
	s.pair(apart)
}

// whole adds what one person shows of a measure of whole sessions.
func (s *shown) whole(sessions []*fitted, mean float64, of func(*fitted) float64) {
	var apart []float64
	total := 0.0
	for _, x := range sessions {
		total += of(x)
		apart = append(apart, of(x)-mean)
	}
	s.persons++
	s.mean += total / float64(len(sessions))
	s.pair(apart)
}

// pair adds the mean product of two sessions' distances from the mean: their
// covariance over persons is what persons differ by.
func (s *shown) pair(apart []float64) {
	if len(apart) < 2 {
		return
	}
	sum, squares := 0.0, 0.0
	for _, x := range apart {
		sum += x
		squares += x * x
	}
	n := float64(len(apart))
	if product := (sum*sum - squares) / (n * (n - 1)); !math.IsNaN(product) {
		s.pairs++
		s.product += product
	}
}
