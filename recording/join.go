package recording

import (
	"errors"
	"io"
	"io/fs"
	"path"

	"gait"
	"gait/recording/reader"
)

// shelfDir gives a log the recordings that it names: from the places where
// its honeypot puts them, then from anywhere on the shelf.
type shelfDir struct {
	shelf  *shelf
	at     string   // the folder of the log
	places places   // empty in an archive
	kept   *shelfOf // opened packs
}

func (s *shelf) dirOf(logs []int) shelfDir {
	d := shelfDir{shelf: s, at: path.Dir(s.items[logs[0]].path), kept: &shelfOf{}}
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

// maxJoined is how many groups of logs may speak for recordings: each asks
// for all of them, and an archive could be made of nothing else.
const maxJoined = 1000

// claim marks the items that logs speak for: of some others, and of what lies
// in packs where that is asked for. It gives the opened logs where the shelf
// keeps them, else nil. Logs that cannot be opened claim nothing; whoever opens
// them next hears why.
func (s *shelf) claim(logs []int, others []int, packs bool) *openLogs {
	if !s.keep && len(others) == 0 && !packs {
		return nil
	}
	o, err := s.open(logs)
	if err != nil {
		return nil
	}
	dir := s.dirOf(logs)
	for _, i := range others {
		it := &s.items[i]
		if !it.taken && o.Claims(it.base) && len(dir.inPacks(it.base)) == 0 && dir.which(it.base) == i {
			it.taken = true
		}
	}
	if packs {
		s.claimPacked(o, dir)
	}
	if s.keep {
		return o
	}
	o.Close()
	return nil
}

// others lists the recordings that a log could speak for.
func (s *shelf) others() (list []int) {
	for i := range s.items {
		if k := s.items[i].kind; k != nil && k.join == nil && !s.items[i].taken {
			list = append(list, i)
		}
	}
	return list
}

// openLogs is a recording made of logs, with what it reads from.
type openLogs struct {
	joined
	odd  gait.Oddities // of unpacking
	held closers
}

// Close gives back what the logs hold.
func (o *openLogs) Close() error {
	return errors.Join(closeRecording(o.joined), o.held.Close())
}

// open opens logs as one recording. All that is unpacked lies in one spool,
// so that a year of packed logs does not fill the memory.
func (s *shelf) open(logs []int) (*openLogs, error) {
	var size int64
	for _, i := range logs {
		size += s.items[i].size
	}
	u := newUnpacker(size, s.opt)
	dir := s.dirOf(logs)
	o := &openLogs{held: closers{&u.spool, dir.kept}}
	sources := make([]*reader.Source, len(logs))
	for n, i := range logs {
		in, err := s.raw(i)
		if err == nil {
			o.held = append(o.held, in)
			sources[n], err = u.source(in, dir)
		}
		if err != nil {
			o.held.Close()
			return nil, withPath(err, s.items[i].path)
		}
	}
	rec, err := s.items[logs[0]].kind.join(sources, dir, s.opt.Limits)
	if err != nil {
		o.held.Close()
		return nil, withPath(err, s.items[logs[0]].path)
	}
	o.joined, o.odd = rec, u.odd
	return o, nil
}

// source unpacks an input for a format.
func (u *unpacker) source(in *input, dir reader.Dir) (*reader.Source, error) {
	body, err := u.peel(io.NewSectionReader(in, 0, in.size))
	if err != nil {
		return nil, err
	}
	return &reader.Source{ReaderAt: body, Size: body.Size(), Name: plainName(in.name), Path: in.path, Dir: dir}, nil
}
