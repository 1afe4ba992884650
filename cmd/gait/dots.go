package main

// dots is a picture of dots in braille characters: each cell of text is two
// dots wide and four high.
type dots struct {
	width, height int // cells
	cells         []byte
}

func newDots(width, height int) *dots {
	return &dots{width, height, make([]byte, width*height)}
}

// brailleBits gives the bit of each dot of a cell, by row and column.
var brailleBits = [4][2]byte{{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}}

// set sets the dot at a place given by shares of the width, from the left, and
// of the height, from the bottom. What lies outside is drawn at the edge.
func (d *dots) set(x, y float64) {
	w, h := 2*d.width, 4*d.height
	i := min(w-1, max(0, int(x*float64(w))))
	j := h - 1 - min(h-1, max(0, int(y*float64(h))))
	d.cells[j/4*d.width+i/2] |= brailleBits[j%4][i%2]
}

// rows gives the lines of text from the top, without spaces at their ends.
func (d *dots) rows() []string {
	lines := make([]string, d.height)
	for j := range lines {
		row := d.cells[j*d.width : (j+1)*d.width]
		n := len(row)
		for n > 0 && row[n-1] == 0 {
			n--
		}
		r := make([]rune, n)
		for i, bits := range row[:n] {
			if r[i] = ' '; bits != 0 {
				r[i] = 0x2800 + rune(bits)
			}
		}
		lines[j] = string(r)
	}
	return lines
}
