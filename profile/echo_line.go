package profile

import (
	"bytes"
	"sort"
)

// accept takes the line that was edited as sent. Only a line that is shown as it
// was typed is taken where exactly is set.
func (e *echo) accept(exactly bool) {
	at := -1
	for row, more := e.area.Last(), true; more; row, more = e.area.Above(row) {
		if place, ok := e.area.Holds(row, e.prompts.last); ok && (row > 0 || len(e.prompts.last) > 0) {
			at = place
			break
		}
	}
	if at < 0 && len(e.prompts.last) == 0 {
		at = e.typed
	}
	if at < 0 {
		return
	}
	e.text = e.area.AppendText(e.text[:0], at, e.area.Len())
	i := e.meant(e.text)
	if i < 0 {
		return
	}
	first := e.head
	e.head = i + 1
	if e.sent[i].from < e.sent[i].to || i > first {
		e.attempts++
	}
	if first < i && e.sent[i-1].pasted {
		rows := 1 + bytes.Count(e.text, newLine)
		for text := e.text; rows > 0; rows-- {
			var row []byte
			row, text, _ = bytes.Cut(text, newLine)
			e.judge(&e.sent[max(first, i+1-rows)], row, exactly)
		}
	} else if e.judge(&e.sent[i], e.text, exactly) && e.guess {
		e.prompts.settle()
	}
	if e.head == len(e.sent) {
		e.sent, e.head = e.sent[:0], 0
	}
}

// meant gives which of the lines that were sent is the one that is shown: the
// first that was sent after the prompt had come, or one before that with the
// very same text; -1 where none is.
func (e *echo) meant(text []byte) int {
	for i, tries := e.head, 0; i < len(e.sent); i++ {
		switch l := &e.sent[i]; {
		case l.to >= e.from && !l.pasted:
			return i
		case tries == maxEarly:
			i += sort.Search(len(e.sent)-i, func(n int) bool { return e.sent[i+n].to >= e.from }) - 1
		case l.to < e.from:
			tries++
			if e.same(l, text) {
				return i
			}
		}
	}
	return -1
}

// same says whether a line was typed as a text; never, where too much was
// compared already.
func (e *echo) same(l *line, text []byte) bool {
	raw := e.lines.block[l.from:l.to]
	if e.work -= len(raw) + 1; e.work < 0 {
		return false
	}
	return bytes.Equal(trimmed(e.c.edited(raw)), trimmed(text))
}

// early takes a line of output that may hold a prompt and the echo of a line
// that was sent before it came. A line that is shown behind anything else was
// asked for by a program, or by a shell that wants more of a command.
func (e *echo) early() {
	e.text = e.area.AppendText(e.text[:0], e.area.Last(), e.area.Len())
	text, guess := e.text, false
	if size, _ := e.prompts.find(e.text, false); size >= 0 {
		text = e.text[size:]
	} else if n := e.answered(e.text); n > 0 {
		e.head += n
		return
	} else if guess = e.prompts.unknown(); !guess {
		return
	}
	e.from = ^uint32(0)
	for i, tries := e.head, 0; i < len(e.sent) && tries < maxEarly && len(trimmed(text)) > 0; i, tries = i+1, tries+1 {
		if e.same(&e.sent[i], text) {
			e.attempts++
			e.head = i + 1
			e.judge(&e.sent[i], text, true)
			return
		}
		if guess {
			return // without a prompt only the next line is looked for
		}
	}
}

// answered gives how many of the lines that were sent are answered by a line
// that shows one of them behind something else: the next one, or one of those
// after it behind the second prompt of a shell.
func (e *echo) answered(shown []byte) int {
	shown = bytes.TrimRight(shown, "\t\r")
	for i := e.head; i < min(len(e.sent), e.head+maxEarly); i++ {
		raw := e.lines.block[e.sent[i].from:e.sent[i].to]
		if e.work -= len(raw) + 1; e.work < 0 {
			return 0
		}
		typed := trimmed(e.c.edited(raw))
		line := shown
		if len(typed) > 0 {
			line = trimmed(shown)
		}
		if asked := len(line) - len(typed); asked > 0 && bytes.HasSuffix(line, typed) &&
			(i == e.head || len(typed) > 0 && string(trimmed(line[:asked])) == ">") {
			return i + 1 - e.head
		}
	}
	return 0
}

// judge makes a command of a line that was sent and of what is shown of it.
func (e *echo) judge(l *line, shown []byte, exactly bool) bool {
	from, start := l.from, l.start
	if l.from < e.from && e.from <= l.to {
		from, start = e.from, e.timeAt(min(e.from, l.to))
	}
	raw := e.lines.block[from:l.to]
	s := survey(raw)
	typed := raw
	if s.edited {
		e.c.line.Reset()
		e.c.line.Feed(raw)
		typed = e.c.line.Text()
	}
	shown = trimmed(shown)
	switch {
	case len(shown) == 0 || len(firstToken(shown)) == 0:
		return false
	case bytes.Equal(shown, trimmed(typed)):
		e.exact++
		shown = typed
	case exactly || len(raw) == 0 || !e.plausible(raw, typed, shown):
		return false
	default:
		s.pipes = survey(shown).pipes
	}
	if e.c.watch != nil {
		e.c.watch(&given{raw: raw, text: shown, from: from, start: start})
	}
	e.c.put(shown, Command{Start: start, End: l.end}, s)
	return true
}

// timeAt gives when the byte of input at a place came.
func (e *echo) timeAt(place uint32) float64 {
	s := e.c.keys.Strokes
	return s[sort.Search(len(s)-1, func(i int) bool { return s[i].end > place })].At
}

// plausible says whether a line that is not shown as it was typed is one that
// was changed by keys which only the shell understands: completion leaves what
// was typed before it; recall and other edits may leave nothing, which is
// believed where other lines were shown.
func (e *echo) plausible(raw, typed, shown []byte) bool {
	first, complete := special(raw)
	switch {
	case first < 0:
		n := min(3, len(typed))
		return e.exact > 0 && n > 0 && bytes.HasPrefix(shown, typed[:n])
	case complete && first > 0:
		before := bytes.TrimLeft(e.c.edited(raw[:first]), " ")
		if len(before) == 0 || !bytes.HasPrefix(bytes.TrimLeft(shown, " "), before) {
			return false
		}
		if len(before) > 1 {
			e.exact++
		}
		return true
	}
	return e.exact > 0
}

// special gives the place of the first key whose effect only the shell knows,
// -1 where there is none, and says whether all of them only add to the line.
func special(raw []byte) (first int, complete bool) {
	first, complete = -1, true
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case c >= 0x20 && c != 0x7f || c == 0x7f || c == 0x08:
			continue
		case c == 0x1b && (bytes.HasPrefix(raw[i:], pasteStart) || bytes.HasPrefix(raw[i:], pasteEnd)):
			i += len(pasteStart) - 1
			continue
		case c != '\t' && c != 0x16:
			complete = false
		}
		if first < 0 {
			first = i
		}
	}
	return first, complete
}

// trimmed takes the white space at the end off a line.
func trimmed(b []byte) []byte {
	n := len(b)
	for n > 0 && (b[n-1] == ' ' || b[n-1] == '\t' || b[n-1] == '\r' || b[n-1] == '\n' || b[n-1] == 0) {
		n--
	}
	return b[:n]
}

// pasteCursor says whether places lie inside of a bracketed paste; they must not
// fall.
type pasteCursor struct {
	block  []byte
	inside bool
	next   int // the next marker
	known  bool
}

// holds says whether the last marker before a place begins a paste. Each marker
// is looked for once.
func (p *pasteCursor) holds(place uint32) bool {
	for {
		if !p.known {
			i := bytes.Index(p.block[p.next:], pasteMarker)
			if i < 0 {
				p.next = len(p.block)
			} else {
				p.next += i
			}
			p.known = true
		}
		if p.next >= int(place) || p.next == len(p.block) {
			return p.inside
		}
		if rest := p.block[p.next:]; bytes.HasPrefix(rest, pasteStart) {
			p.inside = true
		} else if bytes.HasPrefix(rest, pasteEnd) {
			p.inside = false
		}
		p.next += len(pasteMarker)
		p.known = false
	}
}

// pasteMarker is what both markers of a bracketed paste begin with.
var pasteMarker = []byte("\x1b[20")
