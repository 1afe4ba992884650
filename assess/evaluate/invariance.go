package evaluate

import (
	"math"

	"gait/assess/operator"
)

// sameNats is by how much a term may differ where nothing but the form of the
// recording does.
const sameNats = 0.01

// Invariance says whether the form of a recording changes an answer.
type Invariance struct {
	Recordings int            `json:"recordings"`
	Forms      map[string]int `json:"forms"` // how many were written in each
	// Largest is the largest difference of a term in nats.
	Largest   float64 `json:"largest_difference"`
	Different int     `json:"different"` // sessions with a difference over 0.01 nats
	Failed    int     `json:"failed"`    // forms that could not be written or read
}

// invariance writes every session in every form and compares the terms of what
// is read back; nil where no form is asked for.
func (m *measuring) invariance() (*Invariance, error) {
	if len(m.opt.Encodings) == 0 {
		return nil, nil
	}
	v := &Invariance{Forms: map[string]int{}}
	model := operator.Fit(m.fit.rows, operator.All)
	for k := range Unlabelled + 1 {
		for _, s := range m.parts[k] {
			if err := m.opt.step(); err != nil {
				return nil, err
			}
			v.Recordings++
			v.compare(model, s, m.opt.Encodings)
		}
	}
	return v, nil
}

// compare compares one session's forms.
func (v *Invariance) compare(model *operator.Model, s subject, forms []Encoding) {
	want := terms(model, s.features)
	worst := 0.0
	for _, e := range forms {
		again, err := e.Read(s.Session)
		if err != nil {
			v.Failed++
			continue
		}
		v.Forms[e.Name]++
		again.Client, again.HASSH = s.Session.Client, s.Session.HASSH // not every form has a place for them, and one term reads them
		worst = max(worst, apartBy(want, terms(model, operator.Read(again, 0))))
	}
	v.Largest = max(v.Largest, worst)
	if worst > sameNats {
		v.Different++
	}
}

// terms are the log-likelihood terms of a verdict by their names.
func terms(m *operator.Model, f operator.Features) map[string][]float64 {
	list := map[string][]float64{}
	for _, t := range m.Judge(f, operator.EqualPriors()).Terms {
		list[t.Name] = append(list[t.Name], t.Nats[:]...)
	}
	return list
}

// apartBy is the largest difference between terms; one that is missing counts
// as 0.
func apartBy(a, b map[string][]float64) (worst float64) {
	for _, pair := range [][2]map[string][]float64{{a, b}, {b, a}} {
		for name, x := range pair[0] {
			y := pair[1][name]
			for i := range x {
				other := 0.0
				if i < len(y) {
					other = y[i]
				}
				worst = max(worst, math.Abs(x[i]-other))
			}
		}
	}
	return worst
}
