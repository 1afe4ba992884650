package transfer

import (
	"encoding/binary"
	"io"
	"sync"
)

// turns lets the library have one request of sftp at a time: the next one only
// when the last is answered, as sftp-server does. The library would work on
// several at once, and races with itself where a client uses a file before he
// was told of it.
type turns struct {
	in  io.Reader
	out io.Writer

	head []byte // of a packet that comes, and was not given out yet
	left int64  // of its rest

	mu     sync.Mutex
	cond   sync.Cond
	asked  int
	said   int // answers that went out whole
	sent   frame
	closed bool
}

func newTurns(in io.Reader, out io.Writer) *turns {
	t := &turns{in: in, out: out}
	t.cond.L = &t.mu
	return t
}

// Read gives the bytes of one request after the other.
func (t *turns) Read(p []byte) (int, error) {
	if len(t.head) == 0 && t.left == 0 {
		if err := t.next(); err != nil {
			return 0, err
		}
	}
	if len(t.head) > 0 {
		n := copy(p, t.head)
		t.head = t.head[n:]
		return n, nil
	}
	n, err := t.in.Read(p[:min(int64(len(p)), t.left)])
	t.left -= int64(n)
	return n, err
}

// next waits for the last answer and reads the beginning of the next request.
func (t *turns) next() error {
	t.mu.Lock()
	for t.said < t.asked && !t.closed {
		t.cond.Wait()
	}
	closed := t.closed
	t.asked++
	t.mu.Unlock()
	if closed {
		return io.EOF
	}
	head := make([]byte, 4)
	if _, err := io.ReadFull(t.in, head); err != nil {
		return err
	}
	t.head, t.left = head, int64(binary.BigEndian.Uint32(head))
	return nil
}

// Write sends an answer, or a part of one.
func (t *turns) Write(p []byte) (int, error) {
	n, err := t.out.Write(p)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.said += t.sent.count(p[:n])
	t.cond.Broadcast()
	return n, err
}

// Close ends both directions for the library.
func (t *turns) Close() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.closed = true
	t.cond.Broadcast()
	return nil
}

// frame finds the ends of packets.
type frame struct {
	head []byte
	left int64
}

// count says how many packets end in p.
func (f *frame) count(p []byte) (ends int) {
	for len(p) > 0 {
		if len(f.head) < 4 {
			n := min(4-len(f.head), len(p))
			f.head = append(f.head, p[:n]...)
			if p = p[n:]; len(f.head) < 4 {
				return ends
			}
			f.left = int64(binary.BigEndian.Uint32(f.head))
		}
		n := min(f.left, int64(len(p)))
		p, f.left = p[n:], f.left-n
		if f.left == 0 {
			f.head = f.head[:0]
			ends++
		}
	}
	return ends
}
