package profiler

import (
	"time"

	"gait"
	"gait/assess/typist"
	"gait/profile"
	"gait/store"
)

// typing is what the vector of a session needs of a recording: single keys, with
// times that are its own, to 5 ms or finer.
var typing = &profile.Primitive{Name: "gait.typist", Needs: profile.NeedKeys | profile.NeedTiming, Finest: 50 * time.Millisecond}

// vectorOf says how somebody typed in a session, nil where the recording cannot
// show it or too little was typed.
func vectorOf(m *typist.Model, e *profile.Engine, s *gait.Session) (*store.Vector, error) {
	if s.Obfuscated || profile.Lacks(typing, s.Fidelity) != "" {
		return nil, nil
	}
	view := e.View(s)
	v, keys := m.Of(view.Keys())
	if !v.Known() {
		return nil, nil
	}
	data, err := v.MarshalBinary()
	if err != nil {
		return nil, err
	}
	return &store.Vector{Table: v.Table(), Keys: keys, Data: data, Client: s.Client, HASSH: s.HASSH, Habits: typist.Habits(view)}, nil
}
