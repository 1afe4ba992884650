package system

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"gait/decoy/proc"
	"gait/decoy/programs/gnu"
)

// charsets are the character sets that iconv knows, by their usual names.
var charsets = map[string]string{"UTF-8": "utf8", "UTF8": "utf8", "ASCII": "ascii", "US-ASCII": "ascii", "ISO-8859-1": "latin1", "ISO8859-1": "latin1", "LATIN1": "latin1", "L1": "latin1",
	"UTF-16LE": "le", "UCS-2LE": "le", "UTF-16BE": "be", "UCS-2BE": "be"}

// runIconv converts between a few character sets.
func runIconv(p *proc.Process) int {
	o := proc.Flags{Short: "f:t:lco:sV?", Long: map[string]proc.Long{"from-code": {As: "f", Value: 1}, "to-code": {As: "t", Value: 1}, "list": {As: "l"}, "output": {As: "o", Value: 1}, "silent": {As: "s"}, "version": {As: "V"}}}.Parse(p)
	if o == nil {
		return 1
	}
	if o.Has("V") {
		p.Println("iconv (Debian GLIBC 2.36-9+deb12u10) 2.36")
		return 0
	}
	name := func(flag string) (given, set string) {
		given, ok := o.Last(flag)
		if !ok {
			given = "UTF-8"
		}
		set, _, _ = strings.Cut(strings.ToUpper(given), "//")
		return given, charsets[set]
	}
	fromName, from := name("f")
	toName, to := name("t")
	if from == "" || to == "" {
		which := map[[2]bool]string{{true, false}: "conversion from `" + fromName + "'", {false, true}: "conversion to `" + toName + "'", {true, true}: "conversions from `" + fromName + "' and to `" + toName + "'"}[[2]bool{from == "", to == ""}]
		fmt.Fprintf(p.Err, "iconv: %s %s not supported\nTry `iconv --help' or `iconv --usage' for more information.\n", which, map[bool]string{true: "are", false: "is"}[from == "" && to == ""])
		return 1
	}
	out := io.Writer(p.Out)
	if file, ok := o.Last("o"); ok {
		var text strings.Builder
		out = &text
		defer func() { _ = p.FS.WriteFile(file, []byte(text.String()), 0o666) }()
	}
	c := conversion{from: from, to: to, skip: o.Has("c") || strings.Contains(strings.ToUpper(toName), "//IGNORE")}
	names := o.Operands
	if len(names) == 0 {
		names = []string{"-"}
	}
	for _, n := range names {
		f, err := gnu.Open(p, n)
		if err != nil {
			return p.Complain("cannot open input file `%s': %s", n, proc.Text(err))
		}
		w := bufio.NewWriterSize(out, 16<<10)
		err = c.convert(bufio.NewReader(io.LimitReader(f, mostConverted)), w)
		_ = w.Flush() // nobody reads: the context ends
		f.Close()
		if err != nil {
			return p.Complain("%s", err)
		}
	}
	return 0
}

// mostConverted bounds what iconv reads of a file.
const mostConverted = 16 << 20

// conversion is one from a character set to another.
type conversion struct {
	from, to string
	skip     bool // what cannot be converted
	at       int64
}

func (c *conversion) convert(in *bufio.Reader, out *bufio.Writer) error {
	for {
		r, n, err := c.read(in)
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
		if !c.write(out, r) && !c.skip {
			return fmt.Errorf("illegal input sequence at position %d", c.at)
		}
		c.at += int64(n)
	}
}

// read reads a character.
func (c *conversion) read(in *bufio.Reader) (r rune, n int, err error) {
	switch c.from {
	case "utf8":
		r, n, err = in.ReadRune()
		if err == nil && r == utf8.RuneError && n == 1 {
			if c.skip {
				return c.read(in)
			}
			err = fmt.Errorf("illegal input sequence at position %d", c.at)
		}
		return r, n, err
	case "le", "be":
		var b [2]byte
		n, err = io.ReadFull(in, b[:])
		if errors.Is(err, io.ErrUnexpectedEOF) {
			return 0, n, errors.New("incomplete character or shift sequence at end of buffer")
		}
		if c.from == "be" {
			return rune(binary.BigEndian.Uint16(b[:])), n, err
		}
		return rune(binary.LittleEndian.Uint16(b[:])), n, err
	}
	b, err := in.ReadByte()
	if err == nil && c.from == "ascii" && b > 0x7f && !c.skip {
		err = fmt.Errorf("illegal input sequence at position %d", c.at)
	}
	return rune(b), 1, err
}

// write writes a character; false where the set has none for it.
func (c *conversion) write(out *bufio.Writer, r rune) bool {
	switch {
	case c.to == "utf8":
		out.WriteRune(r)
	case c.to == "le" && r < 1<<16:
		out.Write([]byte{byte(r), byte(r >> 8)})
	case c.to == "be" && r < 1<<16:
		out.Write([]byte{byte(r >> 8), byte(r)})
	case c.to == "latin1" && r < 256 || c.to == "ascii" && r < 128:
		out.WriteByte(byte(r))
	default:
		return false
	}
	return true
}
