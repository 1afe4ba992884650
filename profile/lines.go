package profile

import (
	"bytes"
	"unicode"
	"unicode/utf8"
)

// lineCutter finds one line of input after the other.
type lineCutter struct {
	block   []byte
	strokes []Stroke
	pos     int    // where the next line begins
	at      [3]int // the next CR, LF and ^C; len(block) where there is none
	started bool
	stroke  int
	all     bool // also lines without chars and those that ^C ends
}

var lineEnds = [3]byte{'\r', '\n', 0x03}

// next gives the next line that has chars and a line end. What ^C ends was
// discarded by the operator and is passed over, unless all are asked for; CR and
// LF together are one line end.
func (c *lineCutter) next(l *line) bool {
	for {
		which := c.nextEnd()
		if which < 0 {
			return false
		}
		from, to := c.pos, c.at[which]
		c.pos = to + 1
		if which == 0 {
			for c.pos < len(c.block) && c.block[c.pos] == 0 {
				c.pos++ // a NUL after CR belongs to the line end
			}
		}
		if !c.all && (which == 2 || from == to) || from == to && which == 1 && from > 0 && c.block[from-1] == '\r' {
			continue
		}
		*l = line{from: uint32(from), to: uint32(to), start: c.time(from), end: c.time(to), cancel: which == 2}
		return true
	}
}

// nextEnd gives which kind of line end comes next, -1 where none does.
func (c *lineCutter) nextEnd() int {
	best := -1
	for k, ch := range lineEnds {
		if !c.started || c.at[k] < c.pos {
			if i := bytes.IndexByte(c.block[c.pos:], ch); i >= 0 {
				c.at[k] = c.pos + i
			} else {
				c.at[k] = len(c.block)
			}
		}
		if c.at[k] < len(c.block) && (best < 0 || c.at[k] < c.at[best]) {
			best = k
		}
	}
	c.started = true
	return best
}

// time gives when the byte at a place arrived; places come in order.
func (c *lineCutter) time(place int) float64 {
	for c.strokes[c.stroke].end <= uint32(place) {
		c.stroke++
	}
	return c.strokes[c.stroke].At
}

// maxWord is the longest word of a here-document that is looked for, and
// maxWords the number of different ones in a session; what is beyond is read
// as commands.
const (
	maxWord  = 256
	maxWords = 100_000
)

// cutHere makes commands of input that may hold here-documents. A line that
// opens one takes the lines up to its word with it, if that word comes at all;
// knowing where each word stands as a line keeps that linear.
func (c *Commands) cutHere(cutter *lineCutter) {
	c.pending = c.pending[:0]
	for l := (line{}); cutter.next(&l); {
		c.pending = append(c.pending, l)
	}
	block := cutter.block
	places := c.wordPlaces(block)
	for i := 0; i < len(c.pending); {
		l := c.pending[i]
		raw, before := block[l.from:l.to], len(c.List)
		c.add(&l)
		i++
		if len(c.List) == before || !bytes.Contains(raw, hereDoc) {
			continue
		}
		rest := c.edited(raw)
		for w, ok := hereWord(&rest); ok; w, ok = hereWord(&rest) {
			if end := places.after(w, i); end >= 0 {
				i = end + 1
			}
		}
	}
	if cap(c.pending) > 1<<16 {
		c.pending = nil
	}
}

// edited gives a line's text as it was when it was sent, valid until the next
// line is edited.
func (c *Commands) edited(raw []byte) []byte {
	if !survey(raw).edited {
		return raw
	}
	c.line.Reset()
	c.line.Feed(raw)
	return c.line.Text()
}

// places knows at which lines each word of a here-document stands alone.
type places map[string]*place

// place is one word: the lines that are nothing else, and those that are after
// leading tabs, in order.
type place struct{ exact, tabbed []int32 }

func (c *Commands) wordPlaces(block []byte) places {
	p := places{}
	for _, l := range c.pending {
		if raw := block[l.from:l.to]; bytes.Contains(raw, hereDoc) {
			rest := c.edited(raw)
			for w, ok := hereWord(&rest); ok && len(p) < maxWords; w, ok = hereWord(&rest) {
				if p[w.text] == nil {
					p[w.text] = &place{}
				}
			}
		}
	}
	for i, l := range c.pending {
		if l.to-l.from > 4*maxWord {
			continue
		}
		text := c.edited(block[l.from:l.to])
		if x := p[string(text)]; x != nil {
			x.exact = append(x.exact, int32(i))
		}
		if bare := bytes.TrimLeft(text, "\t"); len(bare) < len(text) {
			if x := p[string(bare)]; x != nil {
				x.tabbed = append(x.tabbed, int32(i))
			}
		}
	}
	return p
}

// after gives the first line at or after i that ends the here-document, -1
// where none does. Lines only go on, so places that lie behind are dropped.
func (p places) after(w word, i int) int {
	x := p[w.text]
	if x == nil {
		return -1
	}
	end := ahead(&x.exact, i)
	if w.tabs {
		if t := ahead(&x.tabbed, i); t >= 0 && (end < 0 || t < end) {
			end = t
		}
	}
	return end
}

func ahead(list *[]int32, i int) int {
	for len(*list) > 0 && int((*list)[0]) < i {
		*list = (*list)[1:]
	}
	if len(*list) == 0 {
		return -1
	}
	return int((*list)[0])
}

// word ends a here-document; with tabs set, tabs may stand before it.
type word struct {
	text string
	tabs bool
}

// hereWord takes the next "<<WORD" or "<<-WORD", quoted or not, off a command.
// "<<<" is a string and no here-document.
func hereWord(text *[]byte) (word, bool) {
	for {
		i := bytes.Index(*text, hereDoc)
		if i < 0 {
			return word{}, false
		}
		b := (*text)[i+2:]
		if len(b) > 0 && b[0] == '<' {
			*text = bytes.TrimLeft(b, "<")
			continue
		}
		var w word
		if len(b) > 0 && b[0] == '-' {
			w.tabs, b = true, b[1:]
		}
		b = bytes.TrimLeft(b, " \t")
		w.text, b = unquote(b)
		*text = b
		if w.text != "" && len(w.text) <= maxWord {
			return w, true
		}
	}
}

// unquote reads one word of a shell: quotes and backslashes are taken off.
func unquote(b []byte) (string, []byte) {
	var w []byte
	quote := byte(0)
	i := 0
	for ; i < len(b) && len(w) <= maxWord; i++ {
		switch c := b[i]; {
		case quote != 0 && c == quote:
			quote = 0
		case quote == 0 && (c == '\'' || c == '"'):
			quote = c
		case quote == 0 && c == '\\' && i+1 < len(b):
			i++
			w = append(w, b[i])
		case quote == 0 && bytes.IndexByte([]byte(" \t;&|<>()"), c) >= 0:
			return string(w), b[i:]
		default:
			w = append(w, c)
		}
	}
	return string(w), b[i:]
}

// spaceLen gives the length of the white space char at the start of b; 0 where
// there is none. White space is what Unicode calls so, and 0x1c to 0x1f.
func spaceLen(b []byte) int {
	c := b[0]
	if c < utf8.RuneSelf {
		if c == ' ' || c >= '\t' && c <= '\r' || c >= 0x1c && c <= 0x1f {
			return 1
		}
		return 0
	}
	if r, n := utf8.DecodeRune(b); unicode.Is(unicode.White_Space, r) {
		return n
	}
	return 0
}
