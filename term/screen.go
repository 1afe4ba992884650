package term

import "unicode/utf8"

// Bounds of a [Screen]: no larger one is made, whatever is asked for, and no
// more lines are kept of what has left it at the top.
const (
	MaxCols    = 500
	MaxRows    = 200
	maxHistory = 100
)

// Screen is a terminal without a picture: what output leaves on it, where the
// cursor stands, and all modes that decide what later output does. It does as
// the terminal of the page's player does, to which [Screen.Restore] speaks;
// where terminals differ, that one is followed. In particular the characters
// U+0080 to U+009F are controls, and a combining mark takes a column.
//
// It takes output in any pieces, in time linear in its length and the size of
// the screen, and keeps two screens and a hundred lines.
type Screen struct {
	cols, rows int
	grids      [2]grid // the primary and the alternate one
	now        *grid   // the one that is shown
	col, row   int     // of the cursor; col is cols where the next character wraps
	pen        pen
	top, low   int // first and last line of the scroll region
	tabs       [MaxCols]bool
	drawing    [2]bool // G0, G1: line drawing
	shift      int     // which of them is in use
	hidden     bool    // the cursor
	origin     bool
	wrap       bool
	insert     bool
	newline    bool
	parser     screenParser
	held       [utf8.UTFMax]byte // the start of a character that is not whole yet
	nheld      int
	work       int64
}

// grid is one of the two screens.
type grid struct {
	lines   []line
	history []line // what left it at the top; the primary one's alone
	first   int    // the oldest of them
	limit   int    // how many are kept
	saved   spot
}

// spot is what is saved and restored with the cursor.
type spot struct {
	col, row int
	pen      pen
	origin   bool
	wrap     bool
}

// fresh is what is saved with the cursor at first.
var fresh = spot{wrap: true}

// NewScreen makes an empty screen. Sizes are brought within 1 to [MaxCols]
// and 1 to [MaxRows].
func NewScreen(cols, rows int) *Screen {
	s := &Screen{}
	s.reset(min(max(cols, 1), MaxCols), min(max(rows, 1), MaxRows))
	return s
}

// reset makes all as it was at first.
func (s *Screen) reset(cols, rows int) {
	work := s.work
	*s = Screen{cols: cols, rows: rows, low: rows - 1, wrap: true, work: work}
	for i := range s.grids {
		s.grids[i] = grid{lines: make([]line, rows), saved: fresh}
	}
	s.grids[0].limit = maxHistory
	s.now = &s.grids[0]
	s.defaultTabs(0)
}

// tabEvery is how many columns lie between two tab stops.
const tabEvery = 8

// defaultTabs sets the tab stops from a column on.
func (s *Screen) defaultTabs(from int) {
	for i := from; i < MaxCols; i++ {
		s.tabs[i] = i > 0 && i%tabEvery == 0
	}
}

// Size gives the columns and rows.
func (s *Screen) Size() (cols, rows int) { return s.cols, s.rows }

// Cursor gives the place of the cursor, from 0, and whether it is shown. Its
// column is the number of columns where the next character begins a line.
func (s *Screen) Cursor() (col, row int, shown bool) { return s.col, s.row, !s.hidden }

// Work is about how many cells have been written, moved or cleared in all: how
// long a plain terminal takes for what was fed.
func (s *Screen) Work() int64 { return s.work }

// Text gives the characters of a row, from 0, without the blanks at its end.
// A character of two columns stands once.
func (s *Screen) Text(row int) string {
	if row < 0 || row >= s.rows {
		return ""
	}
	l := &s.now.lines[row]
	b := make([]byte, 0, len(l.cells))
	end := 0
	for _, c := range l.cells {
		if c.r == tail {
			continue
		}
		b = utf8.AppendRune(b, c.char())
		if c.char() != ' ' {
			end = len(b)
		}
	}
	return string(b[:end])
}

// Feed takes output.
func (s *Screen) Feed(b []byte) {
	for len(b) > 0 {
		if s.parser.state == screenGround && s.nheld == 0 {
			if n := s.plain(b); n > 0 {
				b = b[n:]
				continue
			}
		}
		b = b[s.char(b):]
	}
}

// plain prints the run of printable ASCII at the start of b, as far as it fits
// the line, and gives how many bytes that is.
func (s *Screen) plain(b []byte) int {
	if s.col >= s.cols || s.insert || s.drawing[s.shift] {
		return 0
	}
	most := min(len(b), s.cols-s.col)
	n := 0
	for n < most && b[n] >= 0x20 && b[n] < del {
		n++
	}
	if n == 0 {
		return 0
	}
	if !s.wrap && s.col+n == s.cols {
		if n--; n == 0 {
			return 0
		}
	}
	s.now.lines[s.row].plain(s.col, b[:n], s.pen)
	s.col += n
	s.work += int64(n)
	return n
}

// char takes one character at the start of b, or what may become one, and
// gives how many bytes it took.
func (s *Screen) char(b []byte) int {
	if s.nheld > 0 {
		return s.resume(b)
	}
	if b[0] < utf8.RuneSelf {
		s.rune(rune(b[0]))
		return 1
	}
	if !utf8.FullRune(b) {
		s.nheld = copy(s.held[:], b)
		return len(b)
	}
	r, n := utf8.DecodeRune(b)
	s.rune(r)
	return n
}

// resume goes on with a character that was cut.
func (s *Screen) resume(b []byte) int {
	n := s.nheld
	s.held[n] = b[0]
	held := s.held[:n+1]
	if !utf8.FullRune(held) {
		s.nheld++
		return 1
	}
	s.nheld = 0
	if r, size := utf8.DecodeRune(held); size == n+1 {
		s.rune(r)
		return 1
	}
	for range n { // each byte of it is none of a character
		s.rune(utf8.RuneError)
	}
	return 0
}
