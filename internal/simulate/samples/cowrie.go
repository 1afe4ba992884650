package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"time"

	"gait"
	"gait/internal/simulate"
)

// Numbers of Cowrie's terminal logs.
const (
	opOpen, opClose, opWrite            = 1, 2, 3
	directionNone, dirInput, dirPrinted = 0, 1, 2
)

// ttyLog writes a session as Cowrie's terminal log, and gives the name under
// which Cowrie would keep it: the hash of what was typed.
func ttyLog(s *gait.Session) (name string, data []byte) {
	var b []byte
	record := func(op, direction uint32, at time.Duration, payload []byte) {
		us := s.Start.Add(at).UnixMicro()
		for _, n := range []uint32{op, 0, uint32(len(payload)), direction, uint32(us / 1e6), uint32(us % 1e6)} {
			b = binary.LittleEndian.AppendUint32(b, n)
		}
		b = append(b, payload...)
	}
	record(opOpen, directionNone, 0, nil)
	for _, e := range s.Events() {
		direction := uint32(dirPrinted)
		if e.Kind == gait.Input {
			direction = dirInput
		}
		record(opWrite, direction, e.Time, e.Data)
	}
	record(opClose, directionNone, s.End.Time, nil)
	sum := sha256.Sum256(s.Block(gait.Input))
	return hex.EncodeToString(sum[:]), b
}

// cowrieEvent is one line of Cowrie's event log; what a line does not have is
// left out.
type cowrieEvent struct {
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
}

// addCowrie writes an event log and two terminal logs. The loader came twice
// with the same keys, so that Cowrie threw its second recording away.
func addCowrie(files folder) error {
	person, bot := simulate.Find("paster").Session(3), simulate.Find("loader").Session(3)
	again := *bot
	again.Start = bot.Start.Add(90 * time.Minute)
	again.SourceIP, again.SourcePort = "203.0.113.77", 40312
	var log []byte
	for _, v := range []struct {
		s         *gait.Session
		id        string
		duplicate bool
	}{{bot, "5d1f0a9b3c7e", false}, {&again, "c20be4176a58", true}, {person, "91aa37f0d264", false}} {
		name, data := ttyLog(v.s)
		files["cowrie/tty/"+name] = data // of two of a name the data are the first one's
		if v.duplicate {
			_, files["cowrie/tty/"+name] = ttyLog(bot)
		}
		for _, e := range connection(v.s, name, v.duplicate) {
			e.Session, e.Sensor, e.SrcIP = v.id, "web01", v.s.SourceIP
			line, err := json.Marshal(e)
			if err != nil {
				return err
			}
			log = append(append(log, line...), '\n')
		}
	}
	files["cowrie/log/cowrie.json"] = log
	return nil
}

// connection gives what Cowrie logs of one visit.
func connection(s *gait.Session, name string, duplicate bool) []cowrieEvent {
	var events []cowrieEvent
	add := func(at time.Duration, id string, e cowrieEvent) {
		e.EventID, e.Timestamp = "cowrie."+id, s.Start.Add(at).Format("2006-01-02T15:04:05.000000Z")
		events = append(events, e)
	}
	add(-2*time.Second, "session.connect", cowrieEvent{SrcPort: s.SourcePort, DstPort: 22, Protocol: "ssh"})
	add(-1900*time.Millisecond, "client.version", cowrieEvent{Version: s.Client})
	add(-1800*time.Millisecond, "client.kex", cowrieEvent{HASSH: "00112233445566778899aabbccddeeff"})
	add(-900*time.Millisecond, "login.failed", cowrieEvent{Username: "root", Password: "sample-1"})
	add(-200*time.Millisecond, "login.success", cowrieEvent{Username: "root", Password: "sample-2"})
	add(-100*time.Millisecond, "client.size", cowrieEvent{Width: s.Width, Height: s.Height})
	line, size := []byte(nil), 0
	for _, e := range s.Events() {
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
				add(e.Time+time.Millisecond, "command.input", cowrieEvent{Input: string(line)})
				line = line[:0]
			}
		}
	}
	length := s.End.Time.Milliseconds()
	add(s.End.Time, "log.closed", cowrieEvent{TTYLog: "var/lib/cowrie/tty/" + name, Size: size, SHASum: name, Duplicate: &duplicate, DurationMS: length})
	add(s.End.Time+20*time.Millisecond, "session.closed", cowrieEvent{DurationMS: length + 2020})
	return events
}
