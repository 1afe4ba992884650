package tty

import (
	"sync"
	"syscall"
)

// chunk is how much of a program's output goes out at once, before anything is
// done to its line feeds.
const chunk = 2048

// chunks holds the buffers in which output is prepared.
var chunks = sync.Pool{New: func() any { b := make([]byte, 0, 2*chunk); return &b }}

// Write sends output to the client, with a carriage return before each line
// feed unless the mode is raw. Echo that waits goes first. It waits while the
// client does not take more or has stopped the output with ^S. After a hangup
// it gives EIO.
func (t *TTY) Write(p []byte) (int, error) {
	buf := chunks.Get().(*[]byte)
	defer chunks.Put(buf)
	done := 0
	for first := true; first || done < len(p); first = false {
		piece := p[done:min(len(p), done+chunk)]
		t.mu.Lock()
		for (t.writing || t.stopped) && !t.hung {
			t.space.Wait()
		}
		if t.hung {
			t.mu.Unlock()
			return done, syscall.EIO
		}
		err := t.sendEcho()
		if err == nil {
			b := (*buf)[:0]
			for _, c := range piece {
				b = t.post(b, c)
			}
			err = t.send(b)
		}
		t.mu.Unlock()
		if err != nil {
			t.Hangup()
			return done, syscall.EIO
		}
		done += len(piece)
	}
	return len(p), nil
}

// send writes to the client. The lock is held, and given up meanwhile.
func (t *TTY) send(b []byte) error {
	if len(b) == 0 {
		return nil
	}
	t.writing = true
	t.mu.Unlock()
	_, err := t.out.Write(b)
	t.mu.Lock()
	t.writing = false
	t.space.Broadcast()
	if err == nil {
		t.flush()
	}
	return err
}

// sendEcho sends the echo that waits. The lock is held, and given up meanwhile.
func (t *TTY) sendEcho() error {
	for len(t.echo) > 0 && !t.writing {
		b := t.echo
		t.echo = nil
		t.writing = true
		t.mu.Unlock()
		_, err := t.out.Write(b)
		t.mu.Lock()
		t.writing = false
		t.space.Broadcast()
		if err != nil {
			return err
		}
	}
	return nil
}

// flush has the echo sent by somebody else, so that a client that reads slowly
// does not keep the pump from seeing its ^C. The lock is held.
func (t *TTY) flush() {
	if len(t.echo) == 0 || t.writing || t.stopped || t.hung {
		return
	}
	b := t.echo
	t.echo = nil
	t.writing = true
	go func() {
		_, err := t.out.Write(b)
		t.mu.Lock()
		t.writing = false
		t.space.Broadcast()
		if err == nil {
			t.flush()
		}
		t.mu.Unlock()
		if err != nil {
			t.Hangup()
		}
	}()
}

// post appends a byte of output as the client gets it, and follows the cursor
// as the kernel does.
func (t *TTY) post(b []byte, c byte) []byte {
	if t.mode.Raw {
		return append(b, c)
	}
	switch c {
	case '\n':
		t.column, t.start = 0, 0
		return append(b, '\r', '\n')
	case '\r':
		t.column, t.start = 0, 0
	case '\t':
		t.column += 8 - t.column&7
	case '\b':
		t.column = max(0, t.column-1)
	default:
		if !control(c) && !continuation(c) {
			t.column++
		}
	}
	return append(b, c)
}

// echoByte echoes a byte, a control character as ^X.
func (t *TTY) echoByte(c byte) {
	if control(c) && c != '\t' {
		t.echoRaw('^')
		t.echoRaw(c ^ 0x40)
		return
	}
	t.echoRaw(c)
}

// echoRaw echoes a byte as it is. What the client does not take is dropped.
func (t *TTY) echoRaw(c byte) {
	if t.mode.Echo && len(t.echo) < echoSize {
		t.echo = t.post(t.echo, c)
	}
}

func (t *TTY) echoString(s string) {
	for i := range len(s) {
		t.echoRaw(s[i])
	}
}
