// Package toml reads configuration files: the part of TOML that a list of
// settings needs, which is keys with strings, whole numbers, true and false,
// and lists of these. Everything else, such as tables, is an error that names
// its line.
package toml

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Entry is one setting.
type Entry struct {
	Key    string
	Values []string // one, unless it is a list
	List   bool
	Line   int
}

// Error says what is wrong, and in which line.
type Error struct {
	Line int
	Text string
}

// Error gives the line and what is wrong there.
func (e *Error) Error() string { return fmt.Sprintf("line %d: %s", e.Line, e.Text) }

// MaxSize bounds a file, in bytes.
const MaxSize = 1 << 20

// Parse reads all settings, in order. The error is an *Error.
func Parse(text string) (list []Entry, err error) {
	p := parser{rest: text, line: 1}
	defer func() {
		if f, ok := recover().(*Error); ok {
			list, err = nil, f
		}
	}()
	if len(text) > MaxSize {
		p.fail("the file is larger than %d bytes", MaxSize)
	}
	if !utf8.ValidString(text) {
		p.fail("the file is not UTF-8")
	}
	seen := map[string]int{}
	for p.blank(); p.rest != ""; p.blank() {
		e := p.entry()
		if before, ok := seen[e.Key]; ok {
			p.fail("%s is set already in line %d", e.Key, before)
		}
		seen[e.Key] = e.Line
		list = append(list, e)
	}
	return list, nil
}

// parser reads on where rest begins. Faults are thrown as *Error.
type parser struct {
	rest string
	line int
}

func (p *parser) fail(format string, args ...any) {
	panic(&Error{p.line, fmt.Sprintf(format, args...)})
}

// next takes a number of bytes.
func (p *parser) next(n int) string {
	s := p.rest[:n]
	p.line += strings.Count(s, "\n")
	p.rest = p.rest[n:]
	return s
}

// spaces passes over spaces in a line.
func (p *parser) spaces() { p.next(len(p.rest) - len(strings.TrimLeft(p.rest, " \t"))) }

// blank passes over spaces, line ends and comments.
func (p *parser) blank() {
	for {
		p.next(len(p.rest) - len(strings.TrimLeft(p.rest, " \t\r\n")))
		if !strings.HasPrefix(p.rest, "#") {
			return
		}
		p.comment()
	}
}

// comment passes over a comment, up to its line end.
func (p *parser) comment() {
	if i := strings.IndexByte(p.rest, '\n'); i >= 0 {
		p.next(i)
	} else {
		p.next(len(p.rest))
	}
}

// entry reads a key with its value, up to the end of the line.
func (p *parser) entry() Entry {
	if p.rest[0] == '[' {
		p.fail("tables are not used here: write key = value")
	}
	n := strings.IndexFunc(p.rest, func(r rune) bool { return !keyRune(r) })
	if n == 0 {
		p.fail("a setting begins with its name in letters, digits and dashes")
	}
	if n < 0 {
		p.fail("the setting %s has no value: write key = value", p.rest)
	}
	e := Entry{Key: p.next(n), Line: p.line}
	p.spaces()
	if !strings.HasPrefix(p.rest, "=") {
		p.fail("after %s an = is expected", e.Key)
	}
	p.next(1)
	p.spaces()
	if strings.HasPrefix(p.rest, "[") {
		e.List = true
		e.Values = p.list()
	} else {
		e.Values = []string{p.value()}
	}
	p.spaces()
	switch {
	case strings.HasPrefix(p.rest, "#"):
		p.comment()
	case p.rest != "" && p.rest[0] != '\n' && !strings.HasPrefix(p.rest, "\r\n"):
		p.fail("the line goes on after the value of %s", e.Key)
	}
	return e
}

func keyRune(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= '0' && r <= '9' || r == '-' || r == '_'
}

// list reads values with commas between them, over several lines if need be.
func (p *parser) list() []string {
	p.next(1)
	values := []string{}
	for {
		p.blank()
		if strings.HasPrefix(p.rest, "]") {
			p.next(1)
			return values
		}
		values = append(values, p.value())
		p.blank()
		switch {
		case strings.HasPrefix(p.rest, ","):
			p.next(1)
		case !strings.HasPrefix(p.rest, "]"):
			p.fail("a comma or ] is expected")
		}
	}
}

// value reads a string, a number, true or false.
func (p *parser) value() string {
	switch {
	case p.rest == "" || p.rest[0] == '\n':
		p.fail("a value is missing")
	case p.rest[0] == '"':
		return p.basic()
	case p.rest[0] == '\'':
		end := strings.IndexAny(p.rest[1:], "'\n")
		if end < 0 || p.rest[1+end] == '\n' {
			p.fail("the string has no end")
		}
		return strings.Trim(p.next(end+2), "'")
	}
	n := strings.IndexFunc(p.rest, func(r rune) bool { return strings.ContainsRune(" \t\r\n,]#", r) })
	if n < 0 {
		n = len(p.rest)
	}
	word := p.next(n)
	if _, err := strconv.ParseInt(strings.ReplaceAll(word, "_", ""), 10, 64); err == nil {
		return strings.ReplaceAll(word, "_", "")
	}
	if word != "true" && word != "false" {
		p.fail("%s is no value: put text in quotes", strconv.Quote(word))
	}
	return word
}

// escapes are those of a basic string; \u and \U are read apart.
var escapes = map[byte]byte{'b': '\b', 't': '\t', 'n': '\n', 'f': '\f', 'r': '\r', '"': '"', '\\': '\\'}

// basic reads a string in double quotes.
func (p *parser) basic() string {
	p.next(1)
	var b strings.Builder
	for {
		if p.rest == "" || p.rest[0] == '\n' {
			p.fail("the string has no end")
		}
		c := p.next(1)[0]
		switch {
		case c == '"':
			return b.String()
		case c != '\\':
			b.WriteByte(c)
			continue
		}
		if p.rest == "" {
			p.fail("the string has no end")
		}
		c = p.next(1)[0]
		switch plain, ok := escapes[c]; {
		case ok:
			b.WriteByte(plain)
		case c == 'u':
			b.WriteRune(p.code(4))
		case c == 'U':
			b.WriteRune(p.code(8))
		default:
			p.fail(`\%c is no escape; write \\ for a backslash`, c)
		}
	}
}

// code reads a character given by hexadecimal digits.
func (p *parser) code(digits int) rune {
	if len(p.rest) >= digits {
		n, err := strconv.ParseUint(p.rest[:digits], 16, 32)
		if err == nil && n <= utf8.MaxRune && utf8.ValidRune(rune(n)) {
			p.next(digits)
			return rune(n)
		}
	}
	p.fail("an escape needs %d hexadecimal digits of a character", digits)
	return 0
}
