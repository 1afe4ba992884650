package cowrie

import (
	"strings"
	"unicode/utf8"
)

// maxNested is how deep a value may be nested for the quick reading.
const maxNested = 32

// fast reads a JSON object quickly: it goes over the text once and looks at
// the values of the fields that an event has. It takes nothing that
// encoding/json would not take, and gives the same; whatever it is not sure of
// it leaves to encoding/json.
type fast struct {
	s string
	i int
}

// decodeFast reads a line that is one JSON object. ok is false for what is not
// sure.
func decodeFast(s string, e *event) (ok bool) {
	f := fast{s: s}
	if !f.take('{') {
		return false
	}
	f.space()
	if f.take('}') {
		return f.end()
	}
	for {
		f.space()
		key, plain := f.text()
		if !plain || key == "" {
			return false
		}
		f.space()
		if !f.take(':') {
			return false
		}
		f.space()
		from := f.i
		if !f.value(0) || !e.set(key[1:len(key)-1], f.s[from:f.i]) {
			return false
		}
		f.space()
		if f.take(',') {
			continue
		}
		return f.take('}') && f.end()
	}
}

func (f *fast) end() bool {
	f.space()
	return f.i == len(f.s)
}

func (f *fast) take(c byte) bool {
	if f.i < len(f.s) && f.s[f.i] == c {
		f.i++
		return true
	}
	return false
}

func (f *fast) space() {
	for f.i < len(f.s) && (f.s[f.i] == ' ' || f.s[f.i] == '\t' || f.s[f.i] == '\r' || f.s[f.i] == '\n') {
		f.i++
	}
}

// special marks the bytes at which the quick way through a string ends.
var special = func() (t [256]bool) {
	for c := range 0x20 {
		t[c] = true
	}
	t['"'], t['\\'] = true, true
	return t
}()

// text passes over a string and gives it with its quotes; empty where there is
// none. plain says that it has no escape.
func (f *fast) text() (quoted string, plain bool) {
	from := f.i
	if !f.take('"') {
		return "", false
	}
	plain = true
	for f.i < len(f.s) {
		c := f.s[f.i]
		if !special[c] {
			f.i++
			continue
		}
		switch {
		case c == '"':
			f.i++
			return f.s[from:f.i], plain
		case c != '\\' || !f.escape():
			return "", false
		}
		plain = false
	}
	return "", false
}

// escape passes over an escape in a string.
func (f *fast) escape() bool {
	rest := f.s[f.i+1:]
	if rest == "" {
		return false
	}
	switch rest[0] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		f.i += 2
		return true
	case 'u':
		if len(rest) < 5 {
			return false
		}
		for _, c := range []byte(rest[1:5]) {
			if (c < '0' || c > '9') && (c|0x20 < 'a' || c|0x20 > 'f') {
				return false
			}
		}
		f.i += 6
		return true
	}
	return false
}

// value passes over a value.
func (f *fast) value(depth int) bool {
	if f.i == len(f.s) || depth > maxNested {
		return false
	}
	switch c := f.s[f.i]; {
	case c == '"':
		quoted, _ := f.text()
		return quoted != ""
	case c == '{':
		return f.nested('}', depth)
	case c == '[':
		return f.nested(']', depth)
	case c == '-' || c >= '0' && c <= '9':
		return f.number()
	}
	for _, word := range [...]string{"true", "false", "null"} {
		if strings.HasPrefix(f.s[f.i:], word) {
			f.i += len(word)
			return true
		}
	}
	return false
}

// nested passes over an object or a list.
func (f *fast) nested(last byte, depth int) bool {
	f.i++
	f.space()
	if f.take(last) {
		return true
	}
	for {
		f.space()
		if last == '}' {
			if quoted, _ := f.text(); quoted == "" {
				return false
			}
			f.space()
			if !f.take(':') {
				return false
			}
			f.space()
		}
		if !f.value(depth + 1) {
			return false
		}
		f.space()
		if f.take(',') {
			continue
		}
		return f.take(last)
	}
}

// number passes over a number.
func (f *fast) number() bool {
	f.take('-')
	if !f.take('0') && !f.digits() {
		return false
	}
	if f.take('.') && !f.digits() {
		return false
	}
	if f.take('e') || f.take('E') {
		if !f.take('+') {
			f.take('-')
		}
		return f.digits()
	}
	return true
}

func (f *fast) digits() bool {
	from := f.i
	for f.i < len(f.s) && f.s[f.i] >= '0' && f.s[f.i] <= '9' {
		f.i++
	}
	return f.i > from
}

// set takes over a field. It is false for a name that encoding/json could
// take for one of ours although it is written in another way.
func (e *event) set(key, value string) bool {
	switch key {
	case "eventid":
		e.ID.set(value)
	case "session":
		e.Session.set(value)
	case "sensor":
		e.Sensor.set(value)
	case "timestamp":
		e.Timestamp.set(value)
	case "src_ip":
		e.SrcIP.set(value)
	case "protocol":
		e.Protocol.set(value)
	case "version":
		e.Version.set(value)
	case "hassh":
		e.HASSH.set(value)
	case "name":
		e.Name.set(value)
	case "value":
		e.Value.set(value)
	case "ttylog":
		e.TTYLog.set(value)
	case "shasum":
		e.SHASum.set(value)
	case "input":
		e.Input.set(value)
	default:
		return e.setOther(key, value)
	}
	return true
}

// setOther is set for the fields that are no texts.
func (e *event) setOther(key, value string) bool {
	switch key {
	case "epoch":
		e.Epoch.UnmarshalJSON([]byte(value))
	case "src_port":
		e.SrcPort.UnmarshalJSON([]byte(value))
	case "width":
		e.Width.UnmarshalJSON([]byte(value))
	case "height":
		e.Height.UnmarshalJSON([]byte(value))
	case "password":
		e.Password = value != "null"
	case "key":
		e.Key = value != "null"
	case "fingerprint":
		e.Fingerprint = value != "null"
	case "duplicate":
		e.Duplicate.UnmarshalJSON([]byte(value))
	case "late":
		e.Late.UnmarshalJSON([]byte(value))
	default:
		return !likeOurs(key)
	}
	return true
}

// names are the names of the fields of an event.
var names = [...]string{"eventid", "session", "sensor", "timestamp", "epoch", "src_ip", "src_port", "protocol", "version", "hassh", "password",
	"key", "fingerprint", "width", "height", "name", "value", "ttylog", "shasum", "duplicate", "late", "input"}

// likeOurs says whether a name differs from one of ours in the case of its
// letters only, or may do so.
func likeOurs(key string) bool {
	for i := range len(key) {
		if c := key[i]; c >= utf8.RuneSelf || c >= 'A' && c <= 'Z' {
			for _, n := range names {
				if strings.EqualFold(key, n) {
					return true
				}
			}
			return false
		}
	}
	return false
}

// set takes over a value as it stands in JSON.
func (t *text) set(value string) {
	if value[0] == '"' && strings.IndexByte(value, '\\') < 0 && utf8.ValidString(value) {
		*t = text(value[1 : len(value)-1])
		return
	}
	t.UnmarshalJSON([]byte(value))
}
