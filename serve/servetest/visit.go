// Package servetest makes up visits and stores them as the profiler does, for
// the tests of what is served of them.
package servetest

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"gait"
	"gait/assess"
	"gait/internal/simulate"
	"gait/profile"
	"gait/recording"
	"gait/store"
)

// Visit makes up the n-th session of a visitor from an address, as a recorder
// would have it.
func Visit(visitor string, n int, address string) *gait.Session {
	s := simulate.Find(visitor).Session(uint64(n))
	s.ID = fmt.Sprintf("00000000-0000-4000-8000-%012d", n)
	s.SourceIP = address
	s.EvidenceRef = "shard:decky-01/ssh/sessions-2026-05-08.jsonl#" + s.ID
	s.End.Seen = true
	return s
}

// Profile profiles a session, in the form in which it is stored.
func Profile(s *gait.Session) store.Profile { return ProfileBy(s, assess.All) }

// ProfileBy does the same by other primitives.
func ProfileBy(s *gait.Session, primitives []*profile.Primitive) store.Profile {
	r := profile.Run(s, primitives, time.Unix(1_800_000_000, 0))
	place, _ := json.Marshal(recording.Place{Format: "shard", Path: "/decoys/" + s.ID, Session: s.ID})
	p := store.Profile{Header: true, Observations: append([]gait.Observation(nil), r.Observations...)}
	p.Session = store.Session{
		Ref: s.EvidenceRef, ID: s.ID, Decoy: s.Decoy, Service: s.Service, Address: s.SourceIP, Source: "shards", Format: "shard",
		Path: "/decoys/" + s.ID, Place: place, Start: s.Start, End: s.Start.Add(s.Last()), Duration: s.Last(), Closed: store.ClosedEnd,
		EndSeen: true, State: store.Profiled, Commands: int64(r.Commands), Inputs: int64(r.Strokes), Events: int64(s.Len()),
		Detail: []byte(`{"id":"x","oddities":[],"not_observable":[]}`),
	}
	p.Revision = strings.TrimSuffix(r.Observations[0].Revision, "/-")
	return p
}

// Save stores visits together.
func Save(t testing.TB, s store.Store, visits ...*gait.Session) []store.Saved {
	t.Helper()
	var list []store.Profile
	for _, v := range visits {
		list = append(list, Profile(v))
	}
	saved, err := s.Save(context.Background(), list)
	if err != nil {
		t.Fatal(err)
	}
	return saved
}
