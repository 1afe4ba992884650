package recording

import (
	"errors"
	"io"
	"io/fs"
	"path"

	"gait/recording/reader"
)

// shelfDir gives a log the recordings that it names: from the places where
// its honeypot puts them, then from anywhere on the shelf.
type shelfDir struct {
	shelf  *shelf
	at     string // the folder of the log
	places places // empty in an archive
}

func (s *shelf) dirOf(logs []int) shelfDir {
	d := shelfDir{shelf: s, at: path.Dir(s.items[logs[0]].path)}
	if s.near != nil {
		d.places = s.near(d.at)
	}
	return d
}

// Open opens a recording by its base name.
func (d shelfDir) Open(name string) (*reader.Neighbour, error) {
	n, err := d.places.Open(name)
	if !errors.Is(err, fs.ErrNotExist) || !isBase(name) {
		return n, err
	}
	i := d.shelf.nearest(d.at, plainName(name))
	if i < 0 {
		return nil, notThere(name)
	}
	return d.shelf.neighbour(i, d)
}

// which gives the item that Open would open; -1 where that is none of the
// shelf's.
func (d shelfDir) which(base string) int {
	if p := d.places.path(base); p != "" {
		if i, ok := d.shelf.at(p); ok {
			return i
		}
		return -1
	}
	return d.shelf.nearest(d.at, base)
}

// claim marks the items that logs speak for. It gives the logs' recording
// where the shelf keeps it, else nil. Logs that cannot be opened claim
// nothing; whoever opens them next hears why.
func (s *shelf) claim(logs []int) joined {
	if !s.keep && !s.hasOthers() {
		return nil
	}
	rec, closers, err := s.openLogs(logs)
	if err != nil {
		return nil
	}
	dir := s.dirOf(logs)
	for i := range s.items {
		it := &s.items[i]
		if !it.taken && it.kind != nil && it.kind.join == nil && rec.Claims(it.base) && dir.which(it.base) == i {
			it.taken = true
		}
	}
	if s.keep {
		return rec // what it reads from is the archive's
	}
	if c, ok := rec.(io.Closer); ok {
		c.Close()
	}
	closeAll(closers)
	return nil
}

// hasOthers says whether there is any recording that a log could speak for.
func (s *shelf) hasOthers() bool {
	for i := range s.items {
		if k := s.items[i].kind; k != nil && k.join == nil {
			return true
		}
	}
	return false
}

// openLogs opens logs as one recording. All that is unpacked lies in one
// spool, so that a year of packed logs does not fill the memory.
func (s *shelf) openLogs(logs []int) (joined, []io.Closer, error) {
	var size int64
	for _, i := range logs {
		size += s.items[i].size
	}
	u := newUnpacker(size, s.opt)
	held := []io.Closer{&u.spool}
	dir := s.dirOf(logs)
	var sources []*reader.Source
	for _, i := range logs {
		in, err := s.raw(i)
		if err == nil {
			held = append(held, in)
			var body *io.SectionReader
			if body, err = u.peel(io.NewSectionReader(in, 0, in.size)); err == nil {
				sources = append(sources, &reader.Source{ReaderAt: body, Size: body.Size(), Name: plainName(in.name), Path: in.path, Dir: dir})
			}
		}
		if err != nil {
			closeAll(held)
			return nil, nil, withPath(err, s.items[i].path)
		}
	}
	rec, err := s.items[logs[0]].kind.join(sources, dir, s.opt.Limits)
	if err != nil {
		closeAll(held)
		return nil, nil, withPath(err, s.items[logs[0]].path)
	}
	return joinedFile{rec, u}, held, nil
}
