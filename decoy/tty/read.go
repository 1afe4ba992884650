package tty

import (
	"context"
	"errors"
	"io"
)

// ErrResized is what [TTY.ReadEvent] gives when the size changed.
var ErrResized = errors.New("terminal resized")

// Read gives one line or a part of it, or, where lines are off, whatever is
// there. It waits for input, and gives io.EOF after ^D and after a hangup.
func (t *TTY) Read(p []byte) (int, error) {
	return t.read(context.Background(), p, false)
}

// ReadEvent is like Read, but ends with the context's error when that ends, and
// with [ErrResized] once after each change of size.
func (t *TTY) ReadEvent(ctx context.Context, p []byte) (int, error) {
	return t.read(ctx, p, true)
}

func (t *TTY) read(ctx context.Context, p []byte, sizes bool) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	for {
		n, done, err := t.take(p, sizes)
		if done {
			return n, err
		}
		select {
		case <-t.ready:
		case <-t.closed:
			return 0, io.EOF
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	}
}

// take reads what is there; done is false where there is nothing.
func (t *TTY) take(p []byte, sizes bool) (n int, done bool, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.hung:
		return 0, true, io.EOF
	case sizes && t.resized:
		t.resized = false
		t.wake()
		return 0, true, ErrResized
	case !t.readable():
		return 0, false, nil
	case t.mode.Canonical:
		n, err = t.takeLine(p)
	default:
		n = copy(p, t.queue)
		t.consume(n)
	}
	t.refill()
	t.wake()
	return n, true, err
}

// takeLine gives bytes of the first line. A ^D that ended it is not among
// them; alone it is the end of the file.
func (t *TTY) takeLine(p []byte) (int, error) {
	end := int(t.ends[0] - t.base) // of the byte that ends the line
	eof := t.queue[end] == 0
	if !eof {
		end++
	}
	n := copy(p, t.queue[:end])
	took := n
	if n == end {
		if eof {
			took++
		}
		t.ends = t.ends[1:]
	}
	t.lines -= took
	t.consume(took)
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

// consume takes n bytes off the queue.
func (t *TTY) consume(n int) {
	t.base += int64(n)
	t.queue = t.queue[n:]
	if len(t.queue) == 0 {
		t.queue = nil
	}
	if len(t.ends) == 0 {
		t.ends = nil
	}
}

// Waiting gives the number of bytes that could be read at once.
func (t *TTY) Waiting() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.mode.Canonical {
		return t.lines
	}
	return len(t.queue)
}
