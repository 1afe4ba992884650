package serve

import (
	"encoding/json"
	"net/url"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"gait"
	"gait/store"
)

// list is a part of a list.
type list[T any] struct {
	Items []T    `json:"items" nullable:"false" doc:"In the order asked for"`
	Next  string `json:"next,omitempty" doc:"Cursor of the next page; missing at the end"`
	Total *int64 `json:"total,omitempty" doc:"How many there are in all, where that was asked for and is known"`
	More  bool   `json:"more,omitempty" doc:"There are more than total"`
}

// listed is the answer that holds a list.
type listed[T any] struct{ Body list[T] }

// one is the answer that holds one thing.
type one[T any] struct{ Body T }

// pageOf makes the answer of a page.
func pageOf[S, T any](p store.Page[S], f func(*S) T) *listed[T] {
	b := list[T]{Items: make([]T, 0, len(p.Items)), Next: p.Next, More: p.More}
	for i := range p.Items {
		b.Items = append(b.Items, f(&p.Items[i]))
	}
	if p.Total >= 0 {
		b.Total = &p.Total
	}
	return &listed[T]{b}
}

// Paging is what all lists are asked with.
type Paging struct {
	Limit  int    `query:"limit" minimum:"1" maximum:"1000" default:"50" doc:"How many at most"`
	Cursor string `query:"cursor" maxLength:"2048" doc:"Where to go on: next of the page before. Only with the same question"`
	Count  bool   `query:"count" doc:"Tell how many there are in all, up to 10,000"`
}

func (p *Paging) query() store.PageQuery {
	return store.PageQuery{Limit: p.Limit, Cursor: p.Cursor, Count: p.Count}
}

// latest is the latest value of a primitive of an attacker.
type latest struct {
	Primitive  string  `json:"primitive"`
	Value      string  `json:"value"`
	Confidence float64 `json:"confidence"`
	WindowEnd  float64 `json:"window_end_ts" doc:"End of the window, in seconds since 1970"`
	Ref        string  `json:"evidence_ref" doc:"The session that shows it"`
	Rules      int     `json:"rules" doc:"Number of the rule that made it"`
	Sessions   int64   `json:"sessions,omitempty" doc:"Sessions of the attacker that show this primitive; not in lists"`
}

func latestOf(l *store.Latest) latest {
	return latest{l.Primitive, l.Value, l.Confidence, l.WindowEnd.Seconds(), l.Ref, l.Rules, l.Sessions}
}

func latestsOf(list []store.Latest) []latest {
	out := make([]latest, 0, len(list))
	for i := range list {
		out = append(out, latestOf(&list[i]))
	}
	return out
}

// attacker is a source address that was seen.
type attacker struct {
	UUID     string     `json:"uuid"`
	Address  string     `json:"address" doc:"Canonical"`
	Identity string     `json:"identity_ref,omitempty"`
	First    *time.Time `json:"first_seen,omitempty"`
	Last     *time.Time `json:"last_seen,omitempty"`
	Sessions int64      `json:"sessions"`
	Decoys   []string   `json:"decoys" nullable:"false" doc:"At most 16 of them"`
	Latest   []latest   `json:"latest" nullable:"false" doc:"The latest value of each primitive, by name"`
}

func attackerOf(a *store.Attacker) attacker {
	return attacker{
		UUID: a.UUID, Address: a.Address, Identity: a.Identity, First: when(a.First), Last: when(a.Last),
		Sessions: a.Sessions, Decoys: orEmpty(a.Decoys), Latest: latestsOf(a.Latest),
	}
}

// session is what is known of one visit to a shell.
type session struct {
	Ref      string     `json:"evidence_ref" doc:"Names the session for ever, wherever its recording is"`
	ID       string     `json:"session_id"`
	Self     string     `json:"self" doc:"Its path in this API"`
	Decoy    string     `json:"decoy"`
	Service  string     `json:"service"`
	Attacker string     `json:"attacker_uuid,omitempty" doc:"Missing where the address is not known, or disputed"`
	Address  string     `json:"address,omitempty"`
	Disputed bool       `json:"disputed,omitempty" doc:"Two sources tell different addresses"`
	Source   string     `json:"source"`
	Format   string     `json:"format,omitempty"`
	Path     string     `json:"path,omitempty" doc:"Where the recording is now"`
	Start    *time.Time `json:"start,omitempty"`
	End      *time.Time `json:"end,omitempty"`
	Duration float64    `json:"duration" doc:"Seconds"`
	Doubtful bool       `json:"doubtful,omitempty" doc:"The start is before 2000 or over a day ahead"`
	Closed   string     `json:"closed,omitempty" doc:"Why it counts as ended"`
	EndSeen  bool       `json:"end_seen" doc:"The recording itself says that it ended"`
	State    string     `json:"state" enum:"waiting,profiled,incomplete,empty,parked,unrecorded"`
	Attempts int        `json:"attempts,omitempty" doc:"Begun and not answered"`
	Cause    string     `json:"cause,omitempty" doc:"Why it waits or is parked, and what to do"`
	Kind     string     `json:"cause_kind,omitempty"`
	NextTry  *time.Time `json:"next_try,omitempty"`
	Backfill bool       `json:"backfill,omitempty" doc:"It ended long before it was found"`
	Found    *time.Time `json:"found,omitempty"`
	Updated  *time.Time `json:"updated,omitempty"`

	Commands     int64    `json:"commands"`
	Inputs       int64    `json:"inputs"`
	Events       int64    `json:"events"`
	BytesIn      int64    `json:"bytes_in"`
	BytesOut     int64    `json:"bytes_out"`
	Observations int64    `json:"observations"`
	Rules        int64    `json:"rules,omitempty" doc:"Sum of the numbers of the rules that it was profiled by"`
	Revision     string   `json:"revision,omitempty"`
	Announced    bool     `json:"announced" doc:"The bus has taken its observations"`
	Leading      []valued `json:"leading,omitempty" nullable:"false" doc:"The values that tell most; of live events, and of lists that are asked for it"`
}

func sessionOf(s *store.Session) session {
	return session{
		Ref: s.Ref, ID: s.ID, Self: sessionPath(s.Ref), Decoy: s.Decoy, Service: s.Service, Attacker: s.Attacker, Address: s.Address,
		Disputed: s.Disputed, Source: s.Source, Format: s.Format, Path: s.Path, Start: when(s.Start), End: when(s.End),
		Duration: s.Duration.Seconds(), Doubtful: s.Doubtful, Closed: s.Closed, EndSeen: s.EndSeen, State: string(s.State),
		Attempts: s.Attempts, Cause: s.Cause, Kind: s.CauseKind, NextTry: when(s.NextTry), Backfill: s.Backfill,
		Found: when(s.Found), Updated: when(s.Updated), Commands: s.Commands, Inputs: s.Inputs, Events: s.Events,
		BytesIn: s.BytesIn, BytesOut: s.BytesOut, Observations: s.Observations, Rules: s.Rules, Revision: s.Revision, Announced: s.Announced,
	}
}

// sessionPath is where a session is found in the API.
func sessionPath(ref string) string { return basePath + "/sessions/" + url.PathEscape(ref) }

// when gives a time in UTC, nil for none.
func when(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

// account is what a recording says of itself, as it is stored.
type account json.RawMessage

// MarshalJSON gives it as it is.
func (a account) MarshalJSON() ([]byte, error) { return a, nil }

// Schema describes it.
func (account) Schema(r huma.Registry) *huma.Schema {
	return r.Schema(reflect.TypeFor[recorded](), true, "Recorded")
}

// notObservable is a primitive that a recording cannot show, and why.
type notObservable struct {
	Primitive string `json:"primitive"`
	Reason    string `json:"reason"`
}

// oddity is something odd about a recording, counted.
type oddity struct {
	Kind  string `json:"kind"`
	Count int64  `json:"count"`
	First *int64 `json:"first,omitempty" doc:"Byte offset of the first"`
}

// recorded describes what an account holds. What is not known is left out.
type recorded struct {
	ID         string  `json:"id,omitempty"`
	Start      string  `json:"start,omitempty"`
	Duration   float64 `json:"duration" doc:"From the first to the last event, in seconds"`
	Commands   int64   `json:"commands"`
	Keys       int64   `json:"keys"`
	Events     int64   `json:"events"`
	Bytes      int64   `json:"bytes"`
	Width      int     `json:"width"`
	Height     int     `json:"height"`
	Client     string  `json:"client,omitempty" doc:"Version that the client tells"`
	HASSH      string  `json:"hassh,omitempty"`
	SourcePort int     `json:"source_port,omitempty"`
	Obfuscated bool    `json:"obfuscated" doc:"The client hid its key times"`
	Truncated  string  `json:"truncated,omitempty" doc:"Why the session was cut"`
	Login      *struct {
		Attempts  int  `json:"attempts"`
		Succeeded bool `json:"succeeded"`
		Password  bool `json:"password"`
		PublicKey bool `json:"public_key"`
	} `json:"login,omitempty"`
	Fidelity struct {
		Input         string  `json:"input" enum:"none,line,packet,key"`
		Resolution    float64 `json:"resolution" doc:"Step of the written times, in seconds"`
		Clock         string  `json:"clock"`
		Lossless      bool    `json:"lossless"`
		Output        bool    `json:"output"`
		OutputPartial bool    `json:"output_partial"`
		SharedTiming  bool    `json:"shared_timing"`
		Swapped       bool    `json:"swapped"`
		Closed        string  `json:"closed,omitempty"`
	} `json:"fidelity"`
	End *struct {
		Time   float64 `json:"time"`
		Reason string  `json:"reason,omitempty"`
	} `json:"end,omitempty"`
	NotObservable []notObservable `json:"not_observable" nullable:"false"`
	Oddities      []oddity        `json:"oddities" nullable:"false"`
}

// envelope is an observation as it is published.
type envelope json.RawMessage

// MarshalJSON gives the envelope as it is.
func (e envelope) MarshalJSON() ([]byte, error) { return e, nil }

// Schema describes the envelope.
func (envelope) Schema(r huma.Registry) *huma.Schema {
	return r.Schema(reflect.TypeFor[observation](), true, "Observation")
}

func envelopeOf(o *gait.Observation) envelope { return o.AppendJSON(nil, false) }

// observation describes what an envelope holds.
type observation struct {
	ID         string  `json:"id" doc:"32 hex digits: the same for the same primitive of the same session"`
	V          int     `json:"v" doc:"Version of the envelope"`
	TS         float64 `json:"ts" doc:"End of the window or time of profiling, in seconds since 1970"`
	Primitive  string  `json:"primitive"`
	Value      string  `json:"value"`
	Confidence float64 `json:"confidence" minimum:"0" maximum:"1"`
	Window     struct {
		Start float64 `json:"start_ts"`
		End   float64 `json:"end_ts"`
	} `json:"window"`
	Source   string  `json:"source"`
	Ref      string  `json:"evidence_ref"`
	Identity *string `json:"identity_ref"`
	Attacker *string `json:"attacker_uuid"`
	Gait     struct {
		Measures map[string]any `json:"measures" doc:"What was counted, by name; then thresholds as pairs of measure and bound, and nearest: measure, bound, distance"`
		Rules    int            `json:"rules"`
		Engine   string         `json:"engine"`
		Clock    string         `json:"clock" enum:"unix,session"`
		Revision string         `json:"revision"`
	} `json:"gait"`
}

// SessionJSON writes a session as the API gives it.
func SessionJSON(s *store.Session) ([]byte, error) { return json.Marshal(sessionOf(s)) }
