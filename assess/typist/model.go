package typist

import (
	"math"
	"sync"

	"gait/assess/population"
)

// acrossTasks is how much of the variance between persons is added to that
// within a session: people type another text, on another day, in another way.
const acrossTasks = 0.5

// classShare is how much of the digraphs' variance between persons is common to
// a class.
const classShare = 0.5

// sizeOfFigures is the number of keys of the sessions that the variances within
// of [population.Offset] and [population.Scalars] are of.
const sizeOfFigures = 300

// Parts are what the comparison of two sessions consists of.
const (
	PartDigraphs  = iota // log likelihood ratio of the digraphs, in nats
	PartClasses          // that of the classes of digraphs
	PartPace             // that of the pace of the whole session
	PartShape            // that of four scalars
	PartAgreement        // how well gaps of one lie in the other's distribution, per class (ITAD), 0 to 1
	PartDistance         // minus the mean distance of digraphs in standard deviations (scaled Manhattan)
	PartKS               // minus the largest distance of the distributions of all gaps, 0 to 1
	Parts
)

// PartNames are the names of the parts.
var PartNames = [Parts]string{"digraphs", "classes", "pace", "shape", "agreement", "distance", "ks"}

// Fusion turns the parts of a comparison of sessions of one length into log
// odds: Bias plus the sum of weights times parts.
type Fusion struct {
	// Keys is the length of the shorter session.
	Keys    int            `json:"keys"`
	Bias    float64        `json:"bias"`
	Weights [Parts]float64 `json:"weights"`
	// Bounds are upper bounds of how often two persons score as high, by score,
	// from boundLeast on in steps of boundStep.
	Bounds []float64 `json:"bounds"`
}

// Model is how sessions are compared: the figures of typing, and how the parts
// of a comparison become log odds and an error rate. It is safe for concurrent
// use and does not change.
type Model struct {
	// Version names the table. A vector is of one version.
	Version uint32
	// Persons is how many persons' sessions the odds were calibrated on.
	Persons  int
	digraphs []population.Figures
	classes  []population.Figures
	offset   population.Figures
	scalars  [4]population.Figures
	fusion   []Fusion // in order of keys
	levels   [sizeLevels]level
}

// level is what a size of the shorter session means.
type level struct {
	bias    float64
	weights [Parts]float64
}

// Shipped gives the model that is part of the program.
var Shipped = sync.OnceValue(func() *Model {
	m := &Model{Version: 1, Persons: shippedPersons, offset: population.Offset, scalars: population.Scalars, fusion: shippedFusion}
	for _, d := range population.Digraphs() {
		m.digraphs = append(m.digraphs, d.Figures)
	}
	m.derive()
	return m
})

// derive computes the rows of the classes and what each size means.
func (m *Model) derive() {
	m.classes = make([]population.Figures, len(classes().names))
	count := make([]float64, len(m.classes))
	for i, d := range m.digraphs {
		c := &m.classes[classes().of[i]]
		c.Mean, c.Within, c.Between = c.Mean+d.Mean, c.Within+d.Within, c.Between+d.Between
		count[classes().of[i]]++
	}
	for i := range m.classes {
		c := &m.classes[i]
		*c = population.Figures{Mean: c.Mean / count[i], Within: c.Within / count[i], Between: classShare * c.Between / count[i]}
	}
	for i := range m.levels {
		m.levels[i] = m.at(float64(sizeOf(i)))
	}
}

// at interpolates the fusion between the lengths that it was fitted at, in the
// logarithm of the number of gaps; usable gaps are usableShare of the keys.
func (m *Model) at(gaps float64) (l level) {
	f, share := m.between(gaps)
	a, b := m.fusion[f], m.fusion[min(f+1, len(m.fusion)-1)]
	l.bias = a.Bias + share*(b.Bias-a.Bias)
	for i := range l.weights {
		l.weights[i] = a.Weights[i] + share*(b.Weights[i]-a.Weights[i])
	}
	return l
}

// usableShare is the share of keys whose gap is at most a second.
const usableShare = 0.9

// between finds the fitted length below a number of gaps, and how far it is on
// the way to the next.
func (m *Model) between(gaps float64) (below int, share float64) {
	x := math.Log(gaps / usableShare)
	last := len(m.fusion) - 1
	for below < last && x >= math.Log(float64(m.fusion[below+1].Keys)) {
		below++
	}
	if below == last {
		return below, 0
	}
	from, to := math.Log(float64(m.fusion[below].Keys)), math.Log(float64(m.fusion[below+1].Keys))
	return below, min(max((x-from)/(to-from), 0), 1)
}

// Fusion gives how parts become log odds at each of [Lengths].
func (m *Model) Fusion() []Fusion { return m.fusion }
