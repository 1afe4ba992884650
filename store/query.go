package store

import (
	"time"
)

// Page is a part of a list. Next is the cursor of the following page, empty at
// the end. Cursors are opaque and bound to the query that gave them.
type Page[T any] struct {
	Items []T
	Next  string
	// Total is how many there are in all where that was asked for and could be
	// told cheaply (at most 10,000, see More), else -1.
	Total int64
	More  bool // Total is a lower bound
}

// PageQuery is what all lists have in common.
type PageQuery struct {
	Limit  int // at most 1,000; 0 stands for 50
	Cursor string
	Count  bool // tell the total
}

// Filter asks for a primitive's value: in a session, or as the latest of an
// attacker. Several filters must all hold; several values of one primitive are
// alternatives.
type Filter struct{ Primitive, Value string }

// Attacker is a source address that was seen.
type Attacker struct {
	UUID     string
	Address  string // canonical; unique
	Identity string // identity_ref; empty where none was drawn
	First    time.Time
	Last     time.Time
	Sessions int64
	Decoys   []string // at most 16 of them
	// Latest holds the latest value of each primitive. Lists give it too.
	Latest []Latest
}

// Latest is the latest value of a primitive of an attacker.
type Latest struct {
	Primitive  string
	Value      string
	Confidence float64
	WindowEnd  time.Duration // since 1970
	Ref        string        // the session's evidence reference
	Rules      int
	Sessions   int64 // sessions of the attacker that show this primitive; 0 in lists
}

// AttackerQuery asks for attackers.
type AttackerQuery struct {
	PageQuery
	Search  string // part of an address or UUID, from its beginning; or a decoy
	Filters []Filter
	Decoy   string
	Since   time.Time // last seen since
	Sort    string    // "last" (default), "first", "sessions", "address"
	Up      bool      // ascending
}

// SessionQuery asks for sessions.
type SessionQuery struct {
	PageQuery
	Search   string // part of a session id, address or decoy, from its beginning
	Attacker string // UUID
	Decoy    string
	Service  string
	States   []State
	Filters  []Filter
	Since    time.Time // started since
	Until    time.Time // started before
	Sort     string    // "start" (default), "duration", "updated"
	Up       bool
}

// ObservationQuery asks for observations. At least one of Ref, Attacker,
// Identity and Primitive must be set.
type ObservationQuery struct {
	PageQuery
	Ref       string
	Attacker  string
	Identity  string
	Primitive string
	Value     string
	Since     time.Time
	Until     time.Time
}

// ValuesQuery asks how often values occur.
type ValuesQuery struct {
	Primitive string // empty for all
	Attackers bool   // count attackers by their latest value, not sessions
	Since     time.Time
}

// ValueCount is how often a value occurs. Values of hashes are not counted one
// by one: they come as one row with an empty value.
type ValueCount struct {
	Primitive string
	Value     string
	Count     int64
}

// CountsQuery asks for what happened over time.
type CountsQuery struct {
	Since, Until time.Time
	Step         time.Duration // width of a bucket; at most 2,000 buckets
	Attacker     string
	Decoy        string
}

// Bucket is what happened in one stretch of time.
type Bucket struct {
	Start     time.Time
	Sessions  int64
	Attackers int64 // different ones
	Commands  int64
}

// CauseCount is how many sessions wait or are parked for one cause.
type CauseCount struct {
	State     State
	CauseKind string
	Cause     string
	Count     int64
	Oldest    time.Time
	Example   string // evidence reference of one of them
}

// Stats is what is in the store.
type Stats struct {
	Attackers    int64
	Sessions     map[State]int64
	Observations int64
	ByPrimitive  []ValueCount // with empty values
	Unannounced  int64
	Rejected     int64
	Tombstones   int64
	Changes      int64
	Bytes        int64 // on disk
	Schema       int64 // version
	Engine       string
	// Renewed is how many profiles took the place of one that was made by older
	// rules, ever, and RenewedValues how many primitives answered differently
	// in them. Two answers tell what came between.
	Renewed       int64
	RenewedValues int64
}
