package shell

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"syscall"

	"gait/decoy/proc"
	"gait/decoy/visit"
)

// sigCause is the cause of a context that a signal ended.
type sigCause visit.Signal

func (s sigCause) Error() string { return fmt.Sprintf("signal %d", int(s)) }

// killer gives the number of the signal that ended a context, 0 for none.
func killer(ctx context.Context) int {
	if ctx.Err() == nil {
		return 0
	}
	var s sigCause
	if errors.As(context.Cause(ctx), &s) {
		return int(s)
	}
	return int(visit.SIGHUP)
}

// task is something that runs and that signals reach.
type task struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
	shell  bool // it is a shell, and may say that a program was killed

	mu     sync.Mutex
	trap   func(visit.Signal) bool // true where it deals with the signal itself
	gate   chan struct{}           // not nil while it is stopped; closed when it goes on
	behind bool                    // it runs in the background of a terminal
	moved  chan struct{}           // closed when behind changes
}

func newTask(ctx context.Context) *task {
	t := &task{}
	t.ctx, t.cancel = context.WithCancelCause(ctx)
	return t
}

// Signals that stop or continue, beside those of package visit.
const (
	sigCont visit.Signal = 18
	sigStop visit.Signal = 19
)

// signal delivers one.
func (t *task) signal(s visit.Signal) {
	switch s {
	case visit.SIGTSTP, sigStop:
		t.stop()
		return
	case sigCont:
		t.resume()
		return
	case 0, visit.SIGWINCH, 17, 23:
		return
	}
	t.mu.Lock()
	trap := t.trap
	t.mu.Unlock()
	if s != visit.SIGKILL && trap != nil && trap(s) {
		return
	}
	t.cancel(sigCause(s))
	t.resume()
}

func (t *task) stop() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.gate == nil {
		t.gate = make(chan struct{})
	}
}

func (t *task) resume() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.gate != nil {
		close(t.gate)
		t.gate = nil
	}
}

// place says whether it is in the background.
func (t *task) place(behind bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.behind = behind
	if t.moved != nil {
		close(t.moved)
		t.moved = nil
	}
}

// onSignal sets who is asked first for each signal, nil for nobody.
func (t *task) onSignal(trap func(visit.Signal) bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.trap = trap
}

// inBack says whether it is in the background.
func (t *task) inBack() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.behind
}

// pass waits while the task is stopped, and while it must not read the
// terminal because it is in the background.
func (t *task) pass(terminal bool) error {
	for {
		t.mu.Lock()
		wait := t.gate
		if wait == nil && terminal && t.behind {
			if t.moved == nil {
				t.moved = make(chan struct{})
			}
			wait = t.moved
		}
		t.mu.Unlock()
		if t.ctx.Err() != nil {
			return t.ctx.Err()
		}
		if wait == nil {
			return nil
		}
		select {
		case <-wait:
		case <-t.ctx.Done():
		}
	}
}

// end is one end of a stream as a task has it.
type end struct {
	t *task
	s *stream
}

// Read reads from the stream.
func (e end) Read(p []byte) (int, error) {
	if e.s == nil || e.s.read == nil {
		return 0, syscall.EBADF
	}
	if err := e.t.pass(e.s.tty != nil); err != nil {
		return 0, err
	}
	return e.s.read(e.t.ctx, p)
}

// Write writes to the stream. Nobody reading any more ends the task with
// SIGPIPE, a spent budget with SIGKILL.
func (e end) Write(p []byte) (int, error) {
	if e.s == nil || e.s.write == nil {
		return 0, syscall.EBADF
	}
	if err := e.t.pass(false); err != nil {
		return 0, err
	}
	n, err := e.s.write(e.t.ctx, p)
	switch {
	case err == nil:
	case errors.Is(err, syscall.EPIPE):
		e.t.signal(visit.SIGPIPE)
	case errors.Is(err, proc.ErrSpent) && e.t.shell && e.s.force != nil && len(p) < 512:
		e.s.force(p)
		return len(p), nil
	case errors.Is(err, proc.ErrSpent):
		e.t.cancel(sigCause(visit.SIGKILL))
	}
	return n, err
}

var _ io.ReadWriter = end{}

// group is a process group.
type group struct {
	mu      sync.Mutex
	members map[*task]bool
}

func newGroup() *group { return &group{members: map[*task]bool{}} }

func (g *group) add(t *task) {
	g.mu.Lock()
	g.members[t] = true
	g.mu.Unlock()
}

func (g *group) drop(t *task) {
	g.mu.Lock()
	delete(g.members, t)
	g.mu.Unlock()
}

// list gives the members.
func (g *group) list() []*task {
	g.mu.Lock()
	defer g.mu.Unlock()
	l := make([]*task, 0, len(g.members))
	for t := range g.members {
		l = append(l, t)
	}
	return l
}

func (g *group) signal(s visit.Signal) {
	for _, t := range g.list() {
		t.signal(s)
	}
}

// place moves it to the background or to the foreground.
func (g *group) place(behind bool) {
	for _, t := range g.list() {
		t.place(behind)
	}
}
