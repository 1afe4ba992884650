package record

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// plan is what is run.
type plan struct {
	path    string
	argv    []string
	env     []string
	command string // that was given at login
}

// originalCommand is where sshd leaves the command of a visitor whom it makes
// run another one.
const originalCommand = "SSH_ORIGINAL_COMMAND"

// plan finds the shell and its arguments: as a login shell would be called, with
// a command as sshd calls one with it, or as the command line says.
func (o *Options) plan() (p plan, err error) {
	p.env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, originalCommand+"=") })
	original := os.Getenv(originalCommand)
	switch {
	case len(o.Command) > 0:
		p.argv = slices.Clone(o.Command)
		if p.path, err = exec.LookPath(p.argv[0]); err != nil {
			return p, fmt.Errorf("cannot run %q: %w", p.argv[0], err)
		}
	default:
		p.path = o.userShell()
		p.argv = []string{base(p.path)}
	}
	switch {
	case o.Login:
		if o.Dash {
			p.argv[0] = "-" + p.argv[0]
		}
		p.argv = append(p.argv, o.Args...)
		for i, arg := range o.Args {
			if commandFlag(arg) && i+1 < len(o.Args) {
				p.command = o.Args[i+1]
				break
			}
		}
	case original != "":
		p.argv, p.command = append(p.argv, "-c", subsystem(original)), original
	case len(o.Command) == 0:
		p.argv[0] = "-" + p.argv[0]
	}
	if shell := os.Getenv("SHELL"); shell != "" && ourselves(shell) {
		p.set("SHELL", p.path)
	}
	return p, nil
}

// subsystem gives what is to be run for a command: a server that sshd has within
// itself is a program of its own here.
func subsystem(command string) string {
	const within = "internal-sftp"
	if command != within && !strings.HasPrefix(command, within+" ") {
		return command
	}
	for _, path := range []string{"/usr/lib/openssh/sftp-server", "/usr/libexec/openssh/sftp-server", "/usr/lib/ssh/sftp-server", "/usr/libexec/sftp-server"} {
		if runnable(path) {
			return path + command[len(within):]
		}
	}
	return command
}

// set changes a variable that is there.
func (p *plan) set(name, value string) {
	for i, v := range p.env {
		if strings.HasPrefix(v, name+"=") {
			p.env[i] = name + "=" + value
		}
	}
}

// userShell gives the shell of the user: what the operator says, what stands in
// /etc/passwd, or what sshd found elsewhere; never this program.
func (o *Options) userShell() string {
	passwd, err := os.ReadFile("/etc/passwd")
	if err != nil {
		passwd = nil
	}
	for _, path := range []string{o.Shell, passwdShell(passwd, os.Getuid(), os.Getenv("LOGNAME")), os.Getenv("SHELL"), "/bin/bash"} {
		if strings.HasPrefix(path, "/") && runnable(path) && !ourselves(path) {
			return path
		}
	}
	return "/bin/sh"
}

// passwdShell finds the shell of a user. Where several have one number, the name
// decides.
func passwdShell(passwd []byte, uid int, name string) (shell string) {
	id := strconv.Itoa(uid)
	for line := range bytes.Lines(passwd) {
		f := strings.Split(strings.TrimSuffix(string(line), "\n"), ":")
		if len(f) != 7 || f[2] != id {
			continue
		}
		if f[6] == "" {
			f[6] = "/bin/sh"
		}
		if shell == "" || f[0] == name {
			shell = f[6]
		}
	}
	return shell
}

func runnable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o111 != 0
}

// ourselves says whether a path leads to the program that runs.
func ourselves(path string) bool {
	a, err := os.Stat(path)
	if err != nil {
		return false
	}
	b, err := os.Stat("/proc/self/exe")
	return err == nil && os.SameFile(a, b)
}

// become runs the shell in the place of this process. It returns where that
// cannot be done.
func (p *plan) become() int { return p.failed(syscall.Exec(p.path, p.argv, p.env)) }

// failed says that the shell cannot be run, as a shell says it of a program.
func (p *plan) failed(err error) int {
	fmt.Fprintf(os.Stderr, "%s: %v\n", p.path, err)
	if os.IsNotExist(err) {
		return 127
	}
	return 126
}

// start runs the shell with descriptors. With a terminal it leads a session of
// its own, which that terminal controls.
func (p *plan) start(leads bool, fds ...int) (pid int, err error) {
	attr := &syscall.ProcAttr{Env: p.env, Sys: &syscall.SysProcAttr{Setsid: leads, Setctty: leads}}
	for _, fd := range fds {
		attr.Files = append(attr.Files, uintptr(fd))
	}
	return syscall.ForkExec(p.path, p.argv, attr)
}
