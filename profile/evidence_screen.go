package profile

import (
	"bytes"
	"sort"
)

// eachOutput calls f with the output events of each command that has any, and
// where the first of them begins in the block of output.
func (v *View) eachOutput(f func(command int, outs []piece, begin uint32)) {
	list := v.Commands().List
	next, from := 0, uint32(0)
	for i := range list {
		for next < len(v.outs) && v.outs[next].at < list[i].End {
			from = v.outs[next].end
			next++
		}
		first, begin := next, from
		for next < len(v.outs) && (i+1 == len(list) || v.outs[next].at < list[i+1].Start) {
			from = v.outs[next].end
			next++
		}
		if first < next {
			f(i, v.outs[first:next], begin)
		}
	}
}

// timeOf gives when the byte at a place of the block of output was shown.
func timeOf(outs []piece, place uint32) float64 {
	return outs[sort.Search(len(outs)-1, func(i int) bool { return outs[i].end > place })].at
}

// Output marks the output of the commands before one.
func (m *Marks) Output(v *View, before int) {
	v.eachOutput(func(i int, outs []piece, _ uint32) {
		if i < before {
			m.Add(MarkOutput, outs[0].at, outs[len(outs)-1].at)
		}
	})
}

// Prompts marks the prompts in the output of the commands from one on.
func (m *Marks) Prompts(v *View, from int) {
	block := v.session.Block(outputKind)
	v.eachOutput(func(i int, outs []piece, begin uint32) {
		if i < from || m.Full() {
			return
		}
		raw := block[begin:outs[len(outs)-1].end]
		text := v.strip(raw)
		lines := linesOf(raw, text)
		for n := 0; len(text) > 0; n++ {
			var line []byte
			line, text, _ = bytes.Cut(text, newLine)
			if _, ok := prompt(line); !ok {
				continue
			}
			if _, to, ok := lines.next(n); ok {
				m.At(MarkPrompt, timeOf(outs, begin+uint32(to)))
			} else {
				m.Add(MarkPrompt, outs[0].at, outs[len(outs)-1].at)
			}
		}
	})
}

var newLine = []byte{'\n'}

// rawLines finds the lines of raw output that those of stripped output were.
type rawLines struct {
	raw  []byte
	same bool // as many lines in both
	n    int  // the next line
	from int  // where it begins
}

// linesOf begins at the first line. Where a line end lay inside of an escape
// sequence lines cannot be told.
func linesOf(raw, stripped []byte) rawLines {
	return rawLines{raw: raw, same: len(raw) == len(stripped) || bytes.Count(raw, newLine) == bytes.Count(stripped, newLine)}
}

// next gives the first and the last byte of the n-th line; numbers must not
// fall. It is false where that cannot be told.
func (l *rawLines) next(n int) (from, to int, ok bool) {
	if !l.same {
		return 0, 0, false
	}
	for ; l.n < n; l.n++ {
		l.from += bytes.IndexByte(l.raw[l.from:], '\n') + 1
	}
	if i := bytes.IndexByte(l.raw[l.from:], '\n'); i >= 0 {
		return l.from, l.from + max(i-1, 0), true
	}
	return l.from, max(l.from, len(l.raw)-1), true
}

// Multiplexer marks the first output that gives the multiplexer away.
func (m *Marks) Multiplexer(v *View) {
	found, block := v.Screen().Multiplexer, v.session.Block(outputKind)
	if found == NoMultiplexer {
		return
	}
	for at := 0; ; {
		i := bytes.IndexByte(block[at:], 0x1b)
		if i < 0 {
			return
		}
		at += i
		sequence := block[at:]
		if next := bytes.IndexByte(sequence[1:], 0x1b); next >= 0 {
			sequence = sequence[:1+next]
		}
		if multiplexer(sequence) == found {
			m.At(MarkSign, timeOf(v.outs, uint32(at)))
			return
		}
		at++
	}
}

// Locale marks the output that states the locale.
func (m *Marks) Locale(v *View) {
	raw := v.session.Block(outputKind)
	text := v.strip(raw)
	at, key := localePlace(text)
	if at < 0 {
		return
	}
	lines := linesOf(raw, text)
	from, to, ok := lines.next(bytes.Count(text[:at], newLine))
	if !ok {
		m.Add(MarkSign, v.outs[0].at, v.outs[len(v.outs)-1].at)
		return
	}
	// An escape sequence may split the key; then the whole line is marked.
	if i := bytes.Index(raw[from:to+1], key); i >= 0 && bytes.Count(raw[from:to+1], key) == 1 {
		from, to = from+i, from+i+len(key)
	}
	m.Add(MarkSign, timeOf(v.outs, uint32(from)), timeOf(v.outs, uint32(to)))
}

// localePlace finds what [locale] takes the language from.
func localePlace(text []byte) (at int, key []byte) {
	var buf [8]byte
	for _, key := range localeKeys {
		for from := 0; ; {
			i := bytes.Index(text[from:], key)
			if i < 0 {
				break
			}
			if from += i + len(key); len(localeTag(buf[:0], text[from:])) > 0 {
				return from - len(key), key
			}
		}
	}
	return -1, nil
}
