package edit

import (
	"strconv"
	"unicode/utf8"
)

// display brings frames onto a screen with as little as readline would send.
type display struct {
	caps
	cols    int
	now     frame // what the screen shows
	next    frame // what it is to show
	row     int   // where the cursor is
	col     int
	hidden  []string // invisible sequences of the prompt
	rewrite bool     // the next update does not look for a common tail
	out     []byte   // to be written
}

// update brings next onto the screen.
func (d *display) update() {
	for row := range d.next.rows {
		d.updateRow(row, d.now.line(row), d.next.line(row))
	}
	for row := d.next.last() + 1; row <= d.now.last(); row++ {
		d.moveRow(row)
		d.moveCol(0)
		d.clearEOL(widthOf(d.now.line(row)))
	}
	d.moveRow(d.next.row)
	d.moveCol(d.next.col)
	d.now, d.next = d.next, d.now
	d.rewrite = false
}

// updateRow brings one row onto the screen: what differs from the beginning
// on, up to a common tail where it is worth keeping.
func (d *display) updateRow(row int, old, new []cell) {
	if d.col >= d.cols && d.autowraps && d.row == row-1 {
		old = d.breakRow(old, new)
	}
	from := 0
	for from < len(old) && from < len(new) && old[from] == new[from] {
		from++
	}
	if from == len(old) && from == len(new) {
		return
	}
	oldEnd, newEnd := d.tail(old, new, from)
	grown := widthOf(new[from:newEnd]) - widthOf(old[from:oldEnd])
	rest := widthOf(new[from:])
	d.moveRow(row)
	d.moveCol(widthOf(new[:from]))
	switch {
	case grown > 0 && oldEnd < len(old) && d.insert && !(row >= d.now.last() && d.next.last() > d.now.last()):
		d.csi(grown, '@')
		d.print(new[from:newEnd])
	case grown > 0:
		d.print(new[from:])
	case d.insert && 2*rest >= -grown:
		if grown < 0 {
			d.csi(-grown, 'P')
		}
		d.print(new[from:newEnd])
	default:
		d.print(new[from:])
		if grown < 0 {
			d.clearEOL(-grown)
		}
	}
}

// breakRow makes a terminal that waits at the right margin go on to the next
// row, by writing the first cell there.
func (d *display) breakRow(old, new []cell) []cell {
	first := cell(' ')
	if len(new) > 0 {
		first = new[0]
	}
	d.row++
	d.col = 0
	d.print([]cell{first})
	switch {
	case len(new) == 0:
		return old
	case len(old) == 0:
		return []cell{first}
	}
	return append([]cell{first}, old[1:]...)
}

// tail finds where what both rows end with begins. A tail without a space in
// it is not kept.
func (d *display) tail(old, new []cell, from int) (oldEnd, newEnd int) {
	o, n := len(old)-1, len(new)-1
	keep := false
	for !d.rewrite && o > from && n > from && old[o] == new[n] {
		keep = keep || old[o] == ' '
		o--
		n--
	}
	if !keep {
		return len(old), len(new)
	}
	if old[o] != new[n] {
		o++
		n++
	}
	return o, n
}

// moveRow moves the cursor up, in its column, or down to the first column.
func (d *display) moveRow(row int) {
	if row == d.row {
		return
	}
	for ; d.row > row; d.row-- {
		d.out = append(d.out, d.up...)
	}
	if d.row < row {
		for ; d.row < row; d.row++ {
			d.out = append(d.out, '\n')
		}
		d.out = append(d.out, '\r')
		d.col = 0
	}
}

// moveCol moves the cursor in its row, whichever way is shorter.
func (d *display) moveCol(col int) {
	if col == d.col {
		return
	}
	if col == 0 || col+1 < d.col-col || d.col >= d.cols {
		d.out = append(d.out, '\r')
		d.col = 0
	}
	switch {
	case col < d.col:
		for ; d.col > col; d.col-- {
			d.out = append(d.out, d.back...)
		}
	case col > d.col && d.forward != "":
		for ; d.col < col; d.col++ {
			d.out = append(d.out, d.forward...)
		}
	case col > d.col:
		d.reprint(col)
	}
}

// reprint moves the cursor forward by writing the row again.
func (d *display) reprint(col int) {
	at, to, cells := 0, 0, d.next.line(d.row)
	for to < len(cells) && at < col {
		at += cells[to].width()
		to++
	}
	d.out = append(d.out, '\r')
	d.print(cells[:to])
	d.col = col
}

// clearEOL clears n columns from the cursor to the end of the row.
func (d *display) clearEOL(n int) {
	if d.caps.clearEOL != "" {
		d.out = append(d.out, d.caps.clearEOL...)
		return
	}
	for range n {
		d.out = append(d.out, ' ')
	}
	d.col += n
}

// print writes cells at the cursor.
func (d *display) print(cells []cell) {
	standout := false
	for _, c := range cells {
		if now := c&marked != 0; now != standout {
			standout = now
			d.standout(now)
		}
		if c&invisible != 0 {
			d.out = append(d.out, d.hidden[c&character]...)
			continue
		}
		d.out = utf8.AppendRune(d.out, rune(c&character))
		d.col += c.width()
	}
	if standout {
		d.standout(false)
	}
}

func (d *display) standout(on bool) {
	if on {
		d.out = append(d.out, d.on...)
	} else {
		d.out = append(d.out, d.off...)
	}
}

func (d *display) csi(n int, end byte) {
	d.out = strconv.AppendInt(append(d.out, "\x1b["...), int64(n), 10)
	d.out = append(d.out, end)
}

// forget says that the screen shows nothing of the line and that the cursor
// stands at the beginning of a row.
func (d *display) forget() {
	d.now.cells, d.now.rows = d.now.cells[:0], append(d.now.rows[:0], 0)
	d.row, d.col = 0, 0
}

// finish moves to the beginning of the row after the last.
func (d *display) finish() {
	last := d.now.last()
	full := last > 0 && d.col == 0 && len(d.now.line(last)) == 0
	if full {
		last--
	}
	d.moveRow(last)
	line := d.now.line(last)
	width := widthOf(line)
	if full && d.autowraps && width == d.cols && len(line) > 0 {
		end := line[len(line)-1]
		d.moveCol(d.cols - end.width())
		d.clearEOL(0)
		d.print([]cell{end})
	}
	if width > 0 || d.col > 0 {
		d.out = append(d.out, '\n')
	}
	d.forget()
}

// wipe clears all rows that the line has on the screen, from the last that the
// cursor is in upwards, and stands at the beginning of the first.
func (d *display) wipe() {
	d.out = append(d.out, '\r')
	d.clearEOL(0)
	for ; d.row > 0; d.row-- {
		d.out = append(append(d.out, '\r'), d.up...)
		d.clearEOL(0)
	}
	d.out = append(d.out, '\r')
	d.forget()
}
