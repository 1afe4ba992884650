package serve

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"gait/assess"
	"gait/profile"
	"gait/store"
)

// marks are what a value was made of, in columns: the i-th entries of the
// columns belong together. There is no text in them.
type marks struct {
	Kind []string  `json:"kind" nullable:"false" enum:"key,paste,control,held,fed,completion,burst,gap,gap_quick,digraph,erase,kill,shortcut,command,tab,pipeline,tool_new,tool_jump,error,rerun,switch,abort,after_error,pause,pause_long,pause_short,output,prompt,sign,session,half,window,window_empty,digits,capitals,exclamations,word_positive,word_negative,word_obscene,set_recon,set_exfil,set_persistence,set_lateral,set_destructive,set_cleanup,set_landing,set_leaving,set_covering,set_manual" doc:"What was counted: keys, the gaps and pauses between them, commands with what is said of them (set_: the tool stands in that set of well-known tools), output, and stretches of the session"`
	From []float64 `json:"from" nullable:"false" doc:"Seconds since the session's start; in order"`
	To   []float64 `json:"to" nullable:"false" doc:"The same as from for a moment"`
	More bool      `json:"more" doc:"There are more marks than are given"`
}

// maxMarks bounds the marks of an answer.
const maxMarks = 5000

func (s *Server) markRoutes() {
	add(s, get("session-marks", "/sessions/{id}/marks/{primitive}", "sessions", "What on the timeline a value was made of, without any text").
		says("As the rule counted it, from the recording at hand; at most 5,000 marks, and none where the primitive has no value. "+naming), s.marks)
}

type marksInput struct {
	ID        string `path:"id" maxLength:"2048" doc:"Evidence reference, percent-encoded, or session id"`
	Primitive string `path:"primitive" maxLength:"200"`
}

func (s *Server) marks(ctx context.Context, in *marksInput) (*one[marks], error) {
	p := assess.Find(in.Primitive)
	if p == nil {
		return nil, huma.Error404NotFound("there is no primitive of that name; " + basePath + "/primitives lists them")
	}
	rec, done, err := s.placed(ctx, in.ID, func(*store.Session) error { return nil })
	if err != nil {
		return nil, err
	}
	defer done()
	list, more, cause := profile.EngineOf(nil, s.opt.Store.Compat()).Evidence(rec, p, maxMarks)
	if cause != "" {
		s.log.Error("evidence failed", "primitive", p.Name, "session", rec.EvidenceRef, "cause", cause)
		return nil, huma.Error500InternalServerError("something went wrong; the log says what")
	}
	out := marks{Kind: make([]string, 0, len(list)), From: make([]float64, 0, len(list)), To: make([]float64, 0, len(list)), More: more}
	for _, x := range list {
		out.Kind, out.From, out.To = append(out.Kind, string(x.Kind)), append(out.From, x.From), append(out.To, x.To)
	}
	return &one[marks]{out}, nil
}
