// Package recording opens recordings of shell sessions, whatever their format
// and however they are packed.
//
// [Open] finds the format of one file by its content; from then on that format
// alone explains what is wrong with it. [Find] expands files and folders to
// inputs. gzip, zstd and tar are taken off on the way, within limits and in a
// temporary file that has no name. Names that stand inside of archives and
// logs are labels: nothing is opened outside the folder that an input lies in.
package recording

import (
	"errors"
	"io"
	"iter"
	"os"

	"gait"
	"gait/recording/reader"
)

// Recording is an opened input; see [reader.Recording].
type Recording = reader.Recording

// Batch is a piece of a recording that can be read apart; see [reader.Batch].
type Batch = reader.Batch

// Limits bound what is read of one input; see [reader.Limits].
type Limits = reader.Limits

// Error is a failure to read an input, in words for its user; see
// [reader.Error].
type Error = reader.Error

// ErrNoSession says that a recording does not hold the session asked for.
var ErrNoSession = reader.ErrNoSession

// DefaultLimits gives the limits that hold unless others are asked for.
func DefaultLimits() Limits { return reader.DefaultLimits() }

// Options say how inputs are opened. The zero value is useful.
type Options struct {
	// Limits bound what is read; the zero value stands for DefaultLimits.
	Limits Limits
	// Timing is the path of the timing file of a script(1) recording, where
	// it is not found by itself. A file opened with it is read as one.
	Timing string
	// Stdin is read for the path "-"; nil stands for the process's own.
	Stdin io.Reader
	// TempDir is where what is unpacked lies while it is open; empty stands
	// for os.TempDir.
	TempDir string
	// Skipped is told of every file below a folder that Find passes over,
	// and why. It may be nil.
	Skipped func(path, why string)

	kinds []kind // the formats that are known, in the order they are tried
}

// filled gives the options with all defaults in place.
func (o Options) filled() Options {
	if o.Limits == (Limits{}) {
		o.Limits = DefaultLimits()
	}
	if o.Stdin == nil {
		o.Stdin = os.Stdin
	}
	if o.Skipped == nil {
		o.Skipped = func(string, string) {}
	}
	if o.kinds == nil {
		o.kinds = known
	}
	return o
}

// File is an opened input. Its batches may be read on several goroutines at
// once; all must be done before Close.
type File struct {
	Recording
	odd   gait.Oddities // of unpacking
	held  closers
	spool *spool // what was unpacked; nil where nothing can have been
}

// Open opens one file, or standard input for the path "-". The error is an
// [*Error] that says what the input is and what can be done. Folders, pipes,
// sockets and devices are refused without waiting for them.
func Open(path string, opt Options) (*File, error) {
	opt = opt.filled()
	in, err := openInput(path, opt)
	if err != nil {
		return nil, err
	}
	return load(in, opt)
}

// Oddities gives what was odd about the file outside its sessions: first what
// unpacking met, then what the format counted. It is whole when all batches
// have been read.
func (f *File) Oddities() gait.Oddities {
	odd := append(gait.Oddities(nil), f.odd...)
	odd.Merge(f.Recording.Oddities())
	return odd
}

// Close gives back what the file holds. Its sessions stay usable where they
// were cloned.
func (f *File) Close() error {
	err := errors.Join(closeRecording(f.Recording), f.held.Close())
	f.held = nil
	return err
}

// closeRecording closes a recording whose format holds something open.
func closeRecording(r Recording) error {
	if c, ok := r.(io.Closer); ok {
		return c.Close()
	}
	return nil
}

// closers are closed together.
type closers []io.Closer

// Close closes the last one first and gives the first error.
func (c closers) Close() (err error) {
	for i := len(c) - 1; i >= 0; i-- {
		if e := c[i].Close(); err == nil {
			err = e
		}
	}
	return err
}

// errStop ends the reading of a batch whose sessions nobody wants any more.
var errStop = errors.New("stop")

// Sessions gives all sessions of a file in order of first appearance. Each is
// a copy and may be kept. A batch that cannot be read to its end gives its
// error, with a nil session, and the next batch follows.
func Sessions(f *File) iter.Seq2[*gait.Session, error] {
	return func(yield func(*gait.Session, error) bool) {
		for _, b := range f.Batches() {
			err := b.Each(func(s *gait.Session) error {
				if !yield(s.Clone(), nil) {
					return errStop
				}
				return nil
			})
			if errors.Is(err, errStop) || err != nil && !yield(nil, err) {
				return
			}
		}
	}
}
