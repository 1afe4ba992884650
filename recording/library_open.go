package recording

import (
	"os"
	"path/filepath"
	"strings"

	"gait/recording/reader"
)

// openRaw opens a file below a root as it lies there.
func (l *Library) openRaw(path string) (*input, error) {
	root, rel, err := l.locate(path)
	if err != nil {
		return nil, err
	}
	dir, err := os.OpenRoot(root)
	if err != nil {
		return nil, openError(path, err)
	}
	defer dir.Close()
	return open(dir, root, rel)
}

// open opens a file of a root. Its path is that of the root and the rest.
func open(dir *os.Root, root, rel string) (*input, error) {
	path := filepath.Join(root, rel)
	f, err := openRegular(dir, rel)
	if err != nil {
		return nil, outsideError(path, err)
	}
	in, err := newInput(f, path)
	if err != nil {
		return nil, openError(path, err)
	}
	in.folder, in.within = filepath.Dir(path), root
	return in, nil
}

// outsideError explains why a file below a root could not be opened. That a
// link leads out of the root has no error of its own in package os.
func outsideError(path string, err error) error {
	if strings.Contains(err.Error(), "escapes from parent") {
		return &reader.Error{Path: path, At: -1, What: "is reached by a link out of its folder", Do: "name the folder that it leads to", Err: ErrOutside}
	}
	return openError(path, err)
}
