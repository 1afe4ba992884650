package attribution

// SubjectChanged is the name under which a transition is published.
const SubjectChanged = "attribution.profile.state_changed"

// Transition is what is told where the state of a primitive changes. It holds
// labels, numbers, digests and names of sessions, and nothing of what was typed.
type Transition struct {
	Identity     string   `json:"identity"`
	Primitive    string   `json:"primitive"`
	From         Name     `json:"from"`
	To           Name     `json:"to"`
	Confidence   float64  `json:"confidence"`
	Value        string   `json:"value,omitempty"`
	Observations int      `json:"observations"` // that the new state could look at
	Sessions     []string `json:"sessions"`     // ids of the last ones, the oldest first
	EvidenceRefs []string `json:"evidence_refs"`
	Reasons      []string `json:"reasons"`
}

// Changed gives the transition from a state to the one after it, and false
// where the state is the same. The state of what was never seen is unknown, as
// is the zero state.
func Changed(identity, primitive string, from Name, to State) (Transition, bool) {
	if from == "" {
		from = Unknown
	}
	if from == to.Name {
		return Transition{}, false
	}
	t := Transition{
		Identity: identity, Primitive: primitive, From: from, To: to.Name, Confidence: to.Confidence, Value: to.Value,
		Observations: to.Observations, Sessions: []string{}, EvidenceRefs: []string{}, Reasons: to.Reasons,
	}
	for _, s := range to.Last {
		t.Sessions = append(t.Sessions, s.Session)
		t.EvidenceRefs = append(t.EvidenceRefs, s.Ref)
	}
	return t, true
}
