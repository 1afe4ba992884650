package sed

import (
	"strings"

	"gait/decoy/programs/regex"
)

// arguments reads what follows the name of a command.
func (p *parser) arguments(c *command) {
	switch c.name {
	case '#':
		if c.a != nil {
			p.fail("comments don't accept any addresses")
		}
		p.line()
		return
	case '{':
		p.blocks = append(p.blocks, len(p.list))
		p.list = append(p.list, c)
		return
	case '}':
		p.closing(c)
	case ':':
		if c.a != nil {
			p.fail(": doesn't want any addresses")
		}
		p.spaces(" \t")
		label := p.label()
		if label == "" {
			p.fail("\":\" lacks a label")
		}
		p.labels[label] = len(p.list)
		return
	case 'a', 'i', 'c':
		p.text(c)
	case 'b', 't', 'T':
		p.spaces(" \t")
		c.text = p.label()
		p.jumps = append(p.jumps, c)
	case 'r', 'R', 'w', 'W':
		p.spaces(" \t")
		if c.text = p.line(); c.text == "" {
			p.fail("missing filename in r/R/w/W commands")
		}
	case 's':
		p.substitute(c)
	case 'y':
		p.transliterate(c)
	case 'q', 'Q', 'l', 'L':
		if c.b != nil && (c.name == 'q' || c.name == 'Q') {
			p.fail("command only uses one address")
		}
		p.spaces(" \t")
		c.number = p.number()
		p.over()
	case '=', 'd', 'D', 'g', 'G', 'h', 'H', 'n', 'N', 'p', 'P', 'x', 'z', 'F':
		p.over()
	case 'e':
		p.spaces(" \t")
		c.text = p.line()
	case 'v':
		p.spaces(" \t")
		p.label()
		return
	default:
		p.fail("unknown command: `%c'", c.name)
	}
	p.list = append(p.list, c)
}

// closing ends a block.
func (p *parser) closing(c *command) {
	if len(p.blocks) == 0 {
		p.fail("unexpected `}'")
	}
	if c.a != nil {
		p.fail("} doesn't want any addresses")
	}
	open := p.list[p.blocks[len(p.blocks)-1]]
	p.blocks = p.blocks[:len(p.blocks)-1]
	open.end = len(p.list)
	p.over()
}

// over reads the end of a command.
func (p *parser) over() {
	p.spaces(" \t\r")
	switch p.peek() {
	case 0, '\n', ';':
		p.at++
	case '}', '#':
	default:
		p.at++
		p.fail("extra characters after command")
	}
}

// line reads the rest of the line.
func (p *parser) line() string {
	rest := p.in[min(p.at, len(p.in)):]
	if at := strings.IndexByte(rest, '\n'); at >= 0 {
		p.at += at + 1
		return rest[:at]
	}
	p.at = len(p.in)
	return rest
}

// label reads a label, which ends at white space or a semicolon.
func (p *parser) label() string {
	rest := p.in[min(p.at, len(p.in)):]
	at := strings.IndexAny(rest, " \t\n;}")
	if at < 0 {
		at = len(rest)
	}
	p.at += at
	return rest[:at]
}

// text reads the text of a, i and c: on the same line, or after a backslash.
func (p *parser) text(c *command) {
	p.spaces(" \t")
	if p.at >= len(p.in) {
		p.fail("expected \\ after `a', `c' or `i'")
	}
	if p.peek() == '\\' {
		p.at++
		from := p.at
		if p.spaces(" \t"); p.peek() == '\n' {
			p.at++
		} else if p.at >= len(p.in) {
			return // no text at all
		} else {
			p.at = from // white space that is meant
		}
	}
	var b strings.Builder
	for p.at < len(p.in) {
		ch := p.in[p.at]
		p.at++
		if ch == '\\' && p.at < len(p.in) {
			if e, n, ok := regex.Escape(p.in[p.at-1:]); ok && e != '\n' {
				b.WriteByte(e)
				p.at += n - 1
				continue
			}
			b.WriteByte(p.in[p.at])
			p.at++
			continue
		}
		if ch == '\n' {
			break
		}
		b.WriteByte(ch)
	}
	c.text = b.String() + "\n"
}

// substitute reads the command s.
func (p *parser) substitute(c *command) {
	delim := p.next()
	if delim == 0 || delim == '\n' || delim == '\\' {
		p.at = min(p.at, len(p.in))
		p.fail("unterminated `s' command")
	}
	find, ok := p.until(delim, true)
	var with string
	if ok {
		with, ok = p.until(delim, false)
	}
	if !ok {
		p.at = len(p.in)
		p.fail("unterminated `s' command")
	}
	s := &substitution{}
	o := p.o
	p.flags(s, &o)
	p.at = min(p.at, len(p.in))
	s.find = p.regex(find, o)
	s.with = p.replacement(with, s)
	c.subst = s
}

// flags reads the flags of s.
func (p *parser) flags(s *substitution, o *regex.Options) {
	for {
		c := p.next()
		switch {
		case c == 'g':
			if s.all {
				p.fail("multiple `g' options to `s' command")
			}
			s.all = true
		case c == 'p':
			if s.print {
				p.fail("multiple `p' options to `s' command")
			}
			s.print = true
		case c == 'i' || c == 'I':
			o.Fold = true
		case c == 'm' || c == 'M':
			o.Multi = true
		case c == 'e':
			s.eval = true
		case c >= '0' && c <= '9':
			if s.nth > 0 {
				p.fail("multiple number options to `s' command")
			}
			p.at--
			if s.nth = p.number(); s.nth == 0 {
				p.fail("number option to `s' command may not be zero")
			}
		case c == 'w':
			p.spaces(" \t")
			if s.write = p.line(); s.write == "" {
				p.fail("missing filename in r/R/w/W commands")
			}
			return
		case c == 0 || c == '\n' || c == ';':
			return
		case c == '}' || c == '#':
			p.at--
			return
		case c == ' ' || c == '\t' || c == '\r':
		default:
			p.fail("unknown option to `s'")
		}
	}
}

// replacement takes the right side of s apart.
func (p *parser) replacement(text string, s *substitution) (list []piece) {
	var b strings.Builder
	flush := func() {
		if b.Len() > 0 {
			list = append(list, piece{text: b.String(), group: -1})
			b.Reset()
		}
	}
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '&':
			flush()
			list = append(list, piece{group: 0})
		case c == '\\' && i+1 < len(text):
			i++
			c = text[i]
			if c >= '0' && c <= '9' {
				flush()
				list = append(list, piece{group: int(c - '0')})
				if s.groups = max(s.groups, int(c-'0')); s.find.re != nil && int(c-'0') > s.find.re.Groups() {
					p.at = min(p.at, len(p.in))
					p.fail("invalid reference \\%c on `s' command's RHS", c)
				}
				continue
			}
			if strings.IndexByte("LUluE", c) >= 0 {
				flush()
				list = append(list, piece{group: -1, form: c})
				continue
			}
			if e, n, ok := regex.Escape(text[i-1:]); ok {
				b.WriteByte(e)
				i += n - 2
				continue
			}
			b.WriteByte(c)
		default:
			b.WriteByte(c)
		}
	}
	flush()
	return list
}

// transliterate reads the command y.
func (p *parser) transliterate(c *command) {
	delim := p.next()
	from, ok := p.until(delim, false)
	var to string
	if ok && delim != 0 {
		to, ok = p.until(delim, false)
	}
	if !ok || delim == 0 {
		p.at = len(p.in)
		p.fail("unterminated `y' command")
	}
	plain := func(s string) string {
		var b strings.Builder
		for i := 0; i < len(s); i++ {
			if s[i] == '\\' && i+1 < len(s) {
				if e, n, ok := regex.Escape(s[i:]); ok {
					b.WriteByte(e)
					i += n - 1
					continue
				}
				i++
			}
			b.WriteByte(s[i])
		}
		return b.String()
	}
	from, to = plain(from), plain(to)
	if len(from) != len(to) {
		p.fail("strings for `y' command are different lengths")
	}
	c.table = &[256]byte{}
	for i := range c.table {
		c.table[i] = byte(i)
	}
	for i := range len(from) {
		c.table[from[i]] = to[i]
	}
	p.over()
}
