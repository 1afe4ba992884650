package main

import (
	"strconv"
	"time"

	"gait"
	"gait/profile"
)

// fields appends the fields of a JSON object, leaving out what is not known.
type fields struct {
	b     []byte
	begun bool
}

func (f *fields) name(name string) {
	if f.begun {
		f.b = append(f.b, ',')
	}
	f.begun = true
	f.b = append(append(append(f.b, '"'), name...), `":`...)
}

func (f *fields) text(name, s string) {
	if s != "" {
		f.name(name)
		f.b = gait.AppendString(f.b, s)
	}
}

func (f *fields) int(name string, n int64) {
	f.name(name)
	f.b = strconv.AppendInt(f.b, n, 10)
}

func (f *fields) flag(name string, v bool) {
	f.name(name)
	f.b = strconv.AppendBool(f.b, v)
}

func (f *fields) seconds(name string, d time.Duration) {
	f.name(name)
	f.b = gait.AppendSeconds(f.b, d)
}

func (f *fields) open(name string) {
	f.name(name)
	f.b, f.begun = append(f.b, '{'), false
}

func (f *fields) close() { f.b, f.begun = append(f.b, '}'), true }

// appendHeader appends the beginning of a session's object: what its recording
// says of it. Titles, environments and commands stay in the recording.
func appendHeader(b []byte, s *gait.Session, r *profile.Result) []byte {
	f := fields{b: append(b, '{')}
	f.text("id", s.ID)
	f.name("start")
	f.b = appendTime(f.b, s.Start)
	f.seconds("duration", duration(s))
	f.int("commands", int64(r.Commands))
	f.int("keys", int64(r.Strokes))
	f.int("events", int64(s.Len()))
	f.int("bytes", s.Extent)
	f.int("width", int64(s.Width))
	f.int("height", int64(s.Height))
	f.text("format", s.Format)
	f.text("path", s.Path)
	f.text("evidence_ref", s.EvidenceRef)
	f.text("decoy", s.Decoy)
	f.text("service", s.Service)
	f.text("source_ip", s.SourceIP)
	if s.SourcePort > 0 {
		f.int("source_port", int64(s.SourcePort))
	}
	f.text("client", s.Client)
	f.text("hassh", s.HASSH)
	if s.Login.Attempts > 0 {
		f.login(s.Login)
	}
	f.flag("obfuscated", s.Obfuscated)
	f.text("truncated", s.Truncated)
	f.fidelity(s.Fidelity)
	if s.End.Seen {
		f.end(s.End)
	}
	return f.b
}

func (f *fields) login(l gait.Login) {
	f.open("login")
	f.int("attempts", int64(l.Attempts))
	f.flag("succeeded", l.Succeeded)
	f.flag("password", l.Password)
	f.flag("public_key", l.PublicKey)
	f.close()
}

func (f *fields) fidelity(v gait.Fidelity) {
	f.open("fidelity")
	f.text("input", v.Input.String())
	f.seconds("resolution", v.Resolution)
	f.text("clock", v.Clock.String())
	f.flag("lossless", v.Lossless)
	f.flag("output", v.Output)
	f.flag("output_partial", v.OutputPartial)
	f.flag("shared_timing", v.SharedTiming)
	f.flag("swapped", v.Swapped)
	f.text("closed", v.Closed)
	f.close()
}

func (f *fields) end(e gait.End) {
	f.open("end")
	f.seconds("time", e.Time)
	f.text("reason", e.Reason)
	f.close()
}
