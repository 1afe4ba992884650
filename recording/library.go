package recording

import (
	"container/list"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"gait"
	"gait/recording/reader"
	"gait/recording/shard"
)

// ErrOutside says that a path, or a link on the way to it, leads outside the
// folders that may be read.
var ErrOutside = errors.New("lies outside the folders that are read")

// Place says where the recording of one session is.
type Place struct {
	Format  string `json:"format"`
	Path    string `json:"path"`
	Session string `json:"session"` // its id in the file
	// Bytes is how much input and output a log says that it holds, 0 where none
	// does: a recording with fewer is not whole.
	Bytes int64 `json:"bytes,omitempty"`
	// Weight is about how many bytes of the file it takes, where that is known
	// and much: whoever reads several at once bounds the sum.
	Weight int64 `json:"weight,omitempty"`
	// Extra is what the format needs beside that; only Cowrie's followed logs
	// have it.
	Extra json.RawMessage `json:"extra,omitempty"`
}

// LibraryOptions say what a library reads.
type LibraryOptions struct {
	Roots   []string // folders; nothing outside them is read
	Limits  Limits   // the zero value stands for DefaultLimits
	TempDir string   // for what is unpacked; empty stands for os.TempDir
	Open    int      // files kept open; 0 stands for 64
}

// How much a library keeps: memory of indexes and of what was unpacked, and
// how long what nobody asks for.
const (
	libraryOpen   = 64
	libraryWeight = 64 << 20
	libraryIdle   = 5 * time.Minute
)

// Library reads single sessions out of recordings below its roots, again and
// again: shards keep an index that grows with the file, other recordings stay
// open, within a bounded number of files and bounded memory. It is safe for
// concurrent use.
//
// A shard that is gone from its path is looked for by what its evidence
// reference says, {decoy}/{service}/transcripts/{file}, below every root, also
// packed. A file that was replaced, or became shorter, is indexed anew.
type Library struct {
	opt   Options
	roots []string // absolute
	most  int

	mu     sync.Mutex
	books  map[string]*book
	homes  map[string]*CowrieHome
	recent *list.List // of *book, the last used first
	weight int64
	timer  *time.Timer
	closed bool
}

// NewLibrary makes a library. Roots need not exist yet, and may be links.
func NewLibrary(opt LibraryOptions) *Library {
	l := &Library{
		opt:   Options{Limits: opt.Limits, TempDir: opt.TempDir}.filled(),
		most:  opt.Open,
		books: map[string]*book{}, recent: list.New(),
	}
	if l.most <= 0 {
		l.most = libraryOpen
	}
	for _, r := range opt.Roots {
		if abs, err := filepath.Abs(r); err == nil {
			r = abs
		}
		l.roots = append(l.roots, filepath.Clean(r))
	}
	return l
}

// Read reads one session. The error is, or wraps, [ErrOutside],
// fs.ErrNotExist, fs.ErrPermission, [ErrNoSession], an [*Error], or the
// context's, which ends waiting for a file that is being indexed.
func (l *Library) Read(ctx context.Context, p Place) (*gait.Session, error) {
	if p.Format == "cowrie" && len(p.Extra) > 0 {
		return l.readCowrie(ctx, p)
	}
	s, err := l.session(ctx, p.Path, p.Session)
	if p.Format != shard.FormatName || !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, ErrNoSession) {
		return s, err
	}
	for _, path := range l.elsewhere(p.Path) {
		if s, e := l.session(ctx, path, p.Session); e == nil || !errors.Is(e, fs.ErrNotExist) && !errors.Is(e, ErrNoSession) {
			return s, e
		}
	}
	return nil, err
}

// Close closes all files. What is being read is closed by its reader.
func (l *Library) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	if l.timer != nil {
		l.timer.Stop()
	}
	for _, b := range l.books {
		l.drop(b)
	}
	for _, h := range l.homes {
		h.Close()
	}
	return nil
}

// session reads a session from the file at a path.
func (l *Library) session(ctx context.Context, path, id string) (*gait.Session, error) {
	for range 3 {
		b, err := l.take(ctx, path)
		if err != nil {
			return nil, err
		}
		s, err := b.session(id)
		l.give(b)
		if !errors.Is(err, errReplaced) {
			return s, withPlace(err, path)
		}
	}
	return nil, &reader.Error{Path: path, At: -1, What: "changes too fast to be read", Do: "read it again when it is left alone"}
}

// withPlace gives an error its path; what callers branch on stays as it is.
func withPlace(err error, path string) error {
	if err == nil || errors.Is(err, ErrNoSession) {
		return err
	}
	return withPath(err, path)
}

// elsewhere lists where a shard may be that is not at its path.
func (l *Library) elsewhere(path string) (list []string) {
	decoy, service, file, ok := shard.Split(path)
	if !ok {
		return nil
	}
	for _, root := range l.roots {
		for _, suffix := range suffixes {
			if p := filepath.Join(root, decoy, service, "transcripts", file+suffix); p != path {
				list = append(list, p)
			}
		}
	}
	return list
}

// locate gives the root that a path lies below, and the rest of the path.
func (l *Library) locate(path string) (root, rel string, err error) {
	if path == "" || len(path) > 4096 || strings.ContainsRune(path, 0) {
		return "", "", fmt.Errorf("path %q %w", path[:min(len(path), 256)], ErrOutside)
	}
	if path, err = filepath.Abs(path); err != nil {
		return "", "", err
	}
	for _, root := range l.roots {
		if rel, ok := rest(root, path); ok {
			return root, rel, nil
		}
	}
	for _, root := range l.roots {
		real, err := filepath.EvalSymlinks(root)
		if err != nil {
			continue
		}
		if rel, ok := rest(real, path); ok {
			return real, rel, nil
		}
	}
	return "", "", fmt.Errorf("%q %w", path, ErrOutside)
}

// rest gives what follows a folder in a path below it, "." for the folder.
func rest(folder, path string) (string, bool) {
	rel, err := filepath.Rel(folder, path)
	return rel, err == nil && filepath.IsLocal(rel)
}

// OpenFile opens a file below a root, unpacked, for those who read what is no
// single session. The caller closes it. Errors are those of Read. A file that
// is larger than the limits when unpacked ends there.
func (l *Library) OpenFile(path string) (*reader.Neighbour, error) {
	in, err := l.openRaw(path)
	if err != nil {
		return nil, err
	}
	return unpackNeighbour(in, in.neighbours(l.opt), l.opt)
}
