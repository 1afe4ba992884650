package serve

import (
	"bytes"
	"context"
	"math"
	"time"

	"gait"
	"gait/profile"
	"gait/store"
)

// timeline is when things happened in a session, in columns: the i-th entries
// of the columns of one kind belong together. There is no text in it.
type timeline struct {
	Start     float64    `json:"start" doc:"Time of the first event, in seconds since the session's start"`
	Duration  float64    `json:"duration" doc:"Seconds"`
	Input     string     `json:"input" enum:"none,line,packet,key" doc:"In which pieces input is held"`
	Truncated bool       `json:"truncated,omitempty" doc:"There are more keys or commands than are given"`
	Keys      keysAt     `json:"keys"`
	Commands  commandsAt `json:"commands"`
	Output    outputAt   `json:"output"`
	Resizes   []float64  `json:"resizes" nullable:"false"`
	Markers   []float64  `json:"markers" nullable:"false"`
}

// keysAt are the input events.
type keysAt struct {
	T     []float64 `json:"t" nullable:"false" doc:"Seconds since the session's start"`
	Chars []int     `json:"chars" nullable:"false" doc:"Length"`
	Kind  []string  `json:"kind" nullable:"false" enum:"key,text,paste,control,enter,erase,tab" doc:"One char is a key, two or three are text, more are a paste; control keys and sequences, line ends, backspaces and TAB are told apart"`
}

// commandsAt are the commands.
type commandsAt struct {
	Start   []float64  `json:"start" nullable:"false"`
	End     []float64  `json:"end" nullable:"false"`
	Tool    []int      `json:"tool" nullable:"false" doc:"The same number for the same tool, from 0 in order of first use"`
	Sets    [][]string `json:"sets" nullable:"false" doc:"The sets of well-known tools that it stands in"`
	Pipes   []int      `json:"pipes" nullable:"false"`
	Tab     []bool     `json:"tab" nullable:"false"`
	Errored []bool     `json:"errored" nullable:"false" doc:"Its output holds an error text"`
	Volume  []int      `json:"volume" nullable:"false" doc:"Characters of its output"`
}

// outputAt is the output, added up in equal stretches of time.
type outputAt struct {
	Step  float64 `json:"step" doc:"Width of a stretch in seconds; the first begins at start"`
	Bytes []int64 `json:"bytes" nullable:"false"`
}

// Bounds of a timeline.
const (
	maxKeys    = 200_000
	maxPlotted = 50_000 // commands, resizes, markers
	stretches  = 1000
)

func (s *Server) timeline(ctx context.Context, in *ofSession) (*one[timeline], error) {
	rec, done, err := s.placed(ctx, in.ID, func(*store.Session) error { return nil })
	if err != nil {
		return nil, err
	}
	defer done()
	return &one[timeline]{timelineOf(rec, s.opt.Store.Compat())}, nil
}

// timelineOf takes the times out of a recording, by the reading that the store
// holds.
func timelineOf(rec *gait.Session, compat bool) timeline {
	t := timeline{Input: rec.Fidelity.Input.String(), Resizes: []float64{}, Markers: []float64{}}
	t.Keys = keysAt{T: []float64{}, Chars: []int{}, Kind: []string{}}
	t.Commands = commandsAt{
		Start: []float64{}, End: []float64{}, Tool: []int{}, Sets: [][]string{}, Pipes: []int{}, Tab: []bool{}, Errored: []bool{}, Volume: []int{},
	}
	probe := &profile.Primitive{Name: "timeline", Observe: func(v *profile.View) profile.Answer {
		t.Start, t.Duration = v.Start(), v.Duration()
		t.keys(v.Keys())
		t.commands(v.Commands(), v.Screen())
		return profile.Silent
	}}
	profile.EngineOf([]*profile.Primitive{probe}, compat).Profile(rec, time.Time{})
	t.spans(rec)
	return t
}

func (t *timeline) keys(k *profile.Keys) {
	for i := range k.Strokes {
		if i == maxKeys {
			t.Truncated = true
			return
		}
		x := &k.Strokes[i]
		t.Keys.T = append(t.Keys.T, x.At)
		t.Keys.Chars = append(t.Keys.Chars, x.Chars())
		t.Keys.Kind = append(t.Keys.Kind, kindOf(x, k.Data(i)))
	}
}

func kindOf(x *profile.Stroke, data []byte) string {
	switch {
	case x.Paste():
		return "paste"
	case x.Control():
		return "control"
	case len(bytes.Trim(data, "\r\n\x00")) == 0: // a line end may be two bytes
		return "enter"
	case !x.Single():
		return "text"
	}
	switch c := data[0]; {
	case c == 0x7f || c == 0x08:
		return "erase"
	case c == '\t':
		return "tab"
	case c < 0x20:
		return "control"
	}
	return "key"
}

var toolSets = []struct {
	set  profile.ToolSet
	name string
}{
	{profile.Recon, "recon"}, {profile.Exfil, "exfil"}, {profile.Persistence, "persistence"}, {profile.Lateral, "lateral"},
	{profile.Destructive, "destructive"}, {profile.Cleanup, "cleanup"},
}

func (t *timeline) commands(c *profile.Commands, shown *profile.Screen) {
	for i := range c.List {
		if i == maxPlotted {
			t.Truncated = true
			return
		}
		x, sets := &c.List[i], []string{}
		for _, s := range toolSets {
			if c.Tool(i).In(s.set) {
				sets = append(sets, s.name)
			}
		}
		to := &t.Commands
		to.Start, to.End = append(to.Start, x.Start), append(to.End, x.End)
		to.Tool, to.Sets = append(to.Tool, c.ToolNumber(i)), append(to.Sets, sets)
		to.Pipes, to.Tab = append(to.Pipes, x.Pipes()), append(to.Tab, x.Tab())
		to.Errored, to.Volume = append(to.Errored, shown.ErroredAt(i)), append(to.Volume, shown.Volume(i))
	}
}

// spans adds up the output, and takes the times of what is neither input nor
// output.
func (t *timeline) spans(rec *gait.Session) {
	t.Output = outputAt{Step: t.Duration / stretches, Bytes: make([]int64, stretches)}
	for i := range rec.Len() {
		at, size, kind := rec.Span(i)
		seconds := gait.Seconds(at)
		switch kind {
		case gait.Output:
			n := 0
			if t.Output.Step > 0 {
				n = int(math.Max(0, math.Min(stretches-1, (seconds-t.Start)/t.Output.Step)))
			}
			t.Output.Bytes[n] += int64(size)
		case gait.Resize:
			t.Resizes = bounded(t.Resizes, seconds)
		case gait.Marker:
			t.Markers = bounded(t.Markers, seconds)
		}
	}
}

func bounded(list []float64, x float64) []float64 {
	if len(list) >= maxPlotted {
		return list
	}
	return append(list, x)
}
