package jsonobject

import "gait"

// Recording writes what a recording says of its session, from its duration to
// its end, beside the commands and keys that were counted in it. The id and the
// start are left to the caller. Titles, environments and commands stay in the
// recording.
func (o *Object) Recording(s *gait.Session, commands, keys int) {
	o.Seconds("duration", s.Active())
	o.Int("commands", int64(commands))
	o.Int("keys", int64(keys))
	o.Int("events", int64(s.Len()))
	o.Int("bytes", s.Extent)
	o.Int("width", int64(s.Width))
	o.Int("height", int64(s.Height))
	o.Text("format", s.Format)
	o.Text("path", s.Path)
	o.Text("evidence_ref", s.EvidenceRef)
	o.Text("decoy", s.Decoy)
	o.Text("service", s.Service)
	o.Text("source_ip", s.SourceIP)
	if s.SourcePort > 0 {
		o.Int("source_port", int64(s.SourcePort))
	}
	o.Text("client", s.Client)
	o.Text("hassh", s.HASSH)
	o.login(s.Login)
	o.Flag("obfuscated", s.Obfuscated)
	o.Text("truncated", s.Truncated)
	o.fidelity(s.Fidelity)
	o.end(s.End)
}

func (o *Object) login(l gait.Login) {
	if l.Attempts <= 0 {
		return
	}
	o.Open("login")
	o.Int("attempts", int64(l.Attempts))
	o.Flag("succeeded", l.Succeeded)
	o.Flag("password", l.Password)
	o.Flag("public_key", l.PublicKey)
	o.Close()
}

func (o *Object) fidelity(v gait.Fidelity) {
	o.Open("fidelity")
	o.Text("input", v.Input.String())
	o.Seconds("resolution", v.Resolution)
	o.Text("clock", v.Clock.String())
	o.Flag("lossless", v.Lossless)
	o.Flag("output", v.Output)
	o.Flag("output_partial", v.OutputPartial)
	o.Flag("shared_timing", v.SharedTiming)
	o.Flag("swapped", v.Swapped)
	o.Text("closed", v.Closed)
	o.Close()
}

func (o *Object) end(e gait.End) {
	if !e.Seen {
		return
	}
	o.Open("end")
	o.Seconds("time", e.Time)
	o.Text("reason", e.Reason)
	o.Close()
}
