package system

import (
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"gait/decoy/proc"
	"gait/decoy/programs/gnu"
	"gait/decoy/visit"
)

// glass is a terminal that an editor has for itself: its keys and its screen.
type glass struct {
	p      *proc.Process
	screen visit.Size
	shown  []string // the rows as they were drawn last
	top    int      // the first line of the text that is shown
	left   int      // the first column
	buf    []byte
	esc    time.Time // when a lone escape came
	over   bool
}

// take takes the terminal, and gives what gives it back.
func take(p *proc.Process) (g *glass, back func()) {
	g = &glass{p: p}
	old := p.Terminal.SetMode(visit.Mode{Raw: true})
	fmt.Fprint(p.Out, "\x1b[?1049h\x1b[22;0;0t\x1b[?1h\x1b=\x1b[H\x1b[2J")
	return g, func() {
		if t := p.Visit.Terminal; t != nil {
			t.SetMode(old)
			fmt.Fprintf(t, "\x1b[%d;1H\x1b[K\x1b[?1049l\x1b[23;0;0t\r\x1b[?1l\x1b>", max(g.screen.Rows, 1))
		}
	}
}

// measure asks for the size of the screen; one that is too small or huge is
// taken for another.
func (g *glass) measure() {
	s := g.p.Terminal.Size()
	if s.Cols < 20 || s.Rows < 6 {
		s = visit.Size{Cols: 80, Rows: 24}
	}
	s.Cols, s.Rows = min(s.Cols, 500), min(s.Rows, 200)
	if s != g.screen {
		g.screen, g.shown = s, nil
	}
}

// key gives the next key: a character, "^X" for one with control, "<up>" and
// the like. It is empty when there will be none.
func (g *glass) key() string {
	for len(g.buf) == 0 {
		b := make([]byte, 256)
		if g.over || gnu.Step(g.p) != nil {
			return ""
		}
		n, err := g.p.Terminal.Read(b)
		g.buf, g.over = b[:n], err != nil || n == 0
		if n > 0 && time.Since(g.esc) < 40*time.Millisecond && (b[0] == '[' || b[0] == 'O') {
			g.buf = append([]byte{0x1b}, g.buf...)
		}
	}
	c := g.buf[0]
	switch {
	case c == 0x1b && len(g.buf) > 1 && (g.buf[1] == '[' || g.buf[1] == 'O'):
		return g.sequence()
	case c == 0x1b && len(g.buf) == 1:
		g.esc = time.Now()
		g.buf = nil
		return "<esc>"
	case c == 0x1b:
		g.buf = g.buf[1:]
		return "<esc>"
	}
	if c < ' ' || c == 0x7f {
		g.buf = g.buf[1:]
		switch c {
		case '\r':
			return "<enter>"
		case 0x7f, '\b':
			return "<back>"
		case '\t':
			return "\t"
		}
		return "^" + string(rune(c+'@'))
	}
	for !utf8.FullRune(g.buf) && !g.over {
		b := make([]byte, 4)
		n, err := g.p.Terminal.Read(b)
		g.buf, g.over = append(g.buf, b[:n]...), err != nil || n == 0
	}
	r, n := utf8.DecodeRune(g.buf)
	if r == utf8.RuneError && n == 1 {
		r = 0xdc00 + rune(g.buf[0])
	}
	g.buf = g.buf[n:]
	return string(runesOf(r))
}

// runesOf keeps a byte that is no character apart: as a replacement character.
func runesOf(r rune) []rune {
	if r >= 0xdc00 && r <= 0xdfff {
		return []rune{utf8.RuneError}
	}
	return []rune{r}
}

var sequences = map[string]string{"A": "<up>", "B": "<down>", "C": "<right>", "D": "<left>", "H": "<home>", "F": "<end>", "1~": "<home>", "4~": "<end>", "7~": "<home>", "8~": "<end>", "3~": "<del>", "5~": "<pgup>", "6~": "<pgdn>", "2~": "<ins>"}

// sequence reads a control sequence.
func (g *glass) sequence() string {
	at := 2
	for at < len(g.buf) && at < 12 && (g.buf[at] < '@' || g.buf[at] > '~') {
		at++
	}
	at = min(at+1, len(g.buf))
	name := sequences[string(g.buf[2:at])]
	g.buf = g.buf[at:]
	if name == "" {
		return "<none>"
	}
	return name
}

// draw shows rows, and the cursor at a place. Only rows that changed are sent.
func (g *glass) draw(rows []string, x, y int) bool {
	var b strings.Builder
	b.WriteString("\x1b[?25l")
	for i, r := range rows {
		if i >= len(g.shown) || g.shown[i] != r {
			fmt.Fprintf(&b, "\x1b[%d;1H%s\x1b[m\x1b[K", i+1, r)
		}
	}
	g.shown = rows
	fmt.Fprintf(&b, "\x1b[%d;%dH\x1b[?25h", y+1, x+1)
	_, err := io.WriteString(g.p.Out, b.String())
	return err == nil
}

// scroll chooses what part of a text is shown, so that the cursor is in it.
func (g *glass) scroll(s *sheet, height int, half bool) {
	if s.y < g.top || s.y >= g.top+height {
		switch {
		case half || s.y > g.top+2*height || s.y < g.top-height:
			g.top = max(s.y-height/2, 0)
		case s.y < g.top:
			g.top = s.y
		default:
			g.top = s.y - height + 1
		}
	}
	col := column(s.line(), s.x)
	if col < g.left || col >= g.left+g.screen.Cols-1 {
		g.left = 0
		if col >= g.screen.Cols-1 {
			g.left = col - g.screen.Cols + 1 + min(8, g.screen.Cols/2)
		}
	}
}

// visible gives the rows of a text that are shown; what is below its end is
// filler.
func (g *glass) visible(s *sheet, height int, filler string) (rows []string) {
	for i := range height {
		if y := g.top + i; y < len(s.rows) {
			left := 0
			if y == s.y {
				left = g.left
			}
			rows = append(rows, window(s.rows[y], left, g.screen.Cols))
		} else {
			rows = append(rows, filler)
		}
	}
	return rows
}
