package main

import (
	"fmt"
	"io"
	"strings"

	"gait/term"
)

// maxReplayed is how much output is written at once when a replay jumps: what
// was printed before the last part of this size has scrolled away, or was
// painted over, in all but strange sessions.
const maxReplayed = 1 << 20

// screen shows recorded output in a terminal, and a status line in its lowest
// row, which the scrolling region leaves out.
type screen struct {
	out    io.Writer
	size   func() (columns, rows int)
	filter term.Filter

	columns, rows int
	status        string
	stale         bool // the status line must be drawn again
	buf, older    []byte
	skipped       bool // output before older was left out
	olderAlt      bool // older begins on the alternate screen
	bufAlt        bool
	err           error // of the terminal
}

// minRows is the smallest terminal that has room for a status line.
const minRows = 3

// open scrolls what the terminal shows out of sight and begins at the top.
func (s *screen) open() {
	s.resized()
	s.buf = append(s.buf, strings.Repeat("\n", s.rows)...)
	s.clear()
}

// resized looks at the terminal's size and says whether it changed.
func (s *screen) resized() bool {
	columns, rows := s.size()
	if columns == s.columns && rows == s.rows {
		return false
	}
	s.columns, s.rows = columns, rows
	s.filter.Rows = 0
	if rows >= minRows {
		s.filter.Rows = rows - 1
	}
	return true
}

// clear empties the screen, for output from its start.
func (s *screen) clear() {
	if s.filter.Alternate() {
		s.buf = append(s.buf, "\x1b[?1049l"...)
	}
	s.filter.Reset()
	s.buf = append(s.buf, s.home()+"\x1b[2J"...)
	s.stale = true
}

// home sets up an empty screen's state.
func (s *screen) home() string {
	if s.filter.Rows == 0 {
		return term.ScreenReset
	}
	return term.ScreenReset + fmt.Sprintf("\x1b[1;%dr\x1b[H", s.filter.Rows)
}

// print takes recorded output.
func (s *screen) print(data []byte) {
	s.stale = true
	s.buf = s.filter.Append(s.buf, data)
	if len(s.buf) < maxReplayed {
		return
	}
	s.skipped = s.skipped || len(s.older) > 0
	s.older, s.buf = s.buf, s.older[:0]
	s.olderAlt, s.bufAlt = s.bufAlt, s.filter.Alternate()
}

// flush writes what was printed. Of very much only the last part is written,
// and the screen is brought into a known state before it.
func (s *screen) flush() {
	if s.skipped {
		s.write([]byte("\x1b[?1049l" + s.home() + "\x1b[2J"))
		if s.olderAlt {
			s.write([]byte("\x1b[?1049h"))
		}
	}
	s.write(s.older)
	s.write(s.buf)
	s.older, s.buf, s.skipped = s.older[:0], s.buf[:0], false
	s.bufAlt = s.filter.Alternate()
}

func (s *screen) write(b []byte) {
	if s.err == nil && len(b) > 0 {
		_, s.err = s.out.Write(b)
	}
}

// show draws the status line where it changed or may have been erased. The
// cursor is saved meanwhile, which would destroy a place that the recording
// has saved: force says to draw nevertheless.
func (s *screen) show(status string, force bool) {
	if s.filter.Rows == 0 || status == s.status && !s.stale || s.filter.CursorSaved() && !force {
		return
	}
	s.status, s.stale = status, false
	s.write(fmt.Appendf(nil, "\x1b7\x1b[?6l\x1b[%d;1H\x0f\x1b(B\x1b[0;7m\x1b[2K%s\x1b[m\x1b8", s.rows, status))
}

// close gives the terminal back: the status line goes, what was replayed stays.
func (s *screen) close() {
	s.flush()
	b := ""
	if s.filter.Alternate() {
		b = "\x1b[?1049l"
	}
	s.write(fmt.Appendf(nil, "%s%s\x1b[%d;1H\x1b[2K", b, term.ScreenReset, max(1, s.rows)))
}
