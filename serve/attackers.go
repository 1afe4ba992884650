package serve

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"gait/assess"
	"gait/store"
)

func (s *Server) attackerRoutes() {
	add(s, get("attackers", "/attackers", "attackers", "Attackers, the last seen first").
		says("Filters by the latest value of each primitive: values of one primitive are alternatives, different primitives must all hold."), s.attackers)
	add(s, get("attacker", "/attackers/{uuid}", "attackers", "One attacker"), s.attacker)
	add(s, get("attacker-latest", "/attackers/{uuid}/observations", "attackers", "The latest observation of each primitive").
		says("The one with the greatest window end, and unknown only if nothing else is known; by name."), s.attackerLatest)
	add(s, get("attacker-series", "/attackers/{uuid}/observations/{primitive}", "attackers", "One primitive over time, the newest first"), s.attackerSeries)
	add(s, get("attacker-sessions", "/attackers/{uuid}/sessions", "attackers", "The attacker's sessions, the newest first"), s.attackerSessions)
}

// Filters are asked of a list of attackers or sessions.
type Filters struct {
	Filter []string `query:"filter,explode" maxItems:"32" maxLength:"512" doc:"PRIMITIVE=VALUE, any number of times" example:"[\"motor.input_modality=typed\"]"`
}

// parse reads the filters.
func (f *Filters) parse() ([]store.Filter, error) {
	var list []store.Filter
	for _, text := range f.Filter {
		x, err := parseFilter(text)
		if err != nil {
			return nil, huma.Error400BadRequest(err.Error())
		}
		list = append(list, x)
	}
	return list, nil
}

// maxFilter bounds a filter, in bytes.
const maxFilter = 512

func parseFilter(text string) (store.Filter, error) {
	primitive, value, ok := strings.Cut(text, "=")
	if !ok || primitive == "" || value == "" || len(text) > maxFilter {
		return store.Filter{}, errors.New("a filter is PRIMITIVE=VALUE, such as motor.input_modality=typed")
	}
	if assess.Find(primitive) == nil {
		return store.Filter{}, fmt.Errorf("there is no primitive %.100q; %s/primitives lists them", primitive, basePath)
	}
	return store.Filter{Primitive: primitive, Value: value}, nil
}

type attackersInput struct {
	Paging
	Filters
	Search string    `query:"search" maxLength:"200" doc:"Beginning of an address or UUID, or a decoy"`
	Decoy  string    `query:"decoy" maxLength:"100"`
	Since  time.Time `query:"since" doc:"Last seen since"`
	Sort   string    `query:"sort" enum:"last,first,sessions,address" default:"last"`
	Order  string    `query:"order" enum:"asc,desc" default:"desc"`
}

func (s *Server) attackers(ctx context.Context, in *attackersInput) (*listed[attacker], error) {
	filters, err := in.parse()
	if err != nil {
		return nil, err
	}
	p, err := s.opt.Store.Attackers(ctx, store.AttackerQuery{
		PageQuery: in.query(), Search: in.Search, Filters: filters, Decoy: in.Decoy, Since: in.Since, Sort: in.Sort, Up: in.Order == "asc",
	})
	if err != nil {
		return nil, s.problem(ctx, "list attackers", err)
	}
	return pageOf(p, attackerOf), nil
}

// OfAttacker names an attacker.
type OfAttacker struct {
	UUID string `path:"uuid" format:"uuid" maxLength:"36"`
}

// id gives the UUID in its one form.
func (o *OfAttacker) id() (string, error) {
	u, err := uuid.Parse(o.UUID)
	if err != nil || len(o.UUID) != 36 {
		return "", huma.Error404NotFound("an attacker is named by a UUID")
	}
	return u.String(), nil
}

func (s *Server) attacker(ctx context.Context, in *OfAttacker) (*one[attacker], error) {
	id, err := in.id()
	if err != nil {
		return nil, err
	}
	a, err := s.opt.Store.Attacker(ctx, id)
	if err != nil {
		return nil, s.problem(ctx, "read an attacker", err)
	}
	return &one[attacker]{attackerOf(&a)}, nil
}

func (s *Server) attackerLatest(ctx context.Context, in *OfAttacker) (*listed[latest], error) {
	id, err := in.id()
	if err != nil {
		return nil, err
	}
	if _, err := s.opt.Store.Attacker(ctx, id); err != nil {
		return nil, s.problem(ctx, "read an attacker", err)
	}
	l, err := s.opt.Store.Latest(ctx, id)
	if err != nil {
		return nil, s.problem(ctx, "read the latest observations", err)
	}
	return &listed[latest]{list[latest]{Items: latestsOf(l)}}, nil
}

type seriesInput struct {
	OfAttacker
	Paging
	Primitive string    `path:"primitive" maxLength:"200"`
	Since     time.Time `query:"since" doc:"Window ended since"`
	Until     time.Time `query:"until" doc:"Window ended before"`
}

func (s *Server) attackerSeries(ctx context.Context, in *seriesInput) (*listed[envelope], error) {
	id, err := in.id()
	if err != nil {
		return nil, err
	}
	return s.observationPage(ctx, store.ObservationQuery{
		PageQuery: in.query(), Attacker: id, Primitive: in.Primitive, Since: in.Since, Until: in.Until,
	})
}

type attackerSessionsInput struct {
	OfAttacker
	Paging
	Leading
	Sort  string `query:"sort" enum:"start,duration,updated" default:"start"`
	Order string `query:"order" enum:"asc,desc" default:"desc"`
}

func (s *Server) attackerSessions(ctx context.Context, in *attackerSessionsInput) (*listed[session], error) {
	id, err := in.id()
	if err != nil {
		return nil, err
	}
	p, err := s.opt.Store.Sessions(ctx, store.SessionQuery{PageQuery: in.query(), Attacker: id, Sort: in.Sort, Up: in.Order == "asc"})
	if err != nil {
		return nil, s.problem(ctx, "list an attacker's sessions", err)
	}
	return s.led(ctx, p, in.Leading)
}
