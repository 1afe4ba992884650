package recording

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

// maxDepth is how many folders deep a walk goes.
const maxDepth = 64

// walk puts the files below named paths on a shelf.
type walk struct {
	shelf *shelf
	seen  map[string]int // items by absolute path
}

func newWalk(opt Options) *walk {
	w := &walk{shelf: newShelf(opt), seen: map[string]int{}}
	w.shelf.raw = w.raw
	w.shelf.near = func(at string) places { return logPlaces(at, opt) }
	w.shelf.at = func(path string) (int, bool) {
		abs, err := filepath.Abs(path)
		i, ok := w.seen[abs]
		return i, ok && err == nil
	}
	return w
}

// put adds an item, unless the same path was met before.
func (w *walk) put(it item) *item {
	key := it.path
	if abs, err := filepath.Abs(it.path); err == nil && key != "-" {
		key = abs
	}
	if _, ok := w.seen[key]; ok {
		return nil
	}
	w.seen[key] = len(w.shelf.items)
	it.base = plainName(filepath.Base(it.path))
	w.shelf.items = append(w.shelf.items, it)
	return &w.shelf.items[len(w.shelf.items)-1]
}

// add puts what a path names on the shelf.
func (w *walk) add(ctx context.Context, path string) {
	if path == "-" {
		w.put(item{path: path})
		return
	}
	info, err := os.Stat(path)
	switch {
	case err != nil:
		w.put(item{path: path, err: openError(path, err)})
	case info.IsDir():
		root, err := os.OpenRoot(path)
		if err != nil {
			w.put(item{path: path, err: openError(path, err)})
			return
		}
		defer root.Close()
		t := tree{walk: w, root: root, path: path}
		t.folder(ctx, ".", 0)
	default:
		if it := w.put(item{path: path, size: info.Size()}); it != nil && w.shelf.opt.Timing == "" {
			w.look(it, func() (*input, error) { return openInput(path, w.shelf.opt) })
		}
	}
}

// look reads the first bytes of a file and finds its format.
func (w *walk) look(it *item, open func() (*input, error)) (head []byte) {
	in, err := open()
	if err != nil {
		it.err = err
		return nil
	}
	defer in.Close()
	head = peek(in.section())
	w.shelf.sniff(it, head)
	if it.kind == nil && isTar(head) && isPack(it.base) {
		it.pack = &pack{stamp: in.stamp}
	}
	return head
}

// tree is one folder that was named.
type tree struct {
	*walk
	root *os.Root
	path string
}

// folder looks at everything below a folder, until ctx is done. Names may hold
// any bytes.
func (t *tree) folder(ctx context.Context, rel string, depth int) {
	entries, err := t.entries(rel)
	if err != nil {
		t.put(item{path: filepath.Join(t.path, rel), err: openError(filepath.Join(t.path, rel), err)})
	}
	for _, e := range entries {
		name := filepath.Join(rel, e.Name())
		path := filepath.Join(t.path, name)
		switch {
		case ctx.Err() != nil:
			return
		case e.Type().IsRegular():
			t.file(name, path)
		case e.IsDir() && uploads(e.Name(), entries):
			t.shelf.opt.Skipped(path, "holds what visitors left")
		case e.IsDir() && depth >= maxDepth:
			t.shelf.opt.Skipped(path, "is too many folders deep")
		case e.IsDir():
			t.folder(ctx, name, depth+1)
		case e.Type()&fs.ModeSymlink != 0:
			t.shelf.opt.Skipped(path, "is a link")
		default:
			t.shelf.opt.Skipped(path, refuse(e.Type()).Error())
		}
	}
}

// entries lists a folder in lexical order.
func (t *tree) entries(rel string) ([]fs.DirEntry, error) {
	f, err := t.root.OpenFile(rel, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	entries, err := f.ReadDir(-1)
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return entries, err
}

// uploads says whether a folder is where Cowrie or Kippo keeps what visitors
// uploaded. A visitor could put a made-up recording there.
func uploads(name string, beside []fs.DirEntry) bool {
	return (name == "downloads" || name == "dl") && slices.ContainsFunc(beside, func(e fs.DirEntry) bool {
		return e.IsDir() && (e.Name() == "tty" || e.Name() == "log")
	})
}

// file puts a file on the shelf if it looks like a recording or an archive.
func (t *tree) file(rel, path string) {
	it := item{path: path, base: plainName(filepath.Base(path)), disk: spot{t.path, rel}}
	head := t.look(&it, func() (*input, error) {
		in, err := below(t.root, rel, path)
		if err == nil {
			it.size = in.size
		}
		return in, err
	})
	switch {
	case it.err != nil || it.kind != nil || isTar(head):
		t.put(it)
	case it.size == 0:
		t.shelf.opt.Skipped(path, "is empty")
	default:
		t.shelf.opt.Skipped(path, "is no recording")
	}
}
