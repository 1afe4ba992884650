package text

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"gait/decoy/proc"
	"gait/decoy/programs/gnu"
)

// dumpType is one of the formats of od.
type dumpType struct {
	verb  byte // a, c, d, f, o, u, x
	size  int
	width int // of a field without the space before it
	tail  bool
}

// dumper is an od that runs.
type dumper struct {
	types   []dumpType
	radix   byte
	skip    int64
	most    int64
	row     int
	all     bool // no asterisks
	address int64
}

func odFlags() proc.Flags {
	return proc.Flags{Short: "A:abBcDdeFfHhIij:LlN:OoS:st:vw::Xx", Long: map[string]proc.Long{"address-radix": {As: "A", Value: 1}, "endian": {Value: 1}, "skip-bytes": {As: "j", Value: 1}, "read-bytes": {As: "N", Value: 1}, "strings": {As: "S", Value: 2}, "format": {As: "t", Value: 1}, "output-duplicates": {As: "v"}, "width": {As: "w", Value: 2}, "traditional": {}}}
}

func runOd(p *proc.Process) int {
	o, code := gnu.Parse(p, odFlags(), gnu.About{Usage: "[OPTION]... [FILE]...", Does: "Write an unambiguous representation, octal bytes by default,\nof FILE to standard output.", By: "Jim Meyering"})
	if o == nil {
		return code
	}
	d := &dumper{radix: 'o', most: math.MaxInt64, row: 16, all: o.Has("v")}
	for _, g := range o.Given {
		if wrong := d.option(p, g); wrong != "" {
			return p.Complain("%s", wrong)
		}
	}
	if len(d.types) == 0 {
		d.types = []dumpType{newType('o', 2)}
	}
	return d.run(p, o.Operands)
}

func newType(verb byte, size int) dumpType {
	t := dumpType{verb: verb, size: size}
	switch verb {
	case 'a', 'c':
		t.width = 3
	case 'x':
		t.width = 2 * size
	case 'o':
		t.width = []int{0, 3, 6, 0, 11, 0, 0, 0, 22}[size]
	case 'u':
		t.width = []int{0, 3, 5, 0, 10, 0, 0, 0, 20}[size]
	case 'd':
		t.width = []int{0, 4, 6, 0, 11, 0, 0, 0, 20}[size]
	case 'f':
		t.width = map[int]int{4: 15, 8: 24}[size]
	}
	return t
}

func (d *dumper) option(p *proc.Process, g proc.Option) string {
	old := map[string]dumpType{"a": newType('a', 1), "b": newType('o', 1), "c": newType('c', 1), "D": newType('u', 4), "d": newType('u', 2), "f": newType('f', 4), "F": newType('f', 8), "e": newType('f', 8), "h": newType('x', 2), "H": newType('x', 4), "i": newType('d', 4), "I": newType('d', 8), "l": newType('d', 8), "L": newType('d', 8), "O": newType('o', 4), "o": newType('o', 2), "s": newType('d', 2), "x": newType('x', 2), "X": newType('x', 4), "B": newType('o', 2)}
	if t, ok := old[g.Name]; ok {
		d.types = append(d.types, t)
		return ""
	}
	switch g.Name {
	case "A":
		if g.Value == "" || strings.IndexByte("doxn", g.Value[0]) < 0 {
			return "invalid output address radix '" + g.Value + "'; it must be one character from [doxn]"
		}
		d.radix = g.Value[0]
	case "j", "N", "w":
		n, ok := gnu.Size(g.Value, "bkKmMG")
		if v, err := strconv.ParseInt(g.Value, 0, 64); err == nil {
			n, ok = v, v >= 0
		}
		if g.Name == "w" && g.Value == "" {
			n, ok = 32, true
		}
		if !ok {
			return "invalid -" + g.Name + " argument " + gnu.Quote(p, g.Value)
		}
		switch g.Name {
		case "j":
			d.skip = n
		case "N":
			d.most = n
		case "w":
			d.row = int(min(max(n, 1), 4096))
		}
	case "t":
		return d.formats(p, g.Value)
	}
	return ""
}

// formats reads the value of -t: "x1z".
func (d *dumper) formats(p *proc.Process, s string) string {
	for i := 0; i < len(s); {
		verb := s[i]
		i++
		if strings.IndexByte("acdfoux", verb) < 0 {
			return "invalid character '" + string(verb) + "' in type string " + gnu.Quote(p, s)
		}
		size := map[byte]int{'a': 1, 'c': 1, 'f': 8}[verb]
		if size == 0 {
			size = 4
		}
		if verb != 'a' && verb != 'c' && i < len(s) {
			if at := strings.IndexByte("CSIL", s[i]); at >= 0 {
				size = []int{1, 2, 4, 8}[at]
				i++
			} else {
				from := i
				for i < len(s) && s[i] >= '0' && s[i] <= '9' {
					i++
				}
				if i > from {
					size, _ = strconv.Atoi(s[from:i])
				}
				if size != 1 && size != 2 && size != 4 && size != 8 || verb == 'f' && size < 4 {
					return "invalid type string " + gnu.Quote(p, s) + ";\nthis system doesn't provide a " + strconv.Itoa(size) + "-byte integral type"
				}
			}
		}
		t := newType(verb, size)
		if i < len(s) && s[i] == 'z' {
			t.tail = true
			i++
		}
		d.types = append(d.types, t)
	}
	return ""
}

func (d *dumper) run(p *proc.Process, names []string) int {
	out := gnu.Output(p)
	defer out.Flush()
	var last []byte
	repeated, bad := false, 0
	var row []byte
	flush := func() bool {
		if bytes.Equal(row, last) && !d.all && last != nil && len(row) == d.row {
			if !repeated {
				out.WriteString("*\n")
			}
			repeated = true
		} else {
			repeated = false
			d.write(out, row)
		}
		last = append(last[:0:0], row...)
		d.address += int64(len(row))
		row = row[:0]
		return out.Buffered() < 12<<10 || out.Flush() == nil
	}
	skip, left := d.skip, d.most
	code := gnu.Each(p, names, gnu.Plain(p), func(name string, r io.Reader) bool {
		br := bufio.NewReader(r)
		if n, _ := io.CopyN(io.Discard, br, skip); n > 0 {
			skip -= n
			d.address += n
		}
		for left > 0 {
			b, err := br.ReadByte()
			if err != nil {
				if err != io.EOF && !gnu.Stop(p) {
					out.Flush()
					bad = p.Complain("%s: read error: %s", gnu.Name(p, name), gnu.Why(err))
				}
				break
			}
			left--
			if row = append(row, b); len(row) == d.row && !flush() {
				return false
			}
		}
		return left > 0
	})
	if len(row) > 0 {
		flush()
	}
	if d.radix != 'n' && (code == 0 || d.address > 0) {
		out.WriteString(d.place() + "\n")
	}
	return max(code, bad)
}

func (d *dumper) place() string {
	switch d.radix {
	case 'd':
		return fmt.Sprintf("%07d", d.address)
	case 'x':
		return fmt.Sprintf("%06x", d.address)
	case 'n':
		return ""
	}
	return fmt.Sprintf("%07o", d.address)
}

// write writes a row in all formats, with fields as wide as the widest asks for.
func (d *dumper) write(out *bufio.Writer, row []byte) {
	most := 0
	for _, t := range d.types {
		most = max(most, (t.width+1)*d.row/t.size)
	}
	for i, t := range d.types {
		if i == 0 {
			out.WriteString(d.place())
		} else if d.radix != 'n' {
			out.WriteString(strings.Repeat(" ", len(d.place())))
		}
		count := d.row / t.size
		field := most / count
		full := append(append([]byte{}, row...), make([]byte, t.size)...)
		n := (len(row) + t.size - 1) / t.size
		for k := range n {
			fmt.Fprintf(out, "%*s", field, t.text(full[k*t.size:]))
		}
		if t.tail {
			out.WriteString(strings.Repeat(" ", field*(count-n)) + "  >" + printable(row) + "<")
		}
		out.WriteByte('\n')
	}
}

func printable(row []byte) string {
	b := []byte(string(row))
	for i, c := range b {
		if c < ' ' || c > '~' {
			b[i] = '.'
		}
	}
	return string(b)
}

// text writes one value.
func (t dumpType) text(b []byte) string {
	switch t.verb {
	case 'c':
		if at := strings.IndexByte("\x00\a\b\f\n\r\t\v", b[0]); at >= 0 {
			return `\` + string("0abfnrtv"[at])
		}
		if b[0] < ' ' || b[0] > '~' {
			return fmt.Sprintf("%03o", b[0])
		}
		return string(b[:1])
	case 'a':
		c := b[0] & 0x7f
		if c == 0x7f {
			return "del"
		}
		if c <= ' ' {
			return strings.Fields("nul soh stx etx eot enq ack bel bs ht nl vt ff cr so si dle dc1 dc2 dc3 dc4 nak syn etb can em sub esc fs gs rs us sp")[c]
		}
		return string(rune(c))
	case 'f':
		if t.size == 4 {
			return strconv.FormatFloat(float64(math.Float32frombits(binary.LittleEndian.Uint32(b))), 'g', -1, 32)
		}
		return strconv.FormatFloat(math.Float64frombits(binary.LittleEndian.Uint64(b)), 'g', -1, 64)
	}
	var v uint64
	for k := range t.size {
		v |= uint64(b[k]) << (8 * k)
	}
	switch t.verb {
	case 'x':
		return fmt.Sprintf("%0*x", t.width, v)
	case 'o':
		return fmt.Sprintf("%0*o", t.width, v)
	case 'u':
		return strconv.FormatUint(v, 10)
	}
	shift := 64 - 8*t.size
	return strconv.FormatInt(int64(v<<shift)>>shift, 10)
}
