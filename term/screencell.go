package term

// pen is how characters are drawn.
type pen struct {
	fg, bg uint32
	attrs  uint16
}

// Attributes of a pen. Bold and faint exclude each other.
const (
	bold uint16 = 1 << iota
	faint
	italic
	underline
	blink
	inverse
	strike
)

// Colours of a pen: 0 is the default, else one of 256 or 24 bits.
const (
	indexed uint32 = 1 << 24
	direct  uint32 = 2 << 24
)

// cell is one place on a line. What takes two columns has the bit wideHead, and
// a tail after it.
type cell struct {
	r   rune
	pen pen
}

const (
	wideHead rune = 1 << 24
	tail     rune = -1
)

// char gives the character that is seen; a space for the second half of one.
func (c cell) char() rune {
	if c.r == tail {
		return ' '
	}
	return c.r &^ wideHead
}

// line holds cells up to the last that was written; the rest of it is blank.
type line struct {
	cells   []cell
	rest    pen
	wrapped bool // it goes on in the next line
}

// blank makes the whole line empty.
func (l *line) blank(p pen) {
	l.cells, l.rest, l.wrapped = l.cells[:0], p, false
}

// reach makes the first n cells real.
func (l *line) reach(n int) {
	for len(l.cells) < n {
		l.cells = append(l.cells, cell{' ', l.rest})
	}
}

// split makes sure that no character of two columns lies across the left edge
// of a column: its halves become blanks.
func (l *line) split(col int, p pen) {
	if col > 0 && col < len(l.cells) && l.cells[col].r == tail {
		l.cells[col-1] = cell{' ', p}
		l.cells[col] = cell{' ', p}
	}
}

// plain writes characters of one column each.
func (l *line) plain(col int, b []byte, p pen) {
	l.reach(col)
	end := col + len(b)
	l.split(col, p)
	l.split(end, p)
	kept := min(end, len(l.cells)) - col
	for i := range kept {
		l.cells[col+i] = cell{rune(b[i]), p}
	}
	for _, c := range b[kept:] {
		l.cells = append(l.cells, cell{rune(c), p})
	}
}

// put writes one character.
func (l *line) put(col int, r rune, p pen) {
	width := 1
	if isWide(r) {
		width = 2
	}
	l.reach(col + width)
	l.split(col, p)
	l.split(col+width, p)
	if width == 2 {
		l.cells[col] = cell{r | wideHead, p}
		l.cells[col+1] = cell{tail, p}
	} else {
		l.cells[col] = cell{r, p}
	}
}

// erase blanks the columns from one to another, which is left as it is.
func (l *line) erase(from, to, cols int, p pen) {
	if from >= to {
		return
	}
	l.split(from, p)
	l.split(to, p)
	if to < cols {
		l.reach(to)
		for i := from; i < to; i++ {
			l.cells[i] = cell{' ', p}
		}
		return
	}
	l.reach(from)
	l.cells, l.rest, l.wrapped = l.cells[:from], p, false
}

// insert makes room for n blanks; what does not fit is lost.
func (l *line) insert(col, n, cols int, p pen) {
	l.split(col, p)
	n = min(n, cols-col)
	if col < len(l.cells) || l.rest != p {
		l.reach(cols)
		l.split(cols-n, p)
		copy(l.cells[col+n:], l.cells[col:cols-n])
		for i := col; i < col+n; i++ {
			l.cells[i] = cell{' ', p}
		}
	}
}

// remove takes n columns out; blanks come in at the end.
func (l *line) remove(col, n, cols int, p pen) {
	n = min(n, cols-col)
	l.split(col, p)
	l.split(col+n, p)
	if l.rest != p {
		l.reach(cols)
	} else {
		l.reach(col)
	}
	if keep := len(l.cells) - n; keep > col {
		copy(l.cells[col:], l.cells[col+n:])
		l.cells = l.cells[:keep]
	} else {
		l.cells = l.cells[:col]
	}
	l.rest, l.wrapped = p, false
}

// narrow cuts the line at a number of columns.
func (l *line) narrow(cols int) {
	if len(l.cells) > cols {
		l.split(cols, l.cells[cols-1].pen)
		l.cells = l.cells[:cols]
	}
}
