package edit

import (
	"io"
	"sync"
	"unicode/utf8"

	"gait/decoy/visit"
)

// keymap is what keys are bound to, made when the first line is read.
var keymap struct {
	sync.Once
	bindings map[string]func(*reading)
	prefixes map[string]bool // the beginnings of keys that are longer
}

// bound gives what a key is bound to, nil for none, and whether it is only the
// beginning of keys that are.
func bound(key []byte) (f func(*reading), prefix bool) {
	keymap.Do(func() {
		keymap.bindings = bindings()
		keymap.prefixes = map[string]bool{}
		for key := range keymap.bindings {
			for i := 1; i < len(key); i++ {
				keymap.prefixes[key[:i]] = true
			}
		}
	})
	return keymap.bindings[string(key)], keymap.prefixes[string(key)]
}

// bindings are the keys that do something other than put themselves into the
// line, as Debian's inputrc leaves them.
func bindings() map[string]func(*reading) {
	b := map[string]func(*reading){
		"\x00": (*reading).setMark, "\x01": (*reading).lineStart, "\x02": (*reading).left, "\x04": (*reading).deleteOrEOF,
		"\x05": (*reading).lineEnd, "\x06": (*reading).right, "\x07": (*reading).abort, "\x08": (*reading).rubout,
		"\t": (*reading).complete, "\n": (*reading).accept, "\x0b": (*reading).killEnd, "\x0c": (*reading).clearScreen,
		"\r": (*reading).accept, "\x0e": (*reading).newer, "\x0f": (*reading).accept, "\x10": (*reading).older,
		"\x12": (*reading).searchBack, "\x13": (*reading).searchForward, "\x14": (*reading).transpose,
		"\x15": (*reading).killStart, "\x16": (*reading).quoted, "\x11": (*reading).quoted, "\x17": (*reading).killBlank,
		"\x19": (*reading).yank, "\x1a": (*reading).nothing, "\x1c": (*reading).nothing, "\x1f": (*reading).undo,
		"\x7f": (*reading).rubout, "\x18\x15": (*reading).undo, "\x18\x7f": (*reading).killStart, "\x18\x07": (*reading).abort,
		"\x1d": (*reading).findRight, "\x1b\x1d": (*reading).findLeft,
		"\x1bb": (*reading).wordLeft, "\x1bf": (*reading).wordRight, "\x1bd": (*reading).killWord, "\x1b\x7f": (*reading).killWordBack,
		"\x1b\x08": (*reading).killWordBack, "\x1b.": (*reading).lastArgument, "\x1b_": (*reading).lastArgument,
		"\x1by": (*reading).yankPop, "\x1bu": (*reading).upper, "\x1bl": (*reading).lower, "\x1bc": (*reading).capital,
		"\x1bt": (*reading).transposeWords, "\x1b\\": (*reading).deleteBlanks, "\x1b<": (*reading).oldest, "\x1b>": (*reading).newest,
		"\x1b#": (*reading).comment, "\x1br": (*reading).revert, "\x1b\x12": (*reading).revert, "\x1b?": (*reading).list,
		"\x1b=": (*reading).list, "\x1b*": (*reading).insertAll, "\x1b\x0c": (*reading).clearScreen, "\x1b\x07": (*reading).abort,
		"\x1b ": (*reading).setMark, "\x1b[200~": (*reading).paste,
		"\x1b[2~": (*reading).quoted, "\x1b[3~": (*reading).deleteChar, "\x1b[3;5~": (*reading).killWord,
		"\x1b[5~": (*reading).prefixBack, "\x1b[6~": (*reading).prefixForward,
		"\x1b[1~": (*reading).lineStart, "\x1b[4~": (*reading).lineEnd,
		"\x1b[1;5D": (*reading).wordLeft, "\x1b[1;3D": (*reading).wordLeft, "\x1b[5D": (*reading).wordLeft, "\x1b\x1b[D": (*reading).wordLeft,
		"\x1b[1;5C": (*reading).wordRight, "\x1b[1;3C": (*reading).wordRight, "\x1b[5C": (*reading).wordRight, "\x1b\x1b[C": (*reading).wordRight,
	}
	for key, f := range map[string]func(*reading){
		"A": (*reading).older, "B": (*reading).newer, "C": (*reading).right, "D": (*reading).left,
		"H": (*reading).lineStart, "F": (*reading).lineEnd,
	} {
		b["\x1b["+key], b["\x1bO"+key] = f, f
	}
	for _, key := range "-0123456789" {
		b["\x1b"+string(key)] = (*reading).argument
	}
	return b
}

// step reads one key and does what it asks for.
func (r *reading) step() {
	c, ok := r.next()
	if !ok {
		return
	}
	seq := []byte{c}
	for {
		if seq[len(seq)-1] == 3 {
			r.stop(visit.ErrInterrupt)
			return
		}
		f, prefix := bound(seq)
		if f != nil {
			r.run(seq, f)
			return
		}
		if !prefix {
			break
		}
		next, ok := r.next()
		if !ok {
			return
		}
		seq = append(seq, next)
	}
	if len(seq) > 1 || c < ' ' {
		r.argGiven, r.arg = false, 0
		r.bell()
		return
	}
	r.typed(c)
}

// run does what a key is bound to, and draws the line.
func (r *reading) run(seq []byte, f func(*reading)) {
	r.takeMark()
	r.now = other
	digit := len(seq) == 2 && (seq[1] == '-' || seq[1] >= '0' && seq[1] <= '9') && seq[0] == '\x1b'
	if digit {
		r.pushed = append([]byte{seq[1]}, r.pushed...)
	}
	if f(r); !digit {
		r.argGiven, r.arg = false, 0
	}
	r.last = r.now
	if !r.done {
		r.show()
	}
}

// typed puts a character, and those that wait behind it, into the line.
func (r *reading) typed(c byte) {
	text := r.char(c)
	for len(text) < 4096 && !r.argGiven && r.queued() {
		c, ok := r.next()
		if !ok {
			return
		}
		if c < ' ' || c == 0x7f {
			r.pushed = append([]byte{c}, r.pushed...)
			break
		}
		text = append(text, r.char(c)...)
	}
	r.takeMark()
	atEnd := r.point == len(r.line)
	if n := r.count(); r.argGiven && n != 1 {
		atEnd = false
		text = repeat(text, n)
	}
	ok := r.replace(r.point, r.point, text)
	r.argGiven, r.arg, r.message, r.last = false, 0, nil, other
	if !ok || !atEnd || !r.typedAtEnd(text) {
		r.show()
	}
}

// char reads the rest of a character that begins with c.
func (r *reading) char(c byte) []byte {
	text := []byte{c}
	for c >= 0xc0 && !utf8.FullRune(text) {
		next, ok := r.next()
		if !ok {
			break
		}
		if next&0xc0 != 0x80 {
			r.pushed = append([]byte{next}, r.pushed...)
			break
		}
		text = append(text, next)
	}
	return text
}

// repeat gives text n times, but no more than a line holds.
func repeat(text []byte, n int) []byte {
	var out []byte
	for ; n > 0 && len(out)+len(text) <= maxLine; n-- {
		out = append(out, text...)
	}
	return out
}

// count gives the numeric argument, 1 where there is none.
func (r *reading) count() int {
	if r.argGiven {
		return r.arg
	}
	return 1
}

// times calls f as often as the numeric argument says, or back where that is
// negative, until it gives false.
func (r *reading) times(f, back func() bool) {
	n := r.count()
	if n < 0 {
		n, f = -n, back
	}
	for ; n > 0 && f(); n-- {
	}
}

// argument reads a numeric argument for the key that follows it.
func (r *reading) argument() {
	sign, n, digits := 1, 1, false
	r.say("(arg: ", n, ") ")
	r.show()
	for {
		c, ok := r.next()
		if !ok {
			return
		}
		switch {
		case c == '-' && !digits && sign > 0:
			sign = -1
		case c >= '0' && c <= '9':
			if !digits {
				n = 0
			}
			digits = true
			n = min(n*10+int(c-'0'), maxArg)
		default:
			r.pushed = append([]byte{c}, r.pushed...)
			r.message = nil
			r.arg, r.argGiven = sign*n, true
			return
		}
		r.say("(arg: ", sign*n, ") ")
		r.show()
		r.flush()
	}
}

// accept ends the line.
func (r *reading) accept() { r.done = true }

// nothing is what keys do that are signals elsewhere.
func (r *reading) nothing() {}

// setMark sets the mark, which is not shown.
func (r *reading) setMark() {}

// abort rings.
func (r *reading) abort() {
	r.message = nil
	r.bell()
}

// deleteOrEOF is ^D.
func (r *reading) deleteOrEOF() {
	if len(r.line) == 0 {
		r.stop(io.EOF)
		return
	}
	r.deleteChar()
}
