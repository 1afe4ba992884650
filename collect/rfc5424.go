package collect

import (
	"bytes"
	"strings"
	"time"
)

// logLine is a line of syslog in its parts, as RFC 5424 has them.
type logLine struct {
	time    time.Time // zero where the line has none
	host    string    // empty where the line has none
	app     string
	id      string // of the message
	element []element
	text    []byte // the message
}

// element is one of a line's structured data.
type element struct {
	id     string
	params []param
}

type param struct{ name, value string }

// get gives a parameter.
func (e *element) get(name string) (string, bool) {
	for _, p := range e.params {
		if p.name == name {
			return p.value, true
		}
	}
	return "", false
}

// Bounds of a line. The names are bounded as RFC 5424 has it.
const (
	maxLogLine  = 64 << 10
	maxElements = 16
	maxParams   = 64
	maxLayers   = 3
)

// parseLine reads a line that begins with its priority and version, strictly:
// false where it is no line of RFC 5424.
func parseLine(b []byte) (l logLine, ok bool) {
	if len(b) > maxLogLine || len(b) < 3 || b[0] != '<' {
		return l, false
	}
	end := bytes.IndexByte(b[:min(len(b), 5)], '>')
	if end < 2 || !digits(b[1:end]) || len(b) < end+3 || b[end+1] != '1' || b[end+2] != ' ' {
		return l, false
	}
	return parseBody(b[end+3:])
}

// digits says whether b is nothing but digits.
func digits(b []byte) bool {
	for _, c := range b {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(b) > 0
}

// parseBody reads a line from its time stamp on.
func parseBody(b []byte) (l logLine, ok bool) {
	var fields [5]string
	for i, most := range [...]int{32, 255, 48, 128, 32} {
		n := bytes.IndexByte(b[:min(len(b), most+1)], ' ')
		if n < 1 || !visible(b[:n]) {
			return l, false
		}
		if fields[i] = string(b[:n]); fields[i] == "-" {
			fields[i] = ""
		}
		b = b[n+1:]
	}
	if fields[0] != "" {
		t, err := time.Parse(time.RFC3339Nano, fields[0])
		if err != nil {
			return l, false
		}
		l.time = t.UTC()
	}
	l.host, l.app, l.id = fields[1], fields[2], fields[4]
	if l.element, b, ok = elements(b); !ok {
		return l, false
	}
	if len(b) > 0 {
		if b[0] != ' ' {
			return l, false
		}
		l.text = bytes.TrimPrefix(b[1:], []byte("\xef\xbb\xbf"))
	}
	return l, true
}

// visible says whether b is printable ASCII without spaces.
func visible(b []byte) bool {
	for _, c := range b {
		if c <= ' ' || c >= 0x7f {
			return false
		}
	}
	return true
}

// elements reads structured data and gives what follows it.
func elements(b []byte) (list []element, rest []byte, ok bool) {
	if len(b) > 0 && b[0] == '-' {
		return nil, b[1:], true
	}
	params := 0
	for len(b) > 0 && b[0] == '[' {
		var e element
		if e.id, b, ok = name(b[1:], " ]"); !ok || len(list) == maxElements {
			return nil, nil, false
		}
		for len(b) > 0 && b[0] == ' ' {
			var p param
			if p, b, ok = oneParam(b[1:]); !ok || params == maxParams {
				return nil, nil, false
			}
			params++
			e.params = append(e.params, p)
		}
		if len(b) == 0 || b[0] != ']' {
			return nil, nil, false
		}
		b = b[1:]
		list = append(list, e)
	}
	return list, b, len(list) > 0
}

// name reads a name of structured data up to one of some bytes.
func name(b []byte, until string) (string, []byte, bool) {
	n := bytes.IndexAny(b[:min(len(b), 33)], until)
	if n < 1 || !visible(b[:n]) || bytes.ContainsAny(b[:n], `="]`) {
		return "", nil, false
	}
	return string(b[:n]), b[n:], true
}

// oneParam reads name="value".
func oneParam(b []byte) (p param, rest []byte, ok bool) {
	if p.name, b, ok = name(b, "="); !ok || len(b) < 2 || b[1] != '"' {
		return p, nil, false
	}
	b = b[2:]
	var value strings.Builder
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case c == '"':
			p.value = value.String()
			return p, b[i+1:], true
		case c == ']':
			return p, nil, false
		case c == '\\' && i+1 < len(b) && strings.IndexByte(`"\]`, b[i+1]) >= 0:
			i++
			value.WriteByte(b[i])
		default:
			value.WriteByte(c)
		}
	}
	return p, nil, false
}

// unwrap reads a line and what other envelopes wrapped into its message: a
// container's log stream keeps the line from its time stamp on. The innermost
// line that can be read counts.
func unwrap(b []byte) (logLine, bool) {
	l, ok := parseLine(b)
	if !ok {
		return l, false
	}
	for range maxLayers {
		if l.id != "" {
			break
		}
		text := bytes.TrimSpace(l.text)
		inner, ok := parseLine(text)
		if !ok {
			inner, ok = parseBody(text)
		}
		if !ok {
			break
		}
		l = inner
	}
	return l, true
}
