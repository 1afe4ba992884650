package bus

import (
	"bytes"
	"encoding/json"
	"math"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

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
	EndedAt      string  `json:"ended_at"` // RFC 3339; empty where not known
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

// Bounds of what is taken of an event. Texts are bounded in bytes.
const (
	maxEvent    = 1 << 20
	maxWord     = 64 // service, format, address, time, UUID
	maxEventID  = 255
	maxPath     = 4 << 10
	maxDuration = 100 * 366 * 24 * 3600 // seconds: what is longer is no session, and would not fit a time.Duration
)

// EventError says what an event lacks or which of its fields is wrong. Its text
// names fields, never what they hold.
type EventError struct{ Fields []string }

// Error lists the fields.
func (e *EventError) Error() string { return "event without usable " + strings.Join(e.Fields, ", ") }

// JSON gives the event as it is published. Commands are left out whatever they
// hold, and a duration that is no number is 0.
func (e SessionEnded) JSON() []byte {
	e.Commands = []string{}
	if math.IsNaN(e.DurationS) || math.IsInf(e.DurationS, 0) {
		e.DurationS = 0
	}
	b, err := json.Marshal(e)
	if err != nil {
		panic("bus: an event of texts and a finite number cannot be written: " + err.Error())
	}
	return b
}

// ParseSessionEnded reads an event, whatever the bytes are. The error is an
// *EventError: session_id, decky_id, service and attacker_ip must be there, and
// one of shard_path and recording; what else is there must be of its type and
// within bounds, in UTF-8 and without control characters. Whether names and
// paths lead anywhere is not looked at. Of keys that come twice the last counts;
// those that are not known are passed over, commands too. The address is given
// in its canonical form, NoAddress where it is unknown. With an error the fields
// that could be read are given, for the record of what was rejected.
func ParseSessionEnded(b []byte) (SessionEnded, error) {
	e := SessionEnded{Commands: []string{}}
	f, ok := readFields(b, eventFields)
	if !ok {
		return e, &EventError{[]string{"JSON object"}}
	}
	e.SessionID = f.text("session_id", maxEventID, true)
	e.Decoy = f.text("decky_id", maxEventID, true)
	e.Service = f.text("service", maxWord, true)
	e.AttackerIP = f.address("attacker_ip")
	if id := f.text("attacker_uuid", maxWord, false); id != "" {
		e.AttackerUUID = &id
	}
	e.EndedAt = f.time("ended_at")
	e.DurationS = f.seconds("duration_s")
	e.ShardPath = f.text("shard_path", maxPath, false)
	e.Recording = f.recording("recording")
	if e.ShardPath == "" && e.Recording == nil {
		f.wrong("shard_path or recording")
	}
	if len(f.bad) > 0 {
		return e, &EventError{f.bad}
	}
	return e, nil
}

// What is read of an event, and of its recording.
var (
	eventFields = []string{
		"session_id", "decky_id", "service", "attacker_ip", "attacker_uuid",
		"ended_at", "duration_s", "shard_path", "recording",
	}
	recordingFields = []string{"format", "path", "evidence_ref"}
)

// fields are those of a JSON object that are known, and the names of those that
// are missing or wrong.
type fields struct {
	raw map[string]json.RawMessage
	bad []string
}

// readFields reads the known fields of one JSON object and nothing else: an
// object of a million other keys takes no memory.
func readFields(b []byte, known []string) (*fields, bool) {
	f := &fields{raw: map[string]json.RawMessage{}}
	if len(b) > maxEvent || !utf8.Valid(b) || !json.Valid(b) {
		return f, false
	}
	d := json.NewDecoder(bytes.NewReader(b))
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return f, false
	}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return f, false
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return f, false
		}
		if name, ok := key.(string); ok && slices.Contains(known, name) {
			f.raw[name] = value
		}
	}
	return f, true
}

func (f *fields) wrong(name string) {
	if !slices.Contains(f.bad, name) {
		f.bad = append(f.bad, name)
	}
}

// value gives what stands in a field; nothing where it is missing or null.
func (f *fields) value(name string) json.RawMessage {
	if v := f.raw[name]; !bytes.Equal(v, []byte("null")) {
		return v
	}
	return nil
}

// text gives the text of a field.
func (f *fields) text(name string, most int, needed bool) string {
	v := f.value(name)
	if v == nil {
		if needed {
			f.wrong(name)
		}
		return ""
	}
	var s string
	if json.Unmarshal(v, &s) != nil || len(s) > most || needed && s == "" || !Plain(s) {
		f.wrong(name)
		return ""
	}
	return s
}

// Plain says whether a text can stand in an event: it holds neither control
// characters nor such as turn or hide what stands beside them, nor what replaces
// a broken character, since the text was another one before.
func Plain(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool {
		return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) || r == utf8.RuneError
	})
}

// address gives the canonical form of an address.
func (f *fields) address(name string) string {
	s := f.text(name, maxWord, true)
	if s == "" || s == NoAddress {
		return s
	}
	if s = address.Canonical(s); s == "" {
		f.wrong(name)
	}
	return s
}

// time gives a time as it stands there.
func (f *fields) time(name string) string {
	s := f.text(name, maxWord, false)
	if s == "" {
		return s
	}
	if _, err := time.Parse(time.RFC3339, s); err != nil {
		f.wrong(name)
		return ""
	}
	return s
}

// seconds gives a duration.
func (f *fields) seconds(name string) float64 {
	v := f.value(name)
	if v == nil {
		return 0
	}
	var n float64
	if json.Unmarshal(v, &n) != nil || n < 0 || n > maxDuration {
		f.wrong(name)
		return 0
	}
	return n
}

// recording gives the place of a recording.
func (f *fields) recording(name string) *RecordingRef {
	v := f.value(name)
	if v == nil {
		return nil
	}
	in, ok := readFields(v, recordingFields)
	r := RecordingRef{
		Format:      in.text("format", maxWord, false),
		Path:        in.text("path", maxPath, false),
		EvidenceRef: in.text("evidence_ref", maxPath, false),
	}
	if !ok || len(in.bad) > 0 || r.Path == "" && r.EvidenceRef == "" {
		f.wrong(name)
		return nil
	}
	return &r
}
