package profile

import (
	"bytes"

	"gait"
	"gait/term"
)

const inputKind, outputKind, execKind, resizeKind = gait.Input, gait.Output, gait.Exec, gait.Resize

// Bounds of a bracketed paste: a start marker without an end within them is
// ignored.
const (
	bracketBytes   = 256 << 10
	bracketSeconds = 10.0
)

// keyPasteGap is the gap in seconds below which single keys in a row are one
// paste, in recordings that split pastes into keys.
const keyPasteGap = 0.001

var pasteStart, pasteEnd = []byte("\x1b[200~"), []byte("\x1b[201~")

// plain says whether every event of a block of input is a stroke of as many
// chars as it has bytes: there are no control sequences and no other bytes than
// ASCII.
func plain(block []byte) bool { return isASCII(block) && !hasEscape(block) }

// addPlain adds an event of plain input that ends at a place in the block.
func (k *Keys) addPlain(at float64, end, size uint32) {
	if size >= pasteChars {
		size = min(size, maxChars) | strokePaste
	}
	k.Strokes = append(k.Strokes, Stroke{at, end, size})
}

// span is a range of the block of input.
type span struct{ from, to uint32 }

// splitAround makes one stroke of each paste, and of what is left of each event.
func (k *Keys) splitAround(ins []piece, pastes []span) {
	for i, from := 0, uint32(0); i < len(ins); {
		to := ins[i].end
		if len(pastes) > 0 && pastes[0].from < to {
			to = pastes[0].from
		}
		if len(pastes) > 0 && to == from {
			to = pastes[0].to
			n := min(countChars(k.block[from:to]), maxChars)
			k.Strokes = append(k.Strokes, Stroke{ins[i].at, to, n | strokePaste})
			pastes = pastes[1:]
		} else {
			k.Strokes = append(k.Strokes, k.stroke(ins[i].at, from, to))
		}
		for from = to; i < len(ins) && ins[i].end <= from; {
			i++
		}
	}
}

// stroke judges the input block[from:to] that arrived at one time.
func (k *Keys) stroke(at float64, from, to uint32) Stroke {
	data := k.block[from:to]
	if n := sequences(data); n > 0 {
		return Stroke{at, to, min(n, maxChars) | strokeControl}
	}
	n := min(countChars(data), maxChars)
	if n >= pasteChars {
		n |= strokePaste
	}
	return Stroke{at, to, n}
}

// sequences counts the control sequences that data is made of; 0 where there
// is anything else in it.
func sequences(data []byte) (n uint32) {
	for len(data) > 0 {
		size := term.SequenceLen(data)
		if size == 0 {
			return 0
		}
		data = data[size:]
		n++
	}
	return n
}

// bracketed finds the bracketed pastes. Both markers are looked for once, from
// left to right, so that it stays linear whatever is missing.
func (k *Keys) bracketed(ins []piece) (pastes []span) {
	start := find(k.block, 0, pasteStart)
	end := find(k.block, 0, pasteEnd)
	first, last := 0, 0 // the events that hold the first and the last byte
	for ; start >= 0 && end >= 0; start = find(k.block, start, pasteStart) {
		if end < start {
			if end = find(k.block, start, pasteEnd); end < 0 {
				break
			}
		}
		to := end + len(pasteEnd)
		for ins[first].end <= uint32(start) {
			first++
		}
		for ins[last].end < uint32(to) {
			last++
		}
		if to-start > bracketBytes || ins[last].at-ins[first].at > bracketSeconds {
			start += len(pasteStart)
			continue
		}
		pastes = append(pastes, span{uint32(start), uint32(to)})
		start = to
	}
	return pastes
}

// find gives the place of a marker at or after from, -1 where there is none.
func find(b []byte, from int, marker []byte) int {
	if i := bytes.Index(b[from:], marker); i >= 0 {
		return from + i
	}
	return -1
}

// joins says whether stroke j came with the one before it, as one paste.
func (k *Keys) joins(j int) bool {
	return k.Strokes[j].At-k.Strokes[j-1].At < keyPasteGap && !k.Strokes[j].timeless()
}

// joinKeys makes one paste of four or more single keys in a row that are under
// a millisecond apart, unless they were held up on their way.
func (k *Keys) joinKeys() {
	s := k.Strokes
	n := 0
	for i := 0; i < len(s); {
		j := i + 1
		for j < len(s) && s[i].Chars() == 1 && s[j].Chars() == 1 && !s[i].timeless() && k.joins(j) {
			j++
		}
		if j-i >= pasteChars {
			s[n] = Stroke{s[i].At, s[j-1].end, uint32(j-i) | strokePaste}
			n++
		} else {
			n += copy(s[n:], s[i:j])
		}
		i = j
	}
	k.Strokes = s[:n]
}
