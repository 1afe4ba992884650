package term

// Resize changes the size, within the bounds of [NewScreen]. Lines of the
// primary screen that were wrapped are wrapped anew; the alternate one is cut
// or filled.
func (s *Screen) Resize(cols, rows int) {
	cols, rows = min(max(cols, 1), MaxCols), min(max(rows, 1), MaxRows)
	if cols == s.cols && rows == s.rows {
		return
	}
	s.work += 4 * int64((s.rows+rows+maxHistory)*max(s.cols, cols))
	if cols > s.cols {
		s.defaultTabs(s.cols)
	}
	for i := range s.grids {
		g, at := &s.grids[i], spot{}
		if g == s.now {
			at = spot{col: s.col, row: s.row}
		}
		switch {
		case cols == s.cols:
		case g.limit > 0:
			at = g.reflow(at, s.cols, cols)
		default:
			g.narrow(s.cols, cols)
			at.col = min(at.col, cols-1)
		}
		at = g.resize(at, cols, rows)
		if g == s.now {
			s.col, s.row = at.col, at.row
		}
	}
	s.cols, s.rows, s.top, s.low = cols, rows, 0, rows-1
}

// narrow cuts all lines, or lets them be longer.
func (g *grid) narrow(old, cols int) {
	for i := range g.lines {
		l := &g.lines[i]
		if l.rest != (pen{}) {
			l.reach(old)
		}
		l.narrow(cols)
		l.rest, l.wrapped = pen{}, false
	}
}

// resize brings the lines to a number of rows: lines below the cursor go first,
// then those at the top; what had left at the top comes back.
func (g *grid) resize(at spot, cols, rows int) spot {
	shift := 0
	if more := len(g.lines) - rows; more > 0 {
		below := min(more, len(g.lines)-1-at.row)
		g.lines = g.lines[:len(g.lines)-below]
		if below > 0 {
			g.lines[len(g.lines)-1].wrapped = false
		}
		shift = below - more
		for i := range more - below {
			g.keep(g.lines[i])
		}
		g.lines = append([]line(nil), g.lines[more-below:]...)
	}
	if less := rows - len(g.lines); less > 0 {
		kept := g.kept()
		shift = min(less, len(kept))
		g.history, g.first = kept[:len(kept)-shift], 0
		lines := append(make([]line, 0, rows), kept[len(kept)-shift:]...)
		g.lines = append(append(lines, g.lines...), make([]line, less-shift)...)
	}
	at.row += shift
	p := &g.saved
	p.col, p.row = min(p.col, cols-1), p.row+shift
	if p.row < 0 || p.row >= rows {
		p.col, p.row = 0, 0
	}
	return at
}

// reflow breaks all lines anew, and gives where the cursor comes to be.
func (g *grid) reflow(at spot, old, cols int) spot {
	kept := g.kept()
	all := append(kept, g.lines...)
	r := reflowed{cols: cols, cursor: len(kept) + at.row, col: at.col}
	for i := 0; i < len(all); {
		i = r.take(all, i, old)
	}
	rows := len(g.lines)
	for len(r.lines) < rows {
		r.lines = append(r.lines, line{})
	}
	if above := len(r.lines) - rows - r.row; above > 0 {
		r.lines = r.lines[:len(r.lines)-above]
	}
	view := len(r.lines) - rows
	g.history = append([]line(nil), r.lines[max(view-g.limit, 0):view]...)
	g.first, g.lines = 0, append([]line(nil), r.lines[view:]...)
	return spot{col: r.col, row: r.row - view}
}

// reflowed gathers lines that are broken anew.
type reflowed struct {
	cols     int
	lines    []line
	joined   []cell
	cursor   int // its line among the old ones
	col, row int // where the cursor is: first among the old, then among the new lines
}

// take takes the lines that belong together from the i-th on, and gives the
// next.
func (r *reflowed) take(all []line, i, old int) int {
	r.joined = r.joined[:0]
	offset := -1
	for {
		l := &all[i]
		if i == r.cursor {
			offset = len(r.joined) + r.col
		}
		i++
		if l.wrapped || l.rest != (pen{}) {
			l.reach(old)
		}
		r.joined = append(r.joined, l.cells...)
		if !l.wrapped || i == len(all) {
			break
		}
	}
	for n := len(r.joined); n > 0 && r.joined[n-1] == (cell{r: ' '}); n-- {
		r.joined = r.joined[:n-1]
	}
	r.lay(offset)
	return i
}

// lay breaks what was joined. offset is where the cursor is in it, or -1.
func (r *reflowed) lay(offset int) {
	rest, start := r.joined, 0
	for {
		n := min(len(rest), r.cols)
		taken := n
		cells := append(make([]cell, 0, r.cols), rest[:n]...)
		if n == r.cols && n > 0 && cells[n-1].r >= wideHead {
			cells[n-1] = cell{r: ' ', pen: cells[n-1].pen}
			if n > 1 {
				taken--
			} else {
				taken = min(2, len(rest))
			}
		}
		rest = rest[taken:]
		last := len(rest) == 0
		if offset >= start && (last || offset < start+taken) {
			r.row, r.col = len(r.lines), offset-start
			if r.col > r.cols {
				r.col = r.cols - 1
			}
		}
		r.lines = append(r.lines, line{cells: cells, wrapped: !last})
		if start += taken; last {
			return
		}
	}
}
