package shard

import (
	"time"

	"gait"
	"gait/internal/jsonstr"
	"gait/recording/reader"
)

// pieceBytes is where the reference recorder cuts a read.
const pieceBytes = 975

// assembler builds a session from its lines.
type assembler struct {
	session gait.Session
	builder reader.Builder
	place   *place
	data    []byte // of the line at hand

	id      string
	rawID   [maxID]byte
	sizeID  int
	header  bool
	ended   bool
	trunc   bool
	keyless bool                 // input is known to be missing
	piece   time.Duration        // written time of a last piece that may go on
	pieceCh byte                 // its channel, 0 where there is none
	bytes   [gait.Exec + 1]int64 // of each kind, as read or said to be missing
}

func (a *assembler) begin(r *Recording) {
	a.session.Reset()
	a.builder = reader.NewBuilder(&a.session, r.limits)
	a.place = &r.place
	a.sizeID, a.header, a.ended, a.trunc, a.keyless, a.pieceCh = 0, false, false, false, false, 0
	clear(a.bytes[:])
}

// line adds a line at a byte offset. idAt is the length of the id that it
// begins with, or -1; long says that it is only the beginning of one.
func (a *assembler) line(line []byte, idAt int, at int64, long bool) {
	odd := &a.session.Oddities
	if a.sizeID == 0 {
		a.name(line, idAt)
	}
	if long {
		a.builder.Cut("line over limit")
		return
	}
	if idAt == uuidLen && !a.ended && a.fast(line, at) {
		return
	}
	var p parsed
	if idAt > 0 {
		p = parse(line, idAt)
	} else {
		p = parseAny(line)
	}
	switch {
	case p.kind == lineTorn:
		odd.Add(gait.OddTornLine, 1, at)
	case p.kind == lineForeign:
		odd.Add(gait.OddForeignLine, 1, at)
	case a.ended:
		odd.Add(gait.OddAfterEnd, 1, at)
	case p.kind == lineEvent:
		a.event(&p, at)
	case p.kind == lineHeader:
		a.head(p.body, at)
	case p.kind == lineTrunc:
		a.trunc = true
	case p.kind == lineSkip:
		a.skip(p.body)
	case p.kind == lineEnd:
		a.close(p.body, at)
	}
}

// name keeps the id, which all lines of the session share.
func (a *assembler) name(line []byte, idAt int) {
	var id []byte
	if idAt > 0 {
		id = line[len(sidMark) : len(sidMark)+idAt]
	} else {
		id = anyID(line)
	}
	a.sizeID = copy(a.rawID[:], id)
}

// event adds an event whose line was parsed.
func (a *assembler) event(p *parsed, at int64) {
	if kindOf[p.ch] == 0 {
		a.session.Oddities.Add(gait.OddChannel, 1, at)
		return
	}
	if !a.put(p.time, p.ch, p.text, at) {
		a.session.Oddities.Add(gait.OddTornLine, 1, at)
	}
}

// kindOf maps the letter of a channel to its kind, 0 where there is none.
var kindOf = [256]gait.Kind{'i': gait.Input, 'o': gait.Output, 'r': gait.Resize}

// put unescapes the data of an event behind the data of those before it; false
// where it is no contents of a JSON string, and nothing was taken.
func (a *assembler) put(t time.Duration, ch byte, text []byte, at int64) bool {
	kind := kindOf[ch]
	old := a.session.Block(kind)
	block, lone, ok := jsonstr.Unescape(old, text)
	if !ok {
		return false
	}
	if lone > 0 {
		a.session.Oddities.Add(gait.OddSurrogate, int64(lone), at)
	}
	size := len(block) - len(old)
	a.bytes[kind] += int64(size)
	joins := a.pieceCh == ch && a.piece == t && kind != gait.Resize
	a.pieceCh = 0
	if size == pieceBytes {
		a.pieceCh, a.piece = ch, t
	}
	if joins {
		a.builder.Extend(kind, block[len(old):])
	} else if !a.builder.AddBlock(t, kind, block, at) {
		a.pieceCh = 0
	}
	return true
}

// end closes the session; nil where nothing of it could be read.
func (a *assembler) end() *gait.Session {
	s := &a.session
	if !a.header && s.Len() == 0 && s.Truncated == "" && !a.ended && !a.trunc {
		return nil
	}
	if !a.header {
		s.Oddities.Add(gait.OddNoHeader, 1, -1)
	}
	if a.trunc || a.keyless {
		a.builder.Cut("the recorder's limit")
	}
	s.Format = FormatName
	if a.id != string(a.rawID[:a.sizeID]) {
		a.id = string(a.rawID[:a.sizeID])
	}
	s.ID = a.id
	a.place.fill(&s.Header)
	f := &s.Fidelity
	f.Input, f.Resolution, f.Clock = gait.GranularityPacket, time.Microsecond, gait.ClockMonotonic
	f.Lossless, f.Output, f.Closed = true, true, "end of file"
	if a.ended {
		f.Closed = "end record"
		if a.bytes[gait.Input] < s.End.BytesIn || !f.OutputPartial && a.bytes[gait.Output] < s.End.BytesOut {
			s.Oddities.Add(gait.OddMissingBytes, 1, -1)
		}
	}
	return s
}
