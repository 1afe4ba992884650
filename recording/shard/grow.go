package shard

import (
	"crypto/sha256"

	"gait"
)

// Grow indexes what was appended to the file since the last time, up to its
// last line feed; with all set also a last line without one. Where the file
// became shorter, or is another one than before, the index starts anew and the
// oddity is counted. It must not run while sessions are read.
func (r *Recording) Grow(all bool) error {
	same, err := r.unchanged()
	if err != nil {
		return err
	}
	if !same {
		r.index = newIndex(r.limits.Sessions)
		r.merge(gait.Oddities{{Kind: gait.OddChangedFile, Count: 1, First: 0}})
	}
	if err := r.scan(all); err != nil {
		return err
	}
	r.index.mark, err = r.fingerprint()
	return err
}

// markBytes is how much of the start and the end of what is indexed tells one
// file from another.
const markBytes = 4 << 10

// unchanged says whether the file still begins with what was indexed.
func (r *Recording) unchanged() (bool, error) {
	if r.index.covered == 0 {
		return true, nil
	}
	if r.src.Size < r.index.covered {
		return false, nil
	}
	mark, err := r.fingerprint()
	return mark == r.index.mark, err
}

// fingerprint hashes the first and the last bytes of what is indexed.
func (r *Recording) fingerprint() ([sha256.Size]byte, error) {
	n := min(r.index.covered, markBytes)
	b := make([]byte, 2*n)
	if n == 0 {
		return [sha256.Size]byte{}, nil
	}
	if k, err := r.src.ReadAt(b[:n], 0); int64(k) < n {
		return [sha256.Size]byte{}, err
	}
	if k, err := r.src.ReadAt(b[n:], r.index.covered-n); int64(k) < n {
		return [sha256.Size]byte{}, err
	}
	return sha256.Sum256(b), nil
}

// scan indexes what is not indexed yet.
func (r *Recording) scan(all bool) error {
	var (
		s   scanner
		l   rawLine
		f   finder
		odd gait.Oddities
	)
	f.reset(r.index, true)
	s.reset(r.src, r.src.Size, r.limits.Line)
	s.seek(r.index.covered, r.src.Size)
	for {
		more, err := s.next(&l)
		if err != nil {
			return err
		}
		if !more || l.open && !all {
			break
		}
		entry := r.indexLine(&l, &f, &odd)
		if l.long {
			odd.Add(gait.OddLongLine, 1, l.at)
			from := l.next
			found, err := s.rest(&l)
			if err != nil {
				return err
			}
			if entry >= 0 { // what is passed over is the session's too
				r.index.note(entry, from, l.next)
			}
			if found {
				r.indexLine(&l, &f, &odd)
			}
		}
		r.index.covered = l.next
	}
	r.merge(odd)
	return nil
}

// indexLine notes where a line of a session is and gives the session's number,
// -1 where it has none.
func (r *Recording) indexLine(l *rawLine, f *finder, odd *gait.Oddities) int {
	ours := f.find(l)
	if f.odd != "" {
		odd.Add(f.odd, 1, l.at)
	}
	if !ours {
		return -1
	}
	if f.entry < 0 {
		odd.Add(gait.OddSessionsLimit, 1, l.at)
		return -1
	}
	r.index.note(f.entry, l.at, l.next)
	return f.entry
}
