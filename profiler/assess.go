package profiler

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"gait/assess/attribution"
	"gait/assess/typist"
	"gait/profile"
	"gait/store"
)

const (
	// assessGroup is how many identities are assessed in one transaction.
	assessGroup = 32
	// assessPoints is how many of the newest observations the state of a label
	// rests on at most.
	assessPoints = 2 * attribution.LastMost
)

// Assessor draws conclusions about identities from all of their sessions, as
// they are stored. It is safe for concurrent use, also by several processes:
// what one has concluded another does not conclude again.
type Assessor struct {
	store store.Store
	rules map[string]int // of the primitives that have a state, by the rules of labels
	now   func() time.Time
	// typist compares the typing of sessions; nil where that is not to be done.
	typist *typist.Model
}

// NewAssessor makes one that knows these primitives, and a model to compare
// typing with, nil for none. The error is that of a
// store that holds the reference's reading, of which nothing is concluded.
func NewAssessor(s store.Store, primitives []*profile.Primitive, m *typist.Model) (*Assessor, error) {
	if s.Compat() {
		return nil, store.ErrCompat
	}
	a := &Assessor{store: s, rules: map[string]int{}, now: time.Now, typist: m}
	for _, p := range primitives {
		if attribution.KindOf(p) == attribution.Labels {
			a.rules[p.Name] = p.Rules
		}
	}
	return a, nil
}

// All goes through all identities that are due, once, and holds a few of them in
// memory at a time. It gives how many it has assessed and how many conclusions
// there are to tell of them. After an error it may be called again.
func (a *Assessor) All(ctx context.Context) (assessed, told int, err error) {
	for after := int64(0); ; {
		due, err := a.store.Due(ctx, after, assessGroup)
		if err != nil || len(due) == 0 {
			return assessed, told, err
		}
		after = due[len(due)-1].N
		n, m, err := a.group(ctx, due)
		assessed, told = assessed+n, told+m
		if err != nil {
			return assessed, told, err
		}
	}
}

// group assesses identities in one transaction. One that changes meanwhile, or is
// gone, is left to the next round.
func (a *Assessor) group(ctx context.Context, due []store.Due) (assessed, told int, err error) {
	list := make([]store.Assessment, 0, len(due))
	for _, d := range due {
		h, err := a.store.History(ctx, store.HistoryQuery{Identity: d.Identity, Rules: a.rules, Limit: assessPoints, Least: attribution.Least, Clients: attribution.HashWindow})
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return 0, 0, fmt.Errorf("read the past of an identity: %w", err)
		}
		x, err := a.assess(ctx, &h)
		if err != nil {
			return 0, 0, err
		}
		list = append(list, x)
	}
	if len(list) == 0 {
		return 0, 0, nil
	}
	stored, err := a.store.Assess(ctx, list)
	if err != nil {
		return 0, 0, fmt.Errorf("store conclusions: %w", err)
	}
	for i, ok := range stored {
		if ok {
			assessed++
			told += len(list[i].Told)
		}
	}
	return assessed, told, nil
}

// assess draws conclusions from a history, and says what is new in them.
func (a *Assessor) assess(ctx context.Context, h *store.History) (store.Assessment, error) {
	out := store.Assessment{History: h}
	states := map[string]attribution.State{}
	names := map[string]bool{}
	for name := range h.Past {
		names[name] = true
	}
	for name := range h.Standings {
		names[name] = true
	}
	delete(names, attribution.SubjectSuspected)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		before := h.Standings[name]
		state := statedBy(name).Of(a.points(name, h.Past[name]))
		states[name] = state
		s, err := a.standing(name, &state)
		if err != nil {
			return out, err
		}
		s.Since = before.Since
		if x, changed := attribution.Changed(h.Identity, name, attribution.Name(before.State), state); changed {
			s.Since = a.now()
			if name == store.SeriesVersion {
				x.Value = "" // text of the visitor's choice is told to nobody
			}
			c, err := stateChanged(h, &s, x)
			if err != nil {
				return out, err
			}
			out.Told = append(out.Told, c)
		}
		if state.Name != attribution.Unknown {
			out.Standings = append(out.Standings, s)
		}
	}
	return out, a.suspect(ctx, h, states, &out)
}

// clientRules is the number of the rule by which series of clients are made.
const clientRules = 1

// isClient says whether a name is that of a series of clients.
func isClient(name string) bool { return name == store.SeriesHASSH || name == store.SeriesVersion }

// statedBy gives the rules of a primitive that has a state, or of a series.
func statedBy(name string) attribution.Kind {
	if isClient(name) {
		return attribution.Hashes
	}
	return attribution.Labels
}

// rulesOf gives the number of the rule by which a primitive or a series is made.
func (a *Assessor) rulesOf(name string) int {
	if isClient(name) {
		return clientRules
	}
	return a.rules[name]
}

// points gives what sessions showed of a primitive as its rules take it.
func (a *Assessor) points(name string, past []store.Past) []attribution.Point {
	list := make([]attribution.Point, len(past))
	for i, p := range past {
		list[i] = attribution.Point{Start: p.Start, Session: p.ID, Ref: p.Ref, Value: p.Value, Rules: a.rulesOf(name)}
	}
	return list
}

// standing gives the state of a primitive as it is stored.
func (a *Assessor) standing(name string, x *attribution.State) (store.Standing, error) {
	reasons, err := json.Marshal(x.Reasons)
	if err != nil {
		return store.Standing{}, fmt.Errorf("write the reasons of a state as JSON: %w", err)
	}
	return store.Standing{
		Primitive: name, State: string(x.Name), Value: x.Value, Confidence: x.Confidence,
		Rules: a.rulesOf(name), Observations: x.Observations, Reasons: reasons,
	}, nil
}

// StateChanged is what is published of a state that changed.
type StateChanged struct {
	Version   int      `json:"v"`
	Type      string   `json:"type"` // "state_changed"
	Time      float64  `json:"ts"`   // seconds since 1970
	Attackers []string `json:"attacker_uuids"`
	Rules     int      `json:"rules"`
	attribution.Transition
}

func stateChanged(h *store.History, s *store.Standing, t attribution.Transition) (store.Conclusion, error) {
	x := StateChanged{Version: 1, Type: "state_changed", Time: float64(s.Since.UnixMicro()) / 1e6, Rules: s.Rules, Transition: t}
	for _, m := range h.Members {
		x.Attackers = append(x.Attackers, m.UUID)
	}
	payload, err := json.Marshal(x)
	if err != nil {
		return store.Conclusion{}, fmt.Errorf("write a conclusion as JSON: %w", err)
	}
	return store.Conclusion{Subject: attribution.SubjectChanged, Payload: payload}, nil
}
