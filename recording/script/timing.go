package script

import (
	"bytes"
	"math"
	"time"

	"gait"
	"gait/internal/decimal"
)

// entry is one line of a timing file.
type entry struct {
	kind  byte          // 'I', 'O', 'S', 'H' or a letter that nobody knows
	delay time.Duration // since the entry before; NoTime where it is no number
	bytes int64         // of 'I' and 'O'
	rest  []byte        // of all others: what follows the delay
}

// parseEntry takes a line of either kind of timing file. It is false where the
// line is none. The entry shares the line's memory.
func parseEntry(line []byte) (entry, bool) {
	line = bytes.TrimRight(line, "\r ")
	e, lettered := entry{kind: 'O'}, false
	if len(line) >= 2 && line[1] == ' ' && line[0] >= 'A' && line[0] <= 'Z' {
		e.kind, lettered = line[0], true
		line = line[2:]
	}
	delay, rest, _ := bytes.Cut(line, []byte(" "))
	ns, _, ok := decimal.Parse(delay)
	if e.delay = time.Duration(ns); !ok || ns < 0 {
		e.delay = gait.NoTime
	}
	e.rest = bytes.TrimLeft(rest, " ")
	switch e.kind {
	case 'I', 'O':
		n, counted := count(e.rest)
		e.bytes = n
		return e, counted && (ok || lettered)
	case 'H', 'S':
		return e, len(e.rest) > 0
	}
	return e, ok
}

// count reads a number of bytes; one that is too large is the largest.
func count(b []byte) (int64, bool) {
	n := int64(0)
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		if n > (math.MaxInt64-9)/10 {
			n = math.MaxInt64 / 10
		}
		n = n*10 + int64(c-'0')
	}
	return n, len(b) > 0
}

// header splits the rest of an 'H' entry.
func (e *entry) header() (name, value string) {
	n, v, _ := bytes.Cut(e.rest, []byte(" "))
	return string(n), string(v)
}

// window gives the "COLSxROWS" of a SIGWINCH; rest is "ROWS=40 COLS=120".
func window(rest []byte) ([]byte, bool) {
	var cols, rows []byte
	for _, f := range bytes.Fields(rest) {
		if v, ok := bytes.CutPrefix(f, []byte("COLS=")); ok {
			cols = v
		} else if v, ok := bytes.CutPrefix(f, []byte("ROWS=")); ok {
			rows = v
		}
	}
	if side(string(cols)) == 0 || side(string(rows)) == 0 {
		return nil, false
	}
	return append(append(bytes.Clone(cols), 'x'), rows...), true
}
