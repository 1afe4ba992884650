package store

import (
	"encoding/json"
	"time"

	"gait"
)

// State says what has become of a session.
type State string

// The states of a session. Waiting: known and not profiled yet, or known to have
// changed since. Profiled: whole. Incomplete: profiled, though bytes are
// missing. Empty: nothing in it to profile. Parked: not to be tried again until
// somebody asks for it. Unrecorded: the recorder says that it kept nothing.
const (
	Waiting    State = "waiting"
	Profiled   State = "profiled"
	Incomplete State = "incomplete"
	Empty      State = "empty"
	Parked     State = "parked"
	Unrecorded State = "unrecorded"
)

// MaxRef is how long an evidence reference may be, in bytes. A longer one is
// refused with an error that does not pass.
const MaxRef = 1024

// Session is what is known of one visit to a shell.
type Session struct {
	Ref       string // evidence reference; unique
	ID        string // session id; unique within its source
	Decoy     string
	Service   string
	Attacker  string // UUID; empty where the address is not known
	Address   string // canonical; empty where not known
	Disputed  bool   // two sources tell different addresses: it belongs to nobody
	Source    string // "shards", "cowrie", "recordings", "syslog", "bus"
	Format    string // format of the recording
	Path      string // where the recording is now
	Place     json.RawMessage
	Start     time.Time // zero where not known
	End       time.Time // when it ended, as far as known
	Duration  time.Duration
	Doubtful  bool   // the start is before 2000 or over a day ahead
	Closed    string // why it counts as ended: see the Closed constants
	EndSeen   bool   // the recording itself says that it ended
	Size      int64  // bytes that the source saw of it, in the source's own measure
	State     State
	Attempts  int    // begun and not answered
	Cause     string // why it waits or is parked; empty where nothing is wrong
	CauseKind string // a short word by which causes are grouped
	NextTry   time.Time
	Backfill  bool // it ended long before it was found
	Found     time.Time
	Updated   time.Time

	Commands     int64
	Inputs       int64
	Events       int64
	BytesIn      int64
	BytesOut     int64
	Observations int64
	Rules        int64  // sum of the rules numbers it was profiled with
	Revision     string // of the stored profile; empty where there is none
	Announced    bool
	// Detail is what the recording says of itself, as JSON: header, fidelity,
	// oddities, not observable. Lists leave it out.
	Detail json.RawMessage
}

// Why a session counts as ended.
const (
	ClosedEnd       = "end record"
	ClosedLogged    = "session_recorded"
	ClosedCowrieLog = "log.closed"
	ClosedCowrie    = "session.closed"
	ClosedSilence   = "silence"
	ClosedFile      = "file finished"
	ClosedEvent     = "event"
)

// Kinds of causes for which sessions wait or are parked, whoever found the
// cause. Those up to CauseBytes are about the recording: when such a cause is
// gone, all that wait or are parked for it go on.
const (
	CauseService    = "service not in the list"
	CauseOutside    = "outside every folder"
	CauseUnreadable = "path not readable"
	CauseNoFile     = "no file"
	CauseNoSession  = "session not in it"
	CauseBytes      = "bytes missing"
	CauseDamaged    = "recording not understood" // no reader makes sense of it
	CauseAnother    = "another recording"        // the file's content is not what was found
	CauseNewer      = "newer rules"              // a newer release profiled it, and it went on since
	CauseFailed     = "failed"                   // handling it broke
	CauseRefused    = "refused by the store"
	CauseDied       = "worker died" // three attempts without an answer
)

// Offer is what a source knows of a session that ended, or that went on.
//
// What becomes of it: where a tombstone stands for the reference, nothing
// (Forgotten). Where the session is new, it gets a row in the state of the offer
// (Added). Where it is known, the row takes over place, path, size, end and
// reason, and it goes back to waiting with no attempts where that makes another
// revision: it grew and its end had not been seen, its end is seen now, or its
// address is known now and was not (Changed). A row that waits or is parked
// with a cause goes on where the offer comes without a cause and the row's was
// that nothing was found (Changed). Else nothing changes (Same).
//
// Addresses: one from the recording's header (Header set) beats one from
// elsewhere that is not known yet; where the two differ, the session is
// disputed and belongs to nobody.
type Offer struct {
	Session      // Ref, ID, Decoy, Service, Address, Source, Format, Path, Place, Start, End, Duration, Closed, EndSeen, Size, State, Cause, CauseKind, NextTry, Backfill
	Header  bool // the address comes from the recording itself
	// Replaces is the reference under which the session waited before its
	// recording was found; that row goes, and what it knew (its address) is
	// kept where the offer does not say.
	Replaces string
}

// Verdict is what became of an offer.
type Verdict int

// The verdicts.
const (
	Same Verdict = iota
	Added
	Changed
	Forgotten
)

// Known is what a source needs to know to see that it has nothing to offer.
type Known struct {
	Size      int64
	EndSeen   bool
	Address   string
	State     State
	CauseKind string
	Path      string
	Attempts  int
	NextTry   time.Time
	Rules     int64 // sum of the rules numbers of the stored profile
	Tombstone bool
}

// Cursor is the position of a source: how far it has been read. The value is
// the source's own, at most 64 KB.
type Cursor struct {
	Name  string
	Value []byte // nil deletes it
}

// Profile is what was read from one session.
type Profile struct {
	// Session names the session by Ref and says what the recording says of
	// it: ID, Decoy, Service, Format, Path, Start, End, Duration, EndSeen,
	// counts, Detail, and the state: Profiled, Incomplete or Empty. Where the
	// store does not know it yet, Source, Closed and Place are taken too. The
	// address is that of the recording's header; empty leaves what is known.
	Session
	Header bool // the address comes from the recording itself
	// Revision is without the attacker: "{rules}/{extent}/{end or open}", with "~"
	// and what the rules were told beside the recording behind it, where they were.
	Revision string
	// Observations are stored with the attacker and the whole revision, which
	// the store adds. Those stored before and not among them are deleted.
	Observations []gait.Observation
	// Client is what the software calls itself that the session came with, cut at
	// 256 bytes, and HASSH the fingerprint of its key exchange, cut the same way;
	// empty where they are not known.
	Client, HASSH string
	// Vector says how somebody typed, where that is to be kept. What was stored
	// of the session before goes in any case.
	Vector *Vector
}

// Saved is what became of a profile.
type Saved struct {
	Ref      string
	Attacker string // UUID, empty where the address is not known
	Identity string // that it was merged into; empty for one of its own
	Revision string // with the attacker
	Position int64  // of the last of its changes; 0 where nothing changed
	// Again says that a profile was stored before, and Differs how many of its
	// primitives answer differently now, those that are new or gone included.
	Again   bool
	Differs int
	// Unchanged says that this revision was stored already.
	Unchanged bool
	Forgotten bool // a tombstone stands for it: nothing was stored
	// Older says that nothing was stored since a better profile is there: one
	// made with a higher sum of rules numbers, or with the same rules from
	// more bytes of a session whose end this one has not seen.
	Older bool
}

// Settlement is what became of a session that was tried and not saved.
type Settlement struct {
	Ref       string
	State     State     // Waiting, Parked, Unrecorded
	Cause     string    // in words for whoever has to mend it
	CauseKind string    // a short word
	NextTry   time.Time // for Waiting
	// Keep leaves the attempts as they are; else they go back to 0, since the
	// attempt had an answer.
	Keep bool
}

// WaitingQuery asks for sessions to be profiled.
type WaitingQuery struct {
	Now      time.Time // sessions whose NextTry is later are left out
	Before   time.Time // only those not updated since; zero for all
	Backfill *bool     // only live ones, or only backfill
	// CauseKinds asks for sessions that wait for one of these causes, due or
	// not; nil asks for those without a cause, or whose time has come.
	CauseKinds []string
	Limit      int
}

// Release says which sessions go on.
type Release struct {
	Refs      []string // these
	CauseKind string   // or all that wait or are parked for this kind of cause
	Cause     string   // and, where set, this very cause
	All       bool     // or all that are parked
}

// Rejected is an event that could not be used.
type Rejected struct {
	N       int64 // set by the store
	Time    time.Time
	Subject string
	Reason  string // what it lacks
	Payload []byte // its first 4 KB
}

// Announcement is a session to be announced.
type Announcement struct {
	Session      Session
	Position     int64
	Observations []gait.Observation
}

// Revision names one revision of one session.
type Revision struct{ Ref, Revision string }

// Change is something that changed. It covers the positions First to Last: one
// for each observation in the order of [Reader.Observations] by name, and Last
// for the session itself. A conclusion has one.
type Change struct {
	First, Last int64
	Time        time.Time
	Kind        string // "session", "attribution" or "forgotten"
	Ref         string
	Attacker    string
	Revision    string
	Backfill    bool
	// Stale says that the session has got another revision since, which has a
	// change of its own further on, or that the conclusion is kept no longer:
	// there is nothing to tell of this one.
	Stale bool
	// Payload is that of a conclusion, whose kind is "attribution".
	Payload json.RawMessage
}
