package serve

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"gait"
	"gait/internal/health"
)

func (s *Server) healthRoutes() {
	add(s, get("health", "/health", "system", "What is wrong, with cause and cure, and how work goes on"), s.health)
	add(s, get("ready", "/ready", "system", "Whether work is taken in").
		says("503 while it is not. What stands in the way in words is told by /health."), s.ready)
	add(s, get("live", "/live", "system", "Whether the process answers"), s.alive)
	add(s, get("version", "/version", "system", "Which release this is"), s.version)
	add(s, get("whoami", "/whoami", "system", "Who asks, and what they may"), s.whoami)
}

// condition is something that is wrong, and lasts.
type condition struct {
	Part  string     `json:"part"`
	Name  string     `json:"name"`
	Cause string     `json:"cause"`
	Cure  string     `json:"cure,omitempty"`
	Stops bool       `json:"stops,omitempty" doc:"No work is taken in while it stands"`
	Count int64      `json:"count"`
	Since *time.Time `json:"since,omitempty"`
}

type wellbeing struct {
	Status     string                    `json:"status" enum:"ok,degraded,stopped"`
	Conditions []condition               `json:"conditions" nullable:"false"`
	Facts      map[string]map[string]any `json:"facts" doc:"By part and name, such as how far a backfill is"`
	Started    time.Time                 `json:"started"`
	Streams    int                       `json:"streams" doc:"Live connections"`
}

// pulse is what the store answered when it was asked last how it is.
type pulse struct {
	mu    sync.Mutex
	asked time.Time
	away  bool
	since time.Time
}

const (
	pulseHolds  = time.Second
	pulseWithin = 2 * time.Second
)

// conditions gives what is wrong, the store included, which is asked once a
// second at most.
func (s *Server) conditions(ctx context.Context) []health.Condition {
	list := s.opt.Board.Conditions()
	p := &s.pulse
	p.mu.Lock()
	defer p.mu.Unlock()
	if time.Since(p.asked) >= pulseHolds {
		// Whoever asks may go away; the answer is for all.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), pulseWithin)
		defer cancel()
		err := s.opt.Store.Ping(ctx)
		p.asked = time.Now()
		if err != nil && !p.away {
			p.since = p.asked
			s.log.Warn("the store cannot be read and written", "err", err)
		}
		p.away = err != nil
	}
	if p.away {
		list = append(list, health.Condition{
			Part: "store", Name: "ping", Cause: "the store cannot be read and written now", Cure: "gait doctor looks into it", Stops: true, Count: 1, Since: p.since,
		})
	}
	return list
}

func (s *Server) health(ctx context.Context, _ *struct{}) (*one[wellbeing], error) {
	w := wellbeing{Status: "ok", Conditions: []condition{}, Facts: s.opt.Board.Facts(), Started: s.started.UTC(), Streams: s.live.count()}
	for _, c := range s.conditions(ctx) {
		w.Conditions = append(w.Conditions, condition{c.Part, c.Name, c.Cause, c.Cure, c.Stops, c.Count, when(c.Since)})
		if c.Stops {
			w.Status = "stopped"
		} else if w.Status == "ok" {
			w.Status = "degraded"
		}
	}
	return &one[wellbeing]{w}, nil
}

type answer struct {
	Status string `json:"status"`
}

func (s *Server) ready(ctx context.Context, _ *struct{}) (*one[answer], error) {
	var parts []string
	for _, c := range s.conditions(ctx) {
		if c.Stops {
			parts = append(parts, c.Part)
		}
	}
	if len(parts) > 0 {
		return nil, huma.Error503ServiceUnavailable("no work is taken in, because of: " + strings.Join(parts, ", "))
	}
	return &one[answer]{answer{"ready"}}, nil
}

func (s *Server) alive(context.Context, *struct{}) (*one[answer], error) {
	return &one[answer]{answer{"live"}}, nil
}

type versions struct {
	Version string `json:"version"`
	API     string `json:"api"`
	Store   string `json:"store,omitempty" doc:"Names the store; positions of its change log mean nothing in another"`
	Compat  bool   `json:"compat" doc:"The store holds the reference's reading"`
}

func (s *Server) version(ctx context.Context, _ *struct{}) (*one[versions], error) {
	v := versions{Version: gait.Version, API: "v1"}
	if whoAsks(ctx).Role >= viewer {
		v.Store, v.Compat = s.opt.Store.ID(), s.opt.Store.Compat()
	}
	return &one[versions]{v}, nil
}

type me struct {
	Name string     `json:"name"`
	Role string     `json:"role" enum:"viewer,operator"`
	Ends *time.Time `json:"expires,omitempty"`
}

func (s *Server) whoami(ctx context.Context, _ *struct{}) (*one[me], error) {
	who := whoAsks(ctx)
	return &one[me]{me{who.Name, who.Role.String(), when(who.Ends)}}, nil
}
