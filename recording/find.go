package recording

import (
	"context"
	"io"
	"iter"
	"os"
	"path/filepath"
)

// Input is something that can be opened and read: a file, or the logs of one
// folder together.
type Input struct {
	Path string // as the user gave it, or below what the user gave
	Size int64  // bytes on disk, still packed; zero for standard input
	// Open opens it. It may be called more than once and from any goroutine.
	Open func() (*File, error)
}

// Find expands paths to inputs: each file that is named, standard input for
// "-", and every recording below each folder that is named. The order is that
// of the paths, and lexical below a folder, whatever the file system says.
//
// All files below the folders are looked at before the first input is given,
// one at a time and no further than their first bytes, since a log anywhere
// may speak for recordings anywhere else: the logs of one folder are one
// input, and the recordings they name are theirs and no inputs of their own.
// Where there are logs, archives of terminal logs (see [CowrieHome]) are looked
// through too: what logs name is read with them, and the archive gives the rest.
//
// Below a folder, what no format claims is passed over, as are links, pipes,
// sockets and devices, and what a honeypot kept of its visitors' uploads;
// Options.Skipped is told. What cannot be looked at gives its path with an
// error, and the rest follows. A named file is always an input: whoever opens
// it hears what is wrong.
func Find(ctx context.Context, paths []string, opt Options) iter.Seq2[Input, error] {
	return func(yield func(Input, error) bool) {
		w := newWalk(opt.filled())
		for _, p := range paths {
			w.add(ctx, p)
		}
		if err := ctx.Err(); err != nil {
			yield(Input{}, err)
			return
		}
		for _, u := range w.shelf.units() {
			it := &w.shelf.items[u.first()]
			if !yield(w.input(u), it.err) {
				return
			}
		}
	}
}

// input makes an input of a unit.
func (w *walk) input(u unit) Input {
	it := &w.shelf.items[u.first()]
	in := Input{Path: it.path, Open: func() (*File, error) { return nil, it.err }}
	for _, i := range u.logs {
		in.Size += w.shelf.items[i].size
	}
	switch {
	case it.err != nil:
	case it.kind != nil && it.kind.join != nil:
		in.Open = func() (*File, error) {
			o, err := w.shelf.open(u.logs)
			if err != nil {
				return nil, err
			}
			return &File{Recording: o.joined, odd: o.odd, held: o.held}, nil
		}
	default:
		in.Open = func() (*File, error) {
			opt := w.shelf.opt
			if it.disk.root != "" {
				opt.Timing = ""
			}
			raw, err := w.raw(u.first())
			if err != nil {
				return nil, err
			}
			if it.pack != nil && it.pack.stamp == raw.stamp {
				raw.taken = it.pack.taken
			}
			return load(raw, opt)
		}
	}
	return in
}

// spot is where a file lies: below a folder that was named, or, where root is
// empty, at a path that was named itself.
type spot struct{ root, rel string }

// raw opens a file as it lies there. Below a folder no link leads out of it.
func (w *walk) raw(i int) (*input, error) {
	it := &w.shelf.items[i]
	if it.disk.root == "" {
		return openInput(it.path, w.shelf.opt)
	}
	root, err := os.OpenRoot(it.disk.root)
	if err != nil {
		return nil, openError(it.path, err)
	}
	defer root.Close()
	return below(root, it.disk.rel, it.path)
}

// below opens a file below a folder.
func below(root *os.Root, rel, path string) (*input, error) {
	f, err := openRegular(root, rel)
	if err != nil {
		return nil, openError(path, err)
	}
	in, err := newInput(f, path)
	if err != nil {
		return nil, openError(path, err)
	}
	in.folder, in.quiet = filepath.Dir(path), true
	return in, nil
}

// section is all of an input.
func (in *input) section() *io.SectionReader { return io.NewSectionReader(in, 0, in.size) }

// OpenBelow opens one file below a folder, and nothing outside of the folder.
func OpenBelow(dir, rel string, opt Options) (*File, error) {
	opt = opt.filled()
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, openError(dir, err)
	}
	defer root.Close()
	in, err := open(root, dir, rel)
	if err != nil {
		return nil, err
	}
	return load(in, opt)
}
