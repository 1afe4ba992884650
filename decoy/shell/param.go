package shell

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"mvdan.cc/sh/v3/syntax"
)

// parameter is what a parameter expansion begins with.
type parameter struct {
	name string // with its subscript, for messages
	list []string
	many bool // of "@" or "*"
	star bool
	set  bool
}

// subscriptAll gives "@" or "*" where a subscript is one of these.
func subscriptAll(x syntax.ArithmExpr) string {
	if w, ok := x.(*syntax.Word); ok {
		if l := w.Lit(); l == "@" || l == "*" {
			return l
		}
	}
	return ""
}

// fetch gives the value of a parameter.
func (in *interp) fetch(name string, index syntax.ArithmExpr) parameter {
	p := parameter{name: name}
	all := name
	if index != nil {
		all = subscriptAll(index)
	} else if t := in.target(name); t != name && strings.HasSuffix(t, "[@]") {
		name, all = strings.TrimSuffix(t, "[@]"), "@"
		index = &syntax.Word{}
	}
	if all == "@" || all == "*" {
		p.many, p.star = true, all == "*"
		if index == nil {
			p.list, p.set = in.args, len(in.args) > 0
			return p
		}
		p.name = name + "[" + all + "]"
		if l, ok := in.dynamicArray(name); ok {
			p.list = l
		} else {
			p.list = in.find(name).list()
		}
		p.set = len(p.list) > 0
		return p
	}
	var s string
	if index != nil {
		key := in.subscript(name, index)
		p.name = name + "[" + key + "]"
		s, p.set = in.element(name, key)
	} else {
		s, p.set = in.param(name)
	}
	p.list = []string{s}
	return p
}

// subscript expands a subscript to text: the key of an associative array, or an
// expression.
func (in *interp) subscript(name string, x syntax.ArithmExpr) string {
	if v := in.find(name); v != nil && v.kind == assoc {
		if w, ok := x.(*syntax.Word); ok {
			return in.text(w)
		}
	}
	return in.flat(x)
}

// indirect follows ${!name}.
func (in *interp) indirect(pe *syntax.ParamExp) (p parameter, done bool) {
	name := pe.Param.Value
	if pe.Names != 0 {
		p = parameter{many: true, star: pe.Names == syntax.NamesPrefix, set: true}
		for n := range in.vars {
			if strings.HasPrefix(n, name) {
				p.list = append(p.list, n)
			}
		}
		slices.Sort(p.list)
		return p, true
	}
	if pe.Index != nil {
		if all := subscriptAll(pe.Index); all != "" {
			v := in.find(name)
			p = parameter{many: true, star: all == "*", set: true, list: v.indexes()}
			if l, ok := in.dynamicArray(name); ok {
				p.list = nil
				for i := range l {
					p.list = append(p.list, strconv.Itoa(i))
				}
			}
			return p, true
		}
	}
	if v := in.vars[name]; v != nil && v.ref && pe.Index == nil {
		return parameter{name: name, list: []string{v.text}, set: true}, true
	}
	to, _ := in.param(name)
	if pe.Index != nil {
		to = in.fetch(name, pe.Index).list[0]
	}
	if to == "" {
		in.complain("%s: invalid indirect expansion", name)
		in.abort(1)
		return p, true
	}
	if at := strings.IndexByte(to, '['); at > 0 && strings.HasSuffix(to, "]") {
		key := to[at+1 : len(to)-1]
		if key == "@" || key == "*" {
			l := in.find(to[:at]).list()
			return parameter{name: to, list: l, many: true, star: key == "*", set: len(l) > 0}, false
		}
		s, ok := in.element(to[:at], key)
		return parameter{name: to, list: []string{s}, set: ok}, false
	}
	if !validName(to) && !special(to) {
		in.complain("%s: invalid variable name", to)
		in.abort(1)
		return p, true
	}
	return in.fetch(to, nil), false
}

// special says whether a name is one of a position or a special parameter.
func special(name string) bool {
	if len(name) == 1 && strings.Contains("?$!#-@*_", name) {
		return true
	}
	_, err := strconv.ParseUint(name, 10, 32)
	return err == nil
}

// paramExp expands a parameter.
func (w *words) paramExp(pe *syntax.ParamExp, quoted bool) {
	in := w.in
	if pe.Param == nil {
		return
	}
	var p parameter
	if pe.Excl {
		var done bool
		if p, done = in.indirect(pe); done {
			w.emit(p, quoted)
			return
		}
	} else {
		p = in.fetch(pe.Param.Value, pe.Index)
	}
	if in.flow != flowNone {
		return
	}
	if pe.Exp != nil && w.fallback(pe, &p, quoted) {
		return
	}
	if !p.set && !p.many && in.opt["nounset"] && !in.attributeOnly(pe) {
		in.unbound(p.name)
		return
	}
	switch {
	case pe.Length:
		w.length(p, quoted)
		return
	case pe.Slice != nil:
		in.slice(pe, &p)
	case pe.Repl != nil:
		in.replace(pe.Repl, &p)
	case pe.Exp != nil:
		in.modify(pe, &p)
	}
	w.emit(p, quoted)
}

func (in *interp) attributeOnly(pe *syntax.ParamExp) bool {
	return pe.Exp != nil && pe.Exp.Op == syntax.OtherParamOps
}

func (in *interp) unbound(name string) {
	if in.posix {
		in.complain("%s: parameter not set", name)
		in.exit(2)
		return
	}
	if in.positional(name) {
		name = "$" + name
	}
	in.complain("%s: unbound variable", name)
	in.abort(1)
	if !in.inter {
		in.exit(127)
		if in.sub {
			in.status = 1
		}
	}
}

func (in *interp) positional(name string) bool {
	_, err := strconv.Atoi(name)
	return err == nil
}

// length gives ${#name}.
func (w *words) length(p parameter, quoted bool) {
	n := len(p.list)
	if !p.many {
		n = utf8.RuneCountInString(p.list[0])
	}
	w.result(strconv.Itoa(n), quoted)
}

// emit adds a value.
func (w *words) emit(p parameter, quoted bool) {
	if !p.many {
		if p.set || len(p.list) > 0 {
			w.result(p.list[0], quoted)
		}
		return
	}
	if p.star && quoted || !w.split {
		sep := " "
		if p.star && w.ifs == "" {
			sep = ""
		} else if p.star && !strings.HasPrefix(w.ifs, " ") {
			_, n := utf8.DecodeRuneInString(w.ifs)
			sep = w.ifs[:n]
		}
		total := 0
		for _, s := range p.list {
			total += len(s) + 1
		}
		if !w.in.fits(total) {
			return
		}
		w.add(strings.Join(p.list, sep), quoted)
		return
	}
	for i, s := range p.list {
		if i > 0 && (w.open || quoted) {
			w.brk()
		}
		if quoted {
			w.open = true
		}
		w.result(s, quoted)
	}
}

// fallback does ${x:-word} and its like; true where that was all.
func (w *words) fallback(pe *syntax.ParamExp, p *parameter, quoted bool) bool {
	in, op := w.in, pe.Exp.Op
	null := !p.set
	switch op {
	case syntax.AlternateUnsetOrNull, syntax.DefaultUnsetOrNull, syntax.ErrorUnsetOrNull, syntax.AssignUnsetOrNull:
		null = null || strings.Join(p.list, " ") == ""
	case syntax.AlternateUnset, syntax.DefaultUnset, syntax.ErrorUnset, syntax.AssignUnset:
	default:
		return false
	}
	switch op {
	case syntax.AlternateUnset, syntax.AlternateUnsetOrNull:
		if !null {
			w.other(pe.Exp.Word, quoted)
		}
		return true
	}
	if !null {
		return false
	}
	switch op {
	case syntax.DefaultUnset, syntax.DefaultUnsetOrNull:
		w.other(pe.Exp.Word, quoted)
	case syntax.AssignUnset, syntax.AssignUnsetOrNull:
		inner := in.newWords(false)
		inner.other(pe.Exp.Word, quoted)
		s := string(inner.join())
		if !validName(pe.Param.Value) {
			in.complain("$%s: cannot assign in this way", pe.Param.Value)
			in.abort(1)
			return true
		}
		if pe.Index != nil {
			in.setElement(pe.Param.Value, in.subscript(pe.Param.Value, pe.Index), s, false)
		} else {
			in.setVar(pe.Param.Value, s)
		}
		w.result(s, quoted)
	default:
		inner := in.newWords(false)
		inner.other(pe.Exp.Word, quoted)
		s := string(inner.join())
		if s == "" {
			s = "parameter not set"
			if op == syntax.ErrorUnsetOrNull {
				s = "parameter null or not set"
			}
			if in.posix {
				s = strings.Replace(s, "null or not set", "not set or null", 1)
			}
		}
		in.complain("%s: %s", p.name, s)
		in.abort(1)
		if !in.inter {
			in.exit(127)
			if in.posix {
				in.status = 2
			}
		}
	}
	return true
}

// other expands the word of ${x:-word} where the expansion stands.
func (w *words) other(word *syntax.Word, quoted bool) {
	if word == nil {
		return
	}
	old := w.inner
	w.inner = true
	w.parts(word.Parts, quoted)
	w.inner = old
}
