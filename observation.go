package gait

import (
	"crypto/sha1"
	"encoding/hex"
	"time"
)

// EnvelopeVersion is the version of the public observation envelope.
const EnvelopeVersion = 1

// ID identifies an observation: it is the same whenever and wherever the same
// primitive is read from the same session.
type ID [16]byte

// String gives the id as 32 hex digits.
func (id ID) String() string { return hex.EncodeToString(id[:]) }

// Namespace is the UUID namespace of all observation ids.
var Namespace = [16]byte{0x6b, 0x1c, 0x5e, 0x0d, 0x86, 0x5a, 0x4f, 0x0e, 0x9d, 0x3b, 0x2f, 0x64, 0xc7, 0x51, 0x0a, 0xe2}

// ObservationID gives the id of a primitive's observation of a session: the
// UUID version 5 of the evidence reference, a NUL and the primitive's name.
func ObservationID(evidenceRef, primitive string) ID {
	var buf [256]byte
	b := append(buf[:0], Namespace[:]...)
	b = append(b, evidenceRef...)
	b = append(b, 0)
	b = append(b, primitive...)
	sum := sha1.Sum(b) // UUIDv5 is defined with SHA-1; nothing secret hangs on it
	var id ID
	copy(id[:], sum[:])
	id[6] = id[6]&0x0f | 0x50
	id[8] = id[8]&0x3f | 0x80
	return id
}

// Measure is one number that a rule counted or compared. NaN stands for a
// number that is not defined, such as a mean of nothing.
type Measure struct {
	Name  string
	Value float64
}

// Threshold is a bound that a rule compares one of its measures with.
type Threshold struct {
	Measure string  `json:"measure"`
	Bound   float64 `json:"bound"`
	Says    string  `json:"says"` // what it means to lie beyond it
}

// Window is the part of time that an observation covers. With Unix set the
// times count from 1970, else from the session's start.
type Window struct {
	Start, End time.Duration
	Unix       bool
}

// Clock is "unix" or "session".
func (w Window) Clock() string {
	if w.Unix {
		return "unix"
	}
	return "session"
}

// Observation is the value of one primitive in one session. It never holds
// raw text, keys or command lines: labels, numbers and one-way hashes only.
type Observation struct {
	ID           ID
	Time         time.Time // the window's end, or the time of profiling
	Primitive    string
	Value        string
	Confidence   float64 // 0 to 1
	Window       Window
	Source       string // gait/profile/{domain}/{name}
	EvidenceRef  string
	IdentityRef  string // empty where none is known
	AttackerUUID string // empty where none is known
	Rules        int    // the number of the rule that made it
	Engine       string // name and version of the engine
	Revision     string // rules, extent, end seen, attacker

	Measures []Measure
	// Stored is the JSON of the measures as it was stored; where it is set it
	// stands for Measures, Scale and Nearest.
	Stored []byte
	Scale  *Scale // what the measures were compared with; nil where nothing is
	// Nearest is the index of the threshold of Scale that lies nearest to its
	// measure, relative to the bound; -1 where there is none.
	Nearest int
}

// Distance gives how far the nearest threshold's measure lies from its bound,
// in the measure's unit. It is false where nothing was compared.
func (o *Observation) Distance() (Threshold, float64, bool) {
	if o.Scale == nil || o.Nearest < 0 {
		return Threshold{}, 0, false
	}
	t := o.Scale.thresholds[o.Nearest]
	for _, m := range o.Measures {
		if m.Name == t.Measure {
			return t, m.Value - t.Bound, true
		}
	}
	return Threshold{}, 0, false
}

// Scale is a fixed list of thresholds with its JSON made once: pairs of measure
// and bound. What lies beyond a bound stands in the registry, not in every
// observation.
type Scale struct {
	thresholds []Threshold
	json       []byte
}

// NewScale makes a scale of thresholds; nil of none.
func NewScale(thresholds []Threshold) *Scale {
	if len(thresholds) == 0 {
		return nil
	}
	s := &Scale{thresholds: thresholds}
	for i, t := range thresholds {
		s.json = append(s.json, ",["[boolInt(i == 0):]...)
		s.json = AppendString(s.json, t.Measure)
		s.json = append(s.json, ',')
		s.json = AppendFloat(s.json, t.Bound)
		s.json = append(s.json, ']')
	}
	return s
}

// Thresholds gives the list.
func (s *Scale) Thresholds() []Threshold {
	if s == nil {
		return nil
	}
	return s.thresholds
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}
