// Package sed is the stream editor of the made-up machine: all of POSIX, and of
// GNU's additions what is in use.
package sed

import (
	"fmt"
	"strconv"
	"strings"

	"gait/decoy/programs/regex"
)

// address is one of the addresses of a command.
type address struct {
	line  int64 // a number
	step  int64 // first~step
	last  bool  // $
	re    *pattern
	plus  int64 // of a second address: so many lines more
	multi int64 // of a second address: up to a multiple
}

// pattern is a regular expression; an empty one stands for the last one used.
type pattern struct{ re *regexp }

type regexp = regex.Regexp

// command is one command of a script.
type command struct {
	a, b   *address
	not    bool
	name   byte
	text   string // of a, i, c; a label; a file name
	number int64  // an exit code
	end    int    // of a block: the command after it
	subst  *substitution
	table  *[256]byte

	active bool  // inside its range
	until  int64 // where the range ends, for one that ends at a line
}

// substitution is what s does.
type substitution struct {
	find   *pattern
	with   []piece
	nth    int64
	all    bool
	print  bool
	eval   bool
	write  string
	groups int
}

// piece is a part of a replacement: text or a group, and a change of case.
type piece struct {
	text  string
	group int  // -1 for text
	form  byte // L, U, l, u, E: what follows; 0 for none
}

// parser reads a script.
type parser struct {
	in     string
	at     int
	where  string // "-e expression #1", or the file
	file   bool
	o      regex.Options
	list   []*command
	blocks []int
	labels map[string]int
	jumps  []*command
}

// failure is an error in a script.
type failure struct{ text string }

func (p *parser) fail(format string, args ...any) {
	where := fmt.Sprintf("%s, char %d", p.where, p.at)
	if p.file {
		where = fmt.Sprintf("file %s line %d", p.where, 1+strings.Count(p.in[:min(p.at, len(p.in))], "\n"))
	}
	panic(failure{where + ": " + fmt.Sprintf(format, args...)})
}

// parse adds the commands of a text to the script. The error is in words.
func (p *parser) parse(text, where string, file bool) (err string) {
	defer func() {
		if r := recover(); r != nil {
			f, ok := r.(failure)
			if !ok {
				panic(r)
			}
			err = f.text
		}
	}()
	p.in, p.at, p.where, p.file = text, 0, where, file
	for p.at < len(p.in) {
		p.command()
	}
	return ""
}

// finish resolves blocks and labels.
func (p *parser) finish() string {
	if len(p.blocks) > 0 {
		return "-e expression #1, char 0: unmatched `{'"
	}
	for _, c := range p.jumps {
		if c.text == "" {
			c.end = len(p.list)
			continue
		}
		at, ok := p.labels[c.text]
		if !ok {
			return "can't find label for jump to `" + c.text + "'"
		}
		c.end = at
	}
	return ""
}

func (p *parser) next() byte {
	if p.at >= len(p.in) {
		p.at++
		return 0
	}
	p.at++
	return p.in[p.at-1]
}

func (p *parser) peek() byte {
	if p.at >= len(p.in) {
		return 0
	}
	return p.in[p.at]
}

func (p *parser) spaces(set string) {
	for p.at < len(p.in) && strings.IndexByte(set, p.in[p.at]) >= 0 {
		p.at++
	}
}

// command reads one command.
func (p *parser) command() {
	p.spaces(" \t\n;\r\v\f")
	if p.at >= len(p.in) {
		return
	}
	c := &command{}
	if c.a = p.address(false); c.a != nil {
		p.spaces(" \t")
		if p.peek() == ',' {
			p.at++
			p.spaces(" \t")
			if c.b = p.address(true); c.b == nil {
				p.next()
				p.at = min(p.at, len(p.in))
				p.fail("unexpected `,'")
			}
		}
		if c.a.line == 0 && !c.a.last && c.a.re == nil && c.a.step == 0 && (c.b == nil || c.b.re == nil) {
			p.at++
			p.fail("invalid usage of line address 0")
		}
	}
	p.spaces(" \t")
	for p.peek() == '!' {
		c.not = true
		p.at++
		p.spaces(" \t")
	}
	if p.at >= len(p.in) || p.peek() == '\n' || p.peek() == ';' && c.a != nil {
		p.fail("missing command")
	}
	if len(p.list) > 20_000 {
		p.fail("script too long")
	}
	c.name = p.next()
	p.arguments(c)
}

// address reads an address; nil where there is none.
func (p *parser) address(second bool) *address {
	a := &address{}
	switch c := p.peek(); {
	case c >= '0' && c <= '9':
		a.line = p.number()
		if p.spaces(" \t"); !second && p.peek() == '~' {
			p.at++
			a.step = p.number()
		}
	case c == '$':
		p.at++
		a.last = true
	case c == '/' || c == '\\':
		p.at++
		delim := c
		if c == '\\' {
			delim = p.next()
		}
		text, ok := p.until(delim, true)
		if !ok {
			p.at = len(p.in)
			p.fail("unterminated address regex")
		}
		o := p.o
		for p.peek() == 'I' || p.peek() == 'M' {
			o.Fold = o.Fold || p.peek() == 'I'
			o.Multi = o.Multi || p.peek() == 'M'
			p.at++
		}
		a.re = p.regex(text, o)
	case second && c == '+':
		p.at++
		a.plus = p.number() + 1
	case second && c == '~':
		p.at++
		a.multi = max(p.number(), 1)
	case !second && (c == '+' || c == '~'):
		p.at += 2
		p.fail("invalid usage of +N or ~N as first address")
	default:
		return nil
	}
	return a
}

func (p *parser) number() int64 {
	from := p.at
	for p.peek() >= '0' && p.peek() <= '9' {
		p.at++
	}
	n, _ := strconv.ParseInt(p.in[from:min(p.at, from+18)], 10, 64)
	return n
}

// until reads up to a delimiter. In a regular expression brackets may hold it.
func (p *parser) until(delim byte, re bool) (string, bool) {
	var b strings.Builder
	for p.at < len(p.in) {
		c := p.in[p.at]
		switch {
		case c == delim:
			p.at++
			return b.String(), true
		case c == '\\' && p.at+1 < len(p.in):
			n := p.in[p.at+1]
			switch {
			case n == delim && delim != '&' && !(re && strings.IndexByte("+?|(){}", n) >= 0):
				b.WriteByte(n)
			case n == 'n' && re:
				b.WriteByte('\n')
			default:
				b.WriteString(p.in[p.at : p.at+2])
			}
			p.at += 2
			continue
		case c == '\n' && re:
			return "", false
		case c == '[' && re:
			b.WriteString(p.brackets())
			continue
		}
		b.WriteByte(c)
		p.at++
	}
	return "", false
}

// brackets reads a bracket expression as it is.
func (p *parser) brackets() string {
	s, i := p.in[p.at:], 1
	if i < len(s) && s[i] == '^' {
		i++
	}
	if i < len(s) && s[i] == ']' {
		i++
	}
	for i < len(s) && s[i] != ']' && s[i] != '\n' {
		if s[i] == '[' && i+1 < len(s) && strings.IndexByte(":.=", s[i+1]) >= 0 {
			if end := strings.Index(s[i+2:], s[i+1:i+2]+"]"); end >= 0 {
				i += end + 4
				continue
			}
		}
		i++
	}
	if i < len(s) && s[i] == ']' {
		i++
	} else {
		p.at += 1
		return "["
	}
	p.at += i
	return s[:i]
}

// regex compiles a pattern.
func (p *parser) regex(text string, o regex.Options) *pattern {
	if text == "" {
		return &pattern{}
	}
	re, err := regex.Compile(text, o)
	if err != nil {
		p.fail("%s", err)
	}
	return &pattern{re}
}
