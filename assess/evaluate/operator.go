package evaluate

import "gait/assess/operator"

// laterActs is from how many acts on the figures are also given without the
// shorter sessions.
const laterActs = 5

// OperatorReport is how well gait.operator tells who is at the keys. Figures
// of all features, by group, stand in it directly.
type OperatorReport struct {
	Sessions  int    `json:"sessions"`
	TrainedOn string `json:"trained_on"` // "shipped rows" or "this corpus"

	Figures
	TimingOnly          *Table `json:"timing_only"`
	ContentOnly         *Table `json:"content_only"`
	WithoutFingerprints *Table `json:"without_fingerprints"`
	AllFeatures         *Table `json:"all_features"`

	Curve     []Point `json:"by_acts"`
	BaseRates *Rates  `json:"base_rates"`

	HumanWindows  *Windows   `json:"human_windows"`
	HumanSessions *Pieces    `json:"human_sessions"`
	Machines      *Machines  `json:"machines"`
	ByKeys        []KeyPoint `json:"by_keys"`
	ShuffledGaps  []Shuffled `json:"shuffled_gaps"`

	ByGroup []GroupRow `json:"by_group"`
	Exec    *Apart     `json:"exec"`
	// Unknown are sessions of which nothing is known: only how often no
	// answer was given can be counted.
	Unknown *Apart `json:"unknown"`

	Invariance *Invariance `json:"invariance"`
}

// Table is one choice of features. The figures that stand in it directly leave
// out sessions of under 5 acts, and nothing else: it is the one by group.
type Table struct {
	Figures
	AllSessions       *Figures `json:"all_sessions"`
	ByGroupAndSubject *Figures `json:"by_group_and_subject"` // from 5 acts on
}

// tables are the choices of features that are compared.
var tables = [...]struct {
	use operator.Terms
	at  func(*OperatorReport) **Table
}{
	{operator.All, func(r *OperatorReport) **Table { return &r.AllFeatures }},
	{operator.TimingAndShape, func(r *OperatorReport) **Table { return &r.TimingOnly }},
	{operator.Content, func(r *OperatorReport) **Table { return &r.ContentOnly }},
	{operator.TimingAndShape | operator.Content, func(r *OperatorReport) **Table { return &r.WithoutFingerprints }},
}

// measuring is one evaluation of the operator.
type measuring struct {
	opt   Options
	fit   *fitting
	parts map[Kind][]subject
	fold  map[*Sample][]subject // the fold, by group, that a scored sample is in
}

// Operator measures gait.operator on labelled sessions. Sessions in which
// nothing was put in are left out. The error is that of Options.Step.
func Operator(samples []Sample, opt Options) (*OperatorReport, error) {
	m, err := prepare(samples, opt)
	if err != nil {
		return nil, err
	}
	r := &OperatorReport{TrainedOn: "shipped rows"}
	if opt.Refit {
		r.TrainedOn = "this corpus"
	}
	for _, list := range m.parts {
		r.Sessions += len(list)
	}
	for _, t := range tables {
		table := &Table{}
		*t.at(r) = table
		all, err := m.judge(m.scored(), schemes[0], t.use)
		if err != nil {
			return nil, err
		}
		apart, err := m.judge(m.scored(), schemes[1], t.use)
		if err != nil {
			return nil, err
		}
		table.AllSessions = figures(all, 1)
		table.Figures = *figures(all.from(laterActs), laterActs)
		table.ByGroupAndSubject = figures(apart.from(laterActs), laterActs)
	}
	r.Figures = *r.AllFeatures.AllSessions
	if err := m.apart(r); err != nil {
		return nil, err
	}
	return r, m.typed(r)
}

// prepare reads the features of all samples.
func prepare(samples []Sample, opt Options) (*measuring, error) {
	m := &measuring{opt: opt, parts: map[Kind][]subject{}, fold: map[*Sample][]subject{}}
	for i := range samples {
		if err := opt.step(); err != nil {
			return nil, err
		}
		s := subject{Sample: &samples[i]}
		s.features, s.content = operator.Read(s.Session, 0), content(s.Session)
		if s.acts = int(s.features.Acts); s.acts > 0 {
			m.parts[s.Kind] = append(m.parts[s.Kind], s)
		}
	}
	rows := operator.Training()
	if opt.Refit {
		rows = m.rows()
	}
	m.fit = newFitting(rows)
	for k := range Exec {
		of, n := m.folds(m.parts[k], schemes[0])
		byFold := make([][]subject, n)
		for i, s := range m.parts[k] {
			byFold[of[i]] = append(byFold[of[i]], s)
		}
		for i, s := range m.parts[k] {
			m.fold[s.Sample] = byFold[of[i]]
		}
	}
	return m, nil
}

// rows makes rows of the samples for a model to be fitted on.
func (m *measuring) rows() (rows []operator.Example) {
	class := [...]operator.Class{Person: operator.Person, Script: operator.Script, Agent: operator.Agent, MachineKeys: operator.Machine}
	for k := range Exec {
		for _, s := range m.parts[k] {
			rows = append(rows, operator.Example{Features: s.features, Class: class[k], File: s.File, Subject: s.Subject, Group: s.Group})
		}
	}
	return rows
}

// scored gives the samples of the scored classes, class after class.
func (m *measuring) scored() (list []subject) {
	for k := range Kind(classes) {
		list = append(list, m.parts[k]...)
	}
	return list
}

// folds parts samples so that folds share no group, no recording under two
// names and, where that is asked for, no subject.
func (m *measuring) folds(list []subject, by scheme) ([]int, int) {
	marks := make([][]string, len(list))
	for i, s := range list {
		marks[i] = []string{"group " + s.Group, "content " + string(s.content[:])}
		if by.bySubject {
			marks[i] = append(marks[i], "subject "+s.Subject)
		}
	}
	return folds(marks)
}

// judge has each sample judged by a model that knows nothing of its fold.
func (m *measuring) judge(list []subject, by scheme, use operator.Terms) (j judged, err error) {
	of, n := m.folds(list, by)
	j = judged{samples: list, verdicts: make([]verdict, len(list)), folds: n}
	for fold := range n {
		var members []subject
		for i, s := range list {
			if of[i] == fold {
				members = append(members, s)
			}
		}
		model := m.fit.model(members, by.bySubject, use)
		for i, s := range list {
			if of[i] == fold {
				a := judge(model, s.features)
				j.verdicts[i] = verdict{truth: int(s.Kind), taken: a.taken, p: a.p, group: s.Group}
			}
		}
	}
	return j, m.opt.step()
}

// from leaves out sessions with fewer acts.
func (j judged) from(acts int) judged {
	k := judged{folds: j.folds}
	for i, s := range j.samples {
		if s.acts >= acts {
			k.samples, k.verdicts = append(k.samples, s), append(k.verdicts, j.verdicts[i])
		}
	}
	return k
}

// blind gives the model that knows nothing of a sample's fold by group, with
// all features.
func (m *measuring) blind(s subject) *operator.Model {
	fold := m.fold[s.Sample]
	if fold == nil {
		fold = []subject{s}
	}
	return m.fit.model(fold, false, operator.All)
}
