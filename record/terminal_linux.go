package record

import (
	"os"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

const (
	// readSize is more than a terminal gives at once.
	readSize = 8 << 10
	// graceful is how long a shell may take to end after its terminal has.
	graceful = 3 * time.Second
	// quiet is how long no output may come after the shell has ended, where
	// somebody else still holds the terminal, and most how much may.
	quiet = 20 * time.Millisecond
	most  = 256 << 10
)

// session is a visit with a terminal: the outer one is the visitor's, the inner
// one the shell's.
type session struct {
	*visit
	modes *unix.Termios // of the outer terminal
	size  unix.Winsize
	inner pair
	pid   int

	once    sync.Once
	moved   atomic.Int64  // bytes of output
	busy    atomic.Bool   // bytes of output are on their way
	drained chan struct{} // closed when the inner terminal gives no more
	gone    chan struct{} // closed when the outer terminal does
	ready   chan struct{} // closed when the shell runs
}

// terminal runs the shell in a terminal of its own.
func (v *visit) terminal(modes *unix.Termios) int {
	s := &session{visit: v, modes: modes, drained: make(chan struct{}), gone: make(chan struct{}), ready: make(chan struct{})}
	if size, err := unix.IoctlGetWinsize(0, unix.TIOCGWINSZ); err == nil {
		s.size = *size
	}
	var err error
	if s.inner, err = openPair(modes, &s.size); err != nil {
		return v.unrecorded(skippedTerminal)
	}
	v.h.Width, v.h.Height = int(s.size.Col), int(s.size.Row)
	v.p.set("SSH_TTY", s.inner.name)
	came := signals(unix.SIGWINCH, unix.SIGCONT)
	marked := make(chan struct{})
	go mark(func() { s.keys(marked) })
	<-marked
	defer s.restore()
	s.raw()
	if err := s.begin(); err != nil {
		s.restore()
		return v.p.failed(err)
	}
	status, reason := s.attend(came)
	s.restore()
	return v.end(reason, status)
}

// begin starts the shell, then the recording and the streams.
func (s *session) begin() (err error) {
	stderr := 2
	if _, ok := terminal(2); ok {
		stderr = s.inner.slave
	}
	if s.pid, err = s.p.start(true, s.inner.slave, s.inner.slave, stderr); err != nil {
		return err
	}
	_ = unix.Close(s.inner.slave)
	leave(2) // whatever goes wrong from here on is not shown
	s.open()
	close(s.ready)
	go s.output()
	return nil
}

// raw has the outer terminal pass on each key as it is; restore gives it back
// the modes that it had. Keys that wait in it are lost by neither.
func (s *session) raw() { _ = unix.IoctlSetTermios(0, unix.TCSETS, raw(*s.modes)) }

func (s *session) restore() {
	s.once.Do(func() { _ = unix.IoctlSetTermios(0, unix.TCSETS, s.modes) })
}

// guard gives the terminal back where a stream breaks, and ends the session.
func (s *session) guard() {
	if recover() != nil {
		s.restore()
		os.Exit(1)
	}
}

// keys passes on what is typed.
func (s *session) keys(marked chan<- struct{}) {
	defer s.guard()
	close(marked)
	<-s.ready
	buf := make([]byte, readSize)
	for {
		n := read(0, buf)
		at := s.deck.now()
		if n == 0 {
			close(s.gone)
			return
		}
		s.deck.input(at, buf[:n])
		if !write(s.inner.master, buf[:n]) {
			return
		}
	}
}

// output passes on what is shown. When nobody sees it any more it is still taken
// from the shell, which must not wait.
func (s *session) output() {
	defer s.guard()
	buf := make([]byte, readSize)
	var yielded time.Duration
	for seen := true; ; {
		n := read(s.inner.master, buf)
		at := s.deck.now()
		if n == 0 {
			close(s.drained)
			return
		}
		s.busy.Store(true)
		if seen {
			s.deck.output(at, buf[:n])
			seen = write(1, buf[:n])
		}
		s.moved.Add(int64(n))
		s.busy.Store(false)
		yield(at, &yielded)
	}
}

// attend waits for the end of the shell, or for that of its terminal.
func (s *session) attend(came <-chan os.Signal) (status syscall.WaitStatus, reason string) {
	exited := await(s.pid)
	var passed time.Time
	var late <-chan time.Time
	gone := s.gone
	hangup := func() {
		gone, late, reason = nil, time.After(graceful), endHangup
		s.pass(unix.SIGHUP)
		s.pass(unix.SIGCONT)
	}
	for {
		select {
		case status = <-exited:
			if reason == "" {
				reason = cause(status, passed)
				s.settle(came)
			}
			return status, reason
		case sig := <-came:
			switch sig {
			case unix.SIGWINCH:
				s.resize()
			case unix.SIGCONT: // whoever stopped us may have changed the modes
				s.raw()
				s.resize()
			case unix.SIGHUP:
				hangup()
			default:
				passed = time.Now()
				s.pass(sig.(syscall.Signal))
			}
		case <-gone:
			hangup()
		case <-late:
			return syscall.WaitStatus(unix.SIGHUP), reason
		}
	}
}

// pass sends a signal to the shell's group and to the one in the foreground.
func (s *session) pass(sig syscall.Signal) {
	_ = unix.Kill(-s.pid, sig)
	if front, err := unix.IoctlGetInt(s.inner.master, unix.TIOCGPGRP); err == nil && front > 1 && front != s.pid {
		_ = unix.Kill(-front, sig)
	}
}

// resize brings the size of the outer terminal to the inner one.
func (s *session) resize() {
	size, err := unix.IoctlGetWinsize(0, unix.TIOCGWINSZ)
	if err != nil || *size == s.size {
		return
	}
	at := s.deck.now()
	s.size = *size
	s.deck.resize(at, int(size.Col), int(size.Row))
	_ = unix.IoctlSetWinsize(s.inner.master, unix.TIOCSWINSZ, size)
}

// settle waits for what the shell has printed before it ended. Where nobody else
// holds the terminal the kernel says when that is all.
func (s *session) settle(came <-chan os.Signal) {
	tick := time.NewTicker(quiet)
	defer tick.Stop()
	first := s.moved.Load()
	last := int64(-1)
	for {
		select {
		case <-s.drained:
			return
		case sig := <-came:
			if sig == unix.SIGHUP {
				return
			}
		case <-tick.C:
			now := s.moved.Load()
			if !s.busy.Load() && now == last && !s.pending() || now-first > most {
				return
			}
			last = now
		}
	}
}

// pending says whether there is something to read from the terminal that output has
// not read yet: what was printed, or that nobody has the terminal open any more. On
// a busy machine it may come to that only after longer than quiet.
func (s *session) pending() bool {
	n, err := unix.Poll([]unix.PollFd{{Fd: int32(s.inner.master), Events: unix.POLLIN}}, 0)
	return n > 0 || err == unix.EINTR
}
