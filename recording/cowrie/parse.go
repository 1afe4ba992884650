package cowrie

import (
	"bytes"
	"io"

	"gait"
	"gait/recording/reader"
)

// maxPieces is how many times a line that cannot be parsed is looked through
// for whole objects.
const maxPieces = 16

// parser makes events of the lines of logs, one log after the other.
type parser struct {
	lim    reader.Limits
	odd    gait.Oddities
	emit   func(*event, lineRef)
	log    int    // number of the log that is read
	events int    // lines that are events of Cowrie
	seen   int    // lines
	tail   []byte // half a line that a log before ended with
	tailIn lineRef
	joined [][]byte // lines that were put together from two logs
	apart  bool     // such lines are not kept
}

// read goes through one log.
func (x *parser) read(src *reader.Source) error {
	l := newLines(src.Reader(), x.lim.Line)
	for first := true; ; first = false {
		ln, err := l.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return &reader.Error{Path: src.Path, At: ln.at, What: "cannot read the log", Err: err}
		}
		if ln.long {
			x.odd.Add(gait.OddLongLine, 1, ln.at)
			continue
		}
		x.line(ln, first)
	}
	x.log++
	return nil
}

// line takes in one line; first is set for the first one of a log.
func (x *parser) line(ln line, first bool) {
	data := bytes.TrimLeft(ln.data, "\x00")
	if len(data) < len(ln.data) {
		x.odd.Add(gait.OddNUL, 1, ln.at)
	}
	ln.at += int64(len(ln.data) - len(data))
	data = bytes.TrimRight(data, " \t\r\x00")
	if len(data) == 0 {
		return
	}
	x.seen++
	if skippable(data) {
		x.dropTail()
		x.events++
		return
	}
	e, ok := decode(data)
	switch {
	case ok && e.kind != foreign:
		x.dropTail()
		x.emit(&e, lineRef{ln.at, int32(len(data)), int32(x.log)})
	case ok:
		x.odd.Add(gait.OddForeignLine, 1, ln.at)
	case first && x.join(data):
	case !ln.whole:
		x.dropTail()
		x.tail, x.tailIn = bytes.Clone(data), lineRef{ln.at, int32(len(data)), int32(x.log)}
	default:
		x.salvage(data, lineRef{off: ln.at, log: int32(x.log)})
	}
}

// join puts together a line that was cut by the change of the log file.
func (x *parser) join(data []byte) bool {
	if x.tail == nil || len(x.tail)+len(data) > x.lim.Line {
		return false
	}
	whole := append(x.tail, data...)
	e, ok := decode(whole)
	if !ok || e.kind == foreign {
		return false
	}
	x.tail = nil
	if !x.apart {
		x.joined = append(x.joined, whole)
	}
	x.emit(&e, lineRef{int64(len(x.joined) - 1), int32(len(whole)), -1})
	return true
}

// dropTail gives up waiting for the rest of a cut line.
func (x *parser) dropTail() {
	if x.tail != nil {
		data := x.tail
		x.tail = nil
		x.salvage(data, x.tailIn)
	}
}

// salvage looks for whole objects in a line that is none: two lines glued
// together, or a line behind half a line. A quote within a string is escaped,
// so that {" begins an object wherever it stands.
func (x *parser) salvage(data []byte, ref lineRef) {
	torn := false
	pos := 0
	for n := 0; pos < len(data); n++ {
		i := bytes.Index(data[pos:], []byte(`{"`))
		if i < 0 || n == maxPieces {
			torn = true
			break
		}
		torn = torn || len(bytes.Trim(data[pos:pos+i], " \t\r\x00")) > 0
		pos += i
		e, size, ok := decodePrefix(data[pos:])
		if !ok || e.kind == foreign {
			torn = true
			pos += 2
			continue
		}
		if pos > 0 {
			x.odd.Add(gait.OddResync, 1, ref.off+int64(pos))
		}
		x.emit(&e, lineRef{ref.off + int64(pos), int32(size), ref.log})
		pos += size
	}
	if torn {
		x.odd.Add(gait.OddTornLine, 1, ref.off)
	}
}

// idStart is how Cowrie begins a line.
var idStart = []byte(`{"eventid":"` + prefix)

// skippable says whether a line is an event that says nothing of how someone
// works, without reading all of it: a line that ends as an object does and in
// which no other event begins. A quote within a string is escaped, so that
// another event would show.
func skippable(data []byte) bool {
	rest, ok := bytes.CutPrefix(data, idStart)
	if !ok || data[len(data)-1] != '}' {
		return false
	}
	end := bytes.IndexByte(rest[:min(len(rest), maxID)], '"')
	if end < 0 {
		return false
	}
	if _, ours := kinds[string(rest[:end])]; ours || bytes.IndexByte(rest[:end], '\\') >= 0 {
		return false
	}
	return !bytes.Contains(rest[end:], []byte(`"eventid"`))
}

// maxID is longer than any id of an event.
const maxID = 64
