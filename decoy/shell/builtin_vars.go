package shell

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// attributes gives the letters of a variable's attributes, "--" for none.
func (v *variable) attributes() string {
	var b strings.Builder
	b.WriteByte('-')
	for _, a := range []struct {
		on     bool
		letter byte
	}{{v.kind == indexed, 'a'}, {v.kind == assoc, 'A'}, {v.integer, 'i'}, {v.lower, 'l'}, {v.ref, 'n'}, {v.readonly, 'r'}, {v.upper, 'u'}, {v.exported, 'x'}} {
		if a.on {
			b.WriteByte(a.letter)
		}
	}
	if b.Len() == 1 {
		b.WriteByte('-')
	}
	return b.String()
}

// content gives the value of a variable as declare -p shows it, with its "=".
func (v *variable) content() string {
	switch v.kind {
	case indexed:
		if !v.set {
			return ""
		}
		var l []string
		for i, k := range v.keys {
			l = append(l, "["+itoa(int64(k))+"]="+quoteDouble(v.vals[i]))
		}
		return "=(" + strings.Join(l, " ") + ")"
	case assoc:
		if !v.set {
			return ""
		}
		var b strings.Builder
		for _, k := range v.order() {
			key := k
			if strings.ContainsAny(k, " \t\n'\"\\$`|&;()<>*?[]!{}") {
				key = quoteDouble(k)
			}
			b.WriteString("[" + key + "]=" + quoteDouble(v.dict[k]) + " ")
		}
		return "=(" + b.String() + ")"
	}
	if !v.set {
		return ""
	}
	return "=" + quoteDouble(v.text)
}

// assignment gives ${x@A}.
func (in *interp) assignment(name string, v *variable) string {
	if v.attributes() == "--" {
		return name + "=" + quoteWord(v.text)
	}
	if v.kind == scalar {
		return "declare " + v.attributes() + " " + name + "=" + quoteWord(v.text)
	}
	return "declare " + v.attributes() + " " + name + v.content()
}

func (in *interp) declOptions(name string, args []string) (o declOptions, rest []string, ok bool) {
	o.on, o.off = map[byte]bool{}, map[byte]bool{}
	for len(args) > 0 && len(args[0]) > 1 && (args[0][0] == '-' || args[0][0] == '+') {
		a := args[0]
		if a == "--" {
			return o, args[1:], true
		}
		for i := 1; i < len(a); i++ {
			if strings.IndexByte("aAfFgiIlnrtuxp", a[i]) < 0 {
				in.badOption(name, a[i:i+1])
				return o, nil, false
			}
			if a[0] == '-' {
				o.on[a[i]] = true
			} else {
				o.off[a[i]] = true
			}
		}
		args = args[1:]
	}
	o.print = o.on['p']
	return o, args, true
}

func unsetBuiltin(in *interp, args []string) int {
	opts, rest, ok := in.letters(args, "fvn")
	if !ok {
		return 2
	}
	_, onlyF := opts['f']
	_, onlyV := opts['v']
	_, ref := opts['n']
	status := 0
	for _, name := range rest {
		if at := strings.IndexByte(name, '['); at > 0 && strings.HasSuffix(name, "]") && !onlyF {
			in.unsetElement(name[:at], name[at+1:len(name)-1])
			continue
		}
		switch {
		case onlyF:
			delete(in.funcs, name)
		case ref:
			delete(in.vars, name)
		case !validName(name):
			if in.posix {
				in.complain("unset: %s: bad variable name", name)
				in.exit(2)
				return 2
			}
			if in.funcs[name] != nil {
				delete(in.funcs, name)
				continue
			}
			in.complain("unset: `%s': not a valid identifier", name)
			status = 1
		case in.find(name) == nil && !onlyV:
			delete(in.funcs, name)
		default:
			if !in.unset(name) {
				status = 1
			}
		}
	}
	return status
}

func (in *interp) unsetElement(name, key string) {
	if in.find(name) == nil {
		return
	}
	v := in.change(name)
	if v == nil {
		return
	}
	switch {
	case v.kind == assoc:
		delete(v.dict, key)
	case key == "@" || key == "*":
		v.keys, v.vals = nil, nil
	default:
		if n, ok := in.arithText(key); ok && v.kind == indexed {
			if n < 0 && len(v.keys) > 0 {
				n += int64(v.keys[len(v.keys)-1]) + 1
			}
			v.drop(int(n))
		}
	}
}

func (in *interp) letClause(c *syntax.LetClause) {
	in.lets = "let: "
	defer func() { in.lets = "" }()
	for _, x := range c.Exprs {
		v, ok := in.arith(x)
		in.status = int(truth(!ok || v == 0))
		if !ok {
			return
		}
	}
}

func letBuiltin(in *interp, args []string) int {
	if len(args) < 2 {
		in.complain("let: expression expected")
		return 1
	}
	in.lets = "let: "
	defer func() { in.lets = "" }()
	status := 0
	for _, a := range args[1:] {
		v, ok := in.arithText(a)
		if !ok {
			return 1
		}
		status = int(truth(v == 0))
	}
	return status
}

func aliasBuiltin(in *interp, args []string) int {
	status := 0
	show := func(name string) {
		prefix := "alias "
		if in.posix {
			prefix = ""
		}
		in.out(prefix + name + "=" + quoteWord(in.aliases[name]) + "\n")
	}
	rest := args[1:]
	if len(rest) > 0 && rest[0] == "-p" {
		rest = rest[1:]
	}
	if len(rest) == 0 {
		for _, name := range sortedKeys(in.aliases) {
			show(name)
		}
	}
	for _, a := range rest {
		name, value, has := strings.Cut(a, "=")
		switch {
		case has:
			if in.aliases == nil {
				in.aliases = map[string]string{}
			}
			if !in.take(len(a) + 32) {
				return 1
			}
			in.aliases[name] = value
		case in.aliases[name] != "":
			show(name)
		default:
			in.complain("alias: %s: not found", name)
			status = 1
		}
	}
	return status
}

func unaliasBuiltin(in *interp, args []string) int {
	opts, rest, ok := in.letters(args, "a")
	if !ok {
		return 2
	}
	if _, all := opts['a']; all {
		in.aliases = nil
		return 0
	}
	if len(rest) == 0 {
		in.usage("unalias")
		return 2
	}
	status := 0
	for _, name := range rest {
		if _, ok := in.aliases[name]; !ok {
			in.complain("unalias: %s: not found", name)
			status = 1
		}
		delete(in.aliases, name)
	}
	return status
}
