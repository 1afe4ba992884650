package recording

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"gait/recording/reader"
)

// input is an opened input as it lies on disk or came in, still packed.
type input struct {
	io.ReaderAt
	io.Closer
	size   int64
	path   string // as the user gave it
	name   string // base name
	folder string // where its neighbours are; empty where it has none
	within string // the folder that nothing is opened outside of, where there is one
	stamp  stamp  // of the file when it was opened
	stat   func() (fs.FileInfo, error)
	quiet  bool         // found in a folder: an archive without recordings is no error
	cut    bool         // there was more than the limit
	taken  map[int]bool // members of an archive that are read elsewhere
}

// openInput opens a path that a user named.
func openInput(path string, opt Options) (*input, error) {
	if path == "-" {
		return openStream(opt)
	}
	info, err := os.Stat(path)
	if err == nil {
		err = refuse(info.Mode())
	}
	if err != nil {
		return nil, openError(path, err)
	}
	// Between the two looks the file may have become a pipe.
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, openError(path, err)
	}
	in, err := newInput(f, path)
	if err != nil {
		return nil, openError(path, err)
	}
	in.folder = filepath.Dir(path)
	return in, nil
}

// newInput takes over a file that is open, if it is a regular one.
func newInput(f *os.File, path string) (*input, error) {
	info, err := f.Stat()
	if err == nil {
		err = refuse(info.Mode())
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return &input{
		ReaderAt: f, Closer: f, size: info.Size(), path: path, name: filepath.Base(path),
		stamp: fileStamp(info), stat: f.Stat,
	}, nil
}

// now gives the present state of the opened file.
func (in *input) now() (stamp, error) {
	info, err := in.stat()
	if err != nil {
		return stamp{}, err
	}
	return fileStamp(info), nil
}

// openStream takes standard input: as it is where it is a file that nobody has
// read from, else as a copy.
func openStream(opt Options) (*input, error) {
	if f, ok := opt.Stdin.(*os.File); ok {
		info, err := f.Stat()
		at, serr := f.Seek(0, io.SeekCurrent)
		if err == nil && serr == nil && info.Mode().IsRegular() && at == 0 {
			return &input{ReaderAt: f, Closer: io.NopCloser(nil), size: info.Size(), path: "-", name: "stdin"}, nil
		}
	}
	s := &spool{folder: opt.TempDir}
	got, err := s.fill(opt.Stdin, opt.Limits.Unpacked)
	if err == nil && got.read != nil && got.size == 0 {
		err = &reader.Error{At: -1, What: "cannot read standard input", Err: got.read}
	}
	if err != nil {
		s.Close()
		return nil, withPath(err, "-")
	}
	return &input{ReaderAt: s, Closer: s, size: got.size, path: "-", name: "stdin", cut: got.cut}, nil
}

// refuse gives an error for everything that is no regular file.
func refuse(m fs.FileMode) error {
	what, do := "", ""
	switch {
	case m.IsRegular():
		return nil
	case m.IsDir():
		what, do = "is a folder", "name a file in it"
	case m&fs.ModeNamedPipe != 0:
		what, do = "is a named pipe", "give it as standard input, with the path -"
	case m&fs.ModeSocket != 0:
		what = "is a socket"
	default:
		what, do = "is a device", "give it as standard input, with the path -"
	}
	return &reader.Error{At: -1, What: what, Do: do}
}

// openError explains why a path could not be opened.
func openError(path string, err error) error {
	var known *reader.Error
	if errors.As(err, &known) {
		return withPath(err, path)
	}
	e := &reader.Error{Path: path, At: -1, What: "cannot be opened", Err: err}
	var p *fs.PathError
	if errors.As(err, &p) {
		e.Err = p.Err // the path is said already
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		e.Do = "see that the path is right"
	case errors.Is(err, fs.ErrPermission):
		e.Do = "run as its owner, or allow reading it"
	}
	return e
}

// withPath makes an [*reader.Error] of any error and gives it the path, unless
// it has one.
func withPath(err error, path string) error {
	var e *reader.Error
	if !errors.As(err, &e) {
		return &reader.Error{Path: path, At: -1, What: "cannot be read", Err: err}
	}
	if e.Path == "" {
		c := *e
		c.Path = path
		return &c
	}
	return err
}
