package record

import (
	"os"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// passed runs a command without a terminal. It has the very descriptors that
// this process was started with, and this process lets go of them, so that each
// end that one side closes is seen by the other.
func (v *visit) passed() int {
	came := signals()
	pid, err := v.p.start(false, 0, 1, 2)
	if err != nil {
		return v.p.failed(err)
	}
	leave(0, 1, 2)
	v.open()
	status, reason := follow(pid, came, nil)
	return v.end(reason, status)
}

// follow waits for the end of a process, and passes signals on to it; then, if
// there is more to wait for, until that is done too, or a signal comes.
func follow(pid int, came <-chan os.Signal, more <-chan struct{}) (status syscall.WaitStatus, reason string) {
	exited := await(pid)
	var at time.Time
	hangup := false
	for {
		select {
		case status = <-exited:
			if reason = cause(status, at); reason == endSignal && hangup {
				reason = endHangup
			}
			if exited = nil; more == nil {
				return status, reason
			}
		case sig := <-came:
			if exited == nil {
				return status, reason
			}
			at, hangup = time.Now(), sig == unix.SIGHUP
			_ = unix.Kill(pid, sig.(syscall.Signal))
		case <-ended(exited, more):
			return status, reason
		}
	}
}

// ended is what there is more to wait for, once the process itself has ended.
func ended(exited <-chan syscall.WaitStatus, more <-chan struct{}) <-chan struct{} {
	if exited != nil {
		return nil
	}
	return more
}

// piped runs a shell that reads its commands from something that is no terminal:
// what it reads is recorded as input, what it and its programs write as output.
// Each end that is closed on one side is closed on the other.
func (v *visit) piped() int {
	came := signals()
	var in, out, wrong [2]int
	same := sameFile(1, 2)
	err := unix.Pipe2(in[:], unix.O_CLOEXEC)
	if err == nil {
		err = unix.Pipe2(out[:], unix.O_CLOEXEC)
	}
	if wrong = out; err == nil && !same {
		err = unix.Pipe2(wrong[:], unix.O_CLOEXEC)
	}
	if err != nil {
		return v.unrecorded(skippedTerminal)
	}
	pid, err := v.p.start(false, in[0], out[1], wrong[1])
	if err != nil {
		return v.p.failed(err)
	}
	_, _ = unix.Close(in[0]), unix.Close(out[1])
	v.open()
	go v.tell(in[1])
	var both sync.WaitGroup
	both.Go(func() { v.show(out[0], 1) })
	if same {
		leave(2)
	} else {
		_ = unix.Close(wrong[1])
		both.Go(func() { v.show(wrong[0], 2) })
	}
	shown := make(chan struct{})
	go func() { both.Wait(); close(shown) }()
	status, reason := follow(pid, came, shown)
	return v.end(reason, status)
}

// sameFile says whether two descriptors are of one file.
func sameFile(a, b int) bool {
	var x, y unix.Stat_t
	return unix.Fstat(a, &x) == nil && unix.Fstat(b, &y) == nil && x.Dev == y.Dev && x.Ino == y.Ino
}

// tell passes on what the shell is to read.
func (v *visit) tell(to int) {
	buf := make([]byte, readSize)
	var yielded time.Duration
	for {
		n := read(0, buf)
		at := v.deck.now()
		if n > 0 {
			v.deck.input(at, buf[:n])
		}
		if n == 0 || !write(to, buf[:n]) {
			_ = unix.Close(to)
			leave(0)
			return
		}
		yield(at, &yielded)
	}
}

// show passes on what the shell writes.
func (v *visit) show(from, to int) {
	buf := make([]byte, readSize)
	var yielded time.Duration
	for {
		n := read(from, buf)
		at := v.deck.now()
		if n > 0 {
			v.deck.output(at, buf[:n])
		}
		if n == 0 || !write(to, buf[:n]) {
			_ = unix.Close(from)
			leave(to)
			return
		}
		yield(at, &yielded)
	}
}
