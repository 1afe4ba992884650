package system

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gait/decoy/machine"
	"gait/decoy/proc"
	"gait/decoy/programs/gnu"
	"gait/decoy/vfs"
)

func runChroot(p *proc.Process) int {
	o := proc.Flags{Long: map[string]proc.Long{"groups": {Value: 1}, "userspec": {Value: 1}, "skip-chdir": {}}, First: true}.Parse(p)
	if o == nil {
		return 125
	}
	if len(o.Operands) == 0 {
		gnu.Missing(p)
		return 125
	}
	root := o.Operands[0]
	i, err := p.FS.Stat(root)
	real, _ := p.FS.Real(root)
	switch {
	case err == nil && !i.IsDir():
		p.Complain("cannot change root directory to %s: Not a directory", gnu.Quote(p, root))
		return 125
	case err != nil:
		p.Complain("cannot change root directory to %s: %s", gnu.Quote(p, root), proc.Text(err))
		return 125
	case p.FS.UID != 0:
		p.Complain("cannot change root directory to %s: Operation not permitted", gnu.Quote(p, root))
		return 125
	}
	args := o.Operands[1:]
	if len(args) == 0 {
		args = []string{p.Env.Get("SHELL"), "-i"}
		if args[0] == "" {
			args[0] = "/bin/sh"
		}
	}
	if real != "/" {
		p.Complain("failed to run command %s: No such file or directory", gnu.Quote(p, args[0]))
		return 127
	}
	return run(p, args)
}

// runSetarch is setarch with its other names, linux64 and their like.
func runSetarch(p *proc.Process) int {
	o := proc.Flags{Short: "hVv3BFILRSTXZ", Long: map[string]proc.Long{"uname-2.6": {}, "verbose": {As: "v"}, "addr-no-randomize": {As: "R"}, "list": {}}, First: true}.Parse(p)
	if o == nil {
		return 1
	}
	args := o.Operands
	if p.Name() == "setarch" {
		if len(args) == 0 {
			return p.Complain("no architecture argument or personality flags specified")
		}
		if !slices.Contains([]string{"linux32", "linux64", "i386", "i486", "i586", "i686", "athlon", "x86_64"}, args[0]) {
			return try(p, 1, "%s: Unrecognized architecture", args[0])
		}
		args = args[1:]
	}
	return runOrShell(p, args)
}

// runOrShell runs a command, or a shell where there is none.
func runOrShell(p *proc.Process, args []string) int {
	if len(args) == 0 {
		if args = []string{p.Env.Get("SHELL")}; args[0] == "" {
			args[0] = "/bin/sh"
		}
	}
	return run(p, args)
}

func runUnshare(p *proc.Process) int {
	o := proc.Flags{Short: "hVm::u::i::n::p::U::C::T::frcR:w:S:G:", Long: map[string]proc.Long{"mount": {As: "m", Value: 2}, "uts": {As: "u", Value: 2}, "ipc": {As: "i", Value: 2}, "net": {As: "n", Value: 2}, "pid": {As: "p", Value: 2}, "user": {As: "U", Value: 2}, "cgroup": {As: "C", Value: 2},
		"fork": {As: "f"}, "map-root-user": {As: "r"}, "map-current-user": {As: "c"}, "mount-proc": {Value: 2}, "propagation": {Value: 1}, "root": {As: "R", Value: 1}}, First: true}.Parse(p)
	if o == nil {
		return 1
	}
	if p.FS.UID != 0 && !o.Has("U", "r", "c") && len(o.Given) > 0 {
		return p.Complain("unshare failed: Operation not permitted")
	}
	return runOrShell(p, o.Operands)
}

func runNsenter(p *proc.Process) int {
	o := proc.Flags{Short: "hVat:m::u::i::n::p::C::U::T::S:G:r::w::WFZ", Long: map[string]proc.Long{"all": {As: "a"}, "target": {As: "t", Value: 1}, "mount": {As: "m", Value: 2}, "uts": {As: "u", Value: 2}, "ipc": {As: "i", Value: 2}, "net": {As: "n", Value: 2}, "pid": {As: "p", Value: 2}}, First: true}.Parse(p)
	if o == nil {
		return 1
	}
	if text, ok := o.Last("t"); ok {
		pid, err := strconv.Atoi(text)
		switch {
		case err != nil:
			return p.Complain("failed to parse pid: '%s'", text)
		case process(p, pid) == nil:
			return p.Complain("cannot open /proc/%d/ns/mnt: No such file or directory", pid)
		case p.FS.UID != 0:
			return p.Complain("cannot open /proc/%d/ns/mnt: Permission denied", pid)
		}
	}
	return runOrShell(p, o.Operands)
}

func runFlock(p *proc.Process) int {
	o := proc.Flags{Short: "sexnouw:E:c:FhV", Long: map[string]proc.Long{"shared": {As: "s"}, "exclusive": {As: "x"}, "unlock": {As: "u"}, "nonblock": {As: "n"}, "nb": {As: "n"}, "timeout": {As: "w", Value: 1}, "wait": {As: "w", Value: 1}, "conflict-exit-code": {As: "E", Value: 1}, "close": {As: "o"}, "command": {As: "c", Value: 1}, "no-fork": {As: "F"}}, First: true}.Parse(p)
	switch {
	case o == nil:
		return 64
	case len(o.Operands) == 0:
		return try(p, 64, "not enough arguments")
	}
	name, args := o.Operands[0], o.Operands[1:]
	if _, err := strconv.Atoi(name); err == nil && len(args) == 0 {
		return 0
	}
	if len(args) == 0 {
		return try(p, 64, "bad file descriptor: '%s'", name)
	}
	f, err := p.FS.Open(name, vfs.ReadOnly|vfs.Create, 0o644)
	if err != nil {
		if i, e := p.FS.Stat(name); e != nil || !i.IsDir() {
			p.Complain("cannot open lock file %s: %s", name, proc.Text(err))
			return 66
		}
	} else {
		f.Close()
	}
	if args[0] == "-c" || args[0] == "--command" {
		if len(args) != 2 {
			p.Complain("%s requires exactly one command argument", args[0])
			return 64
		}
		return p.Shell.Source(p, proc.Script{Posix: true, Text: args[1], Name: "sh"})
	}
	return run(p, args)
}

// runStdbuf runs a command: buffers are no affair of made-up programs.
func runStdbuf(p *proc.Process) int {
	o := proc.Flags{Short: "i:o:e:", Long: map[string]proc.Long{"input": {As: "i", Value: 1}, "output": {As: "o", Value: 1}, "error": {As: "e", Value: 1}}, First: true}.Parse(p)
	switch {
	case o == nil:
		return 125
	case len(o.Operands) == 0:
		gnu.Missing(p)
		return 125
	case len(o.Given) == 0:
		gnu.Try(p, "you must specify a buffering mode option")
		return 125
	}
	return run(p, o.Operands)
}

func runChrt(p *proc.Process) int {
	o := proc.Flags{Short: "abdfiomprT:P:D:RvhV", Long: map[string]proc.Long{"pid": {As: "p"}, "idle": {As: "i"}, "batch": {As: "b"}, "fifo": {As: "f"}, "rr": {As: "r"}, "max": {As: "m"}}, First: true}.Parse(p)
	switch {
	case o == nil:
		return 1
	case o.Has("m"):
		for _, k := range []string{"SCHED_OTHER min/max priority\t: 0/0", "SCHED_FIFO min/max priority\t: 1/99", "SCHED_RR min/max priority\t: 1/99", "SCHED_BATCH min/max priority\t: 0/0", "SCHED_IDLE min/max priority\t: 0/0", "SCHED_DEADLINE min/max priority\t: 0/0"} {
			p.Println(k)
		}
		return 0
	case o.Has("p") && len(o.Operands) > 0:
		pid, err := strconv.Atoi(o.Operands[len(o.Operands)-1])
		if err != nil {
			return p.Complain("invalid PID argument: '%s'", o.Operands[len(o.Operands)-1])
		}
		if process(p, pid) == nil {
			return p.Complain("failed to get pid %d's policy: No such process", pid)
		}
		if len(o.Operands) == 1 {
			p.Printf("pid %d's current scheduling policy: SCHED_OTHER\npid %d's current scheduling priority: 0\n", pid, pid)
		}
		return 0
	case len(o.Operands) < 2:
		return try(p, 1, "bad usage")
	}
	return run(p, o.Operands[1:])
}

// as gives a copy of a process that runs as another account.
func as(p *proc.Process, a machine.Account) *proc.Process {
	q := *p
	q.FS = p.FS.As(a.UID, a.GID, a.Groups...)
	q.Env = slices.Clone(p.Env)
	return &q
}

func runRunuser(p *proc.Process) int {
	o := proc.Flags{Short: "c:flg:G:mpPs:u:w:hV-", Long: map[string]proc.Long{"command": {As: "c", Value: 1}, "login": {As: "l"}, "preserve-environment": {As: "p"}, "shell": {As: "s", Value: 1}, "user": {As: "u", Value: 1}}, First: true}.Parse(p)
	if o == nil {
		return 1
	}
	if p.FS.UID != 0 {
		return p.Complain("may not be used by non-root users")
	}
	args := o.Operands
	if len(args) > 0 && args[0] == "-" {
		args = args[1:]
	}
	name, direct := o.Last("u")
	if !direct {
		name = "root"
		if len(args) > 0 {
			name, args = args[0], args[1:]
		}
	}
	a, ok := p.World.Account(name)
	if !ok {
		return p.Complain("user %s does not exist or the user entry does not contain all the required fields", name)
	}
	q := as(p, a)
	if direct {
		if len(args) == 0 {
			return try(p, 1, "COMMAND not specified.")
		}
		return run(q, args)
	}
	q.Env = q.Env.Set("HOME", a.Home).Set("SHELL", a.Shell).Set("USER", a.Name).Set("LOGNAME", a.Name)
	command, given := o.Last("c")
	if !given && len(args) > 1 && args[0] == "-c" {
		command, given = args[1], true
	}
	if strings.HasSuffix(a.Shell, "/nologin") {
		p.Println("This account is currently not available.")
		return 1
	}
	if given {
		return p.Shell.Source(q, proc.Script{Posix: !strings.HasSuffix(a.Shell, "bash"), Text: command, Name: "bash"})
	}
	return p.Shell.Interactive(q, o.Has("l"))
}

func runRunParts(p *proc.Process) int {
	o := proc.Flags{Short: "tva:u:hV", Long: map[string]proc.Long{"test": {}, "list": {}, "verbose": {As: "v"}, "report": {}, "reverse": {}, "exit-on-error": {}, "new-session": {}, "arg": {As: "a", Value: 1}, "umask": {As: "u", Value: 1}, "lsbsysinit": {}, "regex": {Value: 1}}}.Parse(p)
	switch {
	case o == nil:
		return 1
	case len(o.Operands) == 0:
		p.Complain("missing operand")
		fmt.Fprintln(p.Err, "Try `run-parts --help' for more information.")
		return 1
	}
	dir := o.Operands[0]
	list, err := p.FS.ReadDir(dir)
	if err != nil {
		return p.Complain("failed to open directory %s: %s", dir, proc.Text(err))
	}
	var args []string
	for _, g := range o.Given {
		if g.Name == "a" {
			args = append(args, g.Value)
		}
	}
	slices.SortFunc(list, func(a, b vfs.Info) int { return strings.Compare(a.Name, b.Name) })
	if o.Has("reverse") {
		slices.Reverse(list)
	}
	code := 0
	for _, i := range list {
		file := strings.TrimSuffix(dir, "/") + "/" + i.Name
		if strings.ContainsAny(i.Name, ".~#") || i.IsDir() || p.FS.Access(file, 1) != nil && !o.Has("list") {
			continue
		}
		if o.Has("test", "t", "list") {
			p.Println(file)
			continue
		}
		if o.Has("v") {
			fmt.Fprintf(p.Err, "run-parts: executing %s\n", file)
		}
		if c := run(p, append([]string{file}, args...)); c != 0 {
			p.Complain("%s exited with return code %d", file, c)
			code = 1
			if o.Has("exit-on-error") {
				break
			}
		}
	}
	return code
}
