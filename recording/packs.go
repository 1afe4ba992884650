package recording

import (
	"cmp"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"gait/recording/reader"
	"gait/recording/ttylog"
)

// pack is an archive of terminal logs that lies beside event logs: T-Pot makes
// one a day and empties the folder. Logs may speak for some of its members.
type pack struct {
	item  int   // of the shelf
	stamp stamp // of the file when it was looked at
	units int   // recordings in it
	odd   bool  // there is something to tell of it beside them
	taken map[int]bool
}

// maxSame is how many recordings of one name in packs are told apart by their
// times: more than there are packs, and little work however many there are.
const maxSame = 256

// isPack says whether an archive of that base name is one of terminal logs.
func isPack(base string) bool {
	base = strings.ToLower(base)
	return strings.Contains(base, "tty") && (strings.Contains(base, ".tgz") || strings.Contains(base, ".tar"))
}

// spent says whether nothing of it is left to read.
func (p *pack) spent() bool { return len(p.taken) > 0 && len(p.taken) == p.units && !p.odd }

// packedLog is a recording in a pack.
type packedLog struct {
	pack  *pack
	item  int // of the archive's own shelf
	begun time.Time
}

// lookIntoPacks lists what lies in the newest archives of terminal logs. One
// that cannot be opened has nothing; whoever opens it next hears why.
func (s *shelf) lookIntoPacks() {
	var packs []*pack
	for i := range s.items {
		if p := s.items[i].pack; p != nil {
			p.item = i
			packs = append(packs, p)
		}
	}
	slices.SortStableFunc(packs, func(a, b *pack) int { return cmp.Compare(b.stamp.changed, a.stamp.changed) })
	s.found = map[uint64][]packedLog{}
	left := maxPackNames
	for _, p := range packs[:min(len(packs), maxPacks)] {
		left -= s.lookInto(p, left)
	}
}

// lookInto lists at most so many recordings of a pack, and says how many.
func (s *shelf) lookInto(p *pack, most int) (n int) {
	f, err := s.openPack(p)
	if err != nil {
		return 0
	}
	defer f.Close()
	p.units, p.odd = len(f.archive.units), len(f.odd) > 0
	for _, u := range f.archive.units {
		i := u.first()
		it := &f.archive.shelf.items[i]
		if it.kind.join != nil {
			continue
		}
		if n == most {
			break
		}
		sum := nameSum(it.base)
		if len(s.found[sum]) == maxSame {
			continue
		}
		n++
		s.found[sum] = append(s.found[sum], packedLog{p, i, begunOf(f.archive.parts[i])})
	}
	return n
}

// openedPack is an opened archive of terminal logs.
type openedPack struct {
	*File
	archive *archive
}

// openPack opens a pack, if it is the file that was found.
func (s *shelf) openPack(p *pack) (*openedPack, error) {
	in, err := s.raw(p.item)
	if err != nil {
		return nil, err
	}
	if in.stamp != p.stamp {
		in.Close()
		return nil, &reader.Error{Path: in.path, At: -1, What: "changed while it was read", Do: "read it again when it is left alone"}
	}
	opt := s.opt
	opt.Timing = ""
	f, err := load(in, opt)
	if err != nil {
		return nil, err
	}
	a, ok := f.Recording.(*archive)
	if !ok {
		f.Close()
		return nil, &reader.Error{Path: in.path, At: -1, What: "is no archive"}
	}
	return &openedPack{f, a}, nil
}

// begunOf gives when a terminal log began, the zero time where it does not say.
func begunOf(r io.ReaderAt) time.Time {
	head := make([]byte, 64)
	n, _ := r.ReadAt(head, 0)
	t, _ := ttylog.Begun(head[:n])
	return t
}

// candidate is a recording that may be the one that a log names.
type candidate struct {
	near   int // how many folders its own has in common with the log's
	begun  time.Time
	item   int        // of the shelf, where it lies on disk; -1 for none of it
	packed *packedLog // where it lies in a pack
}

// inPacks gives the members of packs that have a base name.
func (d shelfDir) inPacks(base string) []packedLog {
	if len(d.shelf.found) == 0 {
		return nil
	}
	return d.shelf.found[nameSum(base)]
}

// candidates gives all recordings of a name, the nearest first; of those that
// are as near as others, what lies on disk first, then what was packed last.
func (d shelfDir) candidates(name string) (all []candidate) {
	base := plainName(name)
	if n, err := d.Open(name); err == nil {
		all = append(all, candidate{near: shared(d.at, path.Dir(n.Path)), begun: begunOf(n), item: d.which(base)})
		n.Close()
	}
	for _, m := range d.inPacks(base) {
		at := path.Dir(d.shelf.items[m.pack.item].path)
		all = append(all, candidate{near: shared(d.at, at), begun: m.begun, item: -1, packed: &m})
	}
	slices.SortStableFunc(all, func(a, b candidate) int { return cmp.Compare(b.near, a.near) })
	return all
}

// claimPacked marks what opened logs speak for where a name is that of members
// of packs.
func (s *shelf) claimPacked(o *openLogs, dir shelfDir) {
	for name := range o.Names() {
		if len(dir.inPacks(plainName(name))) == 0 {
			continue
		}
		all := dir.candidates(name)
		begun := make([]time.Time, len(all))
		for i := range all {
			begun[i] = all[i].begun
		}
		for i, yes := range o.Picks(name, begun) {
			if yes {
				s.take(all[i])
			}
		}
	}
}

// take marks a candidate as one that a log speaks for.
func (s *shelf) take(c candidate) {
	switch {
	case c.packed == nil && c.item >= 0:
		s.items[c.item].taken = true
	case c.packed != nil:
		p := c.packed.pack
		if p.taken == nil {
			p.taken = map[int]bool{}
		}
		p.taken[c.packed.item] = true
	}
}

// Terminal opens the recording of a name that begins in the given time, else
// any of the name.
func (d shelfDir) Terminal(name string, from, to time.Time) (*reader.Neighbour, error) {
	if len(d.inPacks(plainName(name))) == 0 {
		return d.Open(name)
	}
	all := d.candidates(name)
	i := slices.IndexFunc(all, func(c candidate) bool {
		return !c.begun.IsZero() && !c.begun.Before(from) && !c.begun.After(to)
	})
	c := all[max(i, 0)]
	if c.packed == nil {
		return d.Open(name)
	}
	return d.openMember(c.packed)
}

// openMember opens a recording in a pack. Packs that were read last stay open.
func (d shelfDir) openMember(m *packedLog) (*reader.Neighbour, error) {
	value, done, err := d.kept.take(strconv.Itoa(m.pack.item), func() (io.Closer, error) {
		f, err := d.shelf.openPack(m.pack)
		if err != nil {
			return nil, err // not f: a nil pointer would be a Closer
		}
		return f, nil
	})
	if err != nil {
		return nil, err
	}
	a := value.(*openedPack).archive
	it, body := &a.shelf.items[m.item], a.parts[m.item]
	src := reader.Source{ReaderAt: body, Size: body.Size(), Name: it.base, Path: it.path}
	return &reader.Neighbour{Source: src, Closer: &giveBack{done: done}}, nil
}

// giveBack gives something back when it is closed, once.
type giveBack struct{ done func() }

// Close gives it back.
func (g *giveBack) Close() error {
	if g.done != nil {
		g.done()
	}
	g.done = nil
	return nil
}
