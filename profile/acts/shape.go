package acts

import (
	"bytes"
	"unicode/utf8"

	"gait/internal/scan"
	"gait/term"
)

// chunk is the number of chars from which input is no single key.
const chunk = 4

// shape is what the bytes of an act look like so far.
type shape struct {
	chars    int // beside line ends, at least up to chunk
	controls bool
	other    bool
}

// add takes more bytes of the act.
func (s *shape) add(data []byte) {
	if n, all := sequences(data); all {
		s.controls = true
		s.chars += n
		return
	}
	for len(data) > 0 && s.chars < chunk {
		if data[0] == '\r' || data[0] == '\n' {
			data = data[1:]
			continue
		}
		_, n := utf8.DecodeRune(data)
		data = data[n:]
		s.chars++
		s.other = true
	}
}

// sequences counts the control sequences that data is made of, and says
// whether there is nothing else in it.
func sequences(data []byte) (n int, all bool) {
	if len(data) == 0 || data[0] != 0x1b {
		return 0, false
	}
	for len(data) > 0 {
		size := term.SequenceLen(data)
		if size == 0 {
			return 0, false
		}
		data = data[size:]
		n++
	}
	return n, true
}

// kind judges the act by its chars and its line ends.
func (s *shape) kind(lines int) Kind {
	switch {
	case lines > 0 && s.chars == 0:
		return Enter
	case lines > 0 && s.other:
		return Line
	case s.chars >= chunk && s.other:
		return Chunk
	}
	return Key
}

// onlyLineEnd says whether data is one line end and nothing else.
func onlyLineEnd(data []byte) bool {
	switch len(data) {
	case 1:
		return data[0] == '\r' || data[0] == '\n'
	case 2:
		return data[0] == '\r' && (data[1] == '\n' || data[1] == 0)
	}
	return false
}

// What a byte of a line can be: one that ends it, one that can open a
// here-document, one that is no char by itself.
const (
	ends uint8 = 1 << iota
	less
	other
)

var looks = func() (list [256]uint8) {
	for b := range list {
		if b >= utf8.RuneSelf || b == 0x1b {
			list[b] = other
		}
	}
	list['\r'], list['\n'], list['<'] = ends, ends, less
	return list
}()

// Bounds of what is remembered of here-documents.
const (
	maxLine = 4096
	maxWord = 64
)

// hereDoc follows the lines of input and knows whether a here-document that
// was opened has not met its word yet. It remembers one line and one word.
type hereDoc struct {
	line []byte
	word []byte
	tabs bool
}

func (h *hereDoc) open() bool { return len(h.word) > 0 }

// feed takes bytes of input and counts the line ends in them: CR, LF, and CR LF
// as one. With cr a CR came before; it says whether one came last.
func (h *hereDoc) feed(data []byte, cr bool) (ends int, last bool) {
	for len(data) > 0 {
		i := scan.Either(data, '\r', '\n')
		part := data
		if i >= 0 {
			part = data[:i]
			if data[i] == '\r' || i > 0 || !cr {
				ends++
			}
			cr = data[i] == '\r'
		}
		if i >= 0 && len(h.line) == 0 {
			h.end(part[:min(maxLine, len(part))])
			data = data[i+1:]
			continue
		}
		if room := maxLine - len(h.line); room > 0 {
			h.line = append(h.line, part[:min(room, len(part))]...)
		}
		if i < 0 {
			return ends, false
		}
		data = data[i+1:]
		h.end(h.line)
		h.line = h.line[:0]
	}
	return ends, cr
}

// end judges a whole line.
func (h *hereDoc) end(line []byte) {
	if h.open() {
		if h.tabs {
			line = bytes.TrimLeft(line, "\t")
		}
		if bytes.Equal(line, h.word) {
			h.word = h.word[:0]
		}
		return
	}
	i := bytes.Index(line, []byte("<<"))
	if i < 0 {
		return
	}
	rest := line[i+2:]
	if len(rest) > 0 && rest[0] == '<' {
		return
	}
	h.tabs = len(rest) > 0 && rest[0] == '-'
	if h.tabs {
		rest = rest[1:]
	}
	rest = bytes.TrimLeft(rest, " \t'\"\\")
	if n := bytes.IndexAny(rest, " \t'\";&|<>()"); n >= 0 {
		rest = rest[:n]
	}
	if len(rest) <= maxWord {
		h.word = append(h.word[:0], rest...)
	}
}
