package text

import (
	"bufio"
	"encoding/base32"
	"encoding/base64"
	"io"
	"strings"

	"gait/decoy/proc"
	"gait/decoy/programs/gnu"
)

// coding is base64 or base32.
type coding struct {
	letters string
	group   int // letters of a group
	bytes   int
	encode  func([]byte) string
	decode  func(string) ([]byte, error)
}

func coding64() coding {
	e := base64.StdEncoding
	return coding{"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=", 4, 3, e.EncodeToString, e.DecodeString}
}

func coding32() coding {
	e := base32.StdEncoding
	return coding{"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567=", 8, 5, e.EncodeToString, e.DecodeString}
}

func runBase64(p *proc.Process) int { return coding64().run(p) }
func runBase32(p *proc.Process) int { return coding32().run(p) }

func (c coding) run(p *proc.Process) int {
	o, code := gnu.Parse(p, proc.Flags{Short: "diw:", Long: map[string]proc.Long{"decode": {As: "d"}, "ignore-garbage": {As: "i"}, "wrap": {As: "w", Value: 1}}},
		gnu.About{Usage: "[OPTION]... [FILE]", Does: "Encode or decode FILE, or standard input, to standard output.", By: "Simon Josefsson"})
	if o == nil {
		return code
	}
	wrap := int64(76)
	if v, ok := o.Last("w"); ok {
		n, ok := gnu.Size(v, "")
		if !ok {
			p.Complain("invalid wrap size: %s", gnu.Quote(p, v))
			return 1
		}
		wrap = n
	}
	if len(o.Operands) > 1 {
		return gnu.Extra(p, o.Operands[1])
	}
	name := "-"
	if len(o.Operands) == 1 {
		name = o.Operands[0]
	}
	f, err := gnu.Open(p, name)
	if err != nil {
		return p.Complain("%s: %s", gnu.Name(p, name), gnu.Why(err))
	}
	defer f.Close()
	out := gnu.Output(p)
	defer out.Flush()
	if o.Has("d") {
		return c.decoded(p, out, gnu.Tie(f, out), o.Has("i"))
	}
	return c.encoded(p, out, f, wrap)
}

// encoded writes the letters of everything, in lines.
func (c coding) encoded(p *proc.Process, out *bufio.Writer, r io.Reader, wrap int64) int {
	buf := make([]byte, c.bytes*2048)
	column := int64(0)
	for {
		n, err := io.ReadFull(r, buf)
		text := c.encode(buf[:n])
		for text != "" {
			part := text
			if wrap > 0 {
				part = text[:min(int64(len(text)), wrap-column)]
			}
			if _, werr := out.WriteString(part); werr != nil {
				return 1
			}
			text = text[len(part):]
			if column += int64(len(part)); column == wrap && wrap > 0 {
				out.WriteByte('\n')
				column = 0
			}
		}
		if err == io.EOF || err == io.ErrUnexpectedEOF {
			break
		}
		if err != nil {
			return p.Complain("read error: %s", gnu.Why(err))
		}
	}
	if column > 0 && wrap > 0 {
		out.WriteByte('\n')
	}
	return 0
}

// decoded writes what letters stand for, up to the first that is none.
func (c coding) decoded(p *proc.Process, out *bufio.Writer, r io.Reader, garbage bool) int {
	var group []byte
	buf := make([]byte, 8<<10)
	invalid := func() int {
		for n := len(group); n > 0; n-- { // what a cut group still holds
			if b, err := c.decode(string(group[:n]) + strings.Repeat("=", c.group-n)); err == nil {
				out.Write(b)
				break
			}
		}
		out.Flush()
		return p.Complain("invalid input")
	}
	for {
		n, err := r.Read(buf)
		for _, b := range buf[:n] {
			if strings.IndexByte(c.letters, b) < 0 {
				if garbage || b == '\n' {
					continue
				}
				return invalid()
			}
			if group = append(group, b); len(group) == c.group {
				data, derr := c.decode(string(group))
				if derr != nil {
					return invalid()
				}
				if _, werr := out.Write(data); werr != nil {
					return 1
				}
				group = group[:0]
			}
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return p.Complain("read error: %s", gnu.Why(err))
		}
	}
	if len(group) > 0 {
		return invalid()
	}
	return 0
}
