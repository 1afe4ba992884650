package profiler

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"gait/assess/attribution"
	"gait/assess/typist"
	"gait/store"
)

// MultiActorSuspected is what is published where several people are suspected
// behind one identity.
type MultiActorSuspected struct {
	Version   int      `json:"v"`
	Type      string   `json:"type"` // "multi_actor_suspected"
	Time      float64  `json:"ts"`   // seconds since 1970
	Attackers []string `json:"attacker_uuids"`
	attribution.Suspicion
}

// suspect says whether several people are suspected behind an identity, which
// is kept among its states under the name of the subject, and told where it is
// new or rests on other evidence than before.
func (a *Assessor) suspect(ctx context.Context, h *store.History, states map[string]attribution.State, out *store.Assessment) error {
	q := attribution.Question{Identity: h.Identity, States: states}
	var err error
	if q.Clients, err = a.clients(ctx, states); err != nil {
		return err
	}
	if a.typist != nil {
		vectors, err := a.vectors(ctx, states)
		if err != nil {
			return err
		}
		q.Compare = func(x, y []string) (attribution.Typing, bool) { return a.hands(pooled(vectors, x), pooled(vectors, y)) }
	}
	x, ok := attribution.Suspect(&q)
	if !ok {
		return nil
	}
	var kinds []string
	for _, e := range x.Evidence {
		kinds = append(kinds, e.Kind)
	}
	reasons, err := json.Marshal(x.Reasons)
	if err != nil {
		return fmt.Errorf("write the reasons of a suspicion as JSON: %w", err)
	}
	before := h.Standings[attribution.SubjectSuspected]
	s := store.Standing{
		Primitive: attribution.SubjectSuspected, State: string(attribution.MultiActor), Value: strings.Join(kinds, " "),
		Confidence: attribution.MostSure, Observations: len(x.EvidenceRefs), Since: before.Since, Reasons: reasons,
	}
	if s.Value != before.Value {
		s.Since = a.now()
		told := MultiActorSuspected{Version: 1, Type: "multi_actor_suspected", Time: float64(s.Since.UnixMicro()) / 1e6, Suspicion: x}
		for _, m := range h.Members {
			told.Attackers = append(told.Attackers, m.UUID)
		}
		payload, err := json.Marshal(told)
		if err != nil {
			return fmt.Errorf("write a suspicion as JSON: %w", err)
		}
		out.Told = append(out.Told, store.Conclusion{Subject: attribution.SubjectSuspected, Payload: payload})
	}
	out.Standings = append(out.Standings, s)
	return nil
}

// clients gives the software that the sessions came with which take turns. One
// that was forgotten meanwhile is not known.
func (a *Assessor) clients(ctx context.Context, states map[string]attribution.State) (map[string]attribution.Client, error) {
	known := map[string]attribution.Client{}
	for _, s := range states {
		if s.Name != attribution.MultiActor {
			continue
		}
		for _, o := range s.Last {
			if _, done := known[o.Ref]; done {
				continue
			}
			x, err := a.store.Session(ctx, o.Ref)
			if err != nil && !errors.Is(err, store.ErrNotFound) {
				return nil, fmt.Errorf("read the client of a session: %w", err)
			}
			var detail struct{ Client, HASSH string }
			if len(x.Detail) > 0 {
				if err := json.Unmarshal(x.Detail, &detail); err != nil {
					return nil, fmt.Errorf("read what a recording says of itself: %w", err)
				}
			}
			known[o.Ref] = attribution.Client{HASSH: detail.HASSH, Version: detail.Client}
		}
	}
	return known, nil
}

// vectors gives how the sessions were typed that take turns, by reference. What
// another release or another table of typing gave is left out.
func (a *Assessor) vectors(ctx context.Context, states map[string]attribution.State) (map[string]*typist.Vector, error) {
	all := map[string]*typist.Vector{}
	for _, s := range states {
		if s.Name != attribution.MultiActor {
			continue
		}
		var refs []string
		for _, o := range s.Last {
			if _, known := all[o.Ref]; !known {
				refs, all[o.Ref] = append(refs, o.Ref), nil
			}
		}
		list, err := a.store.VectorsOf(ctx, refs)
		if err != nil {
			return nil, fmt.Errorf("read how sessions were typed: %w", err)
		}
		for i := range list {
			var v typist.Vector
			if v.UnmarshalBinary(list[i].Data) == nil && v.Table() == a.typist.Version {
				all[list[i].Ref] = &v
			}
		}
	}
	return all, nil
}

// hands compares the typing of two groups of sessions.
func (a *Assessor) hands(x, y *typist.Vector) (attribution.Typing, bool) {
	if x == nil || y == nil {
		return attribution.Typing{}, false
	}
	s, err := a.typist.Score(x, y)
	return attribution.Typing{Keys: [2]int{x.Keys(), y.Keys()}, LogOdds: s.LogOdds}, err == nil
}

// pooled puts the typing of sessions together; nil where none of it is known.
func pooled(vectors map[string]*typist.Vector, refs []string) *typist.Vector {
	var list []*typist.Vector
	for _, r := range refs {
		if v := vectors[r]; v != nil {
			list = append(list, v)
		}
	}
	if len(list) == 0 {
		return nil
	}
	return typist.Pool(list...)
}
