package term

import (
	"bytes"
	"unicode/utf8"
)

// line gives the line that the cursor is on.
func (s *Screen) line() *line { return &s.now.lines[s.row] }

// print shows a character where the cursor is.
func (s *Screen) print(r rune) {
	if s.drawing[s.shift] && r >= '`' && r <= '~' {
		r = lineDrawing[r-'`']
	}
	width := 1
	if isWide(r) {
		width = 2
	}
	if s.col+width > s.cols {
		if s.wrap {
			s.line().wrapped = true
			s.col = 0
			s.index()
		} else {
			s.col = max(s.cols-width, 0)
		}
		if width > s.cols {
			return
		}
	}
	if s.insert {
		s.line().insert(s.col, width, s.cols, s.pen)
		s.work += int64(s.cols)
	}
	wrapped := s.line().wrapped
	s.line().put(s.col, r, s.pen)
	s.line().wrapped = wrapped
	s.work += int64(width)
	if s.col += width; !s.wrap {
		s.col = min(s.col, s.cols-1)
	}
}

// lineDrawing are the characters of the line drawing set, from '`'.
var lineDrawing = [...]rune{
	'♦', '▒', '␉', '␌', '␍', '␊', '°', '±', '␤', '␋', '┘', '┐', '┌', '└', '┼', '⎺', '⎻', '─', '⎼', '⎽', '├', '┤', '┴', '┬', '│', '≤', '≥', 'π', '≠', '£', '⋅',
}

// repeat prints the character before the cursor again. What goes beyond all
// that is kept of a screen looks the same as a little less of it.
func (s *Screen) repeat(n int) {
	if s.col == 0 {
		return
	}
	l := s.line()
	l.reach(s.col)
	r := l.cells[s.col-1].char()
	if l.cells[s.col-1].r == tail {
		r = l.cells[s.col-2].char()
	}
	s.work += int64(n)
	most := s.cols * (s.rows + maxHistory)
	if each := s.cols; n > most+each {
		if isWide(r) {
			each = max(s.cols/2, 1)
		}
		n = most + (n-most)%each
	}
	run := bytes.Repeat([]byte{byte(r)}, min(n, s.cols))
	for n > 0 {
		if r < utf8.RuneSelf {
			if k := s.plain(run[:min(n, len(run))]); k > 0 {
				n -= k
				continue
			}
		}
		s.print(r)
		n--
	}
}

// moveTo puts the cursor at a place on the screen.
func (s *Screen) moveTo(col, row int) {
	s.col, s.row = min(max(col, 0), s.cols-1), min(max(row, 0), s.rows-1)
}

// moveToRow puts the cursor at a row as programs count them.
func (s *Screen) moveToRow(row int) {
	if s.origin {
		row = min(row+s.top, s.low)
	}
	s.moveTo(s.col, row)
}

// up moves the cursor up, but not out of the scroll region.
func (s *Screen) up(n int) {
	top := 0
	if s.row >= s.top {
		top = s.top
	}
	s.moveTo(s.col, max(s.row-n, top))
}

// down moves the cursor down, but not out of the scroll region.
func (s *Screen) down(n int) {
	low := s.rows - 1
	if s.row <= s.low {
		low = s.low
	}
	s.moveTo(s.col, min(s.row+n, low))
}

// index moves the cursor down, and scrolls at the end of the region.
func (s *Screen) index() {
	if s.row == s.low {
		s.scrollUp(s.top, s.low, 1)
	} else if s.row < s.rows-1 {
		s.row++
		s.col = min(s.col, s.cols-1)
	}
}

// reverse moves the cursor up, and scrolls at the start of the region.
func (s *Screen) reverse() {
	if s.row == s.top {
		s.scrollDown(s.top, s.low, 1)
	} else if s.row > 0 {
		s.row--
		s.col = min(s.col, s.cols-1)
	}
}

// scrollUp moves the lines between two up. What leaves the primary screen at
// its top is kept for a while.
func (s *Screen) scrollUp(top, low, n int) {
	n = min(n, low-top+1)
	s.work += int64(n * s.cols)
	g := s.now
	if top > 0 {
		g.lines[top-1].wrapped = false
	}
	g.lines[low].wrapped = false
	for range n {
		out := g.lines[top]
		copy(g.lines[top:low], g.lines[top+1:low+1])
		if top == 0 {
			out = g.keep(out)
		}
		out.blank(s.pen)
		g.lines[low] = out
	}
}

// keep adds a line to what has left the screen, and gives one to use instead.
func (g *grid) keep(l line) line {
	if g.limit == 0 {
		return l
	}
	if len(g.history) < g.limit {
		g.history = append(g.history, l)
		return line{}
	}
	oldest := g.history[g.first]
	g.history[g.first] = l
	g.first = (g.first + 1) % g.limit
	return oldest
}

// kept gives what has left the screen at its top, the oldest first.
func (g *grid) kept() []line {
	return append(append(make([]line, 0, len(g.history)+len(g.lines)), g.history[g.first:]...), g.history[:g.first]...)
}

// scrollDown moves the lines between two down.
func (s *Screen) scrollDown(top, low, n int) {
	n = min(n, low-top+1)
	s.work += int64(n * s.cols)
	lines := s.now.lines
	if top > 0 {
		lines[top-1].wrapped = false
	}
	for range n {
		out := lines[low]
		copy(lines[top+1:low+1], lines[top:low])
		out.blank(s.pen)
		lines[top] = out
	}
	lines[low].wrapped = false
}

// lastOfLines is the last line that inserting and deleting lines moves.
func (s *Screen) lastOfLines() int {
	if s.row <= s.low {
		return s.low
	}
	return s.rows - 1
}

// tab moves to a tab stop to the right.
func (s *Screen) tab(n int) {
	col := s.col
	for col < s.cols-1 && n > 0 {
		if col++; s.tabs[col] {
			n--
		}
	}
	s.moveTo(col, s.row)
}

// backTab moves to a tab stop to the left.
func (s *Screen) backTab(n int) {
	col := s.col
	for col > 0 && n > 0 {
		if col--; col < MaxCols && s.tabs[col] {
			n--
		}
	}
	s.moveTo(col, s.row)
}

// save notes the cursor and what goes with it.
func (s *Screen) save() {
	s.now.saved = spot{s.col, s.row, s.pen, s.origin, s.wrap}
}

// back goes to what was saved last.
func (s *Screen) back() {
	p := s.now.saved
	s.col, s.row, s.pen, s.origin, s.wrap = p.col, p.row, p.pen, p.origin, p.wrap
}

// alternate shows the alternate screen, empty, or the primary one.
func (s *Screen) alternate(on bool) {
	to := &s.grids[0]
	if on {
		to = &s.grids[1]
	}
	if s.now == to {
		return
	}
	s.now = to
	if on {
		for i := range to.lines {
			to.lines[i].blank(s.pen)
		}
		s.work += int64(s.cols * s.rows)
	}
}
