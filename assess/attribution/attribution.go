// Package attribution says how well an identity's behaviour is known: for each
// primitive whether the values of its sessions are stable, drifting,
// conflicted, or alternate as if several people took turns.
//
// [Label], [Number] and [Hash] give the [State] of all points of one primitive;
// a [Tracker] gives the same state while sessions come in any order, are read
// anew and are forgotten. [Changed] makes of two states what is told of the
// change. [Suspect] asks whether several people stand behind one identity: no
// state is evidence of that by itself, see there.
//
// The package is pure and looks at times, labels, numbers and digests alone.
// What each state means for a reader stands in docs/attribution.md.
package attribution

import (
	"strings"
	"time"

	"gait/profile"
)

// Name is the name of a state.
type Name string

// The states. Unknown is also what a primitive has that nothing is known of.
const (
	Unknown    Name = "unknown"
	Stable     Name = "stable"
	Drifting   Name = "drifting"
	Conflicted Name = "conflicted"
	MultiActor Name = "multi_actor"
)

// Names are all states in the order in which they are explained.
var Names = []Name{Unknown, Stable, Drifting, Conflicted, MultiActor}

// Bounds of the rules.
const (
	LastMost   = 5    // observations in L, and at most as many before it in P
	Least      = 3    // observations below which nothing is known, and below which P does not count
	ClearMost  = 4    // of a value that make four or five observations clear
	AlternateL = 4    // observations in L that it takes to alternate
	MostSure   = 0.60 // confidence of multi_actor at most

	Scatter = 1.0  // coefficient of variation above which numbers are conflicted
	Shift   = 0.30 // relative change of the mean from which numbers drift
	Weight  = 0.3  // of the newest number in the shown average

	HashWindow = 24 * time.Hour // before the last observation
	HashDrifts = 2              // changes in it up to which a hash drifts; more are conflicted
)

// Point is what one session says of one primitive.
type Point struct {
	Start   time.Time // when the session began
	Session string    // its id, which decides between equal starts
	// Ref is the evidence reference, which makes a session one: of points with
	// the same reference the last that was given counts. Empty, it is the
	// session id.
	Ref    string
	Value  string  // of a label or hash; "" and "unknown" count as nothing
	Number float64 // of a number; what is not finite counts as nothing
	Rules  int     // number of the rule that gave it
}

// ref is what makes the session one.
func (p *Point) ref() string {
	if p.Ref != "" {
		return p.Ref
	}
	return p.Session
}

// Seen is an observation that a state rests on.
type Seen struct {
	Session string    `json:"session"`
	Ref     string    `json:"evidence_ref"`
	Start   time.Time `json:"start"`
	Value   string    `json:"value"`
}

// Measure is a number that a rule compared, with the bound that it was compared
// with.
type Measure struct {
	Name  string  `json:"name"`
	Value float64 `json:"value"`
	Bound float64 `json:"bound"`
}

// State is what is known of one primitive of one identity, and what it rests
// on.
type State struct {
	Name Name `json:"state"`
	// Confidence is the share of the last observations that agree, unless the
	// rule says otherwise; 0 where the state is unknown.
	Confidence float64 `json:"confidence"`
	// Value is the one that is shown: of labels the most frequent of the last
	// observations (of equals the newest), of hashes the newest, of numbers an
	// average in which newer ones weigh more. Empty where nothing was observed.
	Value string `json:"value,omitempty"`
	Rules int    `json:"rules"` // number of the rule whose values count
	// Observations counts those that the rule could look at: for labels and
	// numbers the newest 64, for hashes the newest 4,096.
	Observations int       `json:"observations"`
	Last         []Seen    `json:"last"`   // L, the oldest first; of hashes the newest with each value
	Before       []Seen    `json:"before"` // P, the oldest first
	Measures     []Measure `json:"measures"`
	// Reasons say in sentences why the state is what it is.
	Reasons []string `json:"reasons"`
}

// Kind says which rules hold for a primitive.
type Kind uint8

// The kinds of rules. No rules hold for a primitive of kind None: it has no
// state.
const (
	None Kind = iota
	Labels
	Numbers
	Hashes
)

// KindOf gives the rules of a primitive: those of labels for labels and tags,
// those of hashes for hashes. The digest of digraphs has none, since two
// sessions of one person hardly ever agree in it; gait.typist, which compares
// sessions instead, has none either.
func KindOf(p *profile.Primitive) Kind {
	switch {
	case p.Name == "motor.digraph_simhash" || p.Name == "gait.typist":
		return None
	case p.Kind == profile.Hash:
		return Hashes
	}
	return Labels
}

// Reach is how many of the newest points the rules of a kind look at.
func (k Kind) Reach() int {
	switch k {
	case Labels, Numbers:
		return 64
	case Hashes:
		return 4096
	}
	return 0
}

// Of gives the state of all points of a primitive, in any order.
func (k Kind) Of(points []Point) State {
	return k.judge(k.order(points))
}

// Label gives the state of a primitive whose values are labels or tags.
func Label(points []Point) State { return Labels.Of(points) }

// Number gives the state of a primitive whose values are numbers.
func Number(points []Point) State { return Numbers.Of(points) }

// Hash gives the state of a primitive whose values are hashes, such as the
// fingerprint of a client.
func Hash(points []Point) State { return Hashes.Of(points) }

// judge applies the rules to points in order, of one rules number.
func (k Kind) judge(points []Point) State {
	if n := len(points) - k.Reach(); n > 0 {
		points = points[n:]
	}
	s := State{Name: Unknown, Observations: len(points), Last: []Seen{}, Before: []Seen{}, Measures: []Measure{}, Reasons: []string{}}
	if len(points) > 0 {
		s.Rules = points[len(points)-1].Rules
		switch k {
		case Labels:
			s.label(points)
		case Numbers:
			s.number(points)
		case Hashes:
			s.hash(points)
		}
	}
	return s
}

// lastAndBefore splits off L and P and keeps them as what the state rests on.
func (s *State) lastAndBefore(points []Point, text func(*Point) string) (last, before []Point) {
	n := max(0, len(points)-LastMost)
	last, before = points[n:], points[max(0, n-LastMost):n]
	for i := range last {
		s.Last = append(s.Last, seen(&last[i], text))
	}
	for i := range before {
		s.Before = append(s.Before, seen(&before[i], text))
	}
	return last, before
}

func seen(p *Point, text func(*Point) string) Seen {
	return Seen{Session: strings.Clone(p.Session), Ref: strings.Clone(p.ref()), Start: p.Start, Value: text(p)}
}

// measure keeps a number that was compared.
func (s *State) measure(name string, value, bound float64) {
	s.Measures = append(s.Measures, Measure{name, value, bound})
}
