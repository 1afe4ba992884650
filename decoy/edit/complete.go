package edit

import (
	"slices"
	"strconv"
	"strings"

	"gait/decoy/visit"
)

// askAbove is the number of candidates from which on it is asked before they
// are listed.
const askAbove = 100

// candidates asks for what the word before the cursor may become.
func (r *reading) candidates() (from int, found []string) {
	if r.req.Complete == nil {
		return 0, nil
	}
	from, found = r.req.Complete(string(r.line), r.point)
	if from < 0 || from > r.point {
		return 0, nil
	}
	found = slices.Clone(found)
	slices.Sort(found)
	return from, slices.Compact(found)
}

// complete completes the word before the cursor as far as it is certain, and
// lists the candidates when it is done again.
func (r *reading) complete() {
	from, found := r.candidates()
	r.now = completing
	switch {
	case len(found) == 0:
		r.bell()
		r.now = other
	case len(found) == 1:
		text := found[0]
		if !strings.HasSuffix(text, "/") {
			text += " "
		}
		r.replace(from, r.point, []byte(text))
		r.now = other
	case r.last == completing:
		r.listCandidates(found)
	default:
		r.bell()
		common := commonPrefix(found)
		if common != string(r.line[from:r.point]) && len(common) >= r.point-from {
			r.replace(from, r.point, []byte(common))
			r.now = other
		}
	}
}

// list lists the candidates for the word before the cursor.
func (r *reading) list() {
	if _, found := r.candidates(); len(found) > 0 {
		r.listCandidates(found)
		return
	}
	r.bell()
}

// insertAll puts in all candidates.
func (r *reading) insertAll() {
	from, found := r.candidates()
	if len(found) == 0 {
		r.bell()
		return
	}
	r.replace(from, r.point, []byte(strings.Join(found, " ")+" "))
}

func commonPrefix(found []string) string {
	first, last := found[0], found[len(found)-1]
	n := 0
	for n < len(first) && n < len(last) && first[n] == last[n] {
		n++
	}
	for n > 0 && n < len(first) && first[n]&0xc0 == 0x80 {
		n--
	}
	return first[:n]
}

// listCandidates shows the candidates below the line, in columns, and the line
// again below them.
func (r *reading) listCandidates(found []string) {
	r.moveBelow()
	if len(found) >= askAbove {
		r.emit("Display all " + strconv.Itoa(len(found)) + " possibilities? (y or n)")
		if !r.yes() {
			if !r.done {
				r.emit("\n")
				r.again()
			}
			return
		}
		r.emit("\n")
	}
	if r.columns(found); !r.done {
		r.again()
	}
}

// moveBelow leaves the line and goes to a new row.
func (r *reading) moveBelow() {
	r.d.moveRow(r.d.now.last())
	r.emit("\n")
}

// yes reads an answer.
func (r *reading) yes() bool {
	for {
		r.flush()
		c, ok := r.next()
		switch {
		case !ok:
			return false
		case c == 3:
			r.stop(visit.ErrInterrupt)
			return false
		case c == 'y' || c == 'Y' || c == ' ':
			return true
		case c == 'n' || c == 'N' || c == 0x7f || c == 7:
			return false
		}
		r.bell()
	}
}

// columns shows names in columns, a screen at a time.
func (r *reading) columns(found []string) {
	names, widest := make([]string, len(found)), 0
	for i, name := range found {
		names[i] = lastPart(name)
		widest = max(widest, widthOf(appendText(nil, []byte(names[i]), 0, 1<<20)))
	}
	widest += 2
	limit := r.d.cols / widest
	if limit != 1 && limit*widest == r.d.cols {
		limit--
	}
	limit = max(limit, 1)
	rows := (len(names) + limit - 1) / limit
	shown := 0
	for row := range rows {
		for col := 0; col < limit && row+col*rows < len(names); col++ {
			r.name(names[row+col*rows], widest, col+1 < limit)
		}
		r.emit("\n")
		shown++
		if height := r.t.Size().Rows; height > 1 && shown >= height-1 && row < rows-1 {
			more := r.more(height)
			if more == 0 {
				return
			}
			shown = height - 1 - more
		}
	}
}

// name shows one name, filled up to a width where another follows in the row.
func (r *reading) name(name string, width int, fill bool) {
	cells := appendText(nil, []byte(name), 0, 1<<20)
	r.d.print(cells)
	for n := widthOf(cells); fill && n < width; n++ {
		r.emit(" ")
	}
}

// more asks before the next screen and gives how many rows are to be shown.
func (r *reading) more(height int) int {
	r.emit("--More--")
	defer func() { r.emit("\r"); r.d.clearEOL(8); r.emit("\r") }()
	for {
		r.flush()
		c, ok := r.next()
		if !ok {
			return 0
		}
		switch c {
		case ' ', 'y', 'Y':
			return height - 1
		case '\r', '\n':
			return 1
		case 'q', 'Q', 'n', 'N', 0x7f:
			return 0
		case 3:
			r.stop(visit.ErrInterrupt)
			return 0
		}
		r.bell()
	}
}

// lastPart gives what is shown of a candidate: a name without its folder and
// without backslashes.
func lastPart(name string) string {
	if i := strings.LastIndexByte(strings.TrimSuffix(name, "/"), '/'); i >= 0 {
		name = name[i+1:]
	}
	if !strings.Contains(name, "\\") {
		return name
	}
	var b strings.Builder
	for i := 0; i < len(name); i++ {
		if name[i] == '\\' && i+1 < len(name) {
			i++
		}
		b.WriteByte(name[i])
	}
	return b.String()
}
