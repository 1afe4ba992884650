package shell

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// syntaxError words an error of the parser as bash or dash do.
func (in *interp) syntaxError(err error, src *source) {
	text, first := src.text.String(), src.base
	last := int(truth(src.last))
	var pe syntax.ParseError
	errors.As(err, &pe)
	if errors.Is(err, errTooDeep) {
		in.syntaxLine(1, "memory exhausted")
		return
	}
	total := strings.Count(text, "\n")
	if q := unclosedQuote(pe.Text, text); q != "" {
		line := max(int(pe.Pos.Line()), 1)
		if in.posix {
			what := "Unterminated quoted string"
			if q == "`" || q == ")" {
				what = "end of file unexpected (expecting \")\")"
			}
			if q == "}" {
				what = "Missing '}'"
			}
			in.line = first + total + 1 - last
			in.complain("Syntax error: %s", what)
			return
		}
		if q == ")" {
			line = first + total + 1
		}
		in.syntaxLine(line, fmt.Sprintf("unexpected EOF while looking for matching `%s'", q))
		return
	}
	if pe.Incomplete || syntax.IsIncomplete(err) {
		if in.posix {
			in.line = first + total + 1 - last
			in.complain("Syntax error: end of file unexpected%s", expecting(text))
			return
		}
		in.syntaxLine(first+total+1, "syntax error: unexpected end of file")
		return
	}
	tok, at := in.offending(text)
	line := 1 + strings.Count(text[:min(at, len(text))], "\n")
	if in.posix {
		in.line = first + line
		if strings.Contains(tok, "${") {
			in.complain("Bad substitution")
			return
		}
		in.complain("Syntax error: %s", dashToken(tok, text, pe))
		return
	}
	in.syntaxLine(first+line, "syntax error near unexpected token `"+plain(tok)+"'")
	if !in.chatty || in.where != "" {
		lines := strings.Split(text, "\n")
		in.syntaxLine(first+line, "`"+plain(lines[min(line-1, len(lines)-1)])+"'")
	}
}

// syntaxLine writes an error with the line where it is.
func (in *interp) syntaxLine(line int, what string) {
	name := in.name
	if in.where != "" {
		name = in.where
	}
	switch {
	case in.chatty && in.where == "":
	case in.chatty:
		name = fmt.Sprintf("%s: %s: line %d", in.name, in.where, line)
	case in.dashC && in.where == "" && in.evals == 0:
		name += fmt.Sprintf(": -c: line %d", line)
	case in.evals > 0:
		name += fmt.Sprintf(": eval: line %d", line+max(in.line-1, 0))
	default:
		name += fmt.Sprintf(": line %d", line)
	}
	io.WriteString(in.writer(2), name+": "+what+"\n")
}

// unclosedQuote gives what is missing at the end of a text, empty for nothing
// of that kind.
func unclosedQuote(message, text string) string {
	switch {
	case strings.Contains(message, "without closing quote"):
		for _, q := range []string{`"`, "'", "`"} {
			if strings.HasSuffix(message, "closing quote "+"`"+q+"`") || strings.HasSuffix(message, "closing quote "+q) {
				return q
			}
		}
		if strings.Contains(message, "`\"`") {
			return `"`
		}
		if strings.Contains(message, "'") {
			return "'"
		}
		return `"`
	case strings.Contains(message, "`$(`") || strings.Contains(message, "`$((`"):
		return ")"
	case strings.Contains(message, "`${`"):
		return "}"
	}
	return ""
}

// counted gives a text byte by byte and counts.
type counted struct {
	text string
	n    int
}

func (c *counted) Read(p []byte) (int, error) {
	if c.n == len(c.text) {
		return 0, io.EOF
	}
	p[0] = c.text[c.n]
	c.n++
	return 1, nil
}

// offending gives the token at which the parser gave up, and where it begins.
func (in *interp) offending(text string) (string, int) {
	if len(text) > 64<<10 {
		return "newline", len(text)
	}
	c, read := &counted{text: text + "\n"}, 0
	for _, err := range in.parser().StmtsSeq(c) {
		if err != nil && read == 0 {
			read = c.n // not left here: see runSource
		}
	}
	if read == 0 {
		read = c.n
	}
	at := read - 2
	tok, start := "newline", max(len(text)-1, 0)
	for i := 0; i < len(text); {
		n := tokenLength(text[i:])
		if text[i] == ' ' || text[i] == '\t' {
			i++
			continue
		}
		tok, start = text[i:i+n], i
		if tok == "\n" {
			tok = "newline"
		}
		if i+n > at {
			break
		}
		i += n
	}
	if tok == "(" && start+1 < len(text) {
		rest := strings.TrimLeft(text[start+1:], " \t")
		if rest != "" && rest[0] != ')' && start > 0 && strings.Trim(text[:start], " \t") != "" && text[start-1] == ' ' {
			n := tokenLength(rest)
			if t := rest[:n]; t != "\n" {
				return t, start
			}
		}
	}
	return tok, start
}

var operators = []string{"<<-", "<<<", "&>>", ";;&", "&&", "||", ";;", ";&", "<<", ">>", "<&", ">&", "<>", ">|", "|&", "&>", "((", "))", "&", "|", ";", "<", ">", "(", ")", "\n"}

// tokenLength gives the length of the token that a text begins with.
func tokenLength(s string) int {
	for _, op := range operators {
		if strings.HasPrefix(s, op) {
			if op == "((" || op == "))" {
				return 1
			}
			return len(op)
		}
	}
	n := 0
	for n < len(s) && !strings.ContainsRune(" \t\n;&|<>()", rune(s[n])) {
		switch s[n] {
		case '\\':
			n++
		case '\'', '"', '`':
			if e := strings.IndexByte(s[n+1:], s[n]); e >= 0 {
				n += e + 1
			}
		}
		n++
	}
	return max(min(n, len(s)), 1)
}

// dashToken words an unexpected token as dash does.
func dashToken(tok, text string, pe syntax.ParseError) string {
	switch tok {
	case "newline":
		return "newline unexpected" + expecting("")
	case "<<<", "<<", "<", ">", ">>", ">|", ">&", "<&", "<>":
		return "redirection unexpected"
	}
	if tok == "[" || strings.Trim(tok, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./$\"'") == "" && !syntax.IsKeyword(tok) {
		return "word unexpected" + strings.Replace(expecting(text), "", "", 1)
	}
	return fmt.Sprintf("\"%s\" unexpected", plain(tok))
}

// expecting says which word would end the innermost compound command.
func expecting(text string) string {
	var stack []string
	first := true
	for i := 0; i < len(text); {
		if text[i] == ' ' || text[i] == '\t' {
			i++
			continue
		}
		n := tokenLength(text[i:])
		tok := text[i : i+n]
		i += n
		if first {
			switch tok {
			case "if":
				stack = append(stack, "then")
			case "then", "else":
				if len(stack) > 0 {
					stack[len(stack)-1] = "fi"
				}
			case "elif":
				if len(stack) > 0 {
					stack[len(stack)-1] = "then"
				}
			case "while", "until", "for":
				stack = append(stack, "do")
			case "do":
				if len(stack) > 0 {
					stack[len(stack)-1] = "done"
				}
			case "case":
				stack = append(stack, "esac")
			case "{":
				stack = append(stack, "}")
			case "(":
				stack = append(stack, ")")
			case "fi", "done", "esac", "}", ")":
				if len(stack) > 0 {
					stack = stack[:len(stack)-1]
				}
			}
		}
		first = strings.Contains(" ; && || | & \n ( { if then else elif while until do ! ", " "+tok+" ")
	}
	if len(stack) == 0 {
		return ""
	}
	return fmt.Sprintf(" (expecting \"%s\")", stack[len(stack)-1])
}
