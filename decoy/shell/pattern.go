package shell

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// A pattern is text in which a backslash takes the meaning from what follows.
// Matching is bounded: it gives up after so many steps.
const mostMatchSteps = 4_000_000

// Kinds of what a pattern is made of.
const (
	patChar = iota
	patAny
	patStar
	patSet
	patExt
)

type patToken struct {
	kind int
	r    rune
	set  func(rune) bool
	op   byte // ? * + @ !
	alts [][]patToken
}

// pattern is a compiled pattern.
type pattern struct {
	tokens []patToken
	fold   bool
	plain  bool // no stars and nothing like them: it matches a fixed number of characters
	steps  int
}

// compile reads a pattern.
func compile(text string) *pattern {
	p := &pattern{plain: true}
	p.tokens, _ = p.parse(text, 0)
	return p
}

// parse reads tokens up to the end, or inside of an extended pattern up to "|"
// or ")"; it gives what is left.
func (p *pattern) parse(text string, depth int) (list []patToken, rest string) {
	for text != "" {
		r, w := utf8.DecodeRuneInString(text)
		if r == utf8.RuneError && w == 1 {
			r = rune(text[0]) | 1<<24 // a byte that is no character matches itself
		}
		switch {
		case r == '\\' && len(text) > 1:
			r, w2 := utf8.DecodeRuneInString(text[1:])
			if r == utf8.RuneError && w2 == 1 {
				r = rune(text[1]) | 1<<24
			}
			list = append(list, patToken{r: r})
			text = text[1+w2:]
			continue
		case depth > 0 && (r == '|' || r == ')'):
			return list, text
		case strings.ContainsRune("?*+@!", r) && len(text) > 1 && text[1] == '(' && depth < 20 && closes(text[1:]):
			t := patToken{kind: patExt, op: byte(r)}
			p.plain = false
			text = text[1:]
			for text != "" && text[0] != ')' {
				var alt []patToken
				alt, text = p.parse(text[1:], depth+1)
				t.alts = append(t.alts, alt)
			}
			text = strings.TrimPrefix(text, ")")
			list = append(list, t)
			continue
		case r == '?':
			list = append(list, patToken{kind: patAny})
		case r == '*':
			p.plain = false
			if n := len(list); n == 0 || list[n-1].kind != patStar {
				list = append(list, patToken{kind: patStar})
			}
		case r == '[':
			if set, n := parseSet(text); n > 0 {
				list = append(list, patToken{kind: patSet, set: set})
				text = text[n:]
				continue
			}
			list = append(list, patToken{r: r})
		default:
			list = append(list, patToken{r: r})
		}
		text = text[w:]
	}
	return list, ""
}

// closes says whether a parenthesis at the beginning of a text is closed.
func closes(text string) bool {
	depth := 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '(':
			depth++
		case ')':
			if depth--; depth == 0 {
				return true
			}
		}
	}
	return false
}

var classes = map[string]func(rune) bool{
	"alpha": unicode.IsLetter, "digit": func(r rune) bool { return r >= '0' && r <= '9' },
	"alnum": func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) },
	"upper": unicode.IsUpper, "lower": unicode.IsLower, "space": unicode.IsSpace,
	"blank": func(r rune) bool { return r == ' ' || r == '\t' }, "punct": func(r rune) bool { return unicode.IsPunct(r) || unicode.IsSymbol(r) },
	"print": unicode.IsPrint, "graph": unicode.IsGraphic, "cntrl": unicode.IsControl,
	"xdigit": func(r rune) bool { return strings.ContainsRune("0123456789abcdefABCDEF", r) },
	"word":   func(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) },
}

// parseSet reads a bracket expression and gives its length, 0 where it is none.
func parseSet(text string) (func(rune) bool, int) {
	i, not := 1, false
	if i < len(text) && (text[i] == '!' || text[i] == '^') {
		not = true
		i++
	}
	var tests []func(rune) bool
	for first := true; ; first = false {
		if i >= len(text) {
			return nil, 0
		}
		if text[i] == ']' && !first {
			i++
			break
		}
		if strings.HasPrefix(text[i:], "[:") {
			if n := strings.Index(text[i:], ":]"); n > 0 {
				if c := classes[text[i+2:i+n]]; c != nil {
					tests = append(tests, c)
				}
				i += n + 2
				continue
			}
		}
		lo, n := setRune(text[i:])
		i += n
		hi := lo
		if i+1 < len(text) && text[i] == '-' && text[i+1] != ']' {
			hi, n = setRune(text[i+1:])
			i += 1 + n
		}
		tests = append(tests, func(r rune) bool { return r >= lo && r <= hi })
	}
	return func(r rune) bool {
		for _, t := range tests {
			if t(r) {
				return !not
			}
		}
		return not
	}, i
}

func setRune(text string) (rune, int) {
	extra := 0
	if text[0] == '\\' && len(text) > 1 {
		text, extra = text[1:], 1
	}
	r, w := utf8.DecodeRuneInString(text)
	return r, w + extra
}

// one gives the first character of a text.
func one(s string) (rune, int) {
	r, w := utf8.DecodeRuneInString(s)
	if r == utf8.RuneError && w == 1 {
		return rune(s[0]) | 1<<24, 1
	}
	return r, w
}

// match says whether the whole text matches.
func (p *pattern) match(s string) bool {
	p.steps = 0
	return p.run(p.tokens, s)
}

// accepts says whether a token matches a character.
func (p *pattern) accepts(t *patToken, r rune) bool {
	switch t.kind {
	case patAny:
		return true
	case patSet:
		return t.set(r) || p.fold && (t.set(unicode.ToLower(r)) || t.set(unicode.ToUpper(r)))
	}
	return t.r == r || p.fold && unicode.ToLower(t.r) == unicode.ToLower(r)
}

func (p *pattern) run(tokens []patToken, s string) bool {
	var back []patToken // after the last star
	var from string
	for {
		if p.steps++; p.steps > mostMatchSteps {
			return false
		}
		switch {
		case len(tokens) > 0 && tokens[0].kind == patStar:
			back, from = tokens[1:], s
			if len(back) == 0 {
				return true
			}
			tokens = back
			continue
		case len(tokens) > 0 && tokens[0].kind == patExt:
			if p.extended(tokens, s) {
				return true
			}
		case len(tokens) == 0 && s == "":
			return true
		case len(tokens) > 0 && s != "":
			if r, w := one(s); p.accepts(&tokens[0], r) {
				tokens, s = tokens[1:], s[w:]
				continue
			}
		}
		if back == nil || from == "" {
			return false
		}
		_, w := one(from)
		from = from[w:]
		tokens, s = back, from
	}
}

// extended matches a list of tokens that begins with an extended pattern.
func (p *pattern) extended(tokens []patToken, s string) bool {
	t, rest := tokens[0], tokens[1:]
	any := func(part string) bool {
		for _, a := range t.alts {
			if p.run(a, part) {
				return true
			}
		}
		return false
	}
	if (t.op == '?' || t.op == '*') && p.run(rest, s) {
		return true
	}
	for i := 0; i <= len(s); i++ {
		if p.steps++; p.steps > mostMatchSteps {
			return false
		}
		if i < len(s) && !utf8.RuneStart(s[i]) {
			continue
		}
		matched := any(s[:i])
		switch {
		case t.op == '!':
			if !matched && p.run(rest, s[i:]) {
				return true
			}
		case !matched:
		case p.run(rest, s[i:]):
			return true
		case (t.op == '*' || t.op == '+') && i > 0:
			again := t
			again.op = '*'
			if p.run(append([]patToken{again}, rest...), s[i:]) {
				return true
			}
		}
	}
	return false
}

// prefix gives the length of the shortest or longest prefix that matches, -1
// for none.
func (p *pattern) prefix(s string, longest bool) int {
	p.steps = 0
	found := -1
	last := p.last()
	for i := 0; i <= len(s) && p.steps <= mostMatchSteps; i++ {
		p.steps++
		if i < len(s) && !utf8.RuneStart(s[i]) && i > 0 && utf8.ValidString(s[max(0, i-3):min(len(s), i+3)]) {
			continue
		}
		if last >= 0 && (i == 0 || rune(s[i-1]) != last) {
			continue
		}
		if p.run(p.tokens, s[:i]) {
			found = i
			if !longest {
				return i
			}
		}
	}
	return found
}

// last gives the ASCII character that a match must end with, -1 where there is
// none.
func (p *pattern) last() rune {
	if n := len(p.tokens); n > 0 && !p.fold && p.tokens[n-1].kind == patChar && p.tokens[n-1].r < utf8.RuneSelf {
		return p.tokens[n-1].r
	}
	return -1
}

// suffix gives where the shortest or longest suffix that matches begins, -1
// for none.
func (p *pattern) suffix(s string, longest bool) int {
	p.steps = 0
	found := -1
	for i := len(s); i >= 0 && p.steps <= mostMatchSteps; i-- {
		p.steps++
		if i < len(s) && !utf8.RuneStart(s[i]) && i > 0 {
			continue
		}
		if len(p.tokens) > 0 && p.tokens[0].kind == patChar && (i == len(s) || !p.starts(s[i:])) {
			continue
		}
		if p.run(p.tokens, s[i:]) {
			found = i
			if !longest {
				return i
			}
		}
	}
	return found
}

func (p *pattern) starts(s string) bool {
	r, _ := one(s)
	return p.accepts(&p.tokens[0], r)
}

// escape takes the meaning from all characters of a pattern.
func escape(s string) string {
	if !strings.ContainsAny(s, `*?[]\!+@(|)^-`) {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if strings.IndexByte(`*?[]\!+@(|)^-`, s[i]) >= 0 {
			b.WriteByte('\\')
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// magic says whether a pattern has anything to match with.
func magic(text string) bool {
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '*', '?':
			return true
		case '[':
			if _, n := parseSet(text[i:]); n > 0 {
				return true
			}
		case '+', '@', '!':
			if i+1 < len(text) && text[i+1] == '(' {
				return true
			}
		}
	}
	return false
}
