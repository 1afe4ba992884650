package text

import (
	"fmt"
	"strings"
)

// hunk is what changed: lines of the first file and lines of the second that
// stand in their place. Numbers count from 0; the ends are not included.
type hunk struct{ a, aEnd, b, bEnd int }

// mostEdits bounds the work of a comparison; what is left then is one change.
const mostEdits = 4000

// changes finds what differs, by Myers' method.
func (d *differ) changes(x, y []string) []hunk {
	a, b := d.keys(x), d.keys(y)
	head := 0
	for head < len(a) && head < len(b) && a[head] == b[head] {
		head++
	}
	tail := 0
	for tail < len(a)-head && tail < len(b)-head && a[len(a)-1-tail] == b[len(b)-1-tail] {
		tail++
	}
	list := edits(a[head:len(a)-tail], b[head:len(b)-tail])
	for i := range list {
		list[i].a, list[i].aEnd, list[i].b, list[i].bEnd = list[i].a+head, list[i].aEnd+head, list[i].b+head, list[i].bEnd+head
	}
	return list
}

// keys gives what is compared of lines.
func (d *differ) keys(lines []string) []string {
	if !d.o.Has("i", "w", "b") {
		return lines
	}
	out := make([]string, len(lines))
	for i, l := range lines {
		switch {
		case d.o.Has("w"):
			l = strings.Join(strings.Fields(l), "")
		case d.o.Has("b"):
			l = strings.Join(strings.Fields(" "+l), " ")
		}
		if d.o.Has("i") {
			l = strings.ToLower(l)
		}
		out[i] = l
	}
	return out
}

// edits finds the shortest list of changes.
func edits(a, b []string) []hunk {
	n, m := len(a), len(b)
	if n == 0 && m == 0 {
		return nil
	}
	if n == 0 || m == 0 {
		return []hunk{{0, n, 0, m}}
	}
	limit := min(n+m, mostEdits)
	v := make([]int, 2*limit+3)
	off := limit + 1
	var trace [][]int
	budget := 1 << 20 // numbers that the trace may hold
	for e := 0; e <= limit && budget > 0; e++ {
		row := append([]int(nil), v[off-e:off+e+1]...)
		budget -= len(row)
		trace = append(trace, row)
		for k := -e; k <= e; k += 2 {
			i := 0
			if k == -e || k != e && v[off+k-1] < v[off+k+1] {
				i = v[off+k+1]
			} else {
				i = v[off+k-1] + 1
			}
			for i < n && i-k < m && i-k >= 0 && a[i] == b[i-k] {
				i++
			}
			v[off+k] = i
			if i >= n && i-k >= m {
				return walkBack(trace, n, m)
			}
		}
	}
	return []hunk{{0, n, 0, m}}
}

// walkBack follows the trace from the end and gives the changes in order.
func walkBack(trace [][]int, n, m int) (list []hunk) {
	i, j := n, m
	for e := len(trace) - 1; e > 0; e-- {
		row := trace[e] // of the step before, from -e to e
		at := func(k int) int {
			if k < -e || k > e {
				return -1
			}
			return row[k+e]
		}
		k := i - j
		var pk int
		if k == -e || k != e && at(k-1) < at(k+1) {
			pk = k + 1
		} else {
			pk = k - 1
		}
		pi := at(pk)
		pj := pi - pk
		// Back over what is alike, to where the change of this step ended.
		if pk == k+1 {
			list = append(list, hunk{pi, pi, pj, pj + 1})
		} else {
			list = append(list, hunk{pi, pi + 1, pj, pj})
		}
		i, j = pi, pj
	}
	return joinHunks(list)
}

// joinHunks puts changes in order and joins those that touch.
func joinHunks(list []hunk) (out []hunk) {
	for n := len(list) - 1; n >= 0; n-- {
		h := list[n]
		if last := len(out) - 1; last >= 0 && out[last].aEnd == h.a && out[last].bEnd == h.b {
			out[last].aEnd, out[last].bEnd = h.aEnd, h.bEnd
			continue
		}
		out = append(out, h)
	}
	return out
}

// mark writes lines with what stands before them.
func (d *differ) mark(before string, lines []string) {
	for _, l := range lines {
		d.out.WriteString(before + l)
		if !strings.HasSuffix(l, "\n") {
			d.out.WriteString("\n\\ No newline at end of file\n")
		}
	}
}

// lineRange writes numbers as the normal format does.
func lineRange(from, to int) string {
	if to-from <= 1 {
		return fmt.Sprint(to)
	}
	return fmt.Sprintf("%d,%d", from+1, to)
}

func (d *differ) writeNormal(x, y []string, hunks []hunk) {
	for _, h := range hunks {
		switch {
		case h.a == h.aEnd:
			fmt.Fprintf(d.out, "%da%s\n", h.a, lineRange(h.b, h.bEnd))
		case h.b == h.bEnd:
			fmt.Fprintf(d.out, "%sd%d\n", lineRange(h.a, h.aEnd), h.b)
		default:
			fmt.Fprintf(d.out, "%sc%s\n", lineRange(h.a, h.aEnd), lineRange(h.b, h.bEnd))
		}
		d.mark("< ", x[h.a:h.aEnd])
		if h.a < h.aEnd && h.b < h.bEnd {
			d.out.WriteString("---\n")
		}
		d.mark("> ", y[h.b:h.bEnd])
	}
}

func (d *differ) writeUnified(x, y []string, hunks []hunk) {
	for len(hunks) > 0 {
		n := 1
		for n < len(hunks) && hunks[n].a-hunks[n-1].aEnd <= 2*d.context {
			n++
		}
		group := hunks[:n]
		hunks = hunks[n:]
		first, last := group[0], group[n-1]
		lead := min(d.context, first.a)
		trail := min(d.context, len(x)-last.aEnd)
		fmt.Fprintf(d.out, "@@ -%s +%s @@\n", extent(first.a-lead, last.aEnd+trail), extent(first.b-lead, last.bEnd+trail))
		at := first.a - lead
		for _, h := range group {
			d.mark(" ", x[at:h.a])
			d.mark("-", x[h.a:h.aEnd])
			d.mark("+", y[h.b:h.bEnd])
			at = h.aEnd
		}
		d.mark(" ", x[at:last.aEnd+trail])
	}
}

// extent writes numbers as the unified format does.
func extent(from, to int) string {
	switch to - from {
	case 0:
		return fmt.Sprintf("%d,0", from)
	case 1:
		return fmt.Sprint(from + 1)
	}
	return fmt.Sprintf("%d,%d", from+1, to-from)
}
