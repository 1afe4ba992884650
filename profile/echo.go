package profile

import (
	"bytes"
	"strconv"

	"gait/term"
)

// Bounds of what is looked at when commands are found in the echo.
const (
	maxPromptLine = 1024 // cells of a line that may hold a prompt
	maxListing    = 64   // lines that may stand below a line that is being edited
	maxEarly      = 32   // lines sent before a prompt that may be meant for it
)

// echo finds commands in what the terminal showed: a shell shows its prompt,
// then the line as it is edited, and a line end once it was sent. What stood
// between prompt and line end is the command, however it came about; what was
// sent and not shown is none, nor is what a program asked for.
//
// Only the line of the prompt and what follows input is looked at. All other
// output is passed over to its last line.
type echo struct {
	c     *Commands
	v     *View
	block []byte // all output
	width int

	area   term.Area
	pos    int    // output up to here was looked at
	in     uint32 // input up to here was looked at
	sizes  int    // changes of the terminal's size that were looked at
	fresh  bool   // there is output that no prompt was looked for in
	edit   bool   // the line of a prompt is being edited
	guess  bool   // the prompt may be none
	typed  int    // where the command begins on the area
	from   uint32 // where the command begins in the input
	resume bool   // the line goes on after what a completion listed
	cancel bool   // ^C ends the line

	prompts  prompts
	lines    lineCutter
	ahead    line // the next line of input, if there is more
	more     bool
	sent     []line // lines whose line end was not answered yet
	head     int    // the first of them
	pastes   pasteCursor
	attempts int // lines that ended at a prompt
	exact    int // those that were shown as they were typed
	work     int // bytes that may still be compared with lines sent early
	text     []byte
}

// echoed finds the commands in the echo; false where the session shows none.
func (c *Commands) echoed(v *View) bool {
	e := &c.echo
	e.begin(c, v)
	for i := 0; i < len(v.outs); {
		j := i + 1
		for j < len(v.outs) && v.outs[j].in == v.outs[i].in {
			j++
		}
		e.input(v.outs[i].in)
		e.resize(i)
		e.output(int(v.outs[j-1].end))
		i = j
	}
	e.finish()
	return e.exact > 0 && 4*e.exact >= e.attempts
}

func (e *echo) begin(c *Commands, v *View) {
	e.c, e.v, e.block, e.width = c, v, v.session.Block(outputKind), v.session.Width
	e.area.Start(e.width)
	e.pos, e.in, e.sizes = 0, 0, 0
	e.fresh, e.edit, e.guess, e.resume, e.cancel = true, false, false, false, false
	e.prompts.reset()
	e.sent, e.head, e.from = e.sent[:0], 0, 0
	e.lines = lineCutter{block: c.keys.block, strokes: c.keys.Strokes, all: true}
	e.pastes = pasteCursor{block: c.keys.block}
	e.more = e.lines.next(&e.ahead)
	e.attempts, e.exact = 0, 0
	e.work = 16*(len(e.block)+len(c.keys.block)) + 1<<16
}

// resize takes the sizes that the terminal had before an output event.
func (e *echo) resize(before int) {
	for e.sizes < len(e.v.size) && int(e.v.size[e.sizes].in) <= before {
		from := uint32(0)
		if e.sizes > 0 {
			from = e.v.size[e.sizes-1].end
		}
		columns, _, _ := bytes.Cut(e.v.session.Block(resizeKind)[from:e.v.size[e.sizes].end], []byte{'x'})
		if n, err := strconv.Atoi(string(columns[:min(len(columns), 8)])); err == nil && n != e.width {
			e.width = n
			e.area.Resize(n)
		}
		e.sizes++
	}
}

// input takes the input up to a place: it looks for a prompt that the keys are
// meant for, and notes the lines that were sent.
func (e *echo) input(to uint32) {
	if to == e.in {
		return
	}
	if e.fresh && !e.edit && !e.area.Alternate() {
		e.look()
	}
	e.fresh, e.in = false, to
	for e.more && e.ahead.to < to {
		switch l := &e.ahead; {
		case e.area.Alternate():
		case l.cancel:
			if e.head == len(e.sent) || !e.edit || e.sent[e.head].to < e.from {
				e.sent, e.head, e.cancel = e.sent[:0], 0, e.edit
			}
		default:
			l.pasted = e.pastes.holds(l.to)
			e.sent = append(e.sent, *l)
		}
		e.more = e.lines.next(&e.ahead)
	}
}

// look sees whether a prompt waits on the last line.
func (e *echo) look() {
	start := e.area.Last()
	if e.area.Len()-start > maxPromptLine {
		return
	}
	if typed, ok := e.area.Holds(start, e.prompts.last); ok && typed == e.area.Len() && len(e.prompts.last) > 0 && e.prompts.shaped {
		e.edit, e.guess, e.typed = true, false, typed // the same prompt as the last
		if !e.resume {
			e.from = e.in
		}
		e.resume = false
		return
	}
	e.text = e.area.AppendText(e.text[:0], start, e.area.Len())
	size, guess := e.prompts.find(e.text, true)
	if size < 0 {
		return
	}
	typed, ok := e.area.Holds(start, e.text[:size])
	if !ok {
		return
	}
	e.edit, e.guess, e.typed = true, guess, typed
	if !e.resume {
		e.from = e.in - min(e.in, uint32(len(e.text)-size)) // what was typed before the prompt came
	}
	e.resume = false
}

// output looks at the output up to a place.
func (e *echo) output(to int) {
	e.fresh = true
	for e.pos < to {
		if !e.edit && e.head == len(e.sent) {
			e.skip(to)
		}
		n, end := e.area.Feed(e.block[e.pos:to])
		e.pos += n
		switch end {
		case term.NoEnd:
			return
		case term.LineEnd:
			e.lineEnd()
		case term.EditorEnd:
			if e.edit && e.waiting() && !e.cancel {
				e.accept(e.guess)
				e.stop()
			}
		}
	}
}

// skip passes over all lines of output but the last.
func (e *echo) skip(to int) {
	if i := bytes.LastIndexByte(e.block[e.pos:to], '\n'); i >= 0 {
		e.area.Skip(e.block[e.pos : e.pos+i+1])
		e.area.Reset(e.width)
		e.pos += i + 1
	}
}

// lineEnd takes a line end that was shown.
func (e *echo) lineEnd() {
	switch {
	case e.area.Alternate() || e.cancel:
		e.stop()
	case e.edit && e.waiting() && e.area.Breaks() >= e.below():
		e.accept(e.guess)
		e.stop()
	case e.edit && e.area.Breaks() < maxListing:
		e.area.Break()
	case e.edit:
		e.stop()
		e.resume = true
	default:
		if e.waiting() {
			e.early()
		}
		e.area.Reset(e.width)
	}
}

// stop ends the line that was edited.
func (e *echo) stop() {
	e.edit, e.resume, e.cancel = false, false, false
	e.area.Reset(e.width)
}

// waiting says whether a line was sent, other than inside of a paste that the
// shell takes as one.
func (e *echo) waiting() bool {
	return e.head < len(e.sent) && !e.sent[len(e.sent)-1].pasted
}

// below gives how many lines of a paste are still to be shown above the line
// that was sent, at most as many as may stand there.
func (e *echo) below() (n int) {
	for e.head+n < len(e.sent) && n < maxListing && e.sent[e.head+n].pasted {
		n++
	}
	return n
}

// finish takes what came after the last output. The line end of the last line
// may never have been shown; where output is known to be missing, lines that
// were sent after it are taken as they were typed.
func (e *echo) finish() {
	e.input(uint32(len(e.c.keys.block)))
	if e.edit && e.waiting() {
		e.accept(true)
	}
	if !e.v.session.Fidelity.OutputPartial || len(e.v.outs) == 0 {
		return
	}
	last := e.v.outs[len(e.v.outs)-1].in
	for i := e.head; i < len(e.sent); i++ {
		if l := &e.sent[i]; l.from >= last && l.from < l.to {
			e.c.add(l)
		}
	}
}
