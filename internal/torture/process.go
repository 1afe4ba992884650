package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"
)

// process is one that is started again whenever it ends.
type process struct {
	name string
	path string
	args []string
	env  []string
	uid  uint32 // who it runs as; 0 for whoever runs this program
	log  string // where its output goes

	mu      sync.Mutex
	cmd     *exec.Cmd
	held    bool          // it is not to be started
	changed chan struct{} // closed when it ends or is let go on
	starts  int
	done    chan struct{} // the supervisor has ended
}

// supervise starts the process and keeps it running until the context ends;
// then it is asked to end, and killed after a while.
func (p *process) supervise(ctx context.Context) {
	p.done = make(chan struct{})
	p.changed = make(chan struct{})
	go func() {
		defer close(p.done)
		for ctx.Err() == nil {
			if !p.wait(ctx) {
				return
			}
			if err := p.once(ctx); err != nil {
				fmt.Fprintf(os.Stderr, "torture: %s: %v\n", p.name, err)
				pause(ctx, 100*time.Millisecond)
			}
		}
	}()
}

// wait waits while the process is held.
func (p *process) wait(ctx context.Context) bool {
	for {
		p.mu.Lock()
		held, changed := p.held, p.changed
		p.mu.Unlock()
		if !held {
			return true
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return false
		}
	}
}

// once runs the process until it ends.
func (p *process) once(ctx context.Context) error {
	log, err := os.OpenFile(p.log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return err
	}
	defer log.Close()
	cmd := exec.CommandContext(ctx, p.path, p.args...)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 15 * time.Second
	cmd.Env = append(os.Environ(), p.env...)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if p.uid != 0 {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: p.uid, Gid: p.uid}
	}
	fmt.Fprintf(log, "--- start %d\n", p.starts)
	if err := cmd.Start(); err != nil {
		return err
	}
	p.mu.Lock()
	p.cmd = cmd
	p.starts++
	p.mu.Unlock()
	err = cmd.Wait()
	fmt.Fprintf(log, "--- ended: %v\n", err)
	p.mu.Lock()
	p.cmd = nil
	close(p.changed)
	p.changed = make(chan struct{})
	p.mu.Unlock()
	if code := cmd.ProcessState.ExitCode(); code > 0 && ctx.Err() == nil {
		pause(ctx, 200*time.Millisecond) // it did not die by our hand: not in a hurry
	}
	return nil
}

// kill sends SIGKILL to the process and all that it started. It is false where
// it was not running.
func (p *process) kill() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd == nil || p.cmd.Process == nil {
		return false
	}
	return syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL) == nil
}

// hold keeps the process from being started again, and ends it.
func (p *process) hold() {
	p.mu.Lock()
	p.held = true
	p.mu.Unlock()
	p.kill()
}

// release lets a process that is held start again.
func (p *process) release() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.held = false
	close(p.changed)
	p.changed = make(chan struct{})
}

// pause waits, or less where the context ends. It is false then.
func pause(ctx context.Context, d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-ctx.Done():
		return false
	}
}
