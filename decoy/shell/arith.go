package shell

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// arith evaluates an expression of the source. It is expanded to text first and
// then read anew, as bash does.
func (in *interp) arith(x syntax.ArithmExpr) (int64, bool) {
	if x == nil {
		return 0, true
	}
	text := in.flat(x)
	if in.flow != flowNone {
		return 0, false
	}
	return in.arithText(text)
}

// abortArith is what follows an error in an expansion.
func (in *interp) abortArith() {
	if in.flow != flowNone {
		return
	}
	in.abort(1)
	if in.posix {
		in.exit(2)
	}
}

// flat gives the text of an expression with what it expands.
func (in *interp) flat(x syntax.ArithmExpr) string {
	var b strings.Builder
	in.flatten(&b, x)
	return b.String()
}

func (in *interp) flatten(b *strings.Builder, x syntax.ArithmExpr) {
	if !in.enter() {
		return
	}
	defer in.leave()
	gap := func(a, z syntax.Pos) {
		if a.IsValid() && z.IsValid() && z.Offset() > a.Offset() {
			b.WriteByte(' ')
		}
	}
	switch x := x.(type) {
	case *syntax.Word:
		in.flatWord(b, x)
	case *syntax.ParenArithm:
		b.WriteByte('(')
		in.flatten(b, x.X)
		b.WriteByte(')')
	case *syntax.UnaryArithm:
		if x.Post {
			in.flatten(b, x.X)
			b.WriteString(x.Op.String())
			return
		}
		b.WriteString(x.Op.String())
		if u, ok := x.X.(*syntax.UnaryArithm); ok && !u.Post {
			b.WriteByte(' ')
		}
		in.flatten(b, x.X)
	case *syntax.BinaryArithm:
		in.flatten(b, x.X)
		op := x.Op.String()
		gap(x.X.End(), x.OpPos)
		b.WriteString(op)
		if x.Y != nil {
			gap(syntax.NewPos(x.OpPos.Offset()+uint(len(op)), 1, 1), x.Y.Pos())
			in.flatten(b, x.Y)
		}
	}
}

// flatWord expands a word in an expression: names stay, and so do subscripts.
func (in *interp) flatWord(b *strings.Builder, w *syntax.Word) {
	for _, p := range w.Parts {
		if pe, ok := p.(*syntax.ParamExp); ok && pe.Short && pe.Index != nil && !pe.Dollar.IsValid() {
			b.WriteString(pe.Param.Value + "[" + in.subscript(pe.Param.Value, pe.Index) + "]")
			continue
		}
		e := in.newWords(false)
		e.parts([]syntax.WordPart{p}, false)
		b.Write(e.join())
	}
}

// calc evaluates the text of one expression.
type calc struct {
	in    *interp
	text  string
	at    int    // of the token
	end   int    // behind it
	prev  int    // of the token before it
	tok   string // "" at the end, "0" for a number, "a" for a name
	num   int64
	name  string
	skip  int // not 0 where nothing is to be evaluated
	fail  bool
	depth int
}

// arithText evaluates an expression; ok is false after a complaint.
func (in *interp) arithText(text string) (v int64, ok bool) {
	if !in.enter() {
		return 0, false
	}
	defer in.leave()
	c := &calc{in: in, text: text}
	c.next()
	if c.tok == "" && !c.fail {
		return 0, true
	}
	v = c.comma()
	if !c.fail && c.tok != "" {
		c.syntax("syntax error in expression")
	}
	return v, !c.fail
}

// syntax complains about the present token.
func (c *calc) syntax(what string) {
	if c.fail {
		return
	}
	c.fail = true
	in := c.in
	text := strings.TrimLeft(c.text, " \t\n")
	if in.posix {
		what = map[string]string{"syntax error in expression": "expecting EOF", "syntax error: operand expected": "expecting primary"}[what]
		in.complain("arithmetic expression: %s: \"%s\"", or(what, "expecting primary"), c.text)
		return
	}
	name := ""
	if len(in.lets) > 0 {
		name = in.lets
	}
	in.complain("%s%s: %s (error token is \"%s\")", name, text, what, c.text[min(c.token(), len(c.text)):])
}

// token gives where the token is that an error names: at the end, the last one.
func (c *calc) token() int {
	if c.tok == "" {
		return c.prev
	}
	return c.at
}

var arithOps = []string{"<<=", ">>=", "<<", ">>", "<=", ">=", "==", "!=", "&&", "||", "++", "--", "**", "+=", "-=", "*=", "/=", "%=", "&=", "^=", "|=", "+", "-", "*", "/", "%", "(", ")", "<", ">", "=", "!", "~", "&", "|", "^", "?", ":", ","}

// next reads a token.
func (c *calc) next() {
	s := c.text
	for c.end < len(s) && strings.IndexByte(" \t\n", s[c.end]) >= 0 {
		c.end++
	}
	if c.end > 0 {
		c.prev = c.at
	}
	c.at = c.end
	c.tok = ""
	if c.end == len(s) {
		return
	}
	switch ch := s[c.end]; {
	case ch >= '0' && ch <= '9':
		c.number()
		return
	case validName(s[c.end : c.end+1]):
		for c.end < len(s) && validName("a"+s[c.end:c.end+1]) {
			c.end++
		}
		c.name = s[c.at:c.end]
		if c.end < len(s) && s[c.end] == '[' {
			depth := 0
			for i := c.end; i < len(s); i++ {
				if s[i] == '[' {
					depth++
				} else if s[i] == ']' {
					if depth--; depth == 0 {
						c.end = i + 1
						break
					}
				}
			}
			c.name = s[c.at:c.end]
		}
		c.tok = "a"
		return
	}
	for _, op := range arithOps {
		if strings.HasPrefix(s[c.end:], op) {
			c.tok, c.end = op, c.end+len(op)
			return
		}
	}
	c.tok = "?!"
	c.syntax("syntax error: invalid arithmetic operator")
}

// number reads a constant, also one with a base.
func (c *calc) number() {
	s := c.text
	for c.end < len(s) && (validName("a"+s[c.end:c.end+1]) || s[c.end] == '#' || s[c.end] == '@') {
		c.end++
	}
	t := s[c.at:c.end]
	c.tok = "0"
	base := int64(10)
	switch {
	case strings.Contains(t, "#"):
		b, rest, _ := strings.Cut(t, "#")
		base = 0
		for i := 0; i < len(b) && base < 1000; i++ {
			base = base*10 + int64(b[i]-'0')
		}
		if base < 2 || base > 64 {
			c.syntax("invalid arithmetic base")
			return
		}
		t = rest
	case strings.HasPrefix(t, "0x"), strings.HasPrefix(t, "0X"):
		base, t = 16, t[2:]
	case len(t) > 1 && t[0] == '0':
		base, t = 8, t[1:]
	}
	c.num = 0
	for i := 0; i < len(t); i++ {
		d := digit(t[i], base)
		if d < 0 || d >= base {
			c.syntax("value too great for base")
			return
		}
		c.num = c.num*base + d
	}
}

func digit(ch byte, base int64) int64 {
	switch {
	case ch >= '0' && ch <= '9':
		return int64(ch - '0')
	case ch >= 'a' && ch <= 'z':
		return int64(ch-'a') + 10
	case ch >= 'A' && ch <= 'Z' && base <= 36:
		return int64(ch-'A') + 10
	case ch >= 'A' && ch <= 'Z':
		return int64(ch-'A') + 36
	case ch == '@':
		return 62
	case ch == '_':
		return 63
	}
	return -1
}

func (c *calc) comma() int64 {
	v := c.assign()
	for c.tok == "," && !c.fail {
		c.next()
		v = c.assign()
	}
	return v
}

// assign reads an assignment or a choice.
func (c *calc) assign() int64 {
	if c.depth++; c.depth > 500 {
		c.syntax("expression recursion level exceeded")
		return 0
	}
	defer func() { c.depth-- }()
	if c.tok == "a" {
		save := *c
		name := c.name
		c.next()
		if op := c.tok; op == "=" || len(op) > 1 && strings.HasSuffix(op, "=") && op != "==" && op != "!=" && op != "<=" && op != ">=" {
			c.next()
			v := c.assign()
			if c.fail {
				return 0
			}
			if op != "=" {
				v = c.binary(strings.TrimSuffix(op, "="), c.value(name), v)
			}
			c.store(name, v)
			return v
		}
		fail := c.fail
		*c = save
		c.fail = fail
	}
	return c.choice()
}

func (c *calc) choice() int64 {
	v := c.level(0)
	if c.tok != "?" || c.fail {
		if c.tok == "=" && !c.fail {
			c.syntax("attempted assignment to non-variable")
		}
		return v
	}
	c.next()
	if c.tok == ":" || c.tok == "" {
		c.syntax("expression expected")
		return 0
	}
	off := func(skip bool) {
		if skip {
			c.skip++
		}
	}
	off(v == 0)
	a := c.comma()
	if v == 0 {
		c.skip--
	}
	if c.tok != ":" {
		c.syntax("`:' expected for conditional expression")
		return 0
	}
	c.next()
	off(v != 0)
	b := c.assign()
	if v != 0 {
		c.skip--
		return a
	}
	return b
}

var arithLevels = [][]string{{"||"}, {"&&"}, {"|"}, {"^"}, {"&"}, {"==", "!="}, {"<", ">", "<=", ">="}, {"<<", ">>"}, {"+", "-"}, {"*", "/", "%"}}

// level reads the operators of one precedence and above.
func (c *calc) level(n int) int64 {
	if n == len(arithLevels) {
		return c.power()
	}
	v := c.level(n + 1)
	for !c.fail {
		op := ""
		for _, o := range arithLevels[n] {
			if c.tok == o {
				op = o
			}
		}
		if op == "" {
			return v
		}
		c.next()
		skip := op == "||" && v != 0 || op == "&&" && v == 0
		if skip {
			c.skip++
		}
		w := c.level(n + 1)
		if skip {
			c.skip--
		}
		v = c.binary(op, v, w)
	}
	return v
}

func (c *calc) power() int64 {
	v := c.unary()
	if c.tok != "**" || c.fail {
		return v
	}
	c.next()
	if c.depth++; c.depth > 500 {
		c.syntax("expression recursion level exceeded")
		return 0
	}
	w := c.power()
	c.depth--
	if w < 0 {
		if c.skip == 0 {
			c.syntax("exponent less than 0")
		}
		return 0
	}
	r := int64(1)
	for ; w > 0; w >>= 1 {
		if w&1 == 1 {
			r *= v
		}
		v *= v
	}
	return r
}
