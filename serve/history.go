package serve

import (
	"context"
	"slices"
	"time"

	"gait"
	"gait/assess"
	"gait/store"
)

// history is what an attacker's newest sessions show, side by side: the i-th
// entry of each primitive belongs to the i-th session.
type history struct {
	Sessions   []pastSession   `json:"sessions" nullable:"false" doc:"The oldest first"`
	Primitives []pastPrimitive `json:"primitives" nullable:"false" doc:"Those that any of the sessions shows, in the registry's order"`
}

type pastSession struct {
	Ref      string     `json:"evidence_ref"`
	Self     string     `json:"self" doc:"Its path in this API"`
	ID       string     `json:"session_id"`
	Start    *time.Time `json:"start,omitempty"`
	Duration float64    `json:"duration" doc:"Seconds"`
}

type pastPrimitive struct {
	Primitive  string     `json:"primitive"`
	Values     []*string  `json:"values" nullable:"false" doc:"null where a session does not show it"`
	Confidence []*float64 `json:"confidence" nullable:"false" doc:"null where a session does not show it"`
}

type historyInput struct {
	OfAttacker
	Limit int `query:"limit" minimum:"1" maximum:"100" default:"40" doc:"How many sessions at most, the newest"`
}

func (s *Server) historyRoutes() {
	add(s, get("attacker-history", "/attackers/{uuid}/history", "attackers", "Each primitive across the attacker's newest sessions").
		says("Sessions that show nothing are left out."), s.history)
}

func (s *Server) history(ctx context.Context, in *historyInput) (*one[history], error) {
	id, err := in.id()
	if err != nil {
		return nil, err
	}
	if _, err := s.opt.Store.Attacker(ctx, id); err != nil {
		return nil, s.problem(ctx, "read an attacker", err)
	}
	p, err := s.opt.Store.Sessions(ctx, store.SessionQuery{
		PageQuery: store.PageQuery{Limit: in.Limit}, Attacker: id, States: []store.State{store.Profiled, store.Incomplete, store.Waiting},
	})
	if err != nil {
		return nil, s.problem(ctx, "list an attacker's sessions", err)
	}
	sessions := slices.DeleteFunc(p.Items, func(x store.Session) bool { return x.Observations == 0 })
	slices.Reverse(sessions)
	seen, err := s.past(ctx, id, sessions)
	if err != nil {
		return nil, s.problem(ctx, "read an attacker's observations", err)
	}
	return &one[history]{historyOf(sessions, seen)}, nil
}

// pastPage is how many observations are asked for at once.
const pastPage = 1000

// past gives the observations of some of an attacker's newest sessions, by
// their references. They are listed in the order in which sessions began, so
// that a few pages hold them; sessions whose start is not known may lie
// elsewhere, and are asked one by one.
func (s *Server) past(ctx context.Context, attacker string, sessions []store.Session) (map[string][]gait.Observation, error) {
	seen, missing := map[string][]gait.Observation{}, int64(0)
	for i := range sessions {
		seen[sessions[i].Ref] = nil
		missing += sessions[i].Observations
	}
	q := store.ObservationQuery{PageQuery: store.PageQuery{Limit: pastPage}, Attacker: attacker}
	for most := missing/pastPage + 1; most > 0 && missing > 0; most-- {
		p, err := s.opt.Store.Observations(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, o := range p.Items {
			if list, ours := seen[o.EvidenceRef]; ours {
				seen[o.EvidenceRef] = append(list, o)
				missing--
			}
		}
		if q.Cursor = p.Next; p.Next == "" {
			break
		}
	}
	for i := range sessions {
		x := &sessions[i]
		if int64(len(seen[x.Ref])) == x.Observations {
			continue
		}
		list, err := s.observed(ctx, x.Ref)
		if err != nil {
			return nil, err
		}
		seen[x.Ref] = list
	}
	return seen, nil
}

// historyOf puts the observations of sessions side by side.
func historyOf(sessions []store.Session, seen map[string][]gait.Observation) history {
	h := history{Sessions: []pastSession{}, Primitives: []pastPrimitive{}}
	rows := map[string]*pastPrimitive{}
	for i := range sessions {
		x := &sessions[i]
		h.Sessions = append(h.Sessions, pastSession{x.Ref, sessionPath(x.Ref), x.ID, when(x.Start), x.Duration.Seconds()})
		for _, o := range seen[x.Ref] {
			row := rows[o.Primitive]
			if row == nil {
				row = &pastPrimitive{o.Primitive, make([]*string, len(sessions)), make([]*float64, len(sessions))}
				rows[o.Primitive] = row
			}
			row.Values[i], row.Confidence[i] = &o.Value, &o.Confidence
		}
	}
	for _, p := range assess.All {
		if row := rows[p.Name]; row != nil {
			h.Primitives = append(h.Primitives, *row)
		}
	}
	return h
}
