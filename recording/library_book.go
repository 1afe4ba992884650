package recording

import (
	"container/list"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
	"time"

	"gait"
	"gait/recording/reader"
	"gait/recording/shard"
)

// errReplaced says that a file is another one than the one that was opened.
var errReplaced = errors.New("the file was replaced")

// stamp tells one file, and one state of it, from another.
type stamp struct {
	dev, ino uint64
	size     int64
	changed  int64 // nanoseconds since 1970
}

func fileStamp(info fs.FileInfo) stamp {
	s := stamp{size: info.Size(), changed: info.ModTime().UnixNano()}
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		s.dev, s.ino = uint64(st.Dev), st.Ino
	}
	return s
}

func (s stamp) sameFile(o stamp) bool { return s.dev == o.dev && s.ino == o.ino }

// book is an opened file that the library keeps.
type book struct {
	path  string
	stamp stamp
	ready chan struct{} // closed when it is opened, or err says why not
	err   error

	// One of the two.
	shard *growing
	file  *File

	// Guarded by the library's mutex.
	at     *list.Element
	users  int
	used   time.Time
	weight int64
	off    bool // it is off the shelf; its last user closes it
	shut   bool
}

// take gives the opened file of a path; give gives it back.
func (l *Library) take(ctx context.Context, path string) (*book, error) {
	for range 3 {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		b, now, err := l.find(path)
		if err != nil {
			return nil, err
		}
		select {
		case <-b.ready:
		case <-ctx.Done():
			l.give(b)
			return nil, ctx.Err()
		}
		if b.err != nil {
			l.retire(b)
			return nil, b.err
		}
		if b.file == nil || b.stamp == now {
			return b, nil
		}
		l.retire(b)
	}
	return nil, &reader.Error{Path: path, At: -1, What: "changes too fast to be read", Do: "read it again when it is left alone"}
}

// find gives the book of a path, opened or being opened, and the file's state.
func (l *Library) find(path string) (*book, stamp, error) {
	root, rel, err := l.locate(path)
	if err != nil {
		return nil, stamp{}, err
	}
	dir, err := os.OpenRoot(root)
	if err != nil {
		return nil, stamp{}, openError(path, err)
	}
	defer dir.Close()
	info, err := dir.Stat(rel)
	if err == nil {
		err = refuse(info.Mode())
	}
	if err != nil {
		return nil, stamp{}, outsideError(path, err)
	}
	now := fileStamp(info)
	if b := l.kept(path, now); b != nil {
		return b, now, nil
	}
	in, err := open(dir, root, rel)
	if err != nil {
		return nil, stamp{}, err
	}
	b, err := l.put(path, in)
	return b, b.stamp, err
}

// kept gives a book that is there and of the same file.
func (l *Library) kept(path string, now stamp) *book {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.books[path]
	if b == nil {
		return nil
	}
	if !b.stamp.sameFile(now) {
		l.drop(b)
		return nil
	}
	return l.use(b)
}

// put keeps an opened input as a book, unless another was quicker.
func (l *Library) put(path string, in *input) (*book, error) {
	now := in.stamp
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		in.Close()
		return &book{}, fs.ErrClosed
	}
	if b := l.books[path]; b != nil {
		if b.stamp.sameFile(now) {
			in.Close()
			return l.use(b), nil
		}
		l.drop(b)
	}
	b := &book{path: path, stamp: now, ready: make(chan struct{})}
	b.at = l.recent.PushFront(b)
	l.books[path] = b
	l.use(b)
	b.users++ // whoever opens it
	go func() {
		b.open(in, l.opt)
		close(b.ready)
		l.give(b)
	}()
	if l.timer == nil {
		l.timer = time.AfterFunc(libraryIdle, l.tidy)
	}
	return b, nil
}

// use counts a user of a book.
func (l *Library) use(b *book) *book {
	b.users++
	b.used = time.Now()
	if b.at != nil {
		l.recent.MoveToFront(b.at)
	}
	return b
}

// retire gives a book back that is not to be used again.
func (l *Library) retire(b *book) {
	l.mu.Lock()
	defer l.mu.Unlock()
	b.users--
	l.drop(b)
}

// give gives a book back, notes how much it takes, and makes room.
func (l *Library) give(b *book) {
	w := int64(0)
	select {
	case <-b.ready:
		w = b.bytes()
	default:
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	b.users--
	b.used = time.Now()
	if b.off {
		l.drop(b)
		return
	}
	l.weight += w - b.weight
	b.weight = w
	for e := l.recent.Back(); e != nil && (l.weight > libraryWeight || l.recent.Len() > l.most); {
		old := e.Value.(*book)
		e = e.Prev()
		if old.users == 0 && (old != b || l.recent.Len() > l.most) {
			l.drop(old)
		}
	}
}

// drop takes a book off the shelf, and closes it once nobody uses it.
func (l *Library) drop(b *book) {
	if !b.off {
		b.off = true
		l.weight -= b.weight
		l.recent.Remove(b.at)
		if l.books[b.path] == b {
			delete(l.books, b.path)
		}
	}
	if b.users > 0 {
		return
	}
	select {
	case <-b.ready:
		if !b.shut {
			b.shut = true
			b.close()
		}
	default: // whoever opens it gives it back, and comes here again
	}
}

// tidy closes what nobody has asked for lately.
func (l *Library) tidy() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for e := l.recent.Back(); e != nil; {
		b := e.Value.(*book)
		e = e.Prev()
		if b.users == 0 && time.Since(b.used) >= libraryIdle {
			l.drop(b)
		}
	}
	l.timer = nil
	if l.recent.Len() > 0 && !l.closed {
		l.timer = time.AfterFunc(libraryIdle, l.tidy)
	}
}

// open reads what it takes to know a book's sessions. It runs on a goroutine
// of its own, where a fault of a reader would end the whole program.
func (b *book) open(in *input, opt Options) {
	defer func() {
		if fault := recover(); fault != nil {
			b.err = &reader.Error{Path: in.path, At: -1, What: fmt.Sprintf("breaks its reader: %v", fault), Do: "report it with the file"}
		}
	}()
	head := headOf(in.section())
	if packingOf(head) != nil || !(shard.Format{}).Detect(head) {
		b.file, b.err = load(in, opt)
		return
	}
	g := &growing{in: in, src: in.source(in.section(), &known[0], opt)}
	g.src.ReaderAt = in
	g.rec = shard.NewRecording(g.src, opt.Limits)
	b.shard = g
	if b.err = g.grow(); b.err != nil {
		b.err = withPath(b.err, in.path)
	}
}

// session reads a session of a book.
func (b *book) session(id string) (*gait.Session, error) {
	if b.shard != nil {
		return b.shard.session(id)
	}
	return b.file.Session(id)
}

// bytes is about how much memory a book takes.
func (b *book) bytes() int64 {
	const least = 16 << 10
	switch {
	case b.shard != nil:
		return least + b.shard.bytes()
	case b.file != nil:
		n := int64(least)
		if b.file.spool != nil {
			n += int64(len(b.file.spool.memory))
		}
		if w, ok := b.file.Recording.(interface{ Weight() int64 }); ok {
			n += w.Weight()
		} else {
			n += b.stamp.size / 8
		}
		return n
	}
	return 0
}

func (b *book) close() {
	if b.shard != nil {
		b.shard.in.Close()
	}
	if b.file != nil {
		b.file.Close()
	}
}
