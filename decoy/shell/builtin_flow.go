package shell

import (
	"errors"
	"io/fs"
	"strings"
	"sync"
	"syscall"

	"gait/decoy/vfs"
	"gait/decoy/visit"
)

// lookupBuiltin finds a built-in by name. The list refers to functions that
// look into it, so that it is made when it is first needed.
func lookupBuiltin(name string) *builtin {
	builtinsOnce.Do(func() { builtinsByName = index(builtins()) })
	return builtinsByName[name]
}

var (
	builtinsOnce   sync.Once
	builtinsByName map[string]*builtin
)

func breakBuiltin(in *interp, args []string) int {
	n := 1
	if in.loops == 0 {
		if !in.posix {
			in.complain("%s: only meaningful in a `for', `while', or `until' loop", args[0])
		}
		return 0
	}
	if len(args) > 1 {
		v, ok := in.numberArg(args[0], args[1])
		if !ok {
			in.exit(128)
			return 128
		}
		if v < 1 {
			in.complain("%s: %s: loop count out of range", args[0], args[1])
			in.flow, in.count = flowBreak, 1000
			return 1
		}
		n = v
	}
	in.flow, in.count = flowBreak, min(n, in.loops)
	if args[0] == "continue" {
		in.flow = flowContinue
	}
	return 0
}

func returnBuiltin(in *interp, args []string) int {
	status := in.status
	if len(args) > 1 {
		n, ok := in.numberArg("return", args[1])
		if !ok {
			n = 2
		}
		status = n & 0xff
	}
	if len(in.frames) == 0 && in.where == "" && !in.posix {
		in.complain("return: can only `return' from a function or sourced script")
		return 2
	}
	in.status, in.flow = status, flowReturn
	return status
}

func exitBuiltin(in *interp, args []string) int {
	status := in.status
	if in.inter && !in.sub {
		if in.login {
			in.plainError("logout")
		} else if !in.posix {
			in.plainError("exit")
		}
	}
	if len(args) > 1 {
		n, ok := in.numberArg("exit", args[1])
		switch {
		case !ok && in.posix:
			return 2
		case !ok:
			n = 2
		case len(args) > 2:
			in.complain("exit: too many arguments")
			return 1
		}
		status = n & 0xff
	}
	if in.inter && !in.sub && in.stoppedJobs() {
		return 1
	}
	in.exit(status)
	return status
}

// stoppedJobs says that there are such, once; true where the shell stays.
func (in *interp) stoppedJobs() bool {
	if in.warned {
		return false
	}
	for _, j := range in.jobs {
		if j.stopped && !j.ended() {
			in.plainError("There are stopped jobs.")
			in.warned = true
			in.warning = true
			return true
		}
	}
	return false
}

func logoutBuiltin(in *interp, args []string) int {
	if !in.login || !in.inter {
		in.complain("logout: not login shell: use `exit'")
		return 1
	}
	return exitBuiltin(in, args)
}

func evalBuiltin(in *interp, args []string) int {
	args = args[1:]
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	text := strings.Join(args, " ")
	if strings.TrimSpace(text) == "" {
		return 0
	}
	if !in.enter() {
		return in.status
	}
	defer in.leave()
	in.status = 0
	in.evals++
	in.inEval++
	in.runSource(textSource(text + "\n"))
	in.evals--
	in.inEval--
	return in.status
}

func sourceBuiltin(in *interp, args []string) int {
	if len(args) > 1 && args[1] == "--" {
		args = args[1:]
	}
	if len(args) < 2 {
		if in.posix {
			in.complain("%s: filename argument required", args[0])
		} else {
			in.complain("%s: filename argument required", args[0])
			in.usage(args[0])
		}
		return 2
	}
	name := args[1]
	path := name
	if !strings.Contains(name, "/") {
		path = in.sourcePath(name)
	}
	s, err := in.open(path, 0)
	if err == nil && s.file != nil && s.file.IsDir() {
		s.close()
		in.complain("%s: %s: is a directory", args[0], name)
		return 1
	}
	if err != nil {
		if in.posix {
			in.complain("%s: cannot open %s: %s", args[0], name, strings.TrimSuffix(errText(err), " or directory"))
			in.exit(2)
			return 2
		}
		if !strings.Contains(name, "/") && errors.Is(err, fs.ErrNotExist) {
			in.complain("%s: %s", name, errText(err))
		} else {
			in.complain("%s: %s", name, errText(err))
		}
		return 1
	}
	defer s.close()
	return in.sourceStream(s, name, args[2:])
}

// sourcePath finds a file on the PATH, or here.
func (in *interp) sourcePath(name string) string {
	if in.opt["sourcepath"] || in.posix {
		for _, dir := range strings.Split(in.get("PATH"), ":") {
			file := strings.TrimSuffix(dir, "/") + "/" + name
			if i, err := in.fs.Stat(file); err == nil && i.Kind() == vfs.Regular && in.fs.Access(file, 4) == nil {
				return file
			}
		}
	}
	return name
}

// sourceStream runs the commands of a file in this shell.
func (in *interp) sourceStream(s *stream, name string, params []string) int {
	if !in.enter() {
		return in.status
	}
	defer in.leave()
	text, ok := in.slurp(s)
	if !ok {
		return in.status
	}
	where, args, line, evals := in.where, in.args, in.line, in.evals
	in.where, in.evals = name, 0
	if in.posix {
		in.where = ""
	}
	if len(params) > 0 && !in.posix {
		in.args = params
	}
	in.status = 0
	in.runSource(textSource(text))
	in.where, in.line, in.evals = where, line, evals
	if len(params) > 0 && !in.posix {
		in.args = args
	}
	if in.flow == flowReturn {
		in.flow = flowNone
	}
	in.give(len(text))
	return in.status
}

// slurp reads a whole script.
func (in *interp) slurp(s *stream) (string, bool) {
	var b []byte
	buf := make([]byte, 4096)
	r := end{in.task, s}
	for {
		n, err := r.Read(buf)
		if n > 0 && !in.take(n) {
			return "", false
		}
		if b = append(b, buf[:n]...); len(b) > mostScript || err != nil {
			break
		}
	}
	return string(b), true
}

func execBuiltin(in *interp, args []string) int {
	opts, rest, ok := in.letters(args, "cla:")
	if !ok {
		return 2
	}
	if len(rest) == 0 {
		return 0
	}
	env := in.environ()
	if _, c := opts['c']; c {
		env = nil
	}
	r := in.resolve(rest[0], env)
	if !r.found || r.err != nil {
		status := 127
		if in.posix || !strings.Contains(rest[0], "/") && !r.found {
			in.complain("exec: %s: not found", rest[0])
			in.s.caught(visit.Unknown, rest[0], nil)
		} else {
			text := errText(r.err)
			if r.err == nil {
				text = errText(syscall.ENOENT)
			}
			in.complain("%s: %s", rest[0], text)
			if errors.Is(r.err, syscall.EISDIR) || errors.Is(r.err, syscall.EACCES) {
				status = 126
				in.complain("exec: %s: cannot execute: %s", rest[0], text)
			}
		}
		if in.inter {
			return status
		}
		in.exit(status)
		return status
	}
	if name, ok := opts['a']; ok {
		rest = append([]string{name}, rest[1:]...)
	}
	in.jobctl = in.jobctl && in.inter
	in.command = strings.Join(rest, " ")
	if r.prog != nil && r.script == nil {
		in.start1(r.prog, rest, env)
	} else {
		in.scriptFile(r, rest, env)
	}
	in.traps = nil
	in.exit(in.status)
	return in.status
}

func shiftBuiltin(in *interp, args []string) int {
	n := 1
	if len(args) > 1 {
		v, ok := in.numberArg("shift", args[1])
		if !ok {
			return 1
		}
		n = v
	}
	if n < 0 {
		in.complain("shift: %s: shift count out of range", args[1])
		return 1
	}
	if n > len(in.args) {
		if in.posix {
			in.complain("shift: can't shift that many")
			in.exit(2)
			return 2
		}
		return 1
	}
	in.args = in.args[n:]
	return 0
}

func commandBuiltin(in *interp, args []string) int {
	opts, rest, ok := in.letters(args, "pvV")
	if !ok {
		return 2
	}
	if len(rest) == 0 {
		return 0
	}
	_, v := opts['v']
	_, V := opts['V']
	if v || V {
		status := 1
		for _, name := range rest {
			if in.describe(name, V, "command") {
				status = 0
			}
		}
		if in.posix && status != 0 {
			return 127
		}
		return status
	}
	if b := in.builtin(rest[0]); b != nil {
		return b.run(in, rest)
	}
	env := in.environ()
	if _, p := opts['p']; p {
		env = env.Set("PATH", "/usr/bin:/bin:/usr/sbin:/sbin")
	}
	in.external(rest, env)
	return in.status
}

func builtinBuiltin(in *interp, args []string) int {
	if len(args) < 2 {
		return 0
	}
	b := in.builtin(args[1])
	if b == nil {
		in.complain("builtin: %s: not a shell builtin", args[1])
		return 1
	}
	return b.run(in, args[1:])
}

func suspendBuiltin(in *interp, args []string) int {
	if !in.jobctl {
		in.complain("suspend: cannot suspend: no job control")
		return 1
	}
	if in.login {
		in.complain("suspend: cannot suspend a login shell")
		return 1
	}
	return 0
}

func callerBuiltin(in *interp, args []string) int {
	if len(in.frames) == 0 {
		return 1
	}
	f := in.frames[len(in.frames)-1]
	in.out(itoa(int64(f.line)) + " " + f.source + "\n")
	return 0
}
