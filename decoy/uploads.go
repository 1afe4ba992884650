package decoy

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// Bounds of what visitors bring.
const (
	mostUpload  = 64 << 20 // one file
	mostUploads = 2 << 30  // all of them together; then nothing more is kept
)

// uploads keeps what visitors bring, each content once, named by its SHA-256.
type uploads struct {
	dir string

	mu      sync.Mutex
	total   int64
	taking  int64 // of it, what is being written
	counted time.Time
}

// openUploads counts what is there.
func openUploads(dir string) (*uploads, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	list, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	for _, e := range list {
		if len(e.Name()) != 2*sha256.Size { // left behind half written
			os.Remove(filepath.Join(dir, e.Name()))
		}
	}
	u := &uploads{dir: dir}
	u.count()
	return u, nil
}

// count counts what is kept, once a minute at most: others delete what is old.
func (u *uploads) count() {
	list, err := os.ReadDir(u.dir)
	if err != nil || time.Since(u.counted) < time.Minute {
		return
	}
	u.total, u.counted = u.taking, time.Now()
	for _, e := range list {
		if info, err := e.Info(); err == nil && len(e.Name()) == 2*sha256.Size {
			u.total += info.Size()
		}
	}
}

// reserve takes room for more bytes; false where there is none.
func (u *uploads) reserve(n int64) bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.total+n > mostUploads {
		u.count()
	}
	if u.total+n > mostUploads {
		return false
	}
	u.total += n
	u.taking += n
	return true
}

// done gives the room of what was written; it stays taken where that is kept.
func (u *uploads) done(n int64, kept bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.taking -= n
	if !kept {
		u.total -= n
	}
}

// Keep reads r to its end and keeps what it read, unless it is too much. Its
// hash and size are told either way.
func (u *uploads) Keep(r io.Reader) (sum string, size int64, kept bool, err error) {
	h := sha256.New()
	f, err := os.OpenFile(filepath.Join(u.dir, "new-"+rand.Text()), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		size, readErr := io.Copy(h, r)
		return hex.EncodeToString(h.Sum(nil)), size, false, errors.Join(err, readErr)
	}
	defer os.Remove(f.Name()) // it has another name by then, where it was kept
	w := &upload{u: u, f: f, h: h}
	_, err = io.Copy(w, r)
	sum = hex.EncodeToString(h.Sum(nil))
	closed := f.Close()
	added := false
	defer func() { u.done(w.held, added) }()
	if w.full || w.failed != nil || closed != nil || w.size == 0 {
		return sum, w.size, false, errors.Join(err, w.failed, closed)
	}
	to := filepath.Join(u.dir, sum)
	if _, there := os.Lstat(to); there == nil { // known: it is kept already
		return sum, w.size, true, err
	}
	if e := os.Rename(f.Name(), to); e != nil {
		return sum, w.size, false, errors.Join(err, e)
	}
	added = true
	return sum, w.size, true, err
}

// upload writes one file until it is too much, and hashes all of it.
type upload struct {
	u      *uploads
	f      *os.File
	h      hash.Hash
	size   int64
	held   int64
	full   bool
	failed error
}

// Write never fails: the visitor must not see what we keep.
func (w *upload) Write(p []byte) (int, error) {
	w.h.Write(p)
	w.size += int64(len(p))
	if w.full || w.failed != nil {
		return len(p), nil
	}
	if w.size > mostUpload || !w.u.reserve(int64(len(p))) {
		w.full = true
		return len(p), nil
	}
	w.held += int64(len(p))
	_, w.failed = w.f.Write(p)
	return len(p), nil
}
