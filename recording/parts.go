package recording

import (
	"path"
	"path/filepath"
	"sync"

	"gait/recording/reader"
)

// siblings is the folder of an item of an archive.
type siblings struct {
	shelf *shelf
	at    string
}

// Open opens an item of the same folder.
func (d siblings) Open(name string) (*reader.Neighbour, error) {
	i := -1
	if isBase(name) {
		i = d.shelf.beside(d.at, plainName(name))
	}
	if i < 0 {
		return nil, notThere(name)
	}
	return d.shelf.neighbour(i, d)
}

// neighbour opens an item for another one.
func (s *shelf) neighbour(i int, dir reader.Dir) (*reader.Neighbour, error) {
	in, err := s.raw(i)
	if err != nil {
		return nil, err
	}
	return unpackNeighbour(in, dir, s.opt)
}

// takeParts marks the files that opening an item opens: they are parts of its
// recording. An item that cannot be opened has none; whoever opens it next
// hears why.
func (s *shelf) takeParts(i int) {
	it := &s.items[i]
	at := path.Dir(it.path)
	w := &watched{Dir: siblings{s, at}, names: map[string]bool{}}
	if s.near != nil {
		w.Dir = folder{root: filepath.Dir(it.path), opt: s.opt}
	}
	n, err := s.neighbour(i, w)
	if err != nil {
		return
	}
	defer n.Close()
	rec, err := it.kind.Open(&n.Source, s.opt.Limits)
	if err != nil {
		return
	}
	closeRecording(rec)
	for name := range w.names {
		if j := s.beside(at, name); j >= 0 && j != i && s.items[j].kind == it.kind {
			s.items[j].taken = true
		}
	}
}

// watched is a folder that remembers what was opened in it.
type watched struct {
	reader.Dir
	mu    sync.Mutex
	names map[string]bool // without .gz and .zst
}

// Open opens a neighbour.
func (w *watched) Open(name string) (*reader.Neighbour, error) {
	n, err := w.Dir.Open(name)
	if err == nil {
		w.mu.Lock()
		w.names[plainName(name)] = true
		w.mu.Unlock()
	}
	return n, err
}
