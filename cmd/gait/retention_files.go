package main

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// candidate is a file that may be deleted.
type candidate struct {
	root *os.Root
	path string // below root
	size int64
	time time.Time // when it was written to last
}

// sweepFiles deletes regular files below a folder of the data folder that are
// too old, then the oldest while they are too large together. Links are not
// followed, and files that are not ours do not count.
func (k *keeper) sweepFiles(dir string, rule keepRule, mine func(candidate) bool) (n int, bytes int64, err error) {
	root, err := os.OpenRoot(filepath.Join(k.dir, dir))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, 0, nil
	}
	if err != nil {
		return 0, 0, err
	}
	defer root.Close()
	list, total, err := candidates(root)
	if err != nil {
		return 0, 0, err
	}
	for _, c := range list {
		old := rule.Age > 0 && k.now().Sub(c.time) > rule.Age
		large := rule.Size > 0 && total > rule.Size
		if !old && !large {
			break // all that follow are newer
		}
		if !mine(c) {
			continue
		}
		if e := root.Remove(c.path); e != nil {
			err = errors.Join(err, e)
			continue
		}
		total -= c.size
		n++
		bytes += c.size
	}
	return n, bytes, err
}

// maxCandidates bounds how many files are looked at in one go.
const maxCandidates = 1_000_000

// candidates lists the regular files below a folder, the oldest first, and
// what they hold together.
func candidates(root *os.Root) (list []candidate, total int64, err error) {
	err = fs.WalkDir(root.FS(), ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			if p == "." {
				return err
			}
			return nil // it went away, or is closed to us
		}
		if !d.Type().IsRegular() || len(list) >= maxCandidates {
			return nil
		}
		if info, err := d.Info(); err == nil {
			list = append(list, candidate{root, p, info.Size(), info.ModTime()})
			total += info.Size()
		}
		return nil
	})
	slices.SortFunc(list, func(a, b candidate) int {
		return cmp.Or(a.time.Compare(b.time), strings.Compare(a.path, b.path))
	})
	return list, total, err
}

// shardName is how shards are called, with the day on which their sessions
// began.
var shardName = regexp.MustCompile(`^sessions-(\d{4}-\d\d-\d\d)(\.\d+)?\.jsonl$`)

// stillWritten says whether sessions may still be added to a shard of that
// name: those of today and, near midnight, of yesterday.
func stillWritten(name string, written, now time.Time) bool {
	m := shardName.FindStringSubmatch(path.Base(name))
	if m == nil {
		return true
	}
	day, err := time.Parse(time.DateOnly, m[1])
	return err != nil || now.Sub(day) < 48*time.Hour || now.Sub(written) < time.Hour
}

// ownShard says whether our own recorder wrote a shard and has done with it:
// its place and name are those of a shard, its first header holds what only
// ours write, and nobody holds its lock.
func (k *keeper) ownShard(c candidate) bool {
	if strings.Count(c.path, "/") != 3 || path.Base(path.Dir(c.path)) != "transcripts" || stillWritten(c.path, c.time, k.now()) {
		return false
	}
	f, err := c.root.Open(c.path)
	if err != nil {
		return false
	}
	defer f.Close()
	return unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB) == nil && ownHeader(f)
}

// maxHeader bounds the first line that is looked at, in bytes.
const maxHeader = 64 << 10

// ownHeader says whether the first line is a header as our recorder writes it:
// it names the service, which the reference recorder's does not.
func ownHeader(r io.Reader) bool {
	line, err := bufio.NewReaderSize(io.LimitReader(r, maxHeader), 4<<10).ReadBytes('\n')
	if err != nil {
		return false
	}
	var head struct {
		Header *struct {
			Service string `json:"service"`
		} `json:"hdr"`
	}
	return json.Unmarshal(line, &head) == nil && head.Header != nil && head.Header.Service != ""
}
