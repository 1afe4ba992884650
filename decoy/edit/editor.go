// Package edit reads lines from a terminal as readline does in Debian's bash:
// its keys, its history, its completion, and what it sends to the screen.
//
// An Editor implements [visit.LineEditor]. It needs no more of a terminal than
// [visit.Terminal] says; where the terminal also tells of changed sizes and of
// input that waits, as that of package tty does, lines are drawn again when
// the window changes and a pasted word is drawn at once.
package edit

import (
	"context"
	"io"
	"unicode/utf8"

	"gait/decoy/tty"
	"gait/decoy/visit"
)

// Limits of what is kept.
const (
	maxLine  = 256 << 10 // bytes of a line; more is refused with a bell
	maxKills = 10
	maxKept  = 512 << 10 // bytes of killed text, of undo, and of changed lines of the history, each
	maxUndo  = 1000      // changes
	maxArg   = 10000
	longLine = 8 << 10 // from here on the line is drawn when no input waits
)

// Editor reads lines from one terminal. What was killed and what was searched
// for last is kept from line to line.
type Editor struct {
	t      visit.Terminal
	kills  []string // the latest last
	search string
}

// New makes an editor for a terminal.
func New(t visit.Terminal) *Editor { return &Editor{t: t} }

// events is a terminal that also tells of changes of its size.
type events interface {
	ReadEvent(ctx context.Context, p []byte) (int, error)
}

// waiting is a terminal that knows how much input waits.
type waiting interface{ Waiting() int }

// editing is how the terminal is set while a line is read.
var editing = visit.Mode{}

// reading is a line that is being read.
type reading struct {
	*Editor
	req visit.LineRequest
	ctx context.Context
	d   display

	prompt []cell // of its last row
	above  string // what the prompt shows before that
	pushed []byte // input that was read ahead

	line  []byte
	point int
	done  bool
	err   error

	at      int            // in the history; its length is the new line
	edits   map[int]string // lines of the history that were changed
	edited  int            // bytes of edits
	undos   []change
	undone  int // bytes of undos
	undoing bool

	arg      int // numeric argument
	argGiven bool
	message  []cell // shown in place of the prompt
	markFrom int    // what is shown in standout
	markTo   int
	stale    bool // the screen does not show the line as it is
	last     kind // of the last command
	now      kind // of this one
	argLine  int  // of the last M-., from the end
	argSize  int
}

// kind tells what commands of the same kind in a row do differently.
type kind int

const (
	other kind = iota
	killing
	yanking
	completing
	listing
	lastArg
)

// ReadLine reads one line. Only what belongs to it is taken from the terminal.
// A paste that the terminal marked may have line feeds in it. On ^D the cursor
// is left as readline leaves it: in a new row where the terminal marks pastes,
// else behind the prompt.
func (e *Editor) ReadLine(req visit.LineRequest) (string, error) {
	old := e.t.SetMode(editing)
	defer e.t.SetMode(old)
	r := &reading{Editor: e, req: req, ctx: req.Context, at: len(req.History)}
	if r.ctx == nil {
		r.ctx = context.Background()
	}
	r.d.caps = capsOf(e.t.Name())
	r.measure()
	r.setPrompt(req.Prompt)
	r.begin()
	r.show()
	for !r.done {
		r.flush()
		r.step()
	}
	r.end()
	r.flush()
	if r.err != nil {
		return "", r.err
	}
	return string(r.line), nil
}

// begin asks the terminal to mark pastes, and shows the rows of the prompt
// that are not edited.
func (r *reading) begin() {
	if r.d.paste {
		r.emit("\x1b[?2004h")
	}
	r.d.forget()
	r.emit(r.above)
}

// end leaves the terminal as it was found.
func (r *reading) end() {
	off := ""
	if r.d.paste {
		off = "\x1b[?2004l\r"
	}
	switch r.err {
	case nil:
		r.argGiven = false
		r.message = nil
		r.draw()
		r.d.finish()
		r.emit(off)
	case visit.ErrInterrupt:
		r.emit("^C" + off)
		if r.d.paste {
			r.emit("\x1b[?2004h" + off)
		}
		r.emit("\n")
	case io.EOF:
		if r.emit(off); r.d.paste {
			r.emit("\n")
		}
	default:
		r.emit(off)
	}
}

// measure takes the width from the terminal.
func (r *reading) measure() {
	r.d.cols = r.t.Size().Cols
	if r.d.cols <= 1 {
		r.d.cols = 80
	}
}

// emit writes to the screen without moving the cursor of the line.
func (r *reading) emit(s string) { r.d.out = append(r.d.out, s...) }

// bell is what readline does where it cannot do what is asked.
func (r *reading) bell() { r.emit("\a") }

// flush sends what was drawn. Where that fails, there is nobody to read from.
func (r *reading) flush() {
	if len(r.d.out) == 0 {
		return
	}
	_, err := r.t.Write(r.d.out)
	if r.d.out = r.d.out[:0]; cap(r.d.out) > 4096 {
		r.d.out = nil
	}
	if err != nil {
		r.stop(io.EOF)
	}
}

// stop ends the line.
func (r *reading) stop(err error) { r.done, r.err = true, err }

// next reads a byte. It draws the line again where the window has changed.
func (r *reading) next() (byte, bool) {
	if len(r.pushed) > 0 {
		c := r.pushed[0]
		r.pushed = r.pushed[1:]
		return c, true
	}
	var b [1]byte
	for !r.done {
		n, err := r.read(b[:])
		switch {
		case n == 1:
			return b[0], true
		case err == tty.ErrResized:
			r.resized()
			r.flush()
		case err == nil:
		case r.ctx.Err() != nil:
			r.stop(r.ctx.Err())
		default:
			r.stop(io.EOF)
		}
	}
	return 0, false
}

func (r *reading) read(p []byte) (int, error) {
	if t, ok := r.t.(events); ok {
		return t.ReadEvent(r.ctx, p)
	}
	return r.t.Read(p)
}

// queued says whether input waits.
func (r *reading) queued() bool {
	if len(r.pushed) > 0 {
		return true
	}
	t, ok := r.t.(waiting)
	return ok && t.Waiting() > 0
}

// resized draws the line again for another width.
func (r *reading) resized() {
	cols := r.d.cols
	if r.measure(); r.d.cols == cols {
		return
	}
	r.d.wipe()
	r.draw()
}

// setPrompt takes the prompt apart: rows above, invisible sequences, the rest.
func (r *reading) setPrompt(prompt string) {
	hidden := false
	start := 0
	for i := range len(prompt) {
		if prompt[i] == '\n' && !hidden {
			start = i + 1
		}
		hidden = prompt[i] == '\x01' || hidden && prompt[i] != '\x02'
	}
	above := prompt[:start]
	for i := range len(above) {
		switch above[i] {
		case '\x01', '\x02':
		case '\n':
			r.above += "\r\n"
		default:
			r.above += above[i : i+1]
		}
	}
	for rest := prompt[start:]; rest != ""; {
		if rest[0] != '\x01' {
			c, n := promptCell(rest)
			if rest = rest[n:]; c != 0 {
				r.prompt = append(r.prompt, c)
			}
			continue
		}
		n := 1
		for n < len(rest) && rest[n] != '\x02' {
			n++
		}
		r.prompt = append(r.prompt, cell(len(r.d.hidden))|invisible)
		r.d.hidden = append(r.d.hidden, rest[1:n])
		rest = rest[min(n+1, len(rest)):]
	}
}

// promptCell gives the first character of a prompt, as it is.
func promptCell(s string) (cell, int) {
	if s[0] == '\x02' {
		return 0, 1
	}
	c, n := utf8.DecodeRuneInString(s)
	return runeCell(c), n
}
