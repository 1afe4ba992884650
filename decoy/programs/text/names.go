package text

import (
	"path"
	"strings"

	"gait/decoy/proc"
	"gait/decoy/programs/gnu"
)

func runBasename(p *proc.Process) int {
	o, code := gnu.Parse(p, proc.Flags{Short: "as:z", First: true, Long: map[string]proc.Long{"multiple": {As: "a"}, "suffix": {As: "s", Value: 1}, "zero": {As: "z"}}},
		gnu.About{Usage: "NAME [SUFFIX]", Does: "Print NAME with any leading directory components removed.", By: "David MacKenzie"})
	if o == nil {
		return code
	}
	names := o.Operands
	suffix, many := o.Last("s")
	switch {
	case len(names) == 0:
		return gnu.Missing(p)
	case many || o.Has("a"):
	case len(names) > 2:
		return gnu.Extra(p, names[2])
	case len(names) == 2:
		names, suffix = names[:1], names[1]
	}
	for _, name := range names {
		b := name
		if trimmed := strings.TrimRight(b, "/"); trimmed != "" {
			b = trimmed[strings.LastIndexByte(trimmed, '/')+1:]
		} else if b != "" {
			b = "/"
		}
		if b != suffix {
			b = strings.TrimSuffix(b, suffix)
		}
		ended(p, o, b)
	}
	return 0
}

// ended writes a line, or one that ends with NUL with -z.
func ended(p *proc.Process, o *proc.Options, text string) {
	if o.Has("z", "0") {
		p.Printf("%s\x00", text)
		return
	}
	p.Println(text)
}

func runDirname(p *proc.Process) int {
	o, code := gnu.Parse(p, proc.Flags{Short: "z", Long: map[string]proc.Long{"zero": {As: "z"}}},
		gnu.About{Usage: "[OPTION] NAME...", Does: "Output each NAME with its last non-slash component and trailing slashes\nremoved; if NAME contains no /'s, output '.' (meaning the current directory).", By: "David MacKenzie and Jim Meyering"})
	if o == nil {
		return code
	}
	if len(o.Operands) == 0 {
		return gnu.Missing(p)
	}
	for _, name := range o.Operands {
		d := strings.TrimRight(name, "/")
		at := strings.LastIndexByte(d, '/')
		switch {
		case d == "" && name != "":
			d = "/"
		case at < 0:
			d = "."
		default:
			if d = strings.TrimRight(d[:at], "/"); d == "" {
				d = "/"
			}
		}
		ended(p, o, d)
	}
	return 0
}

func runRealpath(p *proc.Process) int {
	o, code := gnu.Parse(p, proc.Flags{Short: "eLmPqsz", Long: map[string]proc.Long{"canonicalize-existing": {As: "e"}, "canonicalize-missing": {As: "m"}, "logical": {As: "L"}, "physical": {As: "P"}, "quiet": {As: "q"}, "strip": {As: "s"}, "no-symlinks": {As: "s"}, "zero": {As: "z"}}},
		gnu.About{Usage: "[OPTION]... FILE...", Does: "Print the resolved absolute file name;\nall but the last component must exist", By: "Padraig Brady"})
	if o == nil {
		return code
	}
	if len(o.Operands) == 0 {
		return gnu.Missing(p)
	}
	for _, name := range o.Operands {
		real, err := canonical(p, name, o.Has("e"), o.Has("m"))
		if o.Has("s") {
			real, err = p.FS.Abs(name), nil
		}
		if err != nil {
			code = 1
			if !o.Has("q") {
				p.Complain("%s: %s", gnu.Name(p, name), gnu.Why(err))
			}
			continue
		}
		ended(p, o, real)
	}
	return code
}

// canonical gives a path without links; all of it must be there, or none has to.
func canonical(p *proc.Process, name string, all, none bool) (string, error) {
	real, err := p.FS.Real(name)
	if err == nil && all {
		_, err = p.FS.Stat(name)
	}
	if err != nil && none && name != "" {
		return canonicalMissing(p, p.FS.Abs(name)), nil
	}
	return real, err
}

// canonicalMissing resolves as much of a path as there is.
func canonicalMissing(p *proc.Process, name string) string {
	rest := ""
	for dir := name; ; dir = path.Dir(dir) {
		if real, err := p.FS.Real(dir); err == nil {
			return path.Join(real, rest)
		}
		if dir == "/" {
			return path.Join("/", rest)
		}
		rest = path.Join(path.Base(dir), rest)
	}
}

func runReadlink(p *proc.Process) int {
	o, code := gnu.Parse(p, proc.Flags{Short: "efmnqsvz", Long: map[string]proc.Long{"canonicalize": {As: "f"}, "canonicalize-existing": {As: "e"}, "canonicalize-missing": {As: "m"}, "no-newline": {As: "n"}, "quiet": {As: "q"}, "silent": {As: "s"}, "verbose": {As: "v"}, "zero": {As: "z"}}},
		gnu.About{Usage: "[OPTION]... FILE...", Does: "Print value of a symbolic link or canonical file name", By: "Dmitry V. Levin"})
	if o == nil {
		return code
	}
	if len(o.Operands) == 0 {
		return gnu.Missing(p)
	}
	for _, name := range o.Operands {
		var text string
		var err error
		if o.Has("e", "f", "m") {
			text, err = canonical(p, name, o.Has("e"), o.Has("m"))
		} else {
			text, err = p.FS.Readlink(name)
		}
		if err != nil {
			code = 1
			if o.Has("v") {
				p.Complain("%s: %s", gnu.Name(p, name), gnu.Why(err))
			}
			continue
		}
		if o.Has("n") && len(o.Operands) == 1 {
			p.Printf("%s", text)
			continue
		}
		ended(p, o, text)
	}
	return code
}

func runPwd(p *proc.Process) int {
	o, code := gnu.Parse(p, proc.Flags{Short: "LP", Long: map[string]proc.Long{"logical": {As: "L"}, "physical": {As: "P"}}},
		gnu.About{Usage: "[OPTION]...", Does: "Print the full filename of the current working directory.", By: "Jim Meyering"})
	if o == nil {
		return code
	}
	if len(o.Operands) > 0 {
		p.Complain("ignoring non-option arguments")
	}
	if pwd := p.Env.Get("PWD"); o.Has("L") && strings.HasPrefix(pwd, "/") {
		if a, err := p.FS.Real(pwd); err == nil && a == p.FS.Dir {
			p.Println(pwd)
			return 0
		}
	}
	if _, err := p.FS.Stat(p.FS.Dir); err != nil {
		return p.Complain("couldn't find directory entry in '..' with matching i-node")
	}
	p.Println(p.FS.Dir)
	return 0
}

func runTty(p *proc.Process) int {
	o, _ := gnu.Parse(p, proc.Flags{Short: "s", Long: map[string]proc.Long{"silent": {As: "s"}, "quiet": {As: "s"}}},
		gnu.About{Usage: "[OPTION]...", Does: "Print the file name of the terminal connected to standard input.", By: "David MacKenzie"})
	switch {
	case o == nil:
		return 2
	case !p.InTTY:
		if !o.Has("s") {
			p.Println("not a tty")
		}
		return 1
	case o.Has("s"):
		return 0
	}
	name := "/dev/pts/0"
	for _, w := range p.World.Processes() {
		if w.PID == p.PID && strings.HasPrefix(w.TTY, "pts/") {
			name = "/dev/" + w.TTY
		}
	}
	p.Println(name)
	return 0
}

func runPrintenv(p *proc.Process) int {
	o, code := gnu.Parse(p, proc.Flags{Short: "0", First: true, Long: map[string]proc.Long{"null": {As: "0"}}},
		gnu.About{Usage: "[OPTION]... [VARIABLE]...", Does: "Print the values of the specified environment VARIABLE(s).\nIf no VARIABLE is specified, print name and value pairs for them all.", By: "David MacKenzie and Richard Mlynarik"})
	if o == nil {
		return 2 * code
	}
	if len(o.Operands) == 0 {
		for _, v := range p.Env {
			ended(p, o, v)
		}
	}
	for _, name := range o.Operands {
		v, ok := p.Env.Lookup(name)
		if !ok {
			code = 1
			continue
		}
		ended(p, o, v)
	}
	return code
}

func runEnv(p *proc.Process) int {
	o, code := gnu.Parse(p, proc.Flags{Short: "+iu:0C:S:v", First: true, Long: map[string]proc.Long{"ignore-environment": {As: "i"}, "unset": {As: "u", Value: 1}, "null": {As: "0"}, "chdir": {As: "C", Value: 1}, "split-string": {As: "S", Value: 1}, "debug": {As: "v"}}},
		gnu.About{Usage: "[OPTION]... [-] [NAME=VALUE]... [COMMAND [ARG]...]", Does: "Set each NAME to VALUE in the environment and run COMMAND.", By: "Richard Mlynarik, David MacKenzie, and Assaf Gordon"})
	if o == nil {
		return 125 * code
	}
	env, args := p.Env, o.Operands
	if s, ok := o.Last("S"); ok {
		args = append(strings.Fields(s), args...)
	}
	if len(args) > 0 && args[0] == "-" {
		env, args = nil, args[1:]
	}
	if o.Has("i") {
		env = nil
	}
	for _, g := range o.Given {
		if g.Name == "u" {
			env = without(env, g.Value)
		}
	}
	for len(args) > 0 && strings.Contains(args[0], "=") {
		name, value, _ := strings.Cut(args[0], "=")
		env, args = env.Set(name, value), args[1:]
	}
	if dir, ok := o.Last("C"); ok {
		if err := p.FS.Chdir(dir); err != nil {
			p.Complain("cannot change directory to %s: %s", gnu.Always(p, dir), gnu.Why(err))
			return 125
		}
	}
	if len(args) == 0 {
		for _, v := range env {
			ended(p, o, v)
		}
		return 0
	}
	c := *p
	c.Env = env
	return runIn(p, &c, args)
}

// runIn runs a program in a changed process, as env, nice and their like do:
// 127 is the code for one that is not there, 126 for one that cannot be run.
func runIn(p, c *proc.Process, args []string) int {
	code, found, err := p.Shell.Exec(c, args)
	switch {
	case !found:
		p.Complain("%s: No such file or directory", gnu.Always(p, args[0]))
		return 127
	case err != nil:
		p.Complain("%s: %s", gnu.Always(p, args[0]), gnu.Why(err))
		return 126
	}
	return code
}

func without(env proc.Environ, name string) (list proc.Environ) {
	for _, v := range env {
		if n, _, _ := strings.Cut(v, "="); n != name {
			list = append(list, v)
		}
	}
	return list
}
