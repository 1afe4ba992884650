package typist

import "errors"

// Score is the comparison of two sessions.
type Score struct {
	// Parts are what it consists of, as named in [PartNames].
	Parts [Parts]float64
	// LogOdds are the log odds of "one person" against "two", at equal odds
	// before, calibrated on sessions of known persons.
	LogOdds float64
	// Gaps is about how many gaps the shorter session has.
	Gaps int
}

// Reasons why two vectors cannot be compared.
var (
	ErrTable = errors.New("typist: the sessions were read with different tables of typing")
	ErrShort = errors.New("typist: a session has too few keys to say who typed it")
)

// Score compares two sessions. It is the same with both exchanged. Sessions
// that are too short, or were read with another table, are an error.
func (m *Model) Score(a, b *Vector) (Score, error) {
	for _, v := range []*Vector{a, b} {
		if err := m.usable(v); err != nil {
			return Score{}, err
		}
	}
	return m.compare(m.sketch(a), m.sketch(b)), nil
}

// usable says why a vector cannot be compared, nil where it can.
func (m *Model) usable(v *Vector) error {
	switch {
	case v.table != m.Version:
		return ErrTable
	case !v.Known():
		return ErrShort
	}
	return nil
}

// compare compares two sessions that were made ready.
func (m *Model) compare(a, b *sketch) Score {
	digraphs := shared(a.digraphs, b.digraphs, m.digraphSum)
	byClass := shared(a.classes, b.classes, m.classSum)
	pace, shape := m.whole(a, b)
	return m.score(min(a.size, b.size), m.parts(digraphs, byClass, [3]float64{pace, shape, float64(largestStep(&a.steps, &b.steps))}))
}

// parts brings the sums of a comparison together; rest are pace, shape and the
// largest step.
func (m *Model) parts(digraphs, byClass sum, rest [3]float64) [Parts]float64 {
	return [Parts]float64{
		PartDigraphs: digraphs.ratio(), PartClasses: byClass.ratio(), PartPace: rest[0], PartShape: rest[1],
		PartAgreement: byClass.measure(), PartDistance: -digraphs.measure(), PartKS: -rest[2] / 255,
	}
}

// score fuses the parts.
func (m *Model) score(size uint8, parts [Parts]float64) Score {
	l := &m.levels[size]
	s := Score{Parts: parts, LogOdds: l.bias, Gaps: sizeOf(int(size))}
	for i, w := range l.weights {
		s.LogOdds += w * parts[i]
	}
	return s
}

// LikelihoodRatio is the plain sum of the likelihood ratios of a comparison in
// nats, which is over-confident: classes and shape count 0.7.
func (s *Score) LikelihoodRatio() float64 {
	const dependent = 0.7
	return s.Parts[PartDigraphs] + dependent*s.Parts[PartClasses] + s.Parts[PartPace] + dependent*s.Parts[PartShape]
}

// whole compares pace and shape.
func (m *Model) whole(a, b *sketch) (pace, shape float64) {
	na, nb := float64(sizeOf(int(a.size))), float64(sizeOf(int(b.size)))
	p := pair(m.offset, na, nb, sizeOfFigures)
	pace = p.ratio(float64(a.offset)-m.offset.Mean, float64(b.offset)-m.offset.Mean)
	for i, f := range m.scalars {
		p := pair(f, na, nb, sizeOfFigures)
		shape += p.ratio(float64(a.scalars[i])-f.Mean, float64(b.scalars[i])-f.Mean)
	}
	return pace, shape
}
