package serve

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"gait/store"
)

func (s *Server) parkedRoutes() {
	add(s, get("waiting", "/waiting", "trouble", "Why sessions wait or are parked, with how many").
		says("The sessions themselves: `/sessions?state=parked&state=waiting`."), s.waiting)
	add(s, post("retry", "/retry", "trouble", "Have sessions tried again now"), s.retry)
	add(s, get("rejected", "/rejected", "trouble", "Events that could not be used, the newest first"), s.rejected)
	add(s, get("audit", "/audit", "trouble", "Who looked at raw content, retried or erased something, the newest first"), s.audits)
}

// cause is how many sessions wait or are parked for one reason.
type cause struct {
	State   string     `json:"state" enum:"waiting,parked"`
	Kind    string     `json:"cause_kind"`
	Cause   string     `json:"cause" doc:"What is wrong, and what to do"`
	Count   int64      `json:"count"`
	Oldest  *time.Time `json:"oldest,omitempty"`
	Example string     `json:"example,omitempty" doc:"Evidence reference of one of them"`
}

func (s *Server) waiting(ctx context.Context, _ *struct{}) (*listed[cause], error) {
	causes, err := s.opt.Store.Causes(ctx)
	if err != nil {
		return nil, s.problem(ctx, "list causes", err)
	}
	return pageOf(store.Page[store.CauseCount]{Items: causes, Total: -1}, func(c *store.CauseCount) cause {
		return cause{string(c.State), c.CauseKind, c.Cause, c.Count, when(c.Oldest), c.Example}
	}), nil
}

type retryInput struct {
	Body struct {
		Refs  []string `json:"evidence_refs,omitempty" maxItems:"1000" doc:"These sessions"`
		Kind  string   `json:"cause_kind,omitempty" maxLength:"200" doc:"Or all that wait or are parked for this kind of cause"`
		Cause string   `json:"cause,omitempty" maxLength:"4096" doc:"And for this very cause"`
		All   bool     `json:"all,omitempty" doc:"Or all that are parked"`
	}
}

func (s *Server) retry(ctx context.Context, in *retryInput) (*one[retried], error) {
	r := store.Release{Refs: in.Body.Refs, CauseKind: in.Body.Kind, Cause: in.Body.Cause, All: in.Body.All}
	subject := "cause " + r.CauseKind
	switch ways := count(len(r.Refs) > 0, r.CauseKind != "", r.All); {
	case ways != 1:
		return nil, huma.Error400BadRequest("say one of evidence_refs, cause_kind and all")
	case r.Cause != "" && r.CauseKind == "":
		return nil, huma.Error400BadRequest("cause goes with cause_kind")
	case r.All:
		subject = "all parked"
	case len(r.Refs) == 1:
		subject = r.Refs[0]
	case len(r.Refs) > 1:
		subject = "several sessions"
	}
	return s.release(ctx, r, subject)
}

// count is how many are true.
func count(list ...bool) (n int) {
	for _, x := range list {
		if x {
			n++
		}
	}
	return n
}

// rejectedEvent is an event that could not be used. What it held is shown to
// operators alone, since nobody knows what it is.
type rejectedEvent struct {
	N       int64      `json:"n"`
	Time    *time.Time `json:"time,omitempty"`
	Subject string     `json:"subject"`
	Reason  string     `json:"reason" doc:"What it lacks"`
	Size    int        `json:"size" doc:"Bytes kept of it, at most 4,096"`
	Payload []byte     `json:"payload,omitempty" doc:"Base64; for operators only"`
}

func (s *Server) rejected(ctx context.Context, in *Paging) (*listed[rejectedEvent], error) {
	p, err := s.opt.Store.Rejections(ctx, in.query())
	if err != nil {
		return nil, s.problem(ctx, "list rejected events", err)
	}
	raw := whoAsks(ctx).Role >= operator
	if raw && len(p.Items) > 0 {
		if err := s.audit(ctx, "rejected", "rejected events"); err != nil {
			return nil, err
		}
	}
	return pageOf(p, func(r *store.Rejected) rejectedEvent {
		x := rejectedEvent{N: r.N, Time: when(r.Time), Subject: r.Subject, Reason: r.Reason, Size: len(r.Payload)}
		if raw {
			x.Payload = r.Payload
		}
		return x
	}), nil
}

// audited says who looked at raw content, and when.
type audited struct {
	N       int64      `json:"n"`
	Time    *time.Time `json:"time,omitempty"`
	Who     string     `json:"who" doc:"Name of the token, or local for the command line"`
	Action  string     `json:"action"`
	Subject string     `json:"subject"`
}

func (s *Server) audits(ctx context.Context, in *Paging) (*listed[audited], error) {
	p, err := s.opt.Store.Audits(ctx, in.query())
	if err != nil {
		return nil, s.problem(ctx, "read the audit log", err)
	}
	return pageOf(p, func(a *store.AuditEntry) audited {
		return audited{a.N, when(a.Time), a.Who, a.Action, a.Subject}
	}), nil
}
