package shell

import (
	"fmt"
	"slices"
	"strings"
)

// shortOptions lists the options of set.
var shortOptions = []struct {
	letter byte
	name   string
}{{'a', "allexport"}, {'b', "notify"}, {'e', "errexit"}, {'f', "noglob"}, {'h', "hashall"}, {'k', "keyword"}, {'m', "monitor"}, {'n', "noexec"}, {'p', "privileged"},
	{'t', "onecmd"}, {'u', "nounset"}, {'v', "verbose"}, {'x', "xtrace"}, {'B', "braceexpand"}, {'C', "noclobber"}, {'E', "errtrace"}, {'H', "histexpand"}, {'P', "physical"}, {'T', "functrace"},
	{0, "emacs"}, {0, "history"}, {0, "ignoreeof"}, {0, "interactive-comments"}, {0, "nolog"}, {0, "pipefail"}, {0, "posix"}, {0, "vi"}}

func setNames() []string {
	var l []string
	for _, o := range shortOptions {
		l = append(l, o.name)
	}
	slices.Sort(l)
	return l
}

// shoptNames lists the options of shopt.
var shoptNames = strings.Fields("autocd assoc_expand_once cdable_vars cdspell checkhash checkjobs checkwinsize cmdhist compat31 compat32 compat40 compat41 compat42 compat43 compat44 complete_fullquote direxpand dirspell dotglob execfail expand_aliases extdebug extglob extquote failglob force_fignore globasciiranges globskipdots globstar gnu_errfmt histappend histreedit histverify hostcomplete huponexit inherit_errexit interactive_comments lastpipe lithist localvar_inherit localvar_unset login_shell mailwarn no_empty_cmd_completion nocaseglob nocasematch noexpand_translation nullglob patsub_replacement progcomp progcomp_alias promptvars restricted_shell shift_verbose sourcepath syslog_history varredir_close xpg_echo")

func (in *interp) optionList(names []string) string {
	var l []string
	for _, n := range names {
		if in.opt[n] {
			l = append(l, n)
		}
	}
	slices.Sort(l)
	return strings.Join(l, ":")
}

func onOff(b bool) string {
	if b {
		return "on"
	}
	return "off"
}

func setBuiltin(in *interp, args []string) int {
	rest := args[1:]
	if len(rest) == 0 {
		return in.showAll()
	}
	for len(rest) > 0 {
		a := rest[0]
		if a == "--" {
			in.args = rest[1:]
			return 0
		}
		if a == "-" {
			in.opt["xtrace"], in.opt["verbose"] = false, false
			if len(rest) > 1 {
				in.args = rest[1:]
			}
			return 0
		}
		if len(a) < 2 || a[0] != '-' && a[0] != '+' {
			break
		}
		rest = rest[1:]
		on := a[0] == '-'
		for i := 1; i < len(a); i++ {
			if a[i] == 'o' {
				if len(rest) == 0 {
					in.showOptions(on)
					break
				}
				if !in.setOption(rest[0], on) {
					return 2
				}
				rest = rest[1:]
				continue
			}
			if !in.setLetter(a[i], on) {
				if in.posix {
					in.complain("set: Illegal option %c%c", a[0], a[i])
					in.exit(2)
					return 2
				}
				in.complain("set: %c%c: invalid option", a[0], a[i])
				in.usage("set")
				return 2
			}
		}
	}
	if len(rest) > 0 {
		in.args = rest
	}
	return 0
}

func (in *interp) setLetter(c byte, on bool) bool {
	for _, o := range shortOptions {
		if o.letter == c {
			in.opt[o.name] = on
			if c == 'm' {
				in.jobctl = on
			}
			return true
		}
	}
	return false
}

func (in *interp) setOption(name string, on bool) bool {
	for _, o := range shortOptions {
		if o.name == name {
			in.opt[name] = on
			return true
		}
	}
	if in.posix {
		in.complain("set: Illegal option -o %s", name)
		in.exit(2)
		return false
	}
	in.complain("set: %s: invalid option name", name)
	return false
}

func (in *interp) showOptions(table bool) {
	for _, n := range setNames() {
		if table {
			in.out(fmt.Sprintf("%-15s\t%s\n", n, onOff(in.opt[n])))
		} else {
			sign := "+"
			if in.opt[n] {
				sign = "-"
			}
			in.out("set " + sign + "o " + n + "\n")
		}
	}
}

// showAll lists the variables and functions.
func (in *interp) showAll() int {
	var b strings.Builder
	names := sortedKeys(in.vars)
	if !in.posix {
		names = append(names, "BASH", "BASH_VERSION", "EUID", "HOSTNAME", "HOSTTYPE", "MACHTYPE", "OSTYPE", "PPID", "SHELLOPTS", "BASHOPTS", "UID")
		if in.inter {
			names = append(names, "COLUMNS", "LINES")
		}
		slices.Sort(names)
		names = slices.Compact(names)
	}
	for _, name := range names {
		if v := in.vars[name]; v != nil {
			b.WriteString(in.setLine(name, v))
		} else if s, ok := in.dynamic(name); ok {
			b.WriteString(name + "=" + quoteNeeded(s) + "\n")
		}
	}
	in.out(b.String())
	if !in.posix {
		for _, name := range sortedKeys(in.funcs) {
			in.out(functionText(in.funcs[name]))
		}
	}
	return 0
}

func shoptBuiltin(in *interp, args []string) int {
	o, rest, ok := in.letters(args, "opqsu")
	if !ok {
		return 2
	}
	_, set := o['s']
	_, unset := o['u']
	_, quiet := o['q']
	_, print := o['p']
	_, forSet := o['o']
	known := shoptNames
	if forSet {
		known = setNames()
	}
	if len(rest) == 0 {
		for _, n := range known {
			if (set && !in.opt[n]) || (unset && in.opt[n]) || quiet {
				continue
			}
			in.showShopt(n, print)
		}
		return 0
	}
	status := 0
	for _, n := range rest {
		if !slices.Contains(known, n) {
			in.complain("shopt: %s: invalid shell option name", n)
			status = 1
			continue
		}
		switch {
		case set:
			in.opt[n] = true
		case unset:
			in.opt[n] = false
		default:
			if !quiet {
				in.showShopt(n, print)
			}
			if !in.opt[n] {
				status = 1
			}
		}
	}
	return status
}

func (in *interp) showShopt(n string, print bool) {
	if print {
		flag := "-u"
		if in.opt[n] {
			flag = "-s"
		}
		in.out("shopt " + flag + " " + n + "\n")
		return
	}
	in.out(fmt.Sprintf("%-15s\t%s\n", n, onOff(in.opt[n])))
}

func enableBuiltin(in *interp, args []string) int {
	o, rest, ok := in.letters(args, "adnpsf:")
	if !ok {
		return 2
	}
	_, off := o['n']
	if len(rest) == 0 {
		for _, name := range builtinNames(in) {
			if in.disabled[name] == off {
				in.out(map[bool]string{true: "enable -n ", false: "enable "}[off] + name + "\n")
			}
		}
		return 0
	}
	status := 0
	for _, name := range rest {
		if lookupBuiltin(name) == nil {
			in.complain("enable: %s: not a shell builtin", name)
			status = 1
			continue
		}
		if in.disabled == nil {
			in.disabled = map[string]bool{}
		}
		in.disabled[name] = off
	}
	return status
}

// builtinNames lists the built-ins of this shell.
func builtinNames(in *interp) []string {
	lookupBuiltin("")
	var l []string
	for _, name := range sortedKeys(builtinsByName) {
		if !in.posix || builtinsByName[name].dash {
			l = append(l, name)
		}
	}
	return l
}

func getoptsBuiltin(in *interp, args []string) int {
	if len(args) < 3 {
		in.usage("getopts")
		return 2
	}
	optstring, name := args[1], args[2]
	list := in.args
	if len(args) > 3 {
		list = args[3:]
	}
	silent := strings.HasPrefix(optstring, ":")
	report := !silent && in.get("OPTERR") != "0"
	done := func() int {
		in.setOpt(name, "?")
		delete(in.vars, "OPTARG")
		return 1
	}
	if in.optAt < 1 {
		in.optAt = 1
	}
	if in.optPlace == 0 {
		if in.optAt > len(list) {
			return done()
		}
		a := list[in.optAt-1]
		if a == "--" {
			in.optAt++
			in.setOptind()
			return done()
		}
		if len(a) < 2 || a[0] != '-' {
			return done()
		}
		in.optPlace = 1
	}
	a := list[in.optAt-1]
	c := a[in.optPlace]
	in.optPlace++
	end := in.optPlace >= len(a)
	advance := func() {
		if end {
			in.optAt++
			in.optPlace = 0
		}
		in.setOptind()
	}
	at := strings.IndexByte(optstring, c)
	if at < 0 || c == ':' {
		advance()
		in.setOpt(name, "?")
		if silent {
			in.setVar("OPTARG", string(c))
		} else {
			delete(in.vars, "OPTARG")
			if report {
				in.optError("illegal option", c)
			}
		}
		return 0
	}
	if at+1 >= len(optstring) || optstring[at+1] != ':' {
		advance()
		delete(in.vars, "OPTARG")
		in.setOpt(name, string(c))
		return 0
	}
	return in.optValue(optValue{name: name, letter: c, list: list, silent: silent, report: report}, a, end)
}

// optValue is an option with a value that getopts came to.
type optValue struct {
	name           string
	letter         byte
	list           []string
	silent, report bool
}

// optValue takes the value of an option: what follows the letter, or the next
// argument.
func (in *interp) optValue(o optValue, arg string, end bool) int {
	missing := false
	switch {
	case !end:
		in.setVar("OPTARG", arg[in.optPlace:])
	case in.optAt < len(o.list):
		in.optAt++
		in.setVar("OPTARG", o.list[in.optAt-1])
	default:
		missing = true
	}
	in.optAt++
	in.optPlace = 0
	in.setOptind()
	switch {
	case !missing:
		in.setOpt(o.name, string(o.letter))
	case o.silent:
		in.setOpt(o.name, ":")
		in.setVar("OPTARG", string(o.letter))
	default:
		in.setOpt(o.name, "?")
		delete(in.vars, "OPTARG")
		if o.report {
			in.optError("option requires an argument", o.letter)
		}
	}
	return 0
}

func (in *interp) optError(what string, c byte) {
	if in.posix {
		what = map[string]string{"illegal option": "Illegal option -%c", "option requires an argument": "No arg for -%c option"}[what]
		in.plainError(fmt.Sprintf(what, c))
		return
	}
	in.plainError(fmt.Sprintf("%s: %s -- %c", in.name, what, c))
}

func (in *interp) setOpt(name, value string) { in.setVar(name, value) }

// setOptind sets OPTIND without losing the place in the present argument.
func (in *interp) setOptind() {
	place, at := in.optPlace, in.optAt
	in.setVar("OPTIND", itoa(int64(in.optAt)))
	in.optPlace, in.optAt = place, at
}
