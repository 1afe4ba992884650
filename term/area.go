package term

import "unicode/utf8"

// Bounds of an area: what is written beyond them is dropped. They also bound the
// work of each byte.
const (
	maxColumns   = 1 << 10
	maxAreaCells = 1 << 17
	maxSequence  = 64 // bytes of a control sequence
)

// filler stands in the columns that a character takes beside its first.
const filler rune = -1

// Area is the part of a terminal on which one line is being edited: the row of
// the prompt and the rows below that the line goes on in. It knows no colours
// and no scrolling; it obeys what line editors and the kernel send, in time
// linear in the bytes.
//
// Rows lie one after the other, so that a line that was wrapped is one piece of
// cells. [Area.Start] makes it ready for use.
type Area struct {
	width  int
	cells  []rune  // 0 where nothing stands
	breaks []int32 // where rows begin that follow a line end, in order
	cur    int     // the cell that is written next
	late   bool    // the cursor still stands behind the cell before, in the last column
	saved  int
	insert bool
	alt    bool
	paste  bool // pastes are bracketed, as line editors ask for
	text   bool // inside of a string that a terminal does not show
	last   rune // the char that was written last
}

// Reset empties the area for a terminal of so many columns; 80 where that is
// not above 1. Modes stay.
func (a *Area) Reset(width int) {
	if width < 2 {
		width = 80
	}
	a.width, a.cells, a.breaks = min(width, maxColumns), a.cells[:0], a.breaks[:0]
	a.cur, a.saved, a.late = 0, 0, false
}

// Start empties the area and sets all modes to what they are at first.
func (a *Area) Start(width int) {
	a.insert, a.alt, a.paste, a.text, a.last = false, false, false, false, 0
	a.Reset(width)
}

// Alternate says whether the alternate screen is shown, as editors and pagers
// do.
func (a *Area) Alternate() bool { return a.alt }

// Resize changes the number of columns; the last line is kept, as it goes on in
// the rows of the new width.
func (a *Area) Resize(width int) {
	cells, cur := a.cells[min(a.Last(), len(a.cells)):], a.cur-a.Last()
	a.Reset(width)
	a.cells = append(a.cells, cells...)
	a.cur = max(cur, 0)
}

// End says why [Area.Feed] stopped.
type End uint8

// More bytes are needed, there was a line end on the lowest row, or the line
// editor ended, which needs no line end where the line fills its last row.
const (
	NoEnd End = iota
	LineEnd
	EditorEnd
)

// Feed writes bytes up to the first line end on the lowest row or to the end of
// a line editor, and gives how many it took; the line end is taken but not
// obeyed (see [Area.Break]). Bytes at the end that may be the start of a char or
// sequence are left.
func (a *Area) Feed(b []byte) (n int, end End) {
	for n < len(b) {
		c := b[n]
		switch {
		case a.text:
			n += a.skip(b[n:])
		case c >= ' ' && c < 0x7f:
			if a.cur == len(a.cells) {
				n += a.add(b[n:])
			} else {
				a.put(rune(c))
				n++
			}
		case c == '\n':
			n++
			if a.down() {
				return n, LineEnd
			}
		case c == esc:
			size, end := a.escape(b[n:])
			if n += size; size == 0 || end != NoEnd {
				return n, end
			}
		case c < utf8.RuneSelf:
			a.control(c)
			n++
		default:
			if !utf8.FullRune(b[n:]) {
				return n, NoEnd
			}
			r, size := utf8.DecodeRune(b[n:])
			if r == utf8.RuneError && size == 1 {
				r = invalidByte + rune(c)
			}
			a.put(r)
			n += size
		}
	}
	return n, NoEnd
}

// Break begins a new row below all others, after a line end.
func (a *Area) Break() {
	a.cur = a.rows() * a.width
	a.late = false
	for n := len(a.breaks); n > 0 && int(a.breaks[n-1]) >= a.cur; n-- {
		a.breaks = a.breaks[:n-1] // rows that nothing was written on
	}
	a.breaks = append(a.breaks, int32(a.cur))
}

// rows is the number of rows that hold anything, at least up to the cursor's.
func (a *Area) rows() int { return max((len(a.cells)+a.width-1)/a.width, a.row()+1) }

func (a *Area) row() int {
	if a.late {
		return (a.cur - 1) / a.width
	}
	return a.cur / a.width
}

// down obeys a line end above the lowest row and says whether this is the
// lowest.
func (a *Area) down() bool {
	row := a.row()
	if row+1 >= a.rows() {
		return true
	}
	a.cur, a.late = (row+1)*a.width, false
	return false
}

// reach makes the cells up to one, exclusive; false where the area is full.
func (a *Area) reach(to int) bool {
	if to > maxAreaCells {
		return false
	}
	for len(a.cells) < to {
		a.cells = append(a.cells, 0)
	}
	return true
}

// add writes the ASCII chars that b begins with at the end, at least one, and
// gives their number.
func (a *Area) add(b []byte) (n int) {
	for n < len(b) && b[n] >= ' ' && b[n] < 0x7f {
		if len(a.cells) < maxAreaCells {
			a.cells = append(a.cells, rune(b[n]))
		}
		n++
	}
	a.last = rune(b[n-1])
	a.cur = len(a.cells)
	a.late = a.cur%a.width == 0
	return n
}

func (a *Area) put(r rune) {
	size := 1
	if r >= 0x1100 && isWide(r) {
		size = 2
	}
	a.last = r
	if a.insert && a.cur < len(a.cells) {
		a.open(size)
	}
	if a.cur == len(a.cells) && a.cur < maxAreaCells {
		a.cells = append(a.cells, r)
	} else if a.reach(a.cur + size) {
		a.cells[a.cur] = r
	} else {
		return
	}
	if size == 2 && a.reach(a.cur+2) {
		a.cells[a.cur+1] = filler
	}
	a.cur += size
	a.late = a.cur%a.width < size
}

func (a *Area) control(c byte) {
	switch c {
	case '\r':
		a.cur = a.row() * a.width
		a.late = false
	case '\b':
		a.settle()
		if a.cur%a.width > 0 {
			a.cur--
		}
	case '\t':
		a.settle()
		a.tab()
	}
}

// settle puts the cursor that stands behind the last column on it.
func (a *Area) settle() {
	if a.late {
		a.cur, a.late = a.cur-1, false
	}
}

// tab goes to the next of the stops, 8 columns apart; over nothing it is kept as
// a char.
func (a *Area) tab() {
	column := a.cur % a.width
	to := a.cur - column + min(column/8*8+8, a.width-1)
	if a.cur >= len(a.cells) && to > a.cur && a.reach(to) {
		for i := a.cur; i < to; i++ {
			a.cells[i] = filler
		}
		a.cells[a.cur] = '\t'
	}
	a.cur = to
}

// rowEnd gives the cell after the last of the cursor's row.
func (a *Area) rowEnd() int { return (a.row() + 1) * a.width }

// clear empties cells, and forgets those at the end that are empty.
func (a *Area) clear(from, to int) {
	if to = min(to, len(a.cells)); from < to {
		clear(a.cells[from:to])
	}
	for n := len(a.cells); n > 0 && a.cells[n-1] == 0; n-- {
		a.cells = a.cells[:n-1]
	}
}

// open makes room for so many cells at the cursor; what leaves the row is lost.
func (a *Area) open(n int) {
	end := min(a.rowEnd(), len(a.cells)+n, maxAreaCells)
	if !a.reach(end) || a.cur >= end {
		return
	}
	n = min(n, end-a.cur)
	copy(a.cells[a.cur+n:end], a.cells[a.cur:end-n])
	clear(a.cells[a.cur : a.cur+n])
}

// remove takes so many cells at the cursor out of the row.
func (a *Area) remove(n int) {
	end := min(a.rowEnd(), len(a.cells))
	if a.cur >= end {
		return
	}
	n = min(n, end-a.cur)
	copy(a.cells[a.cur:end], a.cells[a.cur+n:end])
	a.clear(end-n, end)
}
