package shell

import (
	"fmt"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// describe says what a name is, as type and command -v do.
func (in *interp) describe(name string, long bool, cmd string) bool {
	show := func(short, text string) bool {
		if long {
			in.out(text + "\n")
		} else {
			in.out(short + "\n")
		}
		return true
	}
	if v, ok := in.aliases[name]; ok && (in.inter || in.posix) {
		if in.posix {
			return show("alias "+name+"="+quoteWord(v), name+" is an alias for "+v)
		}
		return show("alias "+name+"="+quoteWord(v), name+" is aliased to `"+v+"'")
	}
	if syntax.IsKeyword(name) && (!in.posix || !strings.HasPrefix(name, "[[") && name != "function" && name != "time" && name != "select") {
		return show(name, name+" is a shell keyword")
	}
	if f := in.funcs[name]; f != nil {
		if in.posix {
			return show(name, name+" is a shell function")
		}
		return show(name, strings.TrimSuffix(name+" is a function\n"+functionText(f), "\n"))
	}
	if in.builtin(name) != nil {
		what := "shell builtin"
		if specialBuiltins[name] && in.posix {
			what = "special shell builtin"
		}
		return show(name, name+" is a "+what)
	}
	h := in.hashed[name]
	r := in.resolve(name, in.environ())
	if !r.found || r.err != nil {
		if long {
			if in.posix {
				in.out(name + ": not found\n")
			} else {
				in.complain("%s: %s: not found", cmd, name)
			}
		}
		return false
	}
	if h != nil && !in.posix && !strings.Contains(name, "/") {
		return show(r.path, name+" is hashed ("+r.path+")")
	}
	if h == nil {
		delete(in.hashed, name)
	}
	return show(r.path, name+" is "+r.path)
}

func typeBuiltin(in *interp, args []string) int {
	if in.posix {
		status := 0
		for _, name := range args[1:] {
			if !in.describe(name, true, "type") {
				status = 127
			}
		}
		return status
	}
	o, names, ok := in.letters(args, "afptP")
	if !ok {
		return 2
	}
	_, word := o['t']
	_, path := o['p']
	_, force := o['P']
	_, all := o['a']
	status := 0
	for _, name := range names {
		switch {
		case word:
			if k := in.kind(name); k != "" {
				in.out(k + "\n")
			} else {
				status = 1
			}
		case force || path && in.kind(name) == "file":
			if r := in.search(name, in.get("PATH")); r.found && r.err == nil {
				in.out(r.path + "\n")
			} else {
				status = 1
			}
		case path:
			if in.kind(name) == "" {
				status = 1
			}
		case all:
			if !in.describeAll(name) {
				status = 1
			}
		default:
			if !in.describe(name, true, "type") {
				status = 1
			}
		}
	}
	return status
}

// kind gives the one word of type -t.
func (in *interp) kind(name string) string {
	switch {
	case in.aliases[name] != "":
		return "alias"
	case syntax.IsKeyword(name):
		return "keyword"
	case in.funcs[name] != nil:
		return "function"
	case in.builtin(name) != nil:
		return "builtin"
	}
	if r := in.search(name, in.get("PATH")); r.found && r.err == nil {
		return "file"
	}
	if strings.Contains(name, "/") {
		if r := in.inspect(name); r.found && r.err == nil {
			return "file"
		}
	}
	return ""
}

// describeAll does type -a.
func (in *interp) describeAll(name string) bool {
	any := false
	if in.kind(name) != "file" && in.kind(name) != "" {
		any = in.describe(name, true, "type")
	}
	if in.kind(name) == "alias" || in.kind(name) == "function" {
		if in.builtin(name) != nil {
			in.out(name + " is a shell builtin\n")
		}
	}
	for _, dir := range strings.Split(in.get("PATH"), ":") {
		file := strings.TrimSuffix(dir, "/") + "/" + name
		if r := in.inspect(file); r.found && r.err == nil {
			in.out(name + " is " + file + "\n")
			any = true
		}
	}
	if !any {
		in.complain("type: %s: not found", name)
	}
	return any
}

func hashBuiltin(in *interp, args []string) int {
	o, names, ok := in.letters(args, "rltdp:")
	if !ok {
		return 2
	}
	if _, r := o['r']; r {
		clear(in.hashed)
		return 0
	}
	if len(names) == 0 {
		if len(in.hashed) == 0 {
			if !in.posix {
				in.out("hash: hash table empty\n")
			}
			return 0
		}
		if !in.posix {
			in.out("hits\tcommand\n")
		}
		for _, n := range sortedKeys(in.hashed) {
			if in.posix {
				in.out(in.hashed[n].path + "\n")
			} else {
				in.out(fmt.Sprintf("%4d\t%s\n", in.hashed[n].hits, in.hashed[n].path))
			}
		}
		return 0
	}
	status := 0
	_, drop := o['d']
	_, show := o['t']
	for _, n := range names {
		if drop {
			delete(in.hashed, n)
			continue
		}
		if show && in.hashed[n] != nil {
			in.out(in.hashed[n].path + "\n")
			continue
		}
		delete(in.hashed, n)
		if r := in.resolve(n, in.environ()); !r.found || r.err != nil {
			if in.posix {
				in.complain("hash: %s: not found", n)
			} else {
				in.complain("hash: %s: not found", n)
			}
			status = 1
		} else if h := in.hashed[n]; h != nil {
			h.hits = 0
		}
	}
	return status
}

func helpBuiltin(in *interp, args []string) int {
	if len(args) > 1 {
		status := 0
		for _, name := range args[1:] {
			if strings.HasPrefix(name, "-") {
				continue
			}
			b := lookupBuiltin(name)
			if b == nil {
				in.complain("help: no help topics match `%s'.  Try `help help' or `man -k %s' or `info %s'.", name, name, name)
				status = 1
				continue
			}
			in.out(name + ": " + or(usages[name], name) + "\n")
		}
		return status
	}
	arch := in.s.world.System.Arch
	in.out("GNU bash, version " + bashVersion + " (" + arch + "-pc-linux-gnu)\n" +
		"These shell commands are defined internally.  Type `help' to see this list.\n" +
		"Type `help name' to find out more about the function `name'.\n" +
		"Use `info bash' to find out more about the shell in general.\n" +
		"Use `man -k' or `info' to find out more about commands not in this list.\n\n" +
		"A star (*) next to a name means that the command is disabled.\n\n")
	for _, name := range builtinNames(in) {
		in.out(" " + or(usages[name], name) + "\n")
	}
	return 0
}

func compgenBuiltin(in *interp, args []string) int {
	o, rest, ok := in.letters(args, "abcdefgjksuvo:A:G:W:F:C:X:P:S:")
	if !ok {
		return 2
	}
	word := ""
	if len(rest) > 0 {
		word = rest[0]
	}
	var list []string
	has := func(c byte, action string) bool { _, ok := o[c]; return ok || o['A'] == action }
	if w, ok := o['W']; ok {
		list = append(list, strings.Fields(w)...)
	}
	if has('b', "builtin") || has('c', "command") {
		list = append(list, builtinNames(in)...)
	}
	if has('c', "command") {
		list = append(list, in.commands(word)...)
	}
	if has('a', "alias") || has('c', "command") {
		list = append(list, sortedKeys(in.aliases)...)
	}
	if has('v', "variable") {
		list = append(list, sortedKeys(in.vars)...)
	}
	if o['A'] == "function" || has('c', "command") {
		list = append(list, sortedKeys(in.funcs)...)
	}
	if has('u', "user") {
		for _, a := range in.s.world.Accounts() {
			list = append(list, a.Name)
		}
	}
	if has('f', "file") || has('d', "directory") {
		for _, f := range in.glob(escape(word) + "*") {
			if !has('d', "directory") || in.isDir(f) {
				list = append(list, f)
			}
		}
	}
	status := 1
	for _, s := range list {
		if strings.HasPrefix(s, word) {
			in.out(o['P'] + s + o['S'] + "\n")
			status = 0
		}
	}
	return status
}
