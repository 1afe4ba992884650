package serve

import (
	"context"
	"encoding/json"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"gait"
	"gait/store"
)

func (s *Server) sessionRoutes() {
	add(s, get("sessions", "/sessions", "sessions", "Sessions, the newest first"), s.sessions)
	add(s, get("session", "/sessions/{id}", "sessions", "One session, with everything that was observed in it").
		says(naming), s.session)
	add(s, get("session-observations", "/sessions/{id}/observations", "sessions", "The observations of a session, by name").
		says(naming), s.sessionObservations)
	add(s, post("session-retry", "/sessions/{id}/retry", "sessions", "Have a parked or waiting session tried again now").
		says(naming), s.sessionRetry)
}

// naming says how a session is named in a path.
const naming = "A session is named by its evidence reference, percent-encoded as one segment (shard%3Aweb01%2Fssh%2Fsessions-2026-05-08.jsonl%23ID), " +
	"or by its session id, which stands for the newest session of that id. `self` of a session is its path, ready to use."

type sessionsInput struct {
	Paging
	Filters
	Leading
	Search   string    `query:"search" maxLength:"200" doc:"Beginning of a session id, address or decoy"`
	Attacker string    `query:"attacker" maxLength:"36" doc:"UUID"`
	Decoy    string    `query:"decoy" maxLength:"100"`
	Service  string    `query:"service" maxLength:"100"`
	State    []string  `query:"state,explode" maxItems:"6" enum:"waiting,profiled,incomplete,empty,parked,unrecorded" doc:"Any of these; may be given several times"`
	Since    time.Time `query:"since" doc:"Started since"`
	Until    time.Time `query:"until" doc:"Started before"`
	Sort     string    `query:"sort" enum:"start,duration,updated" default:"start"`
	Order    string    `query:"order" enum:"asc,desc" default:"desc"`
}

func (s *Server) sessions(ctx context.Context, in *sessionsInput) (*listed[session], error) {
	filters, err := in.parse()
	if err != nil {
		return nil, err
	}
	q := store.SessionQuery{
		PageQuery: in.query(), Search: in.Search, Attacker: in.Attacker, Decoy: in.Decoy, Service: in.Service, Filters: filters,
		Since: in.Since, Until: in.Until, Sort: in.Sort, Up: in.Order == "asc",
	}
	for _, x := range in.State {
		q.States = append(q.States, store.State(x))
	}
	p, err := s.opt.Store.Sessions(ctx, q)
	if err != nil {
		return nil, s.problem(ctx, "list sessions", err)
	}
	return s.led(ctx, p, in.Leading)
}

// ofSession names a session.
type ofSession struct {
	ID string `path:"id" maxLength:"2048" doc:"Evidence reference, percent-encoded, or session id"`
}

// sessionDetail is a session with all that is stored of it.
type sessionDetail struct {
	session
	Detail       account    `json:"detail,omitempty" doc:"What the recording says of itself: header, fidelity, oddities, and what was not observable, with the reasons"`
	Observations []envelope `json:"observed" nullable:"false" doc:"By name"`
}

func (s *Server) session(ctx context.Context, in *ofSession) (*one[sessionDetail], error) {
	x, observed, err := s.sessionObserved(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	d := sessionDetail{session: sessionOf(&x), Observations: envelopesOf(observed)}
	if json.Valid(x.Detail) {
		d.Detail = account(x.Detail)
	}
	return &one[sessionDetail]{d}, nil
}

func envelopesOf(list []gait.Observation) []envelope {
	out := make([]envelope, 0, len(list))
	for i := range list {
		out = append(out, envelopeOf(&list[i]))
	}
	return out
}

func (s *Server) sessionObservations(ctx context.Context, in *ofSession) (*listed[envelope], error) {
	_, observed, err := s.sessionObserved(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &listed[envelope]{list[envelope]{Items: envelopesOf(observed)}}, nil
}

// sessionObserved finds a session, and what was observed in it.
func (s *Server) sessionObserved(ctx context.Context, id string) (x store.Session, observed []gait.Observation, err error) {
	if x, err = s.opt.Store.Session(ctx, id); err != nil {
		return x, nil, s.problem(ctx, "read a session", err)
	}
	if observed, err = s.observed(ctx, x.Ref); err != nil {
		return x, nil, s.problem(ctx, "read a session's observations", err)
	}
	return x, observed, nil
}

func (s *Server) observed(ctx context.Context, ref string) ([]gait.Observation, error) {
	return observedIn(ctx, s.opt.Store, ref)
}

// retried is how many sessions go on.
type retried struct {
	Released int `json:"released"`
}

func (s *Server) sessionRetry(ctx context.Context, in *ofSession) (*one[retried], error) {
	x, err := s.opt.Store.Session(ctx, in.ID)
	if err != nil {
		return nil, s.problem(ctx, "read a session", err)
	}
	if x.State != store.Parked && x.State != store.Waiting {
		return nil, huma.Error409Conflict("the session is " + string(x.State) + ": there is nothing to try again")
	}
	return s.release(ctx, store.Release{Refs: []string{x.Ref}}, x.Ref)
}

// release lets sessions go on, and notes who did.
func (s *Server) release(ctx context.Context, r store.Release, subject string) (*one[retried], error) {
	if err := s.audit(ctx, "retry", subject); err != nil {
		return nil, err
	}
	n, err := s.opt.Store.Release(ctx, r)
	if err != nil {
		return nil, s.problem(ctx, "release sessions", err)
	}
	return &one[retried]{retried{n}}, nil
}

// audit notes what somebody does, before it is done.
func (s *Server) audit(ctx context.Context, action, subject string) error {
	err := s.opt.Store.Audit(ctx, store.AuditEntry{Time: time.Now(), Who: whoAsks(ctx).Name, Action: action, Subject: subject})
	return s.problem(ctx, "write to the audit log", err)
}
