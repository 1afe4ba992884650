package term

// Filter makes recorded output fit to be shown in the user's own terminal. It
// passes text, colours and what moves, erases and scrolls within the screen,
// and drops all that reaches beyond it or makes the terminal answer; see
// [Drop]. What it writes is valid UTF-8 and holds whole sequences only, each
// written anew from what was understood of it, so that between any two calls
// other output can be put.
//
// The zero Filter is ready. The result does not depend on how the input is cut
// into pieces.
type Filter struct {
	// Rows bounds the lowest row that scrolling regions and absolute cursor
	// positions reach; 0 leaves them alone. It keeps rows below it free for
	// the user of the filter.
	Rows int
	// Newline puts a carriage return before every line feed that has none, for
	// output that never passed a terminal driver.
	Newline bool

	parser  Parser
	emit    func(Token)
	out     []byte
	dropped [drops]int64
	cr      bool // the last byte was a carriage return
	alt     bool
	saved   bool
}

// ScreenReset is what brings the screen's own state back to its defaults:
// colours, character sets, cursor, wrapping and scrolling region. It moves the
// cursor to the top and erases nothing.
const ScreenReset = softReset + "\x1b[r\x1b[H"

const softReset = "\x0f\x1b(B\x1b)B\x1b[m\x1b[4l\x1b[?5l\x1b[?6l\x1b[?7h\x1b[?25h"

// Append filters src and appends the result to dst.
func (f *Filter) Append(dst, src []byte) []byte {
	if f.emit == nil {
		f.emit = f.token
	}
	f.out = dst
	f.parser.Feed(src, f.emit)
	dst, f.out = f.out, nil
	return dst
}

// Flush ends the output: what is unfinished is dropped and counted.
func (f *Filter) Flush(dst []byte) []byte {
	f.out = dst
	f.parser.Flush(f.token)
	dst, f.out = f.out, nil
	return dst
}

// Reset forgets all output that was seen, and the counts of what was dropped;
// the settings stay.
func (f *Filter) Reset() { *f = Filter{Rows: f.Rows, Newline: f.Newline} }

// Alternate says whether the output has switched to the alternate screen.
func (f *Filter) Alternate() bool { return f.alt }

// CursorSaved says whether the output has saved the cursor and not yet brought
// it back: whoever saves it now destroys that place.
func (f *Filter) CursorSaved() bool { return f.saved }

func (f *Filter) drop(d Drop) { f.dropped[d]++ }

func (f *Filter) token(t Token) {
	switch t.Kind {
	case Text:
		f.out = append(f.out, t.Data...)
		f.cr = false
	case Invalid:
		f.drop(DropInvalid)
		f.out = append(f.out, "\ufffd"...)
		f.cr = false
	case C1:
		f.drop(DropC1)
	case Control:
		f.control(t.Data[0])
	case Escape:
		f.escape(&t)
	case CSI:
		f.csi(&t)
	case OSC:
		f.drop(oscDrop(t.Data))
	case DCS:
		f.drop(DropDCS)
	case SOS, PM, APC:
		f.drop(DropString)
	default:
		f.drop(DropBroken)
	}
}

func (f *Filter) control(c byte) {
	switch {
	case c == '\n' && f.Newline && !f.cr:
		f.out = append(f.out, '\r', '\n')
	case c >= 0x08 && c <= 0x0f: // BS to SI
		f.out = append(f.out, c)
	case c == bel:
		f.drop(DropBell)
		return
	default:
		f.drop(DropControl)
		return
	}
	f.cr = c == '\r'
}

// escape passes cursor saving, line movement, tab stops, the two character
// sets that screens use, and double-sized lines.
func (f *Filter) escape(t *Token) {
	if len(t.Inter) == 1 {
		set := (t.Inter[0] == '(' || t.Inter[0] == ')') && (t.Final == 'B' || t.Final == '0' || t.Final == 'A')
		size := t.Inter[0] == '#' && (t.Final >= '3' && t.Final <= '6' || t.Final == '8')
		if set || size {
			f.out = append(f.out, esc, t.Inter[0], t.Final)
			return
		}
	}
	if len(t.Inter) > 0 {
		f.drop(DropMode)
		return
	}
	switch t.Final {
	case '7', '8':
		f.saved = t.Final == '7'
		f.out = append(f.out, esc, t.Final)
	case 'D', 'E', 'H', 'M':
		f.out = append(f.out, esc, t.Final)
	case 'c':
		f.drop(DropReset)
		f.reset()
	case 'Z':
		f.drop(DropQuery)
	case '=', '>', 'N', 'O', 'n', 'o', '|', '}', '~':
		f.drop(DropMode)
	case '\\': // the end of a string that was ended before
	default:
		f.drop(DropSequence)
	}
}

// reset writes what a reset of the terminal would do to the screen.
func (f *Filter) reset() {
	if f.alt {
		f.alt = false
		f.out = append(f.out, "\x1b[?1047l"...)
	}
	f.saved = false
	f.out = append(f.out, softReset...)
	f.region(0, 0)
	f.out = append(f.out, "\x1b[H\x1b[2J"...)
}

// softReset writes what a soft reset would do to it: all but erasing it and
// moving the cursor, which setting the region does.
func (f *Filter) softReset() {
	f.saved = false
	f.out = append(f.out, softReset+"\x1b7"...)
	f.region(0, 0)
	f.out = append(f.out, "\x1b8"...)
}
