package text

import (
	"bufio"
	"strconv"
	"strings"
	"unicode/utf8"

	"gait/decoy/proc"
	"gait/decoy/programs/gnu"
)

// runColumn puts lines into columns, or with -t fields into a table.
func runColumn(p *proc.Process) int {
	o := proc.Flags{Short: "c:eo:s:tx", Long: map[string]proc.Long{"output-width": {As: "c", Value: 1}, "table": {As: "t"}, "separator": {As: "s", Value: 1}, "output-separator": {As: "o", Value: 1}, "fillrows": {As: "x"}}}.Parse(p)
	if o == nil {
		return 1
	}
	held := gnu.Hold(p)
	defer held.Free()
	lines, code := readLines(p, o.Operands, '\n', held)
	if code != 0 {
		return code
	}
	out := gnu.Output(p)
	defer out.Flush()
	lines = filled(lines)
	if o.Has("t") {
		table(out, lines, o)
		return 0
	}
	width := 80
	if p.OutTTY && p.Terminal != nil && p.Terminal.Size().Cols > 0 {
		width = p.Terminal.Size().Cols
	}
	if v, ok := o.Last("c"); ok {
		n, err := strconv.Atoi(v)
		if err != nil || n < 0 {
			return p.Complain("invalid columns argument: '%s'", v)
		}
		width = n
	}
	sheet(out, lines, width, o.Has("x"))
	return 0
}

// filled gives the lines that are not empty.
func filled(lines []string) (out []string) {
	for _, l := range lines {
		if strings.TrimSpace(l) != "" {
			out = append(out, l)
		}
	}
	return out
}

// table writes fields below each other, with two spaces between them.
func table(out *bufio.Writer, lines []string, o *proc.Options) {
	sep, given := o.Last("s")
	gap, ok := o.Last("o")
	if !ok {
		gap = "  "
	}
	var rows [][]string
	var widths []int
	for _, l := range lines {
		var row []string
		switch {
		case !given:
			row = strings.Fields(l)
		case sep == "":
			row = []string{l}
		default:
			row = strings.FieldsFunc(l, func(r rune) bool { return strings.ContainsRune(sep, r) })
		}
		for i, f := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], utf8.RuneCountInString(f))
		}
		rows = append(rows, row)
	}
	for _, row := range rows {
		for i, f := range row {
			out.WriteString(f)
			if i < len(row)-1 {
				out.WriteString(strings.Repeat(" ", widths[i]-utf8.RuneCountInString(f)) + gap)
			} else if len(row) < len(widths) {
				out.WriteString(strings.Repeat(" ", widths[i]-utf8.RuneCountInString(f)))
				for k := i + 1; k < len(widths); k++ {
					out.WriteString(gap)
					if k < len(widths)-1 {
						out.WriteString(strings.Repeat(" ", widths[k]))
					}
				}
			}
		}
		if out.WriteByte('\n') != nil {
			return
		}
	}
}

// sheet writes lines in columns as wide as the longest, to tab stops.
func sheet(out *bufio.Writer, lines []string, width int, across bool) {
	longest := 0
	for _, l := range lines {
		longest = max(longest, utf8.RuneCountInString(l))
	}
	each := (longest + 8) / 8 * 8
	cols := max(width/each, 1)
	rows := (len(lines) + cols - 1) / cols
	for row := range rows {
		at := 0
		for col := 0; col < cols; col++ {
			i := col*rows + row
			if across {
				i = row*cols + col
			}
			if i >= len(lines) {
				break
			}
			for ; at < col*each; at = (at + 8) / 8 * 8 {
				out.WriteByte('\t')
			}
			out.WriteString(lines[i])
			at += utf8.RuneCountInString(lines[i])
		}
		if out.WriteByte('\n') != nil {
			return
		}
	}
}

// runLesspipe prints what a shell sets so that less unpacks files.
func runLesspipe(p *proc.Process) int {
	if len(p.Args) > 1 {
		return 0 // nothing is done to a file
	}
	p.Printf("export LESSOPEN=\"| /usr/bin/lesspipe %%s\";\nexport LESSCLOSE=\"/usr/bin/lesspipe %%s %%s\";\n")
	return 0
}
