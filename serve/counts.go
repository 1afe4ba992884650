package serve

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"gait/store"
)

func (s *Server) countRoutes() {
	add(s, get("counts", "/counts", "overview", "What happened over time, in equal stretches"), s.counts)
	add(s, get("stats", "/stats", "overview", "What is in the store"), s.stats)
}

type countsInput struct {
	Since    time.Time `query:"since" doc:"Beginning; a day before the end where it is missing"`
	Until    time.Time `query:"until" doc:"End; now where it is missing"`
	Step     int       `query:"step" minimum:"1" maximum:"31536000" default:"3600" doc:"Width of a stretch in seconds; at most 2,000 stretches"`
	Attacker string    `query:"attacker" maxLength:"36" doc:"UUID: of this attacker alone"`
	Decoy    string    `query:"decoy" maxLength:"100" doc:"Of this decoy alone"`
}

// bucket is what happened in one stretch of time.
type bucket struct {
	Start     time.Time `json:"start"`
	Sessions  int64     `json:"sessions"`
	Attackers int64     `json:"attackers" doc:"Different ones"`
	Commands  int64     `json:"commands"`
}

const maxStretches = 2000

func (s *Server) counts(ctx context.Context, in *countsInput) (*listed[bucket], error) {
	if in.Until.IsZero() {
		in.Until = time.Now()
	}
	if in.Since.IsZero() {
		in.Since = in.Until.Add(-24 * time.Hour)
	}
	step := time.Duration(in.Step) * time.Second
	span := in.Until.Sub(in.Since) // saturates
	if span <= 0 || span/step >= maxStretches {
		return nil, huma.Error400BadRequest("until must lie after since, and at most 2,000 steps later")
	}
	buckets, err := s.opt.Store.Counts(ctx, store.CountsQuery{Since: in.Since, Until: in.Until, Step: step, Attacker: in.Attacker, Decoy: in.Decoy})
	if err != nil {
		return nil, s.problem(ctx, "count sessions", err)
	}
	return pageOf(store.Page[store.Bucket]{Items: buckets, Total: -1}, func(b *store.Bucket) bucket {
		return bucket{b.Start.UTC(), b.Sessions, b.Attackers, b.Commands}
	}), nil
}

// stats is what is in the store.
type stats struct {
	Attackers    int64            `json:"attackers"`
	Sessions     map[string]int64 `json:"sessions" doc:"By state"`
	Observations int64            `json:"observations"`
	ByPrimitive  []valueCount     `json:"by_primitive" nullable:"false"`
	Unannounced  int64            `json:"unannounced"`
	Rejected     int64            `json:"rejected"`
	Tombstones   int64            `json:"tombstones"`
	Changes      int64            `json:"changes"`
	Bytes        int64            `json:"bytes" doc:"On disk"`
	Schema       int64            `json:"schema"`
	Engine       string           `json:"engine"`
}

func (s *Server) stats(ctx context.Context, _ *struct{}) (*one[stats], error) {
	x, err := s.opt.Store.Stats(ctx)
	if err != nil {
		return nil, s.problem(ctx, "say what is in the store", err)
	}
	out := stats{
		Attackers: x.Attackers, Sessions: map[string]int64{}, Observations: x.Observations, ByPrimitive: []valueCount{},
		Unannounced: x.Unannounced, Rejected: x.Rejected, Tombstones: x.Tombstones, Changes: x.Changes, Bytes: x.Bytes, Schema: x.Schema, Engine: x.Engine,
	}
	for state, n := range x.Sessions {
		out.Sessions[string(state)] = n
	}
	for i := range x.ByPrimitive {
		out.ByPrimitive = append(out.ByPrimitive, valueCountOf(&x.ByPrimitive[i]))
	}
	return &one[stats]{out}, nil
}
