package serve

import (
	"context"

	"gait"
	"gait/store"
)

// leadingNames are the primitives that tell most of how somebody moves. Lists
// of sessions show them.
var leadingNames = [...]string{
	"motor.input_modality",
	"cognitive.feedback_loop_engagement",
	"cognitive.command_branch_diversity",
	"cognitive.inter_command_latency_class",
}

// valued is a value and whose it is.
type valued struct {
	Primitive string `json:"primitive"`
	Value     string `json:"value"`
}

// leadingOf gives the leading values among those of a session, in their order.
func leadingOf(observed []gait.Observation) (list []valued) {
	for _, name := range leadingNames {
		for i := range observed {
			if o := &observed[i]; o.Primitive == name {
				list = append(list, valued{name, o.Value})
			}
		}
	}
	return list
}

// lead adds the leading values to sessions.
func lead(ctx context.Context, s store.Store, list []session) error {
	for i := range list {
		if list[i].Observations == 0 {
			continue
		}
		observed, err := observedIn(ctx, s, list[i].Ref)
		if err != nil {
			return err
		}
		list[i].Leading = leadingOf(observed)
	}
	return nil
}

// Leading asks lists of sessions for more.
type Leading struct {
	Leading bool `query:"leading" doc:"Give the values that tell most of each session too"`
}

// led gives a page of sessions, with their leading values where they are asked
// for.
func (s *Server) led(ctx context.Context, p store.Page[store.Session], in Leading) (*listed[session], error) {
	out := pageOf(p, sessionOf)
	if in.Leading {
		if err := lead(ctx, s.opt.Store, out.Body.Items); err != nil {
			return nil, s.problem(ctx, "read the leading values of sessions", err)
		}
	}
	return out, nil
}
