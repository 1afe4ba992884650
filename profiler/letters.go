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
	stamps   map[string]*stamp // by primitive
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
			stamp := l.stamp(o.Primitive)
			m := bus.Message{Subject: stamp.subject, ID: messageID(o), Header: stamp.live}
			if list[n].backfill {
				m.Header = stamp.backfill
			}
			l.messages = append(l.messages, m)
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

// stamp is what all observations of a primitive are sent with.
type stamp struct {
	subject        string
	live, backfill map[string]string // headers; the bus reads them only
}

// stamp gives that of a primitive. A name that is none has no subject, and the
// bus refuses it.
func (l *letters) stamp(primitive string) *stamp {
	if s := l.stamps[primitive]; s != nil {
		return s
	}
	s := &stamp{
		live:     map[string]string{bus.HeaderType: primitive},
		backfill: map[string]string{bus.HeaderType: primitive, bus.HeaderBackfill: "1"},
	}
	if subject, err := bus.ObservationSubject(primitive); err == nil {
		s.subject = subject
	}
	if l.stamps == nil || len(l.stamps) > 1000 {
		l.stamps = map[string]*stamp{}
	}
	l.stamps[primitive] = s
	return s
}

// messageID tells an observation's revisions apart: the bus keeps the first
// message of an id.
func messageID(o *gait.Observation) string {
	b := make([]byte, 32, 33+len(o.Revision))
	hex.Encode(b, o.ID[:])
	return string(append(append(b, '-'), o.Revision...))
}
