package text

import (
	"bufio"
	"io"
	"math"
	"strconv"
	"strings"

	"gait/decoy/proc"
	"gait/decoy/programs/gnu"
)

// span is a range of positions, counted from 1.
type span struct{ from, to int64 }

// cutter is a cut that runs.
type cutter struct {
	list   []span
	fields bool
	delim  byte
	out    string // between what is kept
	only   bool   // lines without a delimiter are left out
	end    byte
}

func runCut(p *proc.Process) int {
	o, code := gnu.Parse(p, proc.Flags{Short: "b:c:d:f:nsz", Long: map[string]proc.Long{"bytes": {As: "b", Value: 1}, "characters": {As: "c", Value: 1}, "delimiter": {As: "d", Value: 1}, "fields": {As: "f", Value: 1}, "complement": {}, "only-delimited": {As: "s"}, "output-delimiter": {Value: 1}, "zero-terminated": {As: "z"}}},
		gnu.About{Usage: "OPTION... [FILE]...", Does: "Print selected parts of lines from each FILE to standard output.", By: "David M. Ihnat, David MacKenzie, and Jim Meyering"})
	if o == nil {
		return code
	}
	c := &cutter{delim: '\t', end: '\n', only: o.Has("s")}
	if code := c.options(p, o); code != 0 {
		return code
	}
	out := gnu.Output(p)
	defer out.Flush()
	bad := 0
	code = gnu.Each(p, o.Operands, func(name string, err error) { out.Flush(); gnu.Plain(p)(name, err) }, func(name string, r io.Reader) bool {
		lines := gnu.NewLines(p, gnu.Tie(r, out), c.end)
		defer lines.Close()
		for line, ok := lines.Next(); ok; line, ok = lines.Next() {
			c.line(out, string(line))
		}
		if lines.Err != nil && !gnu.Stop(p) {
			out.Flush()
			bad = p.Complain("%s: %s", gnu.Name(p, name), gnu.Why(lines.Err))
		}
		return true
	})
	return max(code, bad)
}

// options reads the list and the delimiters.
func (c *cutter) options(p *proc.Process, o *proc.Options) int {
	mode, text, lists := "", "", 0
	for _, g := range o.Given {
		switch g.Name {
		case "b", "c", "f":
			mode, text = g.Name, g.Value
			lists++
		case "d":
			if len(g.Value) > 1 {
				return gnu.Try(p, "the delimiter must be a single character")
			}
			c.delim = 0
			if g.Value != "" {
				c.delim = g.Value[0]
			}
			c.out = string([]byte{c.delim})
		}
	}
	c.fields = mode == "f"
	switch {
	case lists == 0:
		return gnu.Try(p, "you must specify a list of bytes, characters, or fields")
	case lists > 1:
		return gnu.Try(p, "only one list may be specified")
	case o.Has("d") && !c.fields:
		return gnu.Try(p, "an input delimiter may be specified only when operating on fields")
	case o.Has("s") && !c.fields:
		return gnu.Try(p, "suppressing non-delimited lines makes sense\n\tonly when operating on fields")
	}
	if c.out == "" && c.fields && !o.Has("d") {
		c.out = "\t"
	}
	if s, ok := o.Last("output-delimiter"); ok {
		c.out = s
	}
	if o.Has("z") {
		c.end = 0
	}
	what := "byte/character position"
	if c.fields {
		what = "field"
	}
	var wrong string
	if c.list, wrong = spans(p, text, what); wrong != "" {
		return gnu.Try(p, "%s", wrong)
	}
	if o.Has("complement") {
		c.list = complement(c.list)
	}
	return 0
}

// spans reads a list of ranges: "1,3-5,7-".
func spans(p *proc.Process, text, what string) (list []span, wrong string) {
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' }) {
		low, high, ranged := strings.Cut(part, "-")
		s := span{1, math.MaxInt64}
		number := func(text string) (int64, bool) {
			n, err := strconv.ParseInt(text, 10, 64)
			return n, err == nil && n >= 0 && text[0] != '+'
		}
		var ok bool
		if low != "" {
			if s.from, ok = number(low); !ok {
				return nil, invalidSpan(p, part, what)
			}
		}
		if high != "" {
			if s.to, ok = number(high); !ok {
				return nil, invalidSpan(p, part, what)
			}
		}
		switch {
		case low == "" && high == "":
			return nil, "invalid range with no endpoint: " + part
		case !ranged:
			s.to = s.from
		}
		switch {
		case s.from == 0 && what == "field":
			return nil, "fields are numbered from 1"
		case s.from == 0:
			return nil, "byte/character positions are numbered from 1"
		case s.to < s.from:
			return nil, "invalid decreasing range"
		}
		if len(list) > 10_000 {
			return nil, "memory exhausted"
		}
		list = append(list, s)
	}
	if len(list) == 0 {
		if what == "field" {
			return nil, "fields are numbered from 1"
		}
		return nil, "byte/character positions are numbered from 1"
	}
	return merged(list), ""
}

func invalidSpan(p *proc.Process, part, what string) string {
	if what == "field" {
		return "invalid field value " + gnu.Quote(p, strings.TrimLeft(part, "0123456789"))
	}
	return "invalid byte or character position " + gnu.Quote(p, strings.TrimLeft(part, "0123456789"))
}

// merged sorts ranges and joins those that meet.
func merged(list []span) []span {
	for i := 1; i < len(list); i++ {
		for j := i; j > 0 && list[j].from < list[j-1].from; j-- {
			list[j], list[j-1] = list[j-1], list[j]
		}
	}
	out := list[:1]
	for _, s := range list[1:] {
		if last := &out[len(out)-1]; s.from <= last.to {
			last.to = max(last.to, s.to)
		} else {
			out = append(out, s)
		}
	}
	return out
}

func complement(list []span) (out []span) {
	at := int64(1)
	for _, s := range list {
		if s.from > at {
			out = append(out, span{at, s.from - 1})
		}
		if s.to == math.MaxInt64 {
			return out
		}
		at = s.to + 1
	}
	return append(out, span{at, math.MaxInt64})
}

// line writes what is kept of a line.
func (c *cutter) line(out *bufio.Writer, line string) {
	if !c.fields {
		first := true
		for _, s := range c.list {
			if s.from > int64(len(line)) {
				break
			}
			if !first && c.out != "" {
				out.WriteString(c.out)
			}
			first = false
			out.WriteString(line[s.from-1 : min(s.to, int64(len(line)))])
		}
		out.WriteByte(c.end)
		return
	}
	if strings.IndexByte(line, c.delim) < 0 {
		if !c.only {
			out.WriteString(line)
			out.WriteByte(c.end)
		}
		return
	}
	n, i, first := int64(0), 0, true
	for more := true; more && i < len(c.list); {
		field := line
		at := strings.IndexByte(line, c.delim)
		if more = at >= 0; more {
			field, line = line[:at], line[at+1:]
		}
		n++
		for i < len(c.list) && n > c.list[i].to {
			i++
		}
		if i < len(c.list) && n >= c.list[i].from {
			if !first {
				out.WriteString(c.out)
			}
			first = false
			out.WriteString(field)
		}
	}
	out.WriteByte(c.end)
}
