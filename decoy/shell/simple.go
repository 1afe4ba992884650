package shell

import (
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"gait/decoy/proc"
)

// mostShown bounds the words that BASH_COMMAND and lists of jobs show.
const mostShown = 1000

// call runs a simple command.
func (in *interp) call(c *syntax.CallExpr, redirs []*syntax.Redirect) {
	if len(c.Args) > 0 && len(in.aliases) > 0 && (in.inter || in.opt["expand_aliases"] || in.posix) {
		if in.aliased(c, redirs) {
			return
		}
	}
	before, reuse := in.substs, in.reuse
	in.reuse = false
	args := in.fields(c.Args)
	in.reuse = reuse
	if in.flow != flowNone {
		return
	}
	release, ok := in.hold(args)
	if !ok {
		return
	}
	defer release()
	if len(args) == 0 {
		in.assignOnly(c, redirs)
		if in.substs == before && in.flow == flowNone && !in.failedAssign {
			in.status = 0
		}
		in.failedAssign = false
		return
	}
	in.command = strings.Join(args[:min(len(args), mostShown)], " ")
	in.present = &syntax.Stmt{Cmd: c, Redirs: redirs}
	if t := in.traps["DEBUG"]; t != "" && !in.trapping {
		in.runTrap(t)
	}
	undo, ok := in.redirect(redirs)
	keep := args[0] == "exec" && in.funcs["exec"] == nil
	if !ok {
		undo()
		if in.flow == flowExit {
			return
		}
		in.status = 1
		if in.posix {
			in.status = 2
			if specialBuiltins[args[0]] {
				in.exit(2)
			}
		}
		return
	}
	in.perform(c, args)
	if keep && len(args) == 1 && in.flow == flowNone {
		in.forget()
	} else {
		undo()
	}
	in.lastArg = args[len(args)-1]
}

// assignOnly runs a command without a name.
func (in *interp) assignOnly(c *syntax.CallExpr, redirs []*syntax.Redirect) {
	undo, ok := in.redirect(redirs)
	defer undo()
	for _, a := range c.Assigns {
		if in.opt["xtrace"] {
			in.trace(a.Name.Value + "=" + quoteNeeded(in.traceValue(a)))
		}
		if !in.assign(a) {
			in.failedAssign = true
			if in.flow == flowNone {
				in.abort(1)
			}
			return
		}
		if in.flow != flowNone {
			return
		}
	}
	if !ok {
		in.status, in.failedAssign = 1, true
	}
	in.lastArg = ""
}

// traceValue gives a value for set -x where expanding it twice changes nothing.
func (in *interp) traceValue(a *syntax.Assign) string {
	if a.Value == nil {
		return ""
	}
	for _, p := range a.Value.Parts {
		switch p.(type) {
		case *syntax.CmdSubst, *syntax.ArithmExp, *syntax.ProcSubst:
			return ""
		}
	}
	return in.value(a.Value)
}

// assign does one assignment; false after a complaint.
func (in *interp) assign(a *syntax.Assign) bool {
	name := a.Name.Value
	if a.Array != nil {
		return in.assignArray(name, a)
	}
	value := in.value(a.Value)
	if in.flow != flowNone {
		return false
	}
	if a.Index != nil {
		return in.setElement(name, in.subscript(name, a.Index), value, a.Append)
	}
	if a.Append {
		v := in.find(name)
		old, _ := v.value()
		if v != nil && v.integer {
			value = "(" + old + ")+(" + value + ")"
			if old == "" {
				value = value[len("()+"):]
			}
		} else {
			if !in.fits(len(old) + len(value)) {
				return false
			}
			value = old + value
		}
	}
	if t := in.target(name); t != name && strings.HasSuffix(t, "]") {
		at := strings.IndexByte(t, '[')
		return in.setElement(t[:max(at, 0)], t[at+1:len(t)-1], value, false)
	}
	return in.setVar(name, value)
}

// assignArray does name=(...).
func (in *interp) assignArray(name string, a *syntax.Assign) bool {
	type pair struct {
		key, value string
		keyed      bool
	}
	old := in.find(name)
	isMap := old != nil && old.kind == assoc
	var list []pair
	for _, e := range a.Array.Elems {
		if e.Index != nil {
			list = append(list, pair{in.subscript(name, e.Index), in.value(e.Value), true})
			continue
		}
		found := in.fields([]*syntax.Word{e.Value})
		release, ok := in.hold(found)
		if !ok || in.flow != flowNone {
			return false
		}
		defer release()
		for _, s := range found {
			list = append(list, pair{value: s})
		}
	}
	v := in.change(name)
	if v == nil {
		return false
	}
	if !a.Append {
		v.keys, v.vals, v.dict, v.text = nil, nil, nil, ""
		if !isMap {
			v.kind = indexed
		}
	} else if v.kind == scalar {
		v.makeIndexed()
	}
	v.set = true
	if isMap {
		if v.dict == nil {
			v.dict = map[string]string{}
		}
		for i := 0; i < len(list); i++ {
			if list[i].keyed {
				v.dict[list[i].key] = list[i].value
			} else if i+1 < len(list) {
				v.dict[list[i].value] = list[i+1].value
				i++
			} else {
				v.dict[list[i].value] = ""
			}
		}
		return true
	}
	next := 0
	if n := len(v.keys); n > 0 {
		next = v.keys[n-1] + 1
	}
	for _, p := range list {
		if p.keyed {
			n, ok := in.arithText(p.key)
			if !ok || n < 0 {
				return false
			}
			next = int(n)
		}
		if !in.take(len(p.value) + 24) {
			return false
		}
		v.put(next, in.adapt(v, p.value))
		next++
	}
	return true
}

// aliased runs a command whose name is an alias.
func (in *interp) aliased(c *syntax.CallExpr, redirs []*syntax.Redirect) bool {
	name := c.Args[0].Lit()
	value, ok := in.aliases[name]
	if !ok || name == "" || slices.Contains(in.inAlias, name) {
		return false
	}
	var b strings.Builder
	p := syntax.NewPrinter()
	for _, a := range c.Assigns {
		p.Print(&b, a)
		b.WriteByte(' ')
	}
	b.WriteString(mask(value))
	for i, w := range c.Args[1:] {
		b.WriteByte(' ')
		if i == 0 && strings.HasSuffix(value, " ") {
			if v, ok := in.aliases[w.Lit()]; ok {
				b.WriteString(mask(v))
				continue
			}
		}
		p.Print(&b, w)
	}
	for _, r := range redirs {
		if r.Hdoc != nil {
			return false
		}
	}
	if len(redirs) > 0 {
		p.Print(&b, &syntax.Stmt{Redirs: redirs})
	}
	in.inAlias = append(in.inAlias, name)
	line, evals := in.line, in.evals
	in.evals++
	in.runSource(textSource(plain(b.String()) + "\n"))
	in.evals, in.line = evals, line
	in.inAlias = in.inAlias[:len(in.inAlias)-1]
	return true
}

// perform runs a command by its words: a function, a built-in or a program.
func (in *interp) perform(c *syntax.CallExpr, args []string) {
	name := args[0]
	if in.opt["xtrace"] {
		in.traceCall(c, args)
	}
	f := in.funcs[name]
	if f != nil && in.posix && specialBuiltins[name] {
		f = nil
	}
	b := in.builtin(name)
	if f == nil && b == nil {
		env := in.environ()
		for _, a := range c.Assigns {
			env = env.Set(a.Name.Value, in.value(a.Value))
		}
		if in.flow == flowNone {
			in.external(args, env)
		}
		return
	}
	undo := in.temporary(c.Assigns, f == nil && in.posix && specialBuiltins[name])
	if in.flow == flowNone {
		if f != nil {
			in.invoke(f, args[1:])
		} else {
			in.runBuiltin(b, args)
		}
	}
	undo()
}

func (in *interp) traceCall(c *syntax.CallExpr, args []string) {
	var b strings.Builder
	for _, a := range c.Assigns {
		b.WriteString(a.Name.Value + "=" + quoteNeeded(in.traceValue(a)) + " ")
	}
	for i, s := range args {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(quoteNeeded(s))
	}
	in.trace(b.String())
}

// runBuiltin runs a built-in and sets the status.
func (in *interp) runBuiltin(b *builtin, args []string) {
	status := b.run(in, args)
	if in.flow == flowNone || in.flow == flowBreak || in.flow == flowContinue {
		in.status = status
	}
	if in.flow == flowNone && in.task.ctx.Err() != nil {
		in.killed()
	}
}

// temporary sets variables for one command, and gives what takes them back.
func (in *interp) temporary(list []*syntax.Assign, keep bool) func() {
	if len(list) == 0 {
		return func() {}
	}
	saved := map[string]*variable{}
	for _, a := range list {
		name := a.Name.Value
		if _, ok := saved[name]; !ok {
			saved[name] = in.vars[name]
		}
		old := in.vars[name]
		if old != nil && old.readonly {
			in.complainReadonly(name)
			continue
		}
		if keep {
			in.assign(a)
			continue
		}
		value := in.value(a.Value)
		if a.Append {
			s, _ := old.value()
			value = s + value
		}
		if a.Index == nil {
			in.vars[name] = &variable{owner: in.mine, set: true, text: value, exported: true}
			in.changed(name, value)
		}
	}
	return func() {
		if keep {
			return
		}
		for name, v := range saved {
			if v == nil {
				delete(in.vars, name)
			} else {
				in.vars[name] = v
			}
		}
	}
}

// external runs a program and waits for it.
func (in *interp) external(args []string, env proc.Environ) {
	r := in.resolve(args[0], env)
	if r.err != nil || !r.found {
		in.status = in.notRun(args[0], r)
		return
	}
	if !in.posix {
		env = append(env, "_="+r.path)
	}
	if r.script != nil || r.prog == nil {
		in.scriptFile(r, args, env)
		return
	}
	j := in.newJob(in.command)
	j.stmt = in.present
	k := in.launch(r.prog, args, program{env: env, group: j.group})
	if k == nil {
		return
	}
	j.add(k)
	in.foreground(j)
}
