package shell

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// declOptions are what the options of declare ask for.
type declOptions struct {
	on, off map[byte]bool
	print   bool
}

// declClause runs declare, local, export and readonly as the parser gives them.
func (in *interp) declClause(c *syntax.DeclClause) {
	name := c.Variant.Value
	if in.funcs[name] != nil || name == "nameref" {
		in.status = 127
		return
	}
	var words []string
	var assigns []*syntax.Assign
	before := in.substs
	for _, a := range c.Args {
		switch {
		case a.Naked && a.Name == nil:
			words = append(words, in.fields([]*syntax.Word{a.Value})...)
		case a.Naked && a.Index == nil:
			words = append(words, a.Name.Value)
		default:
			assigns = append(assigns, a)
			words = append(words, "\x00"+itoa(int64(len(assigns)-1)))
		}
		if in.flow != flowNone {
			return
		}
	}
	_ = before
	if in.opt["xtrace"] {
		t := name
		for _, w := range words {
			if strings.HasPrefix(w, "\x00") {
				a := assigns[mustInt(w[1:])]
				w = a.Name.Value + "=" + quoteNeeded(in.traceValue(a))
			}
			t += " " + w
		}
		in.trace(t)
	}
	in.status = in.declare(name, words, assigns)
}

func mustInt(s string) int { n, _ := parseInt(s); return int(n) }

func declareBuiltin(in *interp, args []string) int { return in.declare(args[0], args[1:], nil) }

func exportBuiltin(in *interp, args []string) int { return in.declare(args[0], args[1:], nil) }

// declare does all of declare, local, export and readonly. Words that begin
// with a NUL stand for assignments of the source.
func (in *interp) declare(name string, words []string, assigns []*syntax.Assign) int {
	o, words, ok := in.declOptions(name, words)
	if !ok {
		return 2
	}
	if name == "local" && len(in.frames) == 0 {
		if in.posix {
			in.complain("local: not in a function")
			in.exit(2)
			return 2
		}
		in.complain("local: can only be used in a function")
		return 1
	}
	if name == "export" || name == "readonly" {
		if o.on['n'] {
			o.off['x'] = true
			o.on['n'] = false
		} else if name == "export" {
			o.on['x'] = true
		} else {
			o.on['r'] = true
		}
	}
	if o.on['f'] || o.on['F'] {
		return in.declareFunctions(o, words)
	}
	if len(words) == 0 || o.print {
		return in.showVars(name, o, words)
	}
	status := 0
	for _, w := range words {
		var a *syntax.Assign
		if strings.HasPrefix(w, "\x00") {
			a = assigns[mustInt(w[1:])]
			w = a.Name.Value
		}
		if !in.declareOne(name, o, w, a) {
			status = 1
		}
		if in.flow != flowNone {
			return in.status
		}
	}
	return status
}

// declareOne declares one variable.
func (in *interp) declareOne(cmd string, o declOptions, word string, a *syntax.Assign) bool {
	name, value, has := strings.Cut(word, "=")
	add := has && strings.HasSuffix(name, "+")
	name = strings.TrimSuffix(name, "+")
	key := ""
	if at := strings.IndexByte(name, '['); at > 0 && strings.HasSuffix(name, "]") {
		name, key = name[:at], name[at+1:len(name)-1]
	}
	if cmd == "local" && name == "-" {
		return true
	}
	if !validName(name) {
		if in.posix {
			in.complain("%s: %s: bad variable name", cmd, name)
			in.exit(2)
			return false
		}
		in.complain("%s: `%s': not a valid identifier", cmd, word)
		return false
	}
	local := len(in.frames) > 0 && cmd != "export" && cmd != "readonly" && !o.on['g']
	if local {
		if old := in.vars[name]; old != nil && old.readonly {
			in.complain("%s: %s: readonly variable", cmd, name)
			return false
		}
		in.local(name)
	}
	if old := in.find(name); old != nil && old.readonly {
		if has || a != nil {
			in.complain("%s: %s: readonly variable", cmd, name)
			return false
		}
		if o.on['x'] {
			c := *old
			c.exported = true
			in.vars[name] = &c
		}
		return !o.off['r']
	}
	v := in.change(name)
	if o.on['n'] {
		return in.declareRef(name, value, has, a)
	}
	in.attribute(v, o)
	ok := true
	switch {
	case a != nil:
		ok = in.assign(a)
	case has && key != "":
		ok = in.setElement(name, key, value, add)
	case has:
		if add {
			old, _ := v.value()
			value = old + value
		}
		ok = in.setVar(name, value)
	}
	if v := in.find(name); v != nil && o.on['r'] {
		v.readonly = true
	}
	return ok
}

// declareRef makes a name reference.
func (in *interp) declareRef(name, value string, has bool, a *syntax.Assign) bool {
	v := in.vars[name]
	if v == nil {
		v = &variable{owner: in.mine}
		in.vars[name] = v
	}
	v.ref, v.text, v.set = true, value, has
	if a != nil {
		v.text, v.set = in.value(a.Value), true
	}
	return true
}

// attribute sets and takes attributes.
func (in *interp) attribute(v *variable, o declOptions) {
	if v == nil {
		return
	}
	if o.on['a'] && v.kind == scalar {
		v.makeIndexed()
	}
	if o.on['A'] && v.kind != assoc {
		v.kind = assoc
		if v.dict == nil {
			v.dict = map[string]string{}
		}
	}
	for letter, flag := range map[byte]*bool{'i': &v.integer, 'l': &v.lower, 'u': &v.upper, 'x': &v.exported} {
		if o.on[letter] {
			*flag = true
		}
		if o.off[letter] {
			*flag = false
		}
	}
	if o.off['n'] {
		v.ref = false
	}
}

// showVars lists variables as declare, export and readonly do.
func (in *interp) showVars(cmd string, o declOptions, words []string) int {
	status := 0
	names := words
	if len(names) == 0 {
		names = sortedKeys(in.vars)
	}
	var b strings.Builder
	for _, name := range names {
		v := in.vars[name]
		if v == nil {
			if s, ok := in.dynamic(name); ok {
				b.WriteString("declare -- " + name + "=" + quoteDouble(s) + "\n")
				continue
			}
			in.complain("%s: %s: not found", cmd, name)
			status = 1
			continue
		}
		if len(words) == 0 && (o.on['x'] && !v.exported || o.on['r'] && !v.readonly || o.on['a'] && v.kind != indexed || o.on['A'] && v.kind != assoc || o.on['i'] && !v.integer || o.on['n'] && !v.ref) {
			continue
		}
		switch {
		case in.posix:
			b.WriteString(cmd + " " + name + "=" + quoteWord(v.text) + "\n")
		case cmd == "local" && len(words) == 0:
			if _, mine := in.frames[len(in.frames)-1].saved[name]; mine && v.set {
				b.WriteString(name + "=" + quoteNeeded(v.text) + "\n")
			}
		case cmd == "declare" && len(words) == 0 && !o.print && len(o.on) == 0 || cmd == "typeset" && len(words) == 0 && !o.print && len(o.on) == 0:
			b.WriteString(in.setLine(name, v))
		default:
			b.WriteString("declare " + v.attributes() + " " + name + v.content() + "\n")
		}
	}
	in.out(b.String())
	return status
}

// setLine gives a variable as set shows it.
func (in *interp) setLine(name string, v *variable) string {
	switch {
	case in.posix:
		return name + "=" + quoteWord(v.text) + "\n"
	case v.kind != scalar:
		return name + v.content() + "\n"
	case !v.set:
		return ""
	}
	return name + "=" + quoteNeeded(v.text) + "\n"
}

// declareFunctions lists functions.
func (in *interp) declareFunctions(o declOptions, words []string) int {
	status := 0
	names := words
	if len(names) == 0 {
		names = sortedKeys(in.funcs)
	}
	for _, name := range names {
		f := in.funcs[name]
		switch {
		case f == nil && o.on['x'] && !o.on['F']:
			in.complain("export: %s: not a function", name)
			status = 1
		case f == nil:
			status = 1
		case o.on['F'] && len(words) > 0:
			in.out(name + "\n")
		case o.on['F']:
			in.out("declare -f " + name + "\n")
		case o.on['x']:
		default:
			in.out(functionText(f))
		}
	}
	return status
}

// functionText prints a function as declare -f does.
func functionText(f *function) string {
	var b strings.Builder
	p := syntax.NewPrinter(syntax.Indent(4), syntax.FunctionNextLine(true))
	body := &syntax.Stmt{Cmd: f.body.stmt.Cmd, Redirs: f.body.stmt.Redirs}
	p.Print(&b, body)
	text := plain(b.String())
	if !strings.HasPrefix(text, "{") {
		text = "{\n    " + text + "\n}"
	}
	if !strings.Contains(text, "\n") {
		inner := strings.TrimSuffix(strings.TrimSpace(text[1:len(text)-1]), ";")
		text = "{\n    " + strings.ReplaceAll(inner, "; ", ";\n    ") + "\n}"
	}
	text = strings.Replace(text, "{\n", "{ \n", 1)
	lines := strings.Split(text, "\n")
	for i := 1; i+2 < len(lines); i++ {
		l := strings.TrimSpace(lines[i])
		if l != "" && !strings.HasSuffix(l, ";") && !strings.HasSuffix(l, "{") && !strings.HasSuffix(l, "do") && !strings.HasSuffix(l, "then") && !strings.HasSuffix(l, "else") && !strings.HasSuffix(l, "in") && !strings.HasSuffix(l, "|") && !strings.HasSuffix(l, "&") {
			lines[i] += ";"
		}
	}
	return f.name + " () \n" + strings.Join(lines, "\n") + "\n"
}
