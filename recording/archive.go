package recording

import (
	"errors"
	"fmt"
	"io"
	"path"
	"sync"

	"gait"
	"gait/recording/reader"
)

// batchSize is how much of an archive one batch covers, where its members are
// smaller: most recordings of a terminal are.
const batchSize = 256 << 10

// archive is a tar archive of recordings, itself a recording that gives their
// sessions one after the other.
type archive struct {
	shelf *shelf
	parts []*io.SectionReader // the content of each item of the shelf
	units []unit
	mu    sync.Mutex
	odd   []gait.Oddities // of each unit, once it was read
}

// openArchive finds the recordings of an archive.
func openArchive(u *unpacker, in *input, body *io.SectionReader, opt Options) (Recording, error) {
	a := &archive{shelf: newShelf(opt)}
	a.shelf.raw = a.raw
	a.shelf.keep = true
	roll := unrolled{unpacker: u, found: func(label string, body *io.SectionReader) {
		it := item{path: in.path + "/" + label, base: plainName(path.Base(label)), size: body.Size()}
		a.shelf.sniff(&it, headOf(body))
		a.shelf.items = append(a.shelf.items, it)
		a.parts = append(a.parts, body)
	}}
	roll.unroll(body, "", 1)
	for i := range in.taken {
		if i < len(a.shelf.items) {
			a.shelf.items[i].taken = true
		}
	}
	for _, unit := range a.shelf.units() {
		if a.shelf.items[unit.first()].kind == nil {
			u.odd.Add(gait.OddUnknownMember, 1, -1)
			continue
		}
		a.units = append(a.units, unit)
	}
	a.odd = make([]gait.Oddities, len(a.units))
	if len(a.units) == 0 && len(in.taken) == 0 && !in.quiet {
		return nil, &reader.Error{At: -1, What: "is an archive that holds no recording", Do: "known formats: " + formatNames(opt.kinds)}
	}
	return a, nil
}

// raw opens a member.
func (a *archive) raw(i int) (*input, error) {
	it := &a.shelf.items[i]
	return &input{ReaderAt: a.parts[i], Closer: closers(nil), size: it.size, path: it.path, name: it.base}, nil
}

// Format is "tar".
func (a *archive) Format() string { return "tar" }

// Close lets go of logs that were kept open.
func (a *archive) Close() error {
	var all closers
	for _, u := range a.units {
		if u.open != nil {
			all = append(all, u.open)
		}
	}
	return all.Close()
}

// Oddities gives what the members' formats counted, without places, since
// those would be places in the members.
func (a *archive) Oddities() (all gait.Oddities) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, odd := range a.odd {
		for _, o := range odd {
			all.Add(o.Kind, o.Count, -1)
		}
	}
	return all
}

// Session looks for a session in one member after the other.
func (a *archive) Session(id string) (*gait.Session, error) {
	var failed error
	for i := range a.units {
		rec, done, err := a.open(i)
		if err == nil {
			var s *gait.Session
			s, err = rec.Session(id)
			if done(); err == nil {
				return s, nil
			}
		}
		if failed == nil && !errors.Is(err, ErrNoSession) {
			failed = withPath(err, a.path(i))
		}
	}
	if failed != nil {
		return nil, failed
	}
	return nil, ErrNoSession
}

func (a *archive) path(i int) string { return a.shelf.items[a.units[i].first()].path }

// open opens the recording of a unit; done is called when it was read.
func (a *archive) open(i int) (rec Recording, done func(), err error) {
	u := a.units[i]
	if u.open != nil {
		return u.open, func() {}, nil
	}
	it := &a.shelf.items[u.logs[0]]
	if it.kind.join != nil {
		o, err := a.shelf.open(u.logs)
		return o, func() { o.Close() }, err
	}
	body := a.parts[u.logs[0]]
	rec, err = it.kind.Open(&reader.Source{
		ReaderAt: body, Size: body.Size(), Name: it.base, Path: it.path,
		Dir: siblings{a.shelf, path.Dir(it.path)},
	}, a.shelf.opt.Limits)
	return rec, func() { closeRecording(rec) }, err
}

// Batches gives runs of members.
func (a *archive) Batches() (all []Batch) {
	b := &run{archive: a}
	for i, u := range a.units {
		for _, n := range u.logs {
			b.size += a.shelf.items[n].size
		}
		if b.to = i + 1; b.size >= batchSize {
			all = append(all, b)
			b = &run{archive: a, from: b.to, to: b.to}
		}
	}
	if b.to > b.from {
		all = append(all, b)
	}
	return all
}

// run is a run of units of an archive.
type run struct {
	archive  *archive
	from, to int
	size     int64
}

// Size is the bytes of the members.
func (r *run) Size() int64 { return r.size }

// Each gives the sessions of all members. A member that cannot be read is
// counted and the next one follows; the error at the end is of the first such
// member and says how many there were.
func (r *run) Each(f func(*gait.Session) error) error {
	var first error
	failed := 0
	for i := r.from; i < r.to; i++ {
		stopped, err := r.archive.each(i, f)
		if stopped {
			return err
		}
		if err == nil {
			continue
		}
		if failed++; first == nil {
			first = withPath(err, r.archive.path(i))
		}
	}
	if failed < 2 {
		return first
	}
	var e *reader.Error
	errors.As(first, &e)
	return &reader.Error{Path: e.Path, At: -1, What: fmt.Sprintf("first of %d members that cannot be read", failed), Err: e}
}

// each reads one unit; stopped is set where the error is one of f.
func (a *archive) each(i int, f func(*gait.Session) error) (stopped bool, err error) {
	rec, done, err := a.open(i)
	var odd gait.Oddities
	if err == nil {
		defer done()
		for _, b := range rec.Batches() {
			e := b.Each(func(s *gait.Session) error {
				err := f(s)
				stopped = stopped || err != nil
				return err
			})
			if stopped {
				return true, e
			}
			if err == nil {
				err = e
			}
		}
		odd = append(odd, rec.Oddities()...)
	}
	if err != nil {
		odd.Add(gait.OddBadMember, 1, -1)
	}
	a.mu.Lock()
	a.odd[i] = odd
	a.mu.Unlock()
	return false, err
}
