package edit

import (
	"fmt"
	"unicode"
	"unicode/utf8"
)

// A cell is what stands at one place of the screen: a character in the low
// bits, or the number of an invisible sequence of the prompt, and flags.
type cell uint32

// Flags of a cell.
const (
	wide      cell = 1 << 24 // takes two columns
	zero      cell = 1 << 25 // takes none, a combining mark for instance
	invisible cell = 1 << 26 // an escape sequence of the prompt
	marked    cell = 1 << 27 // shown in standout
	newline   cell = 1 << 28 // ends a row and is not shown
	character cell = 1<<24 - 1
)

// width gives the columns that a cell takes.
func (c cell) width() int {
	switch {
	case c&(zero|invisible|newline) != 0:
		return 0
	case c&wide != 0:
		return 2
	}
	return 1
}

// widthOf gives the columns that cells take.
func widthOf(cells []cell) int {
	n := 0
	for _, c := range cells {
		n += c.width()
	}
	return n
}

// runeCell gives the cell of a printable character.
func runeCell(r rune) cell {
	switch {
	case r < 0x300:
		return cell(r)
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return cell(r) | zero
	case isWide(r):
		return cell(r) | wide
	}
	return cell(r)
}

// wideRanges are the characters that take two columns.
var wideRanges = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x1100, Hi: 0x115f, Stride: 1}, {Lo: 0x231a, Hi: 0x231b, Stride: 1}, {Lo: 0x23e9, Hi: 0x23ec, Stride: 1},
		{Lo: 0x2614, Hi: 0x2615, Stride: 1}, {Lo: 0x26a1, Hi: 0x26a1, Stride: 1}, {Lo: 0x2705, Hi: 0x2705, Stride: 1},
		{Lo: 0x274c, Hi: 0x274c, Stride: 1}, {Lo: 0x2e80, Hi: 0x303e, Stride: 1}, {Lo: 0x3041, Hi: 0x33ff, Stride: 1},
		{Lo: 0x3400, Hi: 0x4dbf, Stride: 1}, {Lo: 0x4e00, Hi: 0x9fff, Stride: 1}, {Lo: 0xa000, Hi: 0xa4cf, Stride: 1},
		{Lo: 0xac00, Hi: 0xd7a3, Stride: 1}, {Lo: 0xf900, Hi: 0xfaff, Stride: 1}, {Lo: 0xfe30, Hi: 0xfe6f, Stride: 1},
		{Lo: 0xff01, Hi: 0xff60, Stride: 1}, {Lo: 0xffe0, Hi: 0xffe6, Stride: 1},
	},
	R32: []unicode.Range32{
		{Lo: 0x1f300, Hi: 0x1f320, Stride: 1}, {Lo: 0x1f330, Hi: 0x1f335, Stride: 1}, {Lo: 0x1f337, Hi: 0x1f37c, Stride: 1},
		{Lo: 0x1f37e, Hi: 0x1f393, Stride: 1}, {Lo: 0x1f3a0, Hi: 0x1f3ca, Stride: 1}, {Lo: 0x1f400, Hi: 0x1f43e, Stride: 1},
		{Lo: 0x1f442, Hi: 0x1f4fc, Stride: 1}, {Lo: 0x1f4ff, Hi: 0x1f53d, Stride: 1}, {Lo: 0x1f5fb, Hi: 0x1f64f, Stride: 1},
		{Lo: 0x1f680, Hi: 0x1f6c5, Stride: 1}, {Lo: 0x1f900, Hi: 0x1f9ff, Stride: 1}, {Lo: 0x20000, Hi: 0x3fffd, Stride: 1},
	},
}

func isWide(r rune) bool { return r >= 0x1100 && unicode.Is(wideRanges, r) }

// appendText appends the cells of text as readline shows them, beginning at a
// column: control characters as ^X, tabs as spaces, bytes that are no
// character in octal.
func appendText(cells []cell, text []byte, column, cols int) []cell {
	for len(text) > 0 {
		c := text[0]
		before := len(cells)
		switch {
		case c == '\n':
			cells = append(cells, newline)
			column = 0
			text = text[1:]
			continue
		case c == '\t':
			n := 8 - column%8
			for range n {
				cells = append(cells, ' ')
			}
			text = text[1:]
		case c < ' ' || c == 0x7f:
			cells = append(cells, '^', cell(c^0x40))
			text = text[1:]
		case c < utf8.RuneSelf:
			cells = append(cells, cell(c))
			text = text[1:]
		default:
			r, n := utf8.DecodeRune(text)
			if r == utf8.RuneError && n == 1 || !unicode.IsGraphic(r) && !unicode.Is(unicode.Cf, r) {
				for _, b := range text[:n] {
					for _, d := range []byte(fmt.Sprintf("\\%03o", b)) {
						cells = append(cells, cell(d))
					}
				}
			} else {
				cells = append(cells, runeCell(r))
			}
			text = text[n:]
		}
		if column += widthOf(cells[before:]); column >= cols {
			column -= cols
		}
	}
	return cells
}

// frame is what the screen shows, or is to show.
type frame struct {
	cells    []cell
	rows     []int // where each row begins
	row, col int   // of the cursor
}

// line gives the cells of a row; beyond the last it is empty.
func (f *frame) line(row int) []cell {
	end := len(f.cells)
	switch {
	case row >= len(f.rows):
		return nil
	case row < len(f.rows)-1:
		end = f.rows[row+1]
	}
	if end > f.rows[row] && f.cells[end-1] == newline {
		end--
	}
	return f.cells[f.rows[row]:end]
}

// last gives the number of the last row.
func (f *frame) last() int { return len(f.rows) - 1 }

// wrap finds the rows of the cells, and the cursor, which stands before the
// given cell. A row that is full is followed by another.
func (f *frame) wrap(cursor, cols int) {
	f.rows = append(f.rows[:0], 0)
	col := 0
	for i, c := range f.cells {
		w := c.width()
		if w > 0 && col+w > cols {
			f.rows = append(f.rows, i)
			col = 0
		}
		if i == cursor {
			f.row, f.col = len(f.rows)-1, col
		}
		col += w
		if c == newline {
			f.rows = append(f.rows, i+1)
			col = 0
		}
	}
	if col >= cols {
		f.rows = append(f.rows, len(f.cells))
		col = 0
	}
	if cursor >= len(f.cells) {
		f.row, f.col = len(f.rows)-1, col
	}
}
