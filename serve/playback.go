package serve

import (
	"context"
	"encoding/json"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"gait"
	"gait/internal/fault"
	"gait/internal/jsonstr"
	"gait/recording"
	"gait/store"
)

func (s *Server) playbackRoutes() {
	add(s, get("playback", "/sessions/{id}/playback", "sessions", "A recording in segments, to be played from any place").
		says("The index of a segmented recording, as asciinema's player reads it, for operators only; every look is noted in the audit log. "+
			"A recording that makes a terminal do more than can be played is cut, and truncated says so. "+naming), s.playback)
	add(s, get("playback-segment", "/sessions/{id}/playback/{n}", "sessions", "A segment of a recording, with the screen at its start").
		says("Its address stands in the index. Text is valid: bytes that are none are shown as U+FFFD, and sizes are those that a player can bear. "+naming), s.playbackSegment)
}

// playbackIndex says where the segments of a recording are.
type playbackIndex struct {
	Version   int              `json:"version" doc:"1"`
	Duration  float64          `json:"duration" doc:"Seconds, more than 0"`
	Term      playbackSize     `json:"term"`
	Segments  []playbackPart   `json:"segments" nullable:"false" doc:"In order of time; the first starts at 0"`
	Markers   []playbackMarker `json:"markers" nullable:"false" doc:"The first 1,000 markers, each as [seconds, label]"`
	Quiet     [][2]float64     `json:"quiet" nullable:"false" doc:"Stretches of 2 s or more without input or output, each as [from, to] in seconds; of very many, the longer ones"`
	Bytes     int64            `json:"bytes" doc:"Event data"`
	Events    int64            `json:"events" doc:"Events as they are played: a large one is several"`
	Truncated string           `json:"truncated,omitempty" doc:"Why the recording is cut, where it is"`
}

// playbackSize is the size of a terminal.
type playbackSize struct {
	Cols int `json:"cols"`
	Rows int `json:"rows"`
}

// playbackPart is a segment in the index.
type playbackPart struct {
	Start float64 `json:"start" doc:"Seconds"`
	URL   string  `json:"url" doc:"Relative to the address of the index"`
}

// playbackMarker is a marker: its time in microseconds, and its label.
type playbackMarker struct {
	at    int64
	label string
}

// MarshalJSON writes [seconds, label].
func (m playbackMarker) MarshalJSON() ([]byte, error) {
	return json.Marshal([]any{seconds(m.at), m.label})
}

// Schema describes [seconds, label].
func (playbackMarker) Schema(huma.Registry) *huma.Schema {
	return tuple("[seconds, label]", huma.TypeNumber, huma.TypeString)
}

// tuple describes a list of things of different types.
func tuple(doc string, types ...string) *huma.Schema {
	n := len(types)
	var items []map[string]string
	for _, t := range types {
		items = append(items, map[string]string{"type": t})
	}
	return &huma.Schema{Type: huma.TypeArray, Description: doc, MinItems: &n, MaxItems: &n, Extensions: map[string]any{"prefixItems": items}}
}

// playbackSegment is a part of a recording.
type playbackSegment struct {
	Snapshot playbackScreen  `json:"snapshot"`
	Events   []playbackEvent `json:"events" nullable:"false" doc:"Each as [seconds, code, text]"`
}

// playbackScreen is the screen at the start of a segment.
type playbackScreen struct {
	playbackSize
	Init string `json:"init" doc:"Brings a fresh terminal of this size into the state"`
}

// playbackEvent is one event.
type playbackEvent struct{ text []byte }

// MarshalJSON writes [seconds, code, text].
func (e playbackEvent) MarshalJSON() ([]byte, error) { return e.text, nil }

// Schema describes [seconds, code, text].
func (playbackEvent) Schema(huma.Registry) *huma.Schema {
	return tuple("[seconds, code, text]; the code is o, i, r, m or exec", huma.TypeNumber, huma.TypeString, huma.TypeString)
}

func (s *Server) playback(ctx context.Context, in *ofSession) (*one[playbackIndex], error) {
	x, place, err := s.place(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if err := s.noteReplay(ctx, x.Ref, true); err != nil {
		return nil, err
	}
	p, err := s.opened(ctx, x, place)
	if err != nil {
		return nil, err
	}
	return &one[playbackIndex]{p.index()}, nil
}

type playbackInput struct {
	ID string `path:"id" maxLength:"2048" doc:"Evidence reference, percent-encoded, or session id"`
	N  int    `path:"n" minimum:"0" doc:"Number of the segment, from 0"`
	Of string `query:"of" maxLength:"64" doc:"Which reading of the recording the index was of, as in its addresses"`
}

func (s *Server) playbackSegment(ctx context.Context, in *playbackInput) (*one[playbackSegment], error) {
	x, place, err := s.place(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	if err := s.noteReplay(ctx, x.Ref, false); err != nil {
		return nil, err
	}
	p, err := s.opened(ctx, x, place)
	switch {
	case err != nil:
		return nil, err
	case in.Of != "" && in.Of != p.tag:
		return nil, huma.Error409Conflict("the recording has changed since it was opened: open it again")
	case in.N >= len(p.segments):
		return nil, huma.Error404NotFound("the recording has no segment of that number")
	}
	return &one[playbackSegment]{p.segment(in.N)}, nil
}

// noteReplay notes that somebody looks at a recording: always where it is
// opened, and else unless that was noted within the hour.
func (s *Server) noteReplay(ctx context.Context, ref string, always bool) error {
	hash := whoAsks(ctx).Hash
	if !always && s.shows.noted(hash, ref) {
		return nil
	}
	if err := s.audit(ctx, "replay", ref); err != nil {
		return err
	}
	s.shows.note(hash, ref)
	return nil
}

// opened gives a recording that is opened, or opens it. Whoever asks meanwhile
// waits for the same.
func (s *Server) opened(ctx context.Context, x *store.Session, place recording.Place) (*playback, error) {
	p, err := s.shows.get(ctx, readingKey(x, place), guessed(x), func(ctx context.Context) (p *playback, err error) {
		defer func() {
			if f := recover(); f != nil {
				s.log.Error("opening a recording failed", "ref", x.Ref, "fault", fault.Text(f))
				err = huma.Error500InternalServerError("something went wrong; the log says what")
			}
		}()
		rec, done, err := s.read(ctx, x, place)
		if err != nil {
			return nil, err
		}
		defer done()
		if p, err = open(ctx, rec, cuttings); err != nil {
			return nil, s.problem(ctx, "open a recording", err)
		}
		if p == nil {
			return nil, huma.Error404NotFound("there is nothing to play: the recording holds no event")
		}
		return p, nil
	})
	if err != nil && ctx.Err() != nil {
		return nil, s.problem(ctx, "open a recording", err)
	}
	return p, err
}

// index makes the index.
func (p *playback) index() playbackIndex {
	first := &p.segments[0].at
	x := playbackIndex{
		Version: 1, Duration: seconds(p.duration), Term: playbackSize{first.cols, first.rows}, Segments: make([]playbackPart, len(p.segments)),
		Markers: append([]playbackMarker{}, p.markers...), Quiet: append([][2]float64{}, p.quiet...),
		Bytes: p.rec.Extent, Events: p.events, Truncated: p.truncated,
	}
	for i := range p.segments {
		x.Segments[i] = playbackPart{p.start(i), "playback/" + strconv.Itoa(i) + "?of=" + p.tag}
	}
	return x
}

// start is when a segment starts.
func (p *playback) start(n int) float64 {
	if n == 0 {
		return 0
	}
	return seconds(p.segments[n].at.at)
}

// segment makes the n-th segment.
func (p *playback) segment(n int) playbackSegment {
	at := p.segments[n].at
	x := playbackSegment{Snapshot: playbackScreen{playbackSize: playbackSize{at.cols, at.rows}}, Events: []playbackEvent{}}
	if n > 0 {
		if x.Snapshot.Init = p.segments[n].init; n%p.every != 0 {
			x.Snapshot.Init = p.screen(n).Restore()
		}
	}
	last, end := n == len(p.segments)-1, p.end
	if !last {
		end = &p.segments[n+1].at
	}
	shown := int64(-1)
	for end == nil || at.event != end.event || at.offset != end.offset {
		e, ok := p.next(&at)
		if !ok {
			break
		}
		x.Events = append(x.Events, eventOf(e))
		shown = e.at
	}
	if last && shown < p.duration {
		x.Events = append(x.Events, eventOf(piece{at: p.duration, kind: gait.Output}))
	}
	return x
}

func eventOf(e piece) playbackEvent {
	b := make([]byte, 0, len(e.text)+len(e.text)/8+32)
	b = strconv.AppendFloat(append(b, '['), seconds(e.at), 'f', -1, 64)
	b = append(append(append(b, `,"`...), pieceCodes[e.kind]...), `","`...)
	return playbackEvent{append(jsonstr.Append(b, e.text), `"]`...)}
}
