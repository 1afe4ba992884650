package typist

import "math"

// ProposeLogOdds is the strength, in posterior log odds, from which a link may
// be proposed: nine to one. No strength merges identities; a person or a rule
// does.
var ProposeLogOdds = math.Log(9)

// Trait is what else two identities can have in common.
type Trait int

// The traits, and what they may say at most. The caps are choices, not
// measurements: none of these traits was measured on known persons, and each
// can be chosen or shared, so that no one of them outweighs typing.
const (
	HASSH         Trait = iota // fingerprint of the SSH client's key exchange: at most 3 nats
	ClientVersion              // what the client calls itself: at most 2 nats, with HASSH at most 3
	ToolHabits                 // the same choices among commands that serve one purpose: at most 2 nats in all
	Network                    // addresses of one network, /24 of IPv4 or /48 of IPv6: at most 3 nats
	traits
)

// traitTerms are what the traits may say: a name, the cap in nats where they
// agree, and the nats where they differ.
var traitTerms = [traits]struct {
	name          string
	agree, differ float64
}{
	HASSH:         {"hassh", 3, -1},
	ClientVersion: {"client version", 2, -0.5},
	ToolHabits:    {"tool habits", 2, -0.5},
	Network:       {"network", 3, 0},
}

// measures are what the traits are seen by. Traits of one measure, and one that
// is observed several times, say together no more than the first of them may.
var measures = [traits]Trait{HASSH: HASSH, ClientVersion: HASSH, ToolHabits: ToolHabits, Network: Network}

// Observed says how two identities compare in a trait. Where they agree, Have
// of the Of identities that are known have the same value.
type Observed struct {
	Trait    Trait
	Same     bool
	Have, Of int
}

// Evidence is one term of a link.
type Evidence struct {
	Name string  `json:"name"`
	Nats float64 `json:"nats"`
}

// Statement is a link between two identities: how likely it is that the same
// hands typed both, and what that rests on.
type Statement struct {
	Score            Score
	Candidates       int     // typists that were compared
	PosteriorLogOdds float64 // the score, minus ln of the candidates, plus the evidence
	FalseAcceptBound float64 // upper 95 % bound of the false-accept rate of such a score
	Measured         bool    // whether the bound is; else it is not measured, and 0
	Evidence         []Evidence
	Proposed         bool // whether the odds reach [ProposeLogOdds]
}

// Link makes a statement of a score: the best of so many candidates, with what
// else was observed. A trait that agrees says the logarithm of how rare it is,
// ln((Of + 1) / (Have + 1)), up to its cap; one that differs says what its
// differing is stated to say.
func (m *Model) Link(s Score, candidates int, others []Observed) Statement {
	l := Statement{Score: s, Candidates: candidates, PosteriorLogOdds: s.LogOdds - math.Log(float64(max(candidates, 1)))}
	if rate, ok := m.Bound(s); ok {
		l.FalseAcceptBound, l.Measured = rate, true
	}
	var sums [traits]float64 // by measure
	for _, o := range others {
		if o.Trait < 0 || o.Trait >= traits {
			continue
		}
		sum, limit := &sums[measures[o.Trait]], traitTerms[measures[o.Trait]]
		before := *sum
		*sum = min(max(before+o.nats(), limit.differ), limit.agree)
		l.add(traitTerms[o.Trait].name, *sum-before)
	}
	l.Proposed = l.PosteriorLogOdds >= ProposeLogOdds
	return l
}

// add adds a term; what is said of one trait in several terms becomes one.
func (l *Statement) add(name string, nats float64) {
	l.PosteriorLogOdds += nats
	if n := len(l.Evidence); n > 0 && l.Evidence[n-1].Name == name {
		l.Evidence[n-1].Nats += nats
		return
	}
	l.Evidence = append(l.Evidence, Evidence{name, nats})
}

// nats is what a trait says by itself.
func (o *Observed) nats() float64 {
	t := traitTerms[o.Trait]
	if !o.Same {
		return t.differ
	}
	have := min(max(o.Have, 1), max(o.Of, 1))
	return min(math.Log(float64(max(o.Of, 1)+1)/float64(have+1)), t.agree)
}
