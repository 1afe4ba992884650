package shell

import (
	"slices"
	"strings"
)

// builtin is a command of the shell itself.
type builtin struct {
	name string
	dash bool // dash has it too
	run  func(*interp, []string) int
}

// builtins lists all of them.
func builtins() []builtin {
	return []builtin{
		{":", true, func(*interp, []string) int { return 0 }},
		{"true", true, func(*interp, []string) int { return 0 }},
		{"false", true, func(*interp, []string) int { return 1 }},
		{".", true, sourceBuiltin}, {"source", false, sourceBuiltin},
		{"[", true, testBuiltin}, {"test", true, testBuiltin},
		{"alias", true, aliasBuiltin}, {"unalias", true, unaliasBuiltin},
		{"bg", true, bgBuiltin}, {"fg", true, fgBuiltin}, {"jobs", true, jobsBuiltin},
		{"wait", true, waitBuiltin}, {"kill", true, killBuiltin}, {"disown", false, disownBuiltin},
		{"bind", false, func(*interp, []string) int { return 0 }},
		{"break", true, breakBuiltin}, {"continue", true, breakBuiltin},
		{"builtin", false, builtinBuiltin}, {"command", true, commandBuiltin},
		{"caller", false, callerBuiltin}, {"cd", true, cdBuiltin}, {"pwd", true, pwdBuiltin},
		{"compgen", false, compgenBuiltin}, {"complete", false, func(*interp, []string) int { return 0 }},
		{"compopt", false, func(*interp, []string) int { return 0 }},
		{"declare", false, declareBuiltin}, {"typeset", false, declareBuiltin}, {"local", true, declareBuiltin},
		{"export", true, exportBuiltin}, {"readonly", true, exportBuiltin},
		{"dirs", false, dirsBuiltin}, {"pushd", false, pushdBuiltin}, {"popd", false, popdBuiltin},
		{"echo", true, echoBuiltin}, {"printf", true, printfBuiltin},
		{"enable", false, enableBuiltin}, {"eval", true, evalBuiltin}, {"exec", true, execBuiltin},
		{"exit", true, exitBuiltin}, {"logout", false, logoutBuiltin}, {"return", true, returnBuiltin},
		{"getopts", true, getoptsBuiltin}, {"hash", true, hashBuiltin}, {"help", false, helpBuiltin},
		{"history", false, historyBuiltin}, {"fc", false, fcBuiltin}, {"let", false, letBuiltin},
		{"mapfile", false, mapfileBuiltin}, {"readarray", false, mapfileBuiltin}, {"read", true, readBuiltin},
		{"set", true, setBuiltin}, {"shopt", false, shoptBuiltin}, {"shift", true, shiftBuiltin},
		{"suspend", false, suspendBuiltin}, {"times", true, timesBuiltin}, {"trap", true, trapBuiltin},
		{"type", true, typeBuiltin}, {"ulimit", true, ulimitBuiltin}, {"umask", true, umaskBuiltin},
		{"unset", true, unsetBuiltin},
	}
}

func index(list []builtin) map[string]*builtin {
	m := map[string]*builtin{}
	for i := range list {
		m[list[i].name] = &list[i]
	}
	return m
}

// builtin gives a built-in of this shell that is enabled.
func (in *interp) builtin(name string) *builtin {
	b := lookupBuiltin(name)
	if b == nil || in.posix && !b.dash || in.disabled[name] {
		return nil
	}
	return b
}

// specialBuiltins lists what POSIX calls special.
var specialBuiltins = map[string]bool{":": true, ".": true, "source": true, "break": true, "continue": true, "eval": true, "exec": true, "exit": true,
	"export": true, "readonly": true, "return": true, "set": true, "shift": true, "times": true, "trap": true, "unset": true}

// letters reads options of one letter each; ok is false after a complaint.
// Options with a value are followed by a colon.
func (in *interp) letters(args []string, allowed string) (got map[byte]string, rest []string, ok bool) {
	got = map[byte]string{}
	name := args[0]
	args = args[1:]
	for len(args) > 0 && len(args[0]) > 1 && args[0][0] == '-' {
		a := args[0]
		args = args[1:]
		if a == "--" {
			break
		}
		for i := 1; i < len(a); i++ {
			at := strings.IndexByte(allowed, a[i])
			if at < 0 || a[i] == ':' {
				in.badOption(name, a[i:i+1])
				return nil, nil, false
			}
			if at+1 < len(allowed) && allowed[at+1] == ':' {
				v := a[i+1:]
				if v == "" {
					if len(args) == 0 {
						in.complain("%s: -%c: option requires an argument", name, a[i])
						in.usage(name)
						return nil, nil, false
					}
					v, args = args[0], args[1:]
				}
				got[a[i]] = v
				break
			}
			got[a[i]] = ""
		}
	}
	return got, args, true
}

func (in *interp) badOption(name, letter string) {
	if in.posix {
		in.complain("%s: Illegal option -%s", name, letter)
		return
	}
	in.complain("%s: -%s: invalid option", name, letter)
	in.usage(name)
}

// usages gives the line that follows an invalid option.
var usages = map[string]string{
	"cd": "cd [-L|[-P [-e]] [-@]] [dir]", "pwd": "pwd [-LP]", "export": "export [-fn] [name[=value] ...] or export -p", "readonly": "readonly [-aAf] [name[=value] ...] or readonly -p",
	"unset": "unset [-f] [-v] [-n] [name ...]", "read": "read [-ers] [-a array] [-d delim] [-i text] [-n nchars] [-N nchars] [-p prompt] [-t timeout] [-u fd] [name ...]",
	"history": "history [-c] [-d offset] [n] or history -anrw [filename] or history -ps arg [arg...]", "type": "type [-afptP] name [name ...]", "hash": "hash [-lr] [-p pathname] [-dt] [name ...]",
	"alias": "alias [-p] [name[=value] ... ]", "unalias": "unalias [-a] name [name ...]", "jobs": "jobs [-lnprs] [jobspec ...] or jobs -x command [args]", "wait": "wait [-fn] [-p var] [id ...]",
	"disown": "disown [-h] [-ar] [jobspec ... | pid ...]", "command": "command [-pVv] command [arg ...]", "umask": "umask [-p] [-S] [mode]", "ulimit": "ulimit [-SHabcdefiklmnpqrstuvxPRT] [limit]",
	"shopt": "shopt [-pqsu] [-o] [optname ...]", "exec": "exec [-cl] [-a name] [command [argument ...]] [redirection ...]", "getopts": "getopts optstring name [arg ...]",
	"declare": "declare [-aAfFgiIlnrtux] [name[=value] ...] or declare -p [-aAfFilnrtux] [name ...]", "local": "local [option] name[=value] ...", "typeset": "typeset [-aAfFgiIlnrtux] name[=value] ... or typeset -p [-aAfFilnrtux] [name ...]",
	"trap": "trap [-lp] [[arg] signal_spec ...]", "set": "set [-abefhkmnptuvxBCEHPT] [-o option-name] [--] [-] [arg ...]", "enable": "enable [-a] [-dnps] [-f filename] [name ...]",
	"mapfile": "mapfile [-d delim] [-n count] [-O origin] [-s count] [-t] [-u fd] [-C callback] [-c quantum] [array]", "dirs": "dirs [-clpv] [+N] [-N]", "printf": "printf [-v var] format [arguments]",
	"kill": "kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]", "compgen": "compgen [-abcdefgjksuv] [-o option] [-A action] [-G globpat] [-W wordlist] [-F function] [-C command] [-X filterpat] [-P prefix] [-S suffix] [word]",
	"fc": "fc [-e ename] [-lnr] [first] [last] or fc -s [pat=rep] [command]", "help": "help [-dms] [pattern ...]",
	"source": "source filename [arguments]", ".": ". filename [arguments]", "builtin": "builtin [shell-builtin [arg ...]]", "eval": "eval [arg ...]", "let": "let arg [arg ...]", "times": "times", "shift": "shift [n]",
}

func (in *interp) usage(name string) {
	if u := usages[name]; u != "" && !in.posix {
		in.plainError(name + ": usage: " + u)
	}
}

// plainError writes a line without a line number before it.
func (in *interp) plainError(text string) { in.writer(2).Write([]byte(text + "\n")) }

// number reads a decimal argument; ok is false after a complaint.
func (in *interp) numberArg(name, s string) (n int, ok bool) {
	v, good := parseInt(s)
	if !good {
		if in.posix {
			in.complain("%s: Illegal number: %s", name, s)
			in.exit(2)
		} else {
			in.complain("%s: %s: numeric argument required", name, s)
		}
		return 0, false
	}
	return int(v), true
}

func parseInt(s string) (int64, bool) {
	t := strings.TrimSpace(s)
	sign := int64(1)
	if strings.HasPrefix(t, "-") {
		sign, t = -1, t[1:]
	} else {
		t = strings.TrimPrefix(t, "+")
	}
	if t == "" || len(t) > 18 {
		return 0, false
	}
	n := int64(0)
	for i := 0; i < len(t); i++ {
		if t[i] < '0' || t[i] > '9' {
			return 0, false
		}
		n = n*10 + int64(t[i]-'0')
	}
	return sign * n, true
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
