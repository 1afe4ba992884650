package shell

import (
	"context"
	"errors"
	"io"
	"sync"
	"sync/atomic"
	"syscall"

	"gait/decoy/proc"
	"gait/decoy/vfs"
	"gait/decoy/visit"
)

// stream is an open file description: what a descriptor leads to.
type stream struct {
	refs  atomic.Int32
	tty   visit.Terminal // nil for what is no terminal
	file  *vfs.File
	read  func(ctx context.Context, p []byte) (int, error)
	write func(ctx context.Context, p []byte) (int, error)
	force func(p []byte) // writes what the shell itself has to say when the budget is spent
	end   func()
}

// dup gives one more descriptor for it.
func (s *stream) dup() *stream {
	if s != nil {
		s.refs.Add(1)
	}
	return s
}

// close takes a descriptor away.
func (s *stream) close() {
	if s != nil && s.refs.Add(-1) == 0 && s.end != nil {
		s.end()
	}
}

func newStream() *stream { s := &stream{}; s.refs.Store(1); return s }

// fileStream is a stream for a file of the tree.
func fileStream(f *vfs.File) *stream {
	s := newStream()
	s.file = f
	s.read = func(ctx context.Context, p []byte) (int, error) { return f.Read(p) }
	s.write = func(ctx context.Context, p []byte) (int, error) { return f.Write(p) }
	return s
}

// textStream gives a text and then the end.
func textStream(text string) *stream {
	s := newStream()
	s.read = func(ctx context.Context, p []byte) (int, error) {
		if text == "" {
			return 0, io.EOF
		}
		n := copy(p, text)
		text = text[n:]
		return n, nil
	}
	return s
}

// table holds the descriptors of a process.
type table []*stream

func (t table) get(fd int) *stream {
	if fd < 0 || fd >= len(t) {
		return nil
	}
	return t[fd]
}

// set puts a stream at a descriptor; the table takes it over.
func (t *table) set(fd int, s *stream) {
	for len(*t) <= fd {
		*t = append(*t, nil)
	}
	(*t)[fd].close()
	(*t)[fd] = s
}

// clone gives the descriptors of a child.
func (t table) clone() table {
	c := make(table, len(t))
	for i, s := range t {
		c[i] = s.dup()
	}
	return c
}

func (t table) close() {
	for i, s := range t {
		s.close()
		t[i] = nil
	}
}

const pipeSize = 64 << 10

// pipe is a pipe in memory.
type pipe struct {
	budget *proc.Budget
	mu     sync.Mutex
	cond   sync.Cond
	buf    []byte
	noRead bool // the reader is gone
	noMore bool // the writers are gone
}

// newPipe gives both ends of a pipe.
func newPipe(b *proc.Budget) (r, w *stream) {
	p := &pipe{budget: b}
	p.cond.L = &p.mu
	r, w = newStream(), newStream()
	r.read, w.write = p.read, p.write
	r.end = func() { p.shut(&p.noRead) }
	w.end = func() { p.shut(&p.noMore) }
	return r, w
}

func (p *pipe) shut(end *bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	*end = true
	if p.noRead {
		proc.Give(&p.budget.Memory, int64(len(p.buf)))
		p.buf = nil
	}
	p.cond.Broadcast()
}

// wait waits for a change while the condition holds. The pipe is locked.
func (p *pipe) wait(ctx context.Context, while func() bool) error {
	if !while() {
		return nil
	}
	stop := context.AfterFunc(ctx, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.cond.Broadcast()
	})
	defer stop()
	for while() {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		p.cond.Wait()
	}
	return nil
}

func (p *pipe) read(ctx context.Context, b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(b) == 0 {
		return 0, nil
	}
	if err := p.wait(ctx, func() bool { return len(p.buf) == 0 && !p.noMore }); err != nil {
		return 0, err
	}
	if len(p.buf) == 0 {
		return 0, io.EOF
	}
	n := copy(b, p.buf)
	if n == len(p.buf) {
		p.buf = nil
	} else {
		p.buf = p.buf[n:]
	}
	proc.Give(&p.budget.Memory, int64(n))
	p.cond.Broadcast()
	return n, nil
}

func (p *pipe) write(ctx context.Context, b []byte) (n int, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(b) > 0 {
		if err := p.wait(ctx, func() bool { return len(p.buf) >= pipeSize && !p.noRead }); err != nil {
			return n, err
		}
		if p.noRead {
			return n, syscall.EPIPE
		}
		k := min(len(b), pipeSize-len(p.buf))
		if !proc.Take(&p.budget.Memory, int64(k)) {
			return n, proc.ErrSpent
		}
		p.buf = append(p.buf, b[:k]...)
		b, n = b[k:], n+k
		p.cond.Broadcast()
	}
	return n, nil
}

// pump reads from a reader that cannot be interrupted on behalf of whoever
// asks. What arrives after somebody gave up is for the next.
type pump struct {
	r    io.Reader
	mu   sync.Mutex
	busy bool
	left []byte
	err  error
	news chan struct{} // closed when the present read ended
}

func (p *pump) read(ctx context.Context, b []byte) (int, error) {
	for {
		p.mu.Lock()
		if len(p.left) > 0 {
			n := copy(b, p.left)
			p.left = p.left[n:]
			p.mu.Unlock()
			return n, nil
		}
		if p.err != nil {
			p.mu.Unlock()
			return 0, p.err
		}
		if !p.busy {
			p.busy, p.news = true, make(chan struct{})
			go p.fetch(4096, p.news)
		}
		news := p.news
		p.mu.Unlock()
		select {
		case <-news:
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	}
}

// fetch makes one read.
func (p *pump) fetch(size int, news chan struct{}) {
	buf := make([]byte, size)
	n, err := p.r.Read(buf)
	p.mu.Lock()
	defer p.mu.Unlock()
	p.left, p.busy = buf[:n], false
	if err != nil {
		p.err = err
	}
	close(news)
}

// eventReader is a terminal whose reads can be interrupted.
type eventReader interface {
	ReadEvent(ctx context.Context, p []byte) (int, error)
}

// reading gives a function that reads and can be interrupted.
func reading(r io.Reader) func(ctx context.Context, p []byte) (int, error) {
	e, ok := r.(eventReader)
	if !ok {
		return (&pump{r: r}).read
	}
	return func(ctx context.Context, p []byte) (int, error) {
		for {
			n, err := e.ReadEvent(ctx, p)
			if n > 0 || err == nil || ctx.Err() != nil || errors.Is(err, io.EOF) {
				return n, err
			}
		}
	}
}
