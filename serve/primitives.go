package serve

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"gait"
	"gait/assess"
	"gait/profile"
	"gait/store"
)

func (s *Server) primitiveRoutes() {
	add(s, get("primitives", "/primitives", "primitives", "What is read from a session, and how"), s.primitives)
	add(s, get("primitive", "/primitives/{name}", "primitives", "One primitive, with how often its values occur here"), s.primitive)
	add(s, get("values", "/values", "primitives", "How often the values of primitives occur here").
		says("Hashes are not counted one by one: they come as one row with an empty value."), s.values)
}

// primitive describes one behaviour that is read from a session.
type primitive struct {
	Name       string           `json:"name"`
	Domain     string           `json:"domain"`
	Title      string           `json:"title"`
	Doc        string           `json:"doc" doc:"The rule, in whole sentences"`
	Kind       string           `json:"kind" enum:"label,hash,tag"`
	Values     []string         `json:"values" nullable:"false" doc:"The values that a label can take"`
	Elsewhere  []string         `json:"elsewhere" nullable:"false" doc:"Values of the public registry that one session cannot show"`
	Grammar    string           `json:"grammar,omitempty" doc:"What a hash or tag looks like"`
	Needs      []string         `json:"needs" nullable:"false" doc:"What a recording must hold"`
	Finest     float64          `json:"finest,omitempty" doc:"The smallest stretch of time that is compared, in seconds"`
	Rules      int              `json:"rules" doc:"Number of the rule"`
	Measures   []measure        `json:"measures" nullable:"false"`
	Thresholds []gait.Threshold `json:"thresholds" nullable:"false"`
	Seen       []valueCount     `json:"seen,omitempty" doc:"How often values occur here; of one primitive only"`
}

type measure struct {
	Name string `json:"name"`
	Unit string `json:"unit"`
	Doc  string `json:"doc"`
}

type valueCount struct {
	Primitive string `json:"primitive"`
	Value     string `json:"value"`
	Count     int64  `json:"count"`
}

func valueCountOf(v *store.ValueCount) valueCount { return valueCount{v.Primitive, v.Value, v.Count} }

func primitiveOf(p *profile.Primitive) primitive {
	x := primitive{
		Name: p.Name, Domain: p.Domain(), Title: p.Title, Doc: p.Doc, Kind: string(p.Kind), Values: orEmpty(p.Values), Elsewhere: orEmpty(p.Elsewhere),
		Grammar: p.Grammar, Needs: orEmpty(p.Needs.Names()), Finest: p.Finest.Seconds(), Rules: p.Rules,
		Measures: []measure{}, Thresholds: orEmpty(p.Thresholds),
	}
	for _, m := range p.Measures {
		x.Measures = append(x.Measures, measure{m.Name, m.Unit, m.Doc})
	}
	return x
}

func (s *Server) primitives(context.Context, *struct{}) (*listed[primitive], error) {
	out := &listed[primitive]{}
	for _, p := range assess.All {
		out.Body.Items = append(out.Body.Items, primitiveOf(p))
	}
	return out, nil
}

type primitiveInput struct {
	Name string `path:"name" maxLength:"200"`
}

func (s *Server) primitive(ctx context.Context, in *primitiveInput) (*one[primitive], error) {
	p := assess.Find(in.Name)
	if p == nil {
		return nil, huma.Error404NotFound("there is no primitive of that name; " + basePath + "/primitives lists them")
	}
	counts, err := s.opt.Store.Values(ctx, store.ValuesQuery{Primitive: p.Name})
	if err != nil {
		return nil, s.problem(ctx, "count values", err)
	}
	x := primitiveOf(p)
	for i := range counts {
		x.Seen = append(x.Seen, valueCountOf(&counts[i]))
	}
	return &one[primitive]{x}, nil
}

type valuesInput struct {
	Primitive string    `query:"primitive" maxLength:"200" doc:"This one alone"`
	Of        string    `query:"of" enum:"sessions,attackers" default:"sessions" doc:"Count sessions, or attackers by their latest value"`
	Since     time.Time `query:"since"`
}

func (s *Server) values(ctx context.Context, in *valuesInput) (*listed[valueCount], error) {
	counts, err := s.opt.Store.Values(ctx, store.ValuesQuery{Primitive: in.Primitive, Attackers: in.Of == "attackers", Since: in.Since})
	if err != nil {
		return nil, s.problem(ctx, "count values", err)
	}
	return pageOf(store.Page[store.ValueCount]{Items: counts, Total: -1}, valueCountOf), nil
}
