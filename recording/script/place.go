package script

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"gait/recording/reader"
)

// place says where a file of a recording is. A recording holds no file open
// between readings.
type place struct {
	src  *reader.Source // the opened input itself
	dir  reader.Dir     // or a neighbour of it, by name
	name string
	path string // or a file that the user named
}

// open opens the file; the caller closes it.
func (p place) open() (*reader.Source, io.Closer, error) {
	switch {
	case p.src != nil:
		return p.src, io.NopCloser(nil), nil
	case p.dir != nil:
		n, err := p.dir.Open(p.name)
		if err != nil {
			return nil, nil, err
		}
		return &n.Source, n, nil
	}
	f, info, err := openNamed(p.path)
	if err != nil {
		return nil, nil, err
	}
	return &reader.Source{ReaderAt: f, Size: info.Size(), Name: filepath.Base(p.path), Path: p.path}, f, nil
}

func (p place) empty() bool { return p.src == nil && p.dir == nil && p.path == "" }

// same says whether two places of one recording are the same file. A Dir need
// not be comparable, and there is only one.
func (p place) same(q place) bool { return p.src == q.src && p.name == q.name && p.path == q.path }

// head opens the file for its first bytes.
func (p place) head() ([]byte, error) {
	src, c, err := p.open()
	if err != nil {
		return nil, err
	}
	defer c.Close()
	return readHead(src)
}

// openNamed opens a file that the user named, if it is a regular one: a pipe
// cannot be read twice.
func openNamed(path string) (*os.File, fs.FileInfo, error) {
	info, err := os.Stat(path)
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("not a regular file")
	}
	if err != nil {
		return nil, nil, err
	}
	f, err := os.Open(path)
	return f, info, err
}

// named gives the place of the timing file that the user named: in the folder
// of the recording it may be compressed, elsewhere it is opened as it is.
func named(src *reader.Source) (place, error) {
	base := filepath.Base(src.Timing)
	beside := place{dir: src.Dir, name: base}
	if src.Dir != nil && sameFolder(src.Timing, src.Path) {
		if _, err := beside.head(); err == nil {
			return beside, nil
		}
	}
	there := place{path: src.Timing}
	head, err := there.head()
	if errors.Is(err, fs.ErrNotExist) && src.Dir != nil {
		if _, err := beside.head(); err == nil {
			return beside, nil
		}
	}
	bad := &reader.Error{Path: src.Timing, At: -1, What: "open the timing file", Err: err, Do: "check the name after --timing"}
	if err == nil && packed(head) {
		err = bad
		bad.What, bad.Do = "the timing file is compressed", "unpack it, or put it into the folder of the recording"
	}
	if err != nil {
		return place{}, bad
	}
	return there, nil
}

func sameFolder(a, b string) bool { return filepath.Dir(a) == filepath.Dir(b) }

// packed says whether a file begins as gzip or zstd does.
func packed(head []byte) bool {
	return bytes.HasPrefix(head, []byte("\x1f\x8b")) || bytes.HasPrefix(head, []byte("\x28\xb5\x2f\xfd"))
}

// neighbour gives the place of a file that a recording names: its base name in
// the folder of src. It is empty where that is not there or is src itself.
func neighbour(src *reader.Source, name string) place {
	name = baseName(name)
	if src.Dir == nil || name == "" || name == src.Name {
		return place{}
	}
	p := place{dir: src.Dir, name: name}
	if _, err := p.head(); err != nil {
		return place{}
	}
	return p
}

// baseName gives the last part of a path of any system.
func baseName(path string) string {
	if i := strings.LastIndexAny(path, `/\`); i >= 0 {
		path = path[i+1:]
	}
	if path == "." || path == ".." || strings.ContainsRune(path, 0) {
		return ""
	}
	return path
}

// search gives the first neighbour of src whose beginning is right.
func search(src *reader.Source, names []string, right func(head []byte) bool) place {
	for _, name := range names {
		p := neighbour(src, name)
		if p.empty() {
			continue
		}
		if head, err := p.head(); err == nil && right(head) {
			return p
		}
	}
	return place{}
}
