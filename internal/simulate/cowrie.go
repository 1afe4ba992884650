package simulate

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"time"

	"gait"
)

// Numbers of Cowrie's terminal logs.
const (
	opOpen, opClose, opWrite            = 1, 2, 3
	directionNone, dirInput, dirPrinted = 0, 1, 2
	dirCommand                          = 3 // a command given at login
)

// Timed is a piece of a file with the time at which it is written, counted
// from the session's start.
type Timed struct {
	At   time.Duration
	Data []byte
}

// TTYLog gives the records of a session in Cowrie's terminal log, and the name
// under which Cowrie keeps the log: the hash of what was typed.
func TTYLog(s *gait.Session) (name string, records []Timed) {
	record := func(op, direction uint32, at time.Duration, payload []byte) {
		us := s.Start.Add(at).UnixMicro()
		var b []byte
		for _, n := range []uint32{op, 0, uint32(len(payload)), direction, uint32(us / 1e6), uint32(us % 1e6)} {
			b = binary.LittleEndian.AppendUint32(b, n)
		}
		records = append(records, Timed{at, append(b, payload...)})
	}
	record(opOpen, directionNone, 0, nil)
	for _, e := range s.Events() {
		direction := uint32(dirPrinted)
		switch e.Kind {
		case gait.Input:
			direction = dirInput
		case gait.Exec:
			direction = dirCommand
		}
		record(opWrite, direction, e.Time, e.Data)
	}
	record(opClose, directionNone, s.End.Time, nil)
	sum := sha256.Sum256(append(bytes.Clone(s.Block(gait.Exec)), s.Block(gait.Input)...))
	return hex.EncodeToString(sum[:]), records
}

// CowrieEvent is one line of Cowrie's event log; what a line does not have is
// left out.
type CowrieEvent struct {
	EventID    string `json:"eventid"`
	SrcIP      string `json:"src_ip"`
	SrcPort    int    `json:"src_port,omitempty"`
	DstPort    int    `json:"dst_port,omitempty"`
	Protocol   string `json:"protocol,omitempty"`
	Version    string `json:"version,omitempty"`
	HASSH      string `json:"hassh,omitempty"`
	Username   string `json:"username,omitempty"`
	Password   string `json:"password,omitempty"`
	Width      int    `json:"width,omitempty"`
	Height     int    `json:"height,omitempty"`
	Input      string `json:"input,omitempty"`
	TTYLog     string `json:"ttylog,omitempty"`
	Size       int    `json:"size,omitempty"`
	SHASum     string `json:"shasum,omitempty"`
	Duplicate  *bool  `json:"duplicate,omitempty"`
	DurationMS int64  `json:"duration_ms,omitempty"`
	Session    string `json:"session"`
	Sensor     string `json:"sensor"`
	Timestamp  string `json:"timestamp"`

	at time.Duration
}

// Line gives the event as Cowrie writes it, with its line feed, and when.
func (e CowrieEvent) Line() Timed {
	b, err := json.Marshal(e)
	if err != nil { // nothing in it can fail
		panic(err)
	}
	return Timed{e.at, append(b, '\n')}
}

// CowrieVisit is one connection as Cowrie logs it.
type CowrieVisit struct {
	Session   *gait.Session
	ID        string // of the connection: 12 hexadecimal digits
	Sensor    string
	Name      string // of its terminal log
	Duplicate bool   // Cowrie threw the terminal log away, since it had one of that name
}

// CowrieLead is how long before the session's start its connection is logged.
const CowrieLead = 2 * time.Second

// Events gives what Cowrie logs of a visit, from the connection to its end.
// Whether the terminal log was thrown away may be decided until the line is
// made.
func (v *CowrieVisit) Events() []CowrieEvent {
	s := v.Session
	var events []CowrieEvent
	add := func(at time.Duration, id string, e CowrieEvent) {
		e.EventID, e.Timestamp, e.at = "cowrie."+id, s.Start.Add(at).Format("2006-01-02T15:04:05.000000Z"), at
		e.Session, e.Sensor, e.SrcIP = v.ID, v.Sensor, s.SourceIP
		events = append(events, e)
	}
	add(-CowrieLead, "session.connect", CowrieEvent{SrcPort: s.SourcePort, DstPort: 22, Protocol: s.Service})
	add(-1900*time.Millisecond, "client.version", CowrieEvent{Version: s.Client})
	add(-1800*time.Millisecond, "client.kex", CowrieEvent{HASSH: "00112233445566778899aabbccddeeff"})
	add(-900*time.Millisecond, "login.failed", CowrieEvent{Username: "root", Password: "sample-1"})
	add(-200*time.Millisecond, "login.success", CowrieEvent{Username: "root", Password: "sample-2"})
	add(-100*time.Millisecond, "client.size", CowrieEvent{Width: s.Width, Height: s.Height})
	line, size := []byte(nil), 0
	for _, e := range s.Events() {
		if e.Kind == gait.Exec {
			add(e.Time, "command.input", CowrieEvent{Input: string(e.Data)})
			continue
		}
		if e.Kind != gait.Input {
			size += len(e.Data)
			continue
		}
		for _, c := range e.Data {
			switch {
			case c == 0x7f:
				line = line[:max(0, len(line)-1)]
			case c != '\r':
				line = append(line, c)
			case len(bytes.TrimSpace(line)) > 0:
				add(e.Time+time.Millisecond, "command.input", CowrieEvent{Input: string(line)})
				line = line[:0]
			}
		}
	}
	length := s.End.Time.Milliseconds()
	add(s.End.Time, "log.closed", CowrieEvent{TTYLog: "var/lib/cowrie/tty/" + v.Name, Size: size, SHASum: v.Name, Duplicate: &v.Duplicate, DurationMS: length})
	add(s.End.Time+20*time.Millisecond, "session.closed", CowrieEvent{DurationMS: length + 2020})
	return events
}
