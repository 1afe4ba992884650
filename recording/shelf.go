package recording

import (
	"bytes"
	"cmp"
	"path"
	"slices"
	"strings"
	"sync"
)

// shelf is a list of files, on disk or in an archive, from which inputs are
// made: most files are an input each, the logs of one folder are one input
// together, and what a log or another recording speaks for is none.
type shelf struct {
	opt   Options
	items []item
	raw   func(i int) (*input, error)   // opens a file as it lies there
	near  func(folder string) places    // where else a log's recordings may be; nil in an archive
	at    func(path string) (int, bool) // finds an item by its path on disk
	names func() map[string][]int       // items by base name, once all are there
	keep  bool                          // logs stay open
	found map[uint64][]packedLog        // what lies in archives of terminal logs, by nameSum
}

// item is one file.
type item struct {
	path  string // as it is shown
	base  string // its base name without .gz and .zst
	size  int64
	kind  *kind  // nil where no format claims it, or it is an archive
	stamp string // of a log: the time in its first line
	taken bool   // another item speaks for it
	err   error  // why it could not be looked at
	disk  spot
	pack  *pack // of an archive of terminal logs
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
	open *openLogs // logs that are kept open, else nil
}

// first is the place of a unit in the order of all.
func (u unit) first() int { return slices.Min(u.logs) }

// units makes inputs of the items, in the order of their first items. Items
// with an error are units too; the caller gives the error.
func (s *shelf) units() []unit {
	for i := range s.items {
		if k := s.items[i].kind; k != nil && k.parted && !s.items[i].taken {
			s.takeParts(i)
		}
	}
	all := s.logUnits()
	for i := range s.items {
		if !s.items[i].taken {
			all = append(all, unit{logs: []int{i}})
		}
	}
	slices.SortFunc(all, func(a, b unit) int { return cmp.Compare(a.first(), b.first()) })
	return all
}

// logUnits makes inputs of the logs, and marks what they speak for.
func (s *shelf) logUnits() (all []unit) {
	groups := s.groups()
	if len(groups) > 0 {
		s.lookIntoPacks()
	}
	others, packs := s.others(), len(s.found) > 0
	for n, logs := range groups {
		if n == maxJoined {
			others, packs = nil, false
		}
		all = append(all, unit{logs, s.claim(logs, others, packs)})
		for _, i := range logs {
			s.items[i].taken = true
		}
	}
	for i := range s.items {
		if p := s.items[i].pack; p != nil && p.spent() {
			s.items[i].taken = true
		}
	}
	return all
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
