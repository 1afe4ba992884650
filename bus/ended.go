package bus

import (
	"bytes"
	"encoding/json"
	"strings"
	"time"

	"gait/internal/address"
)

// Subjects of the bus that everyone who attaches to it needs.
const (
	SubjectSessionEnded = "attacker.session.ended"
	SubjectObservation  = "attacker.observation." // then the primitive's name
	SubjectOwn          = "gait.observation."     // then the name of one of ours, without "gait."
)

// NoAddress stands in an event where the address of the attacker is not known.
const NoAddress = "-"

// SessionEnded is the event that tells that a session ended and where its
// recording is. It never holds what was typed or printed.
type SessionEnded struct {
	SessionID    string  `json:"session_id"`
	AttackerUUID *string `json:"attacker_uuid"`
	AttackerIP   string  `json:"attacker_ip"` // canonical, or NoAddress
	Decoy        string  `json:"decky_id"`
	Service      string  `json:"service"`
	EndedAt      string  `json:"ended_at"` // RFC 3339
	DurationS    float64 `json:"duration_s"`
	// Commands is always an empty list: command lines do not travel.
	Commands  []string      `json:"commands"`
	ShardPath string        `json:"shard_path,omitempty"`
	Recording *RecordingRef `json:"recording,omitempty"`
}

// RecordingRef says where the recording of a session is.
type RecordingRef struct {
	Format      string `json:"format"`
	Path        string `json:"path"`
	EvidenceRef string `json:"evidence_ref"`
}

// maxEventField bounds every text of an event, in bytes.
const maxEventField = 4 << 10

// EventError says what an event lacks or which of its fields is wrong. Its text
// names fields, never what they hold.
type EventError struct{ Fields []string }

// Error lists the fields.
func (e *EventError) Error() string { return "event without usable " + strings.Join(e.Fields, ", ") }

// JSON gives the event as it is published. Commands are left out whatever they
// hold.
func (e SessionEnded) JSON() []byte {
	e.Commands = []string{}
	b, err := json.Marshal(e)
	if err != nil { // a duration that is no number
		e.DurationS = 0
		b, _ = json.Marshal(e)
	}
	return b
}

// ParseSessionEnded reads an event. The error is an *EventError: session_id,
// decky_id, service and attacker_ip must be there, and one of shard_path and
// recording. Commands are dropped. The address is given in its canonical form,
// NoAddress where it is unknown.
func ParseSessionEnded(b []byte) (SessionEnded, error) {
	var raw map[string]json.RawMessage
	d := json.NewDecoder(bytes.NewReader(b))
	if err := d.Decode(&raw); err != nil || raw == nil {
		return SessionEnded{}, &EventError{[]string{"JSON object"}}
	}
	var e SessionEnded
	var bad []string
	text := func(name string, to *string, needed bool) {
		v, there := raw[name]
		if !there || bytes.Equal(v, []byte("null")) {
			if needed {
				bad = append(bad, name)
			}
			return
		}
		if json.Unmarshal(v, to) != nil || len(*to) > maxEventField || needed && *to == "" || strings.ContainsRune(*to, 0) {
			*to = ""
			bad = append(bad, name)
		}
	}
	text("session_id", &e.SessionID, true)
	text("decky_id", &e.Decoy, true)
	text("service", &e.Service, true)
	text("attacker_ip", &e.AttackerIP, true)
	text("ended_at", &e.EndedAt, false)
	text("shard_path", &e.ShardPath, false)
	if v, there := raw["duration_s"]; there && json.Unmarshal(v, &e.DurationS) != nil {
		bad = append(bad, "duration_s")
	}
	e.Recording = recordingRef(raw["recording"], &bad)
	if e.AttackerIP != "" && e.AttackerIP != NoAddress {
		if e.AttackerIP = address.Canonical(e.AttackerIP); e.AttackerIP == "" {
			bad = append(bad, "attacker_ip")
		}
	}
	if e.EndedAt != "" {
		if _, err := time.Parse(time.RFC3339, e.EndedAt); err != nil {
			bad = append(bad, "ended_at")
		}
	}
	if e.ShardPath == "" && e.Recording == nil {
		bad = append(bad, "shard_path or recording")
	}
	if len(bad) > 0 {
		return e, &EventError{bad}
	}
	e.Commands = []string{}
	return e, nil
}

func recordingRef(v json.RawMessage, bad *[]string) *RecordingRef {
	if len(v) == 0 || bytes.Equal(v, []byte("null")) {
		return nil
	}
	var r RecordingRef
	if json.Unmarshal(v, &r) != nil || r.Path == "" && r.EvidenceRef == "" ||
		len(r.Format) > maxEventField || len(r.Path) > maxEventField || len(r.EvidenceRef) > maxEventField ||
		strings.ContainsRune(r.Path+r.EvidenceRef+r.Format, 0) {
		*bad = append(*bad, "recording")
		return nil
	}
	return &r
}
