package profiler

import "gait/store"

// Reason says at which step the handling of an event came to its end.
type Reason string

// The reasons, in the order of the steps. Fields to Reference are of events
// that can never be used: they are kept in the table of rejected events. Known
// to Died need no reading. Outside to Failed are put off, and in the end parked
// with their cause. Stored and Incomplete have observations in the store, Empty
// had nothing to observe. Store says that the store cannot do it now.
const (
	Fields     Reason = "missing fields"
	Reference  Reason = "evidence reference"
	Forgotten  Reason = "forgotten"
	Known      Reason = "already profiled"
	Newer      Reason = "profiled by newer rules"
	PutOff     Reason = "put off"
	Parked     Reason = "parked"
	Unrecorded Reason = "not recorded"
	Died       Reason = "worker died"
	Outside    Reason = "recording outside"
	Missing    Reason = "recording not there"
	Unreadable Reason = "recording not readable"
	Damaged    Reason = "recording not understood"
	NoSession  Reason = "session not in the recording"
	Another    Reason = "another recording"
	NotWhole   Reason = "bytes missing"
	Failed     Reason = "failed"
	Refused    Reason = "refused by the store"
	Stored     Reason = "stored"
	Incomplete Reason = "stored incomplete"
	Empty      Reason = "empty"
	Store      Reason = "the store cannot do it now"
)

// Outcome is what became of an event.
type Outcome struct {
	Ref          string // evidence reference; empty where none could be made
	Session      string // session id
	Attacker     string // UUID; empty where the address is not known
	Observations int    // stored, or stored before
	State        store.State
	Revision     string // whole, as stored; empty where nothing was
	Reason       Reason
	Cause        string // in words, where something is wrong
	Later        bool   // nothing was decided: the event has to come again
}

// answered says whether the event needs no further handling.
func (o *Outcome) answered() bool { return o.Reason != "" && !o.Later }

// kind gives the kind of cause under which a session waits that ended so.
func (r Reason) kind() string {
	switch r {
	case Outside:
		return store.CauseOutside
	case Missing:
		return store.CauseNoFile
	case Unreadable:
		return store.CauseUnreadable
	case Damaged:
		return store.CauseDamaged
	case NoSession:
		return store.CauseNoSession
	case Another:
		return store.CauseAnother
	case NotWhole:
		return store.CauseBytes
	case Newer:
		return store.CauseNewer
	case Died:
		return store.CauseDied
	case Refused:
		return store.CauseRefused
	}
	return store.CauseFailed
}
