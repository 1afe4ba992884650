package shard

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"
)

// appender is a file that is opened for appending.
type appender interface {
	io.WriteCloser
	io.ReaderAt
	Stat() (fs.FileInfo, error)
}

// shardID names a file of a writer's folder.
type shardID struct {
	day    string
	number int
}

// name is the file's name.
func (s shardID) name() string {
	if s.number == 0 {
		return "sessions-" + s.day + ".jsonl"
	}
	return "sessions-" + s.day + "." + strconv.Itoa(s.number) + ".jsonl"
}

// mostFiles bounds how many files a day may have.
const mostFiles = 10_000

// file is an open shard, shared by the tapes that write to it.
type file struct {
	id   shardID
	path string
	info fs.FileInfo // as it was opened
	uses int         // tapes; the writer's lock is for it

	mu     sync.Mutex
	f      appender // nil once it is closed
	torn   bool     // it ends within a line
	gone   bool     // nobody can find it any more
	looked int64    // when that was looked at last, in nanoseconds of the writer's Now
}

var (
	errClosed  = errors.New("the shard is closed")
	errRegular = errors.New("it is no regular file")
)

// makeFolder makes the folder of shards, and those above it, for nobody else.
func makeFolder(dir string) error { return os.MkdirAll(dir, 0o700) }

func appendTo(path string) (appender, error) {
	return os.OpenFile(path, os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o600)
}

// take gives the file for a new session of a day: the one that took the last
// one, or the next that is not too large and not packed.
func (w *Writer) take(day string) (*file, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return nil, errClosed
	}
	if len(w.latest) > 16 {
		clear(w.latest) // it is found again
	}
	for n := w.latest[day]; n < mostFiles; n++ {
		f, err := w.at(shardID{day, n})
		if err != nil && !errors.Is(err, errRegular) {
			return nil, err
		}
		if f != nil {
			w.latest[day] = n
			f.uses++
			return f, nil
		}
	}
	return nil, fmt.Errorf("all %d shards of a day are full", mostFiles)
}

// at gives a file where it can take another session; nil where it cannot.
func (w *Writer) at(id shardID) (*file, error) {
	path := filepath.Join(w.dir, id.name())
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		info = nil
		if packed(path) {
			return nil, nil
		}
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, errRegular
	case info.Size() > w.o.Rotate:
		return nil, nil
	}
	if f := w.open[id]; f != nil && info != nil && os.SameFile(f.info, info) {
		return f, nil
	}
	if info == nil {
		if err := makeFolder(w.dir); err != nil {
			return nil, err
		}
	}
	f, err := w.opened(id, path)
	if err == nil {
		w.open[id] = f // one of the same name that was deleted lives on with its tapes
	}
	return f, err
}

// packed says whether a shard was compressed: what is in there keeps its name.
func packed(path string) bool {
	for _, end := range []string{".gz", ".zst"} {
		if _, err := os.Lstat(path + end); err == nil {
			return true
		}
	}
	return false
}

// opened opens a file. Where a crash left half a line at its end, the first
// write begins with a line feed.
func (w *Writer) opened(id shardID, path string) (*file, error) {
	a, err := w.create(path)
	if err != nil {
		return nil, err
	}
	f := &file{id: id, path: path, f: a}
	if f.info, err = a.Stat(); err == nil && !f.info.Mode().IsRegular() {
		err = errRegular
	}
	if err != nil {
		return nil, errors.Join(err, a.Close())
	}
	if n := f.info.Size(); n > 0 {
		var last [1]byte
		_, err := a.ReadAt(last[:], n-1)
		f.torn = err != nil || last[0] != '\n'
	}
	return f, nil
}

// release gives a file back; nobody's is closed.
func (w *Writer) release(f *file) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if f.uses--; f.uses > 0 {
		return
	}
	if w.open[f.id] == f {
		delete(w.open, f.id)
	}
	_ = f.close()
}

func (f *file) close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.f == nil {
		return nil
	}
	err := f.f.Close()
	f.f = nil
	return err
}

// Write writes a line at once. After a write that fell short the next one
// begins with a line feed, so that no line is lost but that one.
func (f *file) Write(line []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.f == nil {
		return 0, errClosed
	}
	if f.torn {
		line = append([]byte{'\n'}, line...)
	}
	n, err := f.f.Write(line)
	if n == len(line) {
		f.torn = false
		return n, err
	}
	if n > 0 {
		f.torn = line[n-1] != '\n'
	}
	if err == nil {
		err = io.ErrShortWrite
	}
	return n, err
}

// lost says whether the file was deleted, which is looked at once a second:
// what is written to it then can be found by nobody.
func (f *file) lost(now int64) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.f != nil && !f.gone && (now-f.looked >= int64(time.Second) || now < f.looked) {
		f.looked = now
		info, err := f.f.Stat()
		f.gone = err == nil && unlinked(info)
	}
	return f.gone
}
