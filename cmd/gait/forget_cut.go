package main

import (
	"bufio"
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"gait/store"
)

// recordingOf is a file with the sessions in it that are to go.
type recordingOf struct {
	path   string
	format string
	ids    []string
}

// byPath groups sessions by their recording, in the order of paths.
func byPath(sessions []store.Session) (list []recordingOf) {
	for _, s := range sessions {
		i := slices.IndexFunc(list, func(r recordingOf) bool { return r.path == s.Path })
		switch {
		case s.Path == "":
		case i < 0:
			list = append(list, recordingOf{s.Path, s.Format, []string{s.ID}})
		default:
			list[i].ids = append(list[i].ids, s.ID)
		}
	}
	slices.SortFunc(list, func(a, b recordingOf) int { return cmp.Compare(a.path, b.path) })
	return list
}

// cutter takes sessions out of the shards of our own recorder.
type cutter struct {
	dir string // root of our own shards
	now time.Time
	dry bool
}

// sessions takes sessions out of a recording and says what it did; nothing
// where the recording is not ours.
func (k *cutter) sessions(r recordingOf) (string, error) {
	abs, err := filepath.Abs(k.dir)
	if err != nil {
		return "", err
	}
	rel, err := filepath.Rel(abs, r.path)
	if err != nil || !filepath.IsLocal(rel) || r.format != "shard" {
		return "", nil
	}
	rel = filepath.ToSlash(rel)
	root, err := os.OpenRoot(abs)
	if err != nil {
		return "", err
	}
	defer root.Close()
	f, err := root.OpenFile(rel, os.O_RDWR, 0)
	if errors.Is(err, fs.ErrNotExist) {
		return "is not there any longer", nil
	}
	if err != nil {
		return "", err
	}
	defer f.Close()
	info, err := f.Stat()
	switch {
	case err != nil:
		return "", err
	case !info.Mode().IsRegular():
		return "", nil
	case shardName.FindString(path.Base(rel)) == "":
		return "", errors.New("is packed: unpack it, and run this again")
	case !ownHeader(io.NewSectionReader(f, 0, maxHeader)):
		return "", nil
	case stillWritten(rel, info.ModTime(), k.now) || unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB) != nil:
		return "", fmt.Errorf("may still be written to: run this again once its day has been over for a day, to cut out %s", strings.Join(r.ids, ", "))
	}
	what := count(int64(len(r.ids)), "session", "sessions")
	if k.dry {
		return "would be written anew without " + what, nil
	}
	if err := rewrite(root, rel, f, r.ids); err != nil {
		return "", err
	}
	return "written anew without " + what, nil
}

// rewrite puts a copy without some sessions in the place of a shard.
func rewrite(root *os.Root, name string, from *os.File, ids []string) (err error) {
	info, err := from.Stat()
	if err != nil {
		return err
	}
	temp := path.Join(path.Dir(name), ".cut-"+random(16))
	to, err := root.OpenFile(temp, os.O_CREATE|os.O_EXCL|os.O_WRONLY, info.Mode().Perm())
	if err != nil {
		return err
	}
	defer root.Remove(temp)
	w := bufio.NewWriterSize(to, outputBuffer)
	err = copyWithout(w, io.NewSectionReader(from, 0, info.Size()), ids)
	if err = errors.Join(err, w.Flush(), to.Chmod(info.Mode().Perm()), to.Sync(), to.Close()); err != nil {
		return err
	}
	if err := root.Chtimes(temp, info.ModTime(), info.ModTime()); err != nil {
		return err
	}
	return root.Rename(temp, name)
}

// copyWithout copies lines, but for those of some sessions. A line belongs to a
// session by its beginning; a torn line of unknown length goes on until its
// end.
func copyWithout(w io.Writer, r io.Reader, ids []string) error {
	var marks [][]byte
	for _, id := range ids {
		marks = append(marks, []byte(`{"sid":"`+id+`"`))
	}
	in := bufio.NewReaderSize(r, 64<<10)
	begins, drop := true, false
	for {
		piece, err := in.ReadSlice('\n')
		if begins {
			drop = slices.ContainsFunc(marks, func(m []byte) bool { return bytes.HasPrefix(piece, m) })
		}
		if !drop {
			if _, e := w.Write(piece); e != nil {
				return e
			}
		}
		begins = len(piece) > 0 && piece[len(piece)-1] == '\n'
		switch {
		case err == io.EOF:
			return nil
		case err != nil && err != bufio.ErrBufferFull:
			return err
		}
	}
}

// hashed stands for a subject where it must not be named.
func hashed(subject string) string {
	sum := sha256.Sum256([]byte(subject))
	return "sha256:" + hex.EncodeToString(sum[:8])
}
