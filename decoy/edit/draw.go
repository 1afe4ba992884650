package edit

// draw brings the line onto the screen as it is now.
func (r *reading) draw() {
	r.stale = false
	f := &r.d.next
	prompt := r.prompt
	if r.message != nil {
		prompt = r.message
	}
	f.cells = append(f.cells[:0], prompt...)
	column := widthOf(prompt) % r.d.cols
	f.cells = r.appendLine(f.cells, column)
	cursor := len(f.cells)
	if r.point < len(r.line) {
		cursor = len(appendText(nil, r.line[:r.starts(r.point)], column, r.d.cols)) + len(prompt)
	}
	f.wrap(cursor, r.d.cols)
	r.d.update()
}

// appendLine appends the cells of the line, some of them marked.
func (r *reading) appendLine(cells []cell, column int) []cell {
	if r.markTo <= r.markFrom || r.d.on == "" {
		return appendText(cells, r.line, column, r.d.cols)
	}
	first := len(cells)
	cells = appendText(cells, r.line, column, r.d.cols)
	end := r.starts(r.markTo)
	if end < r.markTo {
		end = r.after(end)
	}
	from := first + len(appendText(nil, r.line[:r.starts(r.markFrom)], column, r.d.cols))
	to := first + len(appendText(nil, r.line[:end], column, r.d.cols))
	for i := from; i < to; i++ {
		if cells[i] != newline {
			cells[i] |= marked
		}
	}
	return cells
}

// show draws the line, unless it is long and more input waits.
func (r *reading) show() {
	if r.stale = len(r.line) > longLine && r.queued(); !r.stale {
		r.draw()
	}
}

// typedAtEnd draws text that was typed at the end of the line. It gives false
// where the line must be drawn as a whole.
func (r *reading) typedAtEnd(text []byte) bool {
	f, d := &r.d.now, &r.d
	end := r.point == len(r.line) && d.row == f.last() && d.row == f.row && d.col == f.col && widthOf(f.line(f.row)) == f.col
	if !end || r.stale || r.message != nil || r.markTo > r.markFrom {
		return false
	}
	cells := appendText(nil, text, f.col, d.cols)
	col, rows := f.col, []int(nil)
	for i, c := range cells {
		switch w := c.width(); {
		case w == 0, col+w > d.cols && col < d.cols:
			return false
		case col == d.cols:
			rows = append(rows, len(f.cells)+i)
			col = w
		default:
			col += w
		}
	}
	f.cells = append(f.cells, cells...)
	d.print(cells)
	if col == d.cols {
		rows = append(rows, len(f.cells))
		col = 0
		r.emit(" \r")
	}
	f.rows = append(f.rows, rows...)
	f.row, f.col = f.last(), col
	d.row, d.col = f.row, col
	return true
}

// clearScreen draws the line on an empty screen.
func (r *reading) clearScreen() {
	if r.d.clear == "" {
		r.emit("\n")
	}
	r.emit(r.d.clear)
	r.again()
}

// again draws the line where the cursor is, at the beginning of a row.
func (r *reading) again() {
	r.d.forget()
	r.emit(r.above)
	r.draw()
}
