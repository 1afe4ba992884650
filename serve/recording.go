package serve

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"gait"
	"gait/recording"
	"gait/recording/asciicast"
	"gait/store"
)

func (s *Server) recordingRoutes() {
	r := get("session-recording", "/sessions/{id}/recording", "sessions", "The recording itself, as asciicast version 2").
		says("What was typed and printed, for operators only; every look is noted in the audit log. Bytes that are no text are shown as U+FFFD. " + naming)
	add(s, r, s.recording)
	s.document(r, "application/x-asciicast", "The recording, as a download")
	add(s, get("session-timeline", "/sessions/{id}/timeline", "sessions", "When keys, commands and output came, without any text").
		says(naming), s.timeline)
	s.playbackRoutes()
}

// placed finds a session and reads its recording. Only so many are looked into
// at once; the caller changes nothing in it, and calls done when it needs it no
// more.
func (s *Server) placed(ctx context.Context, id string, first func(*store.Session) error) (rec *gait.Session, done func(), err error) {
	x, place, err := s.place(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	if err := first(x); err != nil {
		return nil, nil, err
	}
	return s.read(ctx, x, place)
}

// place finds a session, and where its recording is.
func (s *Server) place(ctx context.Context, id string) (*store.Session, recording.Place, error) {
	var place recording.Place
	x, err := s.opt.Store.Session(ctx, id)
	if err != nil {
		return nil, place, s.problem(ctx, "read a session", err)
	}
	if s.opt.Library == nil || len(x.Place) == 0 || json.Unmarshal(x.Place, &place) != nil || place.Path == "" {
		return nil, place, huma.Error404NotFound("no recording of this session is at hand")
	}
	return &x, place, nil
}

func (s *Server) recording(ctx context.Context, in *ofSession) (*huma.StreamResponse, error) {
	ref := ""
	rec, done, err := s.placed(ctx, in.ID, func(x *store.Session) error {
		ref = x.Ref
		return s.audit(ctx, "download", x.Ref)
	})
	if err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(ctx huma.Context) {
		defer done()
		_, w := humago.Unwrap(ctx)
		h := w.Header()
		h.Set("Content-Type", "application/x-asciicast")
		h.Set("Content-Disposition", `attachment; filename="`+fileName(ref)+`.cast"`)
		h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
		// A client that goes away is the only thing that can fail here.
		_ = asciicast.Writer{Players: true}.Write(patient(w, writeWithin), rec)
	}}, nil
}

// maxFileName bounds the name of a download, in bytes.
const maxFileName = 100

// fileName makes a name for a download out of the last part of a reference,
// which nobody can mistake for anything else.
func fileName(ref string) string {
	name := ref[strings.LastIndexAny(ref, "/#")+1:]
	if i := strings.IndexByte(ref, '#'); i >= 0 && len(name) < 8 {
		name = ref[strings.LastIndexByte(ref[:i], '/')+1:]
	}
	b := []byte("session-")
	for i := 0; i < len(name) && len(b) < maxFileName; i++ {
		c := name[i]
		if c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '-' {
			b = append(b, c)
		} else {
			b = append(b, '_')
		}
	}
	return string(b)
}

// writeWithin is how long a client may take for one piece of an answer.
const writeWithin = 30 * time.Second

// patient gives a writer that gives the client so long for each piece, not
// for the whole.
func patient(w http.ResponseWriter, within time.Duration) io.Writer {
	return &patientWriter{w, http.NewResponseController(w), within}
}

type patientWriter struct {
	w      io.Writer
	c      *http.ResponseController
	within time.Duration
}

// Write writes a piece.
func (p *patientWriter) Write(b []byte) (int, error) {
	// Where deadlines cannot be set, the server's own holds.
	_ = p.c.SetWriteDeadline(time.Now().Add(p.within))
	return p.w.Write(b)
}
