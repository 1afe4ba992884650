package shell

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// looped deals with break and continue after a turn of a loop; true where the
// loop is over.
func (in *interp) looped() bool {
	switch in.flow {
	case flowBreak:
		if in.count--; in.count <= 0 {
			in.flow = flowNone
		}
		return true
	case flowContinue:
		if in.count--; in.count > 0 {
			return true
		}
		in.flow = flowNone
	}
	return in.flow != flowNone
}

func (in *interp) while(c *syntax.WhileClause) {
	in.loops++
	defer func() { in.loops-- }()
	status := 0
	for {
		ok := in.cond(c.Cond)
		if in.flow != flowNone {
			if in.looped() {
				return
			}
			continue
		}
		if ok == c.Until {
			in.status = status
			return
		}
		in.stmts(c.Do)
		status = in.status
		if in.looped() || !in.step() {
			return
		}
	}
}

func (in *interp) forClause(c *syntax.ForClause) {
	in.loops++
	defer func() { in.loops-- }()
	switch l := c.Loop.(type) {
	case *syntax.CStyleLoop:
		in.cLoop(l, c.Do)
	case *syntax.WordIter:
		items := in.args
		if l.InPos.IsValid() {
			items = in.fields(l.Items)
		}
		if in.flow != flowNone {
			return
		}
		release, ok := in.hold(items)
		if !ok {
			return
		}
		defer release()
		if c.Select {
			in.selectLoop(l.Name.Value, items, c.Do)
			return
		}
		in.status = 0
		for _, s := range items {
			if in.opt["xtrace"] {
				in.trace("for " + l.Name.Value + " in " + strings.Join(items, " "))
			}
			if !in.setVar(l.Name.Value, s) {
				return
			}
			in.stmts(c.Do)
			if in.looped() || !in.step() {
				return
			}
		}
	}
}

func (in *interp) cLoop(l *syntax.CStyleLoop, do []*syntax.Stmt) {
	in.lets = "((: "
	defer func() { in.lets = "" }()
	if _, ok := in.arith(l.Init); !ok {
		in.status = 1
		return
	}
	for {
		in.lets = "((: "
		if l.Cond != nil {
			v, ok := in.arith(l.Cond)
			if !ok {
				in.status = 1
				return
			}
			if v == 0 {
				return
			}
		}
		in.lets = ""
		in.stmts(do)
		if in.looped() || !in.step() {
			return
		}
		in.lets = "((: "
		if _, ok := in.arith(l.Post); !ok {
			in.status = 1
			return
		}
	}
}

func (in *interp) caseClause(c *syntax.CaseClause) {
	s := in.text(c.Word)
	in.status = 0
	fall := false
	for _, item := range c.Items {
		if !fall && !in.caseMatches(item, s) {
			continue
		}
		if in.flow != flowNone {
			return
		}
		in.stmts(item.Stmts)
		fall = item.Op == syntax.Fallthrough
		if in.flow != flowNone || !fall && item.Op != syntax.Resume {
			return
		}
	}
}

func (in *interp) caseMatches(item *syntax.CaseItem, s string) bool {
	for _, w := range item.Patterns {
		p := compile(in.pattern(w))
		p.fold = in.opt["nocasematch"]
		matched := p.match(s)
		in.s.work(in.task.ctx, p.steps)
		if matched {
			return true
		}
	}
	return false
}
