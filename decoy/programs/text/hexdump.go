package text

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"gait/decoy/proc"
	"gait/decoy/programs/gnu"
)

// hexer is a hexdump that runs.
type hexer struct {
	p       *proc.Process
	o       *proc.Options
	out     *bufio.Writer
	form    byte // C, x, d, o, or 0 for words without a name
	skip    int64
	most    int64
	address int64
	row     []byte
	last    []byte
	same    bool // an asterisk stands for rows like the last one
}

func runHexdump(p *proc.Process) int {
	o := proc.Flags{Short: "bcCde:f:n:os:vxhV", Long: map[string]proc.Long{"canonical": {As: "C"}, "length": {As: "n", Value: 1}, "skip": {As: "s", Value: 1}, "no-squeezing": {As: "v"}}}.Parse(p)
	if o == nil {
		return 1
	}
	h := &hexer{p: p, o: o, out: gnu.Output(p), most: math.MaxInt64}
	defer h.out.Flush()
	if strings.HasSuffix(p.Name(), "hd") {
		h.form = 'C'
	}
	for _, g := range o.Given {
		n, ok := gnu.Size(g.Value, "bkKmMG")
		if v, err := strconv.ParseInt(g.Value, 0, 64); err == nil {
			n, ok = v, v >= 0
		}
		switch {
		case g.Name == "n" && ok:
			h.most = n
		case g.Name == "s" && ok:
			h.skip = n
		case strings.Contains("Cxdo", g.Name):
			h.form = g.Name[0]
		}
	}
	return h.run()
}

func (h *hexer) run() int {
	complain := func(name string, err error) { h.out.Flush(); h.p.Complain("%s: %s", name, gnu.Why(err)) }
	code := gnu.Each(h.p, h.o.Operands, complain, func(_ string, r io.Reader) bool { return h.file(bufio.NewReader(r)) })
	if len(h.row) > 0 {
		h.flush()
	}
	switch {
	case code != 0 && h.address == 0 && len(h.o.Operands) == 1:
		h.out.Flush()
		h.p.Complain("all input file arguments failed")
	case h.address > 0 && h.form == 'C':
		fmt.Fprintf(h.out, "%08x\n", h.address)
	case h.address > 0:
		fmt.Fprintf(h.out, "%07x\n", h.address)
	}
	return code
}

// file shows one file; false where nothing more is wanted.
func (h *hexer) file(r *bufio.Reader) bool {
	n, _ := io.CopyN(io.Discard, r, h.skip)
	h.skip -= n
	h.address += n
	for h.most > 0 {
		b, err := r.ReadByte()
		if err != nil {
			break
		}
		h.most--
		if h.row = append(h.row, b); len(h.row) == 16 && !h.flush() {
			return false
		}
	}
	return h.most > 0
}

// flush writes the row; false where nobody reads any more.
func (h *hexer) flush() bool {
	if bytes.Equal(h.row, h.last) && len(h.row) == 16 && !h.o.Has("v") {
		if !h.same {
			h.out.WriteString("*\n")
		}
		h.same = true
	} else {
		h.same = false
		h.write(h.row)
	}
	h.last = append(h.last[:0], h.row...)
	h.address += int64(len(h.row))
	h.row = h.row[:0]
	return h.out.Buffered() < 12<<10 || h.out.Flush() == nil
}

func (h *hexer) write(b []byte) {
	if h.form == 'C' {
		h.canonical(b)
		return
	}
	fmt.Fprintf(h.out, "%07x", h.address)
	width := 8
	if h.form == 0 {
		width = 5
	}
	full := append(append([]byte{}, b...), 0)
	for i := 0; i < 16; i += 2 {
		if i >= len(b) {
			h.out.WriteString(strings.Repeat(" ", width))
			continue
		}
		v := uint16(full[i]) | uint16(full[i+1])<<8
		switch h.form {
		case 'x':
			fmt.Fprintf(h.out, "    %04x", v)
		case 'd':
			fmt.Fprintf(h.out, "   %05d", v)
		case 'o':
			fmt.Fprintf(h.out, "  %06o", v)
		default:
			fmt.Fprintf(h.out, " %04x", v)
		}
	}
	h.out.WriteByte('\n')
}

// canonical writes a row with its characters beside it.
func (h *hexer) canonical(b []byte) {
	fmt.Fprintf(h.out, "%08x ", h.address)
	for i := range 16 {
		if i == 8 {
			h.out.WriteByte(' ')
		}
		if i < len(b) {
			fmt.Fprintf(h.out, " %02x", b[i])
		} else {
			h.out.WriteString("   ")
		}
	}
	h.out.WriteString("  |" + printable(b) + "|\n")
}
