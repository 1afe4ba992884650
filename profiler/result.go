package profiler

import (
	"slices"
	"strings"
	"time"

	"gait"
	"gait/profile"
	"gait/store"
)

// rules is the sum of the rules numbers of the primitives.
func (p *Profiler) rules() int64 { return int64(p.reading.Rules()) }

// profileOf makes what is stored of what was read. Nothing in it belongs to the
// engine, which goes on with the next session.
func (p *Profiler) profileOf(s *gait.Session, r *profile.Result, t *task) *store.Profile {
	x := &store.Profile{Session: store.Session{
		Ref: t.ref(), ID: s.ID, Decoy: s.Decoy, Service: s.Service, Format: s.Format, Path: s.Path,
		Address: s.SourceIP, Source: t.row.Source, Closed: t.row.Closed, Place: t.row.Place,
		Start: s.Start, EndSeen: s.End.Seen, Size: t.row.Size, State: store.Profiled,
		Commands: int64(r.Commands), Events: int64(s.Len()),
		BytesIn: int64(len(s.Block(gait.Input))), BytesOut: int64(len(s.Block(gait.Output))),
		Observations: int64(len(r.Observations)), Rules: p.rules(),
	}}
	x.Header = s.SourceIP != ""
	x.Client = s.Client
	if gait.IsHASSH(s.HASSH) {
		x.HASSH = s.HASSH
	}
	if x.ID == "" || strings.HasPrefix(x.Ref, "file:") {
		x.ID = t.row.ID
	}
	x.Decoy, x.Service = or(x.Decoy, t.row.Decoy), or(x.Service, t.row.Service)
	x.Duration = s.Last()
	if s.End.Seen {
		x.Duration = max(x.Duration, s.End.Time)
	}
	x.End, x.Doubtful = t.row.End, t.row.Doubtful
	if !s.Start.IsZero() {
		x.End = s.Start.Add(x.Duration)
		x.Doubtful = doubtful(s.Start, p.now())
	}
	for i := range s.Len() {
		if _, _, kind := s.Span(i); kind == gait.Input {
			x.Inputs++
		}
	}
	if len(r.Observations)+len(r.Failures)+len(s.Block(gait.Input))+len(s.Block(gait.Exec)) == 0 {
		x.State = store.Empty
	}
	x.Revision = p.reading.Reading(s)
	x.Observations = slices.Clone(r.Observations)
	own(x.Observations)
	x.Detail = detail(s, r)
	return x
}

// own gives observations measures of their own, in one piece.
func own(list []gait.Observation) {
	n := 0
	for i := range list {
		n += len(list[i].Measures)
	}
	all := make([]gait.Measure, 0, n)
	for i := range list {
		from := len(all)
		all = append(all, list[i].Measures...)
		list[i].Measures = all[from:len(all):len(all)]
	}
}

// doubtful says whether a start is one that a clock gone wrong would give.
func doubtful(start, now time.Time) bool {
	return start.Year() < 2000 || start.After(now.Add(24*time.Hour))
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
