package store

import (
	"context"
	"encoding/json"
	"time"
)

// Attribution keeps what is concluded of an identity from all of its sessions.
// An identity is a set of attackers who are taken for one; each attacker is an
// identity of its own, named by its UUID, until it is merged with others.
//
// Conclusions follow the sessions: the transaction that changes a session marks
// its attacker as due, and stays marked until conclusions were drawn from what
// is stored by then. So whoever dies in between has lost nothing, and since
// conclusions are stored only where nobody else has drawn some meanwhile,
// nothing is told twice.
type Attribution interface {
	// Due gives identities that have a due attacker whose number lies above a
	// number, in the order of these numbers, each of them once.
	Due(ctx context.Context, after int64, limit int) ([]Due, error)
	// MarkDue marks up to so many attackers above a number as due, and gives the
	// number to go on after, 0 at the end. Live writes come before it.
	MarkDue(ctx context.Context, after int64, limit int) (next int64, marked int, err error)
	// History gives what conclusions about an identity are drawn from, and those
	// that were drawn last, from one consistent view.
	History(ctx context.Context, q HistoryQuery) (History, error)
	// Assess stores conclusions that were drawn from histories, all in one
	// transaction with what is told of them. It is false for those of which
	// nothing was stored, since the identity has changed since or others have
	// drawn conclusions meanwhile. Live writes come before it.
	Assess(ctx context.Context, list []Assessment) ([]bool, error)
	// LearnClients looks at up to so many sessions above a number that a release
	// stored which did not keep their software in series, and takes it from what
	// their recordings say of themselves ([Session.Detail], fields client and
	// hassh). It gives the number to go on after, 0 at the end, and marks nobody
	// as due. Live writes come before it.
	LearnClients(ctx context.Context, after int64, limit int) (next int64, learned int, err error)
	// Identity gives the identity of an attacker and its states, in the order of
	// the primitives' names. A primitive that is not there is unknown.
	Identity(ctx context.Context, attacker string) (Identity, error)
	// Untold gives conclusions that the bus has not taken yet, the oldest first.
	Untold(ctx context.Context, limit int) ([]Conclusion, error)
	// Told marks conclusions as taken by the bus, by their positions.
	Told(ctx context.Context, positions []int64) error
}

// Identity is a set of attackers who are taken for one.
type Identity struct {
	Name      string   // a UUID; that of its only attacker where it has no other
	Attackers []string // UUIDs, in the order in which they were seen first
	Standings []Standing
}

// Due is an identity whose sessions have changed since conclusions were drawn.
type Due struct {
	N        int64 // of the attacker who is due
	Identity string
}

// Series that stand beside the primitives in a past: the software that the
// sessions came with, as [Profile.HASSH] and [Profile.Client] say. They are no
// observations, since nothing was read from how somebody moved.
const (
	SeriesHASSH   = "client.hassh"
	SeriesVersion = "client.version"
)

// HistoryQuery asks for the past of an identity.
type HistoryQuery struct {
	Identity string
	// Rules are the rules numbers of the primitives that are asked for. What was
	// observed by others is left out, and so is what is "unknown".
	Rules map[string]int
	Limit int // observations of each primitive, the newest; at most 64
	Least int // sessions: what was observed of an identity that has fewer is not read
	// Clients asks for the series of clients: of each the newest session that
	// tells of it, and those that began up to so long before that one, at most
	// 4,096. Limit and Least do not bound them. 0 asks for none.
	Clients time.Duration
}

// History is the past of an identity.
type History struct {
	Identity  string
	Members   []Member
	Sessions  int64               // how many the members have, those without a profile included
	Past      map[string][]Past   // by primitive or series, the newest first: by the session's start, then its id
	Standings map[string]Standing // as they were stored last
}

// Member is an attacker of an identity, and how far conclusions go.
type Member struct {
	UUID          string
	Due, Assessed int64 // conclusions are to be drawn where the first is the greater one
}

// Past is what one session showed. Sessions without a start that can be relied
// on have no place in the order, and are left out.
type Past struct {
	Ref   string
	ID    string
	Start time.Time
	Value string
}

// Standing is the state of one primitive of an identity, or of a series of its
// clients.
type Standing struct {
	Primitive    string          `json:"primitive"` // or [SeriesHASSH], [SeriesVersion]
	State        string          `json:"state"`
	Value        string          `json:"value,omitempty"` // the one that is shown
	Confidence   float64         `json:"confidence"`
	Rules        int             `json:"rules"`        // number of the rule whose observations count
	Observations int             `json:"observations"` // how many of the newest it rests on
	Since        time.Time       `json:"since"`        // when it was concluded first
	Reasons      json.RawMessage `json:"reasons,omitempty"`
}

// Assessment are conclusions about an identity.
type Assessment struct {
	History   *History // that they were drawn from
	Standings []Standing
	Told      []Conclusion // Position and Attacker are the store's to set
}

// Conclusion is something that is told of an identity: what it is, as the
// subject that it is published on, and the payload as JSON.
type Conclusion struct {
	Position int64 // in the change log
	Time     time.Time
	Subject  string
	Attacker string // UUID of the member that is due
	Payload  json.RawMessage
}
