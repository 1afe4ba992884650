package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
)

// grid lays out rows in columns. Text from outside is made harmless.
type grid struct {
	head []string
	rows [][]string
}

// add adds a row.
func (g *grid) add(row ...string) {
	for i := range row {
		row[i] = printable(row[i])
	}
	g.rows = append(g.rows, row)
}

// print writes the rows below their heads; the last column is clipped where a
// terminal is too narrow for it.
func (g *grid) print(c *console) error {
	widths := make([]int, len(g.head))
	for i, h := range g.head {
		widths[i] = cells(h)
	}
	for _, r := range g.rows {
		for i, text := range r {
			widths[i] = max(widths[i], cells(text))
		}
	}
	w := bufio.NewWriter(c.out)
	s := style(c.color)
	fmt.Fprintln(w, s.paint(faint, g.line(g.head, widths, c)))
	for _, r := range g.rows {
		fmt.Fprintln(w, g.line(r, widths, c))
	}
	return w.Flush()
}

// line puts one row together.
func (g *grid) line(row []string, widths []int, c *console) string {
	var b strings.Builder
	used := 0
	for i, text := range row {
		if i == len(row)-1 {
			if c.terminal {
				text = clip(text, max(c.columns-used, 12))
			}
			b.WriteString(text)
			break
		}
		b.WriteString(pad(text, widths[i]) + "  ")
		used += widths[i] + 2
	}
	return strings.TrimRight(b.String(), " ")
}

// listForm writes the items of a list as JSON: one document, or one a line.
type listForm struct {
	w     *bufio.Writer
	lines bool
	n     int
}

func newListForm(to io.Writer, lines bool) *listForm {
	return &listForm{w: bufio.NewWriter(to), lines: lines}
}

// items writes more items.
func (f *listForm) items(list []json.RawMessage) error {
	for _, item := range list {
		lead := ""
		if !f.lines {
			lead = ",\n"
			if f.n == 0 {
				lead = "[\n"
			}
		}
		f.n++
		f.w.WriteString(lead)
		f.w.Write(item)
		if f.lines {
			f.w.WriteByte('\n')
		}
	}
	return f.w.Flush()
}

// end writes what stands after all items.
func (f *listForm) end() error {
	if !f.lines {
		if f.n == 0 {
			f.w.WriteString("[")
		}
		f.w.WriteString("\n]\n")
	}
	return f.w.Flush()
}

// moment writes a time for people; a dash for none.
func moment(t *time.Time) string {
	if t == nil || t.IsZero() {
		return "-"
	}
	return t.UTC().Format("2006-01-02 15:04:05")
}

// dash stands for nothing.
func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

// seconds is a stretch of time as the API has it.
func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }
