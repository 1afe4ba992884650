package text

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"

	"gait/decoy/proc"
	"gait/decoy/programs/gnu"
)

// eachLine gives every line of files to do.
func eachLine(p *proc.Process, names []string, out *bufio.Writer, do func(line string, ended bool)) int {
	bad := 0
	code := gnu.Each(p, names, func(name string, err error) { out.Flush(); gnu.Plain(p)(name, err) }, func(name string, r io.Reader) bool {
		lines := gnu.NewLines(p, gnu.Tie(r, out), '\n')
		defer lines.Close()
		for line, ok := lines.Next(); ok; line, ok = lines.Next() {
			do(string(line), lines.Ended)
		}
		if lines.Err != nil && !gnu.Stop(p) {
			out.Flush()
			bad = p.Complain("%s: %s", gnu.Name(p, name), gnu.Why(lines.Err))
		}
		return true
	})
	return max(code, bad)
}

func runPaste(p *proc.Process) int {
	o, code := gnu.Parse(p, proc.Flags{Short: "d:sz", Long: map[string]proc.Long{"delimiters": {As: "d", Value: 1}, "serial": {As: "s"}, "zero-terminated": {As: "z"}}},
		gnu.About{Usage: "[OPTION]... [FILE]...", Does: "Write lines consisting of the sequentially corresponding lines from\neach FILE, separated by TABs, to standard output.", By: "David M. Ihnat and David MacKenzie"})
	if o == nil {
		return code
	}
	text, given := o.Last("d")
	if !given {
		text = "\t"
	}
	text, _ = unescape(text, true)
	delims := strings.Split(text, "")
	if len(delims) == 0 {
		delims = []string{""}
	}
	names := o.Operands
	if len(names) == 0 {
		names = []string{"-"}
	}
	out := gnu.Output(p)
	defer out.Flush()
	if o.Has("s") {
		return pasteSerial(p, out, names, delims)
	}
	var files []*gnu.Lines
	shared := gnu.NewLines(p, gnu.Tie(p.In, out), '\n')
	defer shared.Close()
	for _, name := range names {
		if name == "-" {
			files = append(files, shared)
			continue
		}
		f, err := gnu.Open(p, name)
		if err != nil {
			return p.Complain("%s: %s", gnu.Name(p, name), gnu.Why(err))
		}
		defer f.Close()
		l := gnu.NewLines(p, f, '\n')
		defer l.Close()
		files = append(files, l)
	}
	for {
		some := false
		parts := make([]string, len(files))
		for i, f := range files {
			line, ok := f.Next()
			some = some || ok
			parts[i] = string(line)
		}
		if !some {
			return 0
		}
		for i, part := range parts {
			out.WriteString(part)
			if i < len(parts)-1 {
				out.WriteString(delims[i%len(delims)])
			}
		}
		if out.WriteByte('\n') != nil {
			return 1
		}
	}
}

func pasteSerial(p *proc.Process, out *bufio.Writer, names, delims []string) int {
	code := 0
	for _, name := range names {
		n := 0
		c := eachLine(p, []string{name}, out, func(line string, _ bool) {
			if n > 0 {
				out.WriteString(delims[(n-1)%len(delims)])
			}
			out.WriteString(line)
			n++
		})
		if code = max(code, c); c == 0 {
			out.WriteByte('\n')
		}
	}
	return code
}

func runFold(p *proc.Process) int {
	for i, a := range p.Args[1:] { // fold -80
		if len(a) > 1 && a[0] == '-' && strings.Trim(a[1:], "0123456789") == "" {
			p.Args = append([]string{}, p.Args...)
			p.Args[i+1] = "-w" + a[1:]
		}
	}
	o, code := gnu.Parse(p, proc.Flags{Short: "bsw:", Long: map[string]proc.Long{"bytes": {As: "b"}, "spaces": {As: "s"}, "width": {As: "w", Value: 1}}},
		gnu.About{Usage: "[OPTION]... [FILE]...", Does: "Wrap input lines in each FILE, writing to standard output.", By: "David MacKenzie"})
	if o == nil {
		return code
	}
	width := int64(80)
	if v, ok := o.Last("w"); ok {
		n, ok := gnu.Size(v, "")
		if !ok {
			return p.Complain("invalid number of columns: %s", gnu.Quote(p, v))
		}
		if n == 0 {
			return p.Complain("invalid number of columns: %s: Numerical result out of range", gnu.Quote(p, v))
		}
		width = n
	}
	out := gnu.Output(p)
	defer out.Flush()
	return eachLine(p, o.Operands, out, func(line string, ended bool) {
		for int64(len(line)) > width {
			cut := int(width)
			if o.Has("s") {
				if at := strings.LastIndexAny(line[:cut], " \t"); at > 0 {
					cut = at + 1
				}
			}
			out.WriteString(line[:cut] + "\n")
			line = line[cut:]
		}
		out.WriteString(line)
		if ended {
			out.WriteByte('\n')
		}
	})
}

func runExpand(p *proc.Process) int {
	o, code := gnu.Parse(p, proc.Flags{Short: "it:0123456789", Long: map[string]proc.Long{"initial": {As: "i"}, "tabs": {As: "t", Value: 1}}},
		gnu.About{Usage: "[OPTION]... [FILE]...", Does: "Convert tabs in each FILE to spaces, writing to standard output.", By: "David MacKenzie"})
	if o == nil {
		return code
	}
	size, code := tabSize(p, o)
	if code != 0 {
		return code
	}
	out := gnu.Output(p)
	defer out.Flush()
	return eachLine(p, o.Operands, out, func(line string, ended bool) {
		column, blank := 0, true
		for i := range len(line) {
			c := line[i]
			if c == '\t' && (blank || !o.Has("i")) {
				n := size - column%size
				out.WriteString(strings.Repeat(" ", n))
				column += n
				continue
			}
			blank = blank && c == ' '
			out.WriteByte(c)
			column++
		}
		if ended {
			out.WriteByte('\n')
		}
	})
}

func tabSize(p *proc.Process, o *proc.Options) (int, int) {
	v, ok := o.Last("t")
	if !ok {
		return 8, 0
	}
	n, err := strconv.Atoi(v)
	switch {
	case err != nil:
		return 0, p.Complain("tab size contains invalid character(s): %s", gnu.Quote(p, strings.TrimLeft(v, "0123456789")))
	case n <= 0:
		return 0, p.Complain("tab size cannot be 0")
	}
	return min(n, 4096), 0
}

func runUnexpand(p *proc.Process) int {
	o, code := gnu.Parse(p, proc.Flags{Short: "at:", Long: map[string]proc.Long{"all": {As: "a"}, "first-only": {}, "tabs": {As: "t", Value: 1}}},
		gnu.About{Usage: "[OPTION]... [FILE]...", Does: "Convert blanks in each FILE to tabs, writing to standard output.", By: "David MacKenzie"})
	if o == nil {
		return code
	}
	size, code := tabSize(p, o)
	if code != 0 {
		return code
	}
	out := gnu.Output(p)
	defer out.Flush()
	all := o.Has("a", "t") && !o.Has("first-only")
	return eachLine(p, o.Operands, out, func(line string, ended bool) {
		column, from, blank := 0, 0, true
		for i := range len(line) {
			c := line[i]
			if (c == ' ' || c == '\t') && (blank || all) {
				if column++; c == '\t' {
					column = (column + size - 1) / size * size
				}
				if column%size == 0 && (column-from > 1 || c == '\t') {
					out.WriteByte('\t')
					from = column
				}
				continue
			}
			out.WriteString(strings.Repeat(" ", column-from))
			blank = false
			out.WriteByte(c)
			column++
			from = column
		}
		out.WriteString(strings.Repeat(" ", column-from))
		if ended {
			out.WriteByte('\n')
		}
	})
}

func runNl(p *proc.Process) int {
	o, code := gnu.Parse(p, proc.Flags{Short: "b:d:f:h:i:l:n:ps:v:w:", Long: map[string]proc.Long{"body-numbering": {As: "b", Value: 1}, "line-increment": {As: "i", Value: 1}, "number-format": {As: "n", Value: 1}, "number-separator": {As: "s", Value: 1}, "starting-line-number": {As: "v", Value: 1}, "number-width": {As: "w", Value: 1}}},
		gnu.About{Usage: "[OPTION]... [FILE]...", Does: "Write each FILE to standard output, with line numbers added.", By: "Scott Bartram and David MacKenzie"})
	if o == nil {
		return code
	}
	style, format, sep := "t", "rn", "\t"
	n, step, width := int64(1), int64(1), int64(6)
	for _, g := range o.Given {
		v, err := strconv.ParseInt(g.Value, 10, 64)
		into := map[string]*int64{"v": &n, "i": &step, "w": &width}[g.Name]
		what := map[string]string{"v": "starting line number", "i": "line number increment", "w": "line number field width"}[g.Name]
		switch {
		case into != nil && (err != nil || g.Name == "w" && (v < 1 || v > 1000)):
			return p.Complain("invalid %s: %s", what, gnu.Quote(p, g.Value))
		case into != nil:
			*into = v
		case g.Name == "b":
			style = g.Value
		case g.Name == "n":
			format = g.Value
		case g.Name == "s":
			sep = g.Value
		}
	}
	out := gnu.Output(p)
	defer out.Flush()
	return eachLine(p, o.Operands, out, func(line string, _ bool) {
		if style == "n" || style == "t" && line == "" {
			out.WriteString(strings.Repeat(" ", int(width)+len(sep)) + line + "\n")
			return
		}
		verb := map[string]string{"ln": "%-*d", "rz": "%0*d"}[format]
		if verb == "" {
			verb = "%*d"
		}
		fmt.Fprintf(out, verb+"%s%s\n", width, n, sep, line)
		n += step
	})
}

func runFmt(p *proc.Process) int {
	for i, a := range p.Args[1:] { // fmt -60
		if len(a) > 1 && a[0] == '-' && strings.Trim(a[1:], "0123456789") == "" {
			p.Args = append([]string{}, p.Args...)
			p.Args[i+1] = "-w" + a[1:]
		}
	}
	o, code := gnu.Parse(p, proc.Flags{Short: "cg:p:stuw:", Long: map[string]proc.Long{"width": {As: "w", Value: 1}, "split-only": {As: "s"}, "uniform-spacing": {As: "u"}}},
		gnu.About{Usage: "[-WIDTH] [OPTION]... [FILE]...", Does: "Reformat each paragraph in the FILE(s), writing to standard output.", By: "Ross Paterson"})
	if o == nil {
		return code
	}
	width := int64(75)
	if v, ok := o.Last("w"); ok {
		n, ok := gnu.Size(v, "")
		if !ok || n > 2500 {
			return p.Complain("invalid width: %s", gnu.Quote(p, v))
		}
		width = n
	}
	out := gnu.Output(p)
	defer out.Flush()
	column, goal := 0, int(width)*93/100
	end := func() {
		if column > 0 {
			out.WriteByte('\n')
		}
		column = 0
	}
	code = eachLine(p, o.Operands, out, func(line string, _ bool) {
		words := strings.Fields(line)
		if len(words) == 0 {
			end()
			out.WriteByte('\n')
		}
		for _, w := range words {
			if column > 0 && column+1+len(w) > goal {
				end()
			}
			if column > 0 {
				out.WriteByte(' ')
				column++
			}
			out.WriteString(w)
			column += len(w)
		}
	})
	end()
	return code
}
