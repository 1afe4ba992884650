package main

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"gait"
	"gait/term"
)

// maxKeys is how many bytes of key names are kept for the status line.
const maxKeys = 512

// status is what the line below the replay says.
type status struct {
	keys  []byte // the last keys
	note  string // what happened beside keys and output
	sizes string // the recorded terminal's size, "80x24"
}

// typed notes keys.
func (s *status) typed(data []byte) {
	if n := len(data) - maxKeys; n > 0 {
		data = data[n:] // each key has a name of at least one byte
	}
	for len(data) > 0 {
		k := term.NextKey(data)
		s.keys = k.Append(s.keys)
		data = data[len(k.Data):]
	}
	if n := len(s.keys) - maxKeys; n > 0 {
		for n < len(s.keys) && !utf8.RuneStart(s.keys[n]) {
			n++
		}
		s.keys = s.keys[:copy(s.keys, s.keys[n:])]
	}
}

// happened notes an event that is neither keys nor output.
func (s *status) happened(e gait.Event) {
	what := printable(string(e.Data[:min(len(e.Data), maxKeys)]))
	switch e.Kind {
	case gait.Resize:
		s.sizes = clip(what, 12)
		s.note = "resized to " + s.sizes
	case gait.Marker:
		s.note = "marker: " + what
	case gait.Exec:
		s.note = "exec: " + what
	}
}

// restart forgets what was typed; it comes again.
func (s *status) restart(h *gait.Header) {
	s.keys, s.note, s.sizes = s.keys[:0], "", ""
	if h.Width > 0 && h.Height > 0 {
		s.sizes = fmt.Sprintf("%dx%d", h.Width, h.Height)
	}
}

// line writes the status line for a terminal of a size.
func (s *status) line(p *player, columns, rows int) string {
	state := "play"
	switch {
	case p.done():
		state = "end"
	case p.paused:
		state = "pause"
	}
	left := fmt.Sprintf(" %-5s %s / %s  %sx", state, clock(p.at), clock(p.end), number(p.speed))
	if len(p.lines) > 0 {
		left += fmt.Sprintf("  line %d/%d", p.line(), len(p.lines))
	}
	left += s.fit(columns, rows)
	if s.note != "" {
		left += "  [" + s.note + "]"
	}
	left = tailless(left, columns-1)
	room := columns - 1 - width(left) - len("  keys ")
	if len(s.keys) == 0 || room < 8 {
		return left
	}
	return left + "  keys " + headless(string(s.keys), room)
}

// fit names the recorded size, and says where the terminal is smaller.
func (s *status) fit(columns, rows int) string {
	var w, h int
	if n, _ := fmt.Sscanf(s.sizes, "%dx%d", &w, &h); n < 2 {
		return ""
	}
	if w > columns || h > rows-1 {
		return fmt.Sprintf("  %s does not fit %dx%d", s.sizes, columns, rows-1)
	}
	return "  " + s.sizes
}

// clock writes a time as minutes and seconds, with hours where there are any.
func clock(d time.Duration) string {
	d = d.Truncate(time.Second)
	m, sec := d/time.Minute, d%time.Minute/time.Second
	if m >= 60 {
		return fmt.Sprintf("%d:%02d:%02d", m/60, m%60, sec)
	}
	return fmt.Sprintf("%02d:%02d", m, sec)
}

// width is how many cells a text takes at most: two for each character beyond
// ASCII, so that a line never runs over.
func width(s string) (n int) {
	for _, r := range s {
		n += cellsOf(r)
	}
	return n
}

func cellsOf(r rune) int {
	if r < utf8.RuneSelf {
		return 1
	}
	return 2
}

// tailless cuts the end off a text that is wider than n cells.
func tailless(s string, n int) string {
	for i, r := range s {
		if n -= cellsOf(r); n < 0 {
			return s[:i]
		}
	}
	return s
}

// headless cuts the start off a text that is wider than n cells.
func headless(s string, n int) string {
	over := width(s) - n
	if over <= 0 {
		return s
	}
	for i, r := range s {
		if over <= 0 {
			return s[i:]
		}
		over -= cellsOf(r)
	}
	return ""
}

// dropsOf lists what a filter dropped, most of it first come.
func dropsOf(f *term.Filter) string {
	var list []string
	for d, n := range f.Dropped() {
		list = append(list, fmt.Sprintf("%s %s", d, grouped(n)))
	}
	return strings.Join(list, ", ")
}
