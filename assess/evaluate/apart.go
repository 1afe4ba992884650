package evaluate

import (
	"cmp"
	"slices"

	"gait/assess/operator"
)

// minActs is from how many acts on each session of a machine should be called
// one.
const minActs = 3

// Machines count the sessions of scripts and agents with at least 3 acts that
// are called machine.
type Machines struct {
	FromActs int  `json:"from_acts"`
	Called   Rate `json:"called_machine"`                  // at equal priors
	Stated   Rate `json:"called_machine_at_stated_priors"` //
}

// GroupRow is how the sessions of one group were answered.
type GroupRow struct {
	Group   string         `json:"group"`
	Class   string         `json:"class"`
	N       int            `json:"n"`
	Called  Rate           `json:"called_machine"`
	Stated  Rate           `json:"called_machine_at_stated_priors"`
	Right   *Rate          `json:"right"`   // null where the class is not scored
	Answers map[string]int `json:"answers"` // as given at equal priors
}

// Apart counts how sessions were answered that are in no mean.
type Apart struct {
	N       int            `json:"n"`
	Answers map[string]int `json:"answers"`           // at equal priors
	Stated  map[string]int `json:"answers_at_stated"` // at stated priors
	Held    Rate           `json:"no_answer"`         // "unknown" at equal priors
}

// Rates are precision where classes are as frequent as the stated priors say,
// among the classes that the corpus has, for verdicts given at those priors.
type Rates struct {
	Priors    map[string]float64  `json:"priors"`
	Precision map[string]*float64 `json:"precision"`
	Recall    map[string]*float64 `json:"recall"`
	// Machine is the share of verdicts "machine", of whatever kind, that hold.
	Machine *float64 `json:"machine_precision"`
}

// apart fills in what is measured with all features on whole sessions, beside
// the tables.
func (m *measuring) apart(r *OperatorReport) error {
	answers := map[*Sample]answer{}
	for k := range Unlabelled + 1 {
		for _, s := range m.parts[k] {
			answers[s.Sample] = judge(m.blind(s), s.features)
		}
	}
	r.Curve = m.curve()
	r.Machines = m.machines(answers)
	r.ByGroup = m.groups(answers)
	r.BaseRates = m.baseRates(answers)
	r.Exec, r.Unknown = tally(m.parts[Exec], answers), tally(m.parts[Unlabelled], answers)
	var err error
	r.Invariance, err = m.invariance()
	return err
}

func (m *measuring) machines(answers map[*Sample]answer) *Machines {
	var n int
	var hits [2]int
	for _, k := range []Kind{Script, Agent} {
		for _, s := range m.parts[k] {
			if s.acts < minActs {
				continue
			}
			n++
			count(&hits, answers[s.Sample])
		}
	}
	return &Machines{minActs, rate(hits[atEqual], n), rate(hits[atStated], n)}
}

// count adds the verdicts "machine" of an answer.
func count(hits *[2]int, a answer) {
	for i, machine := range a.machine {
		if machine {
			hits[i]++
		}
	}
}

// groups counts by group, in the order of kinds and names.
func (m *measuring) groups(answers map[*Sample]answer) (rows []GroupRow) {
	for k := range Exec {
		byGroup := map[string][]subject{}
		for _, s := range m.parts[k] {
			byGroup[s.Group] = append(byGroup[s.Group], s)
		}
		from := len(rows)
		for name, list := range byGroup {
			row := GroupRow{Group: name, Class: k.String(), N: len(list), Answers: map[string]int{}}
			var hits [2]int
			right := 0
			for _, s := range list {
				a := answers[s.Sample]
				count(&hits, a)
				row.Answers[a.given[atEqual].String()]++
				if a.taken == int(k) {
					right++
				}
			}
			row.Called, row.Stated = rate(hits[atEqual], len(list)), rate(hits[atStated], len(list))
			if int(k) < classes {
				c := rate(right, len(list))
				row.Right = &c
			}
			rows = append(rows, row)
		}
		slices.SortFunc(rows[from:], func(a, b GroupRow) int { return cmp.Compare(a.Group, b.Group) })
	}
	return rows
}

// tally counts answers; nil of none.
func tally(list []subject, answers map[*Sample]answer) *Apart {
	if len(list) == 0 {
		return nil
	}
	t := &Apart{N: len(list), Answers: map[string]int{}, Stated: map[string]int{}}
	for _, s := range list {
		a := answers[s.Sample]
		t.Answers[a.given[atEqual].String()]++
		t.Stated[a.given[atStated].String()]++
	}
	t.Held = rate(t.Answers[operator.Unknown.String()], len(list))
	return t
}

// baseRates weighs verdicts at stated priors by those priors.
func (m *measuring) baseRates(answers map[*Sample]answer) *Rates {
	stated := operator.DefaultPriors()
	prior := [classes]float64{
		Person: stated[operator.Person] + stated[operator.PersonPasting], Script: stated[operator.Script], Agent: stated[operator.Agent],
	}
	right := [classes]operator.Class{Person: operator.Person, Script: operator.Script, Agent: operator.Agent}
	r := &Rates{Priors: map[string]float64{}, Precision: map[string]*float64{}, Recall: map[string]*float64{}}
	var list []verdict
	sum := 0.0
	for _, s := range m.scored() {
		v := verdict{truth: int(s.Kind), taken: -1, group: s.Group}
		given := answers[s.Sample].given[atStated]
		if given == operator.PersonPasting {
			given = operator.Person
		}
		if i := slices.Index(right[:], given); i >= 0 {
			v.taken = i
		} else if given == operator.Machine {
			v.taken = classes
		}
		list = append(list, v)
	}
	weigh(list)
	for k := range Kind(classes) {
		if len(m.parts[k]) > 0 {
			sum += prior[k]
		}
	}
	var said, held [classes + 1]float64
	machines, machinesHeld := 0.0, 0.0
	for i := range list {
		v := &list[i]
		v.weight *= prior[v.truth] / sum
		if v.taken < 0 {
			continue
		}
		said[v.taken] += v.weight
		if v.taken == v.truth {
			held[v.taken] += v.weight
		}
		if v.taken != int(Person) {
			machines += v.weight
			if v.truth != int(Person) {
				machinesHeld += v.weight
			}
		}
	}
	for k := range Kind(classes) {
		if len(m.parts[k]) > 0 {
			r.Priors[k.String()] = prior[k] / sum
			r.Precision[k.String()] = known(ratio(held[k], said[k]))
			r.Recall[k.String()] = known(ratio(held[k], prior[k]/sum))
		}
	}
	r.Machine = known(ratio(machinesHeld, machines))
	return r
}
