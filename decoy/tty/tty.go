// Package tty is a terminal's line discipline in memory: what the kernel does
// between a client's keys and a program's reads, and between a program's
// writes and the client's screen. It does what Linux does with the settings
// that a login gets there (icanon, echo, echoe, echok, echoctl, echoke, iexten,
// icrnl, ixon, iutf8, opost, onlcr), down to the bytes of the echo.
package tty

import (
	"io"
	"sync"

	"gait/decoy/visit"
)

// TTY is a terminal. It implements [visit.Terminal].
//
// What the client sends is read all the time, so that ^C works while a program
// runs. A program that does not read leaves at most [queueSize] bytes treated
// and [backlogSize] bytes untreated; after that the client has to wait.
type TTY struct {
	in      io.Reader
	out     io.Writer
	name    string
	signals chan visit.Signal
	told    func() // of signals
	closed  chan struct{}
	ready   chan struct{} // holds one when a read may succeed

	mu      sync.Mutex
	space   sync.Cond // writers and the pump wait on it
	mode    visit.Mode
	size    visit.Size
	hung    bool
	resized bool // since the last ReadEvent

	queue   []byte  // treated input, not yet read
	ends    []int64 // where in the stream its lines end, ascending
	base    int64   // position in the stream of queue[0]
	lines   int     // bytes of queue that belong to ended lines
	literal bool    // the next byte is taken as it is (^V)
	backlog []byte  // input for which the queue has no room

	echo    []byte // to be sent to the client
	writing bool   // somebody writes to out
	stopped bool   // by ^S
	column  int    // of the client's cursor, as the kernel counts
	start   int    // column at which the present line begins
}

// Limits of what is kept for a program that does not read.
const (
	queueSize   = 4095
	backlogSize = 64 << 10
	echoSize    = 8 << 10
)

// New makes a terminal of the given type and size. It reads from in until that
// ends, which is a hangup: a server whose client merely says that it will send
// no more must keep in open. Nothing is written to out after an error.
func New(in io.Reader, out io.Writer, name string, size visit.Size) *TTY {
	t := &TTY{
		in: in, out: out, name: name, size: size, mode: visit.Cooked,
		signals: make(chan visit.Signal, 8),
		closed:  make(chan struct{}),
		ready:   make(chan struct{}, 1),
	}
	t.space.L = &t.mu
	go t.pump()
	return t
}

// Name gives the terminal type.
func (t *TTY) Name() string { return t.name }

// Signals gives the channel of signals for the foreground. Where nobody takes
// them, the oldest are dropped.
func (t *TTY) Signals() <-chan visit.Signal { return t.signals }

// Wake has f called, which must not wait, when a signal has come.
func (t *TTY) Wake(f func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.told = f
}

// Closed is closed at the hangup.
func (t *TTY) Closed() <-chan struct{} { return t.closed }

// Size gives the size as it was told last.
func (t *TTY) Size() visit.Size {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.size
}

// Resize sets the size, and sends SIGWINCH if it is another.
func (t *TTY) Resize(size visit.Size) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.size == size || t.hung {
		return
	}
	t.size = size
	t.resized = true
	t.signal(visit.SIGWINCH)
	t.wake()
}

// Hangup says that the client is gone: SIGHUP is sent, reads give io.EOF and
// writes an error. It may be called more than once.
func (t *TTY) Hangup() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.hung {
		return
	}
	t.hung = true
	t.queue, t.backlog, t.echo, t.ends, t.lines = nil, nil, nil, nil, 0
	close(t.closed)
	t.signal(visit.SIGHUP)
	t.space.Broadcast()
}

// SetMode sets how input is treated, and gives how it was. Input that waits is
// kept: what is not the end of a line can be read at once after a change
// between lines and single bytes, as on Linux.
func (t *TTY) SetMode(mode visit.Mode) (old visit.Mode) {
	t.mu.Lock()
	defer t.mu.Unlock()
	old, t.mode = t.mode, mode
	if old.Canonical != mode.Canonical {
		t.ends, t.lines, t.literal = t.ends[:0], 0, false
		if mode.Canonical && len(t.queue) > 0 {
			t.lines = len(t.queue)
			t.ends = append(t.ends, t.base+int64(t.lines-1))
		}
		t.refill()
	}
	if !mode.Signals && t.stopped {
		t.stopped = false
		t.space.Broadcast()
		t.flush()
	}
	t.wake()
	return old
}

// signal sends one without waiting. The lock is held.
func (t *TTY) signal(s visit.Signal) {
	for {
		select {
		case t.signals <- s:
			if t.told != nil {
				t.told()
			}
			return
		default:
		}
		select {
		case <-t.signals:
		default:
		}
	}
}

// wake tells a reader that there may be something. The lock is held.
func (t *TTY) wake() {
	if !t.readable() && !t.resized {
		return
	}
	select {
	case t.ready <- struct{}{}:
	default:
	}
}

// readable says whether a read would give something. The lock is held.
func (t *TTY) readable() bool {
	if t.mode.Canonical {
		return t.lines > 0
	}
	return len(t.queue) > 0
}
