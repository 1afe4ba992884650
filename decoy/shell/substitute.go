package shell

import (
	"strings"
	"syscall"

	"mvdan.cc/sh/v3/syntax"
)

// substitute runs a command and gives its output.
func (in *interp) substitute(p *syntax.CmdSubst) string {
	if len(p.Stmts) == 0 {
		in.substs++
		in.status = 0
		return ""
	}
	if text, ok := in.readSubst(p); ok {
		return text
	}
	if !in.enter() {
		return ""
	}
	defer in.leave()
	in.substs++
	r, w := newPipe(in.s.budget)
	c := in.fork(commandWords(p.Stmts, in.name), in.task.ctx)
	if c == nil {
		return ""
	}
	c.fds.set(1, w)
	c.substed = true
	if !in.posix && !in.opt["inherit_errexit"] {
		c.opt["errexit"] = false
	}
	done := c.run(func() { c.reuse = single(p.Stmts); c.stmts(p.Stmts) })
	text := in.gather(end{in.task, r})
	r.close()
	select {
	case <-done.done:
	case <-in.task.ctx.Done():
		done.await()
	}
	in.status, _ = done.result()
	return text
}

// gather reads the output of a command without the line ends behind it.
func (in *interp) gather(r end) string {
	var b []byte
	buf := make([]byte, 4096)
	warned := in.posix
	for {
		n, err := r.Read(buf)
		for _, c := range buf[:n] {
			if c != 0 {
				b = append(b, c)
			} else if !warned {
				warned = true
				in.complain("warning: command substitution: ignored null byte in input")
			}
		}
		if n > 0 && !in.take(n) {
			return ""
		}
		if err != nil {
			break
		}
	}
	in.give(len(b))
	return strings.TrimRight(string(b), "\n")
}

// untab takes the tabs at the beginning of lines away.
func untab(s string, first bool) string {
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		if i > 0 || first {
			lines[i] = strings.TrimLeft(l, "\t")
		}
	}
	return strings.Join(lines, "\n")
}

// readSubst answers $(<file) without another process.
func (in *interp) readSubst(p *syntax.CmdSubst) (string, bool) {
	st := p.Stmts[0]
	if len(p.Stmts) != 1 || st.Cmd != nil || len(st.Redirs) != 1 || st.Redirs[0].Op != syntax.RdrIn || st.Redirs[0].N != nil || in.posix {
		return "", false
	}
	name := in.text(st.Redirs[0].Word)
	s, err := in.open(name, 0)
	if err != nil {
		in.complain("%s: %s", name, errText(err))
		in.status = 1
		return "", true
	}
	defer s.close()
	if s.file != nil && s.file.IsDir() {
		in.complain("read error: 0: %s", errText(syscall.EISDIR))
	}
	in.status = 0
	return in.gather(end{in.task, s}), true
}
