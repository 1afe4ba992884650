package collect

import (
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"io/fs"
	"maps"
	"slices"
	"strconv"
	"strings"

	"gait/store"
)

// The files that were taken are remembered in cursors, a hash of the path and
// one of the state for each: so many cursors, so many files in each.
const (
	markBuckets = 256
	markMost    = 4000
	markSize    = 16
)

// fileStamp is what tells one state of a file from another.
type fileStamp struct {
	ino     uint64
	size    int64
	written int64 // nanoseconds since 1970
}

// stampFile gives the state of a file, and when its name or mode changed last.
func stampFile(info fs.FileInfo) (s fileStamp, moved int64) {
	s = fileStamp{size: info.Size(), written: info.ModTime().UnixNano()}
	s.ino, moved = inode(info)
	return s, moved
}

// sum gives a hash of the state.
func (s fileStamp) sum() uint64 {
	h := fnv.New64a()
	var b [24]byte
	binary.LittleEndian.PutUint64(b[:], s.ino)
	binary.LittleEndian.PutUint64(b[8:], uint64(s.size))
	binary.LittleEndian.PutUint64(b[16:], uint64(s.written))
	h.Write(b[:])
	return h.Sum64()
}

func pathSum(rel string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(rel))
	return h.Sum64()
}

// fileMarks remembers files that were taken.
type fileMarks struct {
	key     string
	buckets [markBuckets]map[uint64]uint64
	dirty   map[int]bool
	unsaved int
}

func newFileMarks(key string, stored map[string][]byte) *fileMarks {
	m := &fileMarks{key: key, dirty: map[int]bool{}}
	for name, value := range stored {
		n, err := strconv.ParseUint(strings.TrimPrefix(name, key), 16, 8)
		if err != nil {
			continue
		}
		b := make(map[uint64]uint64, len(value)/markSize)
		for ; len(value) >= markSize; value = value[markSize:] {
			b[binary.LittleEndian.Uint64(value)] = binary.LittleEndian.Uint64(value[8:])
		}
		m.buckets[n] = b
	}
	return m
}

func (m *fileMarks) has(rel string, s fileStamp) bool {
	p := pathSum(rel)
	sum, ok := m.buckets[p%markBuckets][p]
	return ok && sum == s.sum()
}

func (m *fileMarks) put(rel string, s fileStamp) {
	p := pathSum(rel)
	n := int(p % markBuckets)
	if m.buckets[n] == nil {
		m.buckets[n] = map[uint64]uint64{}
	}
	if _, ok := m.buckets[n][p]; !ok && len(m.buckets[n]) >= markMost {
		return // it is read again after a restart, to no effect
	}
	m.buckets[n][p] = s.sum()
	m.dirty[n] = true
	m.unsaved++
}

func (m *fileMarks) forget(rel string) {
	p := pathSum(rel)
	n := int(p % markBuckets)
	if _, ok := m.buckets[n][p]; ok {
		delete(m.buckets[n], p)
		m.dirty[n] = true
	}
}

// changed gives the cursors that changed since it was asked last.
func (m *fileMarks) changed() (list []store.Cursor) {
	for _, n := range slices.Sorted(maps.Keys(m.dirty)) {
		value := []byte{}
		for p, s := range m.buckets[n] {
			value = binary.LittleEndian.AppendUint64(value, p)
			value = binary.LittleEndian.AppendUint64(value, s)
		}
		list = append(list, store.Cursor{Name: fmt.Sprintf("%s%02x", m.key, n), Value: value})
	}
	clear(m.dirty)
	m.unsaved = 0
	return list
}
