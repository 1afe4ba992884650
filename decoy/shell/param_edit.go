package shell

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"mvdan.cc/sh/v3/syntax"
)

// slice does ${x:offset:length}.
func (in *interp) slice(pe *syntax.ParamExp, p *parameter) {
	off, ok := in.arith(pe.Slice.Offset)
	if !ok {
		in.abortArith()
		return
	}
	if p.many {
		in.sliceList(pe, p, off)
		return
	}
	r := []rune(p.list[0])
	n := int64(len(r))
	if !utf8.ValidString(p.list[0]) {
		n = int64(len(p.list[0]))
	}
	if off < 0 {
		off += n
	}
	if off < 0 || off > n {
		p.list = []string{""}
		return
	}
	to := n
	if pe.Slice.Length != nil {
		l, ok := in.arith(pe.Slice.Length)
		if !ok {
			in.abortArith()
			return
		}
		if l < 0 {
			if to = n + l; to < off {
				in.complain("%s: substring expression < 0", in.flat(pe.Slice.Length))
				in.abort(1)
				return
			}
		} else {
			to = min(n, off+min(l, n))
		}
	}
	if utf8.ValidString(p.list[0]) {
		p.list = []string{string(r[off:to])}
	} else {
		p.list = []string{p.list[0][off:to]}
	}
}

// sliceList does ${@:offset:length} and ${a[@]:offset:length}.
func (in *interp) sliceList(pe *syntax.ParamExp, p *parameter, off int64) {
	list := p.list
	if pe.Index == nil {
		list = append([]string{in.name}, list...)
	} else if v := in.find(pe.Param.Value); v != nil && v.kind == indexed && off >= 0 {
		at, _ := slices.BinarySearch(v.keys, int(off))
		off = int64(at)
	}
	n := int64(len(list))
	if off < 0 {
		off += n
	}
	if off < 0 || off > n {
		p.list = nil
		return
	}
	to := n
	if pe.Slice.Length != nil {
		l, ok := in.arith(pe.Slice.Length)
		if !ok {
			in.abortArith()
			return
		}
		if l < 0 {
			in.complain("%s: substring expression < 0", in.flat(pe.Slice.Length))
			in.abort(1)
			return
		}
		to = min(n, off+min(l, n))
	}
	p.list = slices.Clone(list[off:to])
}

// replace does ${x/pattern/text}.
func (in *interp) replace(r *syntax.Replace, p *parameter) {
	text := in.pattern(r.Orig)
	where := byte(0)
	if text != "" && !r.All && (text[0] == '#' || text[0] == '%') {
		where, text = text[0], text[1:]
	}
	with := ""
	amp := false
	if r.With != nil {
		with = in.pattern(r.With)
		for i := 0; i < len(with); i++ {
			if with[i] == '\\' {
				i++
			} else if with[i] == '&' {
				amp = in.opt["patsub_replacement"]
			}
		}
		if !amp {
			with = in.text(r.With)
		}
	}
	if text == "" && where == 0 {
		return
	}
	pat := compile(text)
	out := make([]string, len(p.list))
	for i, s := range p.list {
		out[i] = in.replaceIn(s, pat, replacement{with, amp, r.All, where})
	}
	p.list = out
}

// mostReplaceSteps bounds the search for all places of one replacement; what is
// left then stays as it is.
const mostReplaceSteps = 20 * mostMatchSteps

// replacement says what is put in the place of a match.
type replacement struct {
	with  string
	amp   bool // an unquoted & stands for the match
	all   bool
	where byte // '#' or '%' for the ends
}

func (r replacement) of(match string) string {
	if !r.amp {
		return r.with
	}
	var b strings.Builder
	for i := 0; i < len(r.with); i++ {
		switch c := r.with[i]; {
		case c == '\\' && i+1 < len(r.with):
			i++
			b.WriteByte(r.with[i])
		case c == '&':
			b.WriteString(match)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

func (in *interp) replaceIn(s string, p *pattern, r replacement) string {
	switch r.where {
	case '#':
		if n := p.prefix(s, true); n >= 0 {
			return r.of(s[:n]) + s[n:]
		}
		return s
	case '%':
		if n := p.suffix(s, true); n >= 0 {
			return s[:n] + r.of(s[n:])
		}
		return s
	}
	var b strings.Builder
	left := mostReplaceSteps
	for s != "" {
		n := -1
		if len(p.tokens) == 0 || p.tokens[0].kind != patChar || p.starts(s) {
			n = p.prefixAt(s)
			if left -= p.steps; left < 0 || !in.s.work(in.task.ctx, p.steps) {
				break
			}
		}
		if n <= 0 {
			_, w := one(s)
			b.WriteString(s[:w])
			s = s[w:]
			continue
		}
		b.WriteString(r.of(s[:n]))
		s = s[n:]
		if !in.fits(b.Len()) || !in.step() {
			return ""
		}
		if !r.all {
			break
		}
	}
	return b.String() + s
}

// prefixAt gives the longest prefix that matches; a pattern of fixed length
// looks no further than that.
func (p *pattern) prefixAt(s string) int {
	if !p.plain {
		return p.prefix(s, true)
	}
	n := 0
	for i := range p.tokens {
		if n >= len(s) {
			return -1
		}
		r, w := one(s[n:])
		if !p.accepts(&p.tokens[i], r) {
			return -1
		}
		n += w
	}
	return n
}

// modify does what is left of the operators.
func (in *interp) modify(pe *syntax.ParamExp, p *parameter) {
	op := pe.Exp.Op
	if op == syntax.OtherParamOps {
		in.transform(pe, p)
		return
	}
	text := in.pattern(pe.Exp.Word)
	out := make([]string, len(p.list))
	pat := compile(text)
	for i, s := range p.list {
		out[i] = modified(s, op, pat, text)
		in.s.work(in.task.ctx, pat.steps)
	}
	p.list = out
}

func modified(s string, op syntax.ParExpOperator, pat *pattern, text string) string {
	switch op {
	case syntax.RemSmallPrefix, syntax.RemLargePrefix:
		if n := pat.prefix(s, op == syntax.RemLargePrefix); n >= 0 {
			return s[n:]
		}
	case syntax.RemSmallSuffix, syntax.RemLargeSuffix:
		if n := pat.suffix(s, op == syntax.RemLargeSuffix); n >= 0 {
			return s[:n]
		}
	case syntax.UpperFirst, syntax.UpperAll, syntax.LowerFirst, syntax.LowerAll:
		to := unicode.ToUpper
		if op == syntax.LowerFirst || op == syntax.LowerAll {
			to = unicode.ToLower
		}
		first := true
		return strings.Map(func(r rune) rune {
			once := first || op == syntax.UpperAll || op == syntax.LowerAll
			first = false
			if once && (text == "" || pat.match(string(r))) {
				return to(r)
			}
			return r
		}, s)
	}
	return s
}

// transform does ${x@Q} and its like.
func (in *interp) transform(pe *syntax.ParamExp, p *parameter) {
	op := ""
	if pe.Exp.Word != nil {
		op = pe.Exp.Word.Lit()
	}
	if !p.set && op != "a" {
		return
	}
	if op == "A" || op == "a" || op == "K" || op == "k" {
		v := in.find(pe.Param.Value)
		switch {
		case v == nil:
			p.list = []string{""}
		case op == "a":
			p.list = []string{strings.TrimPrefix(v.attributes(), "-")}
		case op == "A":
			p.list, p.many = []string{in.assignment(pe.Param.Value, v)}, false
		}
		return
	}
	out := make([]string, len(p.list))
	for i, s := range p.list {
		switch op {
		case "Q":
			out[i] = quoteWord(s)
		case "E":
			out[i] = ansi(s)
		case "P":
			out[i] = in.prompt(s)
		case "U":
			out[i] = strings.ToUpper(s)
		case "L":
			out[i] = strings.ToLower(s)
		case "u":
			out[i] = modified(s, syntax.UpperFirst, compile(""), "")
		}
	}
	p.list = out
}
