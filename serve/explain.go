package serve

import (
	"context"
	"encoding/json"
	"math"

	"gait/assess"
	"gait/profile"
	"gait/profile/explain"
)

// explanation says of one primitive what it made of a session, and why.
type explanation struct {
	Primitive  string       `json:"primitive"`
	Domain     string       `json:"domain"`
	Title      string       `json:"title"`
	State      string       `json:"state" enum:"value,not_observable,silent,failed" doc:"Whether there is a value, and which way there is none"`
	Why        string       `json:"why,omitempty" doc:"Why there is no value, in words"`
	Value      string       `json:"value,omitempty"`
	Confidence float64      `json:"confidence,omitempty" minimum:"0" maximum:"1"`
	Rules      int          `json:"rules,omitempty" doc:"Number of the rule that made it"`
	Measures   []measuredAs `json:"measures" nullable:"false" doc:"The numbers that led to the value"`
	Verdict    string       `json:"verdict,omitempty" doc:"What would have changed the value first, in words"`
}

// measuredAs is a number that led to a value.
type measuredAs struct {
	Name       string         `json:"name"`
	Unit       string         `json:"unit"`
	Doc        string         `json:"doc"`
	Value      *float64       `json:"value" doc:"null where it is not defined"`
	Text       string         `json:"text" doc:"With its unit, as people write it" example:"412 ms"`
	Thresholds []comparedWith `json:"thresholds" nullable:"false" doc:"What it was compared with"`
}

// comparedWith is a bound of a number.
type comparedWith struct {
	Bound   float64 `json:"bound"`
	Text    string  `json:"text" doc:"The bound with its unit" example:"500 ms"`
	Says    string  `json:"says" doc:"What it means to lie beyond it; empty of a bound that the rule no longer has"`
	Away    string  `json:"away" doc:"How far the number lies from it; empty where that is not defined" example:"88 ms below"`
	Nearest bool    `json:"nearest" doc:"The value changes here first"`
}

func (s *Server) explainRoutes() {
	add(s, get("session-explanation", "/sessions/{id}/explanation", "sessions", "How each value of a session came about, or why there is none").
		says("Of all primitives, in the registry's order; of none where the session was not profiled. "+naming), s.explanation)
}

func (s *Server) explanation(ctx context.Context, in *ofSession) (*listed[explanation], error) {
	x, observed, err := s.sessionObserved(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	known := explain.Session{Observations: observed}
	var detail struct {
		NotObservable []notObservable `json:"not_observable"`
	}
	if err := json.Unmarshal(x.Detail, &detail); err != nil && len(observed) == 0 {
		return &listed[explanation]{list[explanation]{Items: []explanation{}}}, nil
	}
	for _, n := range detail.NotObservable {
		known.NotObservable = append(known.NotObservable, profile.NotObservable(n))
	}
	out := &listed[explanation]{}
	for _, item := range known.Items(assess.All) {
		out.Body.Items = append(out.Body.Items, explanationOf(&item))
	}
	return out, nil
}

func explanationOf(x *explain.Item) explanation {
	p := x.Primitive
	e := explanation{
		Primitive: p.Name, Domain: p.Domain(), Title: p.Title, State: string(x.State), Why: x.Why,
		Value: x.Value, Confidence: x.Confidence, Rules: x.Rules, Measures: []measuredAs{}, Verdict: x.Verdict,
	}
	for _, m := range x.Measures {
		to := measuredAs{Name: m.Name, Unit: m.Unit, Doc: m.Doc, Value: defined(m.Value), Text: m.Text, Thresholds: []comparedWith{}}
		for _, t := range m.Thresholds {
			to.Thresholds = append(to.Thresholds, comparedWith(t))
		}
		e.Measures = append(e.Measures, to)
	}
	return e
}

// defined gives a number that JSON can hold, nil for one that it cannot.
func defined(x float64) *float64 {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return nil
	}
	return &x
}
