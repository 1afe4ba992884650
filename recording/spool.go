package recording

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"sync"

	"gait/recording/reader"
)

// spoolMemory is how much of what is unpacked is kept in memory; more of it
// goes to a temporary file. Single recordings of a terminal rarely reach it.
const spoolMemory = 16 << 20

// spool holds what was unpacked. It is written from one goroutine, then read
// from any. The file behind it has lost its name as soon as it is open, so
// nothing stays behind whatever happens, and its mode is 0600.
type spool struct {
	folder string // where the temporary file goes
	memory []byte
	file   *os.File
	size   int64
	named  bool // the system does not let go of names of open files
}

// ReadAt reads what was written.
func (s *spool) ReadAt(p []byte, at int64) (int, error) {
	if s.file != nil {
		return s.file.ReadAt(p, at)
	}
	if at < 0 || at >= int64(len(s.memory)) {
		return 0, io.EOF
	}
	n := copy(p, s.memory[at:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// Write appends. A failure is an [*Error] that speaks of the temporary file.
func (s *spool) Write(p []byte) (int, error) {
	if s.file == nil && s.size+int64(len(p)) > spoolMemory {
		if err := s.spill(); err != nil {
			return 0, spoolError(err)
		}
	}
	if s.file == nil {
		s.memory = append(s.memory, p...)
		s.size += int64(len(p))
		return len(p), nil
	}
	n, err := s.file.Write(p)
	s.size += int64(n)
	if err != nil {
		return n, spoolError(err)
	}
	return n, nil
}

// spill moves what is in memory to a file.
func (s *spool) spill() error {
	f, err := os.CreateTemp(s.folder, "gait-*")
	if err != nil {
		return err
	}
	s.file, s.named = f, os.Remove(f.Name()) != nil
	if _, err = f.Write(s.memory); err == nil {
		s.memory = nil
	}
	return err
}

// Close lets go of all of it.
func (s *spool) Close() error {
	s.memory = nil
	if s.file == nil {
		return nil
	}
	err := s.file.Close()
	if s.named {
		err = errors.Join(err, os.Remove(s.file.Name()))
	}
	if errors.Is(err, fs.ErrClosed) {
		return nil
	}
	return err
}

var copyBuffers = sync.Pool{New: func() any { return new([64 << 10]byte) }}

// filling says what came of filling a spool.
type filling struct {
	size int64
	cut  bool  // there was more than the limit
	read error // what ended the reading, nil at its end
}

// fill appends what r gives, up to a limit. The error is one of writing; an
// error of reading is part of the result, since what came before it counts.
func (s *spool) fill(r io.Reader, limit int64) (filling, error) {
	buf := copyBuffers.Get().(*[64 << 10]byte)
	defer copyBuffers.Put(buf)
	var f filling
	for idle := 0; idle < 100; {
		n, err := r.Read(buf[:])
		if f.cut = int64(n) > limit-f.size; f.cut {
			n = int(limit - f.size)
		}
		if _, werr := s.Write(buf[:n]); werr != nil {
			return f, werr
		}
		f.size += int64(n)
		if err != nil && err != io.EOF {
			f.read = err
		}
		if err != nil || f.cut {
			return f, nil
		}
		if idle++; n > 0 {
			idle = 0
		}
	}
	f.read = io.ErrNoProgress
	return f, nil
}

func spoolError(err error) error {
	return &reader.Error{At: -1, What: "cannot write the temporary file that unpacking needs", Do: "point TMPDIR at a folder with room", Err: err}
}
