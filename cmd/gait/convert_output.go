package main

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"gait"
)

// target is a file in the making. A file that may replace another one is made
// beside it and takes its place in the end, so that a recording can be
// converted onto itself and a failure leaves what was there.
type target struct {
	*os.File
	path string // where it shall be
}

// createTarget makes a file. Without force it must not be there.
func createTarget(path string, force bool) (*target, error) {
	info, err := os.Lstat(path)
	switch {
	case err == nil && !force:
		return nil, fmt.Errorf("%s: is there already (replace it with --force)", path)
	case err == nil && !info.Mode().IsRegular() && info.Mode()&fs.ModeSymlink == 0:
		return nil, fmt.Errorf("%s: is no regular file (write to standard output instead)", path)
	case err == nil:
		f, err := os.CreateTemp(filepath.Dir(path), ".gait-*")
		if err != nil {
			return nil, err
		}
		return &target{f, path}, nil
	case !errors.Is(err, fs.ErrNotExist):
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return nil, err
	}
	return &target{f, path}, nil
}

// finish closes the file and puts it in its place, or takes it away.
func (o *target) finish(whole bool) error {
	err := o.Close()
	if whole && err == nil && o.Name() != o.path {
		if info, e := os.Stat(o.path); e == nil {
			os.Chmod(o.Name(), info.Mode().Perm()) // as it was; else it stays private
		}
		err = os.Rename(o.Name(), o.path)
	}
	if !whole || err != nil {
		return errors.Join(err, os.Remove(o.Name()))
	}
	return nil
}

// shardIDs makes the session ids of one shard: each is a UUID and stands once.
type shardIDs map[[16]byte]bool

var uuidForm = regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)

func isUUID(id string) bool { return uuidForm.MatchString(id) }

// named gives the session an id that the shard does not have yet. An id that
// is no UUID, or is taken, becomes one made of the evidence reference: the
// same each time.
func (ids shardIDs) named(s *gait.Session) *gait.Session {
	if isUUID(s.ID) {
		var id [16]byte
		hex.Decode(id[:], []byte(strings.ReplaceAll(s.ID, "-", "")))
		if !ids[id] {
			ids[id] = true
			return s
		}
	}
	for n := 0; ; n++ {
		id := gait.ObservationID(s.EvidenceRef, fmt.Sprintf("session id %d of %s", n, s.ID))
		if ids[id] {
			continue
		}
		ids[id] = true
		h := id.String()
		c := *s // shares the events, which are only read
		c.ID = h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
		return &c
	}
}
