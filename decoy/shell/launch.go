package shell

import (
	"context"
	"time"

	"gait/decoy/machine"
	"gait/decoy/proc"
	"gait/decoy/visit"
)

// kid is a process that the shell started: a program or a copy of the shell.
type kid struct {
	pid    int
	done   chan struct{}
	task   *task
	name   string
	group  *group
	status int // after done
	killed int // the signal that ended it, 0 for none
}

// program says how a program is started.
type program struct {
	env   proc.Environ
	group *group
	base  context.Context // nil for that of the command line
}

// jobBase gives what a job lives in: with job control it may outlive the
// command line.
func (in *interp) jobBase() context.Context {
	if in.jobctl {
		return in.life.ctx
	}
	return in.task.ctx
}

// launch starts a program; nil where no more may run.
func (in *interp) launch(prog *proc.Program, args []string, how program) *kid {
	if how.base == nil {
		how.base = in.jobBase()
	}
	k := &kid{done: make(chan struct{}), task: newTask(how.base), name: args[0], group: how.group}
	taken := in.reuse
	if taken {
		k.pid = in.own
		in.reuse = false
	} else {
		if !in.mayFork() {
			return nil
		}
		k.pid = in.spawn(args, in.own, k.task)
	}
	fds := in.fds.clone()
	p := in.process(args, how.env, k, fds)
	if in.behind && in.life.inBack() {
		k.task.place(true)
	}
	how.group.add(k.task)
	go func() {
		k.status = runProtected(prog, p)
		k.killed = killer(k.task.ctx)
		if k.fault(p) {
			k.killed = 11
		}
		fds.close()
		how.group.drop(k.task)
		if !taken {
			in.s.world.Reap(k.pid)
			proc.Give(&in.s.budget.Processes, 1)
		}
		k.task.cancel(sigCause(visit.SIGHUP))
		if k.killed != 0 {
			k.status = 128 + k.killed
		}
		close(k.done)
	}()
	return k
}

func (k *kid) fault(p *proc.Process) bool { return k.status == faulted }

// faulted is the status of a program that panicked.
const faulted = -139

// runProtected runs a program; a panic is a fault of its own.
func runProtected(prog *proc.Program, p *proc.Process) (status int) {
	defer func() {
		if r := recover(); r != nil {
			fault("program "+prog.Name, r)
			status = faulted
		}
	}()
	if status = prog.Run(p); status != faulted {
		status &= 0xff
	}
	return status
}

// process makes what a program is given.
func (in *interp) process(args []string, env proc.Environ, k *kid, fds table) *proc.Process {
	fs := in.fs.Clone()
	fs.PID = k.pid
	p := &proc.Process{Ctx: k.task.ctx, Args: args, Env: env, FS: fs, World: in.s.world, Visit: in.s.v, PID: k.pid, PPID: in.own,
		In: end{k.task, fds.get(0)}, Out: end{k.task, fds.get(1)}, Err: end{k.task, fds.get(2)},
		Budget: in.s.budget, Sink: in.s.sh.o.Sink, Keep: in.s.sh.o.Uploads, Pipe: in.s.openPipe(k)}
	tty := func(fd int) bool { s := fds.get(fd); return s != nil && s.tty != nil }
	p.InTTY, p.OutTTY, p.ErrTTY = tty(0), tty(1), tty(2)
	if in.s.v.Terminal != nil {
		p.Terminal = in.s.v.Terminal
		if s := in.s.std[0]; s != nil {
			p.Terminal = guarded{in.s.v.Terminal, end{k.task, s}}
		}
	}
	p.Shell = caller{in, k}
	p.Files = openFiles(k, fds)
	return p
}

// guarded is the terminal as one process uses it.
type guarded struct {
	visit.Terminal
	e end
}

func (g guarded) Read(p []byte) (int, error)  { return g.e.Read(p) }
func (g guarded) Write(p []byte) (int, error) { return g.e.Write(p) }

// run runs f in a copy of the shell, on a goroutine of its own.
func (c *interp) run(f func()) *kid {
	k := &kid{done: make(chan struct{}), task: c.life, pid: c.own, name: c.name}
	c.group.add(c.life)
	go func() {
		c.protect(f)
		k.status = c.finish()
		k.killed = c.killedBy
		if k.killed == 0 {
			if sig := killer(c.life.ctx); sig != 0 {
				k.killed, k.status = sig, 128+sig
			}
		}
		if c.fault {
			k.killed = 11
		}
		c.killedBy = k.killed
		c.group.drop(c.life)
		c.forked()
		close(k.done)
	}()
	return k
}

// grace is how long a process may take to end after it was told to.
const grace = 3 * time.Second

// await waits for a process that was told to end, but not for long.
func (k *kid) await() {
	t := time.NewTimer(grace)
	defer t.Stop()
	select {
	case <-k.done:
	case <-t.C:
	}
}

// result gives the exit code, and the signal that ended the process. One that
// does not end counts as killed.
func (k *kid) result() (status, killed int) {
	if !k.ended() {
		return 137, 9
	}
	return k.status, k.killed
}

// ended says whether a process ended.
func (k *kid) ended() bool {
	select {
	case <-k.done:
		return true
	default:
		return false
	}
}

// runShell starts a shell process for a program that is one: p is the program.
func (s *session) newShell(p *proc.Process, posix bool, name string) *interp {
	in := &interp{s: s, posix: posix, name: name, base: p.Ctx, vars: map[string]*variable{}, fs: p.FS.Clone(), cwd: p.FS.Dir}
	if pwd := p.Env.Get("PWD"); pwd != "" {
		if a, err := p.FS.Real(pwd); err == nil {
			if b, err := p.FS.Real("."); err == nil && a == b {
				in.cwd = pwd
			}
		}
	}
	in.fds = processFiles(s, p)
	in.life = newTask(in.base)
	in.start([]string{name}, p.PPID)
	s.world.Reap(in.own)
	in.own, in.pid, in.ppid = p.PID, p.PID, p.PPID
	in.fs.PID = p.PID
	in.environment(p.Env)
	return in
}

// processFiles gives the descriptors of a program as those of a shell.
func processFiles(s *session, p *proc.Process) table {
	conv := func(v any, tty bool) *stream {
		if e, ok := v.(end); ok && e.s != nil {
			return e.s.dup()
		}
		if v == nil {
			return textStream("")
		}
		st := newStream()
		if r, ok := v.(interface{ Read([]byte) (int, error) }); ok {
			st.read = func(ctx context.Context, b []byte) (int, error) { return r.Read(b) }
		}
		if w, ok := v.(interface{ Write([]byte) (int, error) }); ok {
			st.write = func(ctx context.Context, b []byte) (int, error) { return w.Write(b) }
		}
		if tty {
			st.tty = s.v.Terminal
		}
		return st
	}
	return table{conv(p.In, p.InTTY), conv(p.Out, p.OutTTY), conv(p.Err, p.ErrTTY)}
}

// asAccount gives the account that a process runs as.
func (in *interp) asAccount() machine.Account {
	if a, ok := in.s.world.AccountByUID(in.fs.UID); ok {
		return a
	}
	return machine.Account{Name: itoa(int64(in.fs.UID)), UID: in.fs.UID, GID: in.fs.GID, Home: "/"}
}
