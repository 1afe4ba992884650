package recording

import (
	"bytes"
	"cmp"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	"gait/recording/reader"
)

// shelf is a list of files, on disk or in an archive, from which inputs are
// made: most files are an input each, the logs of one folder are one input
// together, and what a log or another recording speaks for is none.
type shelf struct {
	opt   Options
	items []item
	raw   func(i int) (*input, error)         // opens a file as it lies there
	near  func(at string) places              // more folders of a log; may be nil
	at    func(path string) (i int, ok bool)  // finds an item by its path on disk
	names func() map[string][]int             // items by base name
	group func(rec joined, logs []int) (bool) // told of each opened group; true keeps it open
}

// item is one file.
type item struct {
	path  string // as it is shown
	base  string // its base name without .gz and .zst
	size  int64
	kind  *kind    // nil where no format claims it, or it is an archive
	stamp string   // of a log: the time in its first line
	parts []string // base names of neighbours that belong to it
	taken bool     // another item speaks for it
	err   error    // why it could not be looked at
	disk  spot
}

// newShelf makes an empty shelf.
func newShelf(opt Options) *shelf {
	s := &shelf{opt: opt}
	s.names = sync.OnceValue(s.index)
	return s
}

// sniff fills in what the first bytes of an unpacked file tell.
func (s *shelf) sniff(it *item, head []byte) {
	if it.kind = s.opt.kindOf(head); it.kind == nil {
		return
	}
	if it.kind.join != nil {
		it.stamp = stampOf(head)
	}
	if it.kind.parts != nil {
		it.parts = it.kind.parts(it.base, head)
	}
}

// stampOf gives the time in the first line of a JSON log, as it is written:
// such times sort as text.
func stampOf(head []byte) string {
	_, rest, ok := bytes.Cut(head, []byte(`"timestamp":`))
	if !ok {
		return ""
	}
	stamp, _, ok := bytes.Cut(bytes.TrimLeft(rest, ` "`), []byte(`"`))
	if !ok || len(stamp) > 40 {
		return ""
	}
	return string(stamp)
}

// index lists the items by base name. It is made once, when all are there.
func (s *shelf) index() map[string][]int {
	m := make(map[string][]int, len(s.items))
	for i := range s.items {
		if it := &s.items[i]; it.err == nil {
			m[it.base] = append(m[it.base], i)
		}
	}
	return m
}

// groups gives the logs that are read together: those of one format and one
// folder, in the order of their times.
func (s *shelf) groups() [][]int {
	type key struct {
		kind   *kind
		folder string
	}
	where := map[key]int{}
	var all [][]int
	for i := range s.items {
		it := &s.items[i]
		if it.kind == nil || it.kind.join == nil {
			continue
		}
		k := key{it.kind, path.Dir(it.path)}
		n, ok := where[k]
		if !ok {
			n = len(all)
			where[k] = n
			all = append(all, nil)
		}
		all[n] = append(all[n], i)
	}
	for _, logs := range all {
		slices.SortStableFunc(logs, func(a, b int) int {
			x, y := &s.items[a], &s.items[b]
			return cmp.Or(cmp.Compare(x.stamp, y.stamp), cmp.Compare(x.base, y.base))
		})
	}
	return all
}

// unit is what becomes one input: one item, or several logs.
type unit struct {
	logs []int
	rec  joined // of logs whose recording is kept open
}

// first is the place of a unit in the order of all.
func (u unit) first() int { return slices.Min(u.logs) }

// units makes inputs of the items, in the order of their first items. Items
// with an error are units too; the caller gives the error.
func (s *shelf) units() []unit {
	for i := range s.items {
		s.takeParts(i)
	}
	var all []unit
	for _, logs := range s.groups() {
		all = append(all, unit{logs, s.claim(logs)})
		for _, i := range logs {
			s.items[i].taken = true
		}
	}
	for i := range s.items {
		if !s.items[i].taken {
			all = append(all, unit{logs: []int{i}})
		}
	}
	slices.SortFunc(all, func(a, b unit) int { return cmp.Compare(a.first(), b.first()) })
	return all
}

// takeParts marks the neighbours that belong to an item.
func (s *shelf) takeParts(i int) {
	it := &s.items[i]
	for _, name := range it.parts {
		if j := s.beside(path.Dir(it.path), plainName(name)); j >= 0 && j != i && !it.taken {
			s.items[j].taken = true
		}
	}
}

// beside gives the item of a name in a folder, -1 where there is none.
func (s *shelf) beside(folder, base string) int {
	for _, i := range s.names()[base] {
		if path.Dir(s.items[i].path) == folder {
			return i
		}
	}
	return -1
}

// nearest gives the item of a name whose folder has most in common with
// another one: two honeypots may each have a recording of that name. Logs are
// no answer. It is -1 where there is none.
func (s *shelf) nearest(folder, base string) int {
	best, most := -1, -1
	for _, i := range s.names()[base] {
		it := &s.items[i]
		if it.kind == nil || it.kind.join != nil {
			continue
		}
		if n := shared(folder, path.Dir(it.path)); n > most {
			best, most = i, n
		}
	}
	return best
}

// shared counts the leading folders that two paths have in common.
func shared(a, b string) (n int) {
	x, y := strings.Split(a, "/"), strings.Split(b, "/")
	for n < len(x) && n < len(y) && x[n] == y[n] {
		n++
	}
	return n
}

func notThere(name string) error {
	return &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

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
