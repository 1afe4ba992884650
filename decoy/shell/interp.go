package shell

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"mvdan.cc/sh/v3/syntax"

	"gait/decoy/machine"
	"gait/decoy/proc"
	"gait/decoy/vfs"
	"gait/decoy/visit"
)

// flow says why the statements that follow are left out.
type flow int

const (
	flowNone flow = iota
	flowBreak
	flowContinue
	flowReturn
	flowAbort // the present command line; a script ends
	flowExit
)

// interp is one shell process.
type interp struct {
	s       *session
	posix   bool   // dash
	name    string // $0
	login   bool
	inter   bool // interactive
	dashC   bool // its text came as an argument
	chatty  bool // it is or comes from an interactive shell: errors have no line
	sub     bool // a subshell
	reuse   bool // the next program takes the place of the process
	pid     int  // $$
	own     int  // BASHPID
	ppid    int
	base    context.Context
	task    *task
	group   *group
	jobctl  bool
	fs      *vfs.FS
	fds     table
	vars    map[string]*variable
	frames  []*frame
	mine    *mine
	funcs   map[string]*function
	aliases map[string]string
	hashed  map[string]*hit
	args    []string
	opt     map[string]bool
	traps   map[string]string
	pending chan visit.Signal
	jobs    []*job
	jobSeq  []int // the present job last
	bg      int   // $!
	dirs    []string

	status       int
	pipes        []int // PIPESTATUS
	flow         flow
	count        int // levels that are broken or continued
	loops        int
	depth        int
	quiet        int // not 0 where set -e does not count
	substed      bool
	line         int
	where        string // file that is sourced
	lastArg      string
	began        time.Time
	random       uint32
	optAt        int // getopts
	optPlace     int
	substFDs     []int
	kept         *[]saved
	behind       bool // it runs in the background of a terminal
	inAlias      []string
	failedAssign bool
	badTest      bool
	warned       bool // of stopped jobs
	warning      bool // just now
	disabled     map[string]bool
	limits       map[byte]string
	trapMu       *sync.Mutex
	caught       map[string]string // traps, for whoever sends signals
	trapping     bool
	exiting      bool
	command      string
	present      *syntax.Stmt // the simple command that runs
	cwd          string       // logical working directory
	lost         int64        // memory taken of the budget
	level        int          // subshells around it
	lets         string       // what stands before errors of arithmetic
	evals        int
	inEval       int // calls of eval
	source       *source
	oneLine      bool
	fault        bool
	killedBy     int // the signal that ended it
	life         *task
	substs       int // command substitutions so far
}

// login makes the shell of a session.
func (s *session) login(posix bool) *interp {
	a := s.account
	in := &interp{s: s, posix: posix, name: "-" + base(a.Shell), login: true, base: s.ctx, vars: map[string]*variable{}, ppid: s.daemon}
	groups := a.Groups
	if len(groups) > 0 {
		groups = groups[1:]
	}
	in.fs = s.world.Root.As(a.UID, a.GID, groups...)
	in.fs.Umask = 0o022
	in.fs.Dir = "/"
	if in.fs.Chdir(a.Home) == nil {
		in.cwd = a.Home
	} else {
		in.cwd = "/"
	}
	in.fds = s.std.clone()
	args := []string{in.name}
	if s.v.Exec != "" {
		args = []string{base(a.Shell), "-c", s.v.Exec}
	}
	in.start(args, s.daemon)
	env := proc.Environ{"SHELL=" + a.Shell, "PWD=" + in.cwd, "LOGNAME=" + a.Name, "HOME=" + a.Home, "USER=" + a.Name}
	if lang := s.locale(); lang != "" {
		env = append(env, "LANG="+lang)
	}
	if a.UID == 0 {
		env = append(env, "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
	} else {
		env = append(env, "PATH=/usr/local/bin:/usr/bin:/bin:/usr/games")
	}
	if s.v.Terminal != nil {
		env = append(env, "TERM="+s.v.Terminal.Name())
	}
	if s.v.Service == "ssh" {
		r, l := s.v.Remote, s.local()
		env = append(env, fmt.Sprintf("SSH_CLIENT=%s %d %d", r.Addr(), r.Port(), l.Port()), fmt.Sprintf("SSH_CONNECTION=%s %d %s %d", r.Addr(), r.Port(), l.Addr(), l.Port()))
		if s.v.Terminal != nil {
			env = append(env, "SSH_TTY=/dev/"+s.tty)
		}
		env = append(env, "XDG_SESSION_TYPE=tty", "XDG_SESSION_CLASS=user", fmt.Sprintf("XDG_SESSION_ID=%d", machine.SessionNumber(s.daemon)), fmt.Sprintf("XDG_RUNTIME_DIR=/run/user/%d", a.UID))
		if s.v.Exec == "" && s.v.Terminal != nil {
			env = append(env, "MOTD_SHOWN=pam")
		}
	}
	for _, e := range s.v.Env {
		name, _, _ := strings.Cut(e, "=")
		if name == "LANG" || strings.HasPrefix(name, "LC_") {
			env = append(env, e)
		}
	}
	in.environment(env)
	return in
}

// start makes a new shell process of an interp.
func (in *interp) start(args []string, parent int) {
	in.opt = map[string]bool{"braceexpand": !in.posix, "hashall": true, "interactive-comments": true, "sourcepath": true, "progcomp": true, "extquote": true, "promptvars": true, "cmdhist": true, "complete_fullquote": true, "force_fignore": true, "globasciiranges": true, "globskipdots": true, "hostcomplete": true, "checkwinsize": true, "patsub_replacement": true}
	in.mine = &mine{}
	in.life = newTask(in.base)
	in.task, in.base = in.life, in.life.ctx
	in.life.shell = true
	in.group = newGroup()
	in.group.add(in.task)
	in.pending = make(chan visit.Signal, 8)
	in.trapMu = &sync.Mutex{}
	in.began = in.s.world.Now()
	in.random = uint32(in.began.UnixNano())
	in.own = in.spawn(args, parent, in.life)
	in.pid, in.ppid = in.own, parent
	in.fs.PID = in.own
	in.life.onSignal(in.trapped)
}

// spawn shows a process on the machine.
func (in *interp) spawn(args []string, parent int, t *task) int {
	a := in.s.account
	user := a.Name
	if in.fs.UID != a.UID {
		user = fmt.Sprint(in.fs.UID)
		if other, ok := in.s.world.AccountByUID(in.fs.UID); ok {
			user = other.Name
		}
	}
	kb := int64(2900 + 37*len(args)%500)
	state := "S"
	switch {
	case parent == in.s.daemon:
		state = "Ss"
	case in.s.v.Terminal != nil && !in.behind:
		state = "S+"
	}
	p := in.s.world.Spawn(machine.Proc{PPID: parent, UID: in.fs.UID, User: user, Session: in.s.daemon, TTY: in.s.tty, State: state, VSize: (kb + 4200) << 10, RSS: kb << 10, Args: args, Signal: t.signal})
	return p.PID
}

// close ends the process.
func (in *interp) close() {
	in.life.cancel(sigCause(visit.SIGHUP))
	in.fds.close()
	in.s.world.Reap(in.own)
	proc.Give(&in.s.budget.Memory, in.lost)
	in.lost = 0
}

// fork copies the process. It is nil where no more processes may run, after
// what bash says then.
func (in *interp) fork(args []string, base context.Context) *interp {
	if !in.mayFork() {
		return nil
	}
	c := *in
	in.mine, c.mine = &mine{}, &mine{}
	c.limits, c.disabled = maps.Clone(in.limits), maps.Clone(in.disabled)
	c.substFDs, c.kept, c.inAlias = nil, nil, slices.Clone(in.inAlias)
	c.sub, c.inter, c.login, c.jobctl, c.reuse, c.substed = true, false, false, false, false, false
	c.life = newTask(base)
	c.task, c.base = c.life, c.life.ctx
	c.life.shell = true
	c.life.onSignal(c.trapped)
	c.level++
	c.fs = in.fs.Clone()
	c.fds = in.fds.clone()
	c.vars = maps.Clone(in.vars)
	c.frames = nil
	for i := range in.frames {
		c.frames = append(c.frames, &frame{name: in.frames[i].name, source: in.frames[i].source, line: in.frames[i].line})
	}
	c.funcs, c.aliases, c.opt = maps.Clone(in.funcs), maps.Clone(in.aliases), maps.Clone(in.opt)
	c.hashed = make(map[string]*hit, len(in.hashed))
	for name, h := range in.hashed {
		own := *h
		c.hashed[name] = &own
	}
	c.traps, c.caught, c.trapMu = nil, nil, &sync.Mutex{}
	for k, v := range in.traps {
		if v == "" {
			c.setTrap(k, v)
		}
	}
	c.pending = make(chan visit.Signal, 8)
	c.jobs, c.jobSeq = nil, nil
	c.lost = 0
	c.exiting = false
	c.random = in.random*1103515245 + 12345
	c.own = c.spawn(args, in.own, c.task)
	c.fs.PID = c.own
	return &c
}

// forked is what is to be called when a copy ends.
func (c *interp) forked() {
	c.close()
	proc.Give(&c.s.budget.Processes, 1)
}

// mayFork takes one of the processes that may run; it says what bash says where
// there is none.
func (in *interp) mayFork() bool {
	for try := 0; ; try++ {
		if proc.Take(&in.s.budget.Processes, 1) {
			if proc.Take(&in.s.budget.Commands, 1) {
				return true
			}
			proc.Give(&in.s.budget.Processes, 1)
			try = 3
		}
		if in.posix {
			in.complain("Cannot fork")
			in.abort(2)
			return false
		}
		if try >= 3 {
			in.complain("fork: Resource temporarily unavailable")
			in.abort(254)
			return false
		}
		in.complain("fork: retry: Resource temporarily unavailable")
		if !in.sleep(time.Second << try) {
			return false
		}
	}
}

// sleep waits; it is false where the process was ended.
func (in *interp) sleep(d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-in.task.ctx.Done():
		return false
	}
}

// abort ends the present command line, or a script.
func (in *interp) abort(status int) {
	in.status, in.flow = status, flowAbort
}

// exit ends the shell.
func (in *interp) exit(status int) {
	in.status, in.flow = status, flowExit
}

// halted says whether no more statements are to be run.
func (in *interp) halted() bool {
	if in.flow != flowNone {
		return true
	}
	if in.task.ctx.Err() != nil {
		in.killed()
		return true
	}
	if len(in.pending) > 0 && !in.trapping {
		in.runTraps()
	}
	return in.flow != flowNone
}

// killed sets what a signal leaves behind.
func (in *interp) killed() {
	sig := killer(in.task.ctx)
	in.status, in.killedBy = 128+sig, sig
	if in.inter && in.base.Err() == nil {
		in.flow = flowAbort
		return
	}
	in.flow = flowExit
}

// step takes a step of the budget; false where the shell ends.
func (in *interp) step() bool {
	if in.halted() {
		return false
	}
	if !in.s.pace(in.task.ctx) {
		in.s.cancel(sigCause(visit.SIGKILL))
		in.exit(137)
		return false
	}
	return true
}

// deepest bounds the nesting of functions, substitutions and compound commands:
// bash would use up its stack and get SIGSEGV.
const deepest = 1200

// enter goes one level deeper; leave comes back.
func (in *interp) enter() bool {
	if in.depth++; in.depth <= deepest {
		return true
	}
	in.inter, in.killedBy = false, 11
	in.exit(139)
	return false
}

func (in *interp) leave() { in.depth-- }

// writer gives what a built-in writes to.
func (in *interp) writer(fd int) io.Writer { return end{in.task, in.fds.get(fd)} }

func (in *interp) out(text string) { io.WriteString(in.writer(1), text) }

// complain writes an error as the shell words it.
func (in *interp) complain(format string, args ...any) {
	io.WriteString(in.writer(2), in.prefix()+fmt.Sprintf(format, args...)+"\n")
}

// prefix is what errors begin with.
func (in *interp) prefix() string {
	name := in.name
	switch {
	case in.posix:
		if in.inEval > 0 {
			return fmt.Sprintf("%s: %d: eval: ", name, max(in.line, 1))
		}
		return fmt.Sprintf("%s: %d: ", name, max(in.line, 1))
	case in.chatty:
		return name + ": "
	}
	switch n := len(in.frames); {
	case n > 0 && !in.inter && in.frames[n-1].source != "" && in.frames[n-1].source != "main":
		name = in.frames[n-1].source
	case in.where != "":
		name = in.where
	}
	return fmt.Sprintf("%s: line %d: ", name, max(in.line, 0))
}

// home gives the home directory.
func (in *interp) home() string {
	if h, ok := in.lookup("HOME"); ok {
		return h
	}
	return in.s.account.Home
}

func base(path string) string { return path[strings.LastIndexByte(path, '/')+1:] }
