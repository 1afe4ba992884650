package serve

import (
	"context"
	"time"

	"gait/assess/rhythm"
	"gait/store"
)

// rhythmic is when an attacker's identity comes back.
type rhythmic struct {
	Attacker  string   `json:"attacker_uuid"`
	Identity  string   `json:"identity_ref" doc:"The identity that the attacker belongs to"`
	Attackers []string `json:"attacker_uuids" nullable:"false" doc:"All attackers of the identity"`
	Habits    []habit  `json:"habits" nullable:"false" doc:"A primitive that is not in it has too little to go by"`
}

// habit is the value of a primitive that needs several sessions.
type habit struct {
	Primitive  string             `json:"primitive"`
	Value      string             `json:"value"`
	Confidence float64            `json:"confidence" minimum:"0" maximum:"1"`
	Rules      int                `json:"rules" doc:"Number of the rule"`
	From       time.Time          `json:"from" doc:"Start of the first session that was looked at"`
	To         time.Time          `json:"to" doc:"Start of the last one"`
	Sessions   int                `json:"sessions" doc:"How many were looked at"`
	Measures   map[string]float64 `json:"measures" doc:"What was counted, by name"`
	Refs       []string           `json:"evidence_refs" nullable:"false" doc:"Some of the sessions that it was made of, the newest first"`
	Reasons    []string           `json:"reasons" nullable:"false" doc:"What led to it, in words"`
}

func (s *Server) rhythmRoutes() {
	add(s, get("attacker-rhythm", "/attackers/{uuid}/rhythm", "attackers", "When an attacker comes back").
		says("The primitives that need several sessions: hours of the day, weekends, holidays and the like, read anew from the starts and durations of up to 10,000 sessions. "+
			"Each is silent until it has the days, weeks or year that it needs. All times are UTC."), s.rhythm)
}

func (s *Server) rhythm(ctx context.Context, in *OfAttacker) (*one[rhythmic], error) {
	id, err := in.id()
	if err != nil {
		return nil, err
	}
	x, err := s.opt.Store.Identity(ctx, id)
	if err != nil {
		return nil, s.problem(ctx, "read an attacker's identity", err)
	}
	record := rhythm.Record{Until: time.Now()}
	for _, attacker := range x.Attackers {
		if len(record.Sessions) >= 10*rhythm.MostSessions {
			break
		}
		list, err := s.stays(ctx, attacker)
		if err != nil {
			return nil, s.problem(ctx, "list an attacker's sessions", err)
		}
		record.Sessions = append(record.Sessions, list...)
	}
	out := rhythmic{Attacker: id, Identity: x.Name, Attackers: x.Attackers, Habits: []habit{}}
	for _, o := range rhythm.Read(record) {
		h := habit{o.Primitive, o.Value, o.Confidence, o.Rules, o.From, o.To, o.Sessions, map[string]float64{}, o.EvidenceRefs, o.Reasons}
		for _, m := range o.Measures {
			h.Measures[m.Name] = m.Value
		}
		out.Habits = append(out.Habits, h)
	}
	return &one[rhythmic]{out}, nil
}

// stays gives when an attacker's newest sessions were. One whose start is not
// known or cannot be relied on is left out.
func (s *Server) stays(ctx context.Context, attacker string) (list []rhythm.Session, err error) {
	q := store.SessionQuery{PageQuery: store.PageQuery{Limit: 1000}, Attacker: attacker, Sort: "start"}
	for len(list) < rhythm.MostSessions {
		p, err := s.opt.Store.Sessions(ctx, q)
		if err != nil {
			return nil, err
		}
		for i := range p.Items {
			if x := &p.Items[i]; !x.Start.IsZero() && !x.Doubtful {
				list = append(list, rhythm.Session{Ref: x.Ref, Start: x.Start, Duration: x.Duration})
			}
		}
		if p.Next == "" {
			break
		}
		q.Cursor = p.Next
	}
	return list, nil
}
