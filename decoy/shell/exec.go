package shell

import (
	"fmt"
	"log/slog"
	"runtime/debug"
	"strings"
	"time"

	"mvdan.cc/sh/v3/syntax"
)

// protect runs f; a panic in it ends the shell as a fault of its own would.
func (in *interp) protect(f func()) {
	defer func() {
		if r := recover(); r != nil {
			fault("shell", r)
			in.inter = false
			in.fault = true
			in.exit(139)
		}
	}()
	f()
}

// fault reports a panic without anything that a visitor wrote.
func fault(what string, r any) {
	stack := string(debug.Stack())
	where := ""
	for _, line := range strings.Split(stack, "\n") {
		if strings.Contains(line, "/decoy/") && strings.Contains(line, ".go:") && !strings.Contains(line, "exec.go") {
			where = base(strings.Fields(line)[0])
			break
		}
	}
	slog.Error("panic in the decoy", "in", what, "type", fmt.Sprintf("%T", r), "at", where)
}

// stmts runs statements in a row.
func (in *interp) stmts(list []*syntax.Stmt) {
	for _, st := range list {
		if in.flow != flowNone {
			return
		}
		in.stmt(st)
	}
}

// stmt runs one statement.
func (in *interp) stmt(st *syntax.Stmt) {
	if st == nil || !in.step() || !in.enter() {
		return
	}
	defer in.leave()
	if in.opt["noexec"] && !in.inter {
		return
	}
	if st.Background {
		in.background(st)
		return
	}
	if l := st.Pos().Line(); l > 0 && in.evals == 0 {
		in.line = int(l)
	}
	if n := len(in.substFDs); true {
		defer func() { in.endSubsts(min(n, len(in.substFDs))) }()
	}
	if st.Negated {
		in.quiet++
		in.body(st)
		in.quiet--
		if in.flow == flowNone {
			in.status = int(truth(in.status == 0))
		}
		return
	}
	in.body(st)
	if in.flow == flowNone && in.status != 0 && in.failing(st) {
		in.failed()
	}
}

// failing says whether a failure of a statement counts for set -e: compound
// commands have counted already.
func (in *interp) failing(st *syntax.Stmt) bool {
	switch c := st.Cmd.(type) {
	case *syntax.BinaryCmd:
		return c.Op == syntax.Pipe || c.Op == syntax.PipeAll
	case *syntax.IfClause, *syntax.WhileClause, *syntax.ForClause, *syntax.CaseClause, *syntax.Block, *syntax.FuncDecl, *syntax.TimeClause:
		return len(st.Redirs) > 0
	}
	return true
}

// failed is what follows a command that failed.
func (in *interp) failed() {
	if in.quiet > 0 {
		return
	}
	if t, ok := in.traps["ERR"]; ok && t != "" && !in.trapping {
		in.runTrap(t)
	}
	if in.opt["errexit"] && in.flow == flowNone {
		in.exit(in.status)
	}
}

// body runs a statement with its redirections.
func (in *interp) body(st *syntax.Stmt) {
	if call, ok := st.Cmd.(*syntax.CallExpr); ok {
		in.call(call, st.Redirs)
		return
	}
	if len(st.Redirs) == 0 {
		in.cmd(st.Cmd)
		return
	}
	undo, ok := in.redirect(st.Redirs)
	defer undo()
	if !ok && in.flow != flowExit {
		in.status = 1
		if in.posix {
			in.status = 2
		}
	}
	if !ok {
		return
	}
	if st.Cmd == nil {
		in.status = 0
		return
	}
	in.cmd(st.Cmd)
}

// cmd runs a compound command.
func (in *interp) cmd(c syntax.Command) {
	switch c := c.(type) {
	case *syntax.CallExpr:
		in.call(c, nil)
	case *syntax.Block:
		in.stmts(c.Stmts)
	case *syntax.Subshell:
		in.subshell(c)
	case *syntax.BinaryCmd:
		in.binary(c)
	case *syntax.IfClause:
		in.ifClause(c)
	case *syntax.WhileClause:
		in.while(c)
	case *syntax.ForClause:
		in.forClause(c)
	case *syntax.CaseClause:
		in.caseClause(c)
	case *syntax.FuncDecl:
		in.define(c)
	case *syntax.ArithmCmd:
		in.lets = "((: "
		v, ok := in.arith(c.X)
		in.lets = ""
		in.status = int(truth(!ok || v == 0))
	case *syntax.TestClause:
		in.test(c)
	case *syntax.DeclClause:
		in.declClause(c)
	case *syntax.LetClause:
		in.letClause(c)
	case *syntax.TimeClause:
		in.timeClause(c)
	case *syntax.CoprocClause:
		in.background(&syntax.Stmt{Cmd: c.Stmt.Cmd, Redirs: c.Stmt.Redirs, Position: c.Pos()})
	}
}

// binary runs lists and pipelines. Long lists lean to the left: they are taken
// apart without recursion.
func (in *interp) binary(c *syntax.BinaryCmd) {
	if c.Op == syntax.Pipe || c.Op == syntax.PipeAll {
		in.pipeline(c)
		return
	}
	type link struct {
		op syntax.BinCmdOperator
		st *syntax.Stmt
	}
	var chain []link
	var first *syntax.Stmt
	for at := c; ; {
		chain = append(chain, link{at.Op, at.Y})
		first = at.X
		x, ok := at.X.Cmd.(*syntax.BinaryCmd)
		if !ok || (x.Op != syntax.AndStmt && x.Op != syntax.OrStmt) || at.X.Negated || len(at.X.Redirs) > 0 {
			break
		}
		at = x
	}
	in.quiet++
	in.stmt(first)
	for i := len(chain) - 1; i >= 0 && in.flow == flowNone; i-- {
		if (chain[i].op == syntax.AndStmt) != (in.status == 0) {
			continue
		}
		if i == 0 {
			in.quiet--
			in.stmt(chain[i].st)
			return
		}
		in.stmt(chain[i].st)
	}
	in.quiet--
}

// cond runs what a condition is made of.
func (in *interp) cond(list []*syntax.Stmt) bool {
	in.quiet++
	in.stmts(list)
	in.quiet--
	return in.status == 0 && in.flow == flowNone
}

func (in *interp) ifClause(c *syntax.IfClause) {
	for ; c != nil; c = c.Else {
		if len(c.Cond) == 0 {
			in.stmts(c.Then)
			return
		}
		if in.cond(c.Cond) {
			in.stmts(c.Then)
			return
		}
		if in.flow != flowNone {
			return
		}
	}
	in.status = 0
}

// funcBody is what a function does.
type funcBody struct {
	stmt   *syntax.Stmt
	source string
}

func (in *interp) define(c *syntax.FuncDecl) {
	if c.Name == nil {
		return
	}
	name := plain(c.Name.Value)
	if in.funcs == nil {
		in.funcs = map[string]*function{}
	}
	if !in.take(int(c.End().Offset()-c.Pos().Offset())*4 + 128) {
		return
	}
	source := in.where
	if source == "" {
		source = "main"
		if !in.inter && !in.dashC {
			source = in.name
		}
		if in.dashC {
			source = "environment"
		}
	}
	in.funcs[name] = &function{name: name, body: &funcBody{c.Body, source}}
	in.status = 0
}

// invoke calls a function.
func (in *interp) invoke(f *function, args []string) {
	if !in.enter() {
		return
	}
	defer in.leave()
	if most := in.get("FUNCNEST"); most != "" && itoa(int64(len(in.frames))) == most {
		in.complain("%s: maximum function nesting level exceeded (%s)", f.name, most)
		in.abort(1)
		return
	}
	fr := &frame{name: f.name, args: in.args, source: f.body.source, line: in.line}
	loops, quiet := in.loops, in.quiet
	in.frames = append(in.frames, fr)
	in.args, in.loops = args, 0
	in.stmt(f.body.stmt)
	in.args, in.loops, in.quiet = fr.args, loops, quiet
	in.frames = in.frames[:len(in.frames)-1]
	in.restore(fr)
	if in.flow == flowReturn {
		in.flow = flowNone
	}
	if t, ok := in.traps["RETURN"]; ok && t != "" {
		in.runTrap(t)
	}
}

// timeClause runs a command and says how long it took.
func (in *interp) timeClause(c *syntax.TimeClause) {
	began := time.Now()
	if c.Stmt != nil {
		in.stmt(c.Stmt)
	}
	took := time.Since(began).Seconds()
	cpu := min(took, 0.001)
	if c.PosixFormat {
		fmt.Fprintf(in.writer(2), "real %.2f\nuser %.2f\nsys %.2f\n", took, cpu, cpu)
		return
	}
	show := func(v float64) string { return fmt.Sprintf("%dm%.3fs", int(v)/60, v-float64(int(v)/60*60)) }
	fmt.Fprintf(in.writer(2), "\nreal\t%s\nuser\t%s\nsys\t%s\n", show(took), show(cpu), show(cpu))
}

// trace shows a command for set -x.
func (in *interp) trace(text string) {
	ps4 := in.get("PS4")
	if strings.ContainsAny(ps4, "$`\\") {
		ps4 = in.prompt(ps4)
	}
	fmt.Fprint(in.writer(2), ps4+text+"\n")
}
