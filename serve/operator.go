package serve

import (
	"cmp"
	"context"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	who "gait/assess/operator"
	"gait/store"
)

// atTheKeys says who is at the keys of a session, and what that rests on.
type atTheKeys struct {
	Class       string       `json:"class" enum:"person,person_pasting,script,llm_agent,machine_unknown,unknown" doc:"unknown: too little to go by, or nothing that outweighs the rest"`
	Probability *float64     `json:"probability" doc:"That the class is right, of a machine of unknown kind that it is a machine; null where the class is unknown"`
	Classes     []likely     `json:"classes" nullable:"false" doc:"The probabilities of all classes; they add up to 1"`
	Terms       []verdictSum `json:"terms" nullable:"false" doc:"What was seen, and for whom it speaks, the strongest first"`
	Priors      string       `json:"priors" doc:"What the probabilities before anything was seen are, and where they come from"`
}

// likely is a class with its probability, and what stood before and was added.
type likely struct {
	Class       string  `json:"class"`
	Probability float64 `json:"probability" minimum:"0" maximum:"1"`
	Prior       float64 `json:"prior" minimum:"0" maximum:"1" doc:"Before anything was seen"`
	Nats        float64 `json:"nats" doc:"Sum of the terms: the logarithm of the likelihood ratio"`
}

// verdictSum is one term of the sum.
type verdictSum struct {
	Name   string  `json:"name"`
	Text   string  `json:"text" doc:"The fact, in words and numbers"`
	Toward string  `json:"toward" doc:"Whom it speaks for"`
	Nats   float64 `json:"nats" doc:"How much: the logarithm of a likelihood ratio"`
}

func (s *Server) operatorRoutes() {
	add(s, get("session-operator", "/sessions/{id}/operator", "sessions", "Who is at the keys: a person, a script, an LLM agent").
		says("From the recording at hand, term by term, at the stated rates of persons and machines. A store with the reference's reading has none. "+naming), s.atTheKeys)
}

func (s *Server) atTheKeys(ctx context.Context, in *ofSession) (*one[atTheKeys], error) {
	if s.opt.Store.Compat() {
		return nil, huma.Error404NotFound("the reference's reading does not say who is at the keys")
	}
	rec, done, err := s.placed(ctx, in.ID, func(*store.Session) error { return nil })
	if err != nil {
		return nil, err
	}
	defer done()
	priors := who.DefaultPriors()
	v := who.Shipped().Judge(who.Read(rec, 0), priors)
	return &one[atTheKeys]{atTheKeysOf(&v, &priors)}, nil
}

func atTheKeysOf(v *who.Verdict, priors *who.Priors) atTheKeys {
	x := atTheKeys{Class: v.Class.String(), Classes: []likely{}, Terms: []verdictSum{}, Priors: who.PriorsSource}
	machines := 0.0
	for c := range who.Class(who.Classes) {
		x.Classes = append(x.Classes, likely{c.String(), v.Probability[c], priors[c], v.LogLik[c]})
		if c.IsMachine() {
			machines += v.Probability[c]
		}
	}
	switch v.Class {
	case who.Unknown:
	case who.Machine:
		x.Probability = &machines
	default:
		x.Probability = &v.Probability[v.Class]
	}
	for _, t := range v.Terms {
		x.Terms = append(x.Terms, verdictSum{t.Name, t.Text, t.Toward, t.Amount})
	}
	slices.SortStableFunc(x.Terms, func(a, b verdictSum) int { return cmp.Compare(b.Nats, a.Nats) })
	return x
}
