package output

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"strconv"

	"gait"
)

// file appends observations to a file, one envelope a line, and puts the file
// aside when it has grown: PATH.1 is the newest of those.
type file struct {
	path    string
	most    int64
	keep    int
	log     *slog.Logger
	f       *os.File
	size    int64
	buf     []byte
	encoder gait.Encoder
}

const (
	fileSize   = 64 << 20
	fileKeep   = 10
	fileBuffer = 2 << 20 // that is kept from one flush to the next
)

func newFile(s Spec, log *slog.Logger) *file {
	f := &file{path: s.Target, most: s.Size, keep: s.Keep, log: log}
	if f.most <= 0 {
		f.most = fileSize
	}
	if f.keep <= 0 {
		f.keep = fileKeep
	}
	return f
}

// put collects what flush writes, so that either all since the last flush is
// written or the position stays before it.
func (f *file) put(_ context.Context, x *item) error {
	for i := range x.observed {
		f.buf = append(f.encoder.Append(f.buf, &x.observed[i], false), '\n')
	}
	return nil
}

// flush writes what was put, down to the disk.
func (f *file) flush(context.Context) error {
	if err := f.write(); err != nil {
		return err
	}
	if f.f == nil {
		return nil
	}
	if err := f.f.Sync(); err != nil {
		return fmt.Errorf("write %s to disk: %w", f.path, err)
	}
	return nil
}

// write writes what was put. Where that fails it is forgotten: the position
// stays where it was, and all of it comes again.
func (f *file) write() error {
	if len(f.buf) == 0 {
		return nil
	}
	lines := f.buf
	f.buf = f.buf[:0]
	if err := f.open(int64(len(lines))); err != nil {
		return err
	}
	n, err := f.f.Write(lines)
	f.size += int64(n)
	if err != nil {
		// What is half written ends with a line feed before the next.
		f.drop()
		return fmt.Errorf("write to %s: %w", f.path, err)
	}
	if cap(f.buf) > fileBuffer {
		f.buf = nil
	}
	return nil
}

// open has the file open that stands at the path, with room for more.
func (f *file) open(more int64) error {
	if f.f != nil && !f.there() { // somebody moved it away
		f.drop()
	}
	if f.f == nil {
		if err := f.append(); err != nil {
			return err
		}
	}
	if f.size == 0 || f.size+more <= f.most {
		return nil
	}
	f.drop()
	if err := f.rotate(); err != nil {
		return err
	}
	return f.append()
}

// there says whether the open file still stands at the path.
func (f *file) there() bool {
	a, err := f.f.Stat()
	if err != nil {
		return false
	}
	b, err := os.Stat(f.path)
	return err == nil && os.SameFile(a, b)
}

func (f *file) append() error {
	opened, err := os.OpenFile(f.path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return fmt.Errorf("open the output file: %w", err)
	}
	f.f = opened
	info, err := opened.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("it is no regular file")
	}
	if err == nil {
		f.size = info.Size()
		err = f.mend()
	}
	if err != nil {
		f.drop()
		return fmt.Errorf("open the output file %s: %w", f.path, err)
	}
	return nil
}

// mend ends a last line that was torn.
func (f *file) mend() error {
	if f.size == 0 {
		return nil
	}
	var last [1]byte
	if _, err := f.f.ReadAt(last[:], f.size-1); err != nil && err != io.EOF {
		return err
	}
	if last[0] == '\n' {
		return nil
	}
	n, err := f.f.WriteString("\n")
	f.size += int64(n)
	return err
}

// rotate moves PATH to PATH.1, PATH.1 to PATH.2 and so on; the last one goes.
func (f *file) rotate() error {
	for i := f.keep; i > 0; i-- {
		from := f.path
		if i > 1 {
			from += "." + strconv.Itoa(i-1)
		}
		if err := os.Rename(from, f.path+"."+strconv.Itoa(i)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("put the output file aside: %w", err)
		}
	}
	return nil
}

func (f *file) drop() {
	if err := f.f.Close(); err != nil {
		f.log.Warn("an output file was not closed well", "path", f.path, "err", err)
	}
	f.f = nil
}

func (f *file) close() error {
	if f.f == nil {
		return nil
	}
	err := f.f.Close()
	f.f = nil
	return err
}
