package store

import "time"

// Retention says what is kept. Zero values keep everything.
type Retention struct {
	Age  time.Duration // observations and rows of sessions that ended longer ago go
	Size int64         // bytes of the database above which the oldest go
	Now  time.Time
	Step int // sessions deleted in one call; 0 stands for 200
}

// Pruned is what one step deleted.
type Pruned struct {
	Sessions     int64
	Observations int64
	Changes      int64
}

// Subject is whom or what to forget: one of the two.
type Subject struct {
	Address string
	Session string // evidence reference or session id
}

// Erased is what was forgotten, or would be.
type Erased struct {
	Attackers    []string // UUIDs
	Sessions     []Session
	Observations int64
	Rejected     int64
}

// OutdatedQuery asks for sessions to be profiled again.
type OutdatedQuery struct {
	Rules int64     // profiles made with a smaller sum of rules numbers; 0 for all
	Since time.Time // that started since
	Limit int
	Dry   bool
	// Marked, where it is set, is given the references of sessions that are
	// marked from then on. An error ends the marking and is given as it is.
	Marked func(refs []string) error
}

// Roles of tokens. A viewer sees values and timing; an operator also raw
// recordings, and may retry and erase.
const (
	Viewer   = "viewer"
	Operator = "operator"
)

// Uses of tokens.
const (
	UseAPI     = "api"
	UseLogin   = "login"   // a one-time link
	UseSession = "session" // a cookie
)

// Token is a right to look. Only its hash is stored.
type Token struct {
	Name     string
	Role     string
	Use      string
	Hash     [32]byte // SHA-256 of the secret
	Created  time.Time
	Expires  time.Time // zero for never
	LastUsed time.Time
}

// AuditEntry says who looked at raw content, or erased something, and when.
type AuditEntry struct {
	N       int64 // set by the store
	Time    time.Time
	Who     string // name of the token, or "local" for the command line
	Action  string // "replay", "download", "forget", ...
	Subject string // evidence reference or address
}
