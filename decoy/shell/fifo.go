package shell

import (
	"context"
	"io"
	"sync"
	"syscall"

	"gait/decoy/proc"
	"gait/decoy/vfs"
)

// fifos are the named pipes of a session that are open, or that somebody waits to
// open, by their inodes.
type fifos struct {
	mu   sync.Mutex
	open map[uint64]*fifo
}

// fifo is one of them. Like Linux it counts who ever opened it: who came and went
// meanwhile ends a wait too.
type fifo struct {
	pipe             *pipe
	readers, writers int
	read, written    int           // how often it was opened for that
	news             chan struct{} // is closed when it is opened
}

// openFIFO opens a named pipe, and waits until somebody has opened the other end,
// or for EINTR.
func (s *session) openFIFO(ctx context.Context, inode uint64, flag int) (*stream, error) {
	all := &s.fifos
	all.mu.Lock()
	defer all.mu.Unlock()
	f := all.open[inode]
	if f == nil {
		f = &fifo{pipe: &pipe{budget: s.budget}, news: make(chan struct{})}
		f.pipe.cond.L = &f.pipe.mu
		if all.open == nil {
			all.open = map[uint64]*fifo{}
		}
		all.open[inode] = f
	}
	reads, writes := flag&3 != vfs.WriteOnly, flag&3 != vfs.ReadOnly
	f.enter(reads, writes)
	leave := func() {
		f.leave(reads, writes)
		if f.readers+f.writers == 0 && all.open[inode] == f {
			delete(all.open, inode)
		}
	}
	read, written := f.read, f.written
	for reads != writes && (reads && f.writers == 0 && f.written == written || writes && f.readers == 0 && f.read == read) {
		news := f.news
		all.mu.Unlock()
		select {
		case <-news:
		case <-ctx.Done():
		}
		all.mu.Lock()
		if ctx.Err() != nil {
			leave()
			return nil, syscall.EINTR
		}
	}
	t := newStream()
	if reads {
		t.read = f.pipe.read
	}
	if writes {
		t.write = f.pipe.write
	}
	t.end = func() {
		all.mu.Lock()
		defer all.mu.Unlock()
		leave()
	}
	return t, nil
}

// enter counts who opens it.
func (f *fifo) enter(reads, writes bool) {
	f.pipe.mu.Lock()
	defer f.pipe.mu.Unlock()
	if reads {
		f.readers, f.read, f.pipe.noRead = f.readers+1, f.read+1, false
	}
	if writes {
		f.writers, f.written, f.pipe.noMore = f.writers+1, f.written+1, false
	}
	close(f.news)
	f.news = make(chan struct{})
}

// leave counts who closes it. What the last reader left is lost when the last
// writer goes too.
func (f *fifo) leave(reads, writes bool) {
	f.pipe.mu.Lock()
	defer f.pipe.mu.Unlock()
	if reads {
		f.readers--
	}
	if writes {
		f.writers--
	}
	f.pipe.noRead, f.pipe.noMore = f.readers == 0, f.writers == 0
	if f.readers+f.writers == 0 {
		proc.Give(&f.pipe.budget.Memory, int64(len(f.pipe.buf)))
		f.pipe.buf = nil
	}
	f.pipe.cond.Broadcast()
}

// openPipe gives a program what opens a named pipe.
func (s *session) openPipe(k *kid) func(inode uint64, flag int) (io.ReadWriteCloser, error) {
	return func(inode uint64, flag int) (io.ReadWriteCloser, error) {
		t, err := s.openFIFO(k.task.ctx, inode, flag)
		if err != nil {
			return nil, err
		}
		return &openFile{end: end{k.task, t}}, nil
	}
}
