package term

import "iter"

// Drop says why a [Filter] dropped something.
type Drop uint8

// What is dropped: all that reaches outside of the screen, or would change how
// the terminal takes input.
const (
	DropBell      Drop = iota // BEL
	DropControl               // other control bytes, among them ENQ, which terminals answer
	DropC1                    // 8-bit controls, raw or as a character
	DropInvalid               // bytes of no valid UTF-8, replaced by U+FFFD
	DropTitle                 // window titles and icon names
	DropClipboard             // reading or writing the clipboard
	DropLink                  // hyperlinks
	DropColor                 // palette and default colours
	DropOSC                   // other operating system commands
	DropDCS                   // device control strings: graphics, key definitions, passthrough
	DropString                // SOS, PM and APC strings
	DropQuery                 // what terminals answer
	DropPrint                 // printing
	DropWindow                // window size, place and state
	DropScroll                // erasing what has scrolled off the screen
	DropMode                  // modes that change keys, mouse, focus, paste or the character set
	DropReset                 // resets, replaced by a reset of the screen alone
	DropSequence              // other sequences, known or not
	DropBroken                // sequences that are cut or malformed
	drops
)

var dropNames = [drops]string{
	"bell", "control byte", "8-bit control", "invalid byte", "window title", "clipboard access", "hyperlink",
	"colour change", "system command", "device string", "hidden string", "device query", "printing",
	"window change", "scrollback erasure", "input mode", "reset", "other sequence", "broken sequence",
}

// String gives the name of what was dropped, one of a kind.
func (d Drop) String() string { return dropNames[d] }

// Dropped iterates over what was dropped so far, and how often.
func (f *Filter) Dropped() iter.Seq2[Drop, int64] {
	return func(yield func(Drop, int64) bool) {
		for d, n := range f.dropped {
			if n > 0 && !yield(Drop(d), n) {
				return
			}
		}
	}
}

// oscDrop tells an OSC string by its number.
func oscDrop(data []byte) Drop {
	n, i := 0, 0
	for i < len(data) && data[i] >= '0' && data[i] <= '9' {
		n = min(n*10+int(data[i]-'0'), maxParam)
		i++
	}
	switch {
	case i == 0 && len(data) > 0 && (data[0] == 'l' || data[0] == 'L'):
		return DropTitle
	case i == 0:
		return DropOSC
	case n <= 3:
		return DropTitle
	case n == 52:
		return DropClipboard
	case n == 8:
		return DropLink
	case n == 4 || n == 5 || n >= 10 && n <= 19 || n >= 104 && n <= 119:
		return DropColor
	}
	return DropOSC
}

// csiDrop tells why a CSI sequence that is not allowed is dropped.
func csiDrop(t *Token) Drop {
	switch t.Final {
	case 'c', 'n', 'x':
		return DropQuery
	case 'q':
		if t.Private == '>' {
			return DropQuery
		}
	case 'p':
		if len(t.Inter) == 1 && t.Inter[0] == '$' {
			return DropQuery
		}
		return DropMode
	case 'i':
		return DropPrint
	case 't':
		return DropWindow
	case 'h', 'l', 'u', 'm', 'r', 's':
		return DropMode
	}
	return DropSequence
}
