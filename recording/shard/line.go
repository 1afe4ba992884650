package shard

import (
	"bytes"
	"encoding/json"
	"math"
	"time"

	"gait"
	"gait/internal/decimal"
)

// lineKind says what a line is.
type lineKind uint8

const (
	lineTorn    lineKind = iota // cannot be parsed
	lineForeign                 // valid JSON, but no line of a shard
	lineEvent
	lineHeader
	lineTrunc // the recorder stopped at its limit
	lineSkip  // output that was not kept
	lineEnd
)

// parsed is a line in its parts; slices point into the line.
type parsed struct {
	kind lineKind
	time time.Duration
	ch   byte
	text []byte // contents of the data string, still escaped
	body []byte // JSON of a header, skip or end
}

// maxID is the longest session id.
const maxID = 64

// lineID gives the session id that a line begins with; nil where it begins
// with none that can stand as it is.
func lineID(line []byte) []byte {
	const from = len(`{"sid":"`)
	if !bytes.HasPrefix(line, sidMark) {
		return nil
	}
	n := bytes.IndexByte(line[from:min(len(line), from+maxID+1)], '"')
	if n < 1 || !plainID(line[from:from+n]) {
		return nil
	}
	return line[from : from+n]
}

// plainID says whether an id is printable ASCII without quote or backslash.
func plainID(id []byte) bool {
	for _, c := range id {
		if c <= ' ' || c >= 0x7f || c == '"' || c == '\\' {
			return false
		}
	}
	return len(id) > 0 && len(id) <= maxID
}

// parse reads the parts of a line whose id takes up id bytes. The shape that
// recorders write is read by hand; any other one by encoding/json.
func parse(line []byte, id int) parsed {
	rest := line[len(sidMark)+id:]
	if len(rest) > 8 && string(rest[:6]) == `","t":` {
		if p, ok := parseEvent(rest[6:]); ok {
			return p
		}
	}
	if len(rest) > 10 && string(rest[:8]) == `","hdr":` {
		body := rest[8 : len(rest)-1]
		if rest[len(rest)-1] == '}' && object(body, nil) {
			return parsed{kind: lineHeader, body: body}
		}
	}
	if len(rest) > 10 && string(rest[:8]) == `","end":` {
		body := rest[8 : len(rest)-1]
		if rest[len(rest)-1] == '}' && body[0] == '{' && json.Valid(body) {
			return parsed{kind: lineEnd, body: body}
		}
	}
	return parseAny(line)
}

// parseEvent reads `12.345678,"ch":"i","d":"..."}`.
func parseEvent(b []byte) (p parsed, ok bool) {
	n := bytes.IndexByte(b[:min(len(b), 32)], ',')
	if n < 1 || len(b) < n+16 {
		return p, false
	}
	b, number := b[n:], b[:n]
	if string(b[:7]) != `,"ch":"` || string(b[8:14]) != `","d":` || b[14] != '"' || string(b[len(b)-2:]) != `"}` || len(b) < 17 {
		return p, false
	}
	p = parsed{kind: lineEvent, ch: b[7], text: b[15 : len(b)-2]}
	if p.ch < ' ' || p.ch >= 0x7f || p.ch == '"' || p.ch == '\\' || !oneString(p.text) {
		return p, false
	}
	p.time, ok = seconds(number)
	return p, ok
}

// oneString says whether no quote ends a string within b: else other keys
// follow the data.
func oneString(b []byte) bool {
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '"':
			return false
		case '\\':
			i++
		}
	}
	return true
}

// seconds reads a written time. What is no finite number, or too large for
// any, gives [gait.NoTime]: the words that Python writes for them are read too.
func seconds(b []byte) (time.Duration, bool) {
	if len(b) > 1 && b[0] == '0' && b[1] != '.' && b[1]|0x20 != 'e' {
		return 0, false // JSON has no leading zeros
	}
	ns, _, ok := decimal.Parse(b)
	switch {
	case ok && (ns == math.MaxInt64 || ns == math.MinInt64):
		return gait.NoTime, true
	case ok:
		return time.Duration(ns), true
	}
	switch string(b) {
	case "NaN", "Infinity", "-Infinity":
		return gait.NoTime, true
	}
	return 0, false
}

// anyLine is every key that a line can have.
type anyLine struct {
	Sid   *json.RawMessage `json:"sid"`
	T     *json.RawMessage `json:"t"`
	Ch    *json.RawMessage `json:"ch"`
	D     *json.RawMessage `json:"d"`
	Hdr   json.RawMessage  `json:"hdr"`
	Trunc *bool            `json:"trunc"`
	Skip  json.RawMessage  `json:"skip"`
	End   json.RawMessage  `json:"end"`
}

// parseAny reads a line of any shape.
func parseAny(line []byte) parsed {
	var l anyLine
	if err := json.Unmarshal(line, &l); err != nil {
		if json.Valid(line) {
			return parsed{kind: lineForeign}
		}
		return parsed{}
	}
	switch {
	case isObject(l.Hdr):
		return parsed{kind: lineHeader, body: l.Hdr}
	case l.T != nil && l.Ch != nil && l.D != nil:
		return l.event()
	case l.Trunc != nil:
		return parsed{kind: lineTrunc}
	case isObject(l.Skip):
		return parsed{kind: lineSkip, body: l.Skip}
	case isObject(l.End):
		return parsed{kind: lineEnd, body: l.End}
	}
	return parsed{kind: lineForeign}
}

func isObject(m json.RawMessage) bool { return len(m) > 0 && m[0] == '{' }

// event reads an event whose keys stand in any order.
func (l *anyLine) event() parsed {
	ch, d := *l.Ch, *l.D
	t, ok := seconds(*l.T)
	if !ok || len(ch) < 2 || ch[0] != '"' || len(d) < 2 || d[0] != '"' {
		return parsed{kind: lineForeign}
	}
	p := parsed{kind: lineEvent, time: t, text: d[1 : len(d)-1]}
	if len(ch) == 3 {
		p.ch = ch[1]
	}
	return p
}

// anyID gives the session id of a line that does not begin with it; nil where
// it has none.
func anyID(line []byte) []byte {
	var l struct {
		Sid string `json:"sid"`
	}
	if json.Unmarshal(line, &l) != nil || !plainID([]byte(l.Sid)) {
		return nil
	}
	return []byte(l.Sid)
}

// found is a line of a session in what was read.
type found struct {
	line []byte
	id   []byte
	off  int64 // where it begins, from the start of what was read
	odd  string
	idAt int // length of the id where the line begins with it, else -1
}

// locate finds the line of a session in a line of the file. Runs of NUL before
// it are skipped. Where the whole cannot be parsed and another line was glued
// to it, reading goes on at the last place where a line can begin. odd is the
// oddity to count, if any.
func locate(line []byte) (f found) {
	id := lineID(line)
	if id != nil && !glued(line[len(sidMark):]) {
		return found{line: line, id: id, idAt: len(id)}
	}
	if len(line) > 0 && line[0] == 0 {
		bare := bytes.TrimLeft(line, "\x00")
		if len(bare) == 0 {
			return found{odd: gait.OddNUL}
		}
		f = locate(bare)
		f.off += int64(len(line) - len(bare))
		if f.odd == "" {
			f.odd = gait.OddNUL
		}
		return f
	}
	if len(bytes.TrimSpace(line)) == 0 {
		return found{}
	}
	if json.Valid(line) {
		if id == nil {
			id = anyID(line)
			f.idAt = -1
		} else {
			f.idAt = len(id)
		}
		if id == nil {
			f.odd = gait.OddForeignLine
		}
		f.line, f.id = line, id
		return f
	}
	last := bytes.LastIndex(line, sidMark)
	if last > 0 {
		if id := lineID(line[last:]); id != nil {
			return found{line: line[last:], id: id, off: int64(last), odd: gait.OddResync, idAt: len(id)}
		}
	}
	if id != nil && last == 0 {
		return found{line: line, id: id, idAt: len(id)}
	}
	return found{odd: gait.OddTornLine}
}
