package profiler

import (
	"strconv"
	"time"

	"gait"
	"gait/profile"
)

// detail gives what a recording says of itself, as JSON: the same facts as
// gait profile -o json prints beside the observations. Titles, environments and
// commands stay in the recording.
func detail(s *gait.Session, r *profile.Result) []byte {
	d := object{b: make([]byte, 0, 1024)}
	d.b = append(d.b, '{')
	d.header(s, r)
	d.fidelity(s.Fidelity)
	if s.End.Seen {
		d.open("end", '{')
		d.seconds("time", s.End.Time)
		d.text("reason", s.End.Reason)
		d.close('}')
	}
	d.open("not_observable", '[')
	for _, n := range r.NotObservable {
		d.item()
		d.text("primitive", n.Primitive)
		d.text("reason", n.Reason)
		d.close('}')
	}
	d.close(']')
	d.open("oddities", '[')
	for _, o := range s.Oddities {
		d.item()
		d.text("kind", o.Kind)
		d.int("count", o.Count)
		if o.First >= 0 {
			d.int("first", o.First)
		}
		d.close('}')
	}
	d.close(']')
	return append(d.b, '}')
}

// object appends the fields of JSON objects, leaving out texts that are empty.
type object struct {
	b     []byte
	begun bool
}

func (d *object) comma() {
	if d.begun {
		d.b = append(d.b, ',')
	}
	d.begun = true
}

func (d *object) name(name string) {
	d.comma()
	d.b = append(append(append(d.b, '"'), name...), `":`...)
}

func (d *object) text(name, s string) {
	if s != "" {
		d.name(name)
		d.b = gait.AppendString(d.b, s)
	}
}

func (d *object) int(name string, n int64) {
	d.name(name)
	d.b = strconv.AppendInt(d.b, n, 10)
}

func (d *object) flag(name string, v bool) {
	d.name(name)
	d.b = strconv.AppendBool(d.b, v)
}

func (d *object) seconds(name string, t time.Duration) {
	d.name(name)
	d.b = gait.AppendSeconds(d.b, t)
}

func (d *object) open(name string, bracket byte) {
	d.name(name)
	d.b, d.begun = append(d.b, bracket), false
}

// item begins an object in a list.
func (d *object) item() {
	d.comma()
	d.b, d.begun = append(d.b, '{'), false
}

func (d *object) close(bracket byte) { d.b, d.begun = append(d.b, bracket), true }

func (d *object) header(s *gait.Session, r *profile.Result) {
	d.text("id", s.ID)
	if !s.Start.IsZero() {
		d.text("start", s.Start.UTC().Format(time.RFC3339Nano))
	}
	d.seconds("duration", active(s))
	d.int("commands", int64(r.Commands))
	d.int("keys", int64(r.Strokes))
	d.int("events", int64(s.Len()))
	d.int("bytes", s.Extent)
	d.int("width", int64(s.Width))
	d.int("height", int64(s.Height))
	d.text("format", s.Format)
	d.text("path", s.Path)
	d.text("evidence_ref", s.EvidenceRef)
	d.text("decoy", s.Decoy)
	d.text("service", s.Service)
	d.text("source_ip", s.SourceIP)
	if s.SourcePort > 0 {
		d.int("source_port", int64(s.SourcePort))
	}
	d.text("client", s.Client)
	d.text("hassh", s.HASSH)
	if l := s.Login; l.Attempts > 0 {
		d.open("login", '{')
		d.int("attempts", int64(l.Attempts))
		d.flag("succeeded", l.Succeeded)
		d.flag("password", l.Password)
		d.flag("public_key", l.PublicKey)
		d.close('}')
	}
	d.flag("obfuscated", s.Obfuscated)
	d.text("truncated", s.Truncated)
}

func (d *object) fidelity(v gait.Fidelity) {
	d.open("fidelity", '{')
	d.text("input", v.Input.String())
	d.seconds("resolution", v.Resolution)
	d.text("clock", v.Clock.String())
	d.flag("lossless", v.Lossless)
	d.flag("output", v.Output)
	d.flag("output_partial", v.OutputPartial)
	d.flag("shared_timing", v.SharedTiming)
	d.flag("swapped", v.Swapped)
	d.text("closed", v.Closed)
	d.close('}')
}

// active is the time from the first to the last event of a session.
func active(s *gait.Session) time.Duration {
	for i := range s.Len() {
		if at, _, kind := s.Span(i); kind != gait.Resize && kind != gait.Marker {
			return s.Last() - at
		}
	}
	return 0
}
