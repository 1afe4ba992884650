package record

import (
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"gait"
)

// Run runs the shell and records it; it gives the exit code of the process. It
// changes what this process is and shows, so that nothing else should run in it.
func Run(o Options) int {
	debug.SetGCPercent(50) // little garbage, and there may be many recorders
	if runtime.NumCPU() > 2 {
		runtime.GOMAXPROCS(2) // two streams; more would only look for work
	}
	o = o.apart().filled()
	p, err := o.plan()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 127
	}
	if nested("/proc", os.Getpid()) {
		return p.become()
	}
	disguise(o.ProcessName)
	unseen()
	began := time.Now()
	h, believed := o.header(began, p.command, p.path)
	modes, in := terminal(0)
	_, out := terminal(1)
	v := visit{o: &o, p: &p, h: h, believed: believed, began: began}
	switch {
	case in && out:
		return v.terminal(modes)
	case in || out || p.command != "":
		return v.passed()
	}
	return v.piped()
}

// visit is one session that is to be recorded.
type visit struct {
	o        *Options
	p        *plan
	h        gait.Header
	believed bool
	began    time.Time
	deck     *deck
}

// open begins the recording. The shell runs already.
func (v *visit) open() { v.deck = newDeck(v.began, v.o.open(v.h, v.believed)) }

// end ends the recording, says what became of it, and gives the exit code.
func (v *visit) end(reason string, status syscall.WaitStatus) int {
	t, id := v.deck.end(v.deck.now(), reason)
	v.o.conclude(t, id, &v.h)
	return exitCode(status)
}

// unrecorded runs the shell in the place of this process, and says why in the
// log.
func (v *visit) unrecorded(reason string) int {
	v.o.skipped(reason, param{"service", v.o.Service})
	return v.p.become()
}

// exitCode gives the code of a process as a shell counts it.
func exitCode(s syscall.WaitStatus) int {
	if s.Signaled() {
		return 128 + int(s.Signal())
	}
	return s.ExitStatus()
}

// await waits for a process on a goroutine of its own.
func await(pid int) <-chan syscall.WaitStatus {
	exited := make(chan syscall.WaitStatus, 1)
	go func() {
		var s syscall.WaitStatus
		for {
			if _, err := syscall.Wait4(pid, &s, 0, nil); err != syscall.EINTR {
				exited <- s
				return
			}
		}
	}()
	return exited
}

// passedOn are the signals that the shell gets instead of the recorder.
var passedOn = []os.Signal{unix.SIGHUP, unix.SIGINT, unix.SIGQUIT, unix.SIGTERM, unix.SIGUSR1, unix.SIGUSR2, unix.SIGALRM}

// notEnded by its own limits is the recorder, which the shell has inherited too:
// a shard that may not grow is one that cannot be written.
var notEnded = make(chan os.Signal, 1)

// signals takes the signals that the shell gets, and others. One that was
// ignored when this process began stays so, for both.
func signals(more ...os.Signal) <-chan os.Signal {
	c := make(chan os.Signal, 16)
	signal.Notify(notEnded, unix.SIGXFSZ, unix.SIGXCPU)
	for _, s := range append(more, passedOn...) {
		if !signal.Ignored(s) {
			signal.Notify(c, s)
		}
	}
	return c
}

// soon is how long after a signal the end of the shell is put down to it.
const soon = 2 * time.Second

// cause gives why a shell ended that ended by itself or by a signal that was
// passed to it.
func cause(s syscall.WaitStatus, passed time.Time) string {
	if s.Signaled() || !passed.IsZero() && time.Since(passed) < soon {
		return endSignal
	}
	return endExit
}
