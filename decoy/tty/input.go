package tty

import (
	"bytes"

	"gait/decoy/visit"
)

// Control characters as a login finds them set.
const (
	keyInterrupt = 0x03
	keyEOF       = 0x04
	keyReprint   = 0x12
	keyStart     = 0x11
	keyStop      = 0x13
	keyKill      = 0x15
	keyLiteral   = 0x16
	keyWord      = 0x17
	keySuspend   = 0x1a
	keyQuit      = 0x1c
	keyErase     = 0x7f
)

// pump reads what the client sends until that ends.
func (t *TTY) pump() {
	defer t.Hangup()
	buf := make([]byte, 128)
	for {
		n, err := t.in.Read(buf)
		if !t.receive(buf[:n]) || err != nil {
			return
		}
		switch {
		case n == len(buf) && n < 4096:
			buf = make([]byte, 2*n)
		case n < 64 && len(buf) > 1024:
			buf = make([]byte, 128)
		}
	}
}

// receive treats a piece of input. It waits while too much is untreated, and
// says whether there is still anybody to receive for.
func (t *TTY) receive(p []byte) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.backlog) == 0 {
		p = p[t.treat(p):]
	}
	if len(p) > 0 {
		t.backlog = append(t.backlog, p...)
		t.interruptBacklog()
	}
	t.wake()
	t.flush()
	for len(t.backlog) >= backlogSize && !t.hung {
		t.space.Wait()
	}
	return !t.hung
}

// refill treats input for which there was no room. The lock is held.
func (t *TTY) refill() {
	if len(t.backlog) == 0 {
		return
	}
	n := t.treat(t.backlog)
	if t.backlog = t.backlog[n:]; len(t.backlog) == 0 {
		t.backlog = nil
	}
	if n > 0 {
		t.space.Broadcast()
		t.flush()
	}
}

// interruptBacklog finds signals in what the queue has no room for, so that a
// program that does not read can still be ended.
func (t *TTY) interruptBacklog() {
	if !t.mode.Signals {
		return
	}
	if i := bytes.LastIndexAny(t.backlog, "\x03\x1c\x1a"); i >= 0 {
		rest := t.backlog[i:]
		t.backlog = nil
		t.queue, t.ends, t.lines = nil, nil, 0
		t.backlog = append([]byte(nil), rest[t.treat(rest):]...)
	}
}

// treat takes bytes while there is room and gives how many it took. Where a
// line without end fills the queue, each further byte replaces the last.
func (t *TTY) treat(p []byte) int {
	for i, c := range p {
		if len(t.queue) >= queueSize && (!t.mode.Canonical || t.lines > 0) {
			return i
		}
		t.one(c)
	}
	return len(p)
}

// one treats one byte.
func (t *TTY) one(c byte) {
	if t.literal {
		t.literal = false
		t.plain(c)
		return
	}
	if t.mode.Signals && t.control(c) {
		return
	}
	if c == '\r' {
		c = '\n'
		if !t.mode.Canonical {
			t.echoRaw(c)
			t.put(c)
			return
		}
	}
	if t.mode.Canonical && t.edit(c) {
		return
	}
	t.plain(c)
}

// plain puts a byte into the queue and echoes it.
func (t *TTY) plain(c byte) {
	if len(t.queue) == t.lines {
		t.start = t.column
	}
	t.echoByte(c)
	t.put(c)
}

// put puts a byte into the queue.
func (t *TTY) put(c byte) {
	if len(t.queue) > queueSize {
		t.queue = t.queue[:queueSize]
	}
	t.queue = append(t.queue, c)
}

// control does signals and flow control, and says whether c was one.
func (t *TTY) control(c byte) bool {
	var s visit.Signal
	switch c {
	case keyInterrupt:
		s = visit.SIGINT
	case keyQuit:
		s = visit.SIGQUIT
	case keySuspend:
		s = visit.SIGTSTP
	case keyStop:
		t.stopped = true
		return true
	case keyStart:
		t.resume()
		return true
	default:
		return false
	}
	t.queue, t.ends, t.lines, t.echo = nil, nil, 0, nil
	t.signal(s)
	t.resume()
	t.echoByte(c)
	return true
}

// resume lets output go on.
func (t *TTY) resume() {
	t.stopped = false
	t.space.Broadcast()
}

// edit does what is special in lines, and says whether c was.
func (t *TTY) edit(c byte) bool {
	switch c {
	case keyErase:
		t.eraseOne()
	case keyWord:
		t.eraseWord()
	case keyKill:
		t.eraseLine()
	case keyLiteral:
		t.literal = true
		t.echoRaw('^')
		t.echoRaw('\b')
	case keyReprint:
		if !t.mode.Echo {
			return false
		}
		t.echoByte(c)
		t.echoRaw('\n')
		for _, b := range t.queue[t.lines:] {
			t.echoByte(b)
		}
	case '\n':
		t.echoRaw(c)
		t.endLine(c)
	case keyEOF:
		t.endLine(0)
	default:
		return false
	}
	return true
}

// endLine puts the byte that ends a line; 0 stands for ^D.
func (t *TTY) endLine(c byte) {
	t.put(c)
	t.lines = len(t.queue)
	t.ends = append(t.ends, t.base+int64(t.lines-1))
}
