package serve

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"gait/assess"
	"gait/profile"
	"gait/profile/explain"
	"gait/store"
)

// reason is one term of a conclusion.
type reason struct {
	Name   string  `json:"name" example:"whole_lines"`
	Text   string  `json:"text" doc:"The fact, in words and numbers" example:"12 lines or pieces came whole, 1 chars one by one"`
	Toward string  `json:"toward" doc:"The value, or group of values, that it speaks for" example:"machine"`
	Nats   float64 `json:"nats" doc:"How strongly: the logarithm of a likelihood ratio; terms add up" example:"2.2"`
}

func (s *Server) reasonRoutes() {
	add(s, get("session-reasons", "/sessions/{id}/reasons/{primitive}", "sessions", "The terms of a conclusion that was drawn of a session").
		says("From the recording at hand, the strongest first; none of a primitive that compares numbers with thresholds, which the explanation tells. "+naming), s.reasons)
}

func (s *Server) reasons(ctx context.Context, in *marksInput) (*listed[reason], error) {
	p := assess.Find(in.Primitive)
	if p == nil {
		return nil, huma.Error404NotFound("there is no primitive of that name; " + basePath + "/primitives lists them")
	}
	_, observed, err := s.sessionObserved(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	p = (&explain.Session{Observations: observed}).Items([]*profile.Primitive{p})[0].Primitive // as it was set
	rec, done, err := s.placed(ctx, in.ID, func(*store.Session) error { return nil })
	if err != nil {
		return nil, err
	}
	defer done()
	terms, cause := profile.EngineOf(nil, s.opt.Store.Compat()).Reasons(rec, p)
	if cause != "" {
		s.log.Error("reasons failed", "primitive", p.Name, "session", rec.EvidenceRef, "cause", cause)
		return nil, huma.Error500InternalServerError("something went wrong; the log says what")
	}
	out := &listed[reason]{list[reason]{Items: []reason{}}}
	for _, t := range terms {
		out.Body.Items = append(out.Body.Items, reason(t))
	}
	return out, nil
}
