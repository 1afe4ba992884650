package serve

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"gait"
	"gait/assess"
	"gait/store"
)

func (s *Server) observationRoutes() {
	add(s, get("observations", "/observations", "observations", "Observations by primitive, value, attacker, identity or session, the newest first"), s.observations)
}

type observationsInput struct {
	Paging
	Primitive string    `query:"primitive" maxLength:"200"`
	Value     string    `query:"value" maxLength:"512"`
	Attacker  string    `query:"attacker" maxLength:"36" doc:"UUID"`
	Identity  string    `query:"identity" maxLength:"200"`
	Ref       string    `query:"evidence_ref" maxLength:"2048"`
	Since     time.Time `query:"since" doc:"Window ended since"`
	Until     time.Time `query:"until" doc:"Window ended before"`
}

func (s *Server) observations(ctx context.Context, in *observationsInput) (*listed[envelope], error) {
	if in.Primitive == "" && in.Attacker == "" && in.Identity == "" && in.Ref == "" {
		return nil, huma.Error400BadRequest("say at least one of primitive, attacker, identity and evidence_ref")
	}
	return s.observationPage(ctx, store.ObservationQuery{
		PageQuery: in.query(), Ref: in.Ref, Attacker: in.Attacker, Identity: in.Identity,
		Primitive: in.Primitive, Value: in.Value, Since: in.Since, Until: in.Until,
	})
}

// observationPage answers with a page of observations.
func (s *Server) observationPage(ctx context.Context, q store.ObservationQuery) (*listed[envelope], error) {
	if q.Primitive != "" && assess.Find(q.Primitive) == nil {
		return nil, huma.Error404NotFound("there is no primitive of that name; " + basePath + "/primitives lists them")
	}
	p, err := s.opt.Store.Observations(ctx, q)
	if err != nil {
		return nil, s.problem(ctx, "list observations", err)
	}
	return pageOf(p, func(o *gait.Observation) envelope { return envelopeOf(o) }), nil
}
