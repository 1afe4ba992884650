package recording

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"gait/recording/reader"
)

// folder is the folder of an input on disk. Names come from recordings, so
// from attackers: only base names are opened, only regular files, and no link
// that leads out of the folder. It is safe for concurrent use.
type folder struct {
	root string // a path that the user's own path gave
	sub  string // a path below it, which may lead through no link that leaves it
	opt  Options
}

// Open opens a neighbour by its name, or by its name with .gz or .zst.
func (d folder) Open(name string) (*reader.Neighbour, error) {
	f, path, err := d.find(name)
	if err != nil {
		return nil, err
	}
	in, err := newInput(f, path)
	if err != nil {
		return nil, err
	}
	return unpackNeighbour(in, d, d.opt)
}

// suffixes are what rotation and people put behind a name.
var suffixes = [...]string{"", ".gz", ".zst"}

// find opens the file behind a name and gives its path.
func (d folder) find(name string) (*os.File, string, error) {
	if !isBase(name) {
		return nil, "", notThere(name)
	}
	root, err := d.open()
	if err != nil {
		return nil, "", err
	}
	defer root.Close()
	for _, suffix := range suffixes {
		f, err := openRegular(root, name+suffix)
		if !errors.Is(err, fs.ErrNotExist) {
			return f, filepath.Join(d.root, d.sub, name+suffix), err
		}
	}
	return nil, "", notThere(name)
}

func (d folder) open() (*os.Root, error) {
	root, err := os.OpenRoot(d.root)
	if err != nil || d.sub == "" {
		return root, err
	}
	defer root.Close()
	return root.OpenRoot(d.sub)
}

// openRegular opens a regular file. A pipe is not waited for.
func openRegular(root *os.Root, name string) (*os.File, error) {
	info, err := root.Stat(name)
	if err == nil {
		err = refuse(info.Mode())
	}
	if err != nil {
		return nil, err
	}
	return root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
}

// isBase says whether a name is that of a file in a folder and nothing else.
func isBase(name string) bool {
	return name != "" && name != "." && name != ".." && len(name) < 256 &&
		!strings.ContainsAny(name, "/\x00") && !strings.ContainsRune(name, filepath.Separator)
}

// unpackNeighbour takes over an input and takes its compression off.
func unpackNeighbour(in *input, dir reader.Dir, opt Options) (*reader.Neighbour, error) {
	u := newUnpacker(in.size, opt)
	held := closers{in, &u.spool}
	src, err := u.source(in, dir)
	if err != nil {
		held.Close()
		return nil, withPath(err, in.path)
	}
	return &reader.Neighbour{Source: *src, Closer: held}, nil
}

// places are several folders; a name is looked for in one after the other.
type places []folder

// logPlaces gives where the recordings lie that a Cowrie log names: in tty
// below it (a source tree, T-Pot), where an installed Cowrie has them, in lib
// beside the log's own tree, or beside it.
func logPlaces(at string, opt Options) places {
	return places{
		{root: at, sub: "tty", opt: opt},
		{root: filepath.Join(at, "..", ".."), sub: filepath.Join("lib", "cowrie", "tty"), opt: opt},
		{root: at, opt: opt},
	}
}

// Open opens the first file of that name. A place that cannot be looked at
// keeps none of the others from being tried.
func (p places) Open(name string) (*reader.Neighbour, error) {
	missing := notThere(name)
	for _, d := range p {
		n, err := d.Open(name)
		if err == nil {
			return n, nil
		}
		if errors.Is(missing, fs.ErrNotExist) {
			missing = err
		}
	}
	return nil, missing
}

// path gives the path of the file that Open would open, empty where none is
// there. It looks at no content.
func (p places) path(name string) string {
	for _, d := range p {
		for _, suffix := range suffixes {
			path := filepath.Join(d.root, d.sub, name+suffix)
			if info, err := os.Stat(path); err == nil && info.Mode().IsRegular() {
				return path
			}
		}
	}
	return ""
}

func notThere(name string) error {
	return &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}
