package shell

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"

	"gait/decoy/proc"
	"gait/decoy/vfs"
)

// caller is the shell as a program asks for it. It implements [proc.Shell].
type caller struct {
	in *interp
	k  *kid
}

// as gives an interp that stands for a program: with its streams, files and
// environment.
func (c caller) as(p *proc.Process, name string, posix bool) *interp {
	in := c.in.s.newShell(p, posix, name)
	in.group = c.k.group
	return in
}

// script is as for a program that is a shell: signals for the program are the
// shell's, which may have set traps.
func (c caller) script(p *proc.Process, name string, posix bool) (in *interp, leave func()) {
	in = c.as(p, name, posix)
	c.k.task.onSignal(in.trapped)
	return in, func() {
		c.k.task.onSignal(nil)
		in.leaveProgram()
	}
}

// Exec runs a program and waits for it.
func (c caller) Exec(p *proc.Process, args []string) (code int, found bool, err error) {
	if len(args) == 0 {
		return 0, false, nil
	}
	in := c.as(p, p.Args[0], true)
	defer in.leaveProgram()
	r := in.resolve(args[0], p.Env)
	switch {
	case !r.found:
		c.in.s.caught("unknown", args[0], nil)
		return 127, false, nil
	case r.err != nil:
		if errors.Is(r.err, syscall.EISDIR) {
			r.err = syscall.EACCES
		}
		return 126, true, r.err
	case r.elf == -1:
		return 126, true, syscall.ENOEXEC
	}
	in.command = strings.Join(args, " ")
	if r.prog != nil && r.script == nil {
		in.start1(r.prog, args, p.Env)
	} else {
		in.scriptFile(r, args, p.Env)
	}
	return in.status, true, nil
}

// leaveProgram ends an interp that only stood for a program.
func (in *interp) leaveProgram() {
	in.life.cancel(sigCause(1))
	in.fds.close()
	proc.Give(&in.s.budget.Memory, in.lost)
	in.lost = 0
}

// Source runs shell text in a new shell.
func (c caller) Source(p *proc.Process, s proc.Script) int {
	in, leave := c.script(p, s.Name, s.Posix)
	defer leave()
	in.args, in.dashC = s.Args, true
	return in.runText(s.Text)
}

// Lookup finds a program on the PATH of a process.
func (c caller) Lookup(p *proc.Process, name string) (string, bool) {
	in := &interp{s: c.in.s, fs: p.FS, vars: map[string]*variable{}}
	if strings.Contains(name, "/") {
		r := in.inspect(name)
		return r.path, r.found && r.err == nil
	}
	r := in.search(name, p.Env.Get("PATH"))
	return r.path, r.found && r.err == nil
}

// Interactive runs an interactive shell on the terminal.
func (c caller) Interactive(p *proc.Process, login bool) int {
	name := base(p.Args[0])
	shell := "bash"
	in := c.as(p, name, false)
	if a := in.asAccount(); a.Shell != "" {
		shell = base(a.Shell)
	}
	if name != "bash" && name != "sh" && name != "dash" {
		in.name = shell
	}
	in.posix = name == "sh" || name == "dash" || name != "bash" && (shell == "sh" || shell == "dash")
	if login {
		in.name, in.login = "-"+strings.TrimPrefix(in.name, "-"), true
	}
	defer in.leaveProgram()
	if p.Terminal == nil || !p.InTTY {
		if login {
			in.profile()
		}
		return in.runStream(in.fds.get(0))
	}
	old := in.s.setFront(nil)
	defer in.s.setFront(old)
	return in.interactive()
}

// History gives the lines of the session.
func (c caller) History() []string { return c.in.s.history() }

// sessionOf finds the session of a process that runs a shell.
func sessionOf(p *proc.Process) (caller, bool) {
	c, ok := p.Shell.(caller)
	return c, ok
}

// runBash is the program bash, and runDash is sh.
func runBash(p *proc.Process) int { return runShell(p, false) }
func runDash(p *proc.Process) int { return runShell(p, true) }

// shellOptions are the options of a shell's command line.
type shellOptions struct {
	command     bool
	stdin       bool
	login       bool
	interactive bool
	set         []string
}

// runShell reads the command line of a shell and runs it.
func runShell(p *proc.Process, posix bool) int {
	c, ok := sessionOf(p)
	if !ok {
		return p.Complain("cannot run")
	}
	o, args, code := readShellOptions(p, posix)
	if code >= 0 {
		return code
	}
	name := p.Args[0]
	switch {
	case o.command:
		if len(args) == 0 {
			if posix {
				fmt.Fprintf(p.Err, "%s: 0: -c requires an argument\n", name)
			} else {
				fmt.Fprintf(p.Err, "%s: -c: option requires an argument\n", name)
			}
			return 2
		}
		in, leave := c.script(p, name, posix)
		defer leave()
		if len(args) > 1 {
			in.name, in.args = args[1], args[2:]
		}
		in.dashC = true
		o.apply(in)
		return in.runText(args[0])
	case len(args) > 0 && !o.stdin:
		return c.file(p, posix, o, args)
	}
	if o.interactive || p.InTTY && p.ErrTTY && p.Terminal != nil {
		return c.Interactive(p, o.login)
	}
	in, leave := c.script(p, name, posix)
	defer leave()
	in.args = args
	o.apply(in)
	return in.runStream(in.fds.get(0))
}

func (o shellOptions) apply(in *interp) {
	if o.login {
		in.profile()
	}
	if len(o.set) > 0 {
		setBuiltin(in, append([]string{"set"}, o.set...))
	}
}

// readShellOptions reads options; code is not negative where that is all.
func readShellOptions(p *proc.Process, posix bool) (o shellOptions, args []string, code int) {
	args = p.Args[1:]
	for len(args) > 0 && len(args[0]) > 1 && (args[0][0] == '-' || args[0][0] == '+') {
		a := args[0]
		args = args[1:]
		switch {
		case a == "--":
			return o, args, -1
		case strings.HasPrefix(a, "--") && !posix:
			switch a {
			case "--login":
				o.login = true
			case "--norc", "--noprofile", "--posix", "--noediting", "--restricted", "--verbose":
			case "--rcfile", "--init-file":
				args = args[min(1, len(args)):]
			case "--version":
				p.Printf("GNU bash, version %s (%s-pc-linux-gnu)\nCopyright (C) 2022 Free Software Foundation, Inc.\nLicense GPLv3+: GNU GPL version 3 or later <http://gnu.org/licenses/gpl.html>\n\nThis is free software; you are free to change and redistribute it.\nThere is NO WARRANTY, to the extent permitted by law.\n", bashVersion, p.World.System.Arch)
				return o, nil, 0
			default:
				fmt.Fprintf(p.Err, "%s: %s: invalid option\nUsage:\t%s [GNU long option] [option] ...\n\t%s [GNU long option] [option] script-file ...\n", p.Args[0], a, p.Args[0], p.Args[0])
				return o, nil, 2
			}
			continue
		}
		for i := 1; i < len(a); i++ {
			switch a[i] {
			case 'c':
				o.command = true
			case 's':
				o.stdin = true
			case 'l':
				o.login = true
			case 'i':
				o.interactive = true
			case 'o', 'O':
				if len(args) > 0 {
					o.set = append(o.set, a[:1]+"o", args[0])
					args = args[1:]
				}
			default:
				if posix && strings.IndexByte("abCefmnuvxIV", a[i]) < 0 {
					fmt.Fprintf(p.Err, "%s: 0: Illegal option -%c\n", p.Args[0], a[i])
					return o, nil, 2
				}
				o.set = append(o.set, a[:1]+a[i:i+1])
			}
		}
	}
	return o, args, -1
}

// file runs a script by its name.
func (c caller) file(p *proc.Process, posix bool, o shellOptions, args []string) int {
	name := args[0]
	info, err := p.FS.Stat(name)
	if err != nil && !posix && !strings.Contains(name, "/") {
		if path, ok := c.Lookup(p, name); ok {
			if i, err2 := p.FS.Stat(path); err2 == nil {
				info, err, name = i, nil, path
			}
		}
	}
	if err == nil && info.IsDir() {
		if posix {
			fmt.Fprintf(p.Err, "%s: 0: cannot open %s: Is a directory\n", p.Args[0], name)
			return 2
		}
		fmt.Fprintf(p.Err, "%s: %s: Is a directory\n", name, name)
		return 126
	}
	if err == nil {
		err = p.FS.Access(name, 4)
	}
	if open := p.Files[name]; err != nil && open != nil {
		err = nil
	}
	if err != nil {
		text := errText(err)
		code := 127
		if errors.Is(err, fs.ErrPermission) {
			code = 126
		}
		if posix {
			fmt.Fprintf(p.Err, "%s: 0: cannot open %s: %s\n", p.Args[0], name, strings.TrimSuffix(text, " or directory"))
			return 2
		}
		fmt.Fprintf(p.Err, "%s: %s: %s\n", p.Args[0], name, text)
		return code
	}
	return runScriptWith(p, posix, append([]string{name}, args[1:]...), o)
}

// runScript runs a script in a new shell.
func runScript(p *proc.Process, posix bool, path string, args []string) int {
	return runScriptWith(p, posix, append([]string{path}, args...), shellOptions{})
}

// runScriptWith runs a script by its path and arguments.
func runScriptWith(p *proc.Process, posix bool, args []string, o shellOptions) int {
	path := args[0]
	c, ok := sessionOf(p)
	if !ok {
		return 126
	}
	in, leave := c.script(p, path, posix)
	defer leave()
	in.args = args[1:]
	o.apply(in)
	var s *stream
	if open := p.Files[path]; open != nil {
		f, err := open()
		if err != nil {
			return 127
		}
		s = f.(*openFile).s.dup()
		f.Close()
	} else {
		in.keep(path)
		f, err := in.fs.Open(path, vfs.ReadOnly, 0)
		if err != nil {
			return 126
		}
		s = fileStream(f)
	}
	defer s.close()
	text, ok := in.slurp(s)
	if !ok {
		return in.status
	}
	first, _, _ := strings.Cut(text[:min(len(text), 4096)], "\n")
	if strings.IndexByte(first, 0) >= 0 {
		fmt.Fprintf(p.Err, "%s: %s: cannot execute binary file\n", path, path)
		return 126
	}
	return in.runText(text)
}
