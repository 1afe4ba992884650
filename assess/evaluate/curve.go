package evaluate

import "gait/assess/operator"

// prefixes are the numbers of acts after which the error is measured.
var prefixes = []int{1, 2, 3, 5, 8, 13, 21, 34, 55, 89}

// Point says how well sessions are told apart after some acts of them: of
// those that have as many.
type Point struct {
	Acts       int             `json:"acts"`
	N          int             `json:"n"`
	Groups     int             `json:"groups"`
	All        PointFigures    `json:"all_features"`
	TimingOnly PointFigures    `json:"timing_only"`
	Right      map[string]Rate `json:"right"` // of all features, by class
}

// PointFigures are the figures of a point for one choice of features.
type PointFigures struct {
	MacroF1       *float64 `json:"macro_f1"`
	Error         *float64 `json:"error"` // one minus the mean recall of the classes
	Cllr          *float64 `json:"cllr"`
	AgentOrScript *float64 `json:"agent_or_script_macro_f1"`
}

// curve measures after each number of acts.
func (m *measuring) curve() (list []Point) {
	for _, acts := range prefixes {
		p := Point{Acts: acts, Right: map[string]Rate{}}
		var all, timing judged
		for _, s := range m.scored() {
			if s.acts < acts {
				continue
			}
			f := operator.Read(s.Session, acts)
			put := func(j *judged, model *operator.Model) {
				a := judge(model, f)
				j.samples = append(j.samples, s)
				j.verdicts = append(j.verdicts, verdict{truth: int(s.Kind), taken: a.taken, p: a.p, group: s.Group})
			}
			put(&all, m.blind(s))
			put(&timing, m.fit.model(m.fold[s.Sample], false, operator.TimingAndShape))
		}
		if p.N = len(all.verdicts); p.N == 0 {
			break
		}
		p.All, p.TimingOnly = all.point(), timing.point()
		s := score(all.verdicts, classes)
		for k := range Kind(classes) {
			p.Groups += s.classes[k].groups
			if c := s.classes[k]; c.n > 0 {
				p.Right[k.String()] = rate(c.hits, c.n)
			}
		}
		list = append(list, p)
	}
	return list
}

// point sums up verdicts.
func (j judged) point() (f PointFigures) {
	weigh(j.verdicts)
	s := score(j.verdicts, classes)
	f.MacroF1, f.Cllr = known(s.macroF1), known(s.cllr)
	sum, n := 0.0, 0.0
	for _, c := range s.classes {
		if c.n > 0 {
			sum += 1 - c.recall
			n++
		}
	}
	f.Error = known(ratio(sum, n))
	narrowed, _ := narrow(j, []int{-1, 0, 1})
	if two := score(narrowed, 2); two.classes[0].n > 0 && two.classes[1].n > 0 {
		f.AgentOrScript = known(two.macroF1)
	}
	return f
}
