package account

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"gait/decoy/machine"
	"gait/decoy/proc"
)

const (
	rootPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
	userPath = "/usr/local/bin:/usr/bin:/bin:/usr/local/games:/usr/games"
)

// become gives a copy of a process that runs as another account.
func become(p *proc.Process, a machine.Account) *proc.Process {
	q := *p
	q.FS = p.FS.As(a.UID, a.GID, groupsOf(a)...)
	q.Env = slices.Clone(p.Env)
	return &q
}

// enter sets the environment of a login.
func enter(q *proc.Process, a machine.Account) {
	keep := q.Env.Get("TERM")
	q.Env = nil
	if keep != "" {
		q.Env = q.Env.Set("TERM", keep)
	}
	path := userPath
	if a.UID == 0 {
		path = rootPath
	}
	for _, v := range [][2]string{{"HOME", a.Home}, {"SHELL", a.Shell}, {"USER", a.Name}, {"LOGNAME", a.Name}, {"PATH", path}} {
		q.Env = q.Env.Set(v[0], v[1])
	}
	if q.FS.Chdir(a.Home) != nil {
		q.FS.Dir = "/"
	}
	q.Env = q.Env.Set("PWD", q.FS.Dir)
}

// dash says whether a shell is dash and not bash.
func dash(shell string) bool {
	return strings.HasSuffix(shell, "/sh") || strings.HasSuffix(shell, "/dash")
}

// nologin says whether a shell lets nobody in, and answers for it.
func nologin(p *proc.Process, shell string) bool {
	switch {
	case strings.HasSuffix(shell, "/nologin"):
		p.Println("This account is currently not available.")
	case !strings.HasSuffix(shell, "/false"):
		return false
	}
	return true
}

func runSu(p *proc.Process) int {
	p.Args = loneDash(p.Args)
	o := proc.Flags{Short: "c:flg:G:hmpPs:Tw:V", Long: map[string]proc.Long{"command": {As: "c", Value: 1}, "session-command": {As: "c", Value: 1}, "fast": {As: "f"}, "login": {As: "l"}, "preserve-environment": {As: "p"}, "pty": {As: "P"}, "shell": {As: "s", Value: 1}}, First: true}.Parse(p)
	if o == nil {
		return 1
	}
	name, args := "root", o.Operands
	if len(args) > 0 {
		name, args = args[0], args[1:]
	}
	a, ok := p.World.Account(name)
	if !ok {
		return p.Complain("user %s does not exist or the user entry does not contain all the required fields", name)
	}
	if p.FS.UID != 0 {
		if _, ok := ask(p, "Password: "); ok {
			p.Sleep(2 * time.Second)
		}
		return p.Complain("Authentication failure")
	}
	q := become(p, a)
	if o.Has("l") {
		enter(q, a)
	} else if !o.Has("m", "p") {
		q.Env = q.Env.Set("HOME", a.Home).Set("SHELL", a.Shell)
		if a.UID != 0 {
			q.Env = q.Env.Set("USER", a.Name).Set("LOGNAME", a.Name)
		}
	}
	shell := a.Shell
	if s, ok := o.Last("s"); ok {
		shell = s
	}
	if nologin(p, shell) {
		return 1
	}
	if text, ok := o.Last("c"); ok {
		first := shell[strings.LastIndexByte(shell, '/')+1:]
		if len(args) > 0 {
			first, args = args[0], args[1:]
		}
		return p.Shell.Source(q, proc.Script{Posix: dash(shell), Text: text, Name: first, Args: args})
	}
	if len(args) > 0 {
		code, _, _ := p.Shell.Exec(q, append([]string{shell}, args...))
		return code
	}
	return p.Shell.Interactive(q, o.Has("l"))
}

// loneDash makes -l of "-", and moves options that follow a name before it.
func loneDash(args []string) []string {
	var options, rest []string
	for i := 1; i < len(args); i++ {
		switch a := args[i]; {
		case a == "-":
			options = append(options, "-l")
		case a == "--":
			return append(append(append([]string{args[0]}, options...), "--"), append(rest, args[i+1:]...)...)
		case (a == "-c" || a == "-s" || a == "--command" || a == "--shell" || a == "-lc") && i+1 < len(args):
			options = append(options, a, args[i+1])
			i++
		case strings.HasPrefix(a, "-"):
			options = append(options, a)
		default:
			rest = append(rest, a)
		}
	}
	return append(append(append([]string{args[0]}, options...), "--"), rest...)
}

const sudoUsage = "usage: sudo -h | -K | -k | -V\nusage: sudo -v [-ABkNnS] [-g group] [-h host] [-p prompt] [-u user]\nusage: sudo -l [-ABkNnS] [-g group] [-h host] [-p prompt] [-U user] [-u user] [command [arg ...]]\nusage: sudo [-ABbEHkNnPS] [-r role] [-t type] [-C num] [-D directory] [-g group] [-h host] [-p prompt] [-R directory] [-T timeout] [-u user] [VAR=value] [-i | -s] [command [arg ...]]\nusage: sudo -e [-ABkNnS] [-r role] [-t type] [-C num] [-D directory] [-g group] [-h host] [-p prompt] [-R directory] [-T timeout] [-u user] file ...\n"

func runSudo(p *proc.Process) int {
	o := proc.Flags{Short: "ABbEHkKNnPSC:D:g:h:p:R:r:T:t:u:U:ilsvVe", Long: map[string]proc.Long{"user": {As: "u", Value: 1}, "login": {As: "i"}, "shell": {As: "s"}, "list": {As: "l"}, "non-interactive": {As: "n"}, "stdin": {As: "S"}, "validate": {As: "v"}, "preserve-env": {As: "E", Value: 2}, "set-home": {As: "H"}, "version": {As: "V"}, "prompt": {As: "p", Value: 1}}, First: true}.Parse(p)
	if o == nil {
		return 1
	}
	if o.Has("V") {
		p.Printf("Sudo version 1.9.13p3\nSudoers policy plugin version 1.9.13p3\nSudoers file grammar version 50\nSudoers I/O plugin version 1.9.13p3\nSudoers audit plugin version 1.9.13p3\n")
		return 0
	}
	args, env := o.Operands, [][2]string{}
	for len(args) > 0 && strings.Contains(args[0], "=") {
		k, v, _ := strings.Cut(args[0], "=")
		env, args = append(env, [2]string{k, v}), args[1:]
	}
	if o.Has("k", "K") && len(args) == 0 {
		return 0
	}
	if len(args) == 0 && !o.Has("i", "s", "l", "v") {
		fmt.Fprint(p.Err, sudoUsage)
		return 1
	}
	name := "root"
	if u, ok := o.Last("u"); ok {
		name = u
	}
	a, ok := named(p, strings.TrimPrefix(name, "#"))
	if !ok {
		p.Complain("unknown user %s", name)
		return p.Complain("error initializing audit plugin sudoers_audit")
	}
	if !allowed(p, o) {
		return 1
	}
	switch {
	case o.Has("l"):
		listSudo(p)
		return 0
	case o.Has("v"):
		return 0
	}
	return sudoAs(p, o, a, sudoEnv{args, env})
}

// sudoEnv is what stands on the command line after the options.
type sudoEnv struct {
	args []string
	env  [][2]string
}

func sudoAs(p *proc.Process, o *proc.Options, a machine.Account, s sudoEnv) int {
	q := become(p, a)
	dir := q.FS.Dir
	me := self(p)
	if enter(q, a); !o.Has("i") {
		q.FS.Dir = dir
		q.Env = q.Env.Set("PWD", dir)
	}
	q.Env = q.Env.Set("PATH", rootPath).Set("SUDO_COMMAND", strings.Join(s.args, " ")).Set("SUDO_USER", me.Name).Set("SUDO_UID", fmt.Sprint(me.UID)).Set("SUDO_GID", fmt.Sprint(me.GID))
	for _, v := range s.env {
		q.Env = q.Env.Set(v[0], v[1])
	}
	if o.Has("i", "s") {
		if nologin(p, a.Shell) {
			return 1
		}
		if len(s.args) == 0 {
			return p.Shell.Interactive(q, o.Has("i"))
		}
		return p.Shell.Source(q, proc.Script{Posix: dash(a.Shell), Text: strings.Join(s.args, " "), Name: a.Shell})
	}
	code, found, err := p.Shell.Exec(q, s.args)
	switch {
	case !found:
		return p.Complain("%s: command not found", s.args[0])
	case err != nil:
		return p.Complain("unable to execute %s: %s", s.args[0], proc.Text(err))
	}
	return code
}

// allowed asks who is not root for his password. The first one is taken for a
// slip; it is false where he may not use sudo or gives up.
func allowed(p *proc.Process, o *proc.Options) bool {
	if p.FS.UID == 0 {
		return true
	}
	me := self(p)
	if o.Has("n") || !o.Has("S") && p.Terminal == nil {
		if o.Has("n") {
			p.Complain("a password is required")
		} else {
			p.Complain("a terminal is required to read the password; either use the -S option to read from standard input or configure an askpass helper")
			p.Complain("a password is required")
		}
		return false
	}
	prompt := fmt.Sprintf("[sudo] password for %s: ", me.Name)
	if text, ok := o.Last("p"); ok {
		prompt = text
	}
	for try := range 2 {
		if _, ok := ask(p, prompt); !ok {
			if try == 0 {
				p.Complain("no password was provided")
				p.Complain("a password is required")
			} else {
				p.Complain("1 incorrect password attempt")
			}
			return false
		}
		if try == 0 && !p.Sleep(2*time.Second) {
			return false
		}
		if try == 0 {
			fmt.Fprint(p.Err, "Sorry, try again.\n")
		}
	}
	if gid, ok := p.World.Group("sudo"); !ok || !slices.Contains(me.Groups, gid) {
		fmt.Fprintf(p.Err, "%s is not in the sudoers file.\n", me.Name)
		return false
	}
	return true
}

// listSudo is sudo -l.
func listSudo(p *proc.Process) {
	host, _, _ := strings.Cut(p.World.Hostname(), ".")
	name := self(p).Name
	p.Printf("Matching Defaults entries for %s on %s:\n    env_reset, mail_badpass, secure_path=/usr/local/sbin\\:/usr/local/bin\\:/usr/sbin\\:/usr/bin\\:/sbin\\:/bin, use_pty\n\n", name, host)
	p.Printf("User %s may run the following commands on %s:\n    (ALL : ALL) ALL\n", name, host)
}
