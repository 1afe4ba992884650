package evaluate

import (
	"slices"

	"gait"
	"gait/assess/operator"
)

// Windows are pieces of 20 keys of people, and how many were called machine.
type Windows struct {
	N       int  `json:"n"`
	Called  int  `json:"called_machine"` // at equal priors
	Rate         // the same with its interval
	Stated  Rate `json:"at_stated_priors"`
	Ticks   Rate `json:"with_ticks"` // keys as an OpenSSH client sends them
	TicksAt Rate `json:"with_ticks_at_stated_priors"`
}

// Pieces are sessions of 100 keys that people's recordings were cut into.
type Pieces struct {
	Keys   int  `json:"keys"`
	Called Rate `json:"called_machine"`
	Stated Rate `json:"called_machine_at_stated_priors"`
}

// KeyPoint says how typing is answered that is cut into pieces of some keys, one
// after the other: how much of it is called machine, of people (wrong) and of programs that send single keys (right).
type KeyPoint struct {
	Keys     int  `json:"keys"`
	People   Rate `json:"people_called_machine"`
	Machines Rate `json:"machine_keys_called_machine"`
	// Stated are the same at the stated priors.
	PeopleStated   Rate `json:"people_called_machine_at_stated_priors"`
	MachinesStated Rate `json:"machine_keys_called_machine_at_stated_priors"`
}

// Shuffled says how often people's own gaps in a random order are called
// machine.
type Shuffled struct {
	Keys   int  `json:"keys"`
	Caught Rate `json:"called_machine"`
	Stated Rate `json:"called_machine_at_stated_priors"`
}

// keyCounts are the lengths at which typing is looked at; shuffledKeys those
// at which shuffled gaps are.
var (
	keyCounts    = []int{20, 50, 100, 200}
	shuffledKeys = []int{50, 100, 200}
)

// typed fills in what is measured on pieces of typing.
func (m *measuring) typed(r *OperatorReport) error {
	var plain, ticks tallied
	shuffles := make([]tallied, len(shuffledKeys))
	points := make([][2]tallied, len(keyCounts))
	c := chance(seed)
	for _, s := range m.parts[Person] {
		if err := m.opt.step(); err != nil {
			return err
		}
		model, keys := m.blind(s), keysOf(s.Session)
		for _, w := range windows(keys) {
			plain.add(model, made(w, s.Session))
		}
		for _, w := range windows(ticked(keys, &c)) {
			ticks.add(model, made(w, s.Session))
		}
		for i, n := range shuffledKeys {
			for _, p := range cut(keys, n) {
				shuffles[i].add(model, made(shuffled(p, &c), s.Session))
			}
		}
		for i, n := range keyCounts {
			points[i][0].pieces(model, keys, n, s)
		}
	}
	for _, s := range m.parts[MachineKeys] {
		for i, n := range keyCounts {
			points[i][1].pieces(m.blind(s), keysOf(s.Session), n, s)
		}
	}
	if plain.n > 0 {
		r.HumanWindows = &Windows{
			N: plain.n, Called: plain.hits[atEqual], Rate: plain.rate(atEqual), Stated: plain.rate(atStated),
			Ticks: ticks.rate(atEqual), TicksAt: ticks.rate(atStated),
		}
		sessions := &points[slices.Index(keyCounts, sessionKeys)][0]
		r.HumanSessions = &Pieces{sessionKeys, sessions.rate(atEqual), sessions.rate(atStated)}
		for i, n := range shuffledKeys {
			r.ShuffledGaps = append(r.ShuffledGaps, Shuffled{n, shuffles[i].rate(atEqual), shuffles[i].rate(atStated)})
		}
	}
	for i, n := range keyCounts {
		people, machines := &points[i][0], &points[i][1]
		if people.n+machines.n > 0 {
			r.ByKeys = append(r.ByKeys, KeyPoint{
				n, people.rate(atEqual), machines.rate(atEqual), people.rate(atStated), machines.rate(atStated),
			})
		}
	}
	return nil
}

// tallied counts sessions and how many of them were called machine.
type tallied struct {
	n    int
	hits [2]int
}

// add has a session judged.
func (t *tallied) add(m *operator.Model, s *gait.Session) {
	t.n++
	count(&t.hits, judge(m, operator.Read(s, 0)))
}

// pieces has all pieces of n keys of a session judged.
func (t *tallied) pieces(m *operator.Model, keys []key, n int, of subject) {
	for _, p := range cut(keys, n) {
		t.add(m, made(p, of.Session))
	}
}

// rate gives the share at some priors.
func (t *tallied) rate(at int) Rate { return rate(t.hits[at], t.n) }
