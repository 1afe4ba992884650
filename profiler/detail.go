package profiler

import (
	"gait"
	"gait/internal/jsonobject"
	"gait/profile"
)

// detail gives what a recording says of itself, as JSON: the same facts as
// gait profile -o json prints beside the observations. Titles, environments and
// commands stay in the recording.
func detail(s *gait.Session, r *profile.Result) []byte {
	d := jsonobject.Begin(make([]byte, 0, 1024))
	d.Text("id", s.ID)
	if !s.Start.IsZero() {
		d.Time("start", s.Start)
	}
	d.Recording(s, r.Commands, r.Strokes)
	d.OpenList("not_observable")
	for _, n := range r.NotObservable {
		d.Item()
		d.Text("primitive", n.Primitive)
		d.Text("reason", n.Reason)
		d.Close()
	}
	d.CloseList()
	d.OpenList("oddities")
	for _, o := range s.Oddities {
		d.Item()
		d.Text("kind", o.Kind)
		d.Int("count", o.Count)
		if o.First >= 0 {
			d.Int("first", o.First)
		}
		d.Close()
	}
	d.CloseList()
	d.Close()
	return d.Bytes()
}
