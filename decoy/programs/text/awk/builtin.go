package awk

import (
	"math"
	"math/rand/v2"
	"strings"
	"time"

	"gait/decoy/programs/gnu"
	"gait/decoy/programs/regex"
)

// arity gives how many arguments the functions take.
func arity(name string) (least, most int) {
	switch name {
	case "length", "fflush", "srand":
		return 0, 1
	case "rand", "systime":
		return 0, 0
	case "substr", "sub", "gsub", "split":
		return 2, 3
	case "index", "match", "atan2":
		return 2, 2
	case "sprintf":
		return 1, 1000
	case "strftime":
		return 0, 3
	}
	return 1, 1
}

// builtin reads a call of a function that is built in.
func (p *parser) builtin() eval {
	name := p.advance().text
	if !p.is("(") {
		if name == "length" {
			return func(r *runner) value { return num(float64(len(r.record()))) }
		}
		p.syntax()
	}
	noGT, noIn := p.noGT, p.noIn
	p.noGT, p.noIn = 0, 0
	p.advance()
	c := &call{name: name}
	for p.newlines(); !p.is(")"); p.newlines() {
		p.argument(c)
		if !p.is(",") {
			break
		}
		p.advance()
	}
	p.newlines()
	p.expect(")")
	p.noGT, p.noIn = noGT, noIn
	if least, most := arity(name); c.n < least || c.n > most {
		p.fail("line %d: wrong number of arguments in call to %s", p.line, name)
	}
	if c.args == nil && name == "length" && c.array == nil {
		return func(r *runner) value { return num(float64(len(r.record()))) }
	}
	return c.make(p)
}

// call is a call of a built-in function.
type call struct {
	name   string
	n      int
	args   []eval
	array  func(r *runner) *cell // of split and length
	re     func(r *runner) *regex.Regexp
	target *place // of sub and gsub
}

// argument reads the next argument.
func (p *parser) argument(c *call) {
	defer func() { c.n++ }()
	pattern := c.n == 0 && (c.name == "sub" || c.name == "gsub") || c.n == 1 && c.name == "match" || c.n == 2 && c.name == "split"
	switch {
	case pattern && (c.name != "split" || p.is("/")):
		c.re = p.pattern(p.expr)
	case c.name == "split" && c.n == 1:
		if p.tok.kind != tName {
			p.syntax()
		}
		c.array = p.array(p.advance().text)
	case c.n == 2 && (c.name == "sub" || c.name == "gsub"):
		e, t := p.or()
		if c.target = t; t == nil {
			c.target = &place{get: e, set: func(*runner, value) {}}
		}
	case c.name == "length" && p.tok.kind == tName:
		at, tok, line := p.at, p.tok, p.line
		name := p.advance().text
		t := p.name(name)
		if _, special := specialOf(name); p.is(")") && !special {
			c.args = append(c.args, t.get)
			c.array = func(r *runner) *cell {
				if t.local >= 0 {
					return r.frame[t.local]
				}
				return r.global(name)
			}
			return
		}
		p.at, p.tok, p.line = at, tok, line
		c.args = append(c.args, p.expr())
	default:
		c.args = append(c.args, p.expr())
	}
}

// make gives what the call does.
func (c *call) make(p *parser) eval {
	if f := mathOf(c.name); f != nil {
		return func(r *runner) value { return num(f(c.args[0](r).float())) }
	}
	switch c.name {
	case "length":
		return func(r *runner) value {
			if c.array != nil {
				if a := c.array(r); a.isArray() {
					return num(float64(len(a.list())))
				}
			}
			return num(float64(len(r.text(c.args[0](r)))))
		}
	case "sub", "gsub":
		if c.target == nil {
			c.target = &place{get: func(r *runner) value { return r.field(0) }, set: func(r *runner, v value) { r.setField(0, v) }}
		}
		return func(r *runner) value {
			with := r.text(c.args[0](r))
			return num(r.substitute(c.re(r), with, c.target, c.name == "gsub"))
		}
	case "split":
		return c.split
	case "match":
		return func(r *runner) value {
			r.rstart, r.rlength = 0, -1
			if m := c.re(r).Find([]byte(r.text(c.args[0](r)))); m != nil {
				r.rstart, r.rlength = m[0]+1, m[1]-m[0]
			}
			return num(float64(r.rstart))
		}
	}
	return c.plain
}

// mathOf gives a function of one number; nil for a name that is none.
func mathOf(name string) func(float64) float64 {
	switch name {
	case "sin":
		return math.Sin
	case "cos":
		return math.Cos
	case "exp":
		return math.Exp
	case "sqrt":
		return math.Sqrt
	case "int":
		return math.Trunc
	case "log":
		return func(n float64) float64 {
			if n < 0 {
				return math.Copysign(math.NaN(), -1)
			}
			return math.Log(n)
		}
	}
	return nil
}

// plain runs a function whose arguments are plain values.
func (c *call) plain(r *runner) value {
	args := make([]value, len(c.args))
	for i, a := range c.args {
		args[i] = a(r)
	}
	text := func(i int) string { return r.text(args[i]) }
	switch c.name {
	case "substr":
		return str(substr(text(0), args))
	case "index":
		return num(float64(strings.Index(text(0), text(1)) + 1))
	case "sprintf":
		r.naming = c.name
		return str(r.bounded(sprintf(r, text(0), args[1:])))
	case "tolower":
		return str(lower(text(0), 'A', 32))
	case "toupper":
		return str(lower(text(0), 'a', -32))
	case "atan2":
		return num(math.Atan2(args[0].float(), args[1].float()))
	case "rand":
		return num(r.chance.Float64())
	case "srand":
		old := r.seed
		r.seed = float64(r.p.Now().Unix())
		if len(args) > 0 {
			r.seed = args[0].float()
		}
		r.chance = rand.New(rand.NewPCG(math.Float64bits(r.seed), 1))
		return num(old)
	case "system":
		return num(float64(r.system(text(0))))
	case "close":
		return num(float64(r.closeNamed(text(0))))
	case "fflush":
		r.flush()
	case "systime":
		return num(float64(r.p.Now().Unix()))
	case "strftime":
		return r.strftime(args)
	case "mktime":
		t, err := time.Parse("2006 1 2 15 4 5", text(0))
		if err != nil {
			return num(-1)
		}
		return num(float64(t.Unix()))
	}
	return num(0)
}

func (r *runner) strftime(args []value) value {
	format, at := "%c", r.p.Now()
	if len(args) > 0 {
		format = r.text(args[0])
	}
	if len(args) > 1 {
		at = time.Unix(int64(args[1].float()), 0).UTC()
	}
	return str(r.bounded(gnu.Strftime(format, at)))
}

// lower changes the case of ASCII letters.
func lower(s string, from byte, by int) string {
	b := []byte(s)
	for i, c := range b {
		if c >= from && c < from+26 {
			b[i] = byte(int(c) + by)
		}
	}
	return string(b)
}

// substr gives the part that begins at a place, counted from 1.
func substr(s string, args []value) string {
	start := math.Trunc(args[1].float())
	end := math.Inf(1)
	if len(args) > 2 {
		end = math.Trunc(args[1].float() + args[2].float())
	}
	start = max(start, 1)
	end = min(end, float64(len(s)+1))
	if !(start < end) {
		return ""
	}
	return s[int(start)-1 : int(end)-1]
}

// split fills an array with the parts of a text.
func (c *call) split(r *runner) value {
	text := r.text(c.args[0](r))
	array := c.array(r)
	var parts []string
	switch {
	case c.re != nil:
		parts = splitBy(text, c.re(r))
	case len(c.args) > 1:
		parts = r.split(text, r.text(c.args[1](r)))
	default:
		parts = r.split(text, r.fs)
	}
	array.clear(r)
	for i, part := range parts {
		array.put(r, num(float64(i+1)).text(""), outside(part))
	}
	return num(float64(len(parts)))
}

// substitute replaces the first match, or all.
func (r *runner) substitute(re *regex.Regexp, with string, t *place, all bool) float64 {
	text := []byte(r.text(t.get(r)))
	n := 1
	if all {
		n = -1
	}
	list := re.All(text, n)
	if len(list) == 0 {
		return 0
	}
	var b strings.Builder
	at := 0
	for _, m := range list {
		b.Write(text[at:m[0]])
		for i := 0; i < len(with); i++ {
			switch {
			case with[i] == '\\' && i+1 < len(with) && (with[i+1] == '&' || with[i+1] == '\\'):
				i++
				b.WriteByte(with[i])
			case with[i] == '&':
				b.Write(text[m[0]:m[1]])
			default:
				b.WriteByte(with[i])
			}
		}
		at = m[1]
		if b.Len() > longest {
			r.limit()
		}
	}
	b.Write(text[at:])
	t.set(r, str(b.String()))
	return float64(len(list))
}
