package store

import (
	"context"
	"encoding/json"
	"time"
)

// Linkage keeps how people type, where that is switched on, and which attackers
// are taken for one. A link says how likely two attackers are one person; nobody
// is merged before it is accepted. The attackers that accepted links join are
// one identity, named by the oldest of these links, so that taking one back
// leaves what there was without it.
type Linkage interface {
	// Vectors gives stored vectors above a number, in the order of their numbers;
	// with fresh set those alone that [Linkage.Propose] has not named yet.
	Vectors(ctx context.Context, after int64, limit int, fresh bool) ([]Vector, error)
	// VectorsOf gives the stored vectors of sessions by their evidence references,
	// at most 100 of these, in the order of the vectors' numbers.
	VectorsOf(ctx context.Context, refs []string) ([]Vector, error)
	// VectorsGone counts the vectors that were deleted or replaced, ever: whoever
	// keeps vectors in memory reads all of them anew where it has grown.
	VectorsGone(ctx context.Context) (int64, error)
	// Propose notes that vectors were compared with all others, with the links
	// that came of it. A link between two attackers takes the place of a weaker
	// one that nobody has decided on; any other is left as it is. Of those that
	// are new or stronger the conclusion is told, where there is one. A link
	// whose sessions or attackers are gone or are one identity already is passed over.
	Propose(ctx context.Context, compared []int64, links []Proposal) error
	// Links lists links, the newest first.
	Links(ctx context.Context, q LinkQuery) (Page[Link], error)
	// Link gives one link by its UUID, with what became of it.
	Link(ctx context.Context, id string) (Link, error)
	// Decide accepts or rejects a link, or makes it a proposal again, which undoes
	// either, and tells it as a conclusion on the subject given, whose payload it
	// gives. A link that is in that state already stays as it is.
	Decide(ctx context.Context, d Decision) (Link, error)
}

// Vector says how somebody typed in one session: numbers, and no text.
type Vector struct {
	N        int64 // set by the store
	Ref      string
	Attacker string // UUID; empty where it is not known
	Identity string
	Address  string
	Client   string // what the client calls itself, cut at 256 bytes; empty where it is not known
	HASSH    string // fingerprint of its key exchange; empty where it is not known
	Habits   string // which of several commands for one purpose was chosen, "purpose=command;...", in words of the program's own
	Table    uint32 // version of the table that the numbers are of
	Keys     int
	Data     []byte
}

// States of links.
const (
	LinkProposed = "proposed"
	LinkAccepted = "accepted"
	LinkRejected = "rejected"
)

// Link says that two attackers may be one person.
type Link struct {
	ID        string // UUID
	Attackers [2]string
	Addresses [2]string
	Refs      [2]string // the sessions that were compared; empty where they are gone
	State     string
	Strength  float64         // posterior log odds, natural
	Statement json.RawMessage // what it rests on
	Proposed  time.Time
	Decided   time.Time // zero while nobody has
	Who       string    // decided
	Log       []LinkEvent
}

// LinkEvent is what became of a link, and by whom.
type LinkEvent struct {
	Time  time.Time
	Who   string
	State string // that it got
}

// Proposal is a link that is to be stored.
type Proposal struct {
	Sessions  [2]int64 // numbers of the vectors that were compared
	Strength  float64
	Statement json.RawMessage
	Told      bool // whether it is told as a conclusion, on [SubjectLinkProposed]
	// Accept names the rule that accepts the link at once; empty where it waits
	// for somebody. A link that anybody has ever decided on waits all the same.
	Accept string
}

// LinkQuery asks for links.
type LinkQuery struct {
	PageQuery
	State    string // empty for all
	Attacker string // UUID; empty for all
}

// Decision is what somebody decides on a link.
type Decision struct {
	ID    string
	State string // that it gets
	Who   string
}

// Subjects of conclusions about links. Their payload is a [LinkTold].
const (
	SubjectLinkProposed = "attribution.linkage.proposed"
	SubjectLinkAccepted = "attribution.linkage.accepted"
	SubjectLinkRejected = "attribution.linkage.rejected"
	SubjectLinkUndone   = "attribution.linkage.undone"
)

// LinkTold is what is told of a link.
type LinkTold struct {
	Version   int             `json:"v"`
	Type      string          `json:"type"` // "linkage"
	Time      float64         `json:"ts"`   // seconds since 1970
	ID        string          `json:"link"`
	State     string          `json:"state"`
	Attackers [2]string       `json:"attacker_uuids"`
	Strength  float64         `json:"log_odds"`
	Statement json.RawMessage `json:"statement,omitempty"`
}
