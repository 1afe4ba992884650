package shell

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"gait/decoy/visit"
)

// Files that shells read when they begin.
const (
	bashPrompt = `\[\e]0;\u@\h: \w\a\]${debian_chroot:+($debian_chroot)}\u@\h:\w\$ `
	rootPrompt = `${debian_chroot:+($debian_chroot)}\u@\h:\w\$ `
)

// profile reads what a login shell reads. A machine without these files gets
// what Debian's would have set.
func (in *interp) profile() {
	files := []string{"/etc/profile"}
	if in.posix {
		files = append(files, in.home()+"/.profile")
	} else {
		for _, f := range []string{".bash_profile", ".bash_login", ".profile"} {
			if i, err := in.fs.Stat(in.home() + "/" + f); err == nil && !i.IsDir() {
				files = append(files, in.home()+"/"+f)
				break
			}
		}
	}
	for _, f := range files {
		in.startup(f)
	}
}

// startup reads one file, if it is there.
func (in *interp) startup(name string) {
	s, err := in.open(name, 0)
	if err != nil || in.flow != flowNone {
		return
	}
	defer s.close()
	in.sourceStream(s, name, nil)
	if in.flow == flowAbort {
		in.flow = flowNone
	}
	in.status = 0
}

// interactive runs the shell on the terminal until it ends.
func (in *interp) interactive() int {
	in.inter, in.chatty, in.jobctl = true, true, true
	in.opt["monitor"], in.opt["histexpand"], in.opt["history"], in.opt["emacs"], in.opt["expand_aliases"] = true, true, true, true, true
	in.opt["login_shell"] = in.login
	in.setVar("PS1", map[bool]string{false: `\s-\v\$ `, true: "$ "}[in.posix])
	if in.posix && in.fs.UID == 0 {
		in.setVar("PS1", "# ")
	}
	in.setVar("PS2", "> ")
	if !in.posix {
		in.setVar("HISTFILE", in.home()+"/.bash_history")
		in.setVar("HISTSIZE", "500")
		in.setVar("HISTFILESIZE", "500")
	}
	in.protect(func() {
		if in.login {
			in.profile()
		} else if !in.posix {
			in.startup("/etc/bash.bashrc")
			in.startup(in.home() + "/.bashrc")
		}
		if !in.posix && in.flow == flowNone && in.get("PS1") == `\s-\v\$ ` {
			in.setVar("PS1", bashPrompt)
			if in.fs.UID == 0 {
				in.setVar("PS1", rootPrompt)
			}
		}
		if !in.posix && len(in.s.history()) == 0 {
			in.loadHistory()
		}
	})
	if in.flow == flowNone {
		in.loop()
	}
	if in.life.ctx.Err() != nil && in.flow != flowExit {
		in.status = 128 + killer(in.life.ctx)
	}
	status := in.finish()
	if !in.posix {
		in.saveHistory(false)
	}
	for _, j := range in.jobs {
		if j.stopped {
			j.group.signal(visit.SIGHUP)
		}
	}
	return status
}

// loop reads and runs lines.
func (in *interp) loop() {
	eofs := 0
	for in.flow == flowNone && in.life.ctx.Err() == nil {
		if in.warned && !in.warning {
			in.warned = false
		}
		in.warning = false
		in.task = newTask(in.life.ctx)
		in.task.shell = true
		in.line = 0
		in.notify(true)
		if c := in.get("PROMPT_COMMAND"); c != "" {
			in.protect(func() { in.runTrap(c) })
		}
		if in.flow != flowNone {
			break
		}
		line, err := in.ask("PS1", true)
		switch {
		case errors.Is(err, visit.ErrInterrupt):
			in.status = 130
			continue
		case err != nil && in.hungUp():
			in.status = 129
			return
		case err != nil && errors.Is(err, io.EOF):
			if n := in.get("IGNOREEOF"); in.opt["ignoreeof"] && eofs < 10 || n != "" && fmt.Sprint(eofs) != n {
				eofs++
				in.plainError("Use \"exit\" to leave the shell.")
				continue
			}
			if in.login {
				in.plainError("logout")
			} else if !in.posix {
				in.plainError("exit")
			}
			if in.stoppedJobs() {
				continue
			}
			return
		case err != nil:
			in.status = 129
			return
		}
		eofs = 0
		in.runLine(line)
	}
}

// hungUp says whether the terminal or the session is gone.
func (in *interp) hungUp() bool {
	select {
	case <-in.s.v.Terminal.Closed():
		in.s.cancel(sigCause(visit.SIGHUP))
		return true
	default:
		return in.life.ctx.Err() != nil
	}
}

// runLine runs a command that begins with a line.
func (in *interp) runLine(first string) {
	old := in.s.setFront(&front{line: in.task, stop: make(chan struct{}, 1)})
	defer in.s.setFront(old)
	given, interrupted := false, false
	s := &source{next: func(more bool) (string, error) {
		line := first
		if given {
			var err error
			if line, err = in.ask("PS2", false); err != nil {
				interrupted = errors.Is(err, visit.ErrInterrupt)
				return "", err
			}
		}
		given = true
		if !in.posix && in.opt["histexpand"] {
			line = in.expandHistory(line)
		}
		return line + "\n", nil
	}}
	in.oneLine = true
	in.protect(func() { in.runSource(s) })
	in.oneLine = false
	if interrupted {
		in.status = 130
	}
	switch {
	case in.flow == flowAbort:
		in.flow = flowNone
	case in.flow == flowBreak || in.flow == flowContinue || in.flow == flowReturn:
		in.flow = flowNone
	}
	if in.life.ctx.Err() == nil && killer(in.task.ctx) == int(visit.SIGINT) {
		in.status = 130
		in.out("")
		in.s.std[2].write(in.life.ctx, []byte("\n"))
	}
	in.depth, in.quiet, in.loops, in.evals, in.killedBy = 0, 0, 0, 0, 0
	in.task.cancel(sigCause(visit.SIGHUP))
}

// ask reads a line with a prompt.
func (in *interp) ask(prompt string, complete bool) (string, error) {
	text := in.prompt(in.get(prompt))
	if in.s.editor == nil || in.posix || in.s.v.Terminal == nil {
		in.s.std[2].write(in.task.ctx, []byte(visible(text)))
		return in.canonical(complete)
	}
	r := Request{Prompt: text, History: in.s.history(), Context: in.task.ctx}
	if complete {
		r.Complete = in.complete
	}
	line, err := in.s.editor.ReadLine(r)
	if err == nil {
		in.keepLine(line, complete)
	}
	return line, err
}

// canonical reads a line as the terminal gives it.
func (in *interp) canonical(first bool) (string, error) {
	t := in.task
	ctx, cancel := context.WithCancelCause(t.ctx)
	defer cancel(nil)
	asking := newTask(ctx)
	old := in.s.setFront(&front{line: asking, stop: make(chan struct{}, 1)})
	defer in.s.setFront(old)
	line, err := in.readVia(asking)
	if err != nil && in.life.ctx.Err() == nil && t.ctx.Err() == nil && killer(asking.ctx) == int(visit.SIGINT) {
		in.s.std[2].write(t.ctx, []byte("\n"))
		return "", visit.ErrInterrupt
	}
	if err == nil {
		in.keepLine(line, first)
	}
	return line, err
}

func (in *interp) readVia(t *task) (string, error) {
	save := in.task
	in.task = t
	line, err := in.readLine(in.fds.get(0))
	in.task = save
	if err != nil {
		return "", err
	}
	return strings.TrimRight(line, "\r\n"), nil
}

// visible takes out the marks around what takes no room.
func visible(s string) string {
	return strings.NewReplacer("\x01", "", "\x02", "").Replace(s)
}
