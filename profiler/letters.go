package profiler

import (
	"encoding/hex"

	"gait"
	"gait/bus"
)

// letters writes observations as messages. It keeps its memory: what it wrote
// is valid until it writes again.
type letters struct {
	strict   bool
	encoder  gait.Encoder
	text     []byte
	ends     []int
	messages []bus.Message
	whose    []int
	subjects map[string]string
}

// write gives the messages of sessions, and for each of them the number of its
// session.
func (l *letters) write(list []parcel) (messages []bus.Message, whose []int) {
	if cap(l.text) > 8<<20 { // sessions with very long values come seldom
		l.text = nil
	}
	l.text, l.ends = l.text[:0], l.ends[:0]
	clear(l.messages)
	l.messages, l.whose = l.messages[:0], l.whose[:0]
	for n := range list {
		for i := range list[n].observations {
			o := &list[n].observations[i]
			l.text = l.encoder.Append(l.text, o, l.strict)
			l.ends = append(l.ends, len(l.text))
			l.messages = append(l.messages, bus.Message{Subject: l.subject(o.Primitive), ID: messageID(o), Header: header(o.Primitive, list[n].backfill)})
			l.whose = append(l.whose, n)
		}
	}
	from := 0
	for i, end := range l.ends {
		l.messages[i].Data = l.text[from:end:end]
		from = end
	}
	return l.messages, l.whose
}

// subject gives the subject of a primitive; one that cannot be told, and that
// the bus refuses, for a name that is none.
func (l *letters) subject(primitive string) string {
	if s, ok := l.subjects[primitive]; ok {
		return s
	}
	s, err := bus.ObservationSubject(primitive)
	if err != nil {
		s = ""
	}
	if l.subjects == nil {
		l.subjects = map[string]string{}
	}
	if len(l.subjects) < 1000 {
		l.subjects[primitive] = s
	}
	return s
}

// messageID tells an observation's revisions apart: the bus keeps the first
// message of an id.
func messageID(o *gait.Observation) string {
	b := make([]byte, 32, 33+len(o.Revision))
	hex.Encode(b, o.ID[:])
	return string(append(append(b, '-'), o.Revision...))
}

// header says what an observation is of, and that it is of a session of long
// ago.
func header(primitive string, backfill bool) map[string]string {
	if backfill {
		return map[string]string{bus.HeaderType: primitive, bus.HeaderBackfill: "1"}
	}
	return map[string]string{bus.HeaderType: primitive}
}
