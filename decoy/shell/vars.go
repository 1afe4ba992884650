package shell

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"gait/decoy/proc"
)

// Kinds of variables.
const (
	scalar = iota
	indexed
	assoc
)

// mine marks what a shell process may change: what it made since it was last
// copied.
type mine struct{ _ byte }

// variable is a variable of one shell process. A copy of the process shares it
// until one of them changes it.
type variable struct {
	owner    *mine
	kind     int
	set      bool
	text     string
	keys     []int // of an indexed array, ascending
	vals     []string
	dict     map[string]string
	exported bool
	readonly bool
	integer  bool
	lower    bool
	upper    bool
	ref      bool // a name reference; text is the name
}

// frame is a call of a function.
type frame struct {
	saved  map[string]*variable // what local variables hide; nil for one that was not there
	opt    map[string]bool      // for local -
	name   string
	args   []string
	source string
	line   int
}

// function is a function.
type function struct {
	name string
	body *funcBody
}

// find gives a variable, behind references; nil where there is none.
func (in *interp) find(name string) *variable {
	v := in.vars[name]
	for i := 0; v != nil && v.ref && v.text != "" && i < 16; i++ {
		v = in.vars[v.text]
	}
	return v
}

// target gives the name of the variable behind references.
func (in *interp) target(name string) string {
	for i := 0; i < 16; i++ {
		v := in.vars[name]
		if v == nil || !v.ref || v.text == "" {
			break
		}
		name = v.text
	}
	return name
}

// change gives a variable that may be changed; nil where it must not be.
func (in *interp) change(name string) *variable {
	name = in.target(name)
	v := in.vars[name]
	switch {
	case v == nil:
		if !in.take(96 + len(name)) {
			return nil
		}
		v = &variable{owner: in.mine}
		in.vars[name] = v
	case v.readonly:
		in.complainReadonly(name)
		return nil
	case v.owner != in.mine:
		c := *v
		c.owner = in.mine
		c.keys, c.vals, c.dict = slices.Clone(v.keys), slices.Clone(v.vals), maps.Clone(v.dict)
		v = &c
		in.vars[name] = v
	}
	return v
}

func (in *interp) complainReadonly(name string) {
	if in.posix {
		in.complain("%s: is read only", name)
		in.exit(2)
		return
	}
	in.complain("%s: readonly variable", name)
	in.status = 1
}

// value gives what a variable stands for without a subscript.
func (v *variable) value() (string, bool) {
	switch {
	case v == nil:
		return "", false
	case v.kind == indexed:
		return v.at(0)
	case v.kind == assoc:
		s, ok := v.dict["0"]
		return s, ok
	}
	return v.text, v.set
}

// adapt does what the attributes of a variable do to a value.
func (in *interp) adapt(v *variable, s string) string {
	switch {
	case v.integer:
		n, _ := in.arithText(s)
		return strconv.FormatInt(n, 10)
	case v.lower:
		return strings.ToLower(s)
	case v.upper:
		return strings.ToUpper(s)
	}
	return s
}

// setVar sets a variable; false where that is not allowed.
func (in *interp) setVar(name, value string) bool {
	if in.special(name, value) {
		return true
	}
	v := in.change(name)
	if v == nil {
		return false
	}
	value = in.adapt(v, value)
	old, _ := v.value()
	if !in.take(len(value) - len(old)) {
		return false
	}
	switch v.kind {
	case indexed:
		v.put(0, value)
	case assoc:
		if v.dict == nil {
			v.dict = map[string]string{}
		}
		v.dict["0"] = value
	default:
		v.text = value
	}
	v.set = true
	if in.opt["allexport"] {
		v.exported = true
	}
	in.changed(name, value)
	return true
}

// changed is told of variables that mean something to the shell.
func (in *interp) changed(name, value string) {
	switch name {
	case "OPTIND":
		in.optAt, _ = strconv.Atoi(value)
		in.optPlace = 0
	case "PATH":
		clear(in.hashed)
	}
}

// unset takes a variable away; false where that is not allowed.
func (in *interp) unset(name string) bool {
	name = in.target(name)
	if v := in.vars[name]; v != nil && v.readonly {
		in.complain("unset: %s: cannot unset: readonly variable", name)
		return false
	}
	delete(in.vars, name)
	return true
}

// lookup gives the value of a variable or of a special parameter with a name.
func (in *interp) lookup(name string) (string, bool) {
	if s, ok := in.dynamic(name); ok {
		return s, true
	}
	v := in.find(name)
	if v == nil {
		if t := in.target(name); t != name {
			if at := strings.IndexByte(t, '['); at > 0 && strings.HasSuffix(t, "]") {
				return in.element(t[:at], t[at+1:len(t)-1])
			}
			return in.dynamic(t)
		}
		return "", false
	}
	return v.value()
}

// get gives the value of a variable, empty where it is not set.
func (in *interp) get(name string) string {
	s, _ := in.lookup(name)
	return s
}

// local makes a variable one of the present function.
func (in *interp) local(name string) {
	f := in.frames[len(in.frames)-1]
	if f.saved == nil {
		f.saved = map[string]*variable{}
	}
	if _, ok := f.saved[name]; ok {
		return
	}
	old := in.vars[name]
	f.saved[name] = old
	v := &variable{owner: in.mine}
	if old != nil && in.posix {
		*v = *old
		v.owner = nil
	} else if old != nil {
		v.exported = old.exported
	}
	in.vars[name] = v
}

// restore brings back what the local variables of a function hid.
func (in *interp) restore(f *frame) {
	for name, v := range f.saved {
		if v == nil {
			delete(in.vars, name)
		} else {
			in.vars[name] = v
		}
	}
	for name := range f.opt {
		in.opt[name] = f.opt[name]
	}
}

// environ gives the exported variables.
func (in *interp) environ() proc.Environ {
	var names []string
	for name, v := range in.vars {
		if v.exported && v.set && v.kind == scalar {
			names = append(names, name)
		}
	}
	sortBuckets(names)
	env := make(proc.Environ, 0, len(names))
	for _, name := range names {
		if name != "_" {
			env = append(env, name+"="+in.vars[name].text)
		}
	}
	return env
}

// environment takes over the variables of whoever started the shell.
func (in *interp) environment(env proc.Environ) {
	level := 0
	for _, e := range env {
		name, value, ok := strings.Cut(e, "=")
		if !ok || !validName(name) {
			continue
		}
		in.vars[name] = &variable{owner: in.mine, set: true, text: value, exported: true}
		if name == "SHLVL" {
			level, _ = strconv.Atoi(value)
		}
	}
	put := func(name, value string, exported bool) {
		in.vars[name] = &variable{owner: in.mine, set: true, text: value, exported: exported}
	}
	if in.vars["PATH"] == nil {
		put("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", false)
	}
	put("PWD", in.cwd, true)
	put("IFS", " \t\n", false)
	put("OPTIND", "1", false)
	in.optAt = 1
	put("PS4", "+ ", false)
	if in.posix {
		return
	}
	put("SHLVL", strconv.Itoa(level+1), true)
	put("_", "/usr/bin/"+strings.TrimPrefix(base(in.name), "-"), true)
}

func validName(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if c != '_' && !(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return s != ""
}
