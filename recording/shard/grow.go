package shard

import (
	"crypto/sha256"
	"io"

	"gait"
)

// Grow indexes what was appended to the file since the last time, up to its
// last line feed; with all set also a last line without one. Where the file
// became shorter, or is another one than before, the index starts anew and the
// oddity is counted. It must not run while sessions are read.
func (r *Recording) Grow(all bool) error {
	if all {
		return r.grow(lastAny)
	}
	return r.grow(lastWaits)
}

// GrowWhole is Grow for a file that may still be written to: a last line
// without a line feed counts only where it is whole.
func (r *Recording) GrowWhole() error { return r.grow(lastWhole) }

func (r *Recording) grow(last lastLine) error {
	same, err := r.unchanged()
	if err != nil {
		return err
	}
	if !same {
		r.index = newIndex(r.limits.Sessions)
		r.merge(gait.Oddities{{Kind: gait.OddChangedFile, Count: 1, First: 0}})
	}
	if err := r.scan(last); err != nil {
		return err
	}
	r.index.mark, err = r.fingerprint()
	return err
}

// Weight is about how many bytes of memory the index takes.
func (r *Recording) Weight() int64 {
	x := r.index
	return int64(len(x.slots))*4 + int64(len(x.entries.list))*chunkSize*56 + int64(len(x.extents.list))*chunkSize*24
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
	return fingerprint(r.src, r.index.covered)
}

// fingerprint hashes the first and the last bytes of a file's first size bytes.
func fingerprint(src io.ReaderAt, size int64) ([sha256.Size]byte, error) {
	n := min(size, markBytes)
	b := make([]byte, 2*n)
	if n == 0 {
		return [sha256.Size]byte{}, nil
	}
	if k, err := src.ReadAt(b[:n], 0); int64(k) < n {
		return [sha256.Size]byte{}, err
	}
	if k, err := src.ReadAt(b[n:], size-n); int64(k) < n {
		return [sha256.Size]byte{}, err
	}
	return sha256.Sum256(b), nil
}
