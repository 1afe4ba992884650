package awk

import (
	"fmt"
	"strings"
)

// kind is a kind of tokens. Operators and punctuation are their own text.
type kind int

const (
	tEnd kind = iota
	tNewline
	tNumber
	tString
	tRegex
	tName
	tFunc // a name with a parenthesis right after it
	tWord // a keyword
	tBuiltin
	tOp
)

// token is one word of a program.
type token struct {
	kind kind
	text string
	num  float64
}

// lexer takes a program apart.
type lexer struct {
	in   string
	at   int
	line int
}

// mistake is an error in a program, in mawk's words.
type mistake struct{ text string }

func (l *lexer) fail(format string, args ...any) {
	panic(mistake{fmt.Sprintf(format, args...)})
}

const (
	keywords = " BEGIN END function func if else while for do break continue next nextfile exit return delete in getline print printf "
	builtins = " length substr index split sub gsub match sprintf sin cos atan2 exp log sqrt int rand srand tolower toupper system close fflush systime strftime mktime "
)

// operators are tried in this order.
const operators = "&& || ++ -- += -= *= /= %= ^= == <= >= != !~ >> { } ( ) [ ] ; , + - * / % ^ ! > < | ? : ~ $ ="

// next reads a token.
func (l *lexer) next() token {
	for l.at < len(l.in) {
		switch c := l.in[l.at]; {
		case c == ' ' || c == '\t' || c == '\r':
			l.at++
		case c == '\\' && strings.HasPrefix(l.in[l.at:], "\\\n"):
			l.at += 2
			l.line++
		case c == '\\' && strings.HasPrefix(l.in[l.at:], "\\\r\n"):
			l.at += 3
			l.line++
		case c == '#':
			for l.at < len(l.in) && l.in[l.at] != '\n' {
				l.at++
			}
		default:
			return l.word(c)
		}
	}
	return token{kind: tEnd}
}

func (l *lexer) word(c byte) token {
	switch {
	case c == '\n':
		l.at++
		l.line++
		return token{kind: tNewline, text: "\n"}
	case c == '"':
		return l.string()
	case c >= '0' && c <= '9', c == '.' && l.at+1 < len(l.in) && l.in[l.at+1] >= '0' && l.in[l.at+1] <= '9':
		n, size := number(l.in[l.at:])
		text := l.in[l.at : l.at+size]
		l.at += size
		return token{kind: tNumber, text: text, num: n}
	case c == '_' || c|32 >= 'a' && c|32 <= 'z':
		return l.name()
	}
	for _, op := range strings.Fields(operators) {
		if strings.HasPrefix(l.in[l.at:], op) {
			l.at += len(op)
			return token{kind: tOp, text: op}
		}
	}
	l.fail("%d: unexpected character '%c'", l.line, c)
	return token{}
}

func (l *lexer) name() token {
	from := l.at
	for l.at < len(l.in) {
		c := l.in[l.at]
		if c != '_' && !(c|32 >= 'a' && c|32 <= 'z') && !(c >= '0' && c <= '9') {
			break
		}
		l.at++
	}
	text := l.in[from:l.at]
	switch {
	case strings.Contains(keywords, " "+text+" "):
		return token{kind: tWord, text: text}
	case strings.Contains(builtins, " "+text+" "):
		return token{kind: tBuiltin, text: text}
	case l.at < len(l.in) && l.in[l.at] == '(':
		return token{kind: tFunc, text: text}
	}
	return token{kind: tName, text: text}
}

// string reads a constant in quotes.
func (l *lexer) string() token {
	from := l.at + 1
	for i := from; i < len(l.in); i++ {
		switch l.in[i] {
		case '\\':
			i++
		case '"':
			l.at = i + 1
			return token{kind: tString, text: escapes(l.in[from:i])}
		case '\n':
			i = len(l.in)
		}
	}
	text := l.in[from:]
	l.fail("line %d: runaway string constant \"%s ...", l.line, text[:min(len(text), 10)])
	return token{}
}

// regex reads a regular expression after its first slash.
func (l *lexer) regex() token {
	from, class := l.at, false
	for i := from; i < len(l.in) && l.in[i] != '\n'; i++ {
		switch c := l.in[i]; {
		case c == '\\':
			i++
		case c == '[' && !class:
			class = true
			if strings.HasPrefix(l.in[i:], "[]") || strings.HasPrefix(l.in[i:], "[^]") {
				i += strings.IndexByte(l.in[i:], ']')
			}
		case c == ']':
			class = false
		case c == '/' && !class:
			l.at = i + 1
			return token{kind: tRegex, text: strings.ReplaceAll(l.in[from:i], `\/`, "/")}
		}
	}
	text := l.in[from:]
	l.fail("line %d: runaway regular expression /%s ...", l.line, text[:min(len(text), 10)])
	return token{}
}

// escapes reads the escapes of a string. A backslash before anything else stays.
func escapes(s string) string {
	if !strings.Contains(s, "\\") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		i++
		switch at := strings.IndexByte(`abfnrtv\"`, s[i]); {
		case at >= 0:
			b.WriteByte("\a\b\f\n\r\t\v\\\""[at])
		case s[i] >= '0' && s[i] <= '7':
			v, n := 0, 0
			for n < 3 && i+n < len(s) && s[i+n] >= '0' && s[i+n] <= '7' {
				v = v*8 + int(s[i+n]-'0')
				n++
			}
			b.WriteByte(byte(v))
			i += n - 1
		case s[i] == '\n':
		default:
			b.WriteString(s[i-1 : i+1])
		}
	}
	return b.String()
}
