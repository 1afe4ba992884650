package cowrie

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
)

// kind says what an event of the log is about.
type kind uint8

const (
	foreign kind = iota // not an event of Cowrie
	other               // an event that says nothing of how someone works
	connect
	version
	kex
	fingerprint
	loginFailed
	loginSuccess
	clientSize
	clientVar
	logOpen
	logClosed
	input
	closed
)

// prefix is how the ids of events begin since 2016.
const prefix = "cowrie."

var kinds = map[string]kind{
	"session.connect":    connect,
	"client.version":     version,
	"client.kex":         kex,
	"client.fingerprint": fingerprint,
	"login.failed":       loginFailed,
	"login.success":      loginSuccess,
	"client.size":        clientSize,
	"client.var":         clientVar,
	"log.open":           logOpen,
	"log.closed":         logClosed,
	"command.input":      input,
	"session.input":      input,
	"session.closed":     closed,
}

// codes are the ids before 2016 by number: KIPP0001 and COW0001 are one.
var codes = [...]kind{1: connect, 2: loginSuccess, 3: loginFailed, 4: logOpen, 5: input, 6: other, 7: other,
	8: input, 9: version, 10: clientSize, 11: closed, 12: logClosed, 13: clientVar, 14: other, 15: fingerprint}

// kindOf reads an event's id.
func kindOf(id string) kind {
	if rest, ok := strings.CutPrefix(id, prefix); ok {
		if k, ok := kinds[rest]; ok {
			return k
		}
		return other
	}
	for _, old := range [...]string{"KIPP", "COW"} {
		if rest, ok := strings.CutPrefix(id, old); ok && len(rest) == 4 {
			n, err := strconv.ParseUint(rest, 10, 16)
			switch {
			case err != nil:
				return foreign
			case n > 0 && n < uint64(len(codes)):
				return codes[n]
			}
			return other
		}
	}
	return foreign
}

// event is what is read of a line. A field of a wrong type is as if it were
// not there; it does not cost the line.
type event struct {
	ID          text    `json:"eventid"`
	Session     text    `json:"session"`
	Sensor      text    `json:"sensor"`
	Timestamp   text    `json:"timestamp"`
	Epoch       number  `json:"epoch"`
	SrcIP       text    `json:"src_ip"`
	SrcPort     number  `json:"src_port"`
	Protocol    text    `json:"protocol"`
	Version     text    `json:"version"`
	HASSH       text    `json:"hassh"`
	Password    present `json:"password"`
	Key         present `json:"key"`
	Fingerprint present `json:"fingerprint"`
	Width       number  `json:"width"`
	Height      number  `json:"height"`
	Name        text    `json:"name"`
	Value       text    `json:"value"`
	TTYLog      text    `json:"ttylog"`
	SHASum      text    `json:"shasum"`
	Duplicate   flag    `json:"duplicate"`
	Late        flag    `json:"late"`
	Input       text    `json:"input"`

	kind kind
}

// text is a string; any other value is an empty one.
type text string

// UnmarshalJSON never fails.
func (t *text) UnmarshalJSON(b []byte) error {
	*t = ""
	if len(b) < 2 || b[0] != '"' {
		return nil
	}
	if bytes.IndexByte(b, '\\') < 0 && utf8.Valid(b) {
		*t = text(b[1 : len(b)-1]) // valid JSON without escapes is its own text
		return nil
	}
	var s string
	if json.Unmarshal(b, &s) == nil {
		*t = text(s)
	}
	return nil
}

// number is a whole number, also one that is written as a string or with a
// fraction; any other value is zero.
type number int64

// UnmarshalJSON never fails.
func (n *number) UnmarshalJSON(b []byte) error {
	*n = 0
	f, err := strconv.ParseFloat(string(bytes.Trim(b, `"`)), 64)
	if err == nil && f > -1e15 && f < 1e15 {
		*n = number(f)
	}
	return nil
}

// flag is true, false or not there.
type flag int8

const (
	unset flag = iota
	isFalse
	isTrue
)

// UnmarshalJSON never fails.
func (f *flag) UnmarshalJSON(b []byte) error {
	switch strings.ToLower(string(bytes.Trim(b, `"`))) {
	case "true", "1":
		*f = isTrue
	case "false", "0":
		*f = isFalse
	default:
		*f = unset
	}
	return nil
}

// present says that a value is there. The value itself is not kept.
type present bool

// UnmarshalJSON never fails.
func (p *present) UnmarshalJSON(b []byte) error {
	*p = string(b) != "null"
	return nil
}

// decode reads a line that is one JSON object.
func decode(b []byte) (event, bool) {
	var e event
	if len(b) == 0 || b[0] != '{' {
		return event{}, false
	}
	if !decodeFast(string(b), &e) {
		e = event{}
		if json.Unmarshal(b, &e) != nil {
			return event{}, false
		}
	}
	e.kind = kindOf(string(e.ID))
	return e, true
}

// decodePrefix reads the JSON object that b begins with and gives its length.
func decodePrefix(b []byte) (event, int, bool) {
	var e event
	d := json.NewDecoder(bytes.NewReader(b))
	if d.Decode(&e) != nil {
		return event{}, 0, false
	}
	e.kind = kindOf(string(e.ID))
	return e, int(d.InputOffset()), true
}

// layouts are the ways in which Cowrie writes times: with Z only where the
// process ran in UTC, else with an offset, mostly without a colon. A fraction
// of a second is read whether a layout has one or not.
var layouts = [...]string{"2006-01-02T15:04:05Z07:00", "2006-01-02T15:04:05Z0700", "2006-01-02T15:04:05", "2006-01-02 15:04:05Z0700", "2006-01-02 15:04:05"}

// The times that are taken as such, in microseconds since 1970. Differences
// between them fit into a Duration.
const lastTime = 7_000_000_000 * 1_000_000 // in the year 2191

// time gives the event's time in microseconds since 1970.
func (e *event) time() (int64, bool) {
	us := int64(e.Epoch) * 1000
	if t, ok := quickTime(string(e.Timestamp)); ok {
		return t, t > 0 && t <= lastTime
	}
	for _, layout := range layouts {
		if t, err := time.Parse(layout, string(e.Timestamp)); err == nil {
			us = t.UnixMicro()
			break
		}
	}
	return us, us > 0 && us <= lastTime
}

// quickTime reads a time as Cowrie writes it where it runs in UTC,
// 2006-01-02T15:04:05.000000Z, and no other.
func quickTime(s string) (int64, bool) {
	const form = "0000-00-00T00:00:00.000000Z"
	if len(s) != len(form) {
		return 0, false
	}
	for i := range len(form) {
		if form[i] == '0' {
			if s[i] < '0' || s[i] > '9' {
				return 0, false
			}
		} else if s[i] != form[i] {
			return 0, false
		}
	}
	n := func(from, to int) (n int) {
		for _, c := range []byte(s[from:to]) {
			n = n*10 + int(c-'0')
		}
		return n
	}
	year, month, day, hour, minute, second := n(0, 4), n(5, 7), n(8, 10), n(11, 13), n(14, 16), n(17, 19)
	if month < 1 || month > 12 || day < 1 || day > 28 || hour > 23 || minute > 59 || second > 59 {
		return 0, false // the ends of months too are left to the slow way
	}
	return time.Date(year, time.Month(month), day, hour, minute, second, n(20, 26)*1000, time.UTC).UnixMicro(), true
}
