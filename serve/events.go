package serve

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
)

// eventsDoc says what the streams send.
const eventsDoc = "Server-sent events. Each has a type and one line of JSON, `{v, type, ts, payload}`: `snapshot` is the state and comes first; " +
	"`observation` is an envelope; `session` is a session, after its observations; " +
	"`attribution` is a conclusion about an attacker; `reset` says that what the client has is void, since it cannot go on from the id that it sent or since something was forgotten: a snapshot follows. " +
	"Ids are `{store}-{position}`. A client that sends the last one (Last-Event-ID) goes on after it and misses nothing. " +
	"Sessions of a backfill are one `session` event each, marked, without their observations. A comment comes every 15 s."

func (s *Server) eventRoutes() {
	all := get("events", "/events", "events", "Everything that changes, live").says(eventsDoc)
	add(s, all, s.events)
	s.document(all, "text/event-stream", "Events")
	one := get("attacker-events", "/attackers/{uuid}/events", "events", "What changes of one attacker, live").says(eventsDoc)
	add(s, one, s.attackerEvents)
	s.document(one, "text/event-stream", "Events")
}

// EventsInput says what a client has seen already.
type EventsInput struct {
	LastID string `header:"Last-Event-ID" doc:"Id of the last event that was seen"`
	Query  string `query:"last_event_id" doc:"The same, for clients that cannot send the header with their first request"`
}

func (in *EventsInput) last() string {
	if in.LastID != "" {
		return in.LastID
	}
	return in.Query
}

func (s *Server) events(ctx context.Context, in *EventsInput) (*huma.StreamResponse, error) {
	return s.stream(ctx, "", in.last())
}

type attackerEventsInput struct {
	OfAttacker
	EventsInput
}

func (s *Server) attackerEvents(ctx context.Context, in *attackerEventsInput) (*huma.StreamResponse, error) {
	id, err := in.id()
	if err != nil {
		return nil, err
	}
	if _, err := s.opt.Store.Attacker(ctx, id); err != nil {
		return nil, s.problem(ctx, "read an attacker", err)
	}
	return s.stream(ctx, id, in.last())
}

// stream makes a stream ready, as long as it can still be refused.
func (s *Server) stream(ctx context.Context, attacker, lastID string) (*huma.StreamResponse, error) {
	ready, err := s.live.join()
	if err != nil {
		return nil, huma.ErrorWithHeaders(huma.Error503ServiceUnavailable(err.Error()), http.Header{"Retry-After": {retryLater}})
	}
	t := &stream{live: s.live, attacker: attacker, who: whoAsks(ctx), door: s.door}
	if err := t.locate(ctx, lastID); err != nil {
		s.live.leave()
		return nil, s.problem(ctx, "find the place in the change log", err)
	}
	return &huma.StreamResponse{Body: func(ctx huma.Context) {
		r, w := humago.Unwrap(ctx)
		t.serve(r, w, ready)
	}}, nil
}
