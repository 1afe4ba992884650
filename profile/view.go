package profile

import (
	"bytes"
	"time"

	"gait"
)

// View is what primitives see of a session. One pass over the events splits
// them into what was sent and what was shown; the facts are derived from that
// when they are first asked for. Times are seconds since the session's start,
// each computed by one division from whole nanoseconds.
//
// A view is made anew for each session and is not safe for concurrent use.
type View struct {
	session *gait.Session
	compat  bool // the reference's reading

	seen        bool          // any input, output or exec
	first, last time.Duration // of those

	ins  []piece // raw input events, where strokes are not just these
	outs []piece // output events
	exec []piece // commands given at login
	size []piece // changes of the terminal's size; in is the number of outputs before

	keys     Keys
	timing   Timing
	commands Commands
	screen   Screen
	words    Words
	derived  fact // which of the four are ready

	floats  []float64 // scratch
	scratch []byte
	locale  string // the last one found, so that the next need not be made
}

// piece is one event: its time and where its data ends in its block; it
// begins where the one before it ends.
type piece struct {
	at  float64
	end uint32
	in  uint32 // of an output: the bytes of input that came before it
}

type fact uint8

const (
	factKeys fact = 1 << iota
	factCommands
	factScreen
	factWords
)

// reset points the view at a session and makes the one pass over its events.
func (v *View) reset(s *gait.Session) {
	v.session, v.seen, v.first, v.last, v.derived = s, false, 0, 0, 0
	v.ins, v.outs, v.exec, v.size = v.ins[:0], v.outs[:0], v.exec[:0], v.size[:0]
	k := &v.keys
	k.block, k.Strokes = s.Block(inputKind), k.Strokes[:0]
	simple := plain(k.block)
	var end [gait.Exec + 1]uint32
	for i, n := 0, s.Len(); i < n; i++ {
		at, size, kind := s.Span(i)
		end[kind] += uint32(size)
		switch p := (piece{gait.Seconds(at), end[kind], end[gait.Input]}); kind {
		case gait.Input:
			if simple {
				k.addPlain(p.at, p.end, uint32(size))
			} else {
				v.ins = append(v.ins, p)
			}
		case gait.Output:
			v.outs = append(v.outs, p)
		case gait.Exec:
			v.exec = append(v.exec, p)
		case gait.Resize:
			p.in = uint32(len(v.outs))
			v.size = append(v.size, p)
			continue
		default:
			continue
		}
		if !v.seen {
			v.seen, v.first = true, at
		}
		v.last = at // times never go back
	}
	if !simple {
		k.splitAround(v.ins, k.bracketed(v.ins))
	}
}

// release gives back the memory of an unusually large session.
func (v *View) release() {
	const keep = 1 << 16 // elements
	if cap(v.ins) > keep || cap(v.keys.Strokes) > keep || cap(v.outs) > keep || cap(v.commands.List) > keep || cap(v.scratch) > 1<<20 || cap(v.floats) > keep {
		*v = View{compat: v.compat}
	}
	v.session = nil
}

// Session gives the session itself. Its events hold raw text: nothing of it
// may reach an answer.
func (v *View) Session() *gait.Session { return v.session }

// Compat says whether the session is to be read as the reference does.
func (v *View) Compat() bool { return v.compat }

// Start is the time of the first event in seconds; 0 where there is none.
func (v *View) Start() float64 { return gait.Seconds(v.first) }

// Duration is the largest event time minus the first, in seconds.
func (v *View) Duration() float64 { return gait.Seconds(v.last) - gait.Seconds(v.first) }

// HasOutput says whether the recording's format holds output at all.
func (v *View) HasOutput() bool { return v.session.Fidelity.Output }

// Keys tells how the hands moved.
func (v *View) Keys() *Keys {
	if v.derived&factKeys == 0 {
		v.keys.derive(v)
		v.derived |= factKeys
	}
	return &v.keys
}

// Commands tells which commands were given, and when.
func (v *View) Commands() *Commands {
	if v.derived&factCommands == 0 {
		v.commands.derive(v)
		v.derived |= factCommands
	}
	return &v.commands
}

// Screen tells what the terminal showed: errors, prompts, volume.
func (v *View) Screen() *Screen {
	if v.derived&factScreen == 0 {
		v.screen.derive(v)
		v.derived |= factScreen
	}
	return &v.screen
}

// Words tells what kinds of characters and words were typed.
func (v *View) Words() *Words {
	if v.derived&factWords == 0 {
		v.words.derive(v)
		v.derived |= factWords
	}
	return &v.words
}

// isASCII says whether all bytes are below 0x80.
func isASCII(b []byte) bool {
	for len(b) >= 8 {
		if (uint64(b[0])|uint64(b[1])|uint64(b[2])|uint64(b[3])|uint64(b[4])|uint64(b[5])|uint64(b[6])|uint64(b[7]))&0x80 != 0 {
			return false
		}
		b = b[8:]
	}
	for _, c := range b {
		if c >= 0x80 {
			return false
		}
	}
	return true
}

// hasEscape says whether any control sequence can be in b.
func hasEscape(b []byte) bool { return bytes.IndexByte(b, 0x1b) >= 0 }
