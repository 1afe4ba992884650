package attribution

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
)

// SubjectSuspected is the name under which a suspicion is published.
const SubjectSuspected = "attribution.profile.multi_actor_suspected"

// PooledKeys is how many keys each group of sessions must hold for its typing
// to be compared.
const PooledKeys = 300

// Apart is the log odds at which the typing of two groups is that of different
// people: where odds are calibrated, one person's groups are called different
// at odds of 1 to 100 in at most one comparison of a hundred.
var Apart = -math.Log(100)

// Client is the software that a session came with, as far as it is known.
type Client struct {
	HASSH   string // fingerprint of its key exchange
	Version string // as it says itself; never told on
}

// Typing is what comparing the typing of two groups of sessions gave.
type Typing struct {
	Keys [2]int // of each group, pooled
	// LogOdds are the calibrated natural log odds that one person typed both
	// groups, at equal priors.
	LogOdds float64
}

// Question is what [Suspect] looks at.
type Question struct {
	Identity string
	States   map[string]State  // by primitive
	Clients  map[string]Client // by evidence reference
	// Compare compares the typing of two groups of sessions, given by their
	// references. It is false where that cannot be done, and nil where typing is
	// not to be compared.
	Compare func(a, b []string) (Typing, bool)
}

// Evidence is one thing in which two groups of sessions differ, apart from the
// values that split them.
type Evidence struct {
	Kind string `json:"kind"` // "typing", "hassh" or "client_version"
	Says string `json:"says"` // in a sentence
	// Keys and LogOdds are those of typing.
	Keys    []int    `json:"keys,omitempty"`
	LogOdds *float64 `json:"log_odds,omitempty"`
}

// Split is how the sessions of an identity fall into two groups.
type Split struct {
	Groups [2][]Seen `json:"groups"` // the oldest first; the first group holds the oldest session
	// Primitives take turns between the groups; those of one measure stand
	// together.
	Measures []MeasureSplit `json:"measures"`
	Evidence []Evidence     `json:"evidence"`
}

// MeasureSplit is one thing that is measured and takes turns.
type MeasureSplit struct {
	Measure    string   `json:"measure"`
	Primitives []string `json:"primitives"`
}

// Suspicion says that several people may stand behind one identity, and why.
type Suspicion struct {
	Identity string `json:"identity"`
	Split
	EvidenceRefs []string `json:"evidence_refs"` // of all sessions of the two groups
	Reasons      []string `json:"reasons"`
}

// Suspect says whether several people are suspected behind an identity: at
// least one primitive says multi_actor, and the two groups into which its
// values split the sessions differ in something that the primitive did not
// look at: in the typing of at least 300 keys each, or in the client, which
// must be known of every session, the same within each group, and another in
// the other one.
//
// The state alone is no evidence: labels beside a bound take turns for most
// single persons. Primitives that split the sessions in the same way are
// listed together; of several splits the one with the most evidence is told,
// of equals the one that more measures show.
func Suspect(q *Question) (Suspicion, bool) {
	var best *Split
	for _, s := range splits(q.States) {
		s.Evidence = q.evidence(s)
		if len(s.Evidence) == 0 {
			continue
		}
		if best == nil || len(s.Evidence) > len(best.Evidence) || len(s.Evidence) == len(best.Evidence) && len(s.Measures) > len(best.Measures) {
			best = s
		}
	}
	if best == nil {
		return Suspicion{}, false
	}
	x := Suspicion{Identity: q.Identity, Split: *best}
	for _, m := range best.Measures {
		x.Reasons = append(x.Reasons, fmt.Sprintf("the %s takes turns between two groups of sessions (%s)", m.Measure, strings.Join(m.Primitives, ", ")))
	}
	for _, e := range best.Evidence {
		x.Reasons = append(x.Reasons, e.Says)
	}
	for _, g := range best.Groups {
		x.EvidenceRefs = append(x.EvidenceRefs, refs(g)...)
	}
	return x, true
}

// splits gives the different ways in which primitives that say multi_actor
// split the sessions, in the order of the primitives' names.
func splits(states map[string]State) (list []*Split) {
	known := map[string]*Split{}
	for _, name := range slices.Sorted(maps.Keys(states)) {
		s := states[name]
		if s.Name != MultiActor || len(s.Last) == 0 {
			continue
		}
		var groups [2][]Seen
		for _, o := range s.Last {
			g := 0
			if o.Value != s.Last[0].Value {
				g = 1
			}
			o.Value = ""
			groups[g] = append(groups[g], o)
		}
		key := strings.Join(refs(groups[0]), "\x00") + "\x01" + strings.Join(refs(groups[1]), "\x00")
		if known[key] == nil {
			known[key] = &Split{Groups: groups}
			list = append(list, known[key])
		}
		known[key].add(name)
	}
	return list
}

// add lists a primitive under what it measures.
func (s *Split) add(primitive string) {
	m := Measured(primitive)
	at := slices.IndexFunc(s.Measures, func(x MeasureSplit) bool { return x.Measure == m })
	if at < 0 {
		s.Measures = append(s.Measures, MeasureSplit{Measure: m})
		at = len(s.Measures) - 1
	}
	s.Measures[at].Primitives = append(s.Measures[at].Primitives, primitive)
}

// evidence lists in what two groups of sessions differ. A client's fingerprint
// and its version are one thing: the version is told of only where there is no
// fingerprint that tells the groups apart, and neither where all that takes
// turns is of the client's own making.
func (q *Question) evidence(s *Split) (list []Evidence) {
	a, b := refs(s.Groups[0]), refs(s.Groups[1])
	if len(a) == 0 || len(b) == 0 {
		return nil
	}
	if q.Compare != nil {
		if t, ok := q.Compare(a, b); ok && min(t.Keys[0], t.Keys[1]) >= PooledKeys && t.LogOdds <= Apart {
			odds := t.LogOdds
			list = append(list, Evidence{Kind: "typing", Keys: t.Keys[:], LogOdds: &odds, Says: fmt.Sprintf(
				"the typing of the groups differs (%d and %d keys): log odds %.1f that one person typed both, at equal priors", t.Keys[0], t.Keys[1], odds)})
		}
	}
	switch {
	case len(s.Measures) == 1 && s.Measures[0].Measure == clientTimes:
	case q.alternates(a, b, func(c Client) string { return c.HASSH }):
		list = append(list, Evidence{Kind: "hassh", Says: "each group came with a client of its own, by the fingerprint of its key exchange"})
	case q.alternates(a, b, func(c Client) string { return c.Version }):
		list = append(list, Evidence{Kind: "client_version", Says: "each group came with a client of its own, by the version it states"})
	}
	return list
}

// alternates says whether something of the client is known of all sessions, the
// same within each group, and not the same in both.
func (q *Question) alternates(a, b []string, of func(Client) string) bool {
	same := func(refs []string) string {
		first := of(q.Clients[refs[0]])
		for _, r := range refs[1:] {
			if of(q.Clients[r]) != first {
				return ""
			}
		}
		return first
	}
	x, y := same(a), same(b)
	return x != "" && y != "" && x != y
}

func refs(list []Seen) (refs []string) {
	for _, s := range list {
		refs = append(refs, s.Ref)
	}
	return refs
}
