package term

import (
	"strconv"
	"unicode/utf8"
)

// Restore gives the text that brings a fresh terminal of the same size into
// this state: what is on both screens, what had left the primary one at its
// top, tab stops, scroll region, modes, character sets, what was saved with the
// cursor, cursor and pen, and the beginning of an escape sequence or character
// that is not whole yet. One state is beyond it: with origin mode, a cursor
// outside the scroll region comes to stand at its nearest line.
func (s *Screen) Restore() string {
	w := &restorer{s: s, g: &s.grids[0]}
	w.tabs()
	w.content()
	w.save()
	alternate := &s.grids[1]
	if s.now == alternate || alternate.saved != fresh {
		w.pen(pen{})
		w.text("\x1b[?47h\x1b[H")
		w.g = alternate
		if s.now == alternate {
			w.content()
		}
		w.save()
		if s.now != alternate {
			w.text("\x1b[?47l")
		}
	}
	w.g = s.now
	w.state()
	w.pending()
	w.b = append(w.b, s.held[:s.nheld]...)
	return string(w.b)
}

// restorer writes the text of [Screen.Restore].
type restorer struct {
	s   *Screen
	g   *grid // the one that is written
	b   []byte
	now pen
}

func (w *restorer) text(t string) { w.b = append(w.b, t...) }

// csi writes a sequence with numbers.
func (w *restorer) csi(final byte, numbers ...int) {
	w.text("\x1b[")
	for i, n := range numbers {
		if i > 0 {
			w.b = append(w.b, ';')
		}
		w.b = strconv.AppendInt(w.b, int64(n), 10)
	}
	w.b = append(w.b, final)
}

// tabs sets the tab stops, where they are not the default ones.
func (w *restorer) tabs() {
	same := true
	for i := range w.s.cols {
		same = same && w.s.tabs[i] == (i > 0 && i%tabEvery == 0)
	}
	if same {
		return
	}
	w.text("\x1b[3g")
	for i := range w.s.cols {
		if w.s.tabs[i] {
			w.csi('G', i+1)
			w.text("\x1bH")
		}
	}
	w.text("\r")
}

// content writes all lines, from the first column of the first line on.
func (w *restorer) content() {
	lines := append(w.g.kept(), w.g.lines...)
	wrapped := false
	for i := range lines {
		if i > 0 && !wrapped {
			w.pen(pen{})
			w.text("\r\n")
		}
		l := &lines[i]
		last := i == len(lines)-1
		w.line(l, wrapped, last)
		wrapped = l.wrapped && !last
	}
}

// line writes a line. What follows a wrapped one needs a character to begin
// with, and a wrapped one all of its columns.
func (w *restorer) line(l *line, follows, last bool) {
	cols := w.s.cols
	n := len(l.cells)
	if l.rest == (pen{}) && !(l.wrapped && !last) {
		for n > 0 && l.cells[n-1] == (cell{r: ' '}) {
			n--
		}
	}
	for _, c := range l.cells[:n] {
		if c.r != tail {
			w.cell(c)
		}
	}
	rest := 0
	switch {
	case l.wrapped && !last:
		rest = cols - n
	case l.rest != (pen{}) && n < cols:
		w.pen(l.rest)
		if follows && n == 0 {
			w.cell(cell{' ', l.rest})
		}
		w.text("\x1b[K")
		return
	case follows && n == 0:
		rest = 1
	}
	for range rest {
		w.cell(cell{' ', l.rest})
	}
}

func (w *restorer) cell(c cell) {
	w.pen(c.pen)
	w.b = utf8.AppendRune(w.b, c.char())
}

// pen changes the pen.
func (w *restorer) pen(p pen) {
	if p == w.now {
		return
	}
	w.now = p
	w.text("\x1b[0")
	for n, bit := range [...]uint16{1: bold, 2: faint, 3: italic, 4: underline, 5: blink, 7: inverse, 9: strike} {
		if p.attrs&bit != 0 {
			w.b = append(w.b, ';', '0'+byte(n))
		}
	}
	w.colour(38, p.fg)
	w.colour(48, p.bg)
	w.b = append(w.b, 'm')
}

func (w *restorer) colour(first int, c uint32) {
	if c == 0 {
		return
	}
	numbers := []uint32{5, c & 0xff}
	if c&direct != 0 {
		numbers = []uint32{2, c >> 16 & 0xff, c >> 8 & 0xff, c & 0xff}
	}
	w.b = strconv.AppendInt(append(w.b, ';'), int64(first), 10)
	for _, n := range numbers {
		w.b = strconv.AppendUint(append(w.b, ';'), uint64(n), 10)
	}
}

// save has saved what is to be saved with the cursor. The scroll region must be
// the whole screen.
func (w *restorer) save() {
	p := w.g.saved
	if p == fresh {
		return
	}
	w.mode("?6", p.origin)
	w.place(p.col, p.row, p.row)
	w.mode("?7", p.wrap)
	w.pen(p.pen)
	w.text("\x1b7\x1b[?6l\x1b[?7h")
}

// state sets the scroll region, the cursor and all modes.
func (w *restorer) state() {
	s, row := w.s, w.s.row
	if s.top > 0 || s.low < s.rows-1 {
		w.csi('r', s.top+1, s.low+1)
	}
	if s.origin {
		w.mode("?6", true)
		row = min(max(row, s.top), s.low) - s.top
	}
	w.place(s.col, row, s.row)
	w.pen(s.pen)
	for _, m := range []struct {
		is   bool
		text string
	}{
		{!s.wrap, "\x1b[?7l"}, {s.hidden, "\x1b[?25l"}, {s.insert, "\x1b[4h"}, {s.newline, "\x1b[20h"},
		{s.drawing[0], "\x1b(0"}, {s.drawing[1], "\x1b)0"}, {s.shift == 1, "\x0e"},
	} {
		if m.is {
			w.text(m.text)
		}
	}
}

// pending begins the sequence that is not whole yet.
func (w *restorer) pending() {
	p := &w.s.parser
	switch p.state {
	case screenGround:
		return
	case screenEscape:
		w.text("\x1b")
		return
	case screenEscapeInter:
		w.b = append(w.b, esc, p.inter)
		return
	case screenOSC:
		w.text("\x1b]")
		return
	case screenString:
		w.text("\x1b_")
		return
	case screenIgnore:
		w.text("\x1b[0?")
		return
	}
	w.text("\x1b[")
	if p.state == screenEntry {
		return
	}
	private := p.state == screenParam && p.inter != 0
	if private {
		w.b = append(w.b, p.inter)
	}
	for i := 0; i <= min(p.last, maxParts-1); i++ {
		if i > 0 {
			w.b = append(w.b, ';')
		}
		w.b = strconv.AppendUint(w.b, uint64(p.param[i][0]), 10)
		for k := 1; k <= min(p.parts[i], maxSubs-1); k++ {
			w.b = strconv.AppendUint(append(w.b, ':'), uint64(p.param[i][k]), 10)
		}
		if p.parts[i] == maxSubs {
			w.b = append(w.b, ':')
		}
	}
	if p.last == maxParts {
		w.b = append(w.b, ';')
	}
	if p.state == screenInter {
		w.b = append(w.b, p.inter)
	}
}

// place puts the cursor at a row as programs count them, which is line of the
// screen. Behind the last column it gets by writing again what is in that one.
func (w *restorer) place(col, row, line int) {
	cols := w.s.cols
	if col < cols {
		w.csi('H', row+1, col+1)
		return
	}
	c := cell{' ', w.g.lines[line].rest}
	if cells := w.g.lines[line].cells; len(cells) == cols {
		if c = cells[cols-1]; c.r == tail {
			col, c = cols-1, cells[cols-2]
		}
	}
	w.csi('H', row+1, col)
	w.cell(c)
}

func (w *restorer) mode(name string, on bool) {
	w.text("\x1b[" + name)
	if on {
		w.b = append(w.b, 'h')
	} else {
		w.b = append(w.b, 'l')
	}
}
