package shell

import (
	"fmt"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"gait/decoy/visit"
)

// background starts a statement and goes on.
func (in *interp) background(st *syntax.Stmt) {
	in.notify(false)
	if len(in.jobs) > 2000 {
		in.jobs = in.jobs[1000:]
	}
	words := commandWords([]*syntax.Stmt{st}, in.name)
	c := in.fork(words, in.s.ctx) // it outlives the shell, not the session
	if c == nil {
		return
	}
	j := in.newJob(in.textOf(st))
	j.behind = true
	c.group = j.group
	if in.jobctl {
		c.life.place(true)
		c.behind = true
	} else if s := c.fds.get(0); s != nil && s.tty != nil || !in.inter {
		if !hasInput(st) {
			if f, err := in.fs.Open("/dev/null", 0, 0); err == nil {
				c.fds.set(0, fileStream(f))
			}
		}
	}
	run := *st
	run.Background = false
	c.quiet = 0
	k := c.run(func() { c.reuse = single([]*syntax.Stmt{&run}); c.stmt(&run) })
	j.add(k)
	in.bg = k.pid
	in.enlist(j)
	in.status = 0
	if in.inter && in.jobctl {
		fmt.Fprintf(in.writer(2), "[%d] %d\n", j.id, k.pid)
	}
}

// hasInput says whether a statement redirects its input.
func hasInput(st *syntax.Stmt) bool {
	for _, r := range st.Redirs {
		switch r.Op {
		case syntax.RdrIn, syntax.Hdoc, syntax.DashHdoc, syntax.WordHdoc, syntax.DplIn:
			return true
		}
	}
	return false
}

// single says whether a copy of the shell does nothing but run one command.
func single(list []*syntax.Stmt) bool {
	if len(list) != 1 || list[0].Negated || list[0].Background {
		return false
	}
	_, ok := list[0].Cmd.(*syntax.CallExpr)
	return ok
}

// commandWords gives the words of a command as ps shows them, where they can be
// told from the source.
func commandWords(list []*syntax.Stmt, name string) []string {
	if single(list) {
		var words []string
		for _, w := range list[0].Cmd.(*syntax.CallExpr).Args {
			l := w.Lit()
			if l == "" {
				if len(w.Parts) == 1 {
					if q, ok := w.Parts[0].(*syntax.SglQuoted); ok {
						l = q.Value
					}
				}
			}
			words = append(words, plain(l))
		}
		if len(words) > 0 && words[0] != "" {
			return words
		}
	}
	return []string{name}
}

// textOf gives the text of a statement as jobs shows it.
func (in *interp) textOf(st *syntax.Stmt) string {
	var b strings.Builder
	c := *st
	c.Background, c.Comments = false, nil
	p := syntax.NewPrinter(syntax.SingleLine(true))
	p.Print(&b, &c)
	s := plain(strings.TrimSpace(b.String()))
	if _, ok := c.Cmd.(*syntax.Subshell); ok && len(s) > 2 && s[len(s)-1] == ')' {
		s = "( " + s[1:len(s)-1] + " )"
	}
	if len(s) > 1000 {
		s = s[:1000]
	}
	return s
}

// subshell runs (...).
func (in *interp) subshell(c *syntax.Subshell) {
	k := in.fork([]string{in.name}, in.jobBase())
	if k == nil {
		return
	}
	j := in.newJob("")
	j.stmt = &syntax.Stmt{Cmd: c}
	k.group = j.group
	j.add(k.run(func() { k.stmts(c.Stmts) }))
	in.foreground(j)
}

// pipeline runs the stages of a pipeline at once.
func (in *interp) pipeline(c *syntax.BinaryCmd) {
	var stages []*syntax.Stmt
	var both []bool // what | takes is standard error too
	for at := c; ; {
		stages = append(stages, at.Y)
		both = append(both, at.Op == syntax.PipeAll)
		x, ok := at.X.Cmd.(*syntax.BinaryCmd)
		if !ok || x.Op != syntax.Pipe && x.Op != syntax.PipeAll || len(at.X.Redirs) > 0 || at.X.Negated {
			stages = append(stages, at.X)
			break
		}
		at = x
	}
	slices.Reverse(stages)
	slices.Reverse(both)
	for i := len(stages) - 1; i >= 0 && i == len(stages)-1; i-- {
		x, ok := stages[i].Cmd.(*syntax.BinaryCmd)
		if !ok || x.Op != syntax.Pipe && x.Op != syntax.PipeAll || len(stages[i].Redirs) > 0 || len(stages) > 200 {
			break
		}
		stages = append(stages[:i], x.X, x.Y)
		both = append(both, x.Op == syntax.PipeAll)
		i = len(stages)
	}
	text := ""
	if len(stages) < 100 {
		text = in.textOf(&syntax.Stmt{Cmd: c})
	}
	in.stages(stages, both, text)
}

func (in *interp) stages(stages []*syntax.Stmt, both []bool, text string) {
	j := in.newJob(text)
	var input *stream
	for i, st := range stages {
		var r, w *stream
		if i < len(stages)-1 {
			r, w = newPipe(in.s.budget)
		}
		c := in.fork(commandWords([]*syntax.Stmt{st}, in.name), in.jobBase())
		if c == nil {
			input.close()
			w.close()
			r.close()
			in.signalJob(j, visit.SIGTERM)
			break
		}
		c.group = j.group
		if input != nil {
			c.fds.set(0, input)
		}
		if w != nil {
			c.fds.set(1, w)
			if both[i] {
				c.fds.set(2, w.dup())
			}
		}
		input = r
		j.add(c.run(func() { c.reuse = single([]*syntax.Stmt{st}); c.stmt(st) }))
	}
	flow, status := in.flow, in.status
	in.foreground(j)
	if flow != flowNone && in.flow == flowNone {
		in.flow, in.status = flow, status
	}
}
