package serve

import (
	"context"
	"encoding/json"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"gait/store"
)

// linked says that two attackers may be one person.
type linked struct {
	ID        string      `json:"id"`
	Attackers []joined    `json:"attackers" nullable:"false" doc:"Both"`
	State     string      `json:"state" enum:"proposed,accepted,rejected"`
	Strength  float64     `json:"log_odds" doc:"Posterior log odds that both are one person"`
	Statement statement   `json:"statement" doc:"What it rests on"`
	Proposed  *time.Time  `json:"proposed,omitempty"`
	Decided   *time.Time  `json:"decided,omitempty"`
	Who       string      `json:"who,omitempty" doc:"Who decided; for operators only"`
	Log       []linkEvent `json:"log,omitempty" doc:"What became of it; of a single link, for operators only"`
}

// joined is one of two attackers of a link.
type joined struct {
	UUID    string `json:"uuid"`
	Address string `json:"address"`
	Ref     string `json:"evidence_ref,omitempty" doc:"The session that was compared; missing where it is gone"`
}

type linkEvent struct {
	Time  *time.Time `json:"time,omitempty"`
	Who   string     `json:"who"`
	State string     `json:"state" enum:"proposed,accepted,rejected"`
}

// statement is what a link rests on, as it is stored.
type statement json.RawMessage

// MarshalJSON gives it as it is.
func (s statement) MarshalJSON() ([]byte, error) { return s, nil }

// Schema describes it.
func (statement) Schema(r huma.Registry) *huma.Schema {
	return r.Schema(reflect.TypeFor[stated](), true, "Statement")
}

// stated describes what a statement holds.
type stated struct {
	Keys             int                `json:"keys" doc:"Keys of the session that has fewer"`
	LogOdds          float64            `json:"typing_log_odds" doc:"What the typing says, at equal odds before"`
	Parts            map[string]float64 `json:"parts" doc:"What it consists of"`
	Candidates       int                `json:"candidates" doc:"Attackers that were compared; the logarithm of their number is taken off"`
	Posterior        float64            `json:"posterior_log_odds"`
	FalseAcceptBound *float64           `json:"false_accept_bound" doc:"Upper 95 % bound of how often two persons score as high; null where it was not measured"`
	Evidence         []struct {
		Name string  `json:"name"`
		Nats float64 `json:"nats"`
	} `json:"evidence" nullable:"false" doc:"What else speaks for it or against it, in log odds"`
}

func (s *Server) linkRoutes() {
	add(s, get("links", "/links", "attackers", "Links between attackers who may be one person, the newest first").
		says("There are some where gait runs with --typist. Nobody is merged before a link is accepted."), s.links)
	add(s, get("link", "/links/{link}", "attackers", "One link, with what became of it"), s.link)
	for _, d := range decisions {
		add(s, post("link-"+d.name, "/links/{link}/"+d.name, "attackers", d.summary).says("It is noted by whom."), s.decide(d.state))
	}
}

// decisions are what operators do with links.
var decisions = []struct{ name, state, summary string }{
	{"accept", store.LinkAccepted, "Take the two attackers for one identity"},
	{"reject", store.LinkRejected, "Say that the two attackers are not one person"},
	{"undo", store.LinkProposed, "Undo what was decided on a link, without loss"},
}

type linksInput struct {
	Paging
	State    string `query:"state" enum:"proposed,accepted,rejected" doc:"Only those in this state"`
	Attacker string `query:"attacker" maxLength:"36" doc:"Only those of this attacker, by UUID"`
}

func (s *Server) links(ctx context.Context, in *linksInput) (*listed[linked], error) {
	p, err := s.opt.Store.Links(ctx, store.LinkQuery{PageQuery: in.query(), State: in.State, Attacker: in.Attacker})
	if err != nil {
		return nil, s.problem(ctx, "list links", err)
	}
	names := whoAsks(ctx).Role >= operator
	return pageOf(p, func(l *store.Link) linked { return linkedOf(l, names) }), nil
}

// ofLink names a link.
type ofLink struct {
	ID string `path:"link" format:"uuid" maxLength:"36"`
}

func (s *Server) link(ctx context.Context, in *ofLink) (*one[linked], error) {
	l, err := s.opt.Store.Link(ctx, in.ID)
	if err != nil {
		return nil, s.problem(ctx, "read a link", err)
	}
	return &one[linked]{linkedOf(&l, whoAsks(ctx).Role >= operator)}, nil
}

// decide gives the operation that brings links into a state.
func (s *Server) decide(state string) func(context.Context, *ofLink) (*one[linked], error) {
	return func(ctx context.Context, in *ofLink) (*one[linked], error) {
		l, err := s.opt.Store.Link(ctx, in.ID)
		if err != nil {
			return nil, s.problem(ctx, "read a link", err)
		}
		if err := s.audit(ctx, "link "+state, l.ID); err != nil {
			return nil, err
		}
		if l, err = s.opt.Store.Decide(ctx, store.Decision{ID: l.ID, State: state, Who: whoAsks(ctx).Name}); err != nil {
			return nil, s.problem(ctx, "decide on a link", err)
		}
		return &one[linked]{linkedOf(&l, true)}, nil
	}
}

// linkedOf describes a link; names says whether who decided is told.
func linkedOf(l *store.Link, names bool) linked {
	x := linked{
		ID: l.ID, State: l.State, Strength: l.Strength, Statement: statement(l.Statement),
		Proposed: when(l.Proposed), Decided: when(l.Decided),
	}
	for i := range l.Attackers {
		x.Attackers = append(x.Attackers, joined{l.Attackers[i], l.Addresses[i], l.Refs[i]})
	}
	if names {
		x.Who = l.Who
		for _, e := range l.Log {
			x.Log = append(x.Log, linkEvent{when(e.Time), e.Who, e.State})
		}
	}
	return x
}
