package system

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"io"
	"strconv"
	"strings"

	"gait/decoy/proc"
	"gait/decoy/programs/gnu"
	"gait/decoy/vfs"
)

// dump says how xxd writes bytes.
type dump struct {
	cols, group int
	skip, limit int64
	upper       bool
	plain, bits bool
	array       string // the name of the array in C; "-" for none
}

func runXxd(p *proc.Process) int {
	o := proc.Flags{Short: "abc:eEg:hil:n:o:prs:uvd", Long: map[string]proc.Long{}}.Parse(unsplit(p))
	if o == nil {
		return 1
	}
	if o.Has("v") {
		fmt.Fprintln(p.Err, "xxd 2022-01-14 by Juergen Weigert et al.")
		return 0
	}
	number := func(name string, other int64) int64 {
		if text, ok := o.Last(name); ok {
			if n, err := strconv.ParseInt(strings.TrimPrefix(text, "+"), 0, 64); err == nil {
				return max(n, 0)
			}
		}
		return other
	}
	d := dump{cols: 16, group: 2, upper: o.Has("u"), plain: o.Has("p"), bits: o.Has("b"), skip: number("s", 0), limit: number("l", -1)}
	switch {
	case d.plain:
		d.cols = 30
	case d.bits:
		d.cols, d.group = 6, 1
	case o.Has("i"):
		d.cols, d.array = 12, "-"
	}
	d.cols = int(min(number("c", int64(d.cols)), 256))
	d.group = int(number("g", int64(d.group)))
	if d.cols == 0 {
		d.cols = 16
	}
	in, out := io.Reader(gnu.Guard(p, io.NopCloser(p.In))), io.Writer(p.Out)
	if len(o.Operands) > 0 && o.Operands[0] != "-" {
		f, err := gnu.Open(p, o.Operands[0])
		if err != nil {
			p.Complain("%s: %s", o.Operands[0], proc.Text(err))
			return 2
		}
		defer f.Close()
		in = f
		if d.array != "" {
			d.array = symbol(o.Operands[0])
		}
	}
	if len(o.Operands) > 1 {
		f, err := gnu.Create(p, o.Operands[1], vfs.WriteOnly|vfs.Create|vfs.Truncate, 0o666)
		if err != nil {
			p.Complain("%s: %s", o.Operands[1], proc.Text(err))
			return 3
		}
		defer f.Close()
		out = f
	}
	w := bufio.NewWriterSize(out, 16<<10)
	defer w.Flush()
	if o.Has("r") {
		undump(in, w, d.plain)
		return 0
	}
	return d.write(in, w)
}

// unsplit makes long names of one letter out of what xxd calls -cols and -ps.
func unsplit(p *proc.Process) *proc.Process {
	q := *p
	q.Args = nil
	for _, a := range p.Args {
		if short, ok := map[string]string{"-ps": "-p", "-postscript": "-p", "-plain": "-p", "-cols": "-c", "-groupsize": "-g", "-len": "-l", "-seek": "-s", "-revert": "-r", "-include": "-i", "-bits": "-b"}[a]; ok {
			a = short
		}
		q.Args = append(q.Args, a)
	}
	return &q
}

// symbol makes the name of an array out of that of a file.
func symbol(name string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '_'
	}, name)
}

// write dumps bytes.
func (d dump) write(in io.Reader, w *bufio.Writer) int {
	if _, err := io.CopyN(io.Discard, in, d.skip); err != nil && d.skip > 0 {
		return 4
	}
	if d.limit >= 0 {
		in = io.LimitReader(in, d.limit)
	}
	if d.array != "" && d.array != "-" {
		fmt.Fprintf(w, "unsigned char %s[] = {\n", d.array)
	}
	b := make([]byte, d.cols)
	at, total := d.skip, int64(0)
	for {
		n, err := io.ReadFull(in, b)
		if n > 0 {
			if _, failed := w.WriteString(d.row(at, b[:n], total > 0)); failed != nil {
				return 0
			}
		}
		at, total = at+int64(n), total+int64(n)
		if err != nil {
			break
		}
	}
	if d.array != "" && total > 0 {
		w.WriteString("\n")
	}
	if d.array != "" && d.array != "-" {
		fmt.Fprintf(w, "};\nunsigned int %s_len = %d;\n", d.array, total)
	}
	return 0
}

// row writes some bytes.
func (d dump) row(at int64, b []byte, later bool) string {
	digits := func(c byte) string {
		switch {
		case d.bits:
			return fmt.Sprintf("%08b", c)
		case d.upper:
			return fmt.Sprintf("%02X", c)
		}
		return fmt.Sprintf("%02x", c)
	}
	var s strings.Builder
	switch {
	case d.array != "":
		if later {
			s.WriteString(",\n")
		}
		for i, c := range b {
			s.WriteString([]string{", ", "  "}[map[bool]int{true: 1}[i == 0]] + "0x" + digits(c))
		}
		return s.String()
	case d.plain:
		for _, c := range b {
			s.WriteString(digits(c))
		}
		return s.String() + "\n"
	}
	cell := len(digits(0))
	chars := ""
	for i := range d.cols {
		if i < len(b) {
			s.WriteString(digits(b[i]))
			if c := b[i]; c >= ' ' && c < 0x7f {
				chars += string(rune(c))
			} else {
				chars += "."
			}
		} else {
			s.WriteString(strings.Repeat(" ", cell))
		}
		if d.group > 0 && (i+1)%d.group == 0 && i+1 < d.cols {
			s.WriteByte(' ')
		}
	}
	return fmt.Sprintf("%08x: %s  %s\n", at, s.String(), chars)
}

// undump turns a dump into bytes again.
func undump(in io.Reader, w *bufio.Writer, plain bool) {
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		line := lines.Text()
		if !plain {
			_, after, ok := strings.Cut(line, ": ")
			if !ok {
				continue
			}
			line, _, _ = strings.Cut(after, "  ")
		}
		line = strings.Map(func(r rune) rune {
			if strings.ContainsRune("0123456789abcdefABCDEF", r) {
				return r
			}
			return -1
		}, line)
		b, _ := hex.DecodeString(line[:len(line)/2*2])
		if _, err := w.Write(b); err != nil {
			return
		}
	}
}
